from __future__ import annotations

from pathlib import Path

from reconciler.commands.foresee import foresee
from reconciler.commands.pull import Occasion
from reconciler.planning import Policy
from reconciler.store import Store
from tests.worlds import NOW, Company, sales

OCCASION = Occasion("reconciler run", "", ())


def outcomes(company: Company, folder: Path, policy: Policy) -> dict[str, str]:
    """Outcome by kind, of a run of this company."""
    world = company.world(scope_groups=("Sales",), filled_by=None)
    judgement = company.judge(scope_groups=("Sales",), filled_by=None)
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
