"""Names come from directories that other people fill: nothing in them may act, hide or pretend.

A character that moves the text, takes no room or looks like nothing is written out as ``⟨U+202E⟩``. Letters of every
script, accents and emoji stay as they are (a joined emoji shows its joints).
"""

from __future__ import annotations

import re
from unicodedata import category, combining, east_asian_width

INVISIBLE_LETTERS = "\u00ad\u034f\u115f\u1160\u17b4\u17b5\u2800\u3164\uffa0"
"""Letters and marks by category, and still nothing to see: fillers, joiners, an empty Braille cell."""

ODD = re.compile(
    "["
    "\x00-\x1f\x7f-\x9f"  # control characters, line breaks among them
    "\u00a0\u1680\u2000-\u200a\u202f\u205f\u3000"  # spaces that are not the space
    "\u200b-\u200f\u2028-\u202e\u2060-\u206f\u061c\ufeff\ufff9-\ufffb"  # zero width, bidirectional, separators
    "\u180b-\u180f\ufe00-\ufe0f\U000e0000-\U000e0fff\U0001bca0-\U0001bca3\U0001d173-\U0001d17a"  # selectors, tags
    "\ud800-\udfff\ue000-\uf8ff\U000f0000-\U0010ffff\ufdd0-\ufdef\ufffe\uffff"  # halves, private use, no characters
    + INVISIBLE_LETTERS
    + "]"
)
EMOJI = "\ufe0f"
"""Asks for the coloured form of a symbol; after one it is part of what people see. Anywhere else it hides."""
STACK = 4
"""Accents that may stand on one letter; more of them paint over the lines above."""


def visible(text: str) -> str:
    """``text`` with everything odd written out, and ``(empty)`` for nothing or nothing but spaces."""
    if text.isascii() and text.isprintable() and not text.isspace() and text:
        return text
    if not text.strip(" "):
        return "(empty)" if not text else f"({len(text)} spaces)"
    return _unstack(ODD.sub(_mark, text))


def _mark(match: re.Match[str]) -> str:
    character, at = match.group(), match.start()
    if character == EMOJI and at and category(match.string[at - 1]) in ("So", "Sk"):
        return character
    return f"⟨U+{ord(character):04X}⟩"


def escaped(document: str) -> str:
    """A JSON document with everything odd in its strings as JSON's own escapes; it reads back as the same value.

    Line feeds stay: in a string, JSON has escaped them already.
    """
    return ODD.sub(_escape, document)


def _escape(match: re.Match[str]) -> str:
    if match.group() == "\n":
        return "\n"
    units = match.group().encode("utf-16-be", "surrogatepass").hex()
    return "".join(f"\\u{units[at : at + 4]}" for at in range(0, len(units), 4))


def _unstack(text: str) -> str:
    """Marks beyond ``STACK`` in a row as one sign that counts them."""
    if not any(map(combining, text)):
        return text
    kept: list[str] = []
    high = left_out = 0
    for character in [*text, ""]:
        high = high + 1 if character and combining(character) else 0
        if high > STACK:
            left_out += 1
            continue
        if left_out:
            kept.append(f"⟨{left_out} more accents⟩")
            left_out = 0
        kept.append(character)
    return "".join(kept)


def cells(text: str) -> int:
    """Columns that ``text`` takes on a terminal: two for wide letters, none for accents."""
    if text.isascii():
        return len(text)
    return sum(
        0 if combining(letter) or letter == EMOJI else 2 if east_asian_width(letter) in "WF" else 1 for letter in text
    )


def clip(text: str, room: int) -> str:
    """``text`` cut to ``room`` columns, the last of which is then an ellipsis."""
    if cells(text) <= room:
        return text
    kept, used = [], 0
    for letter in text:
        wide = cells(letter)
        if used + wide > room - 1:
            break
        kept.append(letter)
        used += wide
    return "".join(kept) + "…"
