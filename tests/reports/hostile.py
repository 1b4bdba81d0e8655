"""Forty names that somebody could give a person or a group, and a report in which every text is one of them."""

from __future__ import annotations

from itertools import count
from typing import Any, TypeVar

import msgspec
from msgspec.structs import fields, replace

from reports.report import Report

HOSTILE: tuple[str, ...] = (
    "<script>window.hit=1</script>",
    "</script><script>window.hit=1</script>",
    "<img src=x onerror=window.hit=1>",
    '"><svg onload=window.hit=1>',
    "' onmouseover='window.hit=1' x='",
    "javascript:window.hit=1",
    "<a href=javascript:window.hit=1>click</a>",
    "<iframe src=https://evil.example></iframe>",
    "<link rel=stylesheet href=https://evil.example/x.css>",
    "<style>*{background:url(https://evil.example)}</style>",
    "</style><script>window.hit=1</script>",
    "</title><script>window.hit=1</script>",
    "</textarea><script>window.hit=1</script>",
    "<!--<script>window.hit=1</script>",
    "]]><script>window.hit=1</script>",
    "{{ 7 * 7 }}{% raw %}",
    "${window.hit=1}`${window.hit=1}`",
    "&lt;script&gt;&#60;b&#62;",
    "\\u003cscript\\u003ewindow.hit=1",
    '=HYPERLINK("https://evil.example","ok")',
    "+cmd|' /C calc'!A0",
    "-2+3+cmd",
    "@SUM(1+1)*cmd",
    "\t=1+1",
    "\r\n=1+1",
    "＝1+1",
    'a"b,c;d\r\ne',
    "\x1b[31mred\x1b[0m",
    "\x1b]0;title\x07",
    "\x9b2J\x90q\x9c",
    "name\u202egpj.exe",
    "\u2066left\u2069 \u200fright",
    "zero\u200bwidth\u200d\u2060\ufeff",
    "tag\U000e0041\U000e0042 \ue000private",
    "\u2028line\u2029paragraph\x85next",
    "nul\x00byte",
    "z" + "\u0301" * 60 + "algo",
    "لمياء الهاشمي (HR)",
    "constructor __proto__ toString",
    "x" * 700,
)
assert len(HOSTILE) == 40

CLOSED = {
    *("severity", "state", "kind", "side", "type", "label", "key", "cause", "explains", "explains_by"),
    "outcome",
    *("kinds", "stages", "schema_version", "admin_url", "console_url"),
}
"""What the program itself writes, and settings."""

T = TypeVar("T", bound=msgspec.Struct)


def hostile(report: Report) -> Report:
    """``report`` with each text replaced by a hostile one, another for each; what occurs once gets all of them."""
    turn = count()
    every = " ".join(HOSTILE)

    def twist(value: Any) -> Any:
        if isinstance(value, str):
            return HOSTILE[next(turn) % len(HOSTILE)]
        if isinstance(value, tuple):
            return tuple(twist(item) for item in value)
        if isinstance(value, msgspec.Struct):
            return replace(
                value, **{f.name: twist(getattr(value, f.name)) for f in fields(value) if f.name not in CLOSED}
            )
        return value

    twisted: Report = twist(report)
    run = replace(twisted.run, sentence=every, reason=every, version=every, config_digest=every, command_line=every)
    strip = (*twisted.strip[:-1], run)
    return replace(twisted, title=every, sentence=every, do_next=every, run=run, data_run=run, strip=strip)
