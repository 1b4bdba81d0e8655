"""What is read around one person says of them what the whole snapshot says."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, Phase, given, settings

from reconciler import checks, joining
from reconciler.model import Snapshot
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
    if person.account is not None:
        found.append({"user_id": None, "account_id": person.account.id})
    return found


def about(store: Store, run: int, person: Person) -> set[str]:
    """Ids of the findings that the report of a run shows about a person."""
    return {
        finding.id for finding, life in store.findings(run) if life.state != "fixed" and person.key in finding.people
    }


def told(world: World, key: str) -> object:
    """Everything that a world says of a person: who they are, and each chain."""
    number = next(number for number, person in enumerate(world.people) if person.key == key)
    chains = {push.mapping.id: world.chain(number, push) for push in world.pushes}
    rules = [(one.rule.id, number in one.brings, number in one.passes) for one in world.rules or ()]
    return world.people[number], chains, rules, number in world.scope, world.pushes_of(number, paused=True) == ()


def compare(first: Snapshot, second: Snapshot, chosen: Settings) -> None:
    with hasty() as store:
        wholes = [keep(store, 0, first, chosen), keep(store, 1, second, chosen)]
        for run, whole in enumerate(wholes, 1):
            for person in whole.people:
                assert set(store.concerning(run, people=(person.key,))) == about(store, run, person)
                for ids in seeds(person):
                    part, before = store.around(run, **ids)
                    world = joining.join(part, before=before, settings=chosen, now=NOW)
                    assert told(world, person.key) == told(whole, person.key)


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
@given(first=snapshots, second=snapshots, chosen=configured)
def test_what_is_read_around_somebody_says_of_them_what_the_whole_says(
    first: Snapshot, second: Snapshot, chosen: Settings
) -> None:
    compare(first, second, chosen)


@pytest.mark.prove
@examples(300)
@given(first=snapshots, second=snapshots, chosen=configured)
def test_that_holds_for_hundreds_of_worlds(first: Snapshot, second: Snapshot, chosen: Settings) -> None:
    compare(first, second, chosen)
