"""The Okta group of a push mapping was deleted, and its mapping was forgotten.

A group that can't be read is not visible or deleted. It is called deleted only where the System Log says so, or where
an earlier run has seen it and the token still sees most of the groups that are pushed.
"""

from __future__ import annotations

from collections.abc import Iterator

from msgspec.structs import replace

from reconciler.findings import Fact, Finding, How, Kind
from reconciler.model import LogEvent
from reconciler.world import Push, World

KIND = Kind(
    slug="mapping-source-missing",
    title="The Okta group of a push is deleted",
    severity="medium",
    means="A push mapping is left over from an Okta group that no longer exists.",
    matters="The Kandji group stands still for good: nobody joins it and nobody leaves it.",
    mend="By hand in Okta: Applications → the app → Push Groups → the group → Unlink pushed group.",
    how=How(
        by_hand=(
            "Kandji: see whether an Assignment Map or a Blueprint refers to the group.",
            "Okta: Applications → Applications → the app → Push Groups, and search for the group's name.",
            "Okta: open the menu in its column Push Status and choose Unlink pushed group.",
            "Okta: choose Leave the group in the target app where Kandji uses it, else Delete the group in the "
            "target app.",
        ),
        if_meant="If the people still need the group, make an Okta group of that name and push it by name: it links "
        "to the Kandji group that is there, and replaces its members.",
        okta_alone="Never: Okta keeps the mapping, and there is nothing to push any more.",
        side_effects="With Delete the group in the target app, whatever Kandji assigns by the group reaches nobody.",
        undo="Unlinking can't be undone. A Kandji group that was left can be linked again by its name.",
    ),
    grace_minutes=120,
)


def deletion(world: World, push: Push) -> LogEvent | None:
    """The event that tells of the group's deletion."""
    events = world.events_of_group(push.group_id)
    return next((event for event in reversed(events) if event.type == "group.lifecycle.delete"), None)


def unseen(world: World) -> tuple[Push, ...]:
    """Mappings whose Okta group was asked for and could not be read."""
    hidden = frozenset(world.snapshot.okta.invisible_group_ids)
    return tuple(push for push in world.pushes if push.source is None and push.group_id in hidden)


def gone(world: World, push: Push) -> bool:
    """Whether a group that was not seen is deleted. A token that has lost sight of most groups proves nothing."""
    if deletion(world, push) is not None:
        return True
    seen = sum(1 for other in world.pushes if other.source is not None)
    return push.group_id in dict(world.before.known_groups) and seen >= len(unseen(world))


def find(world: World) -> Iterator[Finding]:
    names = dict(world.before.known_groups)
    for push in unseen(world):
        if not gone(world, push):
            continue
        event = deletion(world, push)
        logged = next((target.name for target in event.targets if target.id == push.group_id), None) if event else None
        name = names.get(push.group_id) or logged or push.name
        told = Fact(side="okta", label="group when asked for by id", value="not found; an earlier run has seen it")
        yield world.about_push(
            KIND,
            replace(push, name=name),
            f"The Okta group {name} is deleted, and its push to {push.target_name or 'Kandji'} is left over",
            by_mapping=True,
            evidence=world.log_facts([event]) if event else (told,),
        )
