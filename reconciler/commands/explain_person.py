"""What ``explain`` says of one person: both records, the chain of each group, and what group rules say."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass

from msgspec.structs import replace

from reconciler import evidence as said
from reconciler.about_rules import asked
from reconciler.commands import explained as doc
from reconciler.expression import parse, words
from reconciler.findings import Fact
from reconciler.joining import join
from reconciler.model import LogEvent, Run, Snapshot
from reconciler.rules import Ruled
from reconciler.store import Store
from reconciler.world import Person, Push, Settings, World


@dataclass(frozen=True, slots=True)
class Around:
    """The world around one person, and their number in it; None where it is not known to the run."""

    world: World
    number: int | None

    @property
    def who(self) -> int:
        assert self.number is not None  # noqa: S101 - whoever asks for a person has looked
        return self.number

    @property
    def person(self) -> Person:
        return self.world.people[self.who]

    @property
    def key(self) -> str:
        return self.person.key

    @property
    def events(self) -> tuple[LogEvent, ...]:
        """Of the System Log, oldest first."""
        user_id = self.person.user.id if self.person.user else self.person.deleted_user_id
        return self.world.events_of(user_id) if user_id else ()


def around(
    store: Store, run: Run, settings: Settings, *, user_id: str | None = None, account_id: str | None = None
) -> Around:
    """Joins what a run read around somebody; the groups alone where no id is given."""
    snapshot, before = store.around(run.id, user_id=user_id, account_id=account_id)
    world = join(_completed(store, run, snapshot), before=before, settings=settings, now=run.finished)
    for number, person in enumerate(world.people):
        if person.key == f"user:{user_id}" if user_id else person.account and person.account.id == account_id:
            return Around(world, number)
    return Around(world, None)


def _completed(store: Store, run: Run, snapshot: Snapshot) -> Snapshot:
    """With the attributes that Okta told of others alone as not set: of everybody unknown is something else."""
    okta = snapshot.okta
    asked_for = {name for rule in okta.rules or () for name in parse(rule.expression or "").attributes}
    here = {name for user in okta.users for name, _ in user.attributes}
    told = store.attributes_told(run.id, asked_for - here) if okta.users else frozenset()
    unset = tuple((name, None) for name in sorted(told))
    users = tuple(replace(user, attributes=(*user.attributes, *unset)) for user in okta.users)
    return replace(snapshot, okta=replace(okta, users=users))


def person_told(near: Around, groups: Collection[str] | None = None) -> doc.PersonTold:
    """The person; ``groups``: ids of the Okta groups whose chains are told, all of theirs where it is None."""
    world, number = near.world, near.who
    pushes = [push for push in world.pushes if _concerns(world, number, push)]
    if groups:
        pushes = [push for push in world.pushes if push.group_id in groups] or pushes
    return doc.PersonTold(
        key=near.key,
        login=near.person.name,
        records=[told(fact) for fact in said.of_person(near.person)],
        chains=[_chain(world, number, push) for push in pushes],
        unmanaged_groups=list(_unmanaged(world, number)),
    )


def _concerns(world: World, number: int, push: Push) -> bool:
    """Whether somebody is at one end of a push or the other."""
    inside = push.kandji_group is not None and number in world.kandji_members(push.kandji_group)
    return inside or number in world.members(push.group_id)


def _chain(world: World, number: int, push: Push) -> doc.ChainTold:
    return doc.ChainTold(
        group=doc.Named(id=push.group_id, name=push.name),
        mapping=push.mapping.id,
        status=push.mapping.status,
        target=push.target_name,
        links=[
            doc.LinkTold(name=link.name, holds=link.holds, evidence=link.evidence) for link in world.chain(number, push)
        ],
    )


def _unmanaged(world: World, number: int) -> Iterator[doc.Named]:
    for group in sorted(world.snapshot.scim.groups, key=lambda one: one.id):
        if number in world.kandji_members(group) and not any(push.reaches(group) for push in world.pushes):
            yield doc.Named(id=group.id, name=group.display_name or group.id)


_ORDER = ("yes", "excluded", "unknown", "no")


def rules_for(near: Around) -> list[doc.RuleTold]:
    """What each rule that matters says of the person: those that hold first, and before others those that assign."""
    if near.person.user is None or not near.person.user.status:
        return []
    found = [_rule(near, one) for one in near.world.rules or ()]
    assigning = {one.rule.id for one in near.world.assigning}
    return sorted(found, key=lambda one: (_ORDER.index(one.says), one.id not in assigning, one.name.casefold(), one.id))


def _rule(near: Around, one: Ruled) -> doc.RuleTold:
    outcome = asked(near.world, one, near.who)
    says = {True: "yes", False: "no", None: "unknown"}[outcome.value]
    return rule_told(near.world, one, "excluded" if near.who in one.excluded else says, outcome.why)


def rule_told(world: World, one: Ruled, says: str, why: Collection[str]) -> doc.RuleTold:
    """A rule in words, with what it says of whoever was asked about."""
    targets = [doc.Named(id=key, name=world.named(key)) for key in one.rule.target_group_ids]
    return doc.RuleTold(
        id=one.rule.id,
        name=one.rule.name,
        status="INVALID" if one.invalid else one.rule.status,
        words=words(one.expression, world.population.names),
        says=says,
        why=list(why),
        targets=targets,
    )


def told(fact: Fact) -> doc.Told:
    return doc.Told(side=fact.side, label=fact.label, value=fact.value, good=fact.good)
