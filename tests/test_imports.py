"""Which room may import which, read from the imports themselves, those inside functions too."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

REPOSITORY = Path(__file__).resolve().parent.parent
FILES = tuple(sorted([*(REPOSITORY / "reconciler").rglob("*.py"), *(REPOSITORY / "reports").rglob("*.py")]))
MODULES = frozenset(".".join(path.relative_to(REPOSITORY).with_suffix("").parts) for path in FILES)

PURE = (
    "model",
    "findings",
    "sentence",
    "acceptance",
    "world",
    "evidence",
    "people",
    "strays",
    "joining",
    "system_log",
    "expression",
    "population",
    "assignment",
    "guide",
    "rules",
    "coverage",
    "about_rules",
    "disputes",
    "second_reading",
    "settling",
    "plausibility",
    "changes",
    "plan",
    "fixing",
    "foreseen",
    "accounts",
    "feeding",
    "pushing",
    "wishes",
    "guards",
    "about_changes",
    "drafts",
    "choosing",
    "effects",
    "protection",
    "left_alone",
    "holding",
    "planning",
    "fitting",
    "journal",
)
SETTINGS = ("config", "config_file", "config_keys", "config_text", "places", "addresses", "secrets")
CLI = ("cli", "verbs", "session", "changing", "mending", "outside", "wiring", "__main__")
FOLDERS = ("checks", "directories", "store", "commands", "simulator")

ROOMS = {
    "errors": {"errors"},
    "pure": {"errors", "pure"},
    "checks": {"errors", "pure", "checks"},
    "directories": {"errors", "pure", "directories"},
    "store": {"errors", "pure", "store"},
    "reports": {"errors", "pure", "reports"},
    "settings": {"errors", "settings"},
    "commands": {"errors", "pure", "settings", "checks", "directories", "store", "reports", "commands", "simulator"},
    "cli": {"errors", "pure", "settings", "checks", "directories", "store", "reports", "commands", "cli"},
    "simulator": {"simulator"},
}
"""Room → rooms it may import."""

OUTSIDE = frozenset(
    {
        "__future__",
        "array",
        "collections",
        "collections.abc",
        "dataclasses",
        "datetime",
        "fnmatch",
        "fractions",
        "functools",
        "hashlib",
        "itertools",
        "msgspec",
        "msgspec.structs",
        "operator",
        "pyroaring",
        "re",
        "shlex",
        "typing",
        "unicodedata",
    }
)
"""What the pure rooms may import: nothing that reads a file, a network, an environment or a clock."""

MORE = {"expression": frozenset({"math", "re2"})}
"""What one pure room may import besides; RE2 matches a tenant's patterns in linear time."""

WORLDLY = frozenset({"open", "print", "input", "eval", "exec", "now", "utcnow", "today", "getenv", "time"})
"""Calls that look at the world by way of what is allowed above: ``datetime.now()`` and the like."""


def module_of(path: Path) -> str:
    return ".".join(path.relative_to(REPOSITORY).with_suffix("").parts)


def room_of(module: str) -> str:
    parts = [part for part in module.split(".") if part != "__init__"]
    if parts[0] == "reports":
        return "reports"
    name = parts[1] if len(parts) > 1 else "errors"  # the package itself holds nothing but the version
    for room, members in (("pure", PURE), ("settings", SETTINGS), ("cli", CLI)):
        if name in members:
            return room
    return name


def imports(path: Path) -> Iterator[str]:
    """Every module that a file imports anywhere, by its full name."""
    return imports_in(path.read_text(encoding="utf-8"), module_of(path).split(".")[:-1])


def imports_in(source: str, package: list[str]) -> Iterator[str]:
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            above = package[: len(package) - node.level + 1] if node.level else []
            module = ".".join([*above, *([node.module] if node.module else [])])
            for alias in node.names:
                inner = f"{module}.{alias.name}"
                yield inner if inner in MODULES or f"{inner}.__init__" in MODULES else module


def ours(path: Path) -> set[str]:
    return {name for name in imports(path) if name.split(".")[0] in ("reconciler", "reports")}


def files_of(*rooms: str) -> list[Path]:
    found = [path for path in FILES if room_of(module_of(path)) in rooms]
    assert found
    return found


def shown(path: Path) -> str:
    return path.relative_to(REPOSITORY).as_posix()


def test_every_file_stands_in_a_room_that_is_known() -> None:
    assert {room_of(module_of(path)) for path in FILES} <= set(ROOMS)


@pytest.mark.parametrize("room", ROOMS)
def test_a_room_imports_only_the_rooms_it_may(room: str) -> None:
    wrong = [
        f"{shown(path)} imports {name}"
        for path in files_of(room)
        for name in sorted(ours(path))
        if room_of(name) not in ROOMS[room]
    ]
    assert wrong == []


def test_the_pure_rooms_know_no_network_file_clock_or_environment() -> None:
    wrong = [
        f"{shown(path)} imports {name}"
        for path in files_of("errors", "pure", "checks")
        for name in sorted(set(imports(path)) - ours(path) - OUTSIDE - MORE.get(path.parent.name, frozenset()))
    ]
    assert wrong == []


def test_the_pure_rooms_never_ask_the_time_or_open_anything() -> None:
    wrong = [
        f"{shown(path)}:{node.lineno} calls {name}"
        for path in files_of("errors", "pure", "checks")
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Call)
        for name in [getattr(node.func, "attr", getattr(node.func, "id", ""))]
        if name in WORLDLY
    ]
    assert wrong == []


def test_commands_know_no_directory_by_name() -> None:
    allowed = {
        "reconciler.directories",
        "reconciler.directories.http",
        "reconciler.directories.writers",
    }  # the protocols
    wrong = [
        f"{shown(path)} imports {name}"
        for path in files_of("commands")
        for name in sorted(ours(path))
        if name.startswith("reconciler.directories") and name not in allowed
    ]
    assert wrong == []


def test_only_the_demo_knows_the_simulator() -> None:
    knowing = [path for path in files_of("commands") if any(room_of(name) == "simulator" for name in ours(path))]
    assert [shown(path) for path in knowing] == ["reconciler/commands/demo.py"]


def test_nothing_imports_the_client_of_okta() -> None:
    wrong = [shown(path) for path in FILES if any(name.startswith("okta.client") for name in imports(path))]
    assert wrong == []


def test_an_import_inside_a_function_is_seen_whatever_its_form() -> None:
    source = """
def late():
    import httpx
    from reconciler import store, joining
    from reconciler.config import Config
    from . import findings
    from .commands.pull import pull
"""
    assert sorted(imports_in(source, ["reconciler"])) == [
        "httpx",
        "reconciler.commands.pull",
        "reconciler.config",
        "reconciler.findings",
        "reconciler.joining",
        "reconciler.store",
    ]
