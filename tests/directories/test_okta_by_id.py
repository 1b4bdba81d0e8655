"""Single records of an app: there, gone, hidden, or not what was asked for."""

from __future__ import annotations

import pytest

from reconciler.directories.okta_by_id import OktaRecords
from reconciler.directories.okta_user_wire import People
from reconciler.errors import ReadFailed, TokenRefused, UnexpectedAnswer, Unreachable
from tests.directories.small_org import APP, SmallOrg, app_user, group, group_id, mapping, user_id
from tests.directories.stand_in import Service, answer, client, okta_error, run

GONE = "00u0000000000000gone"


def records(org: SmallOrg | Service) -> OktaRecords:
    return OktaRecords(client(org), People(), APP)


def test_records_are_read_by_id_and_none_where_there_is_none() -> None:
    org = SmallOrg()
    there = org.mappings[0]["id"]
    app_users = run(records(org).read_app_users([user_id(1), GONE, user_id(1)]))
    users = run(records(org).read_users([user_id(7), GONE]))
    mappings = run(records(org).read_mappings([there, "gPm-gone"]))
    assert {key: row and row.external_id for key, row in app_users.items()} == {user_id(1): "scim-1", GONE: None}
    assert {key: row and row.status for key, row in users.items()} == {user_id(7): "ACTIVE", GONE: None}
    assert {key: row and row.source_group_id for key, row in mappings.items()} == {there: group_id(2), "gPm-gone": None}


def test_the_same_record_is_the_same_as_in_the_list() -> None:
    org = SmallOrg()
    found = run(records(org).read_app_users([user_id(1)]))[user_id(1)]
    listed = org.app_users[0]
    assert found is not None
    assert (found.id, found.status, found.user_name) == (
        listed["id"],
        listed["status"],
        listed["credentials"]["userName"],
    )


def test_the_groups_of_a_person_are_read_to_the_last_page_and_not_of_one_who_is_deleted() -> None:
    org = SmallOrg()
    org.page_cap = 1
    groups = run(records(org).read_groups_of([user_id(1), user_id(7), GONE]))
    assert groups == {user_id(1): {group_id(1), group_id(2)}, user_id(7): frozenset()}


def test_a_mapping_brings_its_groups_and_the_people_of_its_source() -> None:
    org = SmallOrg()
    for one in (group(4, "Design"), group(5, "Design", "APP_GROUP", source={"id": APP})):
        org.groups[one["id"]] = one
    org.members[group_id(4)] = [6, 7]
    org.mappings.append(mapping(2, 4, 5))
    one = org.mappings[1]["id"]
    row = run(records(org).read_mappings([one]))[one]
    assert row is not None
    found = run(records(org).read_groups_by_mapping([row]))
    assert [group.id for group in found.groups] == [group_id(4), group_id(5)]
    assert [(group.group_id, len(group.members)) for group in found.members] == [(group_id(4), 2)]
    assert {user.id for user in found.users} == {user_id(6), user_id(7)}


def test_what_this_token_may_not_read_is_left_out() -> None:
    org = SmallOrg()
    org.instead[f"/api/v1/users/{user_id(1)}"] = lambda _: okta_error(403, "E0000006", "no permission")
    assert list(run(records(org).read_users([user_id(1), user_id(2)]))) == [user_id(2)]


@pytest.mark.parametrize(("status", "error"), [(401, TokenRefused), (500, Unreachable)])
def test_a_refused_token_and_a_fault_that_lasts_are_raised(status: int, error: type[Exception]) -> None:
    org = SmallOrg()
    org.instead["/api/v1/users/.*"] = lambda _: okta_error(status, "E0000011", "no")
    with pytest.raises(error):
        run(records(org).read_users([user_id(1)]))


def test_another_record_than_the_one_asked_for_is_an_error() -> None:
    org = SmallOrg()
    org.instead[f".*/users/{user_id(1)}"] = lambda _: answer(app_user(2))
    with pytest.raises(UnexpectedAnswer, match="another record"):
        run(records(org).read_app_users([user_id(1)]))


def test_an_answer_without_an_id_is_an_error() -> None:
    org = SmallOrg()
    org.instead[f".*/users/{user_id(1)}"] = lambda _: answer({})
    with pytest.raises(ReadFailed):
        run(records(org).read_app_users([user_id(1)]))
