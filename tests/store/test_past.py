from __future__ import annotations

from msgspec.structs import replace

from reconciler.model import Snapshot
from reconciler.store import Store
from tests.store.samples import company, finding, save


def with_first_account(snapshot: Snapshot, *, active: bool) -> Snapshot:
    first, *rest = snapshot.scim.users
    return replace(snapshot, scim=replace(snapshot.scim, users=(replace(first, active=active), *rest)))


def test_a_change_of_a_record_is_told_with_both_values_and_the_run_that_saw_it(store: Store) -> None:
    account = company(people=2).scim.users[0].id
    save(store, 0, snapshot=company(people=2))
    save(store, 1, snapshot=with_first_account(company(people=2), active=False))
    (told,) = store.past_of_person(2, user_id=None, account_id=account)
    assert (told.run, told.record, told.field, told.before, told.after) == (2, "Kandji account", "active", "1", "0")


def test_who_leaves_a_group_and_comes_back_is_told_twice(store: Store) -> None:
    whole = company(people=2)
    group, *rest = whole.okta.members
    without = replace(whole, okta=replace(whole.okta, members=(replace(group, members=group.members[1:]), *rest)))
    for hour, snapshot in enumerate((whole, without, whole)):
        save(store, hour, snapshot=snapshot)
    user = group.members[0].user_id
    moves = [one for one in store.past_of_person(3, user_id=user, account_id=None) if one.record.startswith("in the")]
    assert [(one.run, one.after) for one in moves] == [(2, "gone"), (3, "there")]


def test_the_states_of_a_finding_are_told_run_by_run(store: Store) -> None:
    save(store, 0, finding("ana"))
    save(store, 1)
    save(store, 2, finding("ana"))
    assert [(one.run, one.state) for one in store.past_of_finding(3, finding("ana").id)] == [
        (1, "first sight"),
        (2, "fixed"),
        (3, "back again"),
    ]


def test_a_group_is_told_by_the_name_it_had_up_to_that_run(store: Store) -> None:
    whole = company(people=2)
    group, *rest = whole.okta.members
    without = replace(whole, okta=replace(whole.okta, members=(replace(group, members=group.members[1:]), *rest)))
    first, *others = whole.okta.groups
    renamed = replace(without, okta=replace(without.okta, groups=(replace(first, name="Renamed later"), *others)))
    for hour, snapshot in enumerate((whole, without, renamed)):
        save(store, hour, snapshot=snapshot)
    user = group.members[0].user_id
    told = [one.record for one in store.past_of_person(2, user_id=user, account_id=None)]
    assert told == [f"in the Okta group {first.name}"]
