"""The gate: what an open change implies passes, to the letter, and nothing else does."""

from __future__ import annotations

import asyncio
import json
from copy import deepcopy
from typing import Any

import httpx
import pytest

from reconciler.changes import (
    AddMember,
    AddToGroup,
    AssignGroup,
    Change,
    CreateRule,
    EditRule,
    LinkGroup,
    Named,
    RemoveMember,
    ReplaceAttributes,
    Repush,
    SetActive,
)
from reconciler.directories.forbidden import OKTA, SCIM, Write
from reconciler.directories.gate import Gate, WriteTransport
from reconciler.directories.writers import Written
from reconciler.errors import WriteRefused
from tests.directories.stand_in import ORG, Service, answer, run, then

APP = "0oaapp00000000000001"
GROUP, PERSON, TARGET = (Named(name=name, id=f"00{name[0]}{'0' * 16}1") for name in ("group", "user", "target"))
ACCOUNT, KANDJI_GROUP = Named(name="ada", id="k1"), Named(name="designers", id="kg1")
RULE = Named(name="feeds", id="0pr00000000000000001")
ADD = AddToGroup(group=GROUP, person=PERSON)
MEMBER = f"/api/v1/groups/{GROUP.id}/users/{PERSON.id}"
RULES = "/api/v1/groups/rules"

ACCOUNT_BODY: dict[str, Any] = {
    "schemas": ["urn:ietf:params:scim:schemas:core:2.0:User"],
    "id": "k1",
    "userName": "ada@acme.test",
    "displayName": "Ada Berg",
    "name": {"givenName": "Ada", "formatted": "Ada Berg"},
    "emails": [{"value": "ada@acme.test", "primary": True}],
    "active": True,
    "meta": {"version": 'W/"1"'},
}
GROUP_BODY: dict[str, Any] = {"id": "kg1", "displayName": "designers", "members": [{"value": "k1"}, {"value": "k2"}]}
RULE_BODY: dict[str, Any] = {
    "id": RULE.id,
    "status": "INACTIVE",
    "type": "group_rule",
    "name": "feeds",
    "conditions": {
        "people": {"users": {"exclude": ["00u1"]}, "groups": {"exclude": []}},
        "expression": {"value": "old", "type": "urn:okta:expression:1.0"},
    },
    "actions": {"assignUserToGroups": {"groupIds": [TARGET.id]}},
}
EDIT = EditRule(rule=RULE, before="old", after="new", group=GROUP)
RENAME = ReplaceAttributes(
    account=ACCOUNT,
    user_id="00u1",
    before=(("displayName", "Ada Berg"), ("department", None)),
    after=(("displayName", "Ada B."), ("department", "Craft")),
)
ENTERPRISE = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User"


def changed(body: dict[str, Any], place: str, value: Any, *, without: tuple[str, ...] = ()) -> dict[str, Any]:
    """A copy with the value at ``a/b/0/c`` set anew, and without some keys."""
    copy = {name: deepcopy(one) for name, one in body.items() if name not in without}
    *path, last = place.split("/")
    within: Any = copy
    for part in path:
        within = within[int(part)] if part.isdigit() else within[part]
    within[last] = value
    return copy


def passes(change: Change | None, write: Write, *, read: Any = None, made: str | None = None) -> bool:
    gate = Gate(APP)
    if read is not None:
        gate.saw(write.service, write.path, json.dumps(read).encode())
    try:
        if change is None:
            gate.admit(write)
        else:
            with gate.opened(change):
                if made is not None:
                    gate.learnt(made)
                gate.admit(write)
    except WriteRefused:
        assert gate.passed == ()
        return False
    assert gate.passed == (Written(service=write.service, method=write.method, path=write.path),)
    return True


def test_without_an_open_change_nothing_passes() -> None:
    write = Write(service=OKTA, method="PUT", path=MEMBER)
    assert not passes(None, write)
    assert passes(ADD, write)


@pytest.mark.parametrize(
    "write",
    [
        Write(service=SCIM, method="PUT", path=MEMBER),
        Write(service=OKTA, method="POST", path=MEMBER),
        Write(service=OKTA, method="DELETE", path=MEMBER),
        Write(service=OKTA, method="PUT", path=f"{MEMBER}/"),
        Write(service=OKTA, method="PUT", path=f"{MEMBER}1"),
        Write(service=OKTA, method="PUT", path=MEMBER.upper()),
        Write(service=OKTA, method="PUT", path=f"/{MEMBER}"),
        Write(service=OKTA, method="PUT", path=MEMBER, query="x=1"),
        Write(service=OKTA, method="PUT", path=MEMBER, body={"x": 1}),
    ],
    ids=str,
)
def test_what_differs_by_a_letter_does_not_pass(write: Write) -> None:
    assert not passes(ADD, write)


RENAMED = {**ACCOUNT_BODY, "displayName": "Ada B.", "meta": None}
BODIES: list[tuple[str, Change, str, Any, bool]] = [
    ("inactive", SetActive(account=ACCOUNT, user_id=None, active=False), "active", False, True),
    ("the wrong way", SetActive(account=ACCOUNT, user_id=None, active=True), "active", False, False),
    ("as text", SetActive(account=ACCOUNT, user_id=None, active=False), "active", "False", False),
    ("renamed", RENAME, "displayName", "Ada B.", True),
    ("formatted", RENAME, "name/formatted", "Ada B.", True),
    ("another value", RENAME, "displayName", "Ada C.", False),
    ("another id", RENAME, "id", "Ada B.", False),
    ("another external id", RENAME, "externalId", "Ada B.", False),
    ("inactive besides", RENAME, "active", False, False),
    ("an extension", RENAME, ENTERPRISE, {"department": "Craft"}, True),
    ("a schema", RENAME, "schemas", [*ACCOUNT_BODY["schemas"], ENTERPRISE], True),
    ("another schema", RENAME, "schemas", [*ACCOUNT_BODY["schemas"], "urn:x"], False),
    ("no e-mail", RENAME, "emails", [], False),
    ("the old value gone", RENAME, "displayName", None, True),
]


@pytest.mark.parametrize(
    ("change", "place", "value", "right"), [one[1:] for one in BODIES], ids=[one[0] for one in BODIES]
)
def test_an_account_changes_by_what_the_change_says(change: Change, place: str, value: Any, right: bool) -> None:
    write = Write(service=SCIM, method="PUT", path="/Users/k1", body=changed(ACCOUNT_BODY, place, value))
    assert passes(change, write, read=ACCOUNT_BODY) is right
    assert not passes(change, write), "unread"


def test_a_value_that_goes_takes_along_what_came_with_it() -> None:
    gone = (("email", "ada@acme.test"),)
    change = ReplaceAttributes(account=ACCOUNT, user_id="00u1", before=gone, after=(("email", None),))
    write = Write(service=SCIM, method="PUT", path="/Users/k1", body={**ACCOUNT_BODY, "emails": []})
    assert passes(change, write, read={**ACCOUNT_BODY, "userName": "ada"}) is False
    assert passes(change, write, read=ACCOUNT_BODY)


MEMBERS = [
    (AddMember, [{"value": "k1"}, {"value": "k2"}, {"value": "k3"}], {}, True),
    (AddMember, [{"value": "k3"}], {}, False),
    (AddMember, [{"value": "k1"}, {"value": "k2"}], {}, False),
    (AddMember, [{"value": "k1"}, {"value": "k2"}, {"value": "k4"}], {}, False),
    (AddMember, [{"value": "k1"}, {"value": "k2"}, {"value": "k3"}, {"value": "k4"}], {}, False),
    (AddMember, [{"value": "k1"}, {"value": "k2"}, {"value": "k3"}], {"displayName": "others"}, False),
    (RemoveMember, [{"value": "k1"}], {}, False),
    (RemoveMember, [{"value": "k1"}, {"value": "k2"}], {}, False),
    (RemoveMember, [{"value": "k2"}], {}, False),
]


@pytest.mark.parametrize(("kind", "members", "more", "right"), MEMBERS)
def test_a_group_put_whole_differs_by_one_member(
    kind: type[AddMember] | type[RemoveMember], members: list[Any], more: dict[str, str], right: bool
) -> None:
    change = kind(kandji_group=KANDJI_GROUP, account=Named(name="", id="k3"))
    write = Write(service=SCIM, method="PUT", path="/Groups/kg1", body={**GROUP_BODY, "members": members, **more})
    assert passes(change, write, read=GROUP_BODY) is right


def test_a_member_leaves_a_group_that_is_put_whole() -> None:
    change = RemoveMember(kandji_group=KANDJI_GROUP, account=ACCOUNT)
    body = {**GROUP_BODY, "members": [{"value": "k2"}]}
    assert passes(change, Write(service=SCIM, method="PUT", path="/Groups/kg1", body=body), read=GROUP_BODY)


@pytest.mark.parametrize(
    ("place", "value", "right"),
    [
        ("conditions/expression/value", "new", True),
        ("conditions/expression/value", "old", True),
        ("conditions/expression/value", "other", False),
        ("name", "other", False),
        ("conditions/people/users/exclude", [], False),
        ("conditions/people/groups/exclude", ["00g1"], False),
        ("actions/assignUserToGroups/groupIds", [GROUP.id], False),
        ("status", "ACTIVE", False),
    ],
)
def test_a_rule_changes_by_its_expression_alone(place: str, value: Any, right: bool) -> None:
    body = changed(RULE_BODY, place, value, without=("id", "status"))
    write = Write(service=OKTA, method="PUT", path=f"{RULES}/{RULE.id}", body=body)
    assert passes(EDIT, write, read=RULE_BODY) is right
    assert not passes(EDIT, write), "unread"


def test_a_rule_is_made_as_it_is_planned() -> None:
    change = CreateRule(name="feeds", expression="old", group=GROUP, target=TARGET)
    bare = {name: RULE_BODY[name] for name in ("type", "name", "actions")}
    right = {**bare, "conditions": {"expression": RULE_BODY["conditions"]["expression"]}}
    wrong = [changed(right, "name", "x"), changed(right, "actions/assignUserToGroups/groupIds", [TARGET.id, GROUP.id])]
    wrong += [{**bare, "conditions": RULE_BODY["conditions"]}, changed(right, "conditions/expression/value", "new")]
    told = [passes(change, Write(service=OKTA, method="POST", path=RULES, body=one)) for one in (right, *wrong)]
    assert told == [True, False, False, False, False]


@pytest.mark.parametrize(
    ("target", "more", "right"),
    [
        (None, {"targetGroupName": "designers"}, True),
        (None, {"targetGroupName": "others"}, False),
        (None, {"targetGroupId": TARGET.id}, False),
        (TARGET, {"targetGroupId": TARGET.id}, True),
        (TARGET, {"targetGroupId": GROUP.id}, False),
        (TARGET, {"targetGroupName": "designers"}, False),
    ],
)
def test_a_mapping_is_made_to_its_target_alone(target: Named | None, more: dict[str, str], right: bool) -> None:
    change = LinkGroup(group=GROUP, target_name="designers", target=target)
    body = {"sourceGroupId": GROUP.id, "status": "ACTIVE", **more}
    write = Write(service=OKTA, method="POST", path=f"/api/v1/apps/{APP}/group-push/mappings", body=body)
    assert passes(change, write) is right


def test_what_the_change_made_itself_may_be_named_by_it_alone() -> None:
    change = CreateRule(name="feeds", expression="old", group=GROUP, target=TARGET)
    write = Write(service=OKTA, method="POST", path=f"{RULES}/{RULE.id}/lifecycle/activate")
    assert not passes(change, write)
    assert passes(change, write, made=RULE.id)
    assert not passes(ADD, write, made=RULE.id)


@pytest.mark.parametrize("body", [{"status": "DELETED"}, {"status": "ACTIVE", "x": 1}, {}, None, ["ACTIVE"]])
def test_of_a_mapping_nothing_but_its_status_is_sent(body: Any) -> None:
    change = Repush(mapping_id="gPm00000000000000001", group=GROUP, kandji_group=None)
    path = f"/api/v1/apps/{APP}/group-push/mappings/{change.mapping_id}"
    assert passes(change, Write(service=OKTA, method="PATCH", path=path, body={"status": "ACTIVE"}))
    assert not passes(change, Write(service=OKTA, method="PATCH", path=path, body=body))


def test_the_app_of_another_plan_is_not_written() -> None:
    other = Write(service=OKTA, method="PUT", path=f"/api/v1/apps/0oaother000000000001/groups/{GROUP.id}", body={})
    assert not passes(AssignGroup(group=GROUP), other)


def test_one_change_at_a_time_is_open_and_none_for_the_task_beside() -> None:
    gate, write = Gate(APP), Write(service=OKTA, method="PUT", path=MEMBER)

    async def beside() -> None:
        with pytest.raises(WriteRefused):
            gate.admit(write)

    async def work() -> None:
        task = asyncio.create_task(beside())
        with gate.opened(ADD):
            await task
            with pytest.raises(WriteRefused), gate.opened(ADD):
                raise AssertionError("opened twice")
            gate.admit(write)
        with pytest.raises(WriteRefused):
            gate.admit(write)

    run(work())
    assert len(gate.passed) == 1


async def send(transport: httpx.AsyncBaseTransport, method: str, url: str, **more: Any) -> int:
    async with httpx.AsyncClient(transport=transport, trust_env=False) as http:
        return (await http.request(method, url, **more)).status_code


@pytest.mark.parametrize(
    ("method", "url", "right"),
    [
        ("GET", f"{ORG}/api/v1/apps", True),
        ("POST", f"{ORG}/oauth2/v1/token", True),
        ("PUT", f"{ORG}{MEMBER}", True),
        ("PUT", f"https://other.okta.com{MEMBER}", False),
        ("PUT", f"{ORG}:8443{MEMBER}", False),
        ("POST", f"{ORG}/oauth2/v1/token?x=1", False),
        ("POST", f"{ORG}/oauth2/v1/revoke", False),
        ("HEAD", f"{ORG}/api/v1/apps", False),
        ("OPTIONS", f"{ORG}/api/v1/apps", False),
        ("PUT", f"{ORG}/x/..{MEMBER}/../{PERSON.id}x", False),
    ],
)
def test_the_transport_sends_what_the_gate_admits_to_its_service_alone(method: str, url: str, right: bool) -> None:
    service, gate = Service(then(answer([]))), Gate(APP)
    transport = WriteTransport(service, gate=gate, service=OKTA, base_url=ORG, token_url=f"{ORG}/oauth2/v1/token")
    with gate.opened(ADD):
        if right:
            assert run(send(transport, method, url)) == 200
        else:
            with pytest.raises(WriteRefused):
                run(send(transport, method, url))
    assert len(service.requests) == right


def test_a_body_that_is_streamed_is_judged_like_any_other() -> None:
    service, gate = Service(then(answer([]))), Gate(APP)
    transport = WriteTransport(service, gate=gate, service=OKTA, base_url=ORG)

    async def parts() -> Any:
        yield b'{"x": 1}'

    with gate.opened(ADD), pytest.raises(WriteRefused):
        run(send(transport, "PUT", f"{ORG}{MEMBER}", content=parts()))
    assert service.requests == []


@pytest.mark.parametrize(("status", "right"), [(200, True), (203, False), (404, False)])
def test_what_is_replaced_was_read_by_a_good_answer(status: int, right: bool) -> None:
    service, gate = Service(then(answer(ACCOUNT_BODY, status))), Gate(APP)
    transport = WriteTransport(service, gate=gate, service=SCIM, base_url=f"{ORG}/scim")
    url, body = f"{ORG}/scim/Users/k1", {**ACCOUNT_BODY, "active": False}
    assert run(send(transport, "GET", url)) == status
    with gate.opened(SetActive(account=ACCOUNT, user_id=None, active=False)):
        if right:
            assert run(send(transport, "PUT", url, json=body)) == status
        else:
            with pytest.raises(WriteRefused):
                run(send(transport, "PUT", url, json=body))
    assert len(gate.passed) == right
