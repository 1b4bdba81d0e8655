"""What somebody must say before a plan is carried out: yes, or the number of changes where that could hurt."""

from __future__ import annotations

from collections.abc import Callable

from reconciler.changes import phase
from reconciler.errors import Refused, UsageError
from reconciler.plan import Plan

MOST_BY_YES = 10
"""Above this many changes their number must be typed."""


def takes_away(plan: Plan) -> bool:
    return any(one.removes or phase(one.change) == "removals" for one in plan.changes)


def question(plan: Plan) -> str:
    """What is asked: y/N up to ten changes that only add, else the number of changes."""
    count = len(plan.changes)
    changes = "this change" if count == 1 else f"these {count:,} changes"
    if count <= MOST_BY_YES and not takes_away(plan):
        return f"Make {changes}? [y/N]"
    why = "something is taken away" if takes_away(plan) else f"there are more than {MOST_BY_YES}"
    return f"Make {changes}? As {why}, type the number of changes"


def is_yes(plan: Plan, answer: str) -> bool:
    """Whether an answer to ``question`` agrees."""
    if len(plan.changes) <= MOST_BY_YES and not takes_away(plan):
        return answer.strip().casefold() in ("y", "yes")
    return answer.strip().replace(",", "") == str(len(plan.changes))


def agreed(plan: Plan, confirm: int | None, ask: Callable[[str], str] | None) -> None:
    """Returns where somebody agreed, by ``confirm`` (the number of changes) or by an answer.

    Raises ``UsageError`` where nobody can be asked and no number was given, ``Refused`` where the answer is another.
    """
    count = len(plan.changes)
    if confirm is not None:
        if confirm != count:
            raise Refused(
                f"--confirm {confirm} does not fit: the plan holds {count:,} {'change' if count == 1 else 'changes'}.",
                why="the number shows that the plan meant is the one that is applied; nothing was changed.",
                next="look the plan over, then give its number of changes",
            )
        return
    if ask is None:
        raise UsageError(
            "Nobody can be asked whether to apply this plan.",
            why="there is no terminal, or --no-input was given; nothing was changed.",
            next=f"add --confirm {count} (the number of changes)",
        )
    if not is_yes(plan, ask(question(plan))):
        raise Refused(
            "Nothing was changed: the answer was no.", next="the plan's file is kept; apply it when it is right"
        )
