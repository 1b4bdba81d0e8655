"""The folder, the list and README's table name the same checks, and causes explain kinds that exist."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from reconciler import checks
from reconciler.findings import SEVERITIES, Kind
from tests.test_cli import parses

REPOSITORY = Path(__file__).resolve().parent.parent.parent
NO_CHECKS = {"__init__", "overview", "rules_in_words", "unjudged"}
"""Modules of the folder that are no checks: the judge, and what the report shows beside findings."""

NOT_YET: frozenset[str] = frozenset()
"""Slugs that a cause explains although no check of today finds them."""

ROW = re.compile(r"^\|\s*`(?P<slug>[a-z-]+)`\s*\|\s*(?P<severity>[a-z]+)\s*\|\s*(?P<title>[^|]*?)\s*\|", re.MULTILINE)


def slugs() -> list[str]:
    return [kind.slug for kind in checks.KINDS]


def test_every_module_of_the_folder_is_in_the_list_and_has_the_name_of_its_kind() -> None:
    folder = {path.stem for path in Path(checks.__file__).parent.glob("*.py")} - NO_CHECKS
    assert sorted(folder) == sorted(slug.replace("-", "_") for slug in slugs())
    listed = [getattr(check, "__name__", "").rpartition(".")[2] for check in checks.CHECKS]
    assert listed == [slug.replace("-", "_") for slug in slugs()]


def test_every_module_of_the_folder_has_a_test_of_its_name() -> None:
    tests = {path.stem.removeprefix("test_") for path in Path(__file__).parent.glob("test_*.py")}
    assert {slug.replace("-", "_") for slug in slugs()} <= tests


def test_readmes_table_is_the_list() -> None:
    text = (REPOSITORY / "README.md").read_text(encoding="utf-8")
    table = text.partition("<!-- checks -->")[2].partition("<!-- /checks -->")[0]
    told = {(row["slug"], row["severity"], row["title"]) for row in ROW.finditer(table)}
    assert told == {(kind.slug, kind.severity, kind.title) for kind in checks.KINDS}


def test_the_causes_are_the_kinds_that_explain_something() -> None:
    assert sorted(checks.CAUSES) == sorted(kind.slug for kind in checks.KINDS if kind.explains)


def test_what_a_cause_explains_is_a_kind_that_exists() -> None:
    explained = {slug for kind in checks.KINDS for slug in kind.explains}
    assert explained - set(slugs()) == NOT_YET


@pytest.mark.parametrize("kind", checks.KINDS, ids=lambda kind: kind.slug)
def test_a_kind_tells_what_it_means_why_it_matters_and_what_mends_it(kind: Kind) -> None:
    assert kind.severity in SEVERITIES
    assert kind.grace_minutes in (0, 15, 45, 120)
    for words in (kind.means, kind.matters, kind.mend):
        assert words.endswith(".")
        assert words == " ".join(words.split())
    assert "|" not in kind.title
    assert not kind.title.endswith(".")


@pytest.mark.parametrize("kind", checks.KINDS, ids=lambda kind: kind.slug)
def test_a_kind_tells_how_to_mend_it_in_clicks_and_in_commands_that_exist(kind: Kind) -> None:
    assert kind.how is not None
    assert kind.how.by_hand
    for words in (*kind.how.by_hand, kind.how.if_meant, kind.how.okta_alone, kind.how.side_effects, kind.how.undo):
        assert words.endswith(".")
        assert words == " ".join(words.split())
        assert [line for line in re.findall(r"`reconciler ([^`]*)`", words) if not parses(line)] == []


def test_the_kinds_with_a_fix_are_those_of_the_modules_that_have_one() -> None:
    with_fix = {check.KIND.slug: check.fix for check in checks.CHECKS if hasattr(check, "fix")}
    assert dict(checks.FIXES) == with_fix


@pytest.mark.parametrize("kind", checks.KINDS, ids=lambda kind: kind.slug)
def test_a_kind_names_the_command_that_mends_it_where_there_is_a_fix(kind: Kind) -> None:
    assert kind.how is not None
    assert bool(kind.how.with_tool) is (kind.slug in checks.FIXES)
    assert kind.how.with_tool == "" or parses(kind.how.with_tool.removeprefix("reconciler "))
