"""A Kandji group names an account that does not exist: it was deleted, and its groups were not told.

Absence from a list is not absence: who stands in no list is read by id first. Where many ids are unknown they are not
compared at all: then the server gives members other ids than it gives accounts, or leaves many accounts out.
"""

from __future__ import annotations

from collections.abc import Iterator

from reconciler.changes import Named, RemoveMember
from reconciler.findings import Fact, Finding, How, Kind
from reconciler.fixing import GONE, Effect, Fix, Way, offered
from reconciler.model import Note
from reconciler.pushing import kandji, members_doubt
from reconciler.strays import Strays, strays
from reconciler.world import World

KIND = Kind(
    slug="member-unknown",
    title="A member of a Kandji group does not exist",
    severity="low",
    means="The account was deleted in Kandji, and the group goes on naming it.",
    matters="Nobody gets anything by it; but counts of members are wrong, and some servers refuse the whole push.",
    mend="In Okta: Applications → the app → Push Groups → the group → Push now, which sends the list anew. This "
    "program takes the id out in Kandji where [fix] kandji_writes names the kind.",
    how=How(
        by_hand=(
            "Okta: Applications → Applications → the app → Push Groups → the group → Push now.",
            "Okta: if the status becomes Error, read the summary: it names what Kandji refused.",
            "Run `reconciler run` and see whether the group still names the account.",
        ),
        if_meant='Nobody means it. If it disturbs: member-unknown = "off" under [severity] in the configuration.',
        okta_alone="The next push of the group sends the members anew, without an account that Okta does not know.",
        side_effects="A push replaces the members of the Kandji group by those of Okta's.",
        undo="Not needed: nobody stands behind the id.",
        with_tool="reconciler plan --kind member-unknown",
    ),
    grace_minutes=120,
)


def _strays(world: World) -> Strays:
    return strays(world.snapshot.scim)


def unjudged(world: World) -> bool:
    """Whether ids can't be compared, or some are neither known nor known to be absent."""
    found = world.once(_strays)
    return not found.comparable or bool(found.ids - frozenset(world.snapshot.scim.absent_user_ids))


def find(world: World) -> Iterator[Finding | Note]:
    scim = world.snapshot.scim
    found = world.once(_strays)
    if not found.comparable:
        reason = (
            f"{len(found.ids):,} of {found.members:,} members of groups are in no list: their ids can't be compared"
        )
        yield Note(kind="check-skipped", about=KIND.slug, reason=reason)
        return
    absent = found.ids & frozenset(scim.absent_user_ids)
    if found.ids - absent:
        reason = f"{len(found.ids - absent):,} members of groups are in no list, and were not read by id"
        yield Note(kind="check-skipped", about=KIND.slug, reason=reason)
    if not absent:
        return
    for group in sorted(scim.groups, key=lambda group: group.id):
        for member in sorted(absent.intersection(group.member_ids or ())):
            yield world.about_kandji_group(
                KIND,
                group,
                f"The Kandji group {group.display_name or group.id} names an account that does not exist",
                part=f"account:{member}",
                evidence=(
                    Fact(side="kandji", label="member", value=f"{member}: not in the list, 404 when read by id"),
                ),
            )


def fix(finding: Finding, world: World) -> Fix:
    """Takes the id out of the group in Kandji."""
    about, _, part = finding.subject.key.partition(" ")
    member = part.removeprefix("account:")
    named = (group for group in world.snapshot.scim.groups if world.kandji_group_key(group) == about)
    group = next((group for group in named if member in (group.member_ids or ())), None)
    if group is None:
        return offered(GONE)
    change = RemoveMember(kandji_group=kandji(group), account=Named(name=member, id=member))
    words = f"take the id {member} out of {change.kandji_group.name} in Kandji"
    effect = Effect(change=change, unknown_members=(member,))
    return offered(members_doubt(group) or Way(effects=(effect,), words=words))
