"""The Kandji group of a mapping is there, but has another name.

An earlier run knows it by its id; else it is known by its people: no mapping reaches it, and it holds almost exactly
those whom the mapping should have pushed.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from reconciler.checks.group_unmanaged import hidden, unreached
from reconciler.findings import Fact, Finding, How, Kind
from reconciler.fixing import GONE, Fix, offered, push_in
from reconciler.model import ScimGroup
from reconciler.pushing import repush
from reconciler.world import Push, World, fold

KIND = Kind(
    slug="group-renamed",
    title="A pushed group has another name in Kandji",
    severity="medium",
    means="Somebody renamed the group, on one of the two sides.",
    matters="Okta finds a group by its name where it has forgotten its id, and may make a second one; who looks for "
    "the group by its name does not find it.",
    mend="In Okta: Applications → the app → Push Groups → the group → Push now: the push names the group "
    "again. Never delete it and make it anew: Assignment Maps refer to its id.",
    how=How(
        by_hand=(
            "Find out which of the two names is meant.",
            "Okta: if the new one is, give the Okta group that name under Directory → Groups → the group → Actions → "
            "Edit.",
            "Okta: Applications → Applications → the app → Push Groups → the group → Push now.",
            "Kandji: see that there is still one group only, and that Assignment Maps still refer to it.",
        ),
        if_meant="If both names are meant, say so under [match] names in the configuration, and untick Rename app "
        "groups to match group name in Okta under Push Groups → Settings.",
        okta_alone="The next change of the group's members sends its name as well.",
        side_effects="The push replaces the members of the Kandji group by those of Okta's.",
        undo="Rename it again.",
        with_tool="reconciler plan --kind group-renamed",
    ),
    explains=("mapping-target-missing", "group-unmanaged"),
    explains_by="group",
    grace_minutes=120,
)
LEAST, ALIKE = 5, 0.8
"""So many people at least on both sides, and so much of all of them in both."""


def learnt(world: World) -> Iterator[tuple[Push, ScimGroup]]:
    """Mappings whose group is known by its id alone, although the name they push to is told."""
    visible, declared = {group.id for group in world.snapshot.okta.groups}, dict(world.settings.names)
    for push in world.pushes:
        told = push.mapping.target_group_id in visible or (push.source is not None and push.source.name in declared)
        group, name = push.kandji_group, push.target_name
        if told and group is not None and name is not None and fold(group.display_name or "") != fold(name):
            yield push, group


def alike(world: World) -> Iterator[tuple[Push, ScimGroup]]:
    """Mappings without a group, each with the one group that holds its people and is nobody else's."""
    if hidden(world):
        return
    groups = [group for group in unreached(world) if group.member_ids is not None and not group.perhaps_cut]
    pairs = [
        (push, group)
        for push in world.pushes
        if push.absent
        for group in groups
        if likeness(world, push, group) >= ALIKE
    ]
    pushes, held = Counter(push.mapping.id for push, _ in pairs), Counter(group.id for _, group in pairs)
    for push, group in pairs:
        if pushes[push.mapping.id] == held[group.id] == 1:
            yield push, group


def likeness(world: World, push: Push, group: ScimGroup) -> float:
    """How alike are the people of a Kandji group and those expected: 1 for the same, 0 for others or too few."""
    due, inside = world.expected(push), world.kandji_members(group)
    return due.jaccard_index(inside) if min(len(due), len(inside)) >= LEAST else 0.0


def find(world: World) -> Iterator[Finding]:
    for push, group in learnt(world):
        yield _told(world, push, group, Fact(side="kandji", label="known by", value="its id, from an earlier run"))
    for push, group in alike(world):
        same = f"its people: {likeness(world, push, group):.0%} of both are the same"
        question = f"Is {group.display_name or group.id} the group to which {push.name} is pushed?"
        yield _told(world, push, group, Fact(side="kandji", label="known by", value=same), question)


def _told(world: World, push: Push, group: ScimGroup, known_by: Fact, question: str | None = None) -> Finding:
    name = group.display_name or group.id
    return world.about_push(
        KIND,
        push,
        f"The Kandji group {push.target_name} is now named {name}",
        by_mapping=True,
        people=world.expected(push),
        evidence=(Fact(side="kandji", label="renamed group", value=f"{name} ({group.id})"), known_by),
        confirm=question,
        changed=push.changed,
        also=((group.id, name),),
    )


def fix(finding: Finding, world: World) -> Fix:
    """A push names the group again."""
    push = push_in(finding, world)
    if push is None:
        return offered(GONE)
    known = next((group for other, group in alike(world) if other.mapping.id == push.mapping.id), None)
    return offered(repush(world, push, onto=known))
