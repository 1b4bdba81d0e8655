"""What makes Okta push a whole group, and whom each of these would take out of the Kandji group.

A push replaces the members of the Kandji group by those whom Okta expects in it. So none is offered where it is not
known who is on either side; then there are words that say so instead.
"""

from __future__ import annotations

from pyroaring import FrozenBitMap

from reconciler.accounts import named
from reconciler.changes import ActivateMapping, AddMember, Named, Pushing, Relink, RemoveMember, Repush
from reconciler.fixing import Effect, Way
from reconciler.model import ScimGroup
from reconciler.world import EMPTY, MAPPING_STATES, Push, World, fold

NEW_ID = "the group in Kandji is made anew with a new id: check every Assignment Map that refers to it"
_NOT_ACTIVE = {
    "INACTIVE": "its push is paused, perhaps on purpose: that must be ended first",
    "ERROR": "Okta has stopped pushing it: that must be mended first",
}


def repush(world: World, push: Push, *, onto: ScimGroup | None = None) -> Way | str:
    """Pushes a group again. ``onto``: the Kandji group that it has, where the mapping does not tell it."""
    if push.mapping.status != "ACTIVE":
        return _NOT_ACTIVE.get(push.mapping.status, f"its mapping is {push.mapping.status}")
    group = onto or push.kandji_group
    change = Repush(mapping_id=push.mapping.id, group=source(push), kandji_group=reached(group))
    return _way(world, push, change, group, f"push {push.name} again")


def pushed_again(world: World, push: Push) -> Way | str:
    """Whatever pushes a group once more, by the state of its mapping. No push makes a group anew that was deleted in
    Kandji: that is done by linking again, whether Okta has noticed or not."""
    if push.target_missing:
        return relinked(world, push, by_name=True)
    return relinked(world, push) if push.mapping.status == "ERROR" else repush(world, push)


def activated(world: World, push: Push) -> Way | str:
    """Ends the pause of a mapping."""
    change = ActivateMapping(
        mapping_id=push.mapping.id,
        group=source(push),
        kandji_group=reached(push.kandji_group),
    )
    return _way(world, push, change, push.kandji_group, f"end the pause of the push of {push.name}")


def relinked(world: World, push: Push, *, by_name: bool = False) -> Way | str:
    """Mends a mapping in ERROR, or with ``by_name`` an active one as well: linked to a Kandji group that is made anew,
    not to the one that Okta remembers."""
    if push.target_name is None:
        return "the name of the group that it pushes to is not known"
    remembered = None if by_name else target(world, push)
    group = push.kandji_group
    if remembered is None and group is not None and fold(group.display_name or "") != fold(push.target_name):
        return f"its Kandji group is now named {group.display_name or group.id}, and linking by name would make another"
    change = Relink(
        mapping_id=push.mapping.id,
        group=source(push),
        target=remembered,
        target_name=push.target_name,
        kandji_group=reached(group),
    )
    words = "linking it again" if group is None else "linking it again if need be"
    return _way(world, push, change, group, f"mend the push of {push.name}, {words}")


def put_in(world: World, push: Push, number: int) -> Way | str:
    """Puts somebody into the Kandji group of a mapping over SCIM."""
    group, account = push.kandji_group, world.people[number].account
    if group is None or account is None:
        return "which account or Kandji group it is, is not known"
    change = AddMember(kandji_group=kandji(group), account=named(account), group=source(push))
    effect = Effect(change=change, joins=FrozenBitMap([number]))
    words = f"put {world.people[number].name} into {change.kandji_group.name} in Kandji"
    return members_doubt(group) or Way(effects=(effect,), words=words, rank=1)


def take_out(world: World, push: Push, number: int) -> Way | str:
    """Takes somebody out of the Kandji group of a mapping over SCIM."""
    group, account = push.kandji_group, world.people[number].account
    if group is None or account is None:
        return "which account or Kandji group it is, is not known"
    if push.paused:
        return "its push is paused, perhaps on purpose: that must be ended first"
    change = RemoveMember(kandji_group=kandji(group), account=named(account), group=source(push))
    effect = Effect(change=change, removes=FrozenBitMap([number]))
    words = f"take {world.people[number].name} out of {change.kandji_group.name} in Kandji"
    return members_doubt(group) or Way(effects=(effect,), words=words)


def members_doubt(group: ScimGroup) -> str | None:
    """Why it can't be told whom a push would take out of a Kandji group."""
    if group.member_ids is None:
        return f"Kandji does not tell the members of {group.display_name or group.id}"
    if group.perhaps_cut:
        return f"Kandji may tell only some of the members of {group.display_name or group.id}"
    return None


def lost(world: World, group: ScimGroup, expected: FrozenBitMap) -> FrozenBitMap:
    """Who is in a Kandji group and not expected there; an account that several share stays with one of them."""
    together = FrozenBitMap.union(EMPTY, *(people for people in world.shared if people & expected))
    return world.kandji_members(group) - expected - together


def nobodys(world: World, group: ScimGroup) -> tuple[str, ...]:
    """Ids of members that no account has."""
    return world.once(_nobodys).get(group.id, ())


def _nobodys(world: World) -> dict[str, tuple[str, ...]]:
    """By Kandji group: of one group, many findings ask."""
    known = world.once(_account_ids)
    strangers = {group.id: frozenset(group.member_ids or ()) - known for group in world.snapshot.scim.groups}
    return {group_id: tuple(sorted(ids)) for group_id, ids in strangers.items() if ids}


def source(push: Push) -> Named:
    return Named(name=push.name, id=push.group_id)


def reached(group: ScimGroup | None) -> Named | None:
    return None if group is None else kandji(group)


def kandji(group: ScimGroup) -> Named:
    return Named(name=group.display_name or group.id, id=group.id)


def target(world: World, push: Push) -> Named | None:
    """The Okta group that stands for the Kandji group, where it is visible."""
    visible = (group for group in world.snapshot.okta.groups if group.id == push.mapping.target_group_id)
    return next((Named(name=group.name, id=group.id) for group in visible), None)


def _way(world: World, push: Push, change: Pushing, group: ScimGroup | None, words: str) -> Way | str:
    doubt = _doubt(push, group)
    if doubt is not None:
        return doubt
    expected = world.expected(push)
    effect = Effect(
        change=change,
        removes=EMPTY if group is None else lost(world, group, expected),
        expected=expected,
        unknown_members=() if group is None else nobodys(world, group),
        side_effects=(NEW_ID,) if group is None else (),
    )
    return Way(effects=(effect,), words=words)


def _doubt(push: Push, group: ScimGroup | None) -> str | None:
    """Why it can't be told whom a push would carry, or take out."""
    if push.mapping.status not in MAPPING_STATES:
        return f"its mapping has the status {push.mapping.status}, which this program does not know"
    if not push.readable:
        return f"the members of {push.name} in Okta were not read"
    if push.problem is not None:
        return push.problem
    if group is None:
        return None if push.absent else "which Kandji group it reaches is not known"
    return members_doubt(group)


def _account_ids(world: World) -> frozenset[str]:
    return frozenset(account.id for account in world.snapshot.scim.users)
