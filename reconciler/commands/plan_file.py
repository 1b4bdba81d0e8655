"""Plans on disk: the file between ``plan`` and ``apply``, and the one that the journal keeps of each apply."""

from __future__ import annotations

from pathlib import Path

from msgspec.structs import replace

from reconciler import plan as plans
from reconciler.commands.screen import write_whole
from reconciler.commands.who import FINDING
from reconciler.errors import NotKnown, StoreError
from reconciler.journal import applies, plan_of
from reconciler.plan import Plan
from reconciler.store.journal import Journal

DEFAULT_FILE = "reconciler-plan.json"
"""Beside the config file."""


def write(path: Path, made: Plan) -> None:
    """The plan's file, readable by this account alone. Raises ``StoreError``."""
    write_whole(path, plans.written(made).decode(), mode=0o600)


def read(path: Path) -> Plan:
    """The plan in a file. Raises ``NotKnown`` where there is none, ``StoreError`` where it can't be read, ``Refused``
    where it is no whole plan of this version."""
    try:
        content = path.read_bytes()
    except FileNotFoundError as error:
        raise NotKnown(f"There is no plan {path}.", next="make one: reconciler plan") from error
    except OSError as error:
        raise StoreError(f"{path} can't be read: {error.strerror or error}.", next="name a plan's file") from error
    return plans.read(content, str(path))


def half_made(journal: Journal, number: int | None) -> tuple[int, Plan]:
    """The apply to complete, and its plan: the one of this number, else the last that did not end.

    Raises ``NotKnown`` where there is none.
    """
    open_ = journal.not_ended()
    if not open_ or (number is not None and number not in open_):
        raise NotKnown(
            "No apply was ended half-way." if number is None else f"No apply {number} was ended half-way.",
            why=f"half-way is: {', '.join(map(str, open_))}." if open_ else None,
            next="reconciler doctor says what is left of earlier ones",
        )
    found = number or open_[-1]
    return found, plan_of(journal.events(found), found)


def applied_for(journal: Journal, what: str) -> Plan:
    """The plan in the file ``what``; or, where it is the id of a finding, what the last apply has changed for it.

    Raises ``NotKnown`` for a finding for which nothing was applied, and as ``read``.
    """
    if not FINDING.fullmatch(what.strip().lower()):
        return read(Path(what))
    finding = what.strip().lower().capitalize()
    for one in reversed(applies(journal.events())):
        theirs = tuple(planned for planned in one.plan.changes if finding in planned.mends)
        if theirs:
            return replace(one.plan, changes=theirs)
    raise NotKnown(f"Nothing was ever applied for {finding}.", next=f"reconciler explain {finding}")


def worth_writing(made: Plan) -> bool:
    """Whether there is something in it that could be applied, now or with a guard lifted."""
    return bool(made.changes or made.withheld)
