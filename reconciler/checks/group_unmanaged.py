"""A Kandji group that no mapping reaches: its members stand still for good."""

from __future__ import annotations

from collections.abc import Iterator

from reconciler.findings import Fact, Finding, How, Kind
from reconciler.model import Note, ScimGroup
from reconciler.world import Push, World, fold

KIND = Kind(
    slug="group-unmanaged",
    title="A Kandji group that Okta does not push",
    severity="medium",
    means="The group came over SCIM once, and no push mapping reaches it now.",
    matters="Nobody leaves it any more, and whatever Kandji assigns by it goes to the people of that day.",
    mend="In Okta, push the Okta group of that name again (Push Groups → by name; it links to the existing group and "
    "overwrites its members), or delete the group in Kandji once no Assignment Map uses it.",
    how=How(
        by_hand=(
            "Kandji: see whether an Assignment Map or a Blueprint refers to the group.",
            "Okta: if so, Applications → Applications → the app → Push Groups → Find groups by name → the Okta group "
            "of that name, which links to the Kandji group that is there.",
            "Kandji: if nothing refers to it, delete the group.",
            "Run `reconciler run` and see that the group is pushed or gone.",
        ),
        if_meant="If it is kept by hand, accept the finding until a day on which somebody looks again.",
        okta_alone="Never: Okta does not know the group any more.",
        side_effects="Linking replaces the members of the Kandji group by those of the Okta group.",
        undo="Unlink it and leave it in the target app. A deleted group comes back with a new id, to which no "
        "Assignment Map refers.",
    ),
)


def hidden(world: World) -> tuple[Push, ...]:
    """Mappings of which neither the target nor its name is known: any group could be theirs."""
    return tuple(push for push in world.pushes if push.kandji_group is None and not push.told)


def unreached(world: World) -> Iterator[ScimGroup]:
    """Kandji groups that no mapping of any status reaches, and that do not hold another directory's people alone.

    One that has the name of a mapping's group is told by ``group-name-taken``.
    """
    reached = {push.kandji_group.id for push in world.pushes if push.kandji_group is not None}
    pushed = {fold(push.target_name) for push in world.pushes if push.target_name}
    for group in sorted(world.snapshot.scim.groups, key=lambda group: group.id):
        inside = world.kandji_members(group)
        foreign = bool(inside) and not inside - world.fed_by_others
        if group.id not in reached and fold(group.display_name or "") not in pushed and not foreign:
            yield group


def find(world: World) -> Iterator[Finding | Note]:
    unseen = hidden(world)
    if unseen:
        reason = f"{len(unseen)} mappings push to groups that are not visible in Okta: which they reach can't be told"
        yield Note(kind="check-skipped", about=KIND.slug, reason=reason)
        return
    for group in unreached(world):
        inside = world.kandji_members(group) & world.account_active
        yield world.about_kandji_group(
            KIND,
            group,
            f"No push mapping reaches the Kandji group {group.display_name or group.id}",
            people=inside,
            evidence=(
                Fact(side="kandji", label="active people", value=world.names(inside) or "none"),
                Fact(side="okta", label="push mapping", value="none"),
            ),
        )
