"""What makes the comparison fair."""

from __future__ import annotations

import ast
import asyncio
from datetime import UTC, datetime, timedelta

import pytest

from reconciler.directories import okta_groups, okta_lists, okta_logs, scim
from tests.bench import org, pulls
from tests.bench.ours import StoodTime

NOON = datetime(2026, 6, 1, 12, tzinfo=UTC)


def test_the_rival_imports_nothing_of_ours() -> None:
    tree = ast.walk(ast.parse(pulls.RIVAL.read_text(encoding="utf-8")))
    imports = [node for node in tree if isinstance(node, ast.Import | ast.ImportFrom)]
    names = {node.module or "" for node in imports if isinstance(node, ast.ImportFrom)}
    names |= {alias.name for node in imports if isinstance(node, ast.Import) for alias in node.names}
    assert "okta.client" in names
    assert not {name for name in names if name.partition(".")[0] in ("reconciler", "reports", "tests", "")}


def test_the_bench_has_the_programs_page_sizes() -> None:
    programs = (okta_lists._APP_USER_PAGES[0], okta_groups._PAGE, okta_groups._MEMBER_PAGES[0], okta_logs._BATCH)
    assert programs == (org.APP_USER_PAGE, org.LIST_PAGE, org.MEMBER_PAGE, org.LOG_GROUPS)
    assert (org.SCIM_USER_PAGE, org.SCIM_GROUP_PAGE) == (scim.USERS_A_PAGE, scim.GROUPS_A_PAGE)


def test_the_org_has_the_size_that_is_promised() -> None:
    company = org.build()
    assert (len(company.people), len(company.pushed), company.memberships) == (20_000, 200, 400_000)


def test_who_asks_for_less_than_there_is_is_not_compared() -> None:
    assigned = org.PEOPLE - org.UNASSIGNED
    rival = {"app_users": assigned, "scim_users": assigned, "scim_groups": org.PUSHED, "memberships": org.MEMBERSHIPS}
    rival |= {"groups": 2 * org.PUSHED + org.ASSIGNED_GROUPS}
    possible = sum(one.requests for one in pulls.needed())
    pulls.check(rival, {"asked": {"/": possible}, "unknown": 0})
    with pytest.raises(RuntimeError, match="read it all"):
        pulls.check(rival, {"asked": {"/": possible - 1}, "unknown": 0})


def test_time_stands_while_a_request_is_under_way_and_sleeps_end_the_nearest_first() -> None:
    time = StoodTime(NOON)
    woken: list[tuple[int, timedelta]] = []

    async def sleeper(seconds: int) -> None:
        await time.sleep(seconds)
        woken.append((seconds, time.now - NOON))

    async def both() -> None:
        with time.request():
            tasks = [asyncio.create_task(sleeper(seconds)) for seconds in (60, 1)]
            for _ in range(1_000):
                await asyncio.sleep(0)
            assert time.now == NOON
        await asyncio.gather(*tasks)

    asyncio.run(both())
    assert woken == [(1, timedelta(seconds=1)), (60, timedelta(seconds=60))]
