"""Everything that can go wrong on purpose, and the exit code each ends with.

    ReconcilerError                     1   (never raised itself)
     ├─ UsageError                      2   a wrong option, argument or combination
     │   └─ ConfigError                 2   config file: every mistake at once, with line and column
     ├─ NotAllowed                      4   token dead, permission or scope missing
     │   └─ TokenRefused                4   401: the credential itself is refused
     ├─ ReadFailed                      5   unreachable, or a read that is not whole: no verdict
     │   ├─ Unreachable                 5   no answer after all attempts
     │   ├─ UnexpectedAnswer            5   HTML, a body of the wrong shape, a redirect, a next link elsewhere
     │   ├─ IncompleteRead              5   pages or totals that do not add up
     │   ├─ Vanished                    5   404 for one object (callers usually turn it into a value)
     │   └─ Unsure                      5   a write of which it is not known whether it took effect
     ├─ WriteRefused                    1   something tried to send a write that was not planned: a bug
     ├─ Refused                         6   a guard, or a plan that is stale, foreign, cut or edited
     ├─ Locked                          8   another run holds the lock
     ├─ StoreError                      9   a file or the database can't be written
     │   └─ NewerDatabase               9   the database was written by a newer version
     └─ NotKnown                       10   no such person, group, finding, run, plan or apply

Foreign errors (httpx, msgspec, sqlite3, OSError) are translated once, at the border where they arise, and kept as the
cause. A message says what happened, where, why, and what to type next; ``render`` in ``commands`` prints it.
"""

from __future__ import annotations

from typing import Any


class ReconcilerError(Exception):
    """An error that a person can act on.

    ``what`` is one sentence. ``facts`` are labelled lines under it (``asked``, ``file``, …), ``why`` and ``next`` the
    way out. ``status`` is the HTTP status and ``code`` Okta's errorCode, where a service answered. None of them may
    carry a secret.
    """

    exit_code = 1
    sources: tuple[Any, ...] = ()
    """``Source`` values of a read that failed: those read before it, and the one that failed."""

    def __init__(
        self,
        what: str,
        *,
        facts: tuple[tuple[str, str], ...] = (),
        why: str | None = None,
        next: str | None = None,
        status: int | None = None,
        code: str | None = None,
    ) -> None:
        super().__init__(what)
        self.what = what
        self.status = status
        self.code = code
        self.facts = facts
        self.why = why
        self.next = next

    def lines(self) -> list[str]:
        """The message as a person reads it: ``Error: …`` and indented, labelled lines."""
        rows = [*self.facts]
        if self.why:
            rows.append(("why", self.why))
        if self.next:
            rows.append(("next", self.next))
        width = max((len(label) for label, _ in rows), default=0)
        return [f"Error: {self.what}", *(f"  {label.ljust(width)}  {text}" for label, text in rows)]


class UsageError(ReconcilerError):
    """A wrong option, argument or combination of them."""

    exit_code = 2


class ConfigError(UsageError):
    """The configuration is wrong; ``facts`` holds one line a mistake, labelled ``file:line:column``."""


class NotAllowed(ReconcilerError):
    """The service knows us and says no: a permission, role or scope is missing."""

    exit_code = 4


class TokenRefused(NotAllowed):
    """401: the credential itself is refused."""


class ReadFailed(ReconcilerError):
    """A source could not be read whole; nothing may be concluded from it."""

    exit_code = 5


class Unreachable(ReadFailed):
    """No usable answer after all attempts: time-out, reset, cut body, lasting 429 or 5xx."""


class UnexpectedAnswer(ReadFailed):
    """An answer, but not one of this service: HTML, wrong shape, redirect, a next link to another host, a 4xx."""


class IncompleteRead(ReadFailed):
    """Pages, totals or ids that do not add up after reading again."""


class Vanished(ReadFailed):
    """404 for one object. Callers turn it into a value: deleted, not visible, or never there."""


class Unsure(ReadFailed):
    """A write whose answer did not come or does not tell: it may have taken effect or not, and is read back."""


class WriteRefused(ReconcilerError):
    """Something tried to send a write that no plan holds."""


class Refused(ReconcilerError):
    """Nothing was changed: a guard holds it back, or the plan is stale, foreign, cut or edited."""

    exit_code = 6


class Locked(ReconcilerError):
    """Another run holds the lock of this database."""

    exit_code = 8


class StoreError(ReconcilerError):
    """A file or the database can't be read or written."""

    exit_code = 9


class NewerDatabase(StoreError):
    """The database was written by a newer version of the program."""


class NotKnown(ReconcilerError):
    """No such person, group, finding, run, plan or apply."""

    exit_code = 10
