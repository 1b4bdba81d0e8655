"""Every page that a pull may ask for, as bytes, written to a folder once. The same org gives the same bytes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import parse_qsl, urlsplit

import msgspec

from tests.bench import kandji_bodies, okta_bodies
from tests.bench.org import (
    APP,
    APP_USER_PAGE,
    LIST_PAGE,
    MAPPING_PAGE,
    MEMBER_PAGE,
    PEOPLE,
    PUSHED,
    SCIM,
    SCIM_GROUP_PAGE,
    SCIM_USER_PAGE,
    UNASSIGNED,
    WHEN,
    Org,
    target_id,
)

_json = msgspec.json.encode


@dataclass
class Pages:
    """Bodies in a folder, by what must be asked to get them; and what names the page after each."""

    folder: Path
    files: dict[tuple[str, ...], Path] = field(default_factory=dict)
    following: dict[tuple[str, ...], str] = field(default_factory=dict)
    groups: dict[str, bytes] = field(default_factory=dict)
    """Group bodies by id, for searches by id."""

    def add(self, key: tuple[str, ...], body: bytes) -> None:
        path = self.folder / f"{len(self.files):05d}.json"
        path.write_bytes(body)
        self.files[key] = path

    def add_list(self, path: str, rows: Sequence[bytes], limit: int, *asked: str) -> None:
        """A list of Okta's: ``limit`` rows a page, each page but the first named by a cursor."""
        after = ""
        for start in range(0, max(1, len(rows)), limit):
            key = (path, *asked, f"limit={limit}", *([f"after={after}"] if after else []))
            self.add(_key(key), b"[" + b",".join(rows[start : start + limit]) + b"]")
            if start + limit < len(rows):
                after = f"200u{start + limit:017d}"
                self.following[_key(key)] = f"{path}?after={after}&limit={limit}"


def _key(parts: Sequence[str]) -> tuple[str, ...]:
    return (parts[0], *sorted(parts[1:]))


def key_of(url: str) -> tuple[str, ...]:
    """What identifies a page: the path and each parameter, whatever their order."""
    split = urlsplit(url)
    return _key((split.path, *(f"{name}={value}" for name, value in parse_qsl(split.query, keep_blank_values=True))))


def write(org: Org, folder: Path) -> Pages:
    """Every page of both services."""
    pages = Pages(folder)
    _write_app(org, pages)
    _write_groups(org, pages)
    _write_members(org, pages)
    _write_scim(org, pages)
    return pages


def _write_app(org: Org, pages: Pages) -> None:
    base = f"/api/v1/apps/{APP}"
    assigned = org.people[: PEOPLE - UNASSIGNED]
    pages.add((base,), _json(okta_bodies.app()))
    pages.add((f"{base}/features",), _json(okta_bodies.features()))
    pages.add((f"{base}/connections/default",), _json({"authScheme": "TOKEN", "status": "ENABLED"}))
    pages.add((f"/api/v1/meta/schemas/apps/{APP}/default",), _json(okta_bodies.schema()))
    pages.add_list(
        f"{base}/users", [_json(okta_bodies.app_user(one)) for one in assigned], APP_USER_PAGE, "expand=user"
    )
    assignments = [
        {"id": one, "lastUpdated": WHEN, "priority": place, "profile": {}} for place, one in enumerate(org.assigned)
    ]
    pages.add_list(f"{base}/groups", [_json(one) for one in assignments], LIST_PAGE)
    pages.add_list(f"{base}/group-push/mappings", [_json(okta_bodies.mapping(one)) for one in org.pushed], MAPPING_PAGE)
    every = [_json(one) for one in okta_bodies.rules(org)]
    for asked in ((), ("expand=groupIdToGroupNameMap",)):
        pages.add_list("/api/v1/groups/rules", every, LIST_PAGE, *asked)


def _write_groups(org: Org, pages: Pages) -> None:
    targets = []
    for id, (name, members) in org.groups.items():
        pages.groups[id] = _json(okta_bodies.group(id, name, len(members)))
        if id in org.pushed:
            target = okta_bodies.group(target_id(id), name, 0, source=APP)
            pages.groups[target_id(id)] = _json(target)
            targets.append(pages.groups[target_id(id)])
    search = f'search=type eq "APP_GROUP" and source.id eq "{APP}"'
    pages.add_list("/api/v1/groups", targets, LIST_PAGE, search, "expand=stats")


def _write_members(org: Org, pages: Pages) -> None:
    plain = [_json(okta_bodies.user(one)) for one in org.people]
    with_rules = [_json(okta_bodies.member(one)) for one in org.people]
    for id, (_, members) in org.groups.items():
        path = f"/api/v1/groups/{id}/users"
        pages.add_list(path, [plain[one] for one in members], MEMBER_PAGE)
        pages.add_list(path, [with_rules[one] for one in members], MEMBER_PAGE, "expand=group-rules")


def _write_scim(org: Org, pages: Pages) -> None:
    people = org.people[: PEOPLE - UNASSIGNED]
    users = [kandji_bodies.scim_user(one) for one in people]
    _write_scim_list(pages, f"{SCIM}/Users", users, SCIM_USER_PAGE)
    _write_scim_list(
        pages, f"{SCIM}/Groups", [kandji_bodies.scim_group(org, one) for one in range(PUSHED)], SCIM_GROUP_PAGE
    )
    first = people[0].login
    for asked, found in (("nobody-has-this-name-d41d8cd9", []), (first, users[:1]), (first.swapcase(), users[:1])):
        pages.add(
            _key((f"{SCIM}/Users", f'filter=userName eq "{asked}"', "count=1")),
            kandji_bodies.scim_list(found, len(found), 1),
        )
    pages.add(_key((f"{SCIM}/Users", "count=1")), kandji_bodies.scim_list(users[:1], len(users), 1))
    pages.add(_key((f"{SCIM}/Users", "startIndex=2", "count=1")), kandji_bodies.scim_list(users[1:2], len(users), 2))
    pages.add(
        _key((f"{SCIM}/Groups", "count=1")), kandji_bodies.scim_list([kandji_bodies.scim_group(org, 0)], PUSHED, 1)
    )
    bare = kandji_bodies.scim_list([kandji_bodies.scim_group(org, 0, members=False)], PUSHED, 1)
    pages.add(_key((f"{SCIM}/Groups", "count=1", "excludedAttributes=members")), bare)
    able = {"supported": True}
    config = {"patch": able, "filter": {"supported": True, "maxResults": SCIM_USER_PAGE}, "etag": {"supported": False}}
    pages.add((f"{SCIM}/ServiceProviderConfig",), _json(config))


def _write_scim_list(pages: Pages, path: str, rows: Sequence[object], count: int) -> None:
    """Its pages, and the empty one that a reader finds who asks for a row after the end."""
    for start in range(1, len(rows) + 1, count):
        body = kandji_bodies.scim_list(rows[start - 1 : start - 1 + count], len(rows), start)
        pages.add(_key((path, f"startIndex={start}", f"count={count}")), body)
    after = len(rows) + 1
    pages.add(_key((path, f"startIndex={after}", "count=1")), kandji_bodies.scim_list([], len(rows), after))
