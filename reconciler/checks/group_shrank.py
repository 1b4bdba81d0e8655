"""A Kandji group has lost many people at once who should be in it, and Okta's group has not.

Two pushes that overtake one another do this: the older list arrives last. It does not heal: what a group held is known
from the last complete run alone, so a loss that was told stands until the people are back.
"""

from __future__ import annotations

from collections.abc import Iterator

from pyroaring import FrozenBitMap

from reconciler.findings import Fact, Finding, How, Kind, finding_id, with_severity
from reconciler.fixing import GONE, Fix, offered, push_in
from reconciler.pushing import repush
from reconciler.world import Push, World

KIND = Kind(
    slug="group-shrank",
    title="A Kandji group lost many members at once",
    severity="high",
    means="More than a fifth of the people who should be in the group were in it at the last run and are not now.",
    matters="Their Macs lose what the group brought, and Okta believes that they are in it.",
    mend="In Okta: Applications → the app → Push Groups → the group → Push now.",
    how=How(
        by_hand=(
            "Okta: Reports → System Log, and look for pushes of this group at the time at which it shrank.",
            "Okta: Applications → Applications → the app → Push Groups → the group → Push now.",
            "Run `reconciler run` and see that the people are back; if they are not, push once more, alone.",
            "Kandji: see that Macs get back what the group brings: at the next check-in, or within a day.",
        ),
        if_meant="If they were taken out in Kandji on purpose, take them out of the Okta group instead.",
        okta_alone="Never by itself; the next change of the group sends the whole list.",
        side_effects="A push replaces the members of the Kandji group by those of Okta's.",
        undo="Not needed: a push repeats what Okta already says.",
        with_tool="reconciler plan --kind group-shrank",
    ),
    grace_minutes=120,
)
LEAST, MANY = 5, 50


def held(world: World, push: Push) -> FrozenBitMap:
    """People who should be in the Kandji group, and were at the last run; or who still should, since it lost many."""
    wanted = world.wanted(push)
    if finding_id(KIND.slug, f"group:{push.group_id}") in dict(world.before.seen):
        return wanted
    before = dict(world.before.held).get(push.kandji_group.id) if push.kandji_group else None
    accounts = frozenset(before or ())
    known = ((number, world.people[number].account) for number in wanted if accounts)
    return FrozenBitMap([number for number, account in known if account is not None and account.id in accounts])


def find(world: World) -> Iterator[Finding]:
    for push in world.live_pushes:
        lacking = world.lacking(push)
        if len(lacking) < LEAST:
            continue
        before = held(world, push)
        people = lacking & before
        if len(people) < LEAST or len(people) * 5 <= len(before):
            continue
        told = world.about_push(
            KIND,
            push,
            f"{len(people)} people who should be in the Kandji group {push.target_name} were in it and are not now",
            by_mapping=False,
            people=people,
            evidence=(
                Fact(side="kandji", label="were in it, and should be", value=str(len(before))),
                Fact(side="kandji", label="no longer in it", value=world.names(people)),
            ),
            changed=push.changed,
            group_changed=push.group_changed,
        )
        yield with_severity(told, "critical" if len(people) >= MANY else None)


def fix(finding: Finding, world: World) -> Fix:
    push = push_in(finding, world, lambda push: bool(world.lacking(push)))
    return offered(repush(world, push) if push is not None else GONE)
