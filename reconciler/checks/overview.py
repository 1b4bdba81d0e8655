"""What the report shows beside findings: the chain as stages, and how each pushed group fares.

Counted from the same sets as the findings, so that they can't disagree.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from pyroaring import FrozenBitMap

from reconciler.findings import PushedGroup, Stage
from reconciler.world import EMPTY, Push, World


def _union(sets: Iterable[FrozenBitMap]) -> FrozenBitMap:
    return FrozenBitMap.union(EMPTY, *sets)


def stages(world: World) -> tuple[Stage, ...]:
    """How many people of the pushed groups reach each link of the chain, and who falls out before the next."""
    wanted = _union(world.should(push) for push in world.live_pushes)
    assigned = wanted & world.assigned
    provisioned = assigned & world.provisioned
    present = provisioned & world.present
    active = present & world.account_active
    before = (
        ("In a pushed group", wanted, ("member-not-assigned", "not assigned", len(wanted - assigned))),
        ("Assigned to the app", assigned, ("assignment-stuck", "never provisioned", len(assigned - provisioned))),
        (
            "Provisioned by Okta",
            provisioned,
            ("missing-in-kandji", "gone from Kandji", len(provisioned & world.absent)),
        ),
        (
            "Present in Kandji",
            present,
            ("inactive-in-kandji", "inactive", len(present & world.account_inactive)),
        ),
    )
    rows = [Stage(name=name, people=len(people), leaks=(leak,)) for name, people, leak in before]
    return (*rows, *_groups_stages(world, active))


def _groups_stages(world: World, active: FrozenBitMap) -> Iterator[Stage]:
    """From active in Kandji to being in every group, and to having a Mac where Kandji's API tells."""
    compared = [push for push in world.live_pushes if push.comparable and push.mapping.status == "ACTIVE"]
    failing = [push for push in world.live_pushes if push.target_missing or push.mapping.status == "ERROR"]
    failed = {push.mapping.id for push in failing}
    unknown = [push for push in world.live_pushes if not push.comparable and push.mapping.id not in failed]
    cut = _union(world.untold(push) for push in compared if push.perhaps_cut)
    lacking = active & _union(world.lacking(push) for push in compared)
    broken = active & _union(world.should(push) for push in failing)
    untold = (active & _union((cut, *(world.should(push) for push in unknown)))) - lacking - broken
    leaks = [
        ("member-missing", "missing in a group", len(lacking)),
        ("mapping-error", "in a group whose push fails", len(broken)),
    ]
    if untold:
        leaks.append(("", "in a group that can't be compared", len(untold)))
    yield Stage(name="Active in Kandji", people=len(active), leaks=tuple(leaks))
    in_all = active - lacking - broken - untold
    if world.snapshot.kandji is None:
        yield Stage(name="In every group", people=len(in_all))
        return
    macs = FrozenBitMap(
        [number for number, person in enumerate(world.people) if person.row and (person.row.device_count or 0) > 0]
    )
    yield Stage(name="In every group", people=len(in_all), leaks=(("", "no Mac yet", len(in_all - macs)),))
    yield Stage(name="Has a Mac", people=len(in_all & macs))


def pushed_groups(world: World, coverage: Mapping[str, str]) -> tuple[PushedGroup, ...]:
    """A row for each mapping, by group name. ``coverage``: how rules bring a group's people in, by group id."""
    return tuple(_row(world, push, coverage.get(push.group_id)) for push in world.pushes)


def _row(world: World, push: Push, covered: str | None) -> PushedGroup:
    should = world.should(push)
    assigned = should & world.assigned
    lacking = world.lacking(push)
    stuck = assigned - (world.present & world.account_active)
    arrived = assigned - stuck - world.untold(push) if push.comparable else FrozenBitMap()
    missing = assigned - stuck if push.absent else lacking
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
        missing=len(missing),
        not_assigned=len(should - assigned),
        stuck=len(stuck),
        extra=len(world.surplus(push)),
        coverage=covered,
        outside_scope=len((world.members(push.group_id) & world.must_be_in) - world.scope),
    )


def outside_scope(world: World) -> int:
    """People of live pushed groups who must be in, but stand outside the scope."""
    inside = _union(world.members(push.group_id) for push in world.live_pushes)
    return len((inside & world.must_be_in) - world.scope)
