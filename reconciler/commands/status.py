"""``status``: one screen from the database alone. It is asked often, so it loads nothing heavy."""

from __future__ import annotations

from collections import Counter
from datetime import datetime
from typing import Any

from reconciler.errors import NotKnown
from reconciler.findings import SEVERITIES
from reconciler.journal import words_of
from reconciler.model import Run
from reconciler.store import Store

SCHEMA_VERSION = 1
TREND_RUNS = 30


def status(store: Store, now: datetime) -> dict[str, Any]:
    """What the database knows of the last run, as a JSON document. Raises NotKnown where nothing was run yet."""
    run = store.last()
    if run is None:
        raise NotKnown("There is no run in the database yet.", next="read both sides first: reconciler run")
    data = run if run.state in ("in-step", "drift") else store.last(complete=True, upto=run.id)
    lives = store.findings(data.id) if data is not None else ()
    states = Counter(life.state for _, life in lives)
    severities = Counter(finding.severity for finding, life in lives if life.stands)
    return {
        "schema_version": SCHEMA_VERSION,
        "state": run.state,
        "sentence": run.sentence,
        "reason": run.reason,
        "run": _run(run, now),
        "data_run": None if data is None else _run(data, now),
        "open": {severity: severities[severity] for severity in SEVERITIES},
        "new": states["new"],
        "back_again": states["back again"],
        "fixed": states["fixed"],
        "settling": states["settling"],
        "accepted": states["accepted"],
        "trend": None if data is None else _trend(store, data),
        "left_half": left_half(store),
        "not_ended": list(store.journal.not_ended()),
        "exit_code": run.exit_code,
    }


def left_half(store: Store) -> list[dict[str, Any]]:
    """What applies left half-way and is not mended yet, each in words and with what to type or click."""
    return [
        {"apply": left.apply, "about": left.about, "id": left.id, "name": left.name, "words": told, "next": way_out}
        for left in store.journal.left_half()
        for told, way_out in [words_of(left)]
    ]


def _trend(store: Store, data: Run) -> dict[str, Any] | None:
    """The first of the last thirty runs, with what was open then; None where no earlier one gave a verdict."""
    first = next(point for point in store.trend(data.id, TREND_RUNS) if point.open is not None)
    if first.open is None or first.run == data.id:
        return None
    counts = {severity: getattr(first.open, severity) for severity in SEVERITIES}
    return {"run": first.run, "finished": first.finished.isoformat(timespec="seconds"), "open": counts}


def _run(run: Run, now: datetime) -> dict[str, Any]:
    return {
        "id": run.id,
        "finished": run.finished.isoformat(timespec="seconds"),
        "age_minutes": max(0, int((now - run.finished).total_seconds() // 60)),
    }


def lines(told: dict[str, Any]) -> list[str]:
    """The document as a person reads it."""
    run, data = told["run"], told["data_run"]
    rows = [f"{told['sentence']}  [{told['state']}]", ""]
    rows += [f"half      {left['words']}: {left['next']}" for left in told["left_half"]]
    half = {left["apply"] for left in told["left_half"]}
    rows += [
        f"apply     apply {number} has not ended: it is at work, or was broken off"
        for number in told["not_ended"]
        if number not in half
    ]
    if told["state"] in ("incomplete", "failed"):
        rows.append(f"why       {told['reason'] or 'not told'}")
    rows.append(f"run       {run['id']}, {run['finished']}, {_age(run['age_minutes'])} ago")
    if data is None:
        rows.append("data      none yet: no run was complete")
        return rows
    if data["id"] != run["id"]:
        rows.append(f"data      of run {data['id']}, {data['finished']}, {_age(data['age_minutes'])} ago")
    counted = ", ".join(f"{count} {severity}" for severity, count in told["open"].items() if count)
    rows.append(f"open      {counted or 'nothing'}")
    if then := told["trend"]:
        before, now = sum(then["open"].values()), sum(told["open"].values())
        rows.append(f"trend     from {before} to {now} open since run {then['run']}, {then['finished']}")
    changes = {name: told[name.replace(" ", "_")] for name in ("new", "back again", "fixed", "settling", "accepted")}
    rows.append("changed   " + ", ".join(f"{count} {name}" for name, count in changes.items()))
    return rows


def next_step(told: dict[str, Any]) -> str | None:
    """What to type next."""
    resumed = [left["next"] for left in told["left_half"] if left["next"].startswith("reconciler ")]
    if resumed or told["not_ended"]:
        return str(resumed[0]) if resumed else "reconciler apply --resume"
    if told["state"] in ("incomplete", "failed"):
        return "reconciler doctor"
    return "reconciler findings" if any(told["open"].values()) else None


def _age(minutes: int) -> str:
    if minutes < 120:
        return f"{minutes} min"
    return f"{minutes // 60} h" if minutes < 48 * 60 else f"{minutes // (24 * 60)} days"
