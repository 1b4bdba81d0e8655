"""The commonest way to do harm: a rule broke last week, somebody pushes a group today to mend one missing member."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from reconciler.simulator import company as companies
from reconciler.simulator.company import Company
from reconciler.simulator.company.entries import Push
from tests.mending.fingerprint import difference, fingerprint
from tests.mending.harness import GRACE, Site, planned, site
from tests.mending.scenes import FIELD


def _largest(company: Company) -> Push:
    return max(company.ledger.pushes.values(), key=lambda push: len(push.held))


def broken_rule(company: Company, push: Push) -> None:
    """The rule that feeds the assignment group loses this group; its people lose their assignment, and Okta's own push
    of that is lost on the way. Somebody else is taken out of the Kandji group by hand."""
    rule = company.feeding
    assert rule is not None
    kept = [f'"{one}"' for one in sorted(company.ledger.feeds - {push.group_id})]
    company.org.deactivate_rule(rule)
    company.org.set_rule_expression(rule, f"isMemberOfAnyGroup({', '.join(kept)})")
    company.org.activate_rule(rule)
    company.provisioner.drop_pending()
    company.clock.advance(GRACE)


def company_with_trap(*, paused: bool = False) -> tuple[Company, Push, set[str]]:
    """Also the logins of those whom a push would take out."""
    company = companies.calm(5, 30, 3, days=0)
    push = _largest(company)
    group, mapping = company.groups[push.group_id], company.mappings[push.mapping_id]
    missing = next(one for one in group.members if company.ledger.people[one].key in push.held)
    company.org.add_member(company.by_hand[0], company.people[missing])
    company.provisioner.settle()
    company.tenant.remove_member(company.kandji_group(push), company.account(company.people[missing]))
    if paused:
        company.org.pause_mapping(mapping)
    broken_rule(company, push)
    held = company.tenant.members(company.kandji_group(push))
    vanishing = held - {one.external_id for one in company.org.app.users.values()}
    gone = {str(user.user_name) for user in company.tenant.store.users() if str(user.id) in vanishing}
    assert len(gone) > 4, "the trap is not set"
    return company, push, gone


def _ids(place: Site, *kinds: str) -> list[str]:
    return [one.id for one in place.findings() if one.kind in kinds]


def _push_now(place: Site, name: str) -> tuple[str, ...]:
    return ("push-now", name)


def _everything(place: Site, name: str) -> tuple[str, ...]:
    return ("plan",)


def _resume(place: Site, name: str) -> tuple[str, ...]:
    return ("plan", *_ids(place, "mapping-inactive"))


@pytest.mark.parametrize(
    ("ask", "paused"),
    [(_push_now, False), (_everything, False), (_resume, True)],
    ids=["pushed now", "planned with everything", "a paused mapping is activated"],
)
def test_a_push_that_would_empty_a_group_after_a_rule_broke_is_withheld_and_names_who_would_vanish(
    ask: Callable[[Site, str], tuple[str, ...]], paused: bool, tmp_path: Path
) -> None:
    company, push, gone = company_with_trap(paused=paused)
    with site(company, tmp_path) as place:
        place.run()
        verb, *words = ask(place, company.groups[push.group_id].name)
        plan = place.plan(*words, verb=verb)
        pushes = ("repush", "activate-mapping", "relink")
        about = [row for row in plan["withheld"] if row["planned"]["change"].get("mapping_id") == push.mapping_id]
        assert [row for row in planned(plan) if row["change"].get("mapping_id") == push.mapping_id] == []
        assert [row["planned"]["change"]["change"] for row in about if row["planned"]["change"]["change"] in pushes]
        named = {one["name"] for row in about for one in row["planned"]["removes"]}
        assert gone <= named
        assert all(row["reasons"] for row in about)


def test_a_link_that_would_take_others_out_of_a_group_in_kandji_is_withheld_and_names_them(tmp_path: Path) -> None:
    company = companies.calm(5, 30, 3, days=0)
    people = [one for one in company.people.values() if one.id in company.org.app.users and one.status == "ACTIVE"]
    group = company.org.create_group(FIELD)
    for person in people[:3]:
        company.org.add_member(group, person)
    others = people[4:14]
    company.tenant.create_group(FIELD, [company.account(person) for person in others])
    company.provisioner.settle()
    company.clock.advance(GRACE)
    with site(company, tmp_path) as place:
        place.run()
        plan = place.plan(FIELD, verb="link")
        assert planned(plan) == []
        (held,) = plan["withheld"]
        assert {one["name"] for one in held["planned"]["removes"]} == {person.login for person in others}
        assert held["guards"]


@pytest.mark.prove
def test_a_plan_made_before_the_rule_broke_is_not_carried_out_after_it(tmp_path: Path) -> None:
    company = companies.calm(5, 30, 3, days=0)
    push = _largest(company)
    with site(company, tmp_path) as place:
        place.run()
        assert planned(place.plan(company.groups[push.group_id].name, verb="push-now"), "repush")
        broken_rule(company, push)
        before = fingerprint(company)
        outcome = place.apply()
        assert set(outcome.words.values()) == {"skipped"}
        assert outcome.writes == ()
        assert outcome.code == 6
        assert difference(before, fingerprint(company)) == {}
