"""Kandji tells a round number of a group's members and no more: its store, or its answer, is cut off.

One group of a round size may have just that many members; a second one, or the same size in a second run, may not.
Known of FusionAuth (100 members, and a change of the group then removes the others):
https://github.com/FusionAuth/fusionauth-issues/issues/2784
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from reconciler.findings import Fact, Finding, How, Kind, finding_id, with_severity
from reconciler.world import Push, World

KIND = Kind(
    slug="group-cut-off",
    title="Kandji cuts a group's members off",
    severity="critical",
    means="The group shows a round number of members and no group shows more, though more people should be in it.",
    matters="Who is in the group can't be told, and a change of it by anybody who reads it first takes the others out.",
    mend="Ask Kandji's support whether groups are limited. Until then, split the group, and change it in Okta alone.",
    how=How(
        by_hand=(
            "Kandji: open a Mac of somebody who is not shown, and see whether it gets what the group brings.",
            "Kandji: ask support whether SCIM answers, or groups themselves, are limited to this number of members.",
            "Okta: if groups are limited, Directory → Groups: make several smaller groups of these people, and push "
            "them in its place.",
            "Kandji: let Assignment Maps refer to each of the smaller groups.",
        ),
        if_meant="If the group has just so many members, its missing people show as soon as one more is in it.",
        okta_alone="Never: Okta does not read groups back.",
        side_effects="Smaller groups are new groups with new ids: every Assignment Map must name them.",
        undo="Push the large group again, and unlink the small ones.",
    ),
    grace_minutes=120,
)
SIZES = frozenset({100, 200, 500, 1000})
LEAST = 5


def size(push: Push) -> int:
    return len(push.kandji_group.member_ids or ()) if push.kandji_group is not None else 0


def find(world: World) -> Iterator[Finding]:
    sizes = Counter(len(group.member_ids or ()) for group in world.snapshot.scim.groups if group.perhaps_cut)
    seen = dict(world.before.seen)
    for push in world.live_pushes:
        shown, missing = size(push), world.untold(push)
        if not push.perhaps_cut or shown not in SIZES or len(missing) < LEAST:
            continue
        again = finding_id(KIND.slug, f"group:{push.group_id}") in seen
        others = sizes[shown] - 1
        told = world.about_push(
            KIND,
            push,
            f"Kandji shows {shown:,} members of {push.target_name}, and {len(missing):,} more should be in it",
            by_mapping=False,
            people=missing,
            evidence=(
                Fact(side="kandji", label="members shown", value=f"{shown:,}, and of no group more"),
                Fact(side="kandji", label="other groups of that size", value=str(others)),
                Fact(side="kandji", label="an earlier run saw the same", value="yes" if again else "no"),
                Fact(side="kandji", label="not shown", value=world.names(missing)),
            ),
            changed=push.changed,
            group_changed=push.group_changed,
        )
        yield told if others or again else with_severity(told, "medium")
