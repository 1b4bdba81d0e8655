"""A member of a Kandji group does not exist."""

from __future__ import annotations

from tests.worlds import Company, about, found, sales


def dangling(*members: str, people: int = 40) -> Company:
    company = sales(people=people, members=members)
    company.absent_accounts = list(members)
    return company


def test_a_member_who_was_not_read_by_id_is_not_known_to_be_gone() -> None:
    company = dangling("x")
    company.absent_accounts = []
    assert found(company) == {}
    assert about(company.judge(), "member-unknown") == ["1 members of groups are in no list, and were not read by id"]
    assert "member-unknown" in company.judge().skipped


def test_ids_of_which_many_are_unknown_are_not_compared() -> None:
    company = dangling("x", "y", "z")
    assert found(company) == {}
    assert "3 of 43" in about(company.judge(), "member-unknown")[0]
    assert "member-unknown" in company.judge().skipped


def test_each_member_who_does_not_exist_is_told_in_each_group() -> None:
    company = dangling("x", "y")
    company.kandji_group("Old", ["x", "k-p0"])
    assert found(company)["member-unknown"] == [
        "group:sales account:x",
        "group:sales account:y",
        "kandji-group:kg-old account:x",
    ]
