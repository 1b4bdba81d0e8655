from __future__ import annotations

import pytest
from msgspec.structs import replace

from reconciler.commands.who import resolve
from reconciler.errors import NotKnown
from reconciler.store import Store
from reconciler.store.search import MOST
from tests.store.samples import company, save


def ids(store: Store, asked: str) -> list[tuple[str | None, str | None]]:
    return [(one.user_id, one.account_id) for one in store.find_people(1, asked)]


@pytest.fixture
def kept(store: Store) -> Store:
    save(store, snapshot=company(people=3))
    return store


def test_a_person_is_found_by_every_id_and_name_that_either_side_knows(kept: Store) -> None:
    user, app_user = kept.snapshot(1).okta.users[0], kept.snapshot(1).okta.app_users[0]
    account = next(one for one in kept.snapshot(1).scim.users if one.id == app_user.external_id)
    known = (user.id, user.login, user.login.upper(), user.email, account.id, account.user_name)
    assert {asked: ids(kept, asked) for asked in known if asked} == {
        asked: [(user.id, account.id)] for asked in known if asked
    }


def test_a_part_of_the_name_finds_everybody_it_fits(kept: Store) -> None:
    assert len(ids(kept, "acme")) == 3


def test_neither_finding_nor_explaining_somebody_reads_everybody(kept: Store) -> None:
    asked: list[str] = []
    account = kept.snapshot(1).scim.users[0]
    kept.db.conn.set_trace_callback(asked.append)
    assert kept.find_people(1, account.user_name or "") == kept.find_people(1, account.id)
    kept.around(1, user_id=account.external_id, account_id=account.id)
    kept.db.conn.set_trace_callback(None)
    plans = [kept.db.execute(f"EXPLAIN QUERY PLAN {statement}") for statement in asked if "SELECT" in statement]
    steps = {step for plan in plans for *_, step in plan}
    many = ("okta_users", "app_users", "scim_users", "kandji_users", "memberships", "scim_memberships", "rows")
    assert [step for step in sorted(steps) if step.startswith(tuple(f"SCAN {table}" for table in many))] == []


def test_wildcards_of_the_database_are_letters_like_any_other(kept: Store) -> None:
    assert ids(kept, "%") == ids(kept, "_") == []


def test_a_pushed_group_is_found_by_the_ids_and_names_of_both_its_ends(kept: Store) -> None:
    mapping = kept.snapshot(1).okta.mappings[0]
    group = next(one for one in kept.snapshot(1).okta.groups if one.id == mapping.source_group_id)
    for asked in (group.id, group.name, group.name.upper(), mapping.id):
        assert [one.group_id for one in kept.find_groups(1, asked)] == [group.id]


def test_nobody_hides_another_by_taking_an_id_for_a_name(store: Store) -> None:
    whole = company(people=3)
    first, second, *rest = whole.okta.users
    namesake = replace(second, display_name=first.id)
    save(store, snapshot=replace(whole, okta=replace(whole.okta, users=(first, namesake, *rest))))
    assert [user_id for user_id, _ in ids(store, first.id)] == [first.id]


def test_no_group_hides_a_person_by_taking_an_id_for_its_name(store: Store) -> None:
    whole = company(people=3)
    user, (first, *rest) = whole.okta.users[0], whole.okta.groups
    groups = (replace(first, name=user.id), *rest)
    save(store, snapshot=replace(whole, okta=replace(whole.okta, groups=groups)))
    who = resolve(store, 1, user.id)
    assert (who.type, who.person and who.person.user_id) == ("person", user.id)


def test_candidates_that_are_not_all_given_are_counted_as_at_least_so_many(store: Store) -> None:
    save(store, snapshot=company(people=MOST + 1))
    with pytest.raises(NotKnown, match=f"could be at least {MOST} of them"):
        resolve(store, 1, "acme")


def test_a_name_longer_than_the_database_can_look_for_is_nobody(kept: Store) -> None:
    assert ids(kept, "a" * 70_000) == []
