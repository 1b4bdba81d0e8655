"""The journal of changes, as values: one event a row, never changed, each chained to the one before by a hash.

An apply begins with ``began`` (which holds the whole plan) and ends with ``ended``. Of a change, each step is
``intended`` (on disk before the request leaves), ``sent`` (an answer came) and ``done`` (its effect was read back); and
each change has exactly one closing event.
"""

from __future__ import annotations

from datetime import datetime
from hashlib import sha256
from typing import Any, Literal

import msgspec
from msgspec import Struct

Word = Literal[
    "began", "resumed", "intended", "sent", "done", "verified", "not seen", "skipped", "failed", "learnt", "ended"
]
CLOSING: tuple[Word, ...] = ("verified", "not seen", "skipped", "failed")
"""``verified``: its effect shows where it must. ``not seen``: made, and its effect did not show in time. ``skipped``:
nothing was sent. ``failed``: refused; ``words`` say what is left."""


class Event(Struct, frozen=True, kw_only=True):
    """One row. ``seq`` grows by one; ``hash`` is over this row and the hash of the row before."""

    seq: int = 0
    apply: int
    """Number of the apply, from 1."""
    event: Word
    at: datetime
    who: str
    """Account and host that asked for it."""
    change: str | None = None
    """Id of the planned change; None for the apply itself."""
    step: str | None = None
    request_id: str | None = None
    before: Any = None
    """What stood there: JSON. Of ``began``: the plan."""
    after: Any = None
    """What was written, or is read back."""
    words: str = ""
    previous: str = ""
    hash: str = ""


def hashed(event: Event, previous: str) -> Event:
    """The event with both hashes."""
    plain = msgspec.structs.replace(event, previous=previous, hash="")
    told = sha256(msgspec.json.encode(plain, order="deterministic")).hexdigest()
    return msgspec.structs.replace(plain, hash=told)
