"""Whom a change reaches, by name and id, and what else it does: what stands in a plan beside the change itself."""

from __future__ import annotations

from collections.abc import Container, Iterable, Iterator, Mapping, Sized

from pyroaring import FrozenBitMap

from reconciler.changes import (
    ActivateRule,
    AddToGroup,
    AssignGroup,
    Change,
    CreateRule,
    EditRule,
    Named,
    Pushing,
)
from reconciler.expression import GroupAsked, about, parse
from reconciler.findings import Finding
from reconciler.fixing import Effect
from reconciler.model import Rule, ScimGroup
from reconciler.world import Push, World

_TOLD = 10
"""So many people are told with the reason why they would go; of the rest, how many."""


def okta_names(world: World, numbers: Iterable[int]) -> tuple[Named, ...]:
    """People by login and Okta id; by account, where Okta does not know them."""
    return tuple(sorted(_okta_name(world, number) for number in numbers))


def _okta_name(world: World, number: int) -> Named:
    person = world.people[number]
    account_id = person.account.id if person.account is not None else person.key
    return Named(name=person.name, id=person.user.id if person.user is not None else account_id)


def kandji_id(world: World, number: int) -> str:
    """A person's account; where there is none, the id that Okta points to, or the person's own."""
    person = world.people[number]
    pointer = person.app_user.external_id if person.app_user is not None else None
    return person.account.id if person.account is not None else pointer or person.key


def _kandji_ids(world: World) -> tuple[str, ...]:
    """By number: pushes ask for those of whole groups."""
    return tuple(kandji_id(world, number) for number in range(len(world.people)))


def _accounts(world: World) -> dict[str, list[int]]:
    """Who holds each account; several may."""
    found: dict[str, list[int]] = {}
    for number, person in enumerate(world.people):
        if person.account is not None:
            found.setdefault(person.account.id, []).append(number)
    return found


def holders(world: World, account_ids: Iterable[str]) -> FrozenBitMap:
    """The people who hold these accounts."""
    known = world.once(_accounts)
    return FrozenBitMap([number for key in account_ids for number in known.get(key, ())])


def _kandji_groups(world: World) -> dict[str, ScimGroup]:
    return {group.id: group for group in world.snapshot.scim.groups}


def fully_told(world: World, group_id: str) -> bool:
    """Whether it is known who is in a Kandji group."""
    group = world.once(_kandji_groups).get(group_id)
    return group is not None and group.member_ids is not None and not group.perhaps_cut


def expected_ids(world: World, effect: Effect) -> tuple[str, ...] | None:
    """Account ids that a push leaves in the Kandji group."""
    if effect.expected is None:
        return None
    ids = world.once(_kandji_ids)
    return tuple(sorted({ids[number] for number in effect.expected}))


def brought_in(world: World, effect: Effect) -> frozenset[str]:
    """Accounts that a push puts into the Kandji group."""
    if not isinstance(effect.change, Pushing):
        return frozenset()
    return frozenset(expected_ids(world, effect) or ()) - _held(world, effect.change)


def _held(world: World, change: Pushing) -> frozenset[str]:
    """Members of the Kandji group that a push reaches, as far as they are told."""
    group = world.once(_kandji_groups).get(change.kandji_group.id) if change.kandji_group is not None else None
    return frozenset((group.member_ids if group is not None else None) or ())


def taken_out(world: World, effect: Effect) -> tuple[Named, ...]:
    """Whom a change takes away from. Of a push that is everybody in the Kandji group whom Okta does not expect there,
    worked out from the group itself, and whom the check that offers it names besides."""
    ids = {kandji_id(world, number) for number in effect.removes} | set(effect.unknown_members)
    change = effect.change
    if isinstance(change, Pushing):
        ids |= _held(world, change) - set(expected_ids(world, effect) or ())
    known = world.once(_accounts)
    names = {key: world.people[known[key][0]].name for key in ids if key in known}
    names |= {kandji_id(world, number): world.people[number].name for number in effect.removes}
    return tuple(sorted(Named(name=names.get(key, f"unknown account {key}"), id=key) for key in ids))


def vanishing(world: World, change: Change, gone: Iterable[Named]) -> str | None:
    """Who would be taken out of the Kandji group by a push, and why each is not expected there."""
    everybody = tuple(gone)
    if not isinstance(change, Pushing) or not everybody:
        return None
    push = next((one for one in world.pushes if one.group_id == change.group.id), None)
    told = [f"{one.name} ({_why_not(world, one, change.group, push)})" for one in everybody[:_TOLD]]
    return f"takes out of the Kandji group whom Okta does not carry there now: {', '.join(told)}{_more(everybody)}"


def coming_back(world: World, change: Change, gone: Iterable[Named], coming: Container[str]) -> str | None:
    """Whom a push would take out of the Kandji group and a plan brings back. ``coming``: Okta ids."""
    people = okta_names(world, holders(world, (one.id for one in gone))) if isinstance(change, Pushing) else ()
    back = [one.name for one in people if one.id in coming]
    told = ", ".join(back[:_TOLD])
    return f"this plan brings back {told}{_more(back)}: plan again after these are in" if back else None


def _more(several: Sized) -> str:
    rest = len(several) - _TOLD
    return f" and {rest} more" if rest > 0 else ""


def _why_not(world: World, one: Named, group: Named, push: Push | None) -> str:
    """The first link of the chain that is broken."""
    numbers = holders(world, (one.id,))
    if not numbers:
        return "no account that is known"
    number = min(numbers)
    if number not in world.members(group.id):
        return f"not in {group.name}"
    links = world.chain(number, push) if push is not None else ()
    broken = next((link for link in links if link.holds is False), None)
    return broken.evidence if broken is not None else "not expected by Okta"


def targets(world: World, change: Change) -> tuple[Named, ...]:
    """The Okta groups that an addition fills."""
    match change:
        case AddToGroup(group=group) | AssignGroup(group=group) | CreateRule(target=group):
            return (group,)
        case EditRule(rule=rule) | ActivateRule(rule=rule):
            ids = world.once(_rule_targets).get(rule.id, ())
            return tuple(Named(name=world.named(key), id=key) for key in ids)
        case _:
            return ()


def _rule_targets(world: World) -> dict[str, tuple[str, ...]]:
    return {rule.id: rule.target_group_ids for rule in world.snapshot.okta.rules or ()}


class SideEffects:
    """What else changes do. ``apps``: labels of the other apps that a group gives, by its id; None: not readable."""

    def __init__(self, world: World, apps: Mapping[str, tuple[str, ...] | None]) -> None:
        self._world = world
        self._apps = apps
        self._rules = [
            (rule, parse(rule.expression or "")) for rule in world.snapshot.okta.rules or () if rule.status == "ACTIVE"
        ]
        self._looking: dict[str, tuple[Rule, ...]] = {}

    def of(self, effect: Effect, findings: Iterable[Finding], gone: Iterable[Named]) -> tuple[str, ...]:
        """``gone``: whom it takes away from."""
        change = effect.change
        found = [*effect.side_effects]
        for target in targets(self._world, change):
            found += self._of_target(target, change)
        if isinstance(change, AddToGroup):
            pushed = sorted({name for finding in findings for _, name in finding.groups}) or ["the pushed group"]
            found.append(f"{change.person.name} stays in {change.group.name} when they leave {', '.join(pushed)}")
        if effect.takes_over:
            names = self._world.names(effect.takes_over)
            found.append(
                f"the rule takes over whom it finds there by hand: {names}; leaving every group that it names "
                "deactivates them from then on"
            )
        told = vanishing(self._world, change, gone)
        return tuple(dict.fromkeys([*found, *([told] if told else [])]))

    def _of_target(self, target: Named, change: Change) -> Iterator[str]:
        apps = self._apps.get(target.id)
        if apps is None:
            yield f"which other apps {target.name} gives could not be read"
        elif apps:
            yield f"{target.name} also gives {', '.join(apps)}"
        own = change.rule.id if isinstance(change, EditRule | ActivateRule) else None
        names = [rule.name for rule in self._looking_at(target) if rule.id != own]
        if names:
            yield f"{target.name} is asked for by the rules {', '.join(names)}"

    def _looking_at(self, target: Named) -> tuple[Rule, ...]:
        """Active rules to which it may matter who is in a group."""
        if target.id not in self._looking:
            asked = GroupAsked(target.id, target.name)
            found = [rule for rule, expression in self._rules if about(expression, asked).says != "does not look"]
            self._looking[target.id] = tuple(sorted(found, key=lambda rule: (rule.name, rule.id)))
        return self._looking[target.id]
