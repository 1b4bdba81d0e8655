"""What a check offers to mend a finding: ways, each a set of changes; ``planning`` chooses among them.

A check that can offer something has ``fix(finding, world) -> Fix`` beside ``find``; ``commands`` hands these to
``planning``, so neither knows the other.
"""

from __future__ import annotations

from collections.abc import Callable

from msgspec import Struct
from pyroaring import FrozenBitMap

from reconciler.changes import Change
from reconciler.findings import Finding
from reconciler.world import EMPTY, World


class Effect(Struct, frozen=True, kw_only=True):
    """A change, and whom it reaches, by people's numbers in the world."""

    change: Change
    joins: FrozenBitMap = EMPTY
    """Who comes into the group, or gets an account, by it."""
    removes: FrozenBitMap = EMPTY
    """Who loses a membership or an active account by it, or may."""
    takes_over: FrozenBitMap = EMPTY
    """Who is in the group by hand, and is the rule's from then on."""
    expected: FrozenBitMap | None = None
    """For what makes Okta push: whom the Kandji group holds then."""
    unknown_members: tuple[str, ...] = ()
    """Ids of members nobody knows that a push takes out as well: they count as people."""
    side_effects: tuple[str, ...] = ()


class Way(Struct, frozen=True, kw_only=True):
    """One way to mend a finding. ``rank``: where reach is equal, the lower is tried first."""

    effects: tuple[Effect, ...]
    words: str
    """"put them in by hand", "extend the rule Everybody with a Mac"."""
    rank: int = 0


class Fix(Struct, frozen=True, kw_only=True):
    """What a check offers for one finding. Without ways, ``why`` says why there is none."""

    ways: tuple[Way, ...] = ()
    why: str = ""
    only_by_id: bool = False
    """Whether it is planned only where the finding is named by its id: it may be meant so."""
    kandji_write: bool = False
    """Whether it writes to Kandji itself, which ``[fix] kandji_writes`` must allow for the finding's kind."""


Fixer = Callable[[Finding, World], Fix]
