"""Group rules: those that do nothing, whom they leave out, and groups that no rule looks at."""

from __future__ import annotations

from collections.abc import Iterator

from reconciler.simulator.company.entries import Push, Rule
from reconciler.simulator.company.ledger import Ledger
from reconciler.simulator.company.truth.assignment import brought, counted, left_out, should
from reconciler.simulator.company.truth.expected import Row

IDLE = {"INACTIVE": "rule-inactive", "INVALID": "rule-invalid"}


def rows(ledger: Ledger) -> Iterator[Row]:
    """Every finding about a rule, or about a pushed group that rules should look at."""
    for rule in ledger.rules.values():
        yield from _idle(ledger, rule)
        if rule.status == "ACTIVE":  # one that does nothing leaves everybody out
            yield from _left_out(ledger, rule)
            yield from _not_applied(ledger, rule)
            if _feeds_nothing(ledger, rule):
                yield Row(kind="rule-feeds-unassigned-group", subject=f"rule:{rule.id}")
    for group in {push.group_id for push in counted(ledger) if _not_covered(ledger, push)}:
        yield Row(kind="push-group-not-covered", subject=f"group:{group}", groups=frozenset({group}))


def _idle(ledger: Ledger, rule: Rule) -> Iterator[Row]:
    """A rule that does nothing; of low severity where nobody misses it."""
    if rule.status in IDLE:
        matters = rule.target in ledger.assigned_groups
        people = {
            person.key
            for person in ledger.people.values()
            if matters and rule.brings(person, ledger.groups_of(person.id))
        }
        yield Row(kind=IDLE[rule.status], subject=f"rule:{rule.id}", people=frozenset(people), name=rule.name)


def _left_out(ledger: Ledger, rule: Rule) -> Iterator[Row]:
    for one in rule.excluded:
        if left_out(ledger, ledger.people[one]):
            yield _about("rule-excludes-member", rule, one)


def _not_applied(ledger: Ledger, rule: Rule) -> Iterator[Row]:
    """Whom it names and has not brought in, as two looks have seen."""
    for one, seen in rule.unevaluated.items():
        person, inside = ledger.people[one], one in ledger.members[rule.target]
        named = person.status == "ACTIVE" and rule.brings(person, ledger.groups_of(one))
        if seen and named and not inside:
            yield _about("rule-not-applied", rule, one)


def _about(kind: str, rule: Rule, person: str) -> Row:
    return Row(kind=kind, subject=f"rule:{rule.id} user:{person}", people=frozenset({f"user:{person}"}), name=rule.name)


def _feeds_nothing(ledger: Ledger, rule: Rule) -> bool:
    """Its group is assigned and pushed nowhere, and somebody whom it brings there is assigned by no other rule."""
    if rule.target in ledger.assigned_groups | {push.group_id for push in ledger.pushed()}:
        return False
    people = (person for person in ledger.people.values() if person.status == "ACTIVE")
    return any(not brought(ledger, person) for person in people if rule.brings(person, ledger.groups_of(person.id)))


def _not_covered(ledger: Ledger, push: Push) -> bool:
    """No rule assigns whoever joins the group, and somebody in it is assigned by none."""
    if ledger.filled_elsewhere or push.source_gone or push.group_id in ledger.assigned_groups:
        return False
    return not _covered(ledger, push.group_id) and any(not brought(ledger, person) for person in should(ledger, push))


def _covered(ledger: Ledger, group: str) -> bool:
    """Whether an active rule that assigns looks at the group, or at the attribute by which the group is filled."""
    active = [rule for rule in ledger.rules.values() if rule.status == "ACTIVE"]
    filling = [rule for rule in active if rule.target == group]
    for rule in active:
        by_attribute = bool(filling) and all(
            one.departments and (one.departments <= rule.departments or rule.but == frozenset() or _outside(one, rule))
            for one in filling
        )
        if rule.target in ledger.assigned_groups and (group in rule.groups or by_attribute):
            return True
    return False


def _outside(filling: Rule, rule: Rule) -> bool:
    """Whether none of the departments that fill a group are those that the rule leaves out."""
    return rule.but is not None and not filling.departments & rule.but
