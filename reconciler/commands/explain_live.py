"""``explain --live``: reads the few records by id as they are now, and tells where they differ from what a run saw.

Nothing is written. What this token may not read is left out of what was read.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator
from datetime import datetime

from msgspec import Struct

from reconciler.commands import explained as doc
from reconciler.commands.explain_person import Around
from reconciler.commands.reading import Directories
from reconciler.world import Push

MOST = 20
"""Mappings and Kandji groups that are read at most."""
_UNTOLD = frozenset({"id", "attributes", "member_ids", "perhaps_cut", "created"})
"""Fields that are told otherwise, or never change."""


async def read_now(
    directories: Directories, near: Around, groups: Collection[str], clock: Callable[[], datetime]
) -> doc.Live:
    """What is so now of the person of ``near`` (where there is one) and of the pushes of ``groups``, Okta ids.

    Raises ``NotAllowed`` and ``ReadFailed`` as a pull does.
    """
    read_at = clock()
    reader = _Reader(directories, near)
    if near.number is not None:
        await reader.person()
    await reader.pushes([push for push in near.world.pushes if push.group_id in groups][:MOST])
    return doc.Live(read_at=read_at.isoformat(timespec="seconds"), read=reader.read, differences=reader.differences)


class _Reader:
    def __init__(self, directories: Directories, near: Around) -> None:
        self.scim = directories.scim
        self.records = directories.okta.records(near.world.snapshot.okta.app.id)
        self.near = near
        self.read: list[str] = []
        self.differences: list[doc.LiveLine] = []

    def _compare(self, record: str, stored: Struct | None, now: Struct | None) -> None:
        self.read.append(record)
        self.differences += _differences(record, stored, now)

    async def person(self) -> None:
        person = self.near.person
        if person.user is not None:
            ids = (person.user.id,)
            for user in (await self.records.read_users(ids)).values():
                self._compare("Okta user", person.user if person.user.status else None, user)
            for app_user in (await self.records.read_app_users(ids)).values():
                self._compare("assignment", person.app_user, app_user)
            for groups in (await self.records.read_groups_of(ids)).values():
                self._memberships(person.user.id, groups)
        pointer = person.app_user.external_id if person.app_user is not None else None
        account_id = person.account.id if person.account is not None else pointer
        if account_id:
            self._compare("Kandji account", person.account, (await self.scim.read_users((account_id,))).get(account_id))

    def _memberships(self, user_id: str, now: Collection[str]) -> None:
        """Of the groups that the run read: of others it knew nothing."""
        self.read.append("Okta groups")
        for group in self.near.world.snapshot.okta.members:
            inside = any(member.user_id == user_id for member in group.members)
            self._membership(
                f"in the Okta group {self.near.world.named(group.group_id)}", inside, group.group_id in now
            )

    def _membership(self, record: str, stored: bool, now: bool) -> None:
        if stored is not now:
            self.differences.append(doc.LiveLine(record=record, field="member", stored=_text(stored), now=_text(now)))

    async def pushes(self, pushes: Collection[Push]) -> None:
        found = await self.records.read_mappings([push.mapping.id for push in pushes])
        for push in pushes:
            if push.mapping.id in found:
                self._compare(f"push mapping of {push.name}", push.mapping, found[push.mapping.id])
        kandji = {push.kandji_group.id: push.kandji_group for push in pushes if push.kandji_group is not None}
        groups = await self.scim.read_groups(sorted(kandji))
        for group_id, now in groups.items():
            stored = kandji[group_id]
            self._compare(f"Kandji group {stored.display_name}", stored, now)
            account = self.near.person.account if self.near.number is not None else None
            if account is not None and now is not None and None not in (now.member_ids, stored.member_ids):
                inside, before = account.id in (now.member_ids or ()), account.id in (stored.member_ids or ())
                self._membership(f"in the Kandji group {stored.display_name}", before, inside)


def _differences(record: str, stored: Struct | None, now: Struct | None) -> Iterator[doc.LiveLine]:
    if stored is None or now is None:
        if stored is not now:
            there = ("not there" if one is None else "there" for one in (stored, now))
            yield doc.LiveLine(record=record, field="record", stored=next(there), now=next(there))
        return
    for name in stored.__struct_fields__:
        before, after = getattr(stored, name), getattr(now, name)
        if before != after and name not in _UNTOLD:
            yield doc.LiveLine(record=record, field=name.replace("_", " "), stored=_text(before), now=_text(after))


def _text(value: object) -> str:
    if value is None or value == ():
        return "not told"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, datetime):
        return f"{value:%Y-%m-%d %H:%M} UTC"
    return ", ".join(f"{key}: {one}" for key, one in value) if isinstance(value, tuple) else str(value)
