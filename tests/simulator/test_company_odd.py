"""Odd but healthy companies, and companies that write hostile strings into every field."""

from __future__ import annotations

import copy
import tomllib
from collections.abc import Callable, Iterable
from functools import cache
from pathlib import Path

import pytest

from reconciler.simulator.company import TOGETHER, Company, build
from reconciler.simulator.company.odd import ODD, OTHER_DOMAIN, OTHER_OKTA, PAIRS
from tests.simulator.company_beyond import Beyond
from tests.simulator.company_raw import Raw, read
from tests.simulator.company_reading import ENTERPRISE, Reading

LOW = {
    "inactive-in-pushed-group",
    "inactive-member-lingers",
    "rule-inactive",
    "rule-feeds-unassigned-group",
    "assigned-in-no-pushed-group",
}
"""Kinds of low severity, where nobody lacks anything because of them, that a healthy company may show."""

HOSTILE = (
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "' onmouseover='alert(1)",
    '=HYPERLINK("http://evil.example","x")',
    "+1+1",
    "@SUM(A1)",
    "\x1b[31mred\x1b[0m",
    "\x00nul",
    "\r\nSet-Cookie: x",
    "\t=1+1",
    "\u202eevil\u202c",
    "\u200bzero\u200d",
    "{{7*7}}",
    "\\",
    '\\"',
    "%s%n",
    "]]>",
    "\u2028line",
    "e\u0301",
    "İ",
    "A" * 300,
    "𝒜\x7f\x9b1m",
)


@cache
def odd(name: str) -> Company:
    """Built once for all tests, which only look at it."""
    return ODD[name](2, 30, days=4)


@cache
def raw_of(name: str) -> Raw:
    return read(odd(name))


@pytest.mark.parametrize("name", ODD)
def test_of_an_odd_company_nothing_above_low_is_true(name: str) -> None:
    assert {row.kind for row in odd(name).truth} <= LOW


@pytest.mark.prove
@pytest.mark.parametrize(("one", "other"), PAIRS)
def test_of_companies_that_are_odd_in_two_ways_nothing_above_low_is_true(one: str, other: str) -> None:
    assert {row.kind for row in (ODD[one] & ODD[other])(2, 50, days=4).truth} <= LOW


@pytest.mark.parametrize("name", [name for name in ODD if "another-okta" not in name])
def test_an_odd_company_shows_nothing_that_is_drift(name: str) -> None:
    company, raw = odd(name), copy.deepcopy(raw_of(name))
    if not any(ENTERPRISE in row for row in raw.accounts.values()):
        for row in raw.app_users.values():
            row["profile"]["department"] = None
    names = set(company.settings.get("scope", {}).get("groups", ()))  # type: ignore[call-overload] # by table and key
    scope = {group.id for group in company.groups.values() if group.name in names}
    raw.members |= {group: set(company.org.groups[group].members) for group in scope}

    assert Reading(raw).seen(scope or None) == set()


@pytest.mark.parametrize("name", [name for name in ODD if "another-okta" in name])
def test_where_another_okta_feeds_kandji_its_people_alone_are_strange(name: str) -> None:
    company, raw = odd(name), raw_of(name)

    kinds = {kind for kind, _ in Reading(raw).seen()}
    assert kinds == {"unmanaged-in-kandji", "foreign-people"}
    for kind, subject in Reading(raw).seen():
        if kind == "unmanaged-in-kandji":
            assert raw.accounts[subject.removeprefix("account:")]["userName"].endswith(f"@{OTHER_DOMAIN}")
    assert company.settings["match"]["also_fed_by"] in ([f"*@{OTHER_DOMAIN}"], [OTHER_OKTA])


@pytest.mark.parametrize("name", ODD)
def test_the_config_of_an_odd_company_says_what_it_needs(name: str, tmp_path: Path) -> None:
    company = odd(name)

    config = tomllib.loads(company.config(tmp_path))

    assert {table: config[table] for table in company.settings} == company.settings


def test_odd_companies_are_odd_in_what_their_raw_answers_say() -> None:
    def some(name: str, holds: Callable[[Raw], bool]) -> None:
        assert holds(raw_of(name)), name
        assert not holds(raw_of("retired-rules")), f"{name} is not odd in this"

    some("everyone-assigned", lambda r: {r.groups[g]["type"] for g in r.app_groups} == {"BUILT_IN"})
    some("assigned-group-from-directory", lambda r: {r.groups[g]["type"] for g in r.app_groups} == {"APP_GROUP"})
    some("windows-people-in-pushed-groups", lambda r: bool(_unassigned(r)))
    some("two-assigned-groups", lambda r: len(r.app_groups) == 2)
    some("second-directory", lambda r: len(r.directory) > len(r.accounts))
    some(
        "other-target-names", lambda r: all(row["displayName"].startswith("okta_") for row in r.kandji_groups.values())
    )
    some("no-sync-state", lambda r: {row["syncState"] for row in r.app_users.values()} == {"DISABLED"})
    some("no-last-push", lambda r: not any("lastPush" in row for row in r.mappings))
    some("no-external-id-or-department", lambda r: not any("externalId" in row for row in r.accounts.values()))
    some("archived-people-not-listed", lambda r: all(row["active"] for row in r.accounts.values()))


def _unassigned(raw: Raw) -> set[str]:
    pushed = set().union(*(raw.members[row["sourceGroupId"]] for row in raw.mappings))
    return {user for user in pushed - set(raw.app_users) if raw.users[user]["status"] == "ACTIVE"}


def test_every_hostile_string_stands_in_every_text_field_of_both_services() -> None:
    company = build(3, 60, len(HOSTILE), (), hostile=HOSTILE, days=0)
    raw = read(company)

    profiles = [row["profile"] for row in raw.users.values()]
    sources = [raw.groups[row["sourceGroupId"]]["profile"] for row in raw.mappings]
    fields: dict[str, Iterable[str]] = {
        **{name: [str(row[name]) for row in profiles] for name in ("login", "firstName", "lastName", "title")},
        "department": [str(row["department"]) for row in profiles],
        "group": [row["name"] for row in sources],
        "userName": [row["userName"] for row in raw.accounts.values()],
        "displayName": [row["displayName"] for row in raw.accounts.values()],
        "account title": [row["title"] for row in raw.accounts.values()],
        "account department": [row[ENTERPRISE]["department"] for row in raw.accounts.values()],
        "familyName": [row["name"]["familyName"] for row in raw.accounts.values()],
        "Kandji group": [row["displayName"] for row in raw.kandji_groups.values()],
        "REST name": [row["name"] for row in raw.directory],
        "device": [device.name for device in company.devices.values()],
    }
    for field, values in fields.items():
        lacking = [string for string in HOSTILE if not any(string in value for value in values)]
        assert not lacking, field
    assert raw.app["label"].startswith(HOSTILE[0])


HIDDEN = 3
"""So many kinds may be hidden behind others where everything goes wrong at once."""


def test_hostile_strings_change_nothing_about_the_truth() -> None:
    looks: list[Raw] = []
    company = build(5, 170, 9, hostile=HOSTILE, days=4, looks=lambda company: looks.append(read(company)))
    reading = Beyond(read(company), *looks)

    assert len(set(TOGETHER) - {row.kind for row in company.truth}) <= HIDDEN
    assert reading.seen() | reading.further() == {(row.kind, row.subject) for row in company.truth}
