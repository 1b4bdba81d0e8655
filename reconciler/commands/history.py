"""``history``: the runs, what differs between two of them, and the life of a person, group or finding."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from reconciler.commands.who import Who, resolve
from reconciler.errors import NotKnown
from reconciler.findings import Finding, Life
from reconciler.model import Run
from reconciler.store import Store

SCHEMA_VERSION = 1
Table = tuple[tuple[str, ...], list[tuple[str, ...]]]
Document = dict[str, Any]


def runs(store: Store, limit: int) -> Document:
    """The last runs, newest first."""
    return {"schema_version": SCHEMA_VERSION, "runs": [_run(run) for run in reversed(store.runs(limit=limit))]}


def between(store: Store, first: int, second: int) -> Document:
    """What differs between two complete runs. Raises ``NotKnown`` where either is not there or gave no verdict."""
    before, after = _seen(store, first), _seen(store, second)
    lines = [
        *(_difference("came", None, after[key]) for key in sorted(after.keys() - before.keys())),
        *(_difference("went", before[key], None) for key in sorted(before.keys() - after.keys())),
        *(
            _difference("changed", before[key], after[key])
            for key in sorted(before.keys() & after.keys())
            if _told(before[key]) != _told(after[key])
        ),
    ]
    return {"schema_version": SCHEMA_VERSION, "first": first, "second": second, "findings": lines}


def life(store: Store, asked: str) -> Document:
    """What happened to a person, group or finding, oldest first. Raises ``NotKnown``, with candidates if several."""
    last = store.last(complete=True)
    if last is None:
        raise NotKnown("There is no complete run in the database yet.", next="read both sides first: reconciler run")
    who = resolve(store, last.id, asked)
    events = sorted(events_of(store, last.id, who), key=lambda one: (one["run"], one["what"], one["change"]))
    return {"schema_version": SCHEMA_VERSION, "type": who.type, "name": who.name, "events": events}


def events_of(store: Store, run_id: int, who: Who) -> list[Document]:
    """What happened to somebody or something up to a run, each record and finding by itself."""
    if who.finding is not None:
        return _states(store, run_id, who.finding, who.finding)
    told: list[Document] = []
    if who.person is not None:
        keys = {f"user:{who.person.user_id}", f"account:{who.person.account_id}"}
        told += [
            _changed(change.run, change.finished, change.record, _words(change.field, change.before, change.after))
            for change in store.past_of_person(run_id, user_id=who.person.user_id, account_id=who.person.account_id)
        ]
        found = store.findings_about(people=keys)
    else:
        group = who.group
        assert group is not None  # noqa: S101 - one of the three is set
        told += [
            _changed(change.run, change.finished, change.record, _words(change.field, change.before, change.after))
            for change in store.past_of_group(run_id, group_id=group.group_id, kandji_group_id=group.kandji_group_id)
        ]
        found = store.findings_about(groups={one for one in (group.group_id, group.kandji_group_id) if one})
    for finding_id, kind in found:
        told += _states(store, run_id, finding_id, f"{kind} {finding_id}")
    return told


def _states(store: Store, run_id: int, finding_id: str, what: str) -> list[Document]:
    return [
        _changed(change.run, change.finished, what, change.state)
        for change in store.past_of_finding(run_id, finding_id)
    ]


def _changed(run: int, finished: datetime, what: str, change: str) -> Document:
    return {"run": run, "finished": finished.isoformat(timespec="seconds"), "what": what, "change": change}


def _words(field: str, before: str | None, after: str | None) -> str:
    if not field:
        return {"there": "appeared", "gone": "gone"}[after or "gone"]
    return f"{field.replace('_', ' ')}: {before or 'empty'} → {after or 'empty'}"


def _run(run: Run) -> Document:
    return {
        "id": run.id,
        "finished": run.finished.isoformat(timespec="seconds"),
        "state": run.state,
        "sentence": run.sentence,
        "exit_code": run.exit_code,
        "version": run.version,
        "data_digest": run.data_digest,
    }


def _seen(store: Store, run_id: int) -> dict[str, tuple[Finding, Life]]:
    asked = store.run(run_id)
    if store.last(complete=True, upto=run_id) != asked:
        raise NotKnown(
            f"Run {run_id} gave no verdict, so nothing can be compared with it.",
            why=asked.sentence,
            next="see which runs did: reconciler history",
        )
    return {finding.id: (finding, life) for finding, life in store.findings(run_id) if life.state != "fixed"}


def _told(pair: tuple[Finding, Life]) -> tuple[str, str, str]:
    """What of a finding is worth telling when it differs: not that it is older."""
    finding, life = pair
    return finding.severity, life.state if not life.stands else "open", finding.sentence


def _difference(how: str, before: tuple[Finding, Life] | None, after: tuple[Finding, Life] | None) -> Document:
    finding, _ = after or before  # type: ignore[misc] # one of them is there
    return {
        "change": how,
        "id": finding.id,
        "kind": finding.kind,
        "sentence": finding.sentence,
        "before": None if before is None else _state(before),
        "after": None if after is None else _state(after),
    }


def _state(pair: tuple[Finding, Life]) -> Document:
    return {"severity": pair[0].severity, "state": pair[1].state}


def table(told: Document) -> Table:
    """Any of the three documents as a heading and rows of plain text."""
    if "runs" in told:
        rows: list[tuple[str, ...]] = [
            (str(r["id"]), r["finished"], r["state"], str(r["exit_code"]), r["sentence"]) for r in told["runs"]
        ]
        return ("run", "finished", "state", "exit code", "sentence"), rows
    if "findings" in told:
        lines: list[tuple[str, ...]] = [
            (one["change"], one["id"], one["kind"], _short(one["before"]), _short(one["after"]), one["sentence"])
            for one in told["findings"]
        ]
        return ("change", "finding", "kind", f"run {told['first']}", f"run {told['second']}", "sentence"), lines
    return ("run", "finished", "what", "change"), [
        (str(one["run"]), one["finished"], one["what"], one["change"]) for one in told["events"]
    ]


def _short(state: Document | None) -> str:
    return "" if state is None else f"{state['severity']}, {state['state']}"


def lines(told: Document) -> list[str]:
    """The same for a terminal."""
    heading, rows = table(told)
    title = [f"{told['name']}: {told['type']}", ""] if "name" in told else []
    if not rows:
        return [*title, "Nothing changed." if "runs" not in told else "There is no run yet."]
    widths = [max(len(row[at]) for row in rows) for at in range(len(heading) - 1)]
    return [*title, *("  ".join([*map(_padded, row, widths), row[-1]]).rstrip() for row in rows)]


def _padded(text: str, width: int) -> str:
    return text.ljust(width)


def shown(store: Store, *, who: str | None, pair: Sequence[int] | None, limit: int) -> Document:
    """Whichever of the three was asked for."""
    if pair:
        return between(store, *pair)
    return life(store, who) if who is not None else runs(store, limit)
