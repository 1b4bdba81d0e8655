"""Who is not meant to be in Kandji: counted group by group, never found to lack something; what they have is told."""

from __future__ import annotations

from typing import Any

import pytest
from msgspec.structs import replace

from tests.worlds import Company, found

LACKS: dict[str, dict[str, Any]] = {
    "member-not-assigned": {"assigned": False, "account": False},
    "assignment-stuck": {"external_id": None, "account": False},
    "missing-in-kandji": {"account": False},
    "inactive-in-kandji": {"active": False},
    "attribute-differs": {"kandji": {"title": "Singer"}, "app_user": {"profile": (("title", "Baker"),)}},
    "member-missing": {},
}


def company(**eve: Any) -> Company:
    """Eve in Sales but not among the Mac people, as three others are."""
    made = Company()
    made.group("Sales")
    made.group("Macs")
    for name in ("ana", "bo", "cy"):
        made.person(name, groups=["Sales", "Macs"])
    made.person("eve", groups=["Sales"], **eve)
    made.push("Sales", without=["eve"])
    return made


@pytest.mark.parametrize("kind", LACKS)
def test_whoever_is_outside_the_scope_lacks_nothing(kind: str) -> None:
    made = company(**LACKS[kind])
    assert kind in found(made)
    assert found(made, scope_groups=("Macs",)) == {}


@pytest.mark.parametrize(
    ("kind", "eve"),
    [
        ("left-still-active", {"status": "DEPROVISIONED", "assigned": False}),
        ("unassigned-still-active", {"assigned": False}),
    ],
)
def test_what_somebody_outside_the_scope_has_and_should_not_have_is_told(kind: str, eve: dict[str, Any]) -> None:
    made = company()
    made.person("fay", **eve)
    assert found(made, scope_groups=("Macs",)) == {kind: ["user:fay"]}


def test_somebody_outside_the_scope_in_a_kandji_group_without_a_right_to_it_is_told() -> None:
    made = company()
    made.person("fay")
    made.kandji_groups[0] = replace(made.kandji_groups[0], member_ids=("k-ana", "k-bo", "k-cy", "k-fay"))
    assert found(made, scope_groups=("Macs",)) == {"member-extra": ["group:sales user:fay"]}


def test_people_outside_the_scope_are_counted_group_by_group() -> None:
    made = company(assigned=False, account=False)
    made.person("gus", "SUSPENDED", groups=["Sales"])
    judged = made.judge(scope_groups=("Macs",))
    assert [(group.name, group.should, group.outside_scope) for group in judged.groups] == [("Sales", 3, 1)]
    assert judged.outside_scope == 1
    assert [group.outside_scope for group in made.judge().groups] == [0]


def test_the_people_of_a_group_that_is_assigned_and_pushed_are_those_in_scope() -> None:
    made = company()
    made.app_groups[:] = [replace(made.app_groups[0], id="sales")]
    (told,) = [one for one in made.judge(scope_groups=("Macs",)).findings if one.kind == "assignment-group-pushed"]
    assert told.people == ("user:ana", "user:bo", "user:cy")


def test_an_account_without_an_assignment_is_told_of_whoever_is_in_pushed_groups_outside_the_scope_alone() -> None:
    made = company(assigned=False)
    assert found(made, scope_groups=("Macs",)) == {"unassigned-still-active": ["user:eve"]}
    assert "unassigned-still-active" not in found(made)
