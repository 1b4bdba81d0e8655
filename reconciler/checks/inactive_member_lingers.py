"""Inactive accounts stay in a Kandji group: deactivating somebody takes nobody out of a group."""

from __future__ import annotations

from collections.abc import Iterator

from pyroaring import FrozenBitMap

from reconciler.findings import Fact, Finding, How, Kind
from reconciler.model import ScimGroup
from reconciler.world import World

KIND = Kind(
    slug="inactive-member-lingers",
    title="Inactive people are still in a Kandji group",
    severity="low",
    means="Accounts that are deactivated in Kandji still stand in the group.",
    matters="Harmless until one of them returns: then their Mac gets what the group brings, whatever Okta says.",
    mend="Nothing needs to be done. By hand in Okta: Applications → the app → Push Groups → the group → Push now.",
    how=How(
        by_hand=(
            "Okta: Applications → Applications → the app → Push Groups → the group → Push now.",
            "Run `reconciler run` and see whether the push has taken them out; not every push does.",
        ),
        if_meant='It is the usual way: inactive-member-lingers = "off" under [severity] in the configuration.',
        okta_alone="The next push of the group sends its members anew, mostly without those who left.",
        side_effects="A push replaces the members of the Kandji group by those of Okta's.",
        undo="Not needed.",
    ),
    grace_minutes=120,
)


def lingering(world: World, group: ScimGroup) -> FrozenBitMap:
    """Inactive people in a Kandji group, but for another directory's."""
    return (world.kandji_members(group) & world.account_inactive) - world.fed_by_others


def find(world: World) -> Iterator[Finding]:
    for group in sorted(world.snapshot.scim.groups, key=lambda group: group.id):
        people = lingering(world, group)
        if people:
            accounts = "1 inactive account is" if len(people) == 1 else f"{len(people)} inactive accounts are"
            yield world.about_kandji_group(
                KIND,
                group,
                f"{accounts} still in the Kandji group {group.display_name or group.id}",
                people=people,
                evidence=(Fact(side="kandji", label="inactive", value=world.names(people)),),
            )
