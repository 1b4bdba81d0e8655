"""What is judged once more when a plan is applied: the plan itself, who is protected, and the last 24 hours."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from reconciler.about_changes import groups, touched
from reconciler.commands.applying.outcomes import Terms
from reconciler.errors import Refused
from reconciler.guards import Spent, added, removed
from reconciler.plan import GuardLine, Plan, Planned, digest
from reconciler.world import declared

DAY = timedelta(hours=24)


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
            "This plan is too old.",
            facts=(("made", plan.made.isoformat()), ("allowed", str(terms.ttl))),
            next="reconciler run, then: reconciler plan",
        )


def is_stale(plan: Plan, terms: Terms, now: datetime) -> bool:
    return now - plan.made > terms.ttl


def protected(planned: Planned, terms: Terms) -> str | None:
    """Who or what of a change may not be touched; None: nothing is protected."""
    change = planned.change
    people = [one for one in touched(change) if one not in groups(change) and one != getattr(change, "rule", None)]
    for one in (*people, *planned.removes, *planned.joins):
        if declared(terms.protected_people, (one.name, one.id)):
            return f"{one.name} is protected"
    for group in groups(change):
        if declared(terms.protected_groups, (group.name, group.id)):
            return f"{group.name} is protected"
    return None


class Day:
    """How many people the last 24 hours and this apply have affected: the plan's own arithmetic, kept while it runs."""

    def __init__(self, lines: Sequence[GuardLine], spent: Spent) -> None:
        self._most: dict[str, int] = {line.what: line.most for line in lines if line.guard == "day"}
        self._people: dict[str, set[str]] = {"removals": set(spent.removed), "additions": set(spent.added)}

    def takes(self, planned: Planned) -> str | None:
        """Counts a change; or says why it would be too many, and does not."""
        asked = {"removals": removed(planned), "additions": added(planned)}
        for what, people in asked.items():
            before = self._people[what]
            most, count = self._most.get(what), len(before | people)
            if most is not None and count > max(most, len(before)):
                return f"{what} of the last 24 hours: {count} people, and no more than {most} are allowed"
        for what, people in asked.items():
            self._people[what].update(people)
        return None
