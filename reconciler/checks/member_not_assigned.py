"""Somebody is in a pushed group, but the app is not assigned to them.

Okta then silently leaves them out of the pushed group: no error, no log line that names them. The usual story is a
group rule that was to put everybody of the push groups into the assignment group, and misses one.
"""

from __future__ import annotations

from collections.abc import Iterator

from pyroaring import FrozenBitMap

from reconciler.findings import Fact, Finding, How, Kind
from reconciler.world import EMPTY, World, youngest

KIND = Kind(
    slug="member-not-assigned",
    title="In a pushed group, not assigned to the app",
    severity="high",
    means="Okta pushes only those members of a group to whom the app is also assigned; these people are left out.",
    matters="They have no account in Kandji, or not in this group, so their Mac lacks what the group brings.",
    mend="In Okta, put them into the assignment group of the app, or extend the group rule that fills it "
    "by their group.",
    how=How(
        by_hand=(
            "Okta: Applications → Applications → the app → Assignments → Groups, see which group is assigned.",
            "Okta: Directory → Groups → Rules, see whether the rule that fills it names the person's pushed group; "
            "deactivate it, edit it, activate it, so that everybody of that group comes in.",
            "Okta: where there is no rule, Directory → Groups → the assigned group → Assign people, add the person.",
            "Okta: the app → Assignments, wait until the person is there with an account, then Push Groups → the group "
            "→ Push now.",
            "Run `reconciler run` and see that the person is in the group in Kandji.",
        ),
        if_meant="Say under [scope] groups who is meant to be in Kandji: everybody else is counted, and no finding.",
        okta_alone="Never: Okta leaves them out of each push without a word, until they are assigned.",
        side_effects="The assigned group may give other apps as well; an activated rule brings everybody it is true "
        "for. Whoever is put in by hand keeps the app after leaving the pushed group.",
        undo="Take the person out of the assigned group again, if they were put in by hand. Never take out whom a rule "
        "put in: Okta would exclude them from it.",
    ),
)


def missing(world: World) -> FrozenBitMap:
    """Everybody in a live pushed group who must be in, is in scope, and is not assigned."""
    wanted = FrozenBitMap.union(EMPTY, *(world.should(push) for push in world.live_pushes))
    return wanted - world.assigned


def find(world: World) -> Iterator[Finding]:
    into = world.assignment_target.told
    for number in missing(world):
        pushes = world.pushes_of(number)
        names = ", ".join(push.name for push in pushes)
        yield world.about_person(
            KIND,
            number,
            f"{world.people[number].name} is in {names}, but not assigned to the app",
            pushes=pushes,
            evidence=(
                Fact(side="okta", label="assignment group", value=into),
                *world.chain_facts(number, pushes[0]),
            ),
            group_changed=youngest(*(push.group_changed for push in pushes)),
        )
