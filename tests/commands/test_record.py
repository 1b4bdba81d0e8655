from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from msgspec.structs import replace

from reconciler.commands.masking import Mask
from reconciler.commands.record import Recorder
from reconciler.directories.http import Exchange
from reconciler.errors import StoreError

APP_USER = {
    "id": "00u1aaaaaaaaaaaaaaaa",
    "externalId": "29360",
    "status": "ACTIVE",
    "credentials": {"userName": "Ana.Lima@acme.example"},
    "profile": {"givenName": "Ana", "department": "MARKETING", "hireDate": "2020-01-02T00:00:00.000Z", "pin": 4711},
    "_links": {"user": {"href": "https://acme.okta.com/api/v1/users/00u1aaaaaaaaaaaaaaaa"}},
}
SCIM_USER = {
    "id": "29360",
    "userName": "ana.lima@acme.example",
    "name": {"formatted": "Ana Lima"},
    "emails": [{"value": "ana.lima@acme.example", "primary": True}],
    "phoneNumbers": [{"value": "5551234567"}],
    "active": True,
}
GROUP = {"id": "7", "displayName": "Sales", "members": [{"value": "29360", "display": "Ana Lima"}]}
SOMEBODY = {
    "id": "00u1aaaaaaaaaaaaaaaa",
    "type": "User",
    "alternateId": "ana.lima@acme.example",
    "displayName": "Ana L",
}
LOG = {
    "uuid": "e1",
    "eventType": "application.provision.user.push",
    "actor": SOMEBODY,
    "client": {
        "ipAddress": "192.0.2.47",
        "geographicalContext": {"city": "Lima", "geolocation": {"lat": 47.11, "lon": 8}},
    },
    "outcome": {"result": "FAILURE", "reason": "Could not push user Ana Lima to Sales"},
    "securityContext": {"asNumber": 4711, "isp": "Acme Net"},
    "debugContext": {"debugData": {"requestUri": "/sales/ana"}},
    "target": [{**SOMEBODY, "changeDetails": {"from": {"pin": 4711}, "to": {"team": "MARKETING"}}}],
}
PERSONAL = ("192.0.2", "47.11", "ana", "lima", "acme", "sales", "marketing", "5551234567", "2020-01-02", "4711")


def exchange(body: Any, **more: Any) -> Exchange:
    given: dict[str, Any] = {
        "method": "GET",
        "url": 'https://acme.okta.com/api/v1/users?filter=profile.login eq "ana.lima@acme.example"&limit=200',
        "request_headers": (("accept", "application/json"), ("x-anything", "ana")),
        "status": 200,
        "headers": (
            ("content-type", "application/json"),
            ("link", '<https://acme.okta.com/api/v1/users?after=x&limit=200>; rel="next"'),
            ("set-cookie", "sid=secret"),
        ),
        "body": json.dumps(body).encode(),
        "seconds": 0.1,
        "attempt": 1,
    } | more
    return Exchange(**given)


def recorded(folder: Path, *exchanges: Exchange) -> list[dict[str, Any]]:
    keep = Recorder(folder, key=b"k").watch("okta")
    for one in exchanges:
        keep(one)
    return [json.loads(line) for line in (folder / "okta.jsonl").read_text("utf-8").splitlines()]


@pytest.mark.parametrize("body", [APP_USER, SCIM_USER, GROUP, LOG])
def test_no_name_and_no_address_is_kept(tmp_path: Path, body: Any) -> None:
    recorded(tmp_path / "r", exchange(body))
    text = (tmp_path / "r" / "okta.jsonl").read_text("utf-8").lower()
    assert [word for word in PERSONAL if word in text] == []


def test_ids_statuses_and_structure_are_kept(tmp_path: Path) -> None:
    (row,) = recorded(tmp_path / "r", exchange(APP_USER))
    assert row["body"]["id"] == "00u1aaaaaaaaaaaaaaaa"
    assert row["body"]["externalId"] == "29360"
    assert row["body"]["status"] == "ACTIVE"
    assert set(row["body"]) == set(APP_USER)


def test_of_an_event_its_type_result_and_the_common_words_of_its_reason_are_kept(tmp_path: Path) -> None:
    body = recorded(tmp_path, exchange(LOG))[0]["body"]
    assert (body["eventType"], body["outcome"]["result"]) == (LOG["eventType"], "FAILURE")
    assert "not push user" in body["outcome"]["reason"]
    assert body["target"][0]["id"] == SOMEBODY["id"]


def test_what_was_equal_on_both_sides_is_equal_afterwards(tmp_path: Path) -> None:
    okta_side, scim_side, group = (
        row["body"] for row in recorded(tmp_path / "r", *map(exchange, (APP_USER, SCIM_USER, GROUP)))
    )
    user_name = okta_side["credentials"]["userName"]
    assert user_name.casefold() == scim_side["userName"].casefold()
    assert user_name != scim_side["userName"]
    assert scim_side["emails"][0]["value"] == scim_side["userName"]
    assert group["members"][0]["value"] == scim_side["id"]
    assert group["members"][0]["display"] == scim_side["name"]["formatted"]


def test_two_recordings_can_not_be_matched() -> None:
    assert Mask(b"one").text("Ana") != Mask(b"two").text("Ana")


def test_a_rule_keeps_its_form_and_loses_its_names() -> None:
    rule = {"conditions": {"expression": {"type": "urn:okta:expression:1.0", "value": 'user.department == "Sales"'}}}
    masked = Mask(b"k").body(rule)["conditions"]["expression"]["value"]
    assert masked.startswith('user.department == "N-')


def test_an_error_keeps_its_common_words_only() -> None:
    words = "Unable to update Group Push mapping target App group Sales EMEA: Error while creating: HTTP 403 Forbidden"
    masked = Mask(b"k").body({"errorSummary": words})["errorSummary"]
    assert "Sales" not in masked
    assert "HTTP 403 Forbidden" in masked


def test_a_token_request_leaves_nothing_but_that_it_was_made(tmp_path: Path) -> None:
    (row,) = recorded(
        tmp_path / "r",
        exchange({"access_token": "CANARY"}, method="POST", url="https://acme.okta.com/oauth2/v1/token"),
    )
    assert row["body"] is None
    assert "CANARY" not in json.dumps(row)


def test_headers_are_kept_by_a_list(tmp_path: Path) -> None:
    (row,) = recorded(tmp_path / "r", exchange(APP_USER))
    assert [name for name, _ in row["headers"]] == ["content-type", "link"]
    assert [name for name, _ in row["request_headers"]] == ["accept"]


def test_a_body_that_is_not_json_is_kept_as_its_size(tmp_path: Path) -> None:
    (row,) = recorded(tmp_path / "r", replace(exchange(None), body=b"<html>Ana</html>"))
    assert row["body"] == "(16 bytes that are not JSON)"


def test_a_recording_is_for_its_owner_alone_and_never_continued(tmp_path: Path) -> None:
    recorded(tmp_path / "r", exchange(APP_USER))
    assert (tmp_path / "r" / "okta.jsonl").stat().st_mode & 0o777 == 0o600
    with pytest.raises(StoreError, match="already holds a recording"):
        Recorder(tmp_path / "r")
