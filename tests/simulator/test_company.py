"""Companies by a seed: the same twice, calm when nothing was done to them, read with a config of their own."""

from __future__ import annotations

import json
import stat
import tomllib
from datetime import timedelta
from functools import cache
from pathlib import Path

import pytest

from reconciler.simulator.company import NOW, Company, build, calm, write_truth
from tests.simulator.company_raw import Raw, read
from tests.simulator.company_reading import ENTERPRISE, Reading

USUAL = {"inactive-in-pushed-group", "inactive-member-lingers", "rule-inactive"}
"""Kinds of low severity that a company shows in which nothing went wrong: people leave, and rules retire."""


@cache
def small(seed: int, *injections: str) -> Company:
    """Built once for all tests, which only look at it."""
    return build(seed, 50, 7, injections, days=8)


def text(raw: Raw) -> str:
    return json.dumps(vars(raw), default=sorted, sort_keys=True)


SEVERAL = ("left-still-active", "mapping-error", "member-not-assigned", "app-inactive", "attribute-differs")


def test_the_same_seed_gives_the_same_company_id_by_id() -> None:
    first, second = (build(11, 60, 8, SEVERAL, days=5) for _ in range(2))

    assert text(read(first)) == text(read(second))
    assert first.truth == second.truth


def test_another_seed_gives_another_company() -> None:
    first, second = small(1), small(2)

    assert {row.login for row in first.people.values()} != {row.login for row in second.people.values()}
    assert not set(first.people) & set(second.people)


@pytest.mark.parametrize("seed", [1, 2])
def test_a_calm_company_shows_nothing_but_what_is_usual(seed: int) -> None:
    company = small(seed)

    assert {row.kind for row in company.truth} <= USUAL
    assert Reading(read(company)).seen() == set()


@pytest.mark.prove
@pytest.mark.parametrize("seed", range(10, 12))
def test_larger_calm_companies_show_no_drift(seed: int) -> None:
    company = calm(seed)

    assert {row.kind for row in company.truth} <= USUAL
    assert Reading(read(company)).seen() == set()


def test_in_a_calm_company_both_services_agree_on_people_and_members() -> None:
    raw = read(small(1))

    pointed = {
        row["externalId"]: user
        for user, row in raw.app_users.items()
        if row.get("externalId") and raw.users[user]["status"] != "SUSPENDED"
    }
    assert {account for account, row in raw.accounts.items() if row["active"]} == set(pointed)
    for mapping in raw.mappings:
        name = raw.groups[mapping["targetGroupId"]]["profile"]["name"]
        (group,) = [row for row in raw.kandji_groups.values() if row["displayName"] == name]
        held = {member["value"] for member in group.get("members") or []}
        active = {account for account in held if raw.accounts[account]["active"]}
        assert {pointed[account] for account in active} == raw.members[mapping["sourceGroupId"]] & set(pointed.values())


def test_a_calm_company_has_had_a_busy_life() -> None:
    raw = read(calm(5, 80, 8))

    statuses = {row["status"] for row in raw.users.values()}
    assert {"ACTIVE", "DEPROVISIONED", "SUSPENDED", "STAGED", "PROVISIONED"} <= statuses
    assert {row["active"] for row in raw.accounts.values()} == {True, False}
    assert any(row["displayName"] == "On-call and Duty Desk" for row in raw.kandji_groups.values())
    assert sum(row["device_count"] for row in raw.directory) > 30
    assert len(set.union(*raw.members.values())) < len(raw.users), "some people are in no pushed group"
    lingering = {user for members in raw.members.values() for user in members}
    assert any(raw.users[user]["status"] == "DEPROVISIONED" for user in lingering)


def test_people_have_departments_titles_and_addresses_that_exist_nowhere() -> None:
    raw = read(small(2))

    for row in raw.accounts.values():
        assert row["userName"].endswith(".example")
        assert row["title"]
        assert row[ENTERPRISE]["department"]
        assert row["displayName"]


def test_nothing_is_younger_than_a_day_when_a_company_is_looked_at() -> None:
    company = small(1, *SEVERAL)

    moments = [person.last_updated for person in company.org.users.values()]
    moments += [mapping.last_updated for mapping in company.org.app.mappings.values()]
    moments += [row.last_updated for row in company.org.app.users.values()]
    assert company.clock.now() == NOW
    assert (NOW - max(moments)).total_seconds() >= 24 * 3600


def test_an_unknown_injection_is_refused_by_name() -> None:
    with pytest.raises(KeyError, match="no such injection: member-gone"):
        build(1, 10, 4, ["member-gone"])


def test_a_company_that_is_too_small_says_so() -> None:
    with pytest.raises(LookupError):
        build(1, 3, 2, days=0)


def test_the_config_names_the_services_and_keeps_its_tokens_private(tmp_path: Path) -> None:
    company = calm(8, 10, 3, days=0)
    company.settings["match"] = {"names": {'A "quoted" \x7f name': "other"}}

    config = tomllib.loads(company.config(tmp_path))

    assert config["okta"]["app_id"] == company.org.app.id
    assert config["match"]["names"] == {'A "quoted" \x7f name': "other"}
    for table, key, secret in (
        ("okta", "token", "00simulatedOktaToken"),
        ("kandji", "token", company.tenant.token),
        ("kandji", "api_token", company.tenant.api_token),
    ):
        path = tmp_path / config[table][key]["file"]
        assert path.read_text(encoding="utf-8") == secret
        assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_without_the_rest_api_the_config_does_not_name_it(tmp_path: Path) -> None:
    config = tomllib.loads(small(1).config(tmp_path, rest_api=False))

    assert "api_url" not in config["kandji"]
    assert not (tmp_path / "kandji-api.token").exists()


def test_truth_is_written_as_json_in_order(tmp_path: Path) -> None:
    company = small(1, *SEVERAL)

    write_truth(tmp_path / "truth.json", company.truth)

    rows = json.loads((tmp_path / "truth.json").read_text(encoding="utf-8"))
    assert [(row["kind"], row["subject"]) for row in rows] == [(row.kind, row.subject) for row in company.truth]
    assert [row["cause"] and (row["cause"]["kind"], row["cause"]["subject"]) for row in rows] == [
        row.cause for row in company.truth
    ]
    assert any(row["cause"] for row in rows)


def test_while_a_company_waits_what_lags_happens_in_the_org_and_in_the_ledger() -> None:
    company = calm(3, 50, 7, days=2)
    before = company.clock.now()
    person = company.hire(company.drawn(tuple(company.departments)))
    company.wait(hours=1)

    assert company.clock.now() - before == timedelta(hours=1)
    assert company.org.app.users[person.id].external_id == company.account(person)
    assert company.ledger.people[person.id].provisioned
