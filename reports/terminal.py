"""The report on one screen: the sentence first, the counts, what to look at, what was not checked, what to type next.

Colour is written as plain SGR sequences; names can add none, for every control character in them is written out.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from reconciler.findings import SEVERITIES
from reconciler.model import COMPLETE, SHRANK
from reports import file_name
from reports.acceptances import acceptance_lines
from reports.mending import foretold
from reports.report import Report, Row
from reports.sheet import Sheet
from reports.text import visible
from reports.words import STATES, age, count, date, listing, moment, number, signed

SIGNS = {"in-step": "✓", "drift": "▲", "incomplete": "◐", "failed": "✗"}
KINDS_SHOWN = 12
NAMES_SHOWN = 5
RUNS_SHOWN = 30
BARS = "▁▂▃▄▅▆▇█"
NARROW, BROAD = 28, 60


def render(report: Report, *, width: int = 80, color: bool = False) -> str:
    """Lines of at most ``width`` columns (28 at least), each ended with a line feed."""
    page = Sheet(max(width, NARROW), color)
    parts = (_head, _tiles, _causes, _findings, _mendable, _settling, _accepted, _trust, _next)
    return "".join(f"{line.rstrip()}\n" for part in parts for line in part(report, page))


def _head(report: Report, page: Sheet) -> Iterator[str]:
    for line in page.fold(visible(report.sentence)):
        yield page.ink(line, "strong")
    sign = f"{SIGNS[report.state]} {STATES[report.state]}"
    about = f"{visible(report.title)} · run {report.run.id} · {moment(report.run.finished)}"
    first, *rest = page.fold(f"{sign} · {about}")
    yield page.ink(sign, report.state) + page.ink(first[len(sign) :], "quiet")
    yield from (page.ink(line, "quiet") for line in rest)
    if report.run.reason:
        yield from page.fold(f"why: {visible(report.run.reason)}", "  ", "       ")
    if report.redacted:
        yield from page.fold("Names, addresses and hosts are masked in this report.", "  ", "  ")
    if report.data_run is None:
        yield from page.fold("There are no data yet: nothing below says anything about people.", "  ", "  ")
    elif report.data_run.id != report.run.id:
        old = age(report.data_run.finished, report.data_age_end)
        yield from page.fold(f"What follows was true at run {report.data_run.id}, {old} earlier.", "  ", "  ")


def _tiles(report: Report, page: Sheet) -> Iterator[str]:
    if report.data_run is None:
        return
    yield ""
    have = report.counts
    fresh = report.data_run.id == report.run.id
    moved = (("new", have.new), ("back again", have.back), ("fixed", have.fixed)) if fresh else ()
    parts = (("open", have.open), *moved, ("settling", have.settling), ("accepted", have.accepted))
    words = [f"{number(size)} {what}" for what, size in parts]
    yield from page.fold(" · ".join(words), "  ", "  ")
    for tile in report.tiles:
        change = "" if tile.change is None else signed(tile.change)
        way = f"{change:>8}  {_way(report, tile.severity)}" if page.width >= BROAD else f"{change:>8}"
        yield page.ink(f"  {tile.severity:<9}", tile.severity) + f"{number(tile.count):>8}" + page.ink(way, "quiet")


def _way(report: Report, severity: str) -> str:
    """How the number went in the last runs that gave a verdict, as a row of bars on a scale of its own."""
    counts = [int(getattr(point.open, severity)) for point in report.trend if point.open is not None][-RUNS_SHOWN:]
    if len(counts) < 2:
        return ""
    most = max(*counts, 1)
    return "".join(BARS[-(-count * (len(BARS) - 1) // most)] for count in counts)


def _causes(report: Report, page: Sheet) -> Iterator[str]:
    causes = [row for row in report.rows if row.is_cause]
    if not causes:
        return
    have = report.counts
    yield from page.head(f"{count(have.causes, 'cause')}, {count(have.explained_people, 'person', 'people')}")
    for row in causes[:KINDS_SHOWN]:
        yield from page.fold(visible(row.finding.sentence), "  ◆ ", "    ")
        what = f"explains {count(row.explains, 'finding')}, {count(row.explains_people, 'person', 'people')}"
        yield from page.fold(f"{row.finding.severity} · {row.finding.id} · {what}", "    ", "    ")
    yield from _more(len(causes) - KINDS_SHOWN, "cause", page)


def _findings(report: Report, page: Sheet) -> Iterator[str]:
    by_kind: dict[str, list[Row]] = {}
    open_rows = (row for row in report.rows if row.life.stands and not row.is_cause)
    for row in sorted(open_rows, key=lambda row: SEVERITIES.index(row.finding.severity)):
        by_kind.setdefault(row.finding.kind, []).append(row)
    if not by_kind:
        return
    yield from page.head("Findings")
    causes = {row.finding.id for row in report.rows if row.explains}
    titles = {kind.slug: kind.title for kind in report.kinds}
    for slug, rows in list(by_kind.items())[:KINDS_SHOWN]:
        severity = rows[0].finding.severity
        text = page.line(f"  {severity:<8}  {titles.get(slug, slug)}", number(len(rows)))
        yield page.ink(text, severity) if severity == "critical" else text
        alone = [row for row in rows if row.finding.cause not in causes or severity == "critical"]
        for row in alone[:NAMES_SHOWN]:
            name = visible(row.finding.person or row.finding.subject.name)
            yield page.line(f"            {name}", row.finding.id)
        yield from _more(len(alone) - NAMES_SHOWN, "more of them", page, f": reconciler findings --kind {slug}")
        if explained := len(rows) - len(alone):
            yield from page.fold(f"{number(explained)} explained by a cause above", "            ", "            ")
    yield from _more(len(by_kind) - KINDS_SHOWN, "kind", page)


def _mendable(report: Report, page: Sheet) -> Iterator[str]:
    if words := foretold(report):
        yield ""
        yield from page.fold(words.replace("`", ""))


def _more(left: int, what: str, page: Sheet, where: str = ": reconciler findings") -> Iterable[str]:
    if left <= 0:
        return ()
    words = f"{number(left)} {what}" if what.startswith("more") else f"{count(left, 'more ' + what)}"
    return (
        page.fold(f"… {words}{where}", "            ", "            ") if page.width >= 60 else page.fold("… " + words)
    )


def _settling(report: Report, page: Sheet) -> Iterator[str]:
    if not report.counts.settling:
        return
    are = "finding is" if report.counts.settling == 1 else "findings are"
    oldest = min(row.life.back_since or row.life.first_seen for row in report.rows if row.life.state == "settling")
    yield ""
    yield from page.fold(
        f"{number(report.counts.settling)} {are} settling: the change may still be on its way, so not counted. "
        f"The oldest was first seen {age(oldest, report.data_age_end)} before the end of this run."
    )


def _accepted(report: Report, page: Sheet) -> Iterator[str]:
    """Acceptances about which somebody must decide."""
    urgent = [one for one in acceptance_lines(report) if one.urgent]
    if not urgent:
        return
    yield from page.head("Acceptances that end")
    for one in urgent[:KINDS_SHOWN]:
        told = one.acceptance
        words = f"{told.id} {one.ending}, on {date(told.until)}: {one.effect}. {told.reason}, says {told.owner}"
        yield from page.fold(visible(words), "  · ", "    ")
    yield from _more(len(urgent) - KINDS_SHOWN, "acceptance", page, ": reconciler accepted")


def _trust(report: Report, page: Sheet) -> Iterator[str]:
    broken = [source for source in report.sources if source.required and source.state != COMPLETE]
    if broken:
        yield from page.head("Not read whole")
        for source in broken:
            reason = f": {visible(source.reason)}" if source.reason else ""
            yield from page.fold(f"{source.name}{reason}", "  ✗ ", "    ")
    elif report.sources and report.data_run is not None:
        need = [source.name.split(".")[0] for source in report.sources if source.required]
        sides = listing(sorted({"Okta" if name == "okta" else "Kandji" for name in need}, reverse=True))
        yield ""
        yield from page.fold(
            f"{count(len(need), 'list')} of {sides} were read whole, so what is missing is really missing."
        )
    shrunk = [note for note in report.notes if note.kind == SHRANK]
    skipped = [note for note in report.notes if note.kind != SHRANK]
    for title, notes in (("Shrank, unconfirmed", shrunk), ("Not checked, and why", skipped)):
        if notes:
            yield from page.head(title)
        for note in notes[:KINDS_SHOWN]:
            yield from page.fold(f"{visible(note.about)}: {visible(note.reason)}", "  · ", "    ")
        yield from _more(len(notes) - KINDS_SHOWN, "note", page, f": in {file_name(report, 'html')}")


def _next(report: Report, page: Sheet) -> Iterator[str]:
    if report.do_next:
        yield ""
        yield page.ink("next: ", "strong") + visible(report.do_next)
