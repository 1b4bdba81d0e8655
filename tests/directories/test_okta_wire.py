"""Okta's JSON: every recorded body of an endpoint we read decodes, and each field we keep equals the raw one."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import msgspec
import pytest

from reconciler import model
from reconciler.directories import okta_user_wire as people
from reconciler.directories import okta_wire as wire

ID = r"[A-Za-z0-9]{20}"
ASKED = ("department", "displayName", "email", "employeeNumber", "firstName", "login", "mobilePhone", "title")
PEOPLE = people.People(ASKED)
READ: tuple[tuple[str, type[Any]], ...] = (
    (rf"/api/v1/apps(/{ID})?", wire.App),
    (rf"/api/v1/apps/{ID}/users(/{ID})?", PEOPLE.app_user),
    (rf"/api/v1/apps/{ID}/groups(/{ID})?", wire.AppGroup),
    (rf"/api/v1/apps/{ID}/group-push/mappings(/{ID})?", wire.Mapping),
    (rf"/api/v1/groups(/{ID})?", wire.Group),
    (rf"/api/v1/groups/{ID}/users", PEOPLE.user),
    (rf"/api/v1/groups/rules(/{ID})?", wire.Rule),
    (rf"/api/v1/users(/{ID})?", PEOPLE.user),
)
NOT_READ = (
    r"/\.well-known/okta-organization",
    rf"/api/v1/apps/{ID}/credentials/keys",
    rf"/api/v1/internal/apps/{ID}/settings/oauth/idToken",
    rf"/api/v1/apps/{ID}/lifecycle/deactivate",
    r"/api/v1/policies",
    rf"/api/v1/users/{ID}/groups",
    rf"/api/v1/groups/rules/{ID}",  # its DELETE answers an empty object
)
"""Recorded with a JSON body, and asked for by nothing in this program."""

Raw = dict[str, Any]


def time(text: str | None) -> datetime | None:
    """Read by other means than the program's."""
    if text is None:
        return None
    form = "%Y-%m-%dT%H:%M:%S.%fZ" if "." in text else "%Y-%m-%dT%H:%M:%SZ"
    return datetime.strptime(text, form).replace(tzinfo=UTC)


def at(*path: str) -> Callable[[Raw], Any]:
    def find(raw: Raw) -> Any:
        found: Any = raw
        for key in path:
            found = None if found is None else found.get(key)
        return found

    return find


def when(key: str) -> Callable[[Raw], Any]:
    return lambda raw: time(raw.get(key))


FIELDS: dict[type[Any], dict[str, Callable[[Raw], Any]]] = {
    model.App: {
        "id": at("id"),
        "name": at("name"),
        "label": at("label"),
        "status": at("status"),
        "sign_on_mode": at("signOnMode"),
        "features": lambda raw: tuple(raw["features"]),
        "provisioning_status": lambda _: None,
        "schema_attributes": lambda _: None,
    },
    model.AppUser: {
        "id": at("id"),
        "status": at("status"),
        "scope": at("scope"),
        "external_id": at("externalId"),
        "user_name": at("credentials", "userName"),
        "sync_state": at("syncState"),
        "created": when("created"),
        "status_changed": when("statusChanged"),
        "profile": lambda raw: tuple(
            (name, raw["profile"][key])
            for name, key in (
                ("displayName", "name"),
                ("givenName", "given_name"),
                ("familyName", "family_name"),
                ("email", "email"),
            )
            if key in raw["profile"]
        ),
    },
    model.AppGroup: {"id": at("id"), "priority": at("priority"), "last_updated": when("lastUpdated")},
    model.Mapping: {
        "id": at("id"),
        "source_group_id": at("sourceGroupId"),
        "target_group_id": at("targetGroupId"),
        "status": at("status"),
        "error_summary": at("errorSummary"),
        "last_push": when("lastPush"),
        "created": when("created"),
        "last_updated": when("lastUpdated"),
    },
    model.Group: {
        "id": at("id"),
        "name": at("profile", "name"),
        "type": at("type"),
        "source_id": at("source", "id"),
        "users_count": at("_embedded", "stats", "usersCount"),
        "has_admin_role": at("_embedded", "stats", "hasAdminPrivlege"),
        "created": when("created"),
        "last_membership_updated": when("lastMembershipUpdated"),
    },
    model.OktaUser: {
        "id": at("id"),
        "status": at("status"),
        "login": at("profile", "login"),
        "email": at("profile", "email"),
        "first_name": at("profile", "firstName"),
        "last_name": at("profile", "lastName"),
        "display_name": at("profile", "displayName"),
        "created": when("created"),
        "activated": when("activated"),
        "status_changed": when("statusChanged"),
        "type_id": at("type", "id"),
        "realm_id": at("realmId"),
        "attributes": lambda raw: tuple((name, raw["profile"][name]) for name in ASKED if name in raw["profile"]),
    },
    model.Rule: {
        "id": at("id"),
        "name": at("name"),
        "status": at("status"),
        "expression": at("conditions", "expression", "value"),
        "target_group_ids": lambda raw: tuple(raw["actions"]["assignUserToGroups"]["groupIds"]),
        "excluded_user_ids": lambda raw: tuple(raw["conditions"]["people"]["users"]["exclude"]),
        "all_groups_valid": at("allGroupsValid"),
        "created": when("created"),
        "last_updated": when("lastUpdated"),
    },
}


def recorded(facts: Path) -> Iterator[tuple[str, str, Any]]:
    """(method, path, body) of every answer with a JSON body."""
    for file in sorted((facts / "recorded").glob("*.jsonl")):
        for line in file.read_text(encoding="utf-8").splitlines():
            exchange = json.loads(line)
            kinds = exchange["headers"].get("Content-Type", [""])
            if exchange["status"] < 300 and exchange["body"] and kinds[0].startswith("application/json"):
                path = re.sub(r"^https://[^/]+", "", exchange["url"]).partition("?")[0]
                yield exchange["method"], path, exchange["body"]


def type_of(path: str) -> type[Any] | None:
    return next((kind for pattern, kind in READ if re.fullmatch(pattern, path)), None)


@pytest.mark.facts
def test_every_recorded_body_of_an_endpoint_we_read_decodes_and_keeps_its_values(facts: Path) -> None:
    seen: dict[type[Any], int] = {}
    for method, path, body in recorded(facts):
        kind = type_of(path)
        if kind is None or (method == "DELETE"):
            continue
        raw = json.loads(body)
        shape: Any = list[kind] if isinstance(raw, list) else kind  # type: ignore[valid-type]  # known at run time only
        decoded: Any = msgspec.json.decode(body.encode(), type=shape)
        for one, raw_one in zip(decoded, raw, strict=True) if isinstance(raw, list) else [(decoded, raw)]:
            value = PEOPLE.value(one) if isinstance(one, people.User) else one.value()
            assert {name: getattr(value, name) for name in value.__struct_fields__} == {
                name: find(raw_one) for name, find in FIELDS[type(value)].items()
            }
            seen[kind] = seen.get(kind, 0) + 1
    assert set(seen) == {kind for _, kind in READ}


@pytest.mark.facts
def test_every_recorded_path_is_read_or_listed_as_not_read(facts: Path) -> None:
    for method, path, _ in recorded(facts):
        listed = any(re.fullmatch(pattern, path) for pattern in NOT_READ)
        assert listed if method == "DELETE" else (type_of(path) is not None) or listed, (method, path)


@pytest.mark.facts
def test_every_path_listed_as_not_read_was_recorded(facts: Path) -> None:
    paths = {path for _, path, _ in recorded(facts)}
    assert [one for one in NOT_READ if not any(re.fullmatch(one, path) for path in paths)] == []


REQUIRED: tuple[tuple[type[Any], Raw, tuple[str, ...]], ...] = (
    (
        people.User,
        {"id": "1", "status": "A", "profile": {"login": "l"}},
        ("id", "status", "profile", "profile.login"),
    ),
    (people.AppUser, {"id": "1", "status": "A"}, ("id", "status")),
    (wire.AppGroup, {"id": "1"}, ("id",)),
    (wire.Mapping, {"id": "1", "status": "A", "sourceGroupId": "2"}, ("id", "status", "sourceGroupId")),
    (wire.Group, {"id": "1", "type": "A", "profile": {"name": "n"}}, ("id", "type", "profile", "profile.name")),
    (
        wire.Rule,
        {"id": "1", "name": "n", "status": "A", "actions": {"assignUserToGroups": {"groupIds": []}}},
        ("id", "name", "status", "actions", "actions.assignUserToGroups"),
    ),
    (wire.App, {"id": "1", "name": "n", "label": "l", "status": "A"}, ("id", "name", "label", "status")),
    (wire.Feature, {"name": "n", "status": "A"}, ("name", "status")),
    (wire.Connection, {"status": "A"}, ("status",)),
    (wire.Schema, {"definitions": {}}, ("definitions",)),
)


@pytest.mark.parametrize(("kind", "least", "path"), [(k, b, p) for k, b, paths in REQUIRED for p in paths])
@pytest.mark.parametrize("how", ["absent", "null"])
def test_what_a_body_must_contain_has_no_default(kind: type[Any], least: Raw, path: str, how: str) -> None:
    msgspec.convert(least, kind)
    body = json.loads(json.dumps(least))
    *parents, key = path.split(".")
    inner = body
    for parent in parents:
        inner = inner[parent]
    if how == "absent":
        del inner[key]
    else:
        inner[key] = None
    with pytest.raises(msgspec.ValidationError):
        msgspec.convert(body, kind)


@pytest.mark.parametrize("least", [(kind, body) for kind, body, _ in REQUIRED], ids=lambda one: one[0].__name__)
def test_missing_and_null_are_alike_where_absence_is_legal(least: tuple[type[Any], Raw]) -> None:
    kind, body = least
    nulls = {field.encode_name: None for field in msgspec.structs.fields(kind) if field.encode_name not in body}
    assert msgspec.convert({**body, **nulls}, kind) == msgspec.convert(body, kind)


@pytest.mark.parametrize("status", ["QUARANTINED", "", "ünbekannt"])
def test_a_status_that_okta_invents_decodes(status: str) -> None:
    assert msgspec.convert({"id": "1", "status": status}, people.AppUser).value().status == status


@pytest.mark.parametrize(
    ("embedded", "rules"),
    [
        (None, None),
        ({}, None),
        ({"group-rules": None}, None),
        ({"group-rules": []}, ()),
        ({"group-rules": [{"id": "b", "name": "x"}, {"id": "a"}]}, ("a", "b")),
    ],
)
def test_a_member_put_in_by_hand_is_not_one_whose_rules_are_unknown(
    embedded: Any, rules: tuple[str, ...] | None
) -> None:
    body = {"id": "1", "status": "ACTIVE", "profile": {"login": "l"}, "_embedded": embedded}
    assert msgspec.convert(body, people.User).rule_ids() == rules


@pytest.mark.parametrize(
    ("text", "read"),
    [
        ("2026-03-25T13:45:47Z", datetime(2026, 3, 25, 13, 45, 47, tzinfo=UTC)),
        ("2026-03-25T13:45:47.123Z", datetime(2026, 3, 25, 13, 45, 47, 123000, tzinfo=UTC)),
        ("2026-03-25T15:45:47+02:00", datetime(2026, 3, 25, 13, 45, 47, tzinfo=UTC)),
        ("2026-03-25T13:45:47", datetime(2026, 3, 25, 13, 45, 47, tzinfo=UTC)),
        ("yesterday", None),
        ("", None),
        (None, None),
        (1774446347000, None),
    ],
)
def test_a_time_is_aware_utc_or_none(text: wire.Time, read: datetime | None) -> None:
    assert wire.moment(text) == read


@pytest.mark.parametrize(
    ("profile", "pairs"),
    [
        ({}, ()),
        ({"displayName": "Ana", "nickName": "x"}, (("displayName", "Ana"),)),
        ({"title": None, "department": ""}, (("title", None), ("department", ""))),
        ({"given_name": "Ana", "family_name": "B"}, (("givenName", "Ana"), ("familyName", "B"))),
        ({"firstName": "old", "givenName": "Ana"}, (("givenName", "Ana"),)),
        ({"givenName": "Ana", "firstName": "old"}, (("givenName", "Ana"),)),
        ({"department": 42, "title": ["a"], "email": True}, (("department", "42"),)),
    ],
)
def test_the_app_profile_is_kept_under_scim_names(profile: Raw, pairs: model.Pairs) -> None:
    assert people.scim_names(profile) == pairs


def test_an_empty_external_id_is_none() -> None:
    assert msgspec.convert({"id": "1", "status": "A", "externalId": ""}, people.AppUser).value().external_id is None


def test_a_schema_gives_its_attributes_under_scim_names() -> None:
    body: Raw = {"definitions": {"base": {"properties": {"userName": {}}}, "custom": {"properties": {"firstName": {}}}}}
    assert msgspec.convert(body, wire.Schema).attributes() == ("givenName", "userName")


@pytest.mark.parametrize(
    ("told", "kept"),
    [
        ({"level": 3, "remote": False, "pay": 1.5}, (("level", 3), ("pay", 1.5), ("remote", False))),
        ({"level": None, "team": ""}, (("level", None), ("team", ""))),
        ({"team": ["a", "b"], "remote": []}, (("remote", ()), ("team", ("a", "b")))),
        ({"team": {"name": "a"}, "remote": [None], "town": "Oslo"}, ()),
        ({"lastName": "Lee"}, (("lastName", "Lee"),)),
    ],
)
def test_exactly_the_attributes_that_rules_read_are_kept_as_they_are_and_absent_is_not_null(
    told: Raw, kept: model.Attributes
) -> None:
    reading = people.People(("level", "remote", "pay", "team", "lastName"))
    user = msgspec.convert({"id": "1", "status": "A", "profile": {"login": "l", **told}}, reading.user)
    assert repr(reading.value(user).attributes) == repr(kept)


def test_attributes_that_people_share_are_kept_once_and_numbers_are_not_taken_for_yes_and_no() -> None:
    reading = people.People(("team", "level"))

    def attributes(**told: object) -> model.Attributes:
        body = {"id": "1", "status": "A", "profile": {"login": "l", **told}}
        return reading.value(msgspec.convert(body, reading.user)).attributes

    assert attributes(team="a") is attributes(team="a")
    assert repr((attributes(level=1), attributes(level=True))) == "((('level', 1),), (('level', True),))"
