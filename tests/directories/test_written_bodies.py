"""Bodies beside what was read: what differs from it by anything but the change does not fit."""

from __future__ import annotations

from typing import Any

import pytest

from reconciler.directories import written_bodies as bodies

ACCOUNT: dict[str, Any] = {
    "id": "k1",
    "userName": "ada@acme.test",
    "active": True,
    "displayName": "Ada",
    "meta": {"a": 1},
}
GROUP: dict[str, Any] = {"id": "kg1", "displayName": "designers", "meta": {"version": "1"}}
HOME = {"value": "ada@home.test", "type": "work", "primary": True}
RULE: dict[str, Any] = {
    "type": "group_rule",
    "name": "feeds",
    "conditions": {"expression": {"value": "old", "type": bodies.EXPRESSION}},
    "actions": {"assignUserToGroups": {"groupIds": ["00g1"]}},
}


def without_meta(body: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {key: value for key, value in {**body, **more}.items() if key != "meta"}


OFF = without_meta(ACCOUNT, active=False)


@pytest.mark.parametrize(("sent", "fits"), [(None, True), ({}, True), ([], False), ({"x": None}, False), (0, False)])
def test_no_body_is_none_or_an_empty_one(sent: Any, fits: bool) -> None:
    assert bodies.nothing(sent, None) is fits


@pytest.mark.parametrize(
    ("sent", "read", "fits"),
    [
        (OFF, ACCOUNT, True),
        (OFF, {**ACCOUNT, "active": None}, True),
        (OFF, None, False),
        ({"active": False}, None, False),
        ({"active": False}, {}, False),
        ({**OFF, "displayName": "Ada B."}, ACCOUNT, False),
        ({"active": False}, ACCOUNT, False),
        ({**OFF, "active": 0}, ACCOUNT, False),
        ([OFF], ACCOUNT, False),
    ],
)
def test_an_account_that_is_switched_differs_by_that_alone(sent: Any, read: Any, fits: bool) -> None:
    assert bodies.active_set(False)(sent, read) is fits


@pytest.mark.parametrize(
    ("sent", "read", "fits"),
    [
        ({"displayName": "Ada B."}, None, False),
        ({"displayName": "Ada B."}, {}, False),
        (without_meta(ACCOUNT, displayName="Ada B."), ACCOUNT, True),
        (without_meta(ACCOUNT, displayName="Ada B.", id="k2"), ACCOUNT, False),
        (without_meta(ACCOUNT, displayName="Ada B.", externalId="Ada B."), ACCOUNT, False),
        (without_meta(ACCOUNT, displayName="Ada B.", active=False), ACCOUNT, False),
        (without_meta(ACCOUNT, title=""), {**ACCOUNT, "title": "Baker"}, True),
        (without_meta(ACCOUNT, emails=[HOME]), ACCOUNT, True),
        (without_meta(ACCOUNT, emails=[{**HOME, "display": "home"}]), ACCOUNT, False),
        (without_meta(ACCOUNT), {**ACCOUNT, "emails": [{"value": "Ada", "type": "work", "primary": True}]}, True),
        (without_meta(ACCOUNT), {**ACCOUNT, "emails": [{"value": "Ada", "display": "x"}]}, False),
        (without_meta(ACCOUNT, displayName=bodies.ENTERPRISE), ACCOUNT, False),
        (without_meta(ACCOUNT, schemas=[bodies.ENTERPRISE]), ACCOUNT, True),
        (without_meta(ACCOUNT, schemas=["urn:x"]), ACCOUNT, False),
        (without_meta(ACCOUNT, type="odd"), ACCOUNT, True),
    ],
)
def test_an_account_changes_by_the_values_of_the_change_and_what_they_bring(sent: Any, read: Any, fits: bool) -> None:
    values = {"displayName": "Ada B.", "email": "ada@home.test", "title": None}
    assert bodies.attributes_replaced({"displayName": "Ada", "email": None}, values)(sent, read) is fits


def members(*ids: Any, **more: Any) -> dict[str, Any]:
    return {**GROUP, "members": [one if isinstance(one, str) else {"value": one[0]} for one in ids], **more}


K1, K2 = ("k1",), ("k2",)


@pytest.mark.parametrize(
    ("add", "sent", "read", "fits"),
    [
        (True, without_meta(members(K2, K1)), members(K2), True),
        (True, without_meta(members(K1)), GROUP, True),
        (True, without_meta(members("k1", "k2")), members("k2"), True),
        (True, {"members": [{"value": "k1"}]}, None, False),
        (True, {"members": [{"value": "k1"}]}, {"members": []}, False),
        (True, without_meta(members(K1)), None, False),
        (True, without_meta(members(K1), displayName="x"), GROUP, False),
        (True, without_meta(members(K1, K1)), GROUP, False),
        (False, without_meta(members()), members(K1), True),
        (False, without_meta(GROUP), members(K1), True),
        (False, without_meta(members(K2)), members(K1, K2), True),
        (False, without_meta(members(K1)), members(K1, K2), False),
        (False, [members()], members(K1), False),
        (False, members(), None, False),
    ],
)
def test_a_group_put_whole_differs_by_the_one_member(add: bool, sent: Any, read: Any, fits: bool) -> None:
    assert bodies.members_put("k1", add=add)(sent, read) is fits


def rule(**expression: Any) -> dict[str, Any]:
    return {**RULE, "conditions": {"expression": {**RULE["conditions"]["expression"], **expression}}}


@pytest.mark.parametrize(
    ("sent", "read", "fits"),
    [
        (rule(value="new"), RULE, True),
        (rule(value="new"), {**RULE, "id": "0pr1"}, True),
        (rule(value="new", type="urn:x"), RULE, False),
        ({**rule(value="new"), "type": "x"}, RULE, False),
        ({**rule(value="new"), "id": "0pr1"}, RULE, False),
        (rule(value="else"), RULE, False),
        ([RULE], RULE, False),
        (None, None, False),
        (rule(value="new"), [RULE], False),
    ],
)
def test_a_rule_that_is_edited_keeps_all_but_its_expression(sent: Any, read: Any, fits: bool) -> None:
    assert bodies.rule_edited("old", "new")(sent, read) is fits
