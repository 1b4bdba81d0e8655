"""A run in which nothing moved that is kept writes almost nothing."""

from __future__ import annotations

import re
from pathlib import Path

import httpx

from reconciler.simulator import company as companies
from reconciler.simulator.between import Asked, Fault, Forward
from reconciler.store import Store
from tests.proofs.harness import installed

MOVING = re.compile(rb'"(lastLogin|lastSync|lastModified)":\s*("[^"]*"|null)')
"""What moves in every answer without meaning anything."""


def moved(asked: Asked) -> Fault:
    """Every such time in a body as another one."""

    async def fault(request: httpx.Request, forward: Forward) -> httpx.Response:
        response = await forward(request)
        content, times = MOVING.subn(rb'"\1":"2026-11-05T06:07:08.000Z"', response.content)
        MOVED.append(times)
        headers = httpx.Headers(response.headers)
        headers["content-length"] = str(len(content))
        return httpx.Response(response.status_code, headers=headers, content=content, request=request)

    return fault


MOVED: list[int] = []


def rows_of(database: Path, run: int) -> int:
    """Rows that began or ended to be true with a run, in all tables together."""
    with Store.open(database) as store:
        tables = [table for table in store.db.tables if "began" in table.columns_dict]
        return sum(table.count_where("began = ? or ended = ?", [run, run]) for table in tables)


def test_a_run_in_which_only_times_moved_writes_less_than_a_hundredth_of_the_first(tmp_path: Path) -> None:
    with installed(companies.build(5, people=170, groups=9), tmp_path) as installation:
        assert installation.call("pull").code == 0
        assert installation.call("pull", meddling=moved).code == 0
        first, second = (rows_of(installation.database, run) for run in (1, 2))
    assert sum(MOVED) > 100
    assert (first > 0, second * 100 < first) == (True, True), (first, second)
