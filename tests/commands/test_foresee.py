from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from msgspec.structs import replace

from reconciler.commands.foresee import foresee
from reconciler.commands.pull import Occasion
from reconciler.findings import Acceptance
from reconciler.model import Memory, Size
from reconciler.planning import Policy
from reconciler.store import Store
from tests.worlds import NOW, Company, sales

OCCASION = Occasion("reconciler run", "", ())


def outcomes(company: Company, folder: Path, policy: Policy, **more: Any) -> dict[str, str]:
    """Outcome by kind, of a run of this company."""
    world = company.world(scope_groups=("Sales",), filled_by=None, **more)
    judgement = company.judge(scope_groups=("Sales",), filled_by=None, **more)
    kinds = {finding.id: finding.kind for finding in judgement.findings}
    with Store.open(folder / "r.db") as store:
        told = foresee(world, judgement, policy, store, OCCASION, NOW)
    return {kinds[one.finding]: one.outcome for one in told}


def left_out() -> Company:
    company = sales(people=12)
    company.group("Macs", id="assigned")
    company.person("eve", groups=["Sales"], assigned=False, account=False)
    return company


def test_a_run_in_step_foresees_nothing(tmp_path: Path) -> None:
    company = sales()
    company.rule("everybody", 'isMemberOfAnyGroup("sales")')
    assert outcomes(company, tmp_path, Policy()) == {}


def test_what_can_be_mended_is_foreseen_and_what_is_protected_is_withheld(tmp_path: Path) -> None:
    guarded = Policy(protected_people=("eve@*",))
    assert outcomes(left_out(), tmp_path, Policy())["member-not-assigned"] == "planned"
    assert outcomes(left_out(), tmp_path, guarded)["member-not-assigned"] == "withheld"


@pytest.mark.parametrize(
    "more",
    [
        {"before": Memory(sizes=(Size(source="okta.members", about="assigned", name="Macs", size=90, believed=90),))},
        {
            "acceptances": (
                Acceptance(id="A-1", kind="provisioning-off", until=NOW.date(), reason="known", owner="ana"),
            )
        },
        {"off": ("provisioning-off",)},
    ],
    ids=["a list that shrank", "an accepted finding", "a kind that is switched off"],
)
def test_what_holds_a_plan_back_is_foreseen_though_it_is_no_finding_that_stands(
    more: dict[str, Any], tmp_path: Path
) -> None:
    company = left_out()
    if "before" not in more:
        company.app = replace(company.app, features=("GROUP_PUSH", "PUSH_USER_DEACTIVATION", "PUSH_PROFILE_UPDATES"))
    assert outcomes(company, tmp_path, Policy(), **more)["member-not-assigned"] == "withheld"
