"""What a push does in a tenant is learnt by the first one, remembered, and acted on."""

from __future__ import annotations

from pathlib import Path

import pytest

from reconciler.simulator import company as companies
from reconciler.simulator.company import Company
from tests.mending.harness import GRACE, LIFTED, OPEN_GUARDS, Site, fix_table, planned, site


def with_extras(groups: int = 3) -> Company:
    """In several groups there is somebody in Kandji who should not be, and Okta merges what it pushes."""
    company = companies.calm(3, 24, 4, days=0)
    company.provisioner.merges_groups = True
    pushes = [push for push in company.ledger.pushes.values() if len(push.held) >= 4][:groups]
    for number, push in enumerate(pushes):
        stranger = company.tenant.create_user(f"kiosk{number}@elsewhere.example", f"Kiosk {number}")
        company.tenant.add_member(company.kandji_group(push), stranger)
    company.clock.advance(GRACE)
    return company


def extras(place: Site) -> list[str]:
    return [one.id for one in place.findings() if one.kind == "member-extra"]


@pytest.mark.prove
def test_a_push_that_merges_is_found_out_by_the_first_and_the_others_are_not_sent(tmp_path: Path) -> None:
    company = with_extras()
    with site(company, tmp_path, more=OPEN_GUARDS) as place:
        place.run()
        assert len(extras(place)) >= 2
        assert len(planned(place.plan(*extras(place), *LIFTED), "repush")) >= 2
        outcome = place.apply()
        pushed = {write.path for write in outcome.writes if write.taken}
        assert len(pushed) == 1, "after the first push the others could take nobody out"
        assert outcome.code == 7
        assert "skipped" in outcome.words.values()


def test_a_tenant_in_which_pushes_merge_is_remembered_and_members_are_taken_out_over_scim(tmp_path: Path) -> None:
    company = with_extras()
    with site(company, tmp_path, more=fix_table("member-extra") + OPEN_GUARDS) as place:
        place.run()
        place.plan(*extras(place), *LIFTED)
        place.apply()
        place.settle()
        place.run()
        again = place.plan(*extras(place), *LIFTED)
        assert {row["change"]["change"] for row in planned(again)} == {"remove-member"}
        assert place.apply().code == 0
        place.settle()
        place.run()
        assert extras(place) == []


@pytest.mark.prove
def test_without_leave_to_write_to_kandji_it_is_said_what_a_push_can_not_do(tmp_path: Path) -> None:
    company = with_extras()
    with site(company, tmp_path, more=OPEN_GUARDS) as place:
        place.run()
        place.plan(*extras(place), *LIFTED)
        place.apply()
        place.settle()
        place.run()
        again = place.plan(*extras(place), *LIFTED)
        assert planned(again) == []
        assert {row["kind"] for row in again["by_hand"]} >= {"member-extra"}


@pytest.mark.prove
def test_where_pushes_replace_each_group_is_pushed_once(tmp_path: Path) -> None:
    company = with_extras()
    company.provisioner.merges_groups = False
    with site(company, tmp_path, more=OPEN_GUARDS) as place:
        place.run()
        plan = place.plan(*extras(place), *LIFTED)
        outcome = place.apply()
        assert outcome.code == 0, outcome.err
        assert len([write for write in outcome.writes if write.taken]) == 2 * len(planned(plan))
        place.settle()
        place.run()
        assert extras(place) == []
