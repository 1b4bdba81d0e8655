from __future__ import annotations

import asyncio
import sqlite3
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from reconciler.commands.doctor import (
    Line,
    Sides,
    Told,
    examine,
    exit_code,
    foretell,
    look_at_files,
    look_at_journal,
    text,
)
from reconciler.commands.forecast import Size, forecast
from reconciler.directories import Permission
from reconciler.errors import ConfigError, NotAllowed, ReconcilerError, TokenRefused, Unreachable
from reconciler.journal import Event
from reconciler.store import Store
from tests.applies import ADD, EDIT, began, ended, short_apply, step
from tests.commands.samples import NOW, SomeOkta, SomeScim, complete


def permission(**more: object) -> Permission:
    given = {"name": "read app users", "source": "okta.app_users", "scope": "okta.apps.read"}
    return Permission(**({"required": True, "allowed": True} | given | more))  # type: ignore[arg-type]


def examined(okta: SomeOkta, scim: SomeScim, dates: list[Told] | None = None) -> tuple[Line, ...]:
    return asyncio.run(examine(Sides(okta=lambda: okta, scim=lambda: scim), dates or []))


def test_the_shared_scim_token_is_told_before_anything_else() -> None:
    first = examined(SomeOkta(), SomeScim())[0]
    assert first.name == "Kandji SCIM token"
    assert "stops Okta's provisioning" in first.told


def test_where_everything_is_allowed_a_run_would_work() -> None:
    lines = examined(SomeOkta(allowed=(permission(),)), SomeScim())
    assert exit_code(lines) == 0
    assert [line.name for line in lines if line.state == "failed"] == []


def test_a_required_permission_that_is_refused_ends_like_the_run() -> None:
    lines = examined(SomeOkta(allowed=(permission(allowed=False, reason="403", exit_code=4),)), SomeScim())
    assert exit_code(lines) == 4


def test_an_optional_permission_that_is_refused_is_a_warning() -> None:
    lines = examined(SomeOkta(allowed=(permission(required=False, allowed=False, reason="403"),)), SomeScim())
    assert exit_code(lines) == 0
    assert [line.state for line in lines if line.name.startswith("Okta: ")] == ["warning"]


def test_a_permission_that_could_not_be_tried_is_not_called_allowed() -> None:
    lines = examined(SomeOkta(allowed=(permission(allowed=None, reason="no group to try it on"),)), SomeScim())
    assert [line.state for line in lines if line.name.startswith("Okta: ")] == ["not checked"]


@pytest.mark.parametrize(("error", "code"), [(TokenRefused("dead"), 4), (Unreachable("no answer"), 5)])
def test_one_side_that_fails_does_not_hide_the_other(error: ReconcilerError, code: int) -> None:
    lines = examined(SomeOkta(error=error), SomeScim())
    assert exit_code(lines) == code
    assert any(line.name == "Kandji SCIM" and line.state == "ok" for line in lines)


def test_a_missing_secret_of_one_side_does_not_hide_the_other() -> None:
    def no_secret() -> SomeOkta:
        raise ConfigError("The secret for okta.token can't be had: it is not set.")

    lines = asyncio.run(examine(Sides(okta=no_secret, scim=SomeScim), []))
    assert exit_code(lines) == 2
    assert any(line.name == "Kandji SCIM" and line.state == "ok" for line in lines)


def test_the_optional_rest_api_never_fails_a_run() -> None:
    async def refused() -> tuple[Permission, ...]:
        raise NotAllowed("no permission")

    lines = asyncio.run(examine(Sides(okta=SomeOkta, scim=SomeScim, kandji=refused), []))
    assert exit_code(lines) == 0
    assert [line.state for line in lines if line.name == "Kandji API"] == ["warning"]


@pytest.mark.parametrize(("seconds", "state"), [(0, "ok"), (60, "ok"), (61, "warning"), (-61, "warning")])
def test_clocks_that_differ_by_more_than_a_minute_are_told(seconds: int, state: str) -> None:
    dates = [Told("Okta", NOW, NOW + timedelta(seconds=seconds)), Told("Okta", NOW, NOW + timedelta(days=seconds))]
    lines = examined(SomeOkta(), SomeScim(), dates)
    assert [line.state for line in lines if line.name == "Okta: clock"] == [state]


def test_the_forecast_of_five_thousand_people_is_about_what_was_measured() -> None:
    size = Size(5000, 2, 60, 200, 260, 18_000, 5000, 60)
    cost = forecast(size, rate_share=0.5, concurrency=6)
    assert cost.scarce == 13
    assert 120 <= cost.okta <= 180
    assert cost.kandji == 51
    assert cost.minutes <= 2


def test_a_smaller_share_of_the_rate_limit_takes_longer() -> None:
    size = Size(100_000, 2, 60, 200, 260, 100_000, 100_000, 60)
    half, tenth = (forecast(size, rate_share=share, concurrency=6).minutes for share in (0.5, 0.1))
    assert tenth > half


def test_the_forecast_counts_what_the_log_and_the_groups_of_rules_took_last_time() -> None:
    size = Size(5000, 2, 60, 200, 260, 18_000, 5000, 60)
    more = replace(size, further=45)
    usual, longer = (forecast(one, rate_share=0.5, concurrency=6).okta for one in (size, more))
    assert longer - usual == 45 - (2 + 3)


def test_the_forecast_takes_the_sizes_of_the_last_pull() -> None:
    sources = [complete("okta.app_users", 1000), complete("okta.members", 4000), complete("scim.users", 1000)]
    line = foretell(sources, rate_share=0.5, concurrency=6)
    assert line.told.startswith("by the last pull's sizes, the next takes about")
    assert foretell([], rate_share=0.5, concurrency=6).told.startswith("5,000 people")


def test_a_database_that_can_not_be_opened_is_a_failing_line(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    lines = look_at_files(tmp_path / "file" / "r.db", tmp_path / "file" / "pages")
    assert [(line.state, line.code) for line in lines] == [("failed", 9), ("failed", 9)]


def test_what_failed_says_what_to_do() -> None:
    shown = text([Line("Okta", "failed", "dead", next="make a new token", code=4), Line("x", "ok", "fine")])
    assert shown.splitlines() == ["FAILED   Okta  dead", "               → make a new token", "ok       x     fine"]


def looked_at(tmp_path: Path, *events: Event) -> list[Line]:
    with Store.open(tmp_path / "reconciler.db") as store:
        for event in events:
            store.journal.write(event)
        return look_at_journal(store.journal)


def test_a_journal_that_is_whole_is_one_line(tmp_path: Path) -> None:
    lines = looked_at(tmp_path, *short_apply())
    assert [(line.name, line.state, line.told) for line in lines] == [
        ("journal", "ok", "the chain of 7 events is whole")
    ]


def test_what_was_left_half_way_is_told_until_it_is_mended(tmp_path: Path) -> None:
    lines = looked_at(tmp_path, began(1, EDIT, ADD), *step(1, EDIT, "deactivate"))
    assert [line.told for line in lines[1:]] == ["the rule Everybody was left inactive by apply 1"]
    assert lines[1].next == "reconciler apply --resume"
    assert exit_code(lines) == 0
    lines = looked_at(tmp_path, *step(1, EDIT, "activate"))
    assert [line.told for line in lines[1:]] == ["apply 1 did not end"]
    assert len(looked_at(tmp_path, ended(1))) == 1


def test_a_broken_chain_ends_with_9_and_says_where(tmp_path: Path) -> None:
    looked_at(tmp_path, *short_apply())
    with sqlite3.connect(tmp_path / "reconciler.db") as other:
        other.execute("DROP TRIGGER journal_is_not_changed")
        other.execute("UPDATE journal SET who = 'nobody' WHERE seq = 2")
    other.close()
    lines = look_at_files(tmp_path / "reconciler.db", tmp_path)
    assert exit_code(lines) == 9
    assert "row 2 was changed" in next(line.told for line in lines if line.name == "journal")
