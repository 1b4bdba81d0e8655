"""Who is in which SCIM group, when the list of groups may not say.

A group without ``members`` in a list is unknown: the server may leave them out of lists, or of everything. Only the
group read by itself tells, and only where the server shows members at all does their absence mean nobody. Where even
that may be cut off, because the largest group has a round number of members, who is shown is in it and whether others
are is not known.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Sequence
from typing import TypeVar

from msgspec import Struct

from reconciler.directories.scim_wire import GroupRow
from reconciler.model import Note, ScimGroup

Key = TypeVar("Key")
Value = TypeVar("Value")
_ROUND = 100


async def each(keys: Iterable[Key], read: Callable[[Key], Awaitable[Value]], at_once: int) -> dict[Key, Value]:
    """``read`` for every key, ``at_once`` at the same time. The first error ends all of them and is raised."""
    found: dict[Key, Value] = {}
    waiting = iter(dict.fromkeys(keys))

    async def work() -> None:
        for key in waiting:
            found[key] = await read(key)

    workers = [asyncio.create_task(work()) for _ in range(at_once)]
    try:
        await asyncio.gather(*workers)
    finally:
        for worker in workers:
            worker.cancel()
        await asyncio.gather(*workers, return_exceptions=True)
    return found


class GroupsRead(Struct, frozen=True, kw_only=True):
    """``asked`` groups were read by themselves; ``gone`` vanished between the list and that."""

    groups: tuple[ScimGroup, ...]
    notes: tuple[Note, ...] = ()
    asked: int = 0
    gone: int = 0
    unknown: int = 0


async def with_members(
    listed: Sequence[GroupRow],
    read: Callable[[str], Awaitable[GroupRow | None]],
    *,
    named: frozenset[str] = frozenset(),
    at_once: int = 6,
) -> GroupsRead:
    """The listed groups with their members. ``read`` gives one group by id, None when it is gone.

    ``named`` are ids of groups that users themselves name: such a group is never taken for empty.
    """
    questions = [group.id for group in listed if _is_open(group, listed)]
    singles = await each(questions, read, at_once)
    rows = [row for row in (_better(group, singles) for group in listed) if row is not None]
    shows_members = any(row.member_ids or row.nested for row in rows)
    ceiling = _ceiling(rows)
    groups = tuple(_settled(row, shows_members, named, ceiling) for row in rows)
    return GroupsRead(
        groups=groups,
        notes=tuple(_notes(rows, groups, ceiling)),
        asked=len(singles),
        gone=len(listed) - len(rows),
        unknown=sum(group.member_ids is None for group in groups),
    )


def _is_open(group: GroupRow, listed: Sequence[GroupRow]) -> bool:
    """Whether the list leaves open who is in the group.

    Some servers give ``members: []`` for every group in a list, and some cut members off at a round number
    (https://github.com/FusionAuth/fusionauth-issues/issues/2784).
    """
    if group.member_ids is None:
        return True
    if not group.member_ids:
        return not any(one.member_ids or one.nested for one in listed)
    return _size(group) % _ROUND == 0


def _size(row: GroupRow) -> int:
    return len(row.member_ids or ()) + row.nested


def _ceiling(rows: Sequence[GroupRow]) -> int | None:
    """The number of members at which the server may cut every group off: the largest there is, where it is round.

    Some servers do so in lists and in the group alike, without a word; a larger group shows that this one does not.
    """
    largest = max(map(_size, rows), default=0)
    return largest if largest and largest % _ROUND == 0 else None


def _better(group: GroupRow, singles: dict[str, GroupRow | None]) -> GroupRow | None:
    single = singles.get(group.id, group)
    return group if single is not None and single.member_ids is None else single


def _settled(row: GroupRow, shows_members: bool, named: frozenset[str], ceiling: int | None) -> ScimGroup:
    members = row.member_ids
    if members is None and shows_members:
        members = ()
    if not members and not row.nested and row.id in named:
        members = None
    cut = members is not None and _size(row) == ceiling
    return ScimGroup(id=row.id, display_name=row.display_name, member_ids=members, perhaps_cut=cut)


def _notes(rows: Sequence[GroupRow], groups: Sequence[ScimGroup], ceiling: int | None) -> Iterable[Note]:
    for row, group in zip(rows, groups, strict=True):
        about = f"Kandji group {row.display_name or row.id}"
        if group.perhaps_cut:
            reason = f"it shows {ceiling:,} members and no group shows more: the SCIM server may have cut them off"
            yield Note(kind="check-skipped", about=about, reason=reason)
        elif group.member_ids is None:
            yield Note(kind="check-skipped", about=about, reason="the SCIM server does not say who is in it")
        if row.nested:
            yield Note(
                kind="check-skipped",
                about=about,
                reason=f"it holds {row.nested} other group{'s' * (row.nested > 1)}, whose people are not counted",
            )
