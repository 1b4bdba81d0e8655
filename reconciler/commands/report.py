"""``report``: makes the page of a run from the database; nothing is read, nothing is judged anew."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Literal, cast

from reconciler.errors import NotKnown
from reconciler.findings import SEVERITIES, Finding, Foreseen, Kind, Life
from reconciler.model import Run
from reconciler.sentence import headline
from reconciler.store import Store
from reports.report import SCHEMA_VERSION, Counts, Report, Row, Tile, mendable

COMPLETE_STATES = ("in-step", "drift")
Lives = Sequence[tuple[Finding, Life]]


def build(store: Store, kinds: Sequence[Kind], *, run_id: int | None = None) -> Report:
    """The report of one run (default: the last), as it was known then.

    A run that gave no verdict shows the data of the last complete one before it. Raises NotKnown where there is no such
    run.
    """
    run = store.run(run_id) if run_id is not None else store.last()
    if run is None:
        raise NotKnown("There is no run in the database yet.", next="read both sides first: reconciler run")
    data_run = run if run.state in COMPLETE_STATES else store.last(complete=True, upto=run.id)
    lives: Lives = store.findings(data_run.id) if data_run is not None else ()
    told = store.foreseen(data_run.id) if data_run is not None else ()
    rows = _rows(lives, kinds, {one.finding: one for one in told})
    standing = tuple(row for row in rows if row.life.stands)
    shown = dict(run.display)
    return Report(
        schema_version=SCHEMA_VERSION,
        title=shown.get("title", "Okta → Kandji"),
        state=cast(Literal["in-step", "drift", "incomplete", "failed"], run.state),
        sentence=run.sentence,
        run=run,
        data_run=data_run,
        counts=_counts(rows, standing),
        tiles=_tiles(store, data_run, standing),
        strip=store.runs(upto=run.id, limit=30),
        trend=store.trend(run.id),
        do_next=_do_next(run, standing),
        new=_in(rows, "new"),
        back=_in(rows, "back again"),
        fixed=_in(rows, "fixed"),
        rows=tuple(row for row in rows if row.life.state != "fixed"),
        stages=store.stages(data_run.id) if data_run is not None else (),
        groups=store.groups(data_run.id) if data_run is not None else (),
        rules=store.rules(data_run.id) if data_run is not None else (),
        kinds=tuple(kinds),
        sources=store.sources(run.id),
        notes=store.notes(run.id),
        accepted=store.accepted(data_run.id) if data_run is not None else (),
        outside_scope=store.outside_scope(data_run.id) if data_run is not None else 0,
        admin_url=shown.get("admin_url"),
        console_url=shown.get("console_url"),
        mendable=mendable(standing),
    )


def open_rows(report: Report) -> tuple[Row, ...]:
    """The rows that count: open, new, back again or at first sight; neither settling nor accepted."""
    return tuple(row for row in report.rows if row.life.stands)


def _rows(lives: Lives, kinds: Sequence[Kind], foreseen: Mapping[str, Foreseen]) -> tuple[Row, ...]:
    explained: dict[str, int] = {}
    people: dict[str, set[str]] = {}
    for finding, life in lives:
        if finding.cause is not None and life.stands:
            explained[finding.cause] = explained.get(finding.cause, 0) + 1
            people.setdefault(finding.cause, set()).update(finding.people)
    place = {kind.slug: number for number, kind in enumerate(kinds)}
    rows = [
        Row(
            finding=finding,
            life=life,
            explains=explained.get(finding.id, 0),
            explains_people=len(people.get(finding.id, ())),
            foreseen=foreseen.get(finding.id) if life.stands else None,
        )
        for finding, life in lives
    ]
    return tuple(
        sorted(
            rows,
            key=lambda row: (
                row.explains == 0,
                SEVERITIES.index(row.finding.severity),
                place.get(row.finding.kind, len(place)),
                row.finding.subject.name.casefold(),
                row.finding.id,
            ),
        )
    )


def _in(rows: Iterable[Row], state: str) -> tuple[Row, ...]:
    return tuple(row for row in rows if row.life.state == state)


def _counts(rows: Sequence[Row], standing: Sequence[Row]) -> Counts:
    causes = {row.finding.id for row in standing if row.is_cause}
    return Counts(
        open=len(standing),
        new=len(_in(rows, "new")),
        back=len(_in(rows, "back again")),
        fixed=len(_in(rows, "fixed")),
        settling=len(_in(rows, "settling")),
        accepted=len(_in(rows, "accepted")),
        people=len({key for row in standing for key in row.finding.people}),
        causes=len(causes),
        explained_people=len({key for row in standing if row.finding.cause in causes for key in row.finding.people}),
    )


def _tiles(store: Store, data_run: Run | None, standing: Sequence[Row]) -> tuple[Tile, ...]:
    before = store.last(complete=True, upto=data_run.id - 1) if data_run is not None else None
    earlier = store.trend(before.id, 1)[0].open if before is not None else None
    tiles = []
    for severity in SEVERITIES:
        count = sum(row.finding.severity == severity for row in standing)
        change = None if earlier is None else count - getattr(earlier, severity)
        tiles.append(Tile(severity=severity, count=count, change=change))
    return tuple(tiles)


def _do_next(run: Run, standing: Sequence[Row]) -> str | None:
    """The command that leads on: what to find out about a run without verdict, else what its sentence speaks of."""
    if run.state not in COMPLETE_STATES:
        return "reconciler doctor"
    if not standing:
        return None
    spoken_of = headline(row.finding for row in standing)
    first = min(
        standing,
        key=lambda row: (
            row.finding.kind not in spoken_of,
            SEVERITIES.index(row.finding.severity),
            row.explains == 0,
        ),
    )
    return f"reconciler findings --kind {first.finding.kind}"
