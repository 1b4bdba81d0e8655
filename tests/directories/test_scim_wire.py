"""SCIM bodies as servers really write them."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

import httpx
import pytest

from reconciler.directories.answers import Answer
from reconciler.directories.scim_wire import GroupRow, UserRow, read_body, read_group, read_page, read_user
from reconciler.errors import UnexpectedAnswer
from tests.directories.scim_stand_ins import LIST


def said(body: Any) -> Answer:
    return Answer(
        status=200,
        headers=httpx.Headers(),
        content=json.dumps(body).encode(),
        url=httpx.URL("https://acme.api.kandji.io/api/v1/scim/Users?filter=secret"),
        service="Kandji SCIM",
    )


def user(**attributes: Any) -> UserRow:
    answer = said({"id": "u1", **attributes})
    return read_user(read_body(answer), answer)


def group(**attributes: Any) -> GroupRow:
    answer = said({"id": "g1", **attributes})
    return read_group(read_body(answer), answer)


def test_attribute_names_are_read_in_any_case() -> None:
    answer = said(
        {
            "SCHEMAS": [LIST.upper()],
            "totalresults": 1,
            "resources": [
                {
                    "ID": "u1",
                    "UserName": "ada@acme.example",
                    "ACTIVE": True,
                    "Name": {"GivenName": "Ada", "FAMILYNAME": "Byron"},
                    "EMAILS": [{"VALUE": "ada@acme.example", "Primary": True}],
                    "URN:ietf:params:SCIM:schemas:extension:ENTERPRISE:2.0:user": {"Department": "Engines"},
                }
            ],
        }
    )

    page = read_page(answer)
    row = read_user(page.resources[0], answer).user

    assert page.total == 1
    assert (row.id, row.user_name, row.active) == ("u1", "ada@acme.example", True)
    assert (row.given_name, row.family_name, row.email) == ("Ada", "Byron", "ada@acme.example")
    assert row.department == "Engines"


def test_every_attribute_of_a_plain_user_is_kept() -> None:
    row = user(
        userName="ada",
        externalId="00u1",
        displayName="Ada B.",
        name={"formatted": "Ada Byron"},
        title="Countess",
        meta={"created": "2024-01-02T03:04:05Z", "lastModified": "2026-01-01T00:00:00Z"},
        groups=[{"value": "g1", "display": "Engineers"}, {"value": 7}],
    )

    assert row.user.external_id == "00u1"
    assert (row.user.display_name, row.user.formatted_name, row.user.title) == ("Ada B.", "Ada Byron", "Countess")
    assert row.user.created == datetime(2024, 1, 2, 3, 4, 5, tzinfo=UTC)
    assert row.group_ids == ("g1", "7")


@pytest.mark.parametrize(
    ("emails", "chosen"),
    [
        (None, None),
        ([], None),
        ([{"type": "work"}], None),
        ([{"value": ""}, {"value": "b@x"}], "b@x"),
        ([{"value": "a@x", "type": "home"}, {"value": "b@x", "type": "Work"}], "b@x"),
        ([{"value": "a@x", "type": "work"}, {"value": "b@x", "primary": True}], "b@x"),
        ([{"value": "a@x", "primary": True}, {"value": "b@x", "primary": True}], "a@x"),
        ([{"value": "a@x"}, {"value": "b@x", "primary": "True"}], "b@x"),
        ([{"value": "a@x", "primary": "false"}, {"value": "b@x"}], "a@x"),
        ({"value": "one@x", "type": "work"}, "one@x"),
        ("bare@x", "bare@x"),
        (["a@x", "b@x"], "a@x"),
    ],
)
def test_the_email_is_the_primary_else_the_one_for_work_else_the_first(emails: Any, chosen: str | None) -> None:
    assert user(emails=emails).user.email == chosen


@pytest.mark.parametrize(
    ("active", "read"),
    [(True, True), (False, False), ("True", True), ("False", False), (" false ", False), (1, True), (0, False)],
)
def test_active_is_read_from_booleans_and_from_their_words(active: Any, read: bool) -> None:
    assert user(active=active).user.active is read


@pytest.mark.parametrize("attributes", [{}, {"active": None}, {"active": ""}])
def test_an_active_that_the_server_does_not_say_is_unknown_and_not_false(attributes: dict[str, Any]) -> None:
    assert user(**attributes).user.active is None


def test_an_active_of_another_word_is_an_error() -> None:
    with pytest.raises(UnexpectedAnswer, match="neither true nor false"):
        user(active="maybe")


def test_numeric_ids_become_text() -> None:
    row = user(id=29360, externalId=17)

    assert (row.user.id, row.user.external_id, row.numeric_id) == ("29360", "17", True)
    assert group(id=5, members=[{"value": 29360}]).member_ids == ("29360",)


@pytest.mark.parametrize("body", [{"id": ""}, {"id": None}, {"id": True}, {"id": {}}, {"userName": "no id at all"}])
def test_a_resource_without_an_id_is_an_error(body: Any) -> None:
    answer = said(body)

    with pytest.raises(UnexpectedAnswer):
        read_user(read_body(answer), answer)


@pytest.mark.parametrize(
    "attributes",
    [
        {"urn:ietf:params:scim:schemas:extension:enterprise:2.0:User": {"department": "Engines"}},
        {"urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:department": "Engines"},
        {"department": "Engines"},
    ],
)
def test_the_department_is_found_in_each_place_where_servers_put_it(attributes: dict[str, Any]) -> None:
    assert user(**attributes).user.department == "Engines"


def test_a_name_that_is_a_text_is_the_formatted_name() -> None:
    assert user(name="Ada Byron").user.formatted_name == "Ada Byron"


@pytest.mark.parametrize("created", ["yesterday", 17, None, "0001-01-01T00:00:00+23:00"])
def test_a_time_that_can_not_be_read_is_unknown(created: Any) -> None:
    assert user(meta={"created": created}).user.created is None


@pytest.mark.parametrize("attributes", [{"title": ["a"]}, {"userName": {}}, {"emails": [{"value": 5}]}, {"name": 3}])
def test_an_attribute_of_the_wrong_type_is_an_error_that_shows_no_value(attributes: dict[str, Any]) -> None:
    with pytest.raises(UnexpectedAnswer) as caught:
        user(**attributes)

    assert "secret" not in "\n".join(caught.value.lines())
    assert caught.value.next


@pytest.mark.parametrize("attributes", [{}, {"members": None}])
def test_members_that_are_not_told_are_unknown(attributes: dict[str, Any]) -> None:
    assert group(**attributes).member_ids is None


@pytest.mark.parametrize(
    ("members", "ids"),
    [
        ([], ()),
        ([{"value": "u1", "$ref": "x", "display": "Ada"}], ("u1",)),
        ({"value": "u1"}, ("u1",)),
        (["u1", 2], ("u1", "2")),
        ([{"value": "u2"}, {"value": "u1"}, {"value": "u2"}], ("u2", "u1")),
    ],
)
def test_members_are_read_from_every_form_once_each(members: Any, ids: tuple[str, ...]) -> None:
    assert group(members=members).member_ids == ids


def test_a_group_in_a_group_is_counted_and_not_taken_for_a_person() -> None:
    row = group(members=[{"value": "u1", "type": "User"}, {"value": "g2", "type": "Group"}])

    assert (row.member_ids, row.nested) == (("u1",), 1)


@pytest.mark.parametrize("members", [[{}], [{"display": "Ada"}], [None], [{"value": ""}], [[]], 7.5])
def test_a_member_without_an_id_is_an_error(members: Any) -> None:
    with pytest.raises(UnexpectedAnswer, match="member without an id"):
        group(members=members)


@pytest.mark.parametrize(
    "body",
    [
        [],
        "text",
        None,
        {},
        {"schemas": [LIST]},
        {"schemas": [LIST], "totalResults": 3},
        {"schemas": [LIST], "totalResults": 3, "Resources": None},
        {"schemas": [LIST], "totalResults": "many", "Resources": []},
        {"schemas": [LIST], "totalResults": -1, "Resources": []},
        {"schemas": [LIST], "totalResults": True, "Resources": []},
        {"schemas": [LIST], "totalResults": 1.5, "Resources": []},
        {"schemas": [LIST], "totalResults": 1, "Resources": {"id": "u1"}},
        {"schemas": [LIST], "totalResults": 1, "Resources": ["u1"]},
        {"schemas": [LIST], "totalResults": 1, "Resources": [], "nextCursor": {}},
        {"schemas": ["urn:ietf:params:scim:api:messages:2.0:Error"], "status": "404", "detail": "no"},
        {"schemas": ["urn:ietf:params:scim:schemas:core:2.0:User"], "totalResults": 0, "Resources": []},
        {"totalResults": 0},
        {"Resources": []},
        {"users": [], "total": 0},
    ],
)
def test_a_body_of_the_wrong_shape_is_an_error_and_never_an_empty_list(body: Any) -> None:
    with pytest.raises(UnexpectedAnswer):
        read_page(said(body))


def test_an_empty_list_may_leave_out_its_resources() -> None:
    page = read_page(said({"schemas": [LIST], "totalResults": 0}))

    assert (page.total, page.resources) == (0, ())


def test_a_page_after_the_end_may_leave_out_its_resources() -> None:
    assert read_page(said({"schemas": [LIST], "totalResults": 3}), past_end=True).resources == ()


def test_a_list_that_forgot_its_schema_is_believed_when_all_else_is_there() -> None:
    page = read_page(said({"totalResults": 1, "Resources": [{"id": "u1"}]}))

    assert (page.total, len(page.resources)) == (1, 1)


def test_a_total_may_be_a_number_in_quotes() -> None:
    assert read_page(said({"schemas": [LIST], "totalResults": "12", "Resources": []})).total == 12


@pytest.mark.parametrize(("sent", "read"), [("abc", "abc"), (7, "7"), ("", None), (None, None)])
def test_an_empty_next_cursor_is_the_end(sent: Any, read: str | None) -> None:
    body = {"schemas": [LIST], "Resources": [{"id": "u1"}], "nextCursor": sent}

    assert read_page(said(body)).next_cursor == read
