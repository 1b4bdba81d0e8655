"""``doctor`` against the guide: the lines that the last complete run can tell, with its age; nothing more is asked."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Literal

from reconciler import checks, joining
from reconciler.commands.doctor import Line
from reconciler.errors import ReconcilerError
from reconciler.guide import Answer, GuideLine, Seen, answers, of_app, of_target
from reconciler.store import Store
from reconciler.world import Settings
from reports.words import age

STATES: dict[Answer, Literal["ok", "failed", "not checked"]] = {"yes": "ok", "no": "failed", "open": "not checked"}
FOUND_SHOWN = 3


def look_at_guide(path: Path, settings: Settings, now: datetime) -> list[Line]:
    """A line that is not well is advice: ``run`` ends as it would without it.

    ``settings`` are those of today: who has just set ``[assignment] group`` sees it here. Empty where the database
    can't be read, which has a line of its own.
    """
    try:
        with Store.open(path) as store:
            return _lines(store, settings, now)
    except ReconcilerError:
        return []


def _lines(store: Store, settings: Settings, now: datetime) -> list[Line]:
    run = store.last(complete=True)
    if run is None:
        return [Line("guide", "not checked", "not looked at yet", next="reconciler run")]
    snapshot, before = store.around(run.id)
    world = joining.join(snapshot, before=before, settings=settings, now=now)
    seen = Seen(
        findings=tuple((finding, life.state) for finding, life in store.findings(run.id) if life.state != "fixed"),
        notes=store.notes(run.id),
        sources=store.sources(run.id),
        kinds=checks.KINDS,
    )
    lines = (*of_app(snapshot.okta.app), of_target(world.assignment_target), *answers(seen))
    when = Line("guide", "ok", f"what follows was so at run {run.id}, {age(run.finished, now)} ago")
    return [when, *map(_line, lines)]


def _line(one: GuideLine) -> Line:
    sentences = [finding.sentence for finding in one.found[:FOUND_SHOWN]]
    rest = len(one.found) - FOUND_SHOWN
    told = "; ".join([*([one.why] if one.why else []), *sentences, *([f"and {rest} more"] if rest > 0 else [])])
    return Line(f"guide: {one.name}", STATES[one.state], told or one.words, next=one.mend or None)
