"""Somebody else is at work, too: what moved is left alone, nobody's work is lost, and the rest goes on."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from reconciler.simulator.company import Company
from reconciler.simulator.org.state import GroupRule, Person
from tests.mending.fingerprint import difference, fingerprint, group_named
from tests.mending.notebook import write_to
from tests.mending.prepared import begun
from tests.mending.scenes import LOANERS, SCENES

BY_NAME = {scene.name: scene for scene in SCENES}
Deed = Callable[[Company], None]


def _late(company: Company) -> Person:
    members = group_named(company, LOANERS).members
    return next(company.org.users[one] for one in members if one not in company.org.app.users)


def _rule(company: Company) -> GroupRule:
    assert company.feeding is not None
    return company.feeding


def _edit(company: Company) -> None:
    """Another admin gives the rule another expression, and it is ACTIVE afterwards."""
    rule = _rule(company)
    company.org.deactivate_rule(rule)
    company.org.set_rule_expression(rule, f'{rule.expression} || user.city == "Nowhere"')
    company.org.activate_rule(rule)


def _rewrite(company: Company, expression: str) -> None:
    """Another admin gives a rule that is switched off another expression."""
    company.org.set_rule_expression(_rule(company), expression)


def _mapping(company: Company, status: str) -> None:
    """Another admin sets every mapping with this status to the other."""
    for mapping in list(company.org.app.mappings.values()):
        if mapping.status == status:
            (company.org.pause_mapping if status == "ACTIVE" else company.org.resume_mapping)(mapping)


def _account(company: Company, kind: str) -> str:
    row = next(row for row in company.truth if row.kind == kind)
    return company.account(company.people[row.subject.removeprefix("user:")])


MOVED: list[tuple[str, str, Deed]] = [
    ("add somebody to the assignment group", "who was to be added has left", lambda co: co.org.deactivate(_late(co))),
    (
        "add somebody to the assignment group",
        "the group is not assigned any more",
        lambda co: co.org.unassign_group(group_named(co, "kandji_apple_users")),
    ),
    ("extend the rule by a group", "the rule has another expression", _edit),
    ("extend the rule by a group", "the rule is switched off", lambda co: co.org.deactivate_rule(_rule(co))),
    ("extend the rule by a group", "the rule is deleted", lambda co: co.org.delete_rule(_rule(co))),
    (
        "activate a rule",
        "the rule has another expression",
        lambda co: co.org.set_rule_expression(_rule(co), '"a" == "b"'),
    ),
    ("push a group again", "the mapping is paused", lambda co: _mapping(co, "ACTIVE")),
    (
        "deactivate the account of somebody who left",
        "they are back",
        lambda co: co.org.reactivate(
            co.people[next(r.subject.removeprefix("user:") for r in co.truth if r.kind == "left-still-active")]
        ),
    ),
    (
        "give an account the values of Okta",
        "somebody edited the account",
        lambda co: co.tenant.edit_user(_account(co, "attribute-differs"), title="Another", department="Another"),
    ),
]


@pytest.mark.prove
@pytest.mark.parametrize(("name", "what", "deed"), MOVED, ids=lambda value: value if isinstance(value, str) else "")
def test_what_moved_between_plan_and_apply_is_skipped_with_a_reason(
    name: str, what: str, deed: Deed, tmp_path: Path
) -> None:
    with begun(BY_NAME[name], tmp_path) as place:
        deed(place.company)
        place.company.provisioner.settle()
        before = fingerprint(place.company)
        outcome = place.apply()
        words = outcome.words
        moved = [change for change in words if words[change] == "skipped"]
        assert moved, (words, outcome.told)
        assert all(outcome.told[change] for change in moved)
        assert outcome.code in {6, 7}
        if set(words.values()) == {"skipped"}:
            assert [write.line for write in outcome.writes] == []
            assert difference(before, fingerprint(place.company)) == {}


@pytest.mark.parametrize("step", ["/lifecycle/deactivate", "/groups/rules/", "/lifecycle/activate"])
def test_a_rule_that_another_admin_edits_between_two_steps_is_active_in_the_end_and_keeps_their_edit(
    step: str, tmp_path: Path
) -> None:
    with begun(BY_NAME["extend the rule by a group"], tmp_path) as place:
        company = place.company
        fits = write_to(step, method="PUT" if step == "/groups/rules/" else "POST")
        hand = place.before(fits, lambda: _edit(company))
        place.apply()
        assert hand.done
        place.settle()
        rule = _rule(company)
        assert rule.status == "ACTIVE"
        assert 'user.city == "Nowhere"' in rule.expression


def test_who_was_added_by_another_admin_meanwhile_is_not_added_again(tmp_path: Path) -> None:
    with begun(BY_NAME["add somebody to the assignment group"], tmp_path) as place:
        company = place.company
        company.org.add_member(group_named(company, "kandji_apple_users"), _late(company))
        outcome = place.apply()
        assert outcome.writes == ()
        assert set(outcome.words.values()) == {"verified"}
        assert all("already" in told for told in outcome.told.values())


@pytest.mark.prove
def test_an_attribute_that_another_admin_changes_while_we_write_is_not_lost(tmp_path: Path) -> None:
    with begun(BY_NAME["give an account the values of Okta"], tmp_path) as place:
        company = place.company
        account = _account(company, "attribute-differs")
        hand = place.before(
            write_to(f"/Users/{account}", method="PUT"),
            lambda: company.tenant.edit_user(account, title="Just Promoted"),
        )
        place.apply()
        assert hand.done
        assert company.tenant.user(account)["title"] == "Just Promoted"
