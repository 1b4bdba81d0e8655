"""How the program reads and judges a raw world: by its own decoders, its own joining and its own checks."""

from __future__ import annotations

import json
import sys
from typing import Any, TypeVar

import httpx
import msgspec

from reconciler import checks, joining
from reconciler.directories import okta_wire
from reconciler.directories.answers import Answer
from reconciler.directories.okta_user_wire import People
from reconciler.directories.scim_wire import read_group, read_user
from reconciler.findings import Finding, Judgement
from reconciler.model import Capabilities, GroupMembers, Member, Memory, OktaSnapshot, ScimGroup, ScimSnapshot, Snapshot
from reconciler.world import Settings
from tests.worlds import FEATURES, NOW

T = TypeVar("T")
_APP = {"id": "0oa1", "name": "kandji", "label": "Kandji", "status": "ACTIVE", "features": FEATURES}


def findings(text: str) -> tuple[Finding, ...]:
    """What the checks find in a world, settling or not."""
    return judgement(text).findings


def judgement(text: str) -> Judgement:
    world = json.loads(text)
    pointers, groups = world["earlier"]["pointers"], world["earlier"]["groups"]
    before = Memory(first=False, pointed=tuple(pointers.items()), learnt_groups=tuple(groups.items()))
    chosen = Settings(scope_groups=tuple(world["scope"]), names=tuple(world["names"].items()))
    return checks.run(joining.join(snapshot(world), before=before, settings=chosen, now=NOW))


def snapshot(world: dict[str, Any]) -> Snapshot:
    return Snapshot(okta=_okta(world["okta"]), scim=_scim(world["scim"]))


def _okta(told: dict[str, Any]) -> OktaSnapshot:
    people = People()
    app_users = _decoded(told["app_users"], people.app_user)
    members = {group: _decoded(rows, people.user) for group, rows in told["members"].items()}
    found = [row for rows in (*members.values(), _decoded(told["found"], people.user)) for row in rows]
    embedded = [row.user for row in app_users if row.user is not None]
    return OktaSnapshot(
        org_url="https://acme.okta.com",
        app=_decoded([_APP], okta_wire.App)[0].value(),
        users=tuple({row.id: row.value() for row in (*embedded, *found)}.values()),
        app_users=tuple(row.value() for row in app_users),
        app_groups=(),
        mappings=tuple(row.value() for row in _decoded(told["mappings"], okta_wire.Mapping)),
        rules=None,
        groups=tuple(row.value() for row in _decoded(told["groups"], okta_wire.Group)),
        invisible_group_ids=(),
        members=tuple(
            GroupMembers(group_id=group, members=tuple(Member(user_id=row.id, rule_ids=row.rule_ids()) for row in rows))
            for group, rows in members.items()
        ),
        absent_user_ids=tuple(told["gone"]),
        looked_up_scim_ids=tuple(told["looked_up"]),
    )


def _scim(told: dict[str, Any]) -> ScimSnapshot:
    answer = Answer(status=200, headers=httpx.Headers(), content=b"", url=httpx.URL("https://acme.api.kandji.io/scim"))
    groups = [read_group(msgspec.Raw(json.dumps(row).encode()), answer) for row in told["groups"]]
    return ScimSnapshot(
        base_url=str(answer.url),
        capabilities=Capabilities(),
        users=tuple(read_user(msgspec.Raw(json.dumps(row).encode()), answer).user for row in told["users"]),
        groups=tuple(ScimGroup(id=row.id, display_name=row.display_name, member_ids=row.member_ids) for row in groups),
        absent_user_ids=tuple(told["gone"]),
        absent_group_names=tuple(told["not_found"]),
    )


def _decoded(rows: list[Any], row_type: type[T]) -> list[T]:
    return msgspec.json.decode(json.dumps(rows), type=list[row_type])  # type: ignore[valid-type]


if __name__ == "__main__":  # for a test that asks another process
    for one in json.load(sys.stdin):
        print(*(finding.id for finding in findings(json.dumps(one))))
