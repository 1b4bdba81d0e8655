"""Whatever Kandji's SCIM server is like: the findings are the same, or the program says what it could not check.

A finding that is not true is never among them.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from itertools import combinations
from pathlib import Path
from typing import Any

import pytest

from reconciler.simulator import company as companies
from reconciler.simulator.company import Company
from reconciler.simulator.scim_ways import DJANGO, KANDJI, STRICT, Ways
from reconciler.store import Store
from tests.proofs.harness import Installation, installed, truth

INJECTIONS = (
    "member-extra",
    "member-missing",
    "left-still-active",
    "inactive-in-kandji",
    "missing-in-kandji",
    "unassigned-still-active",
    "unmanaged-in-kandji",
    "attribute-differs",
    "mapping-target-missing",
    "group-unmanaged",
)
ROWS_A_PAGE = 17

Switches = dict[str, Any]

READING: dict[str, Switches] = {
    "small pages": {"page_cap": ROWS_A_PAGE},
    "no pages": {"page_cap": 100_000},
    "small default": {"page_default": ROWS_A_PAGE},
    "count ignored": {"count_honoured": False, "page_default": ROWS_A_PAGE},
    "start refused below one": {"start": "refused"},
    "start ignored": {"start": "ignored", "page_cap": ROWS_A_PAGE},
    "total absent": {"total": "absent"},
    "total of the page": {"total": "page", "page_cap": ROWS_A_PAGE},
    "total too high": {"total": "high"},
    "archived not listed": {"lists_archived": False, "archives_inactive": True},
    "inactive not listed": {"lists_inactive": False},
    "users name groups": {"user_groups": True},
    "members not in lists": {"members_in_lists": False},
    "empty groups say so": {"empty_members": True},
    "attributes ignored": {"attributes_honoured": False},
    "filters ignored": {"filters": "ignored"},
    "filters refused": {"filters": "refused"},
    "few filters": {"filterable": ("userName",)},
    "no filters": {"filterable": ()},
    "filters mind the case": {"filters_fold": False},
    "no discovery": {"missing": ("ServiceProviderConfig", "Schemas", "ResourceTypes"), "nowhere": "html"},
    "numbers in errors": {"errors": "number"},
    "pages of HTML as errors": {"errors": "html"},
    "no versions": {"etags": False},
    "no PATCH": {"patch": "501"},
    "inactive means archived": {"archives_inactive": True, "frees_devices": True},
    "limits bite": {"limits_bite": True, "scim_counts": True},
    "tight limits": {"limits_bite": True, "scim_counts": True, "second_limit": 2},
    "tight limits without a word": {
        "limits_bite": True,
        "scim_counts": True,
        "second_limit": 2,
        "retry_after": "absent",
    },
    "hour used up": {"limits_bite": True, "scim_counts": True, "hour_limit": 5},
}
"""What a reader meets, one way at a time."""


def company_of(ways: Ways = STRICT) -> Company:
    return companies.build(4, people=60, groups=5, injections=INJECTIONS, ways=ways)


@pytest.fixture(scope="module")
def company() -> Company:
    return company_of()


def run(company: Company, folder: Path) -> tuple[Any, Installation]:
    company.clock.follow(lambda: company.now)
    with installed(company, folder) as installation:
        company.clock.follow(installation.time.now)
        return installation.call("run"), installation


@pytest.mark.parametrize("name", READING)
def test_x(company: Company, name: str, tmp_path: Path) -> None:
    company.tenant.ways = replace(STRICT, **READING[name])
    outcome, installation = run(company, tmp_path)
    print(name, outcome.code)
    if outcome.code == 0:
        with Store.open(installation.database) as store:
            notes = [n for n in store.notes(store.last().id)] if hasattr(store, "notes") else None
        print("EXTRA", installation.told() - truth(company))
        print("MISSING", truth(company) - installation.told())
        print("NOTES", notes)
        print([d for d in dir(store) if not d.startswith("_")])
    else:
        print(outcome.err[-600:])
