from __future__ import annotations

import tomllib
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from reconciler.places import Path, places

TEXT = '''# a comment with [brackets] and key = "value"
top = 1
"quoted key" = 'literal # no comment'

[okta]   # a table
org_url = "https://acme.okta.com"  # why
  dotted.inner = """many
lines with key = 1 and \\""" quotes"""
[okta.deep."with.dot"]
after = [ # elements
  "one",
  { name = "two", list = [1, 2] },
]

[[accept]]
kind = "first"
[[accept]]
kind = """second"""
[accept.more]
last = true
'''


def paths_of(value: Any, path: Path = ()) -> set[Path]:
    if isinstance(value, dict):
        return {path} | {found for key, inner in value.items() for found in paths_of(inner, (*path, key))}
    if isinstance(value, list):
        return {path} | {found for number, inner in enumerate(value) for found in paths_of(inner, (*path, number))}
    return {path}


def test_every_key_table_and_element_has_a_place() -> None:
    assert set(places(TEXT)) >= paths_of(tomllib.loads(TEXT)) - {()}


def test_a_place_is_where_the_key_begins() -> None:
    found = places(TEXT)
    assert found["okta", "org_url"] == (6, 1)
    assert found["okta", "dotted", "inner"] == (7, 3)
    assert found["okta", "deep", "with.dot", "after", 1, "name"] == (12, 5)
    assert found["accept", 1, "kind"] == (18, 1)
    assert found["accept", 1, "more", "last"] == (20, 1)


def test_windows_line_ends_move_nothing() -> None:
    assert places(TEXT.replace("\n", "\r\n")) == places(TEXT)


KEYS = st.text(st.characters(codec="utf-8", exclude_categories=("Cs", "Cc")), max_size=8)
LEAVES = st.one_of(
    st.integers(-5, 5), st.booleans(), st.text(st.characters(codec="utf-8", exclude_categories=("Cs", "Cc")))
)
VALUES = st.recursive(
    LEAVES, lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(KEYS, inner, max_size=3)), max_leaves=8
)


def spelt(value: Any) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, str):
        return '"' + value.replace("\\", "\\\\").replace('"', '\\"') + '"'
    if isinstance(value, dict):
        return "{ " + ", ".join(f"{spelt(key)} = {spelt(inner)}" for key, inner in value.items()) + " }"
    if isinstance(value, list):
        return "[" + ", ".join(spelt(inner) for inner in value) + "]"
    return str(value)


@given(st.dictionaries(KEYS, VALUES, max_size=4))
def test_any_nesting_of_values_is_gone_through(values: dict[str, Any]) -> None:
    text = "\n".join(f"{spelt(key)} = {spelt(value)}" for key, value in values.items())
    assert set(places(text)) == paths_of(tomllib.loads(text)) - {()}
