"""What every test shares: the facts, the browser, and the rule that nothing is skipped unseen."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.simulator.spec import facts_folder

REPOSITORY = Path(__file__).resolve().parent.parent
ALLOWED_SKIPS = REPOSITORY / "tests" / "allowed_skips.txt"


@pytest.fixture(scope="session")
def facts() -> Path:
    """The folder with the public facts about Okta and Kandji; without it the test is skipped, or fails in CI."""
    folder = facts_folder()
    if folder.is_dir():
        return folder
    if os.environ.get("REQUIRE_FACTS") == "1":
        pytest.fail(f"REQUIRE_FACTS=1, and there is no folder {folder}")
    pytest.skip("the facts are not beside this checkout")


@pytest.fixture(scope="session")
def chromium() -> str:
    """Path of the system's Chromium; without it the test is skipped, or fails where REQUIRE_BROWSER=1."""
    for name in ("chromium", "chromium-browser", "google-chrome"):
        path = shutil.which(name)
        if path:
            return path
    if os.environ.get("REQUIRE_BROWSER") == "1":
        pytest.fail("REQUIRE_BROWSER=1, and there is no Chromium on this machine")
    pytest.skip("there is no Chromium on this machine")


def pytest_sessionfinish(session: pytest.Session) -> None:
    """Fails the run when a test was skipped for a reason that is not listed (where REQUIRE_NO_SKIPS=1)."""
    if os.environ.get("REQUIRE_NO_SKIPS") != "1" or hasattr(session.config, "workerinput"):
        return
    unlisted = sorted(set(_skips(session)) - _allowed())
    if unlisted:
        session.exitstatus = pytest.ExitCode.TESTS_FAILED
        print("\nskipped without being listed in tests/allowed_skips.txt:", *unlisted, sep="\n  ")


def _allowed() -> set[str]:
    if not ALLOWED_SKIPS.exists():
        return set()
    lines = ALLOWED_SKIPS.read_text(encoding="utf-8").splitlines()
    return {line.strip() for line in lines if line.strip() and not line.startswith("#")}


def _skips(session: pytest.Session) -> Iterator[str]:
    reporter = session.config.pluginmanager.get_plugin("terminalreporter")
    for report in reporter.stats.get("skipped", []) if reporter else []:
        yield report.nodeid
