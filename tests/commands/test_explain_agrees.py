"""What ``explain`` works out from the rows around one person is what the whole snapshot says of them."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from reconciler import checks, joining
from reconciler.commands.explain_person import Around, around, person_told, rules_for
from reconciler.model import Rule, Snapshot
from reconciler.store import Store
from reconciler.world import Person, Settings, World
from tests.store.samples import hasty, run_at
from tests.test_any_world import configured, snapshots
from tests.worlds import NOW


def keep(store: Store, hour: int, snapshot: Snapshot, chosen: Settings) -> World:
    """Keeps a run, and gives the whole world of it."""
    before = store.memory()
    world = joining.join(snapshot, before=before, settings=chosen, now=NOW)
    run = store.save(run_at(hour), sources=(), notes=(), snapshot=snapshot, judgement=checks.run(world))
    return joining.join(store.snapshot(run.id), before=before, settings=chosen, now=NOW)


def seeds(person: Person) -> list[dict[str, str | None]]:
    """The ids by which somebody can be asked for."""
    found: list[dict[str, str | None]] = []
    if person.key.startswith("user:"):
        found.append({"user_id": person.key.removeprefix("user:"), "account_id": None})
    if person.account is not None and person.user is None:  # of several who share one, the first is told
        found.append({"user_id": None, "account_id": person.account.id})
    return found


def about(store: Store, run: int, person: Person) -> set[str]:
    """Ids of the findings that the report of a run shows about a person."""
    return {
        finding.id for finding, life in store.findings(run) if life.state != "fixed" and person.key in finding.people
    }


def told(near: Around) -> object:
    """Everything that a world says of a person: who they are, each chain, and each rule."""
    world, number = near.world, near.who
    user = near.person.user and replace(near.person.user, attributes=())  # one told of others alone is not set
    chains = {push.mapping.id: world.chain(number, push) for push in world.pushes}
    return replace(near.person, user=user), chains, rules_for(near), person_told(near)


def compare(first: Snapshot, second: Snapshot, chosen: Settings) -> None:
    with hasty() as store:
        wholes = [keep(store, 0, first, chosen), keep(store, 1, second, chosen)]
        for run, whole in enumerate(wholes, 1):
            for number, person in enumerate(whole.people):
                assert set(store.concerning(run, people=(person.key,))) == about(store, run, person)
                for ids in seeds(person):
                    near = around(store, store.run(run), chosen, **ids)
                    assert told(near) == told(Around(whole, number))


RULES = (
    'user.department == "Sales"',
    "user.division == null",
    'user.title != "Chief" AND isMemberOfAnyGroup("g1", "g3")',
    'NOT isMemberOfGroup("g2")',
    'isMemberOfGroupName("Sales")',
)


@st.composite
def ruled(draw: st.DrawFn) -> Snapshot:
    """Any snapshot, with some of these rules and of the attributes that they read."""
    snapshot = draw(snapshots)
    rules = tuple(
        Rule(id=f"r{at}", name=text, status="ACTIVE", expression=text, target_group_ids=("g1", "g2"))
        for at, text in enumerate(RULES)
    )
    attributes = st.sampled_from(((), (("department", "Sales"),), (("department", None), ("title", "Chief"))))
    users = tuple(replace(user, attributes=draw(attributes)) for user in snapshot.okta.users)
    return replace(snapshot, okta=replace(snapshot.okta, rules=draw(st.sampled_from((rules, None))), users=users))


worlds = ruled()


def examples(count: int) -> settings:
    return settings(
        max_examples=count,
        derandomize=True,
        deadline=None,
        database=None,
        suppress_health_check=list(HealthCheck),
        phases=[Phase.generate],
    )


@examples(4)
@given(first=worlds, second=worlds, chosen=configured)
def test_what_is_read_around_somebody_says_of_them_what_the_whole_says(
    first: Snapshot, second: Snapshot, chosen: Settings
) -> None:
    compare(first, second, chosen)


@pytest.mark.prove
@examples(300)
@given(first=worlds, second=worlds, chosen=configured)
def test_that_holds_for_hundreds_of_worlds(first: Snapshot, second: Snapshot, chosen: Settings) -> None:
    compare(first, second, chosen)
