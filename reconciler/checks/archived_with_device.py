"""Somebody is archived in Kandji and still has a Mac there: it was not collected, or not given to anybody else."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from datetime import timedelta

from reconciler.findings import Fact, Finding, How, Kind, Severity, Subject, finding_id
from reconciler.model import Device, KandjiUser, Note
from reconciler.world import World, fold

KIND = Kind(
    slug="archived-with-device",
    title="Archived in Kandji, still with a Mac",
    severity="high",
    means="The person is archived in Kandji, and at least one device is still assigned to them.",
    matters="A Mac of the company is with somebody who left, or in a drawer, and no group rule reaches it any more.",
    mend="Collect the Mac, or assign it to somebody else in Kandji: Devices → the Mac → User.",
    how=How(
        by_hand=(
            "Find out where the Mac is; the evidence names it.",
            "Kandji: Devices → the Mac → lock it, where it is with somebody who left and does not answer.",
            "Kandji: Devices → the Mac → User, assign it to its new owner or to nobody; or erase and delete the "
            "record.",
            "Run `reconciler run` and see that the finding is gone.",
        ),
        if_meant="Accept the finding with an owner and an end date, e.g. while the Mac is on its way back.",
        okta_alone="Never: Okta knows nothing of devices.",
        side_effects="A Mac that changes its user gets what the new user's groups bring. Locking and erasing reach a "
        "Mac the next time it is online.",
        undo="Assign the Mac again; an erased Mac can't be brought back.",
    ),
)
LONG = timedelta(days=7)
NO_API = "Kandji's REST API was not read"


def find(world: World) -> Iterator[Finding | Note]:
    kandji = world.snapshot.kandji
    if kandji is None:
        yield Note(kind="check-skipped", about=KIND.slug, reason=NO_API)
        return
    archived = [row for row in kandji.users if row.archived]
    macs = _macs(kandji.devices, {row.id for row in archived})
    archived = [row for row in archived if row.device_count or row.id in macs]
    if not archived:
        return
    rows = ((person.row, number) for number, person in enumerate(world.people))
    people = {row.id: number for row, number in rows if row is not None and row.archived}
    active = {
        (fold(row.email), row.integration_id) for row in kandji.users if row.email and row.active and not row.archived
    }
    for row in sorted(archived, key=lambda row: row.id):
        if world.declared(row.email, row.integration_name, row.integration_id):
            continue
        if row.email and (fold(row.email), row.integration_id) in active:
            continue
        yield _finding(world, row, people.get(row.id), macs.get(row.id, []))


def _macs(devices: Iterable[Device], rows: set[str]) -> dict[str, list[str]]:
    """In words, by the row they are on."""
    found: dict[str, list[str]] = defaultdict(list)
    for device in devices:
        if device.user_id in rows:
            found[device.user_id].append(f"{device.name or device.id}, serial {device.serial or 'not told'}")
    return found


def _finding(world: World, row: KandjiUser, number: int | None, macs: list[str]) -> Finding:
    """About the person whose row it is, else about the row itself."""
    name = row.email or row.name or row.id if number is None else world.people[number].name
    subject = Subject(type="person", key=f"row:{row.id}", name=name) if number is None else world.subject(number)
    count = max(row.device_count or 0, len(macs))
    return Finding(
        kind=KIND.slug,
        severity=_severity(world, subject, number),
        subject=subject,
        sentence=f"{name} is archived in Kandji and still has {'a Mac' if count == 1 else f'{count} Macs'}",
        person=name,
        people=() if number is None else (subject.key,),
        evidence=(
            *(() if number is None else world.person_facts(number)),
            Fact(side="kandji", label="archived", value=f"{row.email or row.id}, devices: {count}"),
            *(Fact(side="kandji", label="device", value=mac) for mac in sorted(macs)),
        ),
    )


def _severity(world: World, subject: Subject, number: int | None) -> Severity:
    """Critical once it is known to last for a week: by earlier runs, or since the person left Okta."""
    known = [dict(world.before.seen).get(finding_id(KIND.slug, subject.key))]
    user = world.people[number].user if number is not None and number in world.left else None
    known.append(user.status_changed if user is not None else None)
    return "critical" if any(since is not None and world.now - since > LONG for since in known) else "high"
