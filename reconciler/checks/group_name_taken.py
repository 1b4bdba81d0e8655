"""Two Kandji groups have the name to which a mapping pushes, or two mappings push to one name.

Okta finds a group by its name, in whatever case: which of them a push reaches can't be told.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

from reconciler.findings import Fact, Finding, How, Kind
from reconciler.model import ScimGroup
from reconciler.world import Push, World, fold

KIND = Kind(
    slug="group-name-taken",
    title="A group's name in Kandji is not unique",
    severity="high",
    means="More than one Kandji group has this name, or more than one mapping pushes to it.",
    matters="A push may change the wrong group, or two pushes overwrite one another; what Kandji assigns by the name "
    "reaches the wrong Macs.",
    mend="By hand: find out which of the groups Kandji uses, and rename or delete the other; then push again.",
    how=How(
        by_hand=(
            "Kandji: see which of the groups of this name Assignment Maps and Blueprints refer to. That one stays.",
            "Kandji: give the other group another name, or delete it once nothing refers to it.",
            "Okta: where two groups are pushed to one name, Applications → Applications → the app → Push Groups → the "
            "one that is not meant → Unlink pushed group → Leave the group in the target app.",
            "Okta: Push Groups → the group that is meant → Push now.",
        ),
        if_meant="It can't be: Okta looks a group up by its name, whatever its capitals.",
        okta_alone="Never. While it lasts, Okta may refuse to push the group at all.",
        side_effects="A Mac whose policy came by the group that goes loses it at its next check-in.",
        undo="A renamed group can be named back; a deleted one comes back with a new id, to which no Assignment Map "
        "refers.",
    ),
    explains=("mapping-error", "mapping-target-missing", "member-missing", "member-extra"),
    explains_by="group",
    grace_minutes=120,
)


def twins(world: World) -> dict[str, list[ScimGroup]]:
    """Kandji groups by name, in whatever case, where there are several of it."""
    named: dict[str, list[ScimGroup]] = defaultdict(list)
    for group in sorted(world.snapshot.scim.groups, key=lambda group: group.id):
        if group.display_name:
            named[fold(group.display_name)].append(group)
    return {name: groups for name, groups in named.items() if len(groups) > 1}


def rivals(world: World) -> dict[str, list[Push]]:
    """Mappings by the name they push to, where it is told. A paused one pushes nothing, and disturbs no other."""
    named: dict[str, list[Push]] = defaultdict(list)
    for push in world.live_pushes:
        if push.told and push.target_name:
            named[fold(push.target_name)].append(push)
    return named


def find(world: World) -> Iterator[Finding]:
    several, pushing = twins(world), rivals(world)
    for push in world.pushes:
        name = fold(push.target_name or "")
        groups, same = several.get(name, []), pushing.get(name, [])
        others = [other for other in same if other is not push] if push in same else []
        if not groups and not others:
            continue
        names = ", ".join(other.name for other in others)
        why = f"{len(groups)} groups have that name" if groups else f"so is {names}"
        yield world.about_push(
            KIND,
            push,
            f"{push.name} is pushed to {push.target_name}, and {why}",
            by_mapping=True,
            people=world.expected(push),
            evidence=(
                *(Fact(side="kandji", label="group", value=f"{group.display_name} ({group.id})") for group in groups),
                *(Fact(side="okta", label="also pushed to it", value=other.name) for other in others),
            ),
            changed=push.changed,
        )
