"""A group is pushed, and no rule sees to it that its people are assigned: the next joiner is left out.

Not asked where somebody else fills the assigned groups: Okta itself, another directory, or whoever is declared.
"""

from __future__ import annotations

from collections.abc import Iterator

from pyroaring import FrozenBitMap

from reconciler import feeding
from reconciler.feeding import by_rules, filled_elsewhere
from reconciler.findings import Fact, Finding, How, Kind, with_severity
from reconciler.fixing import GONE, Fix, offered, push_in
from reconciler.model import Note
from reconciler.pushing import source
from reconciler.world import EMPTY, World

KIND = Kind(
    slug="push-group-not-covered",
    title="No rule assigns the people of a pushed group",
    severity="medium",
    means="No active rule that fills an assigned group looks at this group, and somebody in it is brought in by none.",
    matters="Whoever joins the group next is not assigned, and Okta leaves them out of the push without a word.",
    mend="In Okta: Directory → Groups → Rules, extend the rule that fills the assignment group by this group "
    "(deactivate it, edit, activate).",
    how=How(
        by_hand=(
            "Okta: Directory → Groups → Rules → the rule that fills the assignment group → Actions → Deactivate.",
            "Okta: Actions → Edit, and add the pushed group to the groups that the rule looks at.",
            "Okta: Actions → Activate.",
            "Run `reconciler run` and see that the rule covers the group.",
        ),
        if_meant="If somebody else fills the assigned groups, say who under [assignment] filled_by.",
        okta_alone="Never.",
        side_effects="Everybody in the group gets the app and an account in Kandji.",
        undo="Take the group out of the rule again: whom it brought loses the assignment.",
        with_tool="reconciler cover GROUP",
    ),
)


ONE_IN = 10
"""So many have the app by a group that is not listed before the list is doubted: assignments follow groups late."""


def unread(world: World) -> str | None:
    """Why it can't be known which rules assign: a list may have left out a rule that members name, or the group by
    which people have the app. None where that is known, or nobody asks."""
    rules = world.snapshot.okta.rules
    if filled_elsewhere(world):
        return None
    if world.assigned_groups.intersection(world.snapshot.okta.invisible_group_ids):
        return "an assigned group is not visible: it may be filled by another directory"
    if rules is None:
        return "the org's group rules could not be read"
    assigned = (group for group in world.snapshot.okta.members if group.group_id in world.assigned_groups)
    named = {rule_id for group in assigned for member in group.members for rule_id in member.rule_ids or ()}
    missing = named - {rule.id for rule in rules}
    if missing:
        return f"{len(missing)} rules that brought people into an assigned group are in no list"
    by_group = (
        world.assigned
        & world.must_be_in
        & FrozenBitMap(
            [
                number
                for number, one in enumerate(world.people)
                if one.app_user is not None and one.app_user.scope == "GROUP"
            ]
        )
    )
    astray = len(by_group - FrozenBitMap.union(EMPTY, *(world.members(group) for group in world.assigned_groups)))
    return f"{astray} people have the app by a group that is in no list" if astray * ONE_IN > len(by_group) else None


def find(world: World) -> Iterator[Finding | Note]:
    reason = unread(world)
    if reason is not None:
        yield Note(kind="check-skipped", about=KIND.slug, reason=reason)
        return
    if filled_elsewhere(world):
        return
    reached = FrozenBitMap.union(EMPTY, *(one.brings for one in world.assigning))
    beyond = FrozenBitMap.intersection(world.must_be_in, *(one.passes for one in world.assigning))
    coverage = world.once(feeding.coverage)
    done: set[str] = set()
    doubts: set[str] = set()
    for push in world.live_pushes:
        people = world.should(push)
        if push.source is None or push.group_id in done | world.assigned_groups or not people - reached:
            continue
        done.add(push.group_id)
        told = coverage.of(push.source, by_rules(world, push.group_id))
        nobody_brings = people & beyond - reached
        if told.covered:
            continue
        if told.doubts or not nobody_brings:
            doubts.add(push.name)
            continue
        found = world.about_push(
            KIND,
            push,
            f"No rule assigns the people of {push.name}",
            by_mapping=False,
            people=nobody_brings,
            evidence=(
                Fact(
                    side="okta",
                    label="rules that assign",
                    value=", ".join(one.rule.name for one in world.assigning) or "none",
                ),
                Fact(side="okta", label="brought in by none", value=world.names(nobody_brings)),
            ),
        )
        yield with_severity(found, None if people - world.assigned else "low")
    if doubts:
        reason = f"whether rules assign the people of {', '.join(sorted(doubts))} can't be told from their expressions"
        yield Note(kind="check-skipped", about=KIND.slug, reason=reason)


def fix(finding: Finding, world: World) -> Fix:
    """The rule alone: whoever is put in by hand does not help the next who joins."""
    push = push_in(finding, world)
    return offered(feeding.by_rule(world, source(push)) if push is not None else GONE)
