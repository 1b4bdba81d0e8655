"""What an apply is given, and what came of it."""

from __future__ import annotations

from datetime import timedelta
from typing import Literal

from msgspec import Struct

from reconciler.fitting import Known
from reconciler.guards import Limits
from reconciler.plan import Planned

Came = Literal["verified", "not seen", "skipped", "failed", "undone"]


class Terms(Struct, frozen=True, kw_only=True):
    """On what terms an apply runs: for which org, app and tenant, how long it waits, and whom it never touches."""

    org_url: str
    app_id: str
    scim_url: str
    patience: timedelta
    """How long an effect is waited for."""
    ttl: timedelta
    """How old a plan may be."""
    stop_after: int = 3
    """Failures in a row after which nothing more is begun."""
    limits: Limits = Limits()
    kandji_writes: tuple[str, ...] = ()
    """Kinds of drift that may be mended in Kandji itself."""
    protected_people: tuple[str, ...] = ()
    """Folded patterns of logins and user names."""
    protected_groups: tuple[str, ...] = ()
    """The same of names and ids."""
    known: Known = Known()
    """What the last complete run knew, by which the plan is judged once more."""


class Outcome(Struct, frozen=True, kw_only=True):
    """What came of one change: one of the closing words of the journal, or of ``verify`` also ``undone``."""

    planned: Planned
    word: Came
    words: str
    made: bool = False
    """Whether anything of it took effect by us."""


class Applied(Struct, frozen=True, kw_only=True):
    apply: int
    outcomes: tuple[Outcome, ...]
    stopped: str | None = None
    """Why it stopped before its end."""
    withheld: int = 0
    """Changes that the plan itself held back."""

    @property
    def exit_code(self) -> int:
        """0: all is as planned; 6: nothing was changed, and something was held back; 7: something is not done."""
        words = {outcome.word for outcome in self.outcomes}
        if not self.withheld and words <= {"verified"}:
            return 0
        made = any(outcome.made for outcome in self.outcomes)
        return 7 if made or words & {"failed", "not seen"} else 6
