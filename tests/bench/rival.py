"""The script that an admin would write with Okta's own SDK: the same pull, and nothing else.

    python tests/bench/rival.py ADDRESS APP [GROUPS]

It stands alone: no import of the program, nor of anything else beside it. Okta is read through ``okta.client``,
Kandji's SCIM server with requests; page sizes are those of the program. ``GROUPS`` reads the members of that many
groups alone. The last line of stdout says how much was read, and at which cost.
"""

from __future__ import annotations

import asyncio
import json
import resource
import sys
from collections.abc import Awaitable, Callable
from typing import Any

import requests
from okta.client import Client
from okta.pagination import PaginationHelper

Listing = Callable[..., Awaitable[Any]]
"""A coroutine of the SDK: (rows, answer, error), whatever its annotations say."""


async def everything(listing: Listing, *given: str, **asked: Any) -> list[Any]:
    """All pages of a list, by the cursor that each answer names."""
    rows: list[Any] = []
    while True:
        page, answer, error = await listing(*given, **asked)
        if error is not None:
            raise RuntimeError(error)
        rows.extend(page or ())
        after = PaginationHelper.extract_next_cursor(answer.headers)
        if after is None:
            return rows
        asked["after"] = after


async def one(reading: Awaitable[Any]) -> Any:
    found, _, error = await reading
    if error is not None:
        raise RuntimeError(error)
    return found


async def okta(client: Client, app: str, most: int | None) -> dict[str, int]:
    """Reads the org; says how much there was."""
    await one(client.get_application(app))
    app_users = await everything(client.list_application_users, app, limit=500, expand="user")
    app_groups = await everything(client.list_application_group_assignments, app, limit=200)
    mappings = await everything(client.list_group_push_mappings, app, limit=1000)
    rules = await everything(client.list_group_rules, limit=200, expand="groupIdToGroupNameMap")
    mine = f'type eq "APP_GROUP" and source.id eq "{app}"'
    groups = await everything(client.list_groups, search=mine, expand="stats", limit=200)
    wanted = sorted({one.id for one in app_groups} | {one.source_group_id for one in mappings})
    for start in range(0, len(wanted), 50):
        search = " or ".join(f'id eq "{one}"' for one in wanted[start : start + 50])
        groups += await everything(client.list_groups, search=search, expand="stats", limit=200)
    members: dict[str, list[Any]] = {}
    for group in wanted[:most]:
        members[group] = await everything(client.list_group_users, group, limit=1000)
    return {
        "app_users": len(app_users),
        "rules": len(rules),
        "groups": len(groups),
        "memberships": sum(map(len, members.values())),
        "pulled_groups": len(members),
    }


def scim(address: str, path: str, count: int) -> int:
    """Reads a list of the SCIM server; says how many rows it has."""
    rows: list[Any] = []
    with requests.Session() as session:
        while True:
            asked: dict[str, str | int] = {"startIndex": len(rows) + 1, "count": count}
            answer = session.get(f"{address}/api/v1/scim/{path}", params=asked, timeout=60)
            answer.raise_for_status()
            body = answer.json()
            rows += body["Resources"]
            if len(rows) >= body["totalResults"]:
                return len(rows)


def spent() -> float:
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime


async def pull(address: str, app: str, most: int | None) -> dict[str, int]:
    client = Client({"orgUrl": address, "token": "bench"})
    read = await okta(client, app, most)
    return read | {"scim_users": scim(address, "Users", 1000), "scim_groups": scim(address, "Groups", 100)}


if __name__ == "__main__":
    before = spent()
    read = asyncio.run(pull(sys.argv[1], sys.argv[2], int(sys.argv[3]) if len(sys.argv) > 3 else None))
    most_memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024 / 1e6
    print(json.dumps(read | {"seconds": spent() - before, "started": before, "megabytes": most_memory}))
