"""Values in a SCIM user's body: under the names that it has already, and everything else left as it was."""

from __future__ import annotations

from copy import deepcopy
from typing import Any

import pytest

from reconciler.commands.applying.bodies import ENTERPRISE, held, there, version, with_values
from reconciler.errors import Vanished

PRIMARY = {"value": "p@x.test", "primary": True}
WORK = {"value": "w@x.test", "type": "work"}
SECOND = {"value": "s@x.test", "type": "home"}
OTHER = {"value": "o@x.test", "type": "home", "primary": False}


@pytest.mark.parametrize(
    ("body", "name", "value", "written"),
    [
        ({}, "title", "a", {"title": "a"}),
        ({"Title": "b", "x": 1}, "title", "a", {"Title": "a", "x": 1}),
        ({"title": "b"}, "title", None, {"title": ""}),
        ({"name": {"formatted": "b"}}, "givenName", "a", {"name": {"formatted": "b", "givenName": "a"}}),
        ({"Name": {"FAMILYNAME": "b"}}, "familyName", "a", {"Name": {"FAMILYNAME": "a"}}),
        ({}, "givenName", "a", {"name": {"givenName": "a"}}),
        ({"name": None}, "givenName", "a", {"name": {"givenName": "a"}}),
        ({"department": "b"}, "department", "a", {"department": "a"}),
        ({"Department": "b"}, "department", "a", {"Department": "a"}),
        (
            {"department": "b", ENTERPRISE: {"Department": "c"}},
            "department",
            "a",
            {"department": "b", ENTERPRISE: {"Department": "a"}},
        ),
        ({ENTERPRISE: {}}, "department", "a", {ENTERPRISE: {"department": "a"}}),
        ({}, "department", "a", {ENTERPRISE: {"department": "a"}}),
        ({"emails": [OTHER, WORK, PRIMARY]}, "email", "a", {"emails": [OTHER, WORK, PRIMARY | {"value": "a"}]}),
        ({"emails": [OTHER, WORK]}, "email", "a", {"emails": [OTHER, WORK | {"value": "a"}]}),
        ({"emails": [OTHER, SECOND]}, "email", "a", {"emails": [OTHER | {"value": "a"}, SECOND]}),
        ({"Emails": ["odd", OTHER]}, "email", "a", {"Emails": ["odd", OTHER | {"value": "a"}]}),
        ({"emails": WORK}, "email", "a", {"emails": WORK | {"value": "a"}}),
        ({"emails": []}, "email", "a", {"emails": [{"primary": True, "type": "work", "value": "a"}]}),
        ({}, "email", "a", {"emails": [{"primary": True, "type": "work", "value": "a"}]}),
    ],
)
def test_a_value_is_written_where_the_body_has_it(body: Any, name: str, value: str | None, written: Any) -> None:
    before = deepcopy(body)
    assert with_values(body, ((name, value),)) == written
    assert body == before


@pytest.mark.parametrize(
    ("body", "name", "has"),
    [
        ({"Title": "a"}, "title", True),
        ({"title": ""}, "title", False),
        ({}, "title", False),
        ({"name": {"givenName": "a"}}, "givenName", True),
        ({"givenName": "a"}, "givenName", False),
        ({}, "familyName", False),
        ({"department": "a"}, "department", True),
        ({ENTERPRISE: {"department": "a"}}, "department", True),
        ({}, "department", False),
        ({"emails": [WORK]}, "email", True),
        ({"emails": []}, "email", False),
        ({}, "email", False),
    ],
)
def test_a_value_is_held_where_it_would_be_written(body: Any, name: str, has: bool) -> None:
    before = deepcopy(body)
    assert (held(body, name), body) == (has, before)


@pytest.mark.parametrize(
    ("body", "told"),
    [
        ({"meta": {"version": 'W/"1"'}}, 'W/"1"'),
        ({"meta": {"version": ""}}, None),
        ({"meta": {"version": 1}}, None),
        ({"meta": {}}, None),
        ({"meta": None}, None),
        ({}, None),
    ],
)
def test_the_entity_tag_is_what_the_server_told(body: Any, told: str | None) -> None:
    assert version(body) == told


def test_what_is_to_be_changed_is_a_copy_of_what_is_there() -> None:
    body = {"emails": [WORK]}
    told = there(body, "ana")
    assert told == body
    assert told["emails"] is not body["emails"]
    with pytest.raises(Vanished, match="ana was deleted") as raised:
        there(None, "ana")
    assert raised.value.status == 404
