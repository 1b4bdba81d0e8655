"""The Okta group of a mapping is deleted."""

from __future__ import annotations

from reconciler.model import Memory
from tests.worlds import Company, about, ago, found, only, sales

SEEN = Memory(first=False, known_groups=(("gone", "Field Macs"), ("sales", "Sales")))


def orphaned(*mappings: str) -> Company:
    """Sales is pushed, and so are groups that can't be seen."""
    company = sales()
    for group in mappings or ("gone",):
        company.push(group, target=group.upper())
        company.invisible.append(group)
    return company


def test_a_group_that_was_never_seen_is_not_visible_and_not_deleted() -> None:
    company = orphaned()
    assert found(company) == {}
    assert about(company.judge(), "push mapping m-gone") == ["its Okta group gone is not visible or deleted"]
    assert "mapping-source-missing mapping:m-gone" in company.judge().skipped


def test_a_token_that_has_lost_sight_of_most_groups_proves_nothing() -> None:
    assert found(orphaned("gone", "lost"), before=SEEN) == {}


def test_a_group_that_an_earlier_run_saw_is_deleted_and_named_as_it_was() -> None:
    told = only(orphaned().judge(before=SEEN), "mapping-source-missing")
    assert (told.subject.key, told.subject.name) == ("mapping:m-gone", "Field Macs")


def test_a_group_whose_deletion_stands_in_the_log_is_deleted() -> None:
    company = orphaned()
    company.event("group.lifecycle.delete", "gone", when=ago(days=1))
    assert found(company) == {"mapping-source-missing": ["mapping:m-gone"]}
    assert [fact.label for fact in only(company.judge(), "mapping-source-missing").evidence].count("log") == 1
