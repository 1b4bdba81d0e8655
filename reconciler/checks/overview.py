"""What the report shows beside findings: the chain as stages, and how each pushed group fares.

Counted from the same sets as the findings, so that they can't disagree.
"""

from __future__ import annotations

from pyroaring import BitMap, FrozenBitMap

from reconciler.findings import PushedGroup, Stage
from reconciler.world import Push, World


def _wanted(world: World) -> FrozenBitMap:
    """Everybody in a live pushed group who must be in and is in scope."""
    return FrozenBitMap(BitMap.union(BitMap(), *(BitMap(world.should(push)) for push in world.live_pushes)))


def stages(world: World) -> tuple[Stage, ...]:
    """How many people of the pushed groups reach each link of the chain, and who falls out before the next."""
    wanted = _wanted(world)
    assigned = wanted & world.assigned
    provisioned = assigned & world.provisioned
    present = provisioned & world.present
    active = present & world.account_active
    lacking = FrozenBitMap(BitMap.union(BitMap(), *(BitMap(world.lacking(push)) for push in world.live_pushes)))
    unreached = FrozenBitMap(
        BitMap.union(
            BitMap(),
            *(
                BitMap(world.should(push))
                for push in world.live_pushes
                if push.kandji_group is None or push.mapping.status != "ACTIVE"
            ),
        )
    )
    in_all = active - lacking - unreached
    broken = (active & unreached) - lacking
    rows = [
        Stage(
            name="In a pushed group",
            people=len(wanted),
            leaks=(("member-not-assigned", "not assigned", len(wanted - assigned)),),
        ),
        Stage(
            name="Assigned to the app",
            people=len(assigned),
            leaks=(("assignment-stuck", "never provisioned", len(assigned - provisioned)),),
        ),
        Stage(
            name="Provisioned by Okta",
            people=len(provisioned),
            leaks=(("missing-in-kandji", "gone from Kandji", len(provisioned - present)),),
        ),
        Stage(
            name="Present in Kandji",
            people=len(present),
            leaks=(("inactive-in-kandji", "inactive", len(present - active)),),
        ),
        Stage(
            name="Active in Kandji",
            people=len(active),
            leaks=(
                ("member-missing", "missing in a group", len(active & lacking)),
                ("mapping-error", "in a group whose push fails", len(broken)),
            ),
        ),
        Stage(name="In every group", people=len(in_all)),
    ]
    if world.snapshot.kandji is not None:
        macs = FrozenBitMap(
            n for n, p in enumerate(world.people) if p.row is not None and (p.row.device_count or 0) > 0
        )
        rows[-1] = Stage(name="In every group", people=len(in_all), leaks=(("", "no Mac yet", len(in_all - macs)),))
        rows.append(Stage(name="Has a Mac", people=len(in_all & macs)))
    return tuple(rows)


def pushed_groups(world: World) -> tuple[PushedGroup, ...]:
    """A row for each mapping, by group name."""
    return tuple(_row(world, push) for push in world.pushes)


def _row(world: World, push: Push) -> PushedGroup:
    should = world.should(push)
    assigned = should & world.assigned
    lacking = world.lacking(push) & should
    stuck = assigned - (world.present & world.account_active)
    arrived = assigned - stuck - lacking if push.comparable else FrozenBitMap()
    return PushedGroup(
        group_id=push.group_id,
        mapping_id=push.mapping.id,
        name=push.name,
        target_name=push.target_name,
        kandji_group_id=push.kandji_group.id if push.kandji_group else None,
        status=push.mapping.status,
        error=push.mapping.error_summary,
        last_push=push.mapping.last_push,
        members=len(world.members(push.group_id)),
        should=len(should),
        in_step=len(arrived),
        missing=len(assigned - stuck - arrived),
        not_assigned=len(should - assigned),
        stuck=len(stuck),
        extra=len(world.surplus(push)),
    )


def outside_scope(world: World) -> int:
    """People of live pushed groups who must be in, but stand outside the scope."""
    inside = BitMap.union(BitMap(), *(BitMap(world.members(push.group_id)) for push in world.live_pushes))
    return len((inside & BitMap(world.must_be_in)) - BitMap(world.scope))
