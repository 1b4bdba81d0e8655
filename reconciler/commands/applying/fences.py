"""What is judged once more when a plan is applied: the plan itself, every guard, and who is protected."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

from reconciler.commands.applying.carrying import Journal
from reconciler.commands.applying.outcomes import Terms
from reconciler.commands.undo import inverses_of
from reconciler.errors import Refused, StoreError
from reconciler.fitting import forged, held
from reconciler.journal import Event, spent
from reconciler.plan import Plan, digest
from reconciler.planning import Policy

DAY = timedelta(hours=24)
SKEW = timedelta(minutes=5)
"""By so much two machines' clocks may differ."""


def refuse_wrong(plan: Plan, terms: Terms, now: datetime) -> None:
    """Raises ``Refused`` for a plan of another org, app or tenant, one that was edited, and one that is too old."""
    asked = (
        ("org", plan.org_url, terms.org_url),
        ("app", plan.app_id, terms.app_id),
        ("tenant", plan.scim_url, terms.scim_url),
    )
    for what, planned, ours in asked:
        if planned.rstrip("/") != ours.rstrip("/"):
            raise Refused(
                f"This plan is for another {what}.",
                facts=(("plan", planned), ("config", ours)),
                next="make it anew: reconciler plan",
            )
    if plan.digest != digest(plan):
        raise Refused("This plan is not as it was made: its digest does not fit.", next="reconciler plan")
    if is_stale(plan, terms, now):
        raise Refused(
            "This plan is too old." if plan.made <= now else "This plan was made later than it is now.",
            facts=(("made", plan.made.isoformat()), ("now", now.isoformat()), ("allowed", str(terms.ttl))),
            next="reconciler run, then: reconciler plan",
        )


def refuse_spoilt(journal: Journal) -> None:
    """Raises ``StoreError`` where the journal is not as it was written: neither what is open nor what the last 24 hours
    have done can be told from it."""
    wrong = journal.check()
    if wrong is not None:
        raise StoreError(
            f"The journal of changes is not as it was written: {wrong}.",
            why="what was done, and what was left half-way, can't be told from it, so nothing is changed.",
            next="compare the database with a copy of it and put that back; see: reconciler doctor",
        )


def is_stale(plan: Plan, terms: Terms, now: datetime) -> bool:
    """Too old, or made after now: by a clock that was put back since, nobody can tell how old it is."""
    return not -SKEW <= now - plan.made <= terms.ttl


def refuse_forged(plan: Plan, events: Sequence[Event]) -> None:
    """Raises ``Refused`` for a plan that this program can't have made: its digest tells nothing of who sealed it.
    ``NotKnown`` where the apply that it takes back is not in the journal."""
    undone = () if plan.undo_of is None else inverses_of(events, plan.undo_of).inverses
    wrong = forged(plan, frozenset(one.change for one in undone))
    if wrong is not None:
        raise Refused(
            "This plan is none that this program makes.",
            why=f"{wrong}; it was edited, or this database is another than it was made with.",
            next="make it anew: reconciler plan",
        )


def held_back(plan: Plan, terms: Terms, events: Iterable[Event], now: datetime) -> dict[str, str]:
    """Why changes must not be begun now, by their ids: all guards are judged once more, by the configuration of today
    and the last complete run. ``events``: those of other applies."""
    policy = Policy(
        limits=terms.limits,
        kandji_writes=terms.kandji_writes,
        protected_people=terms.protected_people,
        protected_groups=terms.protected_groups,
    )
    return held(plan, terms.known, policy, spent(events, now - DAY))
