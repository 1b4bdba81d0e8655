"""The simulator answers as recorded: the same requests, in the same order, give the same statuses, keys and values; and
where no recording fits its own world, its answers have the keys of recorded ones: none that was never seen, none
missing that always was."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from tests.simulator.recordings import Differing, Outcome, Replay, steps
from tests.simulator.small import World


@dataclass(frozen=True)
class Allowed:
    """Where a replayed answer may differ, and why."""

    place: str
    what: str
    reason: str

    def covers(self, found: Differing) -> bool:
        return bool(re.fullmatch(self.place, found.place) and re.search(self.what, found.what))


MORE, LESS, OTHER = r"^was not recorded", r"^is missing; None", r" was recorded, here it is "

ALLOWED = (
    Allowed(r"(\[\]\.)?_links\.owners", MORE, "told by the orgs that were recorded last"),
    Allowed(r"_links\.resetFactors", MORE, "told by the orgs that were recorded last"),
    Allowed(r"realmId", MORE, "told by the orgs that were recorded last"),
    Allowed(r"(\[\]\.)?_links\.logo\[\]\.href", OTHER, "addresses of images are Okta's own and change"),
    Allowed(r"_links\.(help|appLinks\[\])\.href", OTHER, "pages for people: an app of the catalogue has its own"),
    Allowed(r"orn", OTHER, "names the cell that the org is in, and the org"),
    Allowed(r"credentials\.(signing\.kid|oauthClient\.client_secret)", OTHER, "made up anew for each app"),
    Allowed(r"settings\.app\.(adminUserId|attributeStatements)", LESS, "settings that apps of the catalogue have"),
)

REPLAYED = {
    "DataSourceOktaAppGroupAssignments_read": 32,
    "DataSourceOktaAppUserAssignments_read": 21,
    "DataSourceOktaGroupRule_read": 33,
    "DataSourceOktaGroup_read": 28,
    "DataSourceOktaPushGroups_read": 29,
    "ResourceOktaAppSaml_crud": 23,
    "ResourceOktaGroupMemberships_crud": 59,
    "ResourceOktaGroupRule_crud": 45,
    "ResourceOktaPushGroup_crud": 21,
}
"""Steps of each recording that are replayed."""

SKIPPED = {
    "DataSourceOktaAppGroupAssignments_read": {
        "/.well-known/okta-organization": 1,
        "/api/v1/internal/apps/{id}/settings/oauth/idToken": 3,
        "/api/v1/policies": 1,
        "/api/v1/apps/{id}/policies/{id}": 1,
    },
    "DataSourceOktaAppUserAssignments_read": {
        "/.well-known/okta-organization": 1,
        "/api/v1/internal/apps/{id}/settings/oauth/idToken": 3,
        "/api/v1/policies": 1,
        "/api/v1/apps/{id}/policies/{id}": 1,
    },
    "ResourceOktaAppSaml_crud": {
        "/.well-known/okta-organization": 1,
        "/api/v1/apps/{id}/credentials/keys": 13,
        "/api/v1/apps/{id}/policies/{id}": 4,
        "/api/v1/apps/{id}/sso/saml/metadata": 13,
        "/api/v1/policies": 3,
    },
}
"""Steps that are not: their paths are not in the description of the part of Okta that is simulated."""


@cache
def replayed(folder: Path, name: str) -> Outcome:
    """What the replay of a recording came to."""
    return Replay(folder).run(steps(folder / "recorded" / f"{name}.jsonl"))


@pytest.mark.facts
@pytest.mark.parametrize("name", REPLAYED)
def test_a_replayed_recording_is_answered_as_it_was(facts: Path, name: str) -> None:
    found = replayed(facts, name).differing
    assert [str(one) for one in found if not any(allowed.covers(one) for allowed in ALLOWED)] == []


@pytest.mark.facts
@pytest.mark.parametrize("name", REPLAYED)
def test_no_step_of_a_recording_is_skipped_unseen(facts: Path, name: str) -> None:
    outcome = replayed(facts, name)
    assert (outcome.replayed, Counter(outcome.skipped)) == (REPLAYED[name], SKIPPED.get(name, {}))


@pytest.mark.facts
def test_every_recording_is_replayed(facts: Path) -> None:
    assert {file.stem for file in (facts / "recorded").glob("*.jsonl")} == set(REPLAYED)


@pytest.mark.facts
def test_each_allowed_difference_is_needed_by_some_recording(facts: Path) -> None:
    found = [one for name in REPLAYED for one in replayed(facts, name).differing]
    assert [allowed for allowed in ALLOWED if not any(allowed.covers(one) for one in found)] == []


@pytest.mark.facts
def test_members_stand_by_id_as_recorded(facts: Path) -> None:
    lists = [[row["id"] for row in body] for body, _ in recorded(facts, PLACES["member"][0])]
    assert any(len(ids) > 2 for ids in lists)
    assert all(ids == sorted(ids) for ids in lists)
    world = World()
    for name in ("ada", "bob", "cyd", "dan"):
        world.join(name, world.designers)
    ours = [row["id"] for row in world.ask(f"/api/v1/groups/{world.designers.id}/users").json()]
    assert ours == sorted(world.designers.members)


FREE = ("profile", "_links.appLinks", "visibility.appLinks", "settings.signOn.attributeStatements")
"""Whose keys depend on the org: profile attributes, names of apps."""
TOLD_SINCE = {"lastPush", "errorSummary", "source", "lastSync"}
"""In Okta's description, but no recorded app or group had a reason to tell them (facts/okta.md §1.4, §1.6, §1.7)."""

PLACES = {
    "user": (r"/api/v1/users/00u\w+", "/api/v1/users/{user}"),
    "member": (r"/api/v1/groups/00g\w+/users\?limit=200", "/api/v1/groups/{group}/users?limit=200"),
    "app": (r"/api/v1/apps/0oa\w+", "/api/v1/apps/{app}"),
    "app user": (r"/api/v1/apps/0oa\w+/users/00u\w+", "/api/v1/apps/{app}/users/{user}"),
    "app users": (r"/api/v1/apps/0oa\w+/users", "/api/v1/apps/{app}/users"),
    "app groups": (r"/api/v1/apps/0oa\w+/groups(\?limit=200)?", "/api/v1/apps/{app}/groups"),
    "mapping": (r"/api/v1/apps/0oa\w+/group-push/mappings/gPm\w+", "/api/v1/apps/{app}/group-push/mappings/{mapping}"),
    "mappings": (r"/api/v1/apps/0oa\w+/group-push/mappings\?after=", "/api/v1/apps/{app}/group-push/mappings?after="),
    "group": (r"/api/v1/groups/00g\w+", "/api/v1/groups/{group}"),
    "user's groups": (r"/api/v1/(users/00u\w+/groups|groups/00g\w+)", "/api/v1/users/{user}/groups"),
    "rule": (r"/api/v1/groups/rules/0pr\w+", "/api/v1/groups/rules/{rule}"),
    "rules": (r"/api/v1/groups/rules\?limit=1&search=\w+", "/api/v1/groups/rules?limit=1&search=design"),
}


def recorded(facts: Path, pattern: str) -> Iterator[tuple[Any, dict[str, Any]]]:
    for file in sorted((facts / "recorded").glob("*.jsonl")):
        for line in file.read_text(encoding="utf-8").splitlines():
            step = json.loads(line)
            path = re.sub(r"^https://[^/]+", "", step["url"])
            if step["method"] == "GET" and step["status"] == 200 and re.fullmatch(pattern, path):
                body = json.loads(step["body"])
                if not (isinstance(body, dict) and body.get("signOnMode", "SAML_2_0") != "SAML_2_0"):
                    yield body, step["headers"]


def rows(body: Any) -> list[Any]:
    return body if isinstance(body, list) else [body]


def keys(row: dict[str, Any], within: str = "") -> set[str]:
    found = set()
    for name, value in row.items():
        place = f"{within}{name}"
        found.add(place)
        if isinstance(value, dict) and place not in FREE:
            found |= keys(value, f"{place}.")
    return found


def lived() -> tuple[World, dict[str, str]]:
    world = World()
    rule = world.org.create_rule("design", 'user.department == "Design"', [world.designers])
    world.org.activate_rule(rule)
    ada = world.designer("ada", department="Design", status="PROVISIONED")
    return world, {
        "user": ada.id,
        "group": world.designers.id,
        "app": world.org.app.id,
        "mapping": world.mapping.id,
        "rule": rule.id,
    }


@pytest.mark.facts
@pytest.mark.parametrize("place", PLACES)
def test_an_answer_has_the_keys_of_the_recorded_ones(facts: Path, place: str) -> None:
    pattern, path = PLACES[place]
    bodies = [row for body, _ in recorded(facts, pattern) for row in rows(body)]
    seen = [keys(row) for row in bodies]
    assert seen
    world, ids = lived()
    ours = [keys(row) for row in rows(world.ask(path.format(**ids)).json())]
    assert ours
    for own in ours:
        assert own - set().union(*seen) <= TOLD_SINCE | {"_links.source"}
        assert set.intersection(*seen) <= own


@pytest.mark.facts
@pytest.mark.parametrize("place", [name for name, (pattern, _) in PLACES.items() if name.endswith(("s", "member"))])
def test_a_list_links_to_itself_as_recorded(facts: Path, place: str) -> None:
    pattern, path = PLACES[place]
    links = [headers["Link"] for _, headers in recorded(facts, pattern) if "Link" in headers]
    world, ids = lived()
    ours = world.ask(path.format(**ids)).headers.get_list("link")
    assert ours[0].partition("?")[2].partition("&search")[0].partition(">")[0] in {
        line[0].partition("?")[2].partition("&search")[0].partition(">")[0] for line in links
    }


@pytest.mark.facts
def test_what_is_null_in_a_new_assignment_is_null_here(facts: Path) -> None:
    (body, _), *_ = recorded(facts, PLACES["app users"][0])
    nulls = {name for name, value in body[0].items() if value is None}
    world = World()
    world.org.set_features([])
    world.designer("ada")
    (ours,) = world.ask(f"/api/v1/apps/{world.org.app.id}/users").json()
    assert {name for name, value in ours.items() if value is None} == nulls
