"""Findings about group rules, and what a rule says of one person, as checks tell them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from functools import cache

from msgspec.structs import replace
from pyroaring import FrozenBitMap

from reconciler.expression import Outcome, evaluate, parse, words
from reconciler.findings import Fact, Finding, Kind, Severity, Subject
from reconciler.rules import Ruled
from reconciler.world import EMPTY, World


def asked(world: World, one: Ruled, number: int) -> Outcome:
    """What a rule's condition says of one person, with the reasons."""
    looks = one.expression
    others = looks.group_names or looks.looks_at_groups_by_pattern
    return evaluate(looks, world.population.facts(number, None if others else looks.group_ids))


def conditions_in_words(world: World) -> Callable[[str], str]:
    """A condition's text in words, each worked out once: findings about hundreds of people tell the same few."""
    names = world.population.names
    return cache(lambda text: words(parse(text), names))


def about_rule(
    world: World,
    kind: Kind,
    one: Ruled,
    sentence: str,
    *,
    people: FrozenBitMap = EMPTY,
    evidence: tuple[Fact, ...] = (),
    changed: datetime | None = None,
) -> Finding:
    """A finding about a rule and the people it concerns; ``changed`` is the youngest change that may be on its way."""
    return Finding(
        kind=kind.slug,
        severity=kind.severity,
        subject=Subject(type="rule", key=f"rule:{one.rule.id}", name=one.rule.name),
        sentence=sentence,
        people=tuple(world.people[number].key for number in people),
        evidence=(*_facts(world, one), *evidence),
        youngest=changed,
    )


def about_rule_and_person(
    world: World,
    kind: Kind,
    one: Ruled,
    number: int,
    sentence: str,
    *,
    severity: Severity | None = None,
    evidence: tuple[Fact, ...] = (),
    changed: datetime | None = None,
) -> Finding:
    """A finding about one person *in this rule*, with the groups that it fills and looks at; ``changed`` as above, else
    the youngest change of the person."""
    told = world.about_person(kind, number, sentence, severity=severity, evidence=(*_facts(world, one), *evidence))
    looked_at = (*one.rule.target_group_ids, *sorted(one.expression.group_ids))
    groups = tuple((key, world.named(key)) for key in dict.fromkeys(looked_at) if world.is_read(key))
    key, name = f"rule:{one.rule.id} {told.subject.key}", f"{told.subject.name} in {one.rule.name}"
    subject = Subject(type="rule", key=key, name=name)
    return replace(told, subject=subject, groups=groups, youngest=changed or told.youngest)


def _facts(world: World, one: Ruled) -> tuple[Fact, ...]:
    into = ", ".join(world.named(target) for target in one.rule.target_group_ids)
    return (
        Fact(side="okta", label="rule", value=f"{one.rule.name} ({one.rule.id}), {one.rule.status}"),
        Fact(side="okta", label="brings", value=world.once(conditions_in_words)(one.expression.text)),
        Fact(side="okta", label="into", value=into or "not told"),
        *world.log_facts(world.log.about(one.rule.id)[-3:]),
    )
