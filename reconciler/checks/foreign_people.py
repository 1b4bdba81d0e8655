"""Somebody else feeds the same Kandji store: a second Okta org, Entra, or a former integration.

A few strangers are strangers; when more than one active account in ten (and at least five) was never pointed to by this
app, another directory is the likelier story. On a first run "never" is not known, and this is said instead, unless
Kandji's own API shows these people under another integration.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from pyroaring import FrozenBitMap

from reconciler.checks.unmanaged_in_kandji import strangers
from reconciler.findings import Fact, Finding, How, Kind, Subject
from reconciler.model import Note
from reconciler.world import World

KIND = Kind(
    slug="foreign-people",
    title="Another directory feeds the same Kandji store",
    severity="high",
    means="Many active people in Kandji were never assigned by this Okta app.",
    matters="Whatever takes people out of Kandji would take out somebody else's people, too.",
    mend="Find out who feeds them. If that is meant to be, declare it under [match] also_fed_by in the configuration; "
    "if a former integration left them behind, deactivate them in Kandji.",
    how=How(
        by_hand=(
            "Kandji: Integrations, see which directories there are: a second Okta org, Entra, Google, or a former "
            "integration.",
            "Kandji: Users, look at the people whom the evidence names, and at the directory each belongs to.",
            "Where another directory feeds them on purpose, put it under [match] also_fed_by in the configuration.",
            "Where a former integration left them behind, Kandji: Users → each → Archive, after their Macs were moved.",
            "Run `reconciler run` and see that the finding is gone.",
        ),
        if_meant="Declare them under [match] also_fed_by, by user name pattern or by the name of the integration.",
        okta_alone="Never: this Okta does not know these people.",
        side_effects="Whoever is declared is left out of what is told about people Okta does not know.",
        undo="Take the line out of the configuration.",
    ),
    explains=("unmanaged-in-kandji", "left-still-active", "unassigned-still-active", "member-extra"),
    explains_by="people",
)

API = "Kandji's REST API"
"""What a note is about when that source was asked and could not be read."""


def home(world: World) -> str | None:
    """The integration under which Kandji's API shows most people that Okta points to; None where it does not tell."""
    shown = (world.people[number].row for number in world.present)
    homes = Counter(row.integration_id for row in shown if row is not None and row.integration_id)
    return min(homes, key=lambda key: (-homes[key], key)) if homes else None


def elsewhere(world: World) -> FrozenBitMap:
    """Active people whom Kandji's API shows under another integration than most assigned people."""
    ours = home(world)
    if ours is None:
        return FrozenBitMap()
    rows = ((number, person.row) for number, person in enumerate(world.people))
    others = [n for n, row in rows if row is not None and row.integration_id not in (None, ours)]
    return (FrozenBitMap(others) & world.account_active) - world.assigned


def never_pointed_to(world: World) -> FrozenBitMap:
    """Active people who are found nowhere in Okta, and to whom no app user pointed as far as any run knows."""
    known = {scim_id for scim_id, _ in world.before.pointers()}
    alone = ((number, world.people[number].account) for number in strangers(world))
    return FrozenBitMap([number for number, account in alone if account is not None and account.id not in known])


def many(world: World, people: FrozenBitMap) -> bool:
    """More than a tenth of the active people, and at least five."""
    return len(people) >= 5 and len(people) * 10 > len(world.account_active)


def find(world: World) -> Iterator[Finding | Note]:
    shown = elsewhere(world) - world.fed_by_others
    unknown = never_pointed_to(world)
    foreign = shown if world.before.first else shown | unknown
    if not many(world, foreign):
        if world.before.first and many(world, shown | unknown):
            yield Note(
                kind="check-skipped",
                about=KIND.slug,
                reason=f"{len(unknown)} active people in Kandji are found nowhere in Okta; whether this app ever "
                "pointed to them can't be known on a first run",
            )
        return
    app = world.snapshot.okta.app
    yield Finding(
        kind=KIND.slug,
        severity=KIND.severity,
        subject=Subject(type="app", key=f"app:{app.id}", name=app.label),
        sentence=f"{len(foreign)} of {len(world.account_active)} active people in Kandji come from somewhere else",
        people=tuple(world.people[number].key for number in foreign),
        evidence=(
            Fact(side="kandji", label="active people", value=str(len(world.account_active))),
            Fact(side="kandji", label="under another integration", value=str(len(shown))),
            Fact(side="okta", label="found nowhere", value=str(len(unknown))),
            Fact(side="kandji", label="among them", value=world.names(foreign)),
        ),
    )
