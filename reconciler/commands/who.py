"""What a word on the command line stands for: a finding, somebody, or a group."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from reconciler.errors import NotKnown
from reconciler.store import Store
from reconciler.store.search import MOST, FoundGroup, FoundPerson

FINDING = re.compile(r"f-[0-9a-f]{12}")
"""Id of a finding, in lower case."""


@dataclass(frozen=True, slots=True)
class Who:
    """Exactly one of the three is set, as ``type`` says."""

    type: Literal["finding", "person", "group"]
    name: str
    finding: str | None = None
    person: FoundPerson | None = None
    group: FoundGroup | None = None


def resolve(store: Store, run_id: int, asked: str) -> Who:
    """The one thing that ``asked`` names, as known at a run.

    Raises ``NotKnown``: with the candidates where it could be several, and with what to try where it is nothing.
    """
    if FINDING.fullmatch(asked.strip().lower()):
        finding_id = asked.strip().lower().capitalize()
        if not store.knows_finding(finding_id):
            raise NotKnown(f"No run ever found {finding_id}.", next="see what stands: reconciler findings")
        return Who(type="finding", name=finding_id, finding=finding_id)
    groups, whole = store.find_groups(run_id, asked), asked.strip().casefold()
    called = tuple(one for one in groups if one.name.casefold() == whole)
    people = store.find_people(run_id, asked, whole=bool(called))
    if people and groups:  # an id wins over a name, and a whole name over a part of one
        held = tuple(one for one in people if asked.strip() in (one.user_id, one.account_id))
        kept = tuple(one for one in groups if asked.strip() in (one.group_id, one.kandji_group_id))
        people, groups = (held, kept) if held or kept else (people, groups)
    if people and groups:
        named = tuple(one for one in people if one.name.casefold() == whole)
        people, groups = (named, called) if named or called else (people, groups)
    if len(people) + len(groups) == 1:
        if people:
            return Who(type="person", name=people[0].name, person=people[0])
        return Who(type="group", name=groups[0].name, group=groups[0])
    if not people and not groups:
        raise NotKnown(
            f"Nobody and no group is called {asked}.",
            why=f"looked for ids, logins, user names, e-mail addresses and names in the data of run {run_id}.",
            next="see who is concerned: reconciler findings",
        )
    raise _several(asked, people, groups)


def person(store: Store, run_id: int, asked: str) -> FoundPerson:
    """The one person that ``asked`` names. Raises ``NotKnown`` as ``resolve``."""
    found = store.find_people(run_id, asked)
    if len(found) > 1:
        raise _several(asked, found, ())
    if not found:
        raise NotKnown(
            f"Nobody is called {asked}.",
            why=f"looked for ids, logins, user names, e-mail addresses and names in the data of run {run_id}.",
            next="see who is concerned: reconciler findings",
        )
    return found[0]


def group(store: Store, run_id: int, asked: str) -> FoundGroup:
    """The one group that ``asked`` names; a whole name wins over a part of one. Raises ``NotKnown`` as ``resolve``."""
    found = store.find_groups(run_id, asked)
    if len(found) > 1:
        raise _several(asked, (), found)
    if not found:
        raise NotKnown(
            f"No group is called {asked}.",
            why=f"looked for ids and names in the data of run {run_id}.",
            next="see which groups are pushed: reconciler report",
        )
    return found[0]


def _several(asked: str, people: Sequence[FoundPerson], groups: Sequence[FoundGroup]) -> NotKnown:
    facts = (*map(_person, people), *map(_group, groups))
    many = "at least " if MOST in (len(people), len(groups)) else ""
    return NotKnown(f"{asked} could be {many}{len(facts)} of them.", facts=facts, next="type one of these ids instead")


def _person(one: FoundPerson) -> tuple[str, str]:
    return one.user_id or one.account_id or "", f"{one.name}, a person" + ("" if one.user_id else " in Kandji alone")


def _group(one: FoundGroup) -> tuple[str, str]:
    return one.group_id or one.kandji_group_id or "", f"{one.name}, a group" + (
        "" if one.group_id else " in Kandji alone"
    )
