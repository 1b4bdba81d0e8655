from __future__ import annotations

import io
import logging
from pathlib import Path

import pytest

from reconciler.commands.logs import keep_traceback, logging_to
from reconciler.secrets import Redactor, Secret

CANARY = "00canaryTOKEN"


def redactor() -> Redactor:
    made = Redactor()
    made.hide(Secret(CANARY))
    return made


def logged(file: Path | None, *, verbose: int = 0, level: str = "debug") -> tuple[str, str]:
    stderr, warned = io.StringIO(), io.StringIO()
    with logging_to(
        file=file,
        level=level,
        stderr=stderr,
        verbose=verbose,
        clean=redactor().clean,
        warn=lambda words: print(words, file=warned),
    ):
        log = logging.getLogger("reconciler.test")
        log.debug("asked with %s", CANARY)
        log.info("read")
        try:
            raise ValueError(f"bad header {CANARY}")
        except ValueError:
            log.exception("unexpected")
    return stderr.getvalue(), warned.getvalue()


def test_no_level_and_no_traceback_lets_a_secret_through(tmp_path: Path) -> None:
    stderr, _ = logged(tmp_path / "x.log", verbose=2)
    text = (tmp_path / "x.log").read_text("utf-8")
    assert "asked with" in text
    assert "bad header" in text
    assert CANARY not in text + stderr


def test_a_traceback_goes_to_the_file_and_not_to_the_screen(tmp_path: Path) -> None:
    stderr, _ = logged(tmp_path / "x.log", verbose=2)
    assert "Traceback" in (tmp_path / "x.log").read_text("utf-8")
    assert "Traceback" not in stderr
    assert "asked with" in stderr


@pytest.mark.parametrize(("verbose", "seen"), [(0, False), (1, True)])
def test_the_screen_is_silent_unless_asked(tmp_path: Path, verbose: int, seen: bool) -> None:
    stderr, _ = logged(tmp_path / "x.log", verbose=verbose)
    assert ("read" in stderr) is seen
    assert "asked with" not in stderr


def test_the_file_keeps_what_its_level_says_and_is_for_its_owner(tmp_path: Path) -> None:
    logged(tmp_path / "x.log", level="error", verbose=2)
    assert "read" not in (tmp_path / "x.log").read_text("utf-8")
    assert (tmp_path / "x.log").stat().st_mode & 0o777 == 0o600


def test_a_log_that_can_not_be_written_is_told_and_left_out(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    _, warned = logged(tmp_path / "file" / "x.log")
    assert "can't be written" in warned


def test_the_root_logger_is_left_as_it_was(tmp_path: Path) -> None:
    before = (logging.getLogger().level, list(logging.getLogger().handlers))
    logged(tmp_path / "x.log", verbose=2)
    assert (logging.getLogger().level, list(logging.getLogger().handlers)) == before


def test_a_traceback_without_a_log_gets_a_file_of_its_own() -> None:
    where = keep_traceback(ValueError(CANARY), redactor().clean)
    assert where is not None
    text = where.read_text("utf-8")
    where.unlink()
    assert "ValueError" in text
    assert CANARY not in text
