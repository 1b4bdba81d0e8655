"""What an admin asks for by name: assign, cover, link, unlink, push now. Each becomes changes that a plan judges.

What is so already is told, and needs no change. What must not be is refused with words; what would be ambiguous too.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence

from msgspec.structs import replace
from pyroaring import FrozenBitMap

from reconciler import feeding, pushing
from reconciler.changes import LinkGroup, Named, UnlinkGroup
from reconciler.errors import NotKnown, Refused, UsageError
from reconciler.fixing import Effect, Way
from reconciler.model import Group, GroupMembers, OktaUser, ScimGroup, Snapshot
from reconciler.planning import Asked
from reconciler.world import EMPTY, Person, Push, World, fold

LOOK = "see what is known: reconciler explain WHO"


def with_group(snapshot: Snapshot, group: Group, members: GroupMembers, users: Iterable[OktaUser]) -> Snapshot:
    """The snapshot with one more Okta group, read live because somebody asks for it: no run had a reason to."""
    okta = snapshot.okta
    known = {user.id for user in okta.users}
    return replace(
        snapshot,
        okta=replace(
            okta,
            groups=(*(one for one in okta.groups if one.id != group.id), group),
            members=(*(one for one in okta.members if one.group_id != group.id), members),
            users=(*okta.users, *(user for user in users if user.id not in known)),
        ),
    )


def assign(world: World, people: Sequence[str]) -> Asked:
    """Puts people into the assignment group. ``people``: logins, user names or ids.

    Raises ``NotKnown`` for somebody whom no run has read, ``Refused`` where they must not be in or no group fits.
    """
    into = world.assignment_target.group
    if into is None:
        raise Refused("Nobody can be put into an assignment group.", why=world.assignment_target.why)
    numbers = FrozenBitMap([_person(world, asked) for asked in people])
    for number in numbers - world.must_be_in:
        user = world.people[number].user
        status = user.status if user else "not told"
        raise Refused(f"{world.people[number].name} must not be assigned.", why=f"the status in Okta is {status}.")
    inside = numbers & world.members(into.id)
    told = tuple(f"{world.people[number].name} is in {into.name} already" for number in inside)
    return _asked("assign", people, [feeding.by_hand(world, numbers - inside)] if numbers - inside else [], told)


def cover(world: World, groups: Sequence[str]) -> Asked:
    """Has a rule bring the people of these groups into the assignment group: one that is extended, or a new one."""
    found: list[Way | str] = []
    told: list[str] = []
    for group in _groups(world, groups):
        if feeding.covered(world, group):
            told.append(f"{group.name} is covered already")
        else:
            found.append(feeding.by_rule(world, Named(name=group.name, id=group.id)))
    return _asked("cover", groups, found, told)


def link(world: World, groups: Sequence[str], *, existing: str | None = None) -> Asked:
    """Begins to push groups. ``existing``: name of the Kandji group to push one group to, else its own name.

    A Kandji group of that name is taken over: whoever is not expected in it is taken out.
    """
    if existing is not None and len(groups) > 1:
        raise UsageError("Only one group can be linked to one group in Kandji.", next="link them one by one")
    found: list[Way | str] = []
    told: list[str] = []
    for group in _groups(world, groups):
        mapped = [push for push in world.pushes if push.group_id == group.id]
        if mapped:
            told.append(f"{group.name} is pushed to {mapped[0].target_name or 'Kandji'} already")
        else:
            found.append(_linked(world, group, existing))
    changes = [effect.change for way in found if isinstance(way, Way) for effect in way.effects]
    names = Counter(fold(change.target_name) for change in changes if isinstance(change, LinkGroup))
    found += [f"{times} of these groups would be pushed to {name}" for name, times in names.items() if times > 1]
    return _asked("link", groups, found, told)


def unlink(world: World, group: str, *, delete_in_kandji: bool = False) -> Asked:
    """Stops pushing a group. The Kandji group stays as it is, unless it is to be deleted: then everybody loses it."""
    pushes = _mapped(world, group)
    push = pushes[_only(group, [(push.mapping.id, push.target_name or push.name) for push in pushes], "")]
    words = [group, *(["--delete-in-kandji"] if delete_in_kandji else [])]
    return _asked("unlink", words, [_unlinked(world, push, delete_in_kandji)], ())


def push_now(world: World, groups: Sequence[str]) -> Asked:
    """Pushes groups again; a push that Okta has stopped is mended. A paused one is refused: it may be meant so."""
    pushes = {push.mapping.id: push for group in groups for push in _mapped(world, group)}.values()
    for push in pushes:
        if push.paused:
            raise Refused(
                f"The push of {push.name} is paused.",
                why="activating it pushes the whole group, and somebody may have paused it on purpose.",
                next="see the finding, then name it: reconciler plan FINDING",
            )
    return _asked("push-now", groups, [pushing.pushed_again(world, push) for push in pushes], ())


def _asked(verb: str, words: Sequence[str], ways: Sequence[Way | str], told: Sequence[str]) -> Asked:
    """One wish of all these ways together. Raises ``Refused`` where one of them is only a reason why not."""
    for way in ways:
        if isinstance(way, str):
            raise Refused(f"Nothing can be done for {verb} {' '.join(words)}.", why=f"{way}.", next=LOOK)
    open_ = [way for way in ways if isinstance(way, Way)]
    why = f"asked for: {verb} {' '.join(words)}"
    if not open_:
        return Asked(why=why, ways=(), told=tuple(told))
    effects = tuple(effect for way in open_ for effect in way.effects)
    return Asked(why=why, ways=(Way(effects=effects, words="; ".join(way.words for way in open_)),), told=tuple(told))


def _linked(world: World, group: Group, existing: str | None) -> Way | str:
    if group.id in world.assigned_groups:
        return f"{group.name} is assigned to the app, and Okta does not support to push such a group"
    if not world.is_read(group.id):
        return f"the members of {group.name} were not read"
    name = existing or dict(world.settings.names).get(group.name, group.name)
    if any(fold(push.target_name or "") == fold(name) for push in world.pushes):
        return f"another group is pushed to {name} already"
    named = [one for one in world.snapshot.scim.groups if fold(one.display_name or "") == fold(name)]
    if len(named) > 1:
        return f"{len(named)} groups in Kandji are named {name}, in whatever case"
    if existing is not None and not named:
        raise NotKnown(f"Kandji has no group named {existing}.", next=LOOK)
    taken = named[0] if named else None
    doubt = _overwriting(world, taken)
    return doubt or Way(effects=(_link(world, group, name, taken),), words=f"push {group.name} to {name}")


def _overwriting(world: World, taken: ScimGroup | None) -> str | None:
    """Why a Kandji group can't be taken over."""
    if taken is None:
        return None
    push = world.push_to(taken)
    name = taken.display_name or taken.id
    return pushing.members_doubt(taken) if push is None else f"{push.name} is pushed to {name} already"


def _link(world: World, group: Group, name: str, taken: ScimGroup | None) -> Effect:
    expected = world.carried(group.id)
    app = world.snapshot.okta.app.id
    stands = [g for g in world.snapshot.okta.groups if g.source_id == app and fold(g.name) == fold(name)]
    change = LinkGroup(
        group=Named(name=group.name, id=group.id),
        target_name=name,
        target=Named(name=stands[0].name, id=stands[0].id) if len(stands) == 1 and taken is not None else None,
        kandji_group=pushing.reached(taken),
    )
    if taken is None:
        return Effect(change=change, expected=expected, side_effects=(f"a group {name} is made in Kandji",))
    removes = pushing.lost(world, taken, expected)
    return Effect(
        change=change,
        removes=removes,
        expected=expected,
        unknown_members=pushing.nobodys(world, taken),
        side_effects=(_difference(world, taken, expected, removes),),
    )


def _difference(world: World, taken: ScimGroup, expected: FrozenBitMap, removes: FrozenBitMap) -> str:
    """What linking does to a Kandji group that is there."""
    comes = world.names(expected - world.kandji_members(taken)) or "nobody"
    goes = world.names(removes) or "nobody"
    return f"linking overwrites {taken.display_name or taken.id} in Kandji: {comes} comes in, {goes} goes out"


def _unlinked(world: World, push: Push, delete: bool) -> Way | str:
    group = push.kandji_group
    if delete and push.problem is not None:
        return push.problem
    if delete and group is None:
        return f"{push.target_name or 'the group'} is not known in Kandji"
    if delete and group is not None and (doubt := pushing.members_doubt(group)) is not None:
        return doubt
    change = UnlinkGroup(
        mapping_id=push.mapping.id,
        group=pushing.source(push),
        target=pushing.target(world, push),
        kandji_group=pushing.reached(group),
        delete_in_kandji=delete,
    )
    kept = "the group stays in Kandji as it is: nobody joins or leaves it any more"
    gone = "the group is deleted in Kandji: whatever Assignment Maps give by it reaches nobody; no person is deleted"
    effect = Effect(
        change=change,
        removes=world.kandji_members(group) if delete and group is not None else EMPTY,
        unknown_members=pushing.nobodys(world, group) if delete and group is not None else (),
        side_effects=(gone if delete else kept,),
    )
    return Way(effects=(effect,), words=f"stop pushing {push.name}")


def _person(world: World, asked: str) -> int:
    """The number of the one Okta person of this id, login or user name."""
    users = [(number, person, person.user) for number, person in enumerate(world.people) if person.user is not None]
    ids = [number for number, _, user in users if user.id == asked]
    called = [number for number, person, _ in users if fold(asked) in _names(person)]
    found = ids or called
    facts = [(world.people[number].key.removeprefix("user:"), world.people[number].name) for number in found]
    return found[_only(asked, facts, "Nobody in Okta is called")]


def _names(person: Person) -> frozenset[str]:
    account = person.account.user_name if person.account is not None else None
    return frozenset(fold(name) for name in (person.name, account) if name)


def _groups(world: World, asked: Sequence[str]) -> tuple[Group, ...]:
    """The Okta groups of these ids or names, each once; not those that stand for Kandji's groups."""
    app = world.snapshot.okta.app.id
    groups = [group for group in world.snapshot.okta.groups if group.source_id != app]
    found = []
    for one in asked:
        called = [g for g in groups if g.id == one] or [g for g in groups if fold(g.name) == fold(one)]
        at = _only(one, [(group.id, group.name) for group in called], "No run has read an Okta group called")
        found.append(called[at])
    return tuple({group.id: group for group in found}.values())


def _mapped(world: World, asked: str) -> tuple[Push, ...]:
    """The mappings of one pushed group, by its id or name, or the one of this id."""
    by_id = [push for push in world.pushes if asked in (push.mapping.id, push.group_id)]
    found = by_id or [push for push in world.pushes if fold(push.name) == fold(asked)]
    groups = sorted({(push.group_id, push.name) for push in found})
    _only(asked, groups, "No group is pushed that is called")
    return tuple(found)


def _only(asked: str, facts: Sequence[tuple[str, str]], nothing: str) -> int:
    """The place of the only one. Raises ``NotKnown``, with the candidates where there are several."""
    if not facts:
        raise NotKnown(f"{nothing} {asked or '(nothing)'}.", next=LOOK)
    if len(facts) > 1:
        what = f"{asked} could be {len(facts)} of them."
        raise NotKnown(what, facts=tuple(facts), next="type one of these ids instead")
    return 0
