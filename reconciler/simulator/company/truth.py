"""Truth: the findings a right program must come to, in the words of the drift catalogue, told from the ledger.

One function a family of kinds. Subjects are made of ids alone: ``user:<okta id>``, ``account:<scim id>``,
``group:<okta group id> user:<okta id>``, ``group:…``, ``mapping:…``, ``kandji-group:…``, ``app:…`` and
``app:… feature:…``; of kinds beyond the truth also ``rule:…``, ``rule:… user:…`` and ``app:… attribute:…``.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from reconciler.simulator.company.ledger import LEFT, MUST_BE_IN, Entry, Ledger, Push, Stranger

Cause = tuple[str, str]
"""Kind and subject of the finding that explains another."""
STOPPED = frozenset({"mapping-error", "mapping-inactive"})
"""What keeps a push from taking anybody out. A group that lacks many is no reason why it holds one too many."""


@dataclass(frozen=True, kw_only=True, order=True)
class Expected:
    """A finding that must be made: kind, subject, and what explains it."""

    kind: str
    subject: str
    cause: Cause | None = None


def write_truth(path: Path, truth: Iterable[Expected]) -> None:
    """Writes ``[{"kind", "subject", "cause": {"kind", "subject"} | null}, …]``, sorted, as JSON."""
    rows = [
        {
            "kind": row.kind,
            "subject": row.subject,
            "cause": None if row.cause is None else {"kind": row.cause[0], "subject": row.cause[1]},
        }
        for row in in_order(truth)
    ]
    path.write_text(json.dumps(rows, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")


def in_order(truth: Iterable[Expected]) -> tuple[Expected, ...]:
    """Without repetition, by kind and subject."""
    return tuple(sorted(set(truth), key=lambda row: (row.kind, row.subject)))


def truth_of(ledger: Ledger) -> tuple[Expected, ...]:
    """Everything that is to be found in a company that has been quiet for a day."""
    families = (_the_integration, _who_lacks, _who_has, _mappings, _pushed_groups, _members, _unmanaged_groups)
    return in_order(row for family in families for row in family(ledger))


def _app(ledger: Ledger) -> Cause | None:
    return None if ledger.app_active else ("app-inactive", f"app:{ledger.app_id}")


def _off(ledger: Ledger, feature: str) -> Cause | None:
    return None if ledger.on(feature) else ("provisioning-off", f"app:{ledger.app_id} feature:{feature}")


def _the_integration(ledger: Ledger) -> Iterator[Expected]:
    if not ledger.app_active:
        yield Expected(kind="app-inactive", subject=f"app:{ledger.app_id}")
    for feature in ledger.features_off:
        yield Expected(kind="provisioning-off", subject=f"app:{ledger.app_id} feature:{feature}")
    if ledger.foreign:
        yield Expected(kind="foreign-people", subject=f"app:{ledger.app_id}")


def _in_scope(ledger: Ledger, person: Entry) -> bool:
    return ledger.scope is None or any(person.id in ledger.members[group] for group in ledger.scope)


def _counted(ledger: Ledger) -> tuple[Push, ...]:
    """Pushes that count for what people lack: all but paused ones."""
    return ledger.pushed("ACTIVE", "ERROR")


def _should(ledger: Ledger, push: Push) -> list[Entry]:
    """In the pushed group, must be in, in scope."""
    people = (ledger.people[person] for person in ledger.members[push.group_id])
    return [person for person in people if person.status in MUST_BE_IN and _in_scope(ledger, person)]


def _feeds_no_assignment(ledger: Ledger, push: Push) -> bool:
    should = _should(ledger, push)
    left_out = sum(not person.assigned for person in should)
    return left_out >= 3 and 2 * left_out > len(should)


def _by_name(ledger: Ledger, pushes: Iterable[Push]) -> list[Push]:
    return sorted(pushes, key=lambda push: (ledger.group_names[push.group_id].casefold(), push.group_id))


def _who_lacks(ledger: Ledger) -> Iterator[Expected]:
    """One finding a person, at the first broken link; what differs is beside the chain."""
    for person in ledger.people.values():
        if person.status in MUST_BE_IN:
            pushes = [push for push in _counted(ledger) if person.id in ledger.members[push.group_id]]
            if not person.assigned and pushes and _in_scope(ledger, person):
                feeding = [push for push in _by_name(ledger, pushes) if _feeds_no_assignment(ledger, push)]
                by_group = ("group-feeds-no-assignment", f"group:{feeding[0].group_id}") if feeding else None
                yield Expected(kind="member-not-assigned", subject=person.key, cause=_app(ledger) or by_group)
            elif person.assigned and not person.provisioned:
                cause = _app(ledger) or _off(ledger, "PUSH_NEW_USERS")
                yield Expected(kind="assignment-stuck", subject=person.key, cause=cause)
            elif person.assigned and person.account == "gone":
                yield Expected(kind="missing-in-kandji", subject=person.key, cause=_app(ledger))
            elif person.assigned and person.account == "inactive":
                yield Expected(kind="inactive-in-kandji", subject=person.key)
        if person.provisioned and person.account in {"active", "inactive"} and person.differs - ledger.ignored:
            yield Expected(kind="attribute-differs", subject=person.key, cause=_off(ledger, "PUSH_PROFILE_UPDATES"))


def _left_still_active(person: Entry) -> bool:
    return person.status == "DEPROVISIONED" and person.account == "active"


def _unassigned_still_active(ledger: Ledger, person: Entry) -> bool:
    if person.status not in MUST_BE_IN or person.assigned or person.account != "active":
        return False
    return not any(person.id in ledger.members[push.group_id] for push in _counted(ledger))


def _who_has(ledger: Ledger) -> Iterator[Expected]:
    """Active accounts of those who should have none."""
    for person in ledger.people.values():
        if _left_still_active(person):
            cause = _off(ledger, "PUSH_USER_DEACTIVATION")
            yield Expected(kind="left-still-active", subject=person.key, cause=cause)
        elif _unassigned_still_active(ledger, person):
            yield Expected(kind="unassigned-still-active", subject=person.key)
    for stranger in ledger.strangers.values():
        yield Expected(kind="unmanaged-in-kandji", subject=stranger.key, cause=_from_elsewhere(ledger, stranger))


def _from_elsewhere(ledger: Ledger, stranger: Stranger) -> Cause | None:
    """At a first look it can't be known whether somebody was Okta's once; later, who never was counts as foreign."""
    foreign = stranger.foreign or (ledger.looked_at and not stranger.left)
    return ("foreign-people", f"app:{ledger.app_id}") if ledger.foreign and foreign else None


def _expected(ledger: Ledger, push: Push) -> set[str]:
    """In the group, must be in, assigned, provisioned, known in Kandji."""
    people = (ledger.people[person] for person in ledger.members[push.group_id])
    return {
        person.key
        for person in people
        if person.status in MUST_BE_IN and person.provisioned and person.account in {"active", "inactive"}
    }


def _not_pushed(ledger: Ledger, push: Push) -> bool:
    expected = _expected(ledger, push)
    lacks = len(expected - push.held)
    compared = push.status == "ACTIVE" and push.there and push.comparable
    return compared and lacks >= 3 and 2 * lacks >= len(expected)


def _trouble(ledger: Ledger, push: Push) -> str | None:
    """The kind of what is wrong with a mapping, the first that applies."""
    if not push.there and push.status != "INACTIVE":
        return "mapping-target-missing"
    if push.status == "ERROR":
        return "mapping-error"
    if push.status == "INACTIVE":
        return "mapping-inactive"
    return "group-not-pushed" if _not_pushed(ledger, push) else None


def _mappings(ledger: Ledger) -> Iterator[Expected]:
    for push in ledger.pushes.values():
        kind = _trouble(ledger, push)
        if kind is not None:
            yield Expected(kind=kind, subject=f"mapping:{push.mapping_id}", cause=_off(ledger, "GROUP_PUSH"))


def _pushed_groups(ledger: Ledger) -> Iterator[Expected]:
    for push in ledger.pushes.values():
        if push.group_id in ledger.assigned_groups:
            yield Expected(kind="assignment-group-pushed", subject=f"group:{push.group_id}")
        if push.status != "INACTIVE" and _feeds_no_assignment(ledger, push):
            yield Expected(kind="group-feeds-no-assignment", subject=f"group:{push.group_id}")


def _raced(ledger: Ledger, push: Push) -> Cause | None:
    if push.group_id in ledger.assigned_groups:
        return "assignment-group-pushed", f"group:{push.group_id}"
    return None


def _members(ledger: Ledger) -> Iterator[Expected]:
    for push in ledger.pushes.values():
        trouble = _trouble(ledger, push)
        if trouble is None and push.comparable:
            for key in _expected(ledger, push) - push.held:
                if ledger.people[key.removeprefix("user:")].account == "active":
                    cause = _off(ledger, "GROUP_PUSH") or _raced(ledger, push)
                    yield Expected(kind="member-missing", subject=f"group:{push.group_id} {key}", cause=cause)
        if push.there and push.comparable:
            yield from _extras(ledger, push, trouble)


def _extras(ledger: Ledger, push: Push, trouble: str | None) -> Iterator[Expected]:
    for key in push.held:
        off = _off(ledger, "GROUP_PUSH")
        mapping = (trouble, f"mapping:{push.mapping_id}") if trouble in STOPPED else _raced(ledger, push)
        subject = f"group:{push.group_id} {key}"
        if key in ledger.strangers:
            by_people = _from_elsewhere(ledger, ledger.strangers[key])
            yield Expected(kind="member-extra", subject=subject, cause=off or by_people or mapping)
            continue
        person = ledger.people[key.removeprefix("user:")]
        belongs = person.assigned and person.id in ledger.members[push.group_id]
        if person.account == "active" and not belongs and person.status in MUST_BE_IN | LEFT:
            left = ("left-still-active", person.key) if _left_still_active(person) else None
            yield Expected(kind="member-extra", subject=subject, cause=off or left or mapping)


def _unmanaged_groups(ledger: Ledger) -> Iterator[Expected]:
    for scim_id in ledger.unmanaged_groups:
        yield Expected(kind="group-unmanaged", subject=f"kandji-group:{scim_id}")
