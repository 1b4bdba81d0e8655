"""``make mutate``: which small mistakes in what plans, guards and carries out changes no test would see.

Every mutant that survives stands in ``survivors.toml`` with why nothing can tell it from the code as it is; the run
fails on one that is not listed, and on a listed one that is no longer there or no longer survives. It works on a copy
of the tree. Arguments: modules (all without), as paths or ends of paths.
"""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
import tempfile
import tomllib
from collections import Counter
from pathlib import Path
from typing import Any

from tests.mutation.covered import COVERED

ROOT = Path(__file__).resolve().parents[2]
LIST = Path(__file__).with_name("survivors.toml")
_COPIED = ("reconciler", "reports", "tests")
Key = tuple[str, str, str]
"""Function, line, and what is done to it."""


def main(arguments: list[str]) -> int:
    modules = [one for one in COVERED if not arguments or any(one.endswith(end) for end in arguments)]
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(folder)
        for name in _COPIED:
            shutil.copytree(ROOT / name, copy / name, ignore=shutil.ignore_patterns("__pycache__"))
        shutil.copy(ROOT / "pyproject.toml", copy)
        shutil.copy(ROOT / "config.example.toml", copy)
        wrong = [module for module in modules if not _judged(module, _mutated(copy, module))]
    return 1 if wrong else 0


def _mutated(copy: Path, module: str) -> list[dict[str, Any]]:
    result = copy / "result.json"
    command = (sys.executable, "-m", "tests.mutation.running", module, str(result))
    if subprocess.run(command, cwd=copy, check=False).returncode != 0:
        raise SystemExit(f"{module}: the tests that are asked about it do not pass as it is")
    return list(json.loads(result.read_text(encoding="utf-8")))


def _judged(module: str, found: list[dict[str, Any]]) -> bool:
    """Tells the figures, and whether the survivors are those that are listed."""
    alive: Counter[Key] = Counter(tuple(one["key"]) for one in found if one["survived"])
    listed = listed_in(LIST.read_text(encoding="utf-8"), module)
    print(f"{module}: {len(found)} mutants, {len(found) - alive.total()} killed, {alive.total()} survive")
    for where, line, what in (alive - listed).elements():
        print(f"  survives, and is not listed: {where}: {line}  [{what}]")
    for where, line, what in (listed - alive).elements():
        print(f"  is listed, and does not survive: {where}: {line}  [{what}]")
    return alive == listed


def listed_in(text: str, module: str) -> Counter[Key]:
    """The survivors that are known of a module. Raises ``KeyError`` where one lacks its reason."""
    found: Counter[Key] = Counter()
    for one in tomllib.loads(text).get("survivor", ()):
        if one["module"] == module and one["why"]:
            found[one["in"], one["line"], one["mutation"]] += one.get("times", 1)
    return found


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
