"""Small companies in each of which one kind of change is asked for: one scene for every kind there is.

A scene is the same, id by id, each time it is built.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from typing import Protocol

import pytest
from _pytest.mark import ParameterSet

from reconciler.findings import Finding
from reconciler.simulator import company as companies
from reconciler.simulator.company import Company
from tests.mending.fingerprint import KANDJI, group_named
from tests.mending.harness import GRACE, LIFTED, OPEN_GUARDS, fix_table


class Place(Protocol):
    """A company, and what the program has found in it."""

    company: Company

    def findings(self) -> list[Finding]: ...


Ask = Callable[[Place], tuple[str, ...]]
"""The planning verb with its words, once the program has run."""
PEOPLE, GROUPS, SEED = 16, 3, 3
LOANERS, FIELD = "Loaner Macs", "Field Macs"


@dataclass(frozen=True, kw_only=True)
class Scene:
    """``change``: the kind it is about, as the plan names it. ``looks``: so many runs, GRACE apart, until it is found.
    ``first``: what is planned and applied before, in another file. ``lost``: parts of the fingerprint in which undoing
    it leaves something behind, as it must; None: it can't be undone."""

    name: str
    change: str
    build: Callable[[], Company]
    ask: Ask
    more: str = OPEN_GUARDS
    looks: int = 1
    first: Ask | None = None
    lost: frozenset[str] | None = None

    def looked(self, company: Company, run: Callable[[], object] = lambda: None) -> None:
        """So many runs, with time between them."""
        run()
        for _ in range(1, self.looks):
            company.clock.advance(GRACE)
            run()


def injected(slug: str, *, people: int = PEOPLE, groups: int = GROUPS, days: int = 0, seed: int = SEED) -> Company:
    """A company in which one thing went wrong."""
    return companies.build(seed, people, groups, (slug,), days=days)


def calm() -> Company:
    return companies.calm(SEED, PEOPLE, GROUPS, days=0)


def ids(place: Place, *kinds: str) -> tuple[str, ...]:
    """Ids of what stands of these kinds."""
    return tuple(finding.id for finding in place.findings() if finding.kind in kinds)


def _of(*kinds: str) -> Ask:
    def ask(place: Place) -> tuple[str, ...]:
        found = ids(place, *kinds)
        assert found, f"nothing of {kinds} stands"
        return ("plan", *found, *LIFTED)

    return ask


def _by(verb: str, *words: str) -> Ask:
    return lambda place: (verb, *words)


def _late(place: Place) -> tuple[str, ...]:
    """The one whom nothing assigns."""
    company = place.company
    members = group_named(company, LOANERS).members
    (late,) = (company.org.users[one].login for one in members if one not in company.org.app.users)
    return ("assign", late)


def _undone(place: Place) -> tuple[str, ...]:
    return ("undo", "1")


def without_rule() -> Company:
    """Nobody wrote the rule that brings people into the assignment group: IT put everybody there by hand, but one."""
    company = injected("push-group-not-covered")
    rule = company.feeding
    assert rule is not None
    company.org.deactivate_rule(rule)
    company.org.delete_rule(rule)
    company.provisioner.settle()
    return company


def unlinked(*, existing: bool = False) -> Company:
    """A group of people who are all assigned is not pushed yet; Kandji may have one of that name, with other people."""
    company = calm()
    people = [one for one in company.org.users.values() if one.id in company.org.app.users and one.status == "ACTIVE"]
    group = company.org.create_group(FIELD)
    rule = company.feeding
    assert rule is not None
    company.org.deactivate_rule(rule)
    company.org.set_rule_expression(rule, rule.expression.replace(")", f', "{group.id}")'))
    company.org.activate_rule(rule)
    for person in people[:6]:
        company.org.add_member(group, person)
    if existing:
        accounts = [company.account(person) for person in people[5:8]]
        company.tenant.create_group(FIELD, accounts)
    company.provisioner.settle()
    return company


def unevaluated() -> Company:
    """Okta failed to evaluate a rule for somebody, and would not if it did it again."""
    company = injected("rule-not-applied")
    company.org.unevaluated.clear()
    return company


def one_missing_and_one_too_many() -> Company:
    """Somebody is missing in a Kandji group in which somebody else is one too many: a push would reach both."""
    company = injected("member-missing", seed=5)
    (missing,) = (row.subject for row in company.truth if row.kind == "member-missing")
    push = next(one for one in company.ledger.pushes.values() if one.group_id in missing)
    stranger = company.tenant.create_user("kiosk@elsewhere.example", "Kiosk")
    company.tenant.add_member(company.kandji_group(push), stranger)
    company.clock.advance(GRACE)
    return company


def mendable_error() -> Company:
    """A mapping in ERROR in an org that takes a status set on it as a retry."""
    company = injected("mapping-error")
    company.org.mends_errors = True
    return company


def _first_team(place: Place) -> str:
    return place.company.by_hand[0].name


SCENES: tuple[Scene, ...] = (
    Scene(
        name="add somebody to the assignment group",
        change="add-to-group",
        build=lambda: injected("push-group-not-covered"),
        ask=_late,
        lost=frozenset({"accounts", "kandji memberships"}),
    ),
    Scene(
        name="extend the rule by a group",
        change="edit-rule",
        build=lambda: injected("push-group-not-covered"),
        ask=_by("cover", LOANERS),
        lost=frozenset({"accounts", "kandji memberships"}),
    ),
    Scene(
        name="create a rule",
        change="create-rule",
        build=without_rule,
        ask=_by("cover", LOANERS),
        lost=frozenset({"rules", "memberships", "assignments", *KANDJI}),
    ),
    Scene(
        name="activate a rule",
        change="activate-rule",
        build=lambda: injected("rule-inactive"),
        ask=_of("rule-inactive"),
        lost=frozenset({"memberships", "assignments", *KANDJI}),
    ),
    Scene(
        name="restart a rule",
        change="activate-rule",
        build=unevaluated,
        ask=_of("rule-not-applied"),
        looks=2,
    ),
    Scene(
        name="end the pause of a mapping",
        change="activate-mapping",
        build=lambda: injected("mapping-inactive"),
        ask=_of("mapping-inactive"),
    ),
    Scene(
        name="push a group again",
        change="repush",
        build=lambda: injected("member-missing", seed=5),
        ask=_of("member-missing"),
    ),
    Scene(
        name="unlink and link again",
        change="relink",
        build=lambda: injected("mapping-error"),
        ask=_of("mapping-error"),
    ),
    Scene(
        name="link anew a group that is gone in Kandji",
        change="relink",
        build=lambda: injected("mapping-target-missing"),
        ask=_of("mapping-target-missing"),
    ),
    Scene(
        name="mend a mapping by its status",
        change="relink",
        build=mendable_error,
        ask=_of("mapping-error"),
    ),
    Scene(
        name="link a group",
        change="link",
        build=unlinked,
        ask=_by("link", FIELD),
        lost=frozenset({"groups", "memberships", *KANDJI}),
    ),
    Scene(
        name="link a group that Kandji has",
        change="link",
        build=lambda: unlinked(existing=True),
        ask=_by("link", FIELD, *LIFTED),
        lost=frozenset({"groups", "memberships", *KANDJI}),
    ),
    Scene(
        name="unlink a group",
        change="unlink",
        build=calm,
        ask=lambda place: ("unlink", _first_team(place), *LIFTED),
    ),
    Scene(
        name="unlink a group and delete it",
        change="unlink",
        build=calm,
        ask=lambda place: ("unlink", _first_team(place), "--delete-in-kandji", *LIFTED),
    ),
    Scene(
        name="activate an account",
        change="set-active",
        build=lambda: injected("inactive-in-kandji"),
        ask=_of("inactive-in-kandji"),
        more=fix_table("inactive-in-kandji") + OPEN_GUARDS,
        lost=frozenset(),
    ),
    Scene(
        name="deactivate the account of somebody who left",
        change="set-active",
        build=lambda: injected("left-still-active"),
        ask=_of("left-still-active"),
        more=fix_table("left-still-active") + OPEN_GUARDS,
        lost=frozenset(),
    ),
    Scene(
        name="give an account the values of Okta",
        change="replace-attributes",
        build=lambda: injected("attribute-differs"),
        ask=_of("attribute-differs"),
        more=fix_table("attribute-differs") + OPEN_GUARDS,
        lost=frozenset(),
    ),
    Scene(
        name="take out of a group whom nobody knows",
        change="remove-member",
        build=lambda: injected("member-unknown", people=24, groups=4, days=1),
        ask=_of("member-unknown"),
        more=fix_table("member-unknown") + OPEN_GUARDS,
    ),
    Scene(
        name="put somebody into a group in Kandji",
        change="add-member",
        build=one_missing_and_one_too_many,
        ask=_of("member-missing"),
        more=fix_table("member-missing") + OPEN_GUARDS,
    ),
)
BACKWARDS: tuple[Scene, ...] = (
    replace(SCENES[0], name="take somebody out again", change="remove-from-group", first=_late, ask=_undone, lost=None),
    replace(
        SCENES[2], name="switch off a rule again", change="deactivate-rule", first=SCENES[2].ask, ask=_undone, lost=None
    ),
)
"""Kinds of changes that exist as inverses alone."""


def sampled(scenes: Iterable[Scene], *names: str) -> list[ParameterSet]:
    """Scenes as parameters, all but these for the long proofs alone."""
    marks = {scene.name: () if scene.name in names else (pytest.mark.prove,) for scene in scenes}
    return [pytest.param(scene, id=scene.name, marks=marks[scene.name]) for scene in scenes]
