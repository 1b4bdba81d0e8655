"""Somebody's Mac is assigned to another entry of theirs in Kandji than the account that Okta feeds.

Kandji may know a person by several directories. Rules by group look at the entry that the Mac is assigned to, and only
the one that Okta feeds is in Okta's groups.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

from reconciler.checks.archived_with_device import NO_API
from reconciler.checks.foreign_people import home
from reconciler.findings import Fact, Finding, How, Kind
from reconciler.model import Device, KandjiUser, Note
from reconciler.world import World, fold

KIND = Kind(
    slug="device-on-other-account",
    title="A Mac is on another account of the person",
    severity="high",
    means="The device is assigned to an entry of another directory in Kandji, not to the account that Okta feeds.",
    matters="Group rules don't reach that Mac: what the person's groups bring stays away from it.",
    mend="By hand in Kandji: Devices → the Mac → User, assign it to the person's account of the SCIM integration.",
    how=How(
        by_hand=(
            "Kandji: Devices → the Mac (the evidence names it) → User.",
            "Kandji: choose the person's entry whose directory is the SCIM integration that Okta feeds, and assign it.",
            "Kandji: see after the Mac's next check-in that the library items of the person's groups are there.",
            "Run `reconciler run` and see that the finding is gone.",
        ),
        if_meant="If rules for this Mac look at the other directory on purpose, accept the finding.",
        okta_alone="Never: Okta knows nothing of devices.",
        side_effects="The Mac gets what the account's groups bring, and loses what the other entry brought.",
        undo="Assign the Mac to the other entry again.",
    ),
)


def on_other_rows(world: World) -> tuple[tuple[int, KandjiUser, Device], ...]:
    """(person, the other entry, the Mac), for each Mac that is on an entry which is not a SCIM account's."""
    return tuple(_on_other_rows(world))


def _on_other_rows(world: World) -> Iterator[tuple[int, KandjiUser, Device]]:
    kandji = world.snapshot.kandji
    if kandji is None or not kandji.devices:
        return
    own = {person.row.id for person in world.people if person.row is not None}
    rows = {row.id: row for row in kandji.users if row.id not in own and row.email}
    found = (device for device in kandji.devices if device.user_id in rows)
    macs = [(rows[device.user_id or ""], device) for device in sorted(found, key=lambda device: device.id)]
    if not macs:
        return
    wanted = {fold(row.email or "") for row, _ in macs}
    holders: dict[str, list[int]] = defaultdict(list)
    for number in world.account_active - world.fed_by_others:
        account = world.people[number].account
        address = (account.email or account.user_name) if account is not None else None
        if address and (folded := fold(address)) in wanted:
            holders[folded].append(number)
    ours = home(world)
    for row, device in macs:
        whose = holders.get(fold(row.email or ""), [])
        if len(whose) == 1 and _is_another(world, whose[0], row, ours):
            yield whose[0], row, device


def _is_another(world: World, number: int, row: KandjiUser, ours: str | None) -> bool:
    """Whether an entry surely is not that of the person's account: that has its own, or this is another directory's."""
    elsewhere = ours is not None and row.integration_id is not None and row.integration_id != ours
    return elsewhere or world.people[number].row is not None


def find(world: World) -> Iterator[Finding | Note]:
    if world.snapshot.kandji is None:
        yield Note(kind="check-skipped", about=KIND.slug, reason=NO_API)
        return
    macs: dict[int, list[tuple[KandjiUser, Device]]] = defaultdict(list)
    for number, row, device in world.once(on_other_rows):
        macs[number].append((row, device))
    for number, found in macs.items():
        name = world.people[number].name
        where = ", ".join(sorted({row.integration_name or "another directory" for row, _ in found}))
        pushes = world.pushes_of(number)
        count = "a Mac" if len(found) == 1 else f"{len(found)} Macs"
        yield world.about_person(
            KIND,
            number,
            f"{name} has {count} on another entry in Kandji ({where})",
            pushes=pushes,
            evidence=tuple(
                Fact(
                    side="kandji",
                    label="device",
                    value=f"{device.name or device.id}, serial {device.serial or 'not told'}, on {row.email} "
                    f"({row.id})",
                )
                for row, device in found
            ),
        )
