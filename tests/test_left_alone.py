"""Whom a plan leaves alone because somebody said so: with the program's own checks and fixes over small companies."""

from __future__ import annotations

from typing import Any

import pytest

from reconciler import checks, wishes
from reconciler.findings import Acceptance
from reconciler.guards import Spent
from reconciler.plan import Ceilings, Plan
from reconciler.planning import About, Asked, Policy, build
from tests.worlds import NOW, Company


def left_out(*, outside: int = 0, members: tuple[str, ...] = ()) -> Company:
    """Sales is pushed and no rule covers it. p0, … are in step but p0, who lacks in Kandji; ann and eve are not
    assigned; w0, … are not in Meant, in which all others are."""
    company = Company()
    company.group("Macs", id="assigned")
    company.group("Sales")
    company.group("Meant")
    for number in range(12):
        company.person(f"p{number}", groups=["Sales", "Meant", "assigned"])
    for name in ("ann", "eve"):
        company.person(name, groups=["Sales", "Meant"], assigned=False, account=False)
    for number in range(outside):
        company.person(f"w{number}", groups=["Sales"], assigned=False, account=False)
    for account in members:
        company.account(account)
    company.push("Sales", without=["p0"], members=members)
    return company


def accepted(**more: str) -> dict[str, Any]:
    return {"acceptances": (Acceptance(id="A-1", until=NOW.date(), reason="meant so", owner="ana", **more),)}


def planned(company: Company, *asked: Asked, **settings: Any) -> Plan:
    world = company.world(filled_by=None, **settings)
    judgement = checks.run(world)
    return build(
        world,
        [] if asked else [finding for finding in judgement.findings if finding.standing],
        fixes=checks.FIXES,
        kinds={kind.slug: kind for kind in checks.KINDS},
        policy=Policy(),
        spent=Spent(),
        about=About(by="plan", run=1, run_finished=NOW, data_digest="", scope_set=bool(world.settings.scope_groups)),
        ceilings=Ceilings(),
        asked=asked,
        known=judgement.findings,
    )


def done(plan: Plan) -> list[str]:
    return [one.sentence for one in plan.changes]


def reasons(plan: Plan) -> str:
    return "\n".join(words for held in plan.withheld for words in held.reasons)


BY_HAND = ["put ann@acme.example into Macs", "put eve@acme.example into Macs"]
PUSHED = "push Sales again"


def test_nobody_outside_the_scope_is_brought_in_by_a_rule_for_the_others() -> None:
    plan = planned(left_out(outside=3), scope_groups=("Meant",))
    assert done(plan) == [*BY_HAND, PUSHED]
    assert "it would bring in whom [scope] leaves out: w0@acme.example, w1@acme.example, w2" in reasons(plan)


def test_whoever_covers_a_group_by_command_is_told_who_is_outside_the_scope() -> None:
    company = left_out(outside=1)
    wish = wishes.cover(company.world(filled_by=None, scope_groups=("Meant",)), ["Sales"])
    (change,) = planned(company, wish, scope_groups=("Meant",)).changes
    assert "brings in whom [scope] leaves out: w0@acme.example" in change.side_effects


def test_nobody_is_brought_in_while_no_group_of_the_scope_can_be_read() -> None:
    plan = planned(left_out(), scope_groups=("Renamed",))
    assert done(plan) == [PUSHED]
    assert "no group that [scope] names could be read" in reasons(plan)


def test_whom_somebody_accepts_as_not_assigned_is_not_brought_in_with_others() -> None:
    plan = planned(left_out(), **accepted(kind="member-not-assigned", person="eve@*"))
    assert done(plan) == [BY_HAND[0], PUSHED]
    assert "it is accepted that they are not assigned: eve@acme.example" in reasons(plan)


@pytest.mark.parametrize(
    ("settings", "words"),
    [
        ({"also_fed_by": ("other@*",)}, "whom another directory feeds, by [match] also_fed_by: other@acme.example"),
        (accepted(kind="member-extra"), "it is accepted that they are in Sales in Kandji: other@acme.example"),
    ],
    ids=["fed by another directory", "accepted"],
)
def test_no_push_takes_out_whom_somebody_said_to_leave_in(settings: dict[str, Any], words: str) -> None:
    company = left_out(members=("other",))
    assert PUSHED in done(planned(company))
    plan = planned(company, **settings)
    assert PUSHED not in done(plan)
    assert words in reasons(plan)
