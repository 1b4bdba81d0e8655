"""The mistakes that are made on purpose, and the list of those that no test can see."""

from __future__ import annotations

import ast
import tomllib
from collections import Counter
from pathlib import Path

import pytest

from tests.mutation.__main__ import LIST, ROOT, listed_in
from tests.mutation.covered import COVERED, WORDING
from tests.mutation.mutants import mutants, tree_with

FUNCTION = "def f(a, b):\n    {}\n    return None\n"


@pytest.mark.parametrize(
    ("line", "wrong"),
    [
        ("x = a < b", ["x = a <= b", "x = a >= b"]),
        ("x = a == b", ["x = a != b"]),
        ("x = a in (b, 'c')", ["x = a not in (b, 'c')", "x = a in ('c',)", "x = a in (b,)"]),
        ("x = a and b", ["x = b", "x = a"]),
        ("x = not a", ["x = a"]),
        ("x = a - b", ["x = a + b", "x = a"]),
        ("x = a | b", ["x = a", "x = b"]),
        ("x = min(a, b)", ["x = max(a, b)"]),
        ("x = any(a)", ["x = all(a)"]),
        ("x = 1", ["x = 0", "x = 2"]),
        ("x = True", ["x = False"]),
        ("x = a if b else 'c'", ["x = a", "x = 'c'"]),
        ("x = [y for y in a if y]", ["x = [y for y in a]"]),
        ("a.append(b)", ["pass"]),
        ("a.x = b", ["pass"]),
        ("raise a", ["pass"]),
        ("return a", ["return None"]),
        ("if a: x()", ["if False:\n        x()", "if True:\n        x()", "if a:\n        pass"]),
        ("x: int | None = a", []),
        ("x = f'{a or b}'", []),
        ("return 'words'", []),
        ("'words'", []),
        ("assert_never(a)", []),
    ],
)
def test_each_kind_of_code_is_got_wrong_in_its_own_ways_and_words_in_none(line: str, wrong: list[str]) -> None:
    source = FUNCTION.format(line)
    found = [ast.unparse(tree_with(source, one)) for one in mutants(source)]
    assert found == [ast.unparse(ast.parse(FUNCTION.format(one))) for one in wrong]


def test_a_case_is_left_out_but_for_the_one_that_takes_the_rest() -> None:
    source = "match a:\n    case B() | C():\n        pass\n    case _:\n        pass\n"
    assert [one.what for one in mutants(source)] == ["case dropped", "without B()", "without C()"]


def test_a_mutant_is_known_by_its_function_its_line_and_what_is_done() -> None:
    source = "class A:\n    def f(self):\n        return [\n            1,\n        ]\n\n\nLIMIT = 3\n"
    assert [one.key for one in mutants(source)] == [
        ("A.f", "return [", "return None"),
        ("A.f", "1,", "1 → 0"),
        ("A.f", "1,", "1 → 2"),
        ("", "LIMIT = 3", "3 → 2"),
        ("", "LIMIT = 3", "3 → 4"),
    ]


def test_every_survivor_that_is_listed_is_a_mutant_of_the_code_as_it_is_and_has_a_reason() -> None:
    entries = tomllib.loads(LIST.read_text(encoding="utf-8"))["survivor"]
    assert all(len(one["why"]) > 20 for one in entries)
    for module in sorted({one["module"] for one in entries}):
        source = (ROOT / module).read_text(encoding="utf-8")
        made = Counter(one.key for one in mutants(source, WORDING.get(module, ())))
        assert not listed_in(LIST.read_text(encoding="utf-8"), module) - made, module


def test_every_module_and_test_that_is_named_is_there() -> None:
    named = {*COVERED, *(file for files in COVERED.values() for file in files)}
    assert [one for one in sorted(named) if not Path(ROOT / one).is_file()] == []
    assert WORDING.keys() <= COVERED.keys()
