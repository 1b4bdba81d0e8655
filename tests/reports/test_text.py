from __future__ import annotations

import pytest

from reports.text import ODD, cells, clip, visible
from tests.reports.hostile import HOSTILE


@pytest.mark.parametrize("name", ["Ana Müller", "Søren O'Neil", "李小龍", "لمياء", "kandji-ops", "🛠️ Ops", 'a<b>&"c"'])
def test_names_of_people_and_groups_stay_as_they_are(name: str) -> None:
    assert visible(name) == name


@pytest.mark.parametrize(
    ("hidden", "shown"),
    [
        ("a\u202eb", "a⟨U+202E⟩b"),
        ("a\u200bb", "a⟨U+200B⟩b"),
        ("a\u00a0b", "a⟨U+00A0⟩b"),
        ("a\nb", "a⟨U+000A⟩b"),
        ("\x1b[31m", "⟨U+001B⟩[31m"),
        ("x\ud800", "x⟨U+D800⟩"),
        ("x\ufe0f", "x⟨U+FE0F⟩"),
        ("\u3164", "⟨U+3164⟩"),
        ("", "(empty)"),
        ("   ", "(3 spaces)"),
    ],
)
def test_what_can_not_be_seen_is_written_out(hidden: str, shown: str) -> None:
    assert visible(hidden) == shown


@pytest.mark.parametrize("name", HOSTILE)
def test_nothing_odd_is_left_of_a_hostile_name(name: str) -> None:
    assert ODD.search(visible(name)) is None


def test_a_tower_of_accents_is_cut_and_counted() -> None:
    assert visible("z" + "\u0301" * 60 + "x") == "z" + "\u0301" * 4 + "⟨56 more accents⟩x"


@pytest.mark.parametrize(("text", "columns"), [("abc", 3), ("é", 1), ("e\u0301", 1), ("李", 2), ("", 0)])
def test_a_wide_letter_takes_two_columns_and_an_accent_none(text: str, columns: int) -> None:
    assert cells(text) == columns


@pytest.mark.parametrize(("room", "clipped"), [(5, "李小龍"[:2] + "…"), (6, "李小龍"), (4, "李…"), (2, "…")])
def test_a_text_is_clipped_by_columns_not_by_letters(room: int, clipped: str) -> None:
    assert clip("李小龍", room) == clipped
