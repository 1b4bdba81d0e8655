"""Who is assigned: whom the first two links of the chain lack, and assignments that are odd in themselves."""

from __future__ import annotations

from collections.abc import Iterator

from reconciler.simulator.company.entries import Entry, Push
from reconciler.simulator.company.ledger import Ledger
from reconciler.simulator.company.truth.expected import Row


def in_scope(ledger: Ledger, person: Entry) -> bool:
    """Whether somebody is meant to be in Kandji, should they be in a pushed group."""
    return ledger.scope is None or any(person.id in ledger.members[group] for group in ledger.scope)


def counted(ledger: Ledger) -> tuple[Push, ...]:
    """Pushes that count for what people lack: all but paused ones."""
    return ledger.pushed("ACTIVE", "ERROR")


def pushed_groups_of(ledger: Ledger, person: Entry) -> frozenset[str]:
    """Ids of the groups that somebody is pushed in."""
    return frozenset(push.group_id for push in counted(ledger) if person.id in ledger.members[push.group_id])


def unread(ledger: Ledger) -> bool:
    """Whether nobody can know who is in one of these groups: it was gone before anybody looked, or is not visible."""
    return any(push.source_gone and not push.source_seen for push in counted(ledger))


def should(ledger: Ledger, push: Push) -> list[Entry]:
    """In the pushed group, must be in, in scope."""
    people = (ledger.people[person] for person in ledger.members[push.group_id])
    return [person for person in people if person.must_be_in and in_scope(ledger, person)]


def left_out(ledger: Ledger, person: Entry) -> bool:
    """In a pushed group, must be in, in scope, and not assigned."""
    lacks = person.must_be_in and not person.assigned and in_scope(ledger, person)
    return lacks and bool(pushed_groups_of(ledger, person))


def brought(ledger: Ledger, person: Entry) -> bool:
    """Whether some active rule says that somebody is to be assigned."""
    groups = ledger.groups_of(person.id)
    active = (rule for rule in ledger.rules.values() if rule.status == "ACTIVE")
    return any(rule.brings(person, groups) for rule in active if rule.target in ledger.assigned_groups)


def rows(ledger: Ledger) -> Iterator[Row]:
    """One finding a person, or one for the whole group or app."""
    for person in ledger.people.values():
        yield from _about(ledger, person)
    for one, other in ledger.shared:
        pair = ledger.people[one], ledger.people[other]
        if all(person.assigned and person.provisioned for person in pair):
            yield from (_row("external-id-shared", person) for person in pair)
    if _in_no_pushed_group(ledger):
        yield Row(kind="assigned-in-no-pushed-group", subject=f"app:{ledger.app_id}")
    for group in {push.group_id for push in ledger.pushed()} | ledger.assigned_groups:
        if any(ledger.people[person].status == "DEPROVISIONED" for person in ledger.members[group]):
            yield _group("inactive-in-pushed-group", ledger, group)
    for push in ledger.pushed():
        if push.group_id in ledger.assigned_groups:
            yield _group("assignment-group-pushed", ledger, push.group_id)
        if push.status != "INACTIVE" and _feeds_no_assignment(ledger, push):
            yield _group("group-feeds-no-assignment", ledger, push.group_id)


def _about(ledger: Ledger, person: Entry) -> Iterator[Row]:
    if left_out(ledger, person):
        yield _row("member-not-assigned", person, groups=pushed_groups_of(ledger, person))
    if person.must_be_in and person.assigned and not person.provisioned:
        yield _row("assignment-stuck", person)
    if person.provisioned and person.refused:
        yield _row("profile-push-failed", person)
    if person.assigned and person.id in ledger.direct:
        yield _row("assigned-directly", person)
    if person.status == "SUSPENDED" and person.account == "active":
        yield _row("suspended-still-active", person)


def _in_no_pushed_group(ledger: Ledger) -> bool:
    """Somebody who must be in is assigned, and in no group that is pushed or was; all of them must be visible."""
    if any(push.source_gone for push in ledger.pushed()):
        return False
    pushed = set().union(*(ledger.members[push.group_id] for push in ledger.pushed()))
    people = (person for person in ledger.people.values() if person.must_be_in and in_scope(ledger, person))
    return any(person.assigned and person.id not in pushed for person in people)


def _feeds_no_assignment(ledger: Ledger, push: Push) -> bool:
    """Of the people who should be in, more than half (and three) are not assigned, and no rule would bring them."""
    people = should(ledger, push)
    forgotten = sum(not person.assigned and not brought(ledger, person) for person in people)
    return forgotten >= 3 and 2 * forgotten > len(people)


def _row(kind: str, person: Entry, groups: frozenset[str] = frozenset()) -> Row:
    return Row(kind=kind, subject=person.key, people=frozenset({person.key}), groups=groups)


def _group(kind: str, ledger: Ledger, group: str) -> Row:
    return Row(kind=kind, subject=f"group:{group}", groups=frozenset({group}), name=ledger.group_names[group])
