from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import httpx
import pytest

from reconciler.checks import KINDS
from reconciler.commands import report as reports_of
from reconciler.commands.pull import Pulled
from reconciler.commands.run import FAIL_ON, FailOn, exit_code, is_drift, publish
from reconciler.errors import NotKnown, StoreError, Unreachable
from reconciler.store import Store
from reports.report import Report
from tests.applies import EDIT, began, step
from tests.commands.conftest import Keep
from tests.commands.samples import NOW, PEOPLE, TOKENS, SomeOkta, SomeScim, call, okta, scim

FORMATS = ("html", "json", "csv")
LESS = (SomeOkta(okta(assigned=PEOPLE[:3])), SomeScim(scim(PEOPLE[:3], PEOPLE[:3])))


def built(folder: Path, run_id: int | None = None) -> Report:
    with Store.open(folder / "reconciler.db") as store:
        return reports_of.build(store, KINDS, run_id=run_id)


def test_a_page_shows_the_run_and_its_findings(tmp_path: Path, drift: Pulled) -> None:
    report = built(tmp_path)
    assert report.sentence == "1 person in pushed groups is not assigned."
    assert [row.finding.kind for row in report.rows] == ["member-not-assigned"]
    assert (report.counts.open, report.counts.new, report.counts.people) == (1, 0, 1)
    assert report.title == "acme → kandji"
    assert report.do_next == "reconciler findings --kind member-not-assigned"
    assert [tile.count for tile in report.tiles] == [0, 1, 0, 0]
    assert all(tile.change is None for tile in report.tiles)


def test_the_baseline_has_nothing_new_and_the_next_run_may_have(tmp_path: Path, keep: Keep) -> None:
    keep()
    keep(*LESS, now=NOW + timedelta(hours=3))
    report = built(tmp_path)
    assert [row.life.state for row in report.new] == ["new"]
    assert [tile.change for tile in report.tiles] == [0, 1, 0, 0]


def test_what_was_mended_is_shown_as_fixed_and_no_longer_counted(tmp_path: Path, drift: Pulled, keep: Keep) -> None:
    keep(now=NOW + timedelta(hours=3))
    report = built(tmp_path)
    assert (report.counts.open, report.counts.fixed, report.state) == (0, 1, "in-step")
    assert report.rows == ()
    assert report.do_next is None


def test_a_run_without_verdict_shows_the_data_of_the_last_complete_one(
    tmp_path: Path, drift: Pulled, keep: Keep
) -> None:
    keep(SomeOkta(error=Unreachable("no answer")), now=NOW + timedelta(hours=1))
    report = built(tmp_path)
    assert (report.state, report.run.id, report.do_next) == ("incomplete", 2, "reconciler doctor")
    assert report.data_run is not None
    assert report.data_run.id == 1
    assert (report.counts.open, report.counts.fixed) == (1, 0)


def test_an_earlier_run_is_shown_as_it_was_known_then(tmp_path: Path, drift: Pulled, keep: Keep) -> None:
    before = built(tmp_path, run_id=1)
    keep(now=NOW + timedelta(hours=3))
    assert built(tmp_path, run_id=1) == before


def test_a_run_that_does_not_exist_is_not_known(tmp_path: Path, drift: Pulled) -> None:
    with pytest.raises(NotKnown):
        built(tmp_path, run_id=7)


def test_an_empty_database_has_nothing_to_report(tmp_path: Path) -> None:
    with pytest.raises(NotKnown):
        built(tmp_path)


def published(folder: Path, pulled: Pulled, into: Path) -> tuple[int, tuple[Path, ...]]:
    with Store.open(folder / "reconciler.db") as store:
        written = publish(store, pulled, KINDS, folder=into, formats=FORMATS, mode=0o640)
        return exit_code(written, "never"), written.paths


def test_the_pages_are_written_with_their_mode_and_as_latest(tmp_path: Path, drift: Pulled) -> None:
    code, paths = published(tmp_path, drift, tmp_path / "pages")
    assert code == 0
    assert [path.name for path in paths] == [f"2026-03-02-run-1.{ending}" for ending in FORMATS]
    for path in paths:
        assert path.stat().st_mode & 0o777 == 0o640
        assert (path.parent / f"latest{path.suffix}").read_bytes() == path.read_bytes()
    assert len(list((tmp_path / "pages").iterdir())) == 6


def test_a_page_that_can_not_be_written_ends_with_9_and_the_run_is_kept(tmp_path: Path, drift: Pulled) -> None:
    in_the_way = tmp_path / "file"
    in_the_way.write_text("")
    code, paths = published(tmp_path, drift, in_the_way / "pages")
    assert (code, paths) == (9, ())
    assert built(tmp_path).run.id == 1


def test_an_unwritable_page_wins_over_an_unreachable_service(tmp_path: Path, keep: Keep) -> None:
    in_the_way = tmp_path / "file"
    in_the_way.write_text("")
    pulled = keep(SomeOkta(error=Unreachable("no answer")))
    assert published(tmp_path, pulled, in_the_way / "pages")[0] == StoreError.exit_code


@pytest.mark.parametrize(
    ("fail_on", "expected"),
    [("never", False), ("new", False), ("critical", False), ("high", True), ("medium", True), ("any", True)],
)
def test_old_drift_of_high_severity_fails_from_high_on(
    tmp_path: Path, drift: Pulled, fail_on: FailOn, expected: bool
) -> None:
    assert is_drift(built(tmp_path), fail_on) is expected


def test_new_drift_fails_on_new(tmp_path: Path, keep: Keep) -> None:
    keep()
    keep(*LESS, now=NOW + timedelta(hours=3))
    assert is_drift(built(tmp_path), "new")


def test_a_run_without_verdict_is_never_drift(tmp_path: Path, drift: Pulled, keep: Keep) -> None:
    keep(SomeOkta(error=Unreachable("no answer")))
    assert not any(is_drift(built(tmp_path), fail_on) for fail_on in FAIL_ON)


def test_a_run_warns_of_what_an_apply_left_half_way(tmp_path: Path, config: Path) -> None:
    with Store.open(tmp_path / "reconciler.db") as store:
        for event in (began(1, EDIT), *step(1, EDIT, "deactivate")):
            store.journal.write(event)

    def dead(config: object) -> httpx.AsyncBaseTransport:
        return httpx.MockTransport(lambda request: httpx.Response(503, json={}))

    told = call("run", "-q", "-c", config, environ=TOKENS, transport=dead)
    assert (
        "warning: the rule Everybody was left inactive by apply 1; next: reconciler apply --resume"
        in told.err.splitlines()
    )
