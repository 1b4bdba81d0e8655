"""Whatever admins do one after another, by the API and in any order: it goes on answering, as described."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from random import Random
from typing import Any

import pytest

from tests.simulator.small import World

Deed = tuple[str, str, Any]
"""Method, path, body."""
LISTS = (
    "apps",
    "groups?expand=stats",
    'groups?search=type eq "OKTA_GROUP"',
    "groups/rules?expand=groupIdToGroupNameMap",
    "users",
    'users?search=status eq "ACTIVE"&q=a',
    "logs?sortOrder=DESCENDING",
    "apps/{app}/users?expand=user",
    "apps/{app}/users?q=a",
    "apps/{app}/groups?expand=group",
    "apps/{app}/group-push/mappings",
)


class Admins:
    """Several people at work on one org, who know what there is and what there was."""

    def __init__(self, seed: int) -> None:
        self.world = World()
        self.random = Random(f"admins {seed}")
        self.statuses: set[int] = set()
        for name in ("ada", "bea", "cleo"):
            self.world.designer(name)
        org = self.world.org
        self.users, self.groups = list(org.users), list(org.groups)
        self.rules: list[str] = []
        self.mappings = list(org.app.mappings)
        self.deeds: tuple[Callable[[int], Deed], ...] = (
            self._hire, self._found, self._rule, self._push,
            lambda _: ("DELETE", f"users/{self.user}", None),
            lambda _: ("POST", f"users/{self.user}/lifecycle/{self.one('suspend', 'unsuspend', 'activate')}", None),
            lambda n: ("POST", f"users/{self.user}", {"profile": {"title": "Head", "login": f"l{n % 9}@acme.test"}}),
            lambda _: ("PUT", f"groups/{self.group}/users/{self.user}", None),
            lambda _: ("DELETE", f"groups/{self.group}/users/{self.user}", None),
            lambda n: ("PUT", f"groups/{self.group}", {"profile": {"name": f"group {n % 7}", "description": None}}),
            lambda _: ("DELETE", f"groups/{self.group}", None),
            lambda _: ("POST", f"groups/rules/{self.rule}/lifecycle/{self.one('activate', 'deactivate')}", None),
            lambda n: ("PUT", f"groups/rules/{self.rule}", self._rule(n)[2]),
            lambda _: ("DELETE", f"groups/rules/{self.rule}?removeUsers={self.one('true', 'false')}", None),
            lambda _: ("PATCH", f"{self.push}", {"status": self.one("ACTIVE", "INACTIVE")}),
            lambda _: ("DELETE", f"{self.push}?deleteTargetGroup={self.one('true', 'false')}", None),
            lambda _: ("PUT", f"{self.app}/groups/{self.group}", {}),
            lambda _: ("DELETE", f"{self.app}/groups/{self.group}", None),
            lambda _: ("POST", f"{self.app}/users", {"id": self.user, "scope": "USER"}),
            lambda _: ("DELETE", f"{self.app}/users/{self.user}", None),
            lambda _: ("POST", f"{self.app}/lifecycle/{self.one('activate', 'deactivate')}", None),
        )  # fmt: skip

    def one(self, *choices: str) -> str:
        return self.random.choice(choices)

    @property
    def user(self) -> str:
        return self.random.choice(self.users)

    @property
    def group(self) -> str:
        return self.random.choice(self.groups)

    @property
    def rule(self) -> str:
        return self.random.choice(self.rules or ["0prNone"])

    @property
    def app(self) -> str:
        return f"apps/{self.world.org.app.id}"

    @property
    def push(self) -> str:
        return f"{self.app}/group-push/mappings/{self.random.choice(self.mappings)}"

    def _hire(self, number: int) -> Deed:
        name = {"firstName": "A", "lastName": f"N{number}", "email": f"n{number}@acme.test"}
        return "POST", f"users?activate={self.one('true', 'false')}", {"profile": name | {"login": name["email"]}}

    def _found(self, number: int) -> Deed:
        return "POST", "groups", {"profile": {"name": f"group {number % 7}"}}

    def _rule(self, number: int) -> Deed:
        condition = self.one(f'isMemberOfAnyGroup("{self.group}")', 'user.lastName == "Berg"')
        return "POST", "groups/rules", {
            "type": "group_rule",
            "name": f"rule {number % 5}",
            "conditions": {
                "people": {"users": {"exclude": [self.user] if number % 3 == 0 else []}},
                "expression": {"value": condition, "type": "urn:okta:expression:1.0"},
            },
            "actions": {"assignUserToGroups": {"groupIds": [self.group]}},
        }  # fmt: skip

    def _push(self, number: int) -> Deed:
        target = {"targetGroupName": f"group {number % 7}"} if number % 2 else {"targetGroupId": self.group}
        return "POST", f"{self.app}/group-push/mappings", {"sourceGroupId": self.group, **target}

    def work(self, number: int) -> None:
        """The next deed, and what Okta does meanwhile."""
        method, path, body = self.random.choice(self.deeds)(number)
        headers = {"Authorization": f"SSWS {self.world.okta.token}", "Content-Length": "0"}
        more: dict[str, Any] = {"headers": headers} if body is None else {"json": body}
        answer = self.world.ask(f"/api/v1/{path}", method=method, **more)
        self.statuses.add(answer.status_code)
        if method == "POST" and answer.status_code == 200 and answer.content and "lifecycle" not in path:
            known = {"00u": self.users, "00g": self.groups, "0pr": self.rules, "gPm": self.mappings}
            known[answer.json()["id"][:3]].append(answer.json()["id"])
        self.world.clock.advance(timedelta(seconds=self.random.choice((0, 1, 4, 9, 40))))

    def look(self) -> set[int]:
        """Every list, read once; the statuses of the answers."""
        paths = [path.format(app=self.world.org.app.id) for path in LISTS]
        paths += [f"groups/{group}/users?expand=group-rules" for group in self.world.org.groups]
        return {self.world.ask(f"/api/v1/{path}").status_code for path in paths}


def worked(seed: int, deeds: int = 60) -> Admins:
    admins = Admins(seed)
    for number in range(deeds):
        admins.work(number)
        if number % 10 == 9:
            assert admins.look() == {200}
    return admins


@pytest.mark.parametrize("seed", range(3))
def test_the_org_answers_whatever_was_done_before(seed: int) -> None:
    assert {200, 204, 400, 404} <= worked(seed).statuses


@pytest.mark.prove
@pytest.mark.parametrize("seed", range(3, 40))
def test_the_org_answers_whatever_was_done_before_many_times(seed: int) -> None:
    assert worked(seed, 120).statuses <= {200, 202, 204, 400, 403, 404}


def test_after_any_deeds_the_org_comes_to_rest() -> None:
    admins = worked(1)
    admins.world.settle()
    assert admins.world.provisioner.settle() == 0
