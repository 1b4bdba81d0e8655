"""What a check offers to mend a finding: ways, each a set of changes; ``planning`` chooses among them.

A check that can offer something has ``fix(finding, world) -> Fix`` beside ``find``; ``commands`` hands these to
``planning``, so neither knows the other.
"""

from __future__ import annotations

from collections.abc import Callable

from msgspec import Struct
from pyroaring import FrozenBitMap

from reconciler.changes import Change, KandjiWrite
from reconciler.findings import Finding
from reconciler.world import EMPTY, Push, World

GONE = "the data of this run does not show it any more"


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

    @property
    def kandji_write(self) -> bool:
        """Whether it writes to Kandji itself, which ``[fix] kandji_writes`` must allow for the finding's kind."""
        return any(isinstance(effect.change, KandjiWrite) for effect in self.effects)


class Fix(Struct, frozen=True, kw_only=True):
    """What a check offers for one finding. Without ways, ``why`` says why there is none."""

    ways: tuple[Way, ...] = ()
    why: str = ""
    only_by_id: bool = False
    """Whether it is planned only where the finding is named by its id: it may be meant so."""


Fixer = Callable[[Finding, World], Fix]


def offered(*ways: Way | str, only_by_id: bool = False) -> Fix:
    """A fix of these ways, some of which may be only the reason why there is none."""
    open_ = tuple(way for way in ways if isinstance(way, Way))
    why = "; ".join(dict.fromkeys(way for way in ways if isinstance(way, str)))
    return Fix(ways=open_, why="" if open_ else why, only_by_id=only_by_id)


def person_in(finding: Finding, world: World) -> int | None:
    """The number of the one person whom a finding is about."""
    return world.once(_numbers).get(finding.people[0]) if finding.people else None


def people_in(finding: Finding, world: World) -> FrozenBitMap:
    """The people whom a finding concerns."""
    numbers = world.once(_numbers)
    return FrozenBitMap([numbers[key] for key in finding.people if key in numbers])


def push_in(finding: Finding, world: World, concerns: Callable[[Push], bool] = lambda push: True) -> Push | None:
    """The mapping that a finding is about: by its id, else the first of its group that it ``concerns``."""
    about = finding.subject.key.partition(" ")[0]
    return next((push for push in world.once(_pushes).get(about, ()) if concerns(push)), None)


def _pushes(world: World) -> dict[str, list[Push]]:
    """By what subjects call them: the mapping, or its group."""
    found: dict[str, list[Push]] = {}
    for push in world.pushes:
        for key in (f"mapping:{push.mapping.id}", f"group:{push.group_id}"):
            found.setdefault(key, []).append(push)
    return found


def _numbers(world: World) -> dict[str, int]:
    return {person.key: number for number, person in enumerate(world.people)}
