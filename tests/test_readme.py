from __future__ import annotations

import re
from pathlib import Path

from reconciler.checks import CAUSES, KINDS
from reconciler.cli import EXIT_CODES, cli
from tests.conftest import REPOSITORY

README = (REPOSITORY / "README.md").read_text("utf-8")


def rows(heading: str) -> list[list[str]]:
    """Cells of the first table under a heading."""
    section = README.split(f"\n## {heading}\n", 1)[1].split("\n## ", 1)[0]
    lines = [line for line in section.splitlines() if line.startswith("| ")][2:]
    return [[cell.strip().strip("`") for cell in line.strip("| ").split(" | ")] for line in lines]


def test_the_table_of_checks_is_the_list_of_checks() -> None:
    assert rows("What it looks for") == [
        [kind.slug, kind.severity, kind.title, *(["◆"] if kind.slug in CAUSES else [])] for kind in KINDS
    ]


def test_the_table_of_commands_is_the_grammar() -> None:
    named = {cell[0].removeprefix("reconciler ") for cell in rows("Two commands, and the others")}
    assert named == set(cli.commands)


def test_the_exit_codes_are_those_of_the_help() -> None:
    told = re.findall(r"^ *(\d+(?:, \d+)?)  (.+?)(?:;|$)", EXIT_CODES, flags=re.MULTILINE)
    table = [(code, re.split(r"; | \(", words)[0].replace("`", "")) for code, words in rows("Exit codes")]
    assert table == [(code, words) for code, words in told]


def test_every_file_that_the_readme_names_exists() -> None:
    for name in ("config.example.toml", "Makefile"):
        assert name == "Makefile" or name in README
        assert Path(REPOSITORY / name).exists()


def test_every_command_in_the_readme_is_understood() -> None:
    lines = re.findall(r"^ *(reconciler [a-z].*)$|`(reconciler [a-z][^`]*)`", README, flags=re.MULTILINE)
    assert lines
    for fenced, quoted in lines:
        words = (fenced or quoted).split()[1:]
        command = cli.commands[words[0]]
        known = {name for option in command.params for name in option.opts}
        assert [word for word in words[1:] if word.startswith("-") and word not in known] == []
