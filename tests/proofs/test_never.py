"""Nothing but ``apply`` can send a write, and what is forbidden passes whatever change is open."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from contextlib import nullcontext
from itertools import product
from pathlib import Path
from typing import Any

import click
import pytest

from reconciler import changes
from reconciler.changes import Change, Named, kind
from reconciler.cli import cli
from reconciler.directories.forbidden import OKTA, SCIM, Write, never
from reconciler.directories.gate import Gate
from reconciler.errors import WriteRefused
from reconciler.simulator import company as companies
from reconciler.simulator.okta.endpoints import WRITES
from tests.proofs.harness import installed

REPOSITORY = Path(__file__).resolve().parent.parent.parent

# --- the commands -----------------------------------------------------------------------------------------------------

WRITES_BY_DESIGN = {"apply"}
ON_ITS_OWN = {"demo": "it talks to a company of its own alone"}
CALLS: dict[str, tuple[tuple[str, ...], ...]] = {
    "init": ((),),
    "doctor": ((),),
    "run": (("--fix",),),
    "pull": ((),),
    "report": ((),),
    "status": ((),),
    "findings": ((),),
    "accept": (("--kind", "member-*", "--owner", "it", "--reason", "so be it", "--until", "2031-01-01"),),
    "accepted": ((),),
    "history": ((), ("{person}",)),
    "explain": (("{person}",), ("{group}", "--live")),
    "config show": ((),),
    "config validate": ((),),
    "config schema": ((),),
    "plan": ((), ("-o", "{folder}/plan.json")),
    "verify": ((), ("{folder}/plan.json",)),
    "undo": (("1",),),
    "assign": (("{person}",),),
    "cover": (("{group}",),),
    "link": (("{group}",),),
    "unlink": (("{group}",), ("{group}", "--delete-in-kandji")),
    "push-now": (("{group}",),),
}
"""How each command is called, those too that only plan a write."""


def verbs(group: click.Group = cli, above: str = "") -> Iterator[str]:
    for name, command in group.commands.items():
        if isinstance(command, click.Group):
            yield from verbs(command, f"{above}{name} ")
        else:
            yield f"{above}{name}"


def test_no_command_but_apply_sends_a_write(tmp_path: Path) -> None:
    company = companies.build(
        5, people=30, groups=3, injections=("member-not-assigned", "mapping-error", "member-extra")
    )
    person, group = company.org.users[next(iter(company.org.app.users))], next(iter(company.org.app.mappings.values()))
    words = {"person": person.login, "group": company.org.groups[group.source_group_id].name, "folder": str(tmp_path)}
    assert set(verbs()) - WRITES_BY_DESIGN - ON_ITS_OWN.keys() <= CALLS.keys(), "write down how it is called"
    with installed(company, tmp_path) as installation:
        sent = {"GET"}
        for verb in ["run", *(one for one in CALLS if one in set(verbs()))]:
            for options in CALLS[verb]:
                outcome = installation.call(verb, *(one.format(**words) for one in options))
                assert outcome.code != 1, outcome.err
                sent |= {asked.method for asked in outcome.asked}
    assert sent == {"GET"}


def places(call: str) -> list[str]:
    """Files of the program in which this call stands, one entry a call."""
    files = sorted(path for path in (REPOSITORY / "reconciler").rglob("*.py") if "simulator" not in path.parts)
    texts = ((path.relative_to(REPOSITORY).as_posix(), path.read_text(encoding="utf-8")) for path in files)
    return [place for place, text in texts for _ in re.findall(call, text)]


def test_the_transport_that_lets_writes_pass_is_made_in_one_place_and_asked_for_in_one() -> None:
    assert places(r"(?<!class )\bWriteTransport\(") == ["reconciler/wiring.py"]
    assert len(places(r"\.writers\(")) <= 1


# --- the operations ---------------------------------------------------------------------------------------------------

APP = "0oaapp00000000000001"
GROUP, PERSON = Named(name="designers", id="00ggroup000000000001"), Named(name="ada", id="00uperson00000000001")
TARGET, RULE = Named(name="designers", id="00gtarget00000000001"), Named(name="feeds", id="0prrule0000000000001")
ACCOUNT, KANDJI_GROUP = Named(name="ada", id="k1"), Named(name="designers", id="kg1")
MAPPING_ID = "gPmmapping0000000001"
ON = {"mapping_id": MAPPING_ID, "group": GROUP, "kandji_group": KANDJI_GROUP}

SAMPLES: tuple[Change, ...] = (
    changes.AddToGroup(group=GROUP, person=PERSON),
    changes.RemoveFromGroup(group=GROUP, person=PERSON),
    changes.AssignGroup(group=GROUP),
    changes.EditRule(rule=RULE, before="old", after="new", group=GROUP),
    changes.CreateRule(name="feeds", expression="new", group=GROUP, target=TARGET),
    changes.ActivateRule(rule=RULE, expression="old"),
    changes.ActivateRule(rule=RULE, expression="old", restart=True),
    changes.DeactivateRule(rule=RULE, expression="old"),
    changes.ActivateMapping(mapping_id=MAPPING_ID, group=GROUP, kandji_group=KANDJI_GROUP),
    changes.Repush(mapping_id=MAPPING_ID, group=GROUP, kandji_group=KANDJI_GROUP),
    changes.Relink(
        mapping_id=MAPPING_ID, group=GROUP, target=TARGET, target_name="designers", kandji_group=KANDJI_GROUP
    ),
    changes.LinkGroup(group=GROUP, target_name="designers"),
    changes.UnlinkGroup(mapping_id=MAPPING_ID, group=GROUP, target=TARGET, kandji_group=KANDJI_GROUP),
    changes.UnlinkGroup(
        mapping_id=MAPPING_ID, group=GROUP, target=TARGET, kandji_group=KANDJI_GROUP, delete_in_kandji=True
    ),
    changes.SetActive(account=ACCOUNT, user_id=PERSON.id, active=False),
    changes.ReplaceAttributes(
        account=ACCOUNT, user_id=PERSON.id, before=(("displayName", "Ada"),), after=(("displayName", "Ada B."),)
    ),
    changes.AddMember(kandji_group=KANDJI_GROUP, account=Named(name="ben", id="k2")),
    changes.RemoveMember(kandji_group=KANDJI_GROUP, account=ACCOUNT),
)

MEMBER, MAPPINGS, RULES = (
    "/api/v1/groups/{group}/users/{user}",
    "/api/v1/apps/{app}/group-push/mappings",
    "groups/rules",
)
MAPPING, RULE_AT = f"{MAPPINGS}/{{mapping}}", "/api/v1/groups/rules/{rule}"
CYCLE = f"{RULE_AT}/lifecycle"
IMPLIED: dict[str, set[tuple[str, str]]] = {
    "add-to-group": {("PUT", MEMBER)},
    "remove-from-group": {("DELETE", MEMBER)},
    "assign-group": {("PUT", "/api/v1/apps/{app}/groups/{group}")},
    "edit-rule": {("POST", f"{CYCLE}/deactivate"), ("PUT", RULE_AT), ("POST", f"{CYCLE}/activate")},
    "create-rule": {("POST", "/api/v1/groups/rules")},
    "activate-rule": {("POST", f"{CYCLE}/activate")},
    "activate-rule again": {("POST", f"{CYCLE}/deactivate"), ("POST", f"{CYCLE}/activate")},
    "deactivate-rule": {("POST", f"{CYCLE}/deactivate")},
    "activate-mapping": {("PATCH", MAPPING)},
    "repush": {("PATCH", MAPPING)},
    "relink": {("PATCH", MAPPING), ("DELETE", f"{MAPPING}?deleteTargetGroup=false"), ("POST", MAPPINGS)},
    "link": {("POST", MAPPINGS)},
    "unlink": {("PATCH", MAPPING), ("DELETE", f"{MAPPING}?deleteTargetGroup=false")},
    "unlink and delete": {("PATCH", MAPPING), ("DELETE", f"{MAPPING}?deleteTargetGroup=true")},
    "set-active": {("PUT", "/Users/{account}")},
    "replace-attributes": {("PUT", "/Users/{account}")},
    "add-member": {("PATCH", "/Groups/{kandji_group}"), ("PUT", "/Groups/{kandji_group}")},
    "remove-member": {("PATCH", "/Groups/{kandji_group}"), ("PUT", "/Groups/{kandji_group}")},
}
"""Written down by hand, beside the program's own table."""

SCIM_PATHS = ("/Users", "/Users/{account}", "/Groups", "/Groups/{kandji_group}", "/Me", "/Bulk", "/.search", "/Schemas")
OPERATIONS = (
    *((OKTA, endpoint.method, endpoint.path) for endpoint in WRITES),
    *((SCIM, method, path) for method in ("POST", "PUT", "PATCH", "DELETE") for path in SCIM_PATHS),
)
IDS = {
    "app": (APP, "0oaother000000000001"),
    "group": (GROUP.id, TARGET.id),
    "user": (PERSON.id, "00uother000000000001"),
    "mapping": (MAPPING_ID, "gPmother000000000001"),
    "rule": (RULE.id, "0prother000000000001"),
    "feature": ("USER_PROVISIONING",),
    "account": (ACCOUNT.id, "k9"),
    "kandji_group": (KANDJI_GROUP.id, "kg9"),
}
"""For each placeholder the id that the samples name, and another."""
QUERIES = ("", "deleteTargetGroup=false", "deleteTargetGroup=true", "removeUsers=true")

USER_BODY = {"id": "k1", "userName": "ada@acme.test", "displayName": "Ada", "active": True}
GROUP_BODY = {"id": "kg1", "displayName": "designers", "members": [{"value": "k1"}]}
EXPRESSION = {"value": "old", "type": "urn:okta:expression:1.0"}
RULE_BODY: dict[str, Any] = {
    "type": "group_rule",
    "name": "feeds",
    "conditions": {"expression": EXPRESSION},
    "actions": {"assignUserToGroups": {"groupIds": [TARGET.id]}},
}
PATCH_OP = "urn:ietf:params:scim:api:messages:2.0:PatchOp"


def patch(**operation: Any) -> dict[str, Any]:
    return {"schemas": [PATCH_OP], "Operations": [operation]}


BODIES: tuple[Any, ...] = (
    None,
    {"status": "ACTIVE"},
    {"status": "INACTIVE"},
    {"sourceGroupId": GROUP.id, "status": "ACTIVE", "targetGroupId": TARGET.id},
    {"sourceGroupId": GROUP.id, "status": "ACTIVE", "targetGroupName": "designers"},
    {**RULE_BODY, "conditions": {"expression": {**EXPRESSION, "value": "new"}}},
    USER_BODY,
    {**USER_BODY, "active": False},
    {**USER_BODY, "displayName": "Ada B."},
    GROUP_BODY,
    {**GROUP_BODY, "members": []},
    {**GROUP_BODY, "members": [{"value": "k1"}, {"value": "k2"}]},
    patch(op="add", path="members", value=[{"value": "k2"}]),
    patch(op="remove", path="members", value=[{"value": "k1"}]),
)
"""Among them, for each write that a change implies, a body that means it."""


def ways(path: str) -> Iterator[tuple[bool, str]]:
    """The path with every combination of ids, and whether all of them are those of the samples."""
    names = [name for name in IDS if f"{{{name}}}" in path]
    for chosen in product(*(range(len(IDS[name])) for name in names)):
        filled = {name: IDS[name][which] for name, which in zip(names, chosen, strict=True)}
        yield not any(chosen), path.format(**filled)


def passed(change: Change | None, service: str, method: str, path: str) -> Iterator[tuple[bool, str, str]]:
    """Of the operation, in every form: which passes (whether its ids are the change's own, address, query)."""
    gate = Gate(APP)
    read = USER_BODY if "/Users" in path else GROUP_BODY if "/Groups" in path else RULE_BODY
    with nullcontext() if change is None else gate.opened(change):
        for own, filled in ways(path):
            gate.saw(service, filled, json.dumps(read).encode())
            for query, body in product(QUERIES, [None]) if method == "DELETE" else product(("",), BODIES):
                try:
                    gate.admit(Write(service=service, method=method, path=filled, query=query, body=body))
                except WriteRefused:
                    continue
                yield own, filled, query


def named(change: Change) -> str:
    more = {"restart": " again", "delete_in_kandji": " and delete"}
    return kind(change) + "".join(words for name, words in more.items() if getattr(change, name, False))


def test_there_is_a_sample_of_every_change() -> None:
    every = {str(one.__struct_config__.tag) for one in changes.Change.__args__}
    assert {kind(change) for change in SAMPLES} == every
    assert {named(change) for change in SAMPLES} == IMPLIED.keys()


@pytest.mark.parametrize("change", [None, *SAMPLES], ids=lambda one: "none" if one is None else named(one))
def test_of_all_operations_those_pass_that_the_open_change_implies(change: Change | None) -> None:
    found, strangers = set(), []
    for service, method, path in OPERATIONS:
        for own, filled, query in passed(change, service, method, path):
            found.add((method, f"{path}?{query}" if query else path))
            strangers += [] if own else [f"{method} {filled}"]
    assert (found, strangers) == (set() if change is None else IMPLIED[named(change)], [])


FORBIDDEN = (
    (SCIM, "POST", "/Users", ""),
    (SCIM, "DELETE", "/Users/k1", ""),
    (SCIM, "POST", "/Groups", ""),
    (SCIM, "DELETE", "/Groups/kg1", ""),
    (SCIM, "POST", "/Bulk", ""),
    (SCIM, "POST", "/users", ""),
    (SCIM, "PATCH", "/Users/k1", ""),
    (SCIM, "PATCH", "/users/k1", ""),
    (SCIM, "PATCH", "/Users/k1\n", ""),
    (SCIM, "PATCH", "/Users/k\n1", ""),
    (OKTA, "DELETE", f"/api/v1/groups/rules/{RULE.id}", ""),
    (OKTA, "DELETE", f"/api/v1/groups/rules/{RULE.id}", "removeUsers=true"),
    (OKTA, "PUT", f"/api/v1/apps/{APP}", ""),
    (OKTA, "POST", f"/api/v1/apps/{APP}", ""),
    (OKTA, "POST", f"/api/v1/apps/{APP}/lifecycle/deactivate", ""),
    (OKTA, "PUT", f"/api/v1/apps/{APP}/features/USER_PROVISIONING", ""),
    (OKTA, "DELETE", f"/api/v1/apps/{APP}/users/{PERSON.id}", ""),
    (OKTA, "POST", f"/api/v1/apps/{APP}/users", ""),
    (OKTA, "POST", f"/api/v1/apps/{APP}/users/{PERSON.id}", ""),
    (OKTA, "DELETE", f"/api/v1/apps/{APP}/groups/{GROUP.id}", ""),
    (OKTA, "DELETE", f"/api/v1/groups/{GROUP.id}", ""),
    (OKTA, "PUT", f"/api/v1/groups/{GROUP.id}", ""),
    (OKTA, "POST", "/api/v1/groups", ""),
    (OKTA, "DELETE", f"/api/v1/users/{PERSON.id}", ""),
    (OKTA, "POST", f"/api/v1/users/{PERSON.id}/lifecycle/deactivate", ""),
    (OKTA, "DELETE", f"/api/v1/apps/{APP}/group-push/mappings/{MAPPING_ID}", "deleteTargetGroup=true"),
    (OKTA, "DELETE", f"/api/v1/apps/{APP}/group-push/mappings/{MAPPING_ID}", ""),
    (OKTA, "DELETE", f"/api/v1/groups/{GROUP.id}/users/{PERSON.id}", ""),
)
"""Safety 14, and what else nobody asked for."""
ONE_EXCEPTION = {
    ("unlink and delete", "deleteTargetGroup=true"): "the explicit unlink GROUP --delete-in-kandji",
    ("remove-from-group", f"/api/v1/groups/{GROUP.id}/users/{PERSON.id}"): "what undo takes back",
}


@pytest.mark.parametrize(("service", "method", "path", "query"), FORBIDDEN)
def test_what_is_forbidden_is_refused_whatever_change_is_open(service: str, method: str, path: str, query: str) -> None:
    write = Write(service=service, method=method, path=path, query=query)
    let_through = {named(change) for change in SAMPLES if never(write, change) is None}
    assert let_through == {name for name, place in ONE_EXCEPTION if place in (query, path)}
    assert never(write, None) is not None
