"""What a procedure is made of. One carries out one change: it looks first, then takes steps, then watches.

Every step can be asked whether its effect stands, by reading. So it is known what to do after a kill or a lost answer:
nothing is sent of which a read has not just shown that it does not stand.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Any, Literal, Protocol

from msgspec import Struct

from reconciler.directories.writers import Sent
from reconciler.journal import Event


class Ready(Struct, frozen=True, kw_only=True):
    """It holds what the change rests on. ``image``: what stands there now, as JSON."""

    image: Any = None


class AlreadySo(Struct, frozen=True, kw_only=True):
    """Nothing needs to be sent."""

    words: str = "already so: nothing was sent"


class Skip(Struct, frozen=True, kw_only=True):
    """It moved since the plan, or may not be touched."""

    words: str


Look = Ready | AlreadySo | Skip


class Sight(Struct, frozen=True, kw_only=True):
    """Whether an effect shows on the side where it must; else what is missing still."""

    shows: bool
    words: str = ""
    over: Literal["verified", "not seen", "failed"] | None = None
    """Waiting longer changes nothing: it ends as this."""


async def _true() -> bool:
    return True


async def _nothing() -> str | None:
    return None


@dataclass(frozen=True, kw_only=True)
class Step:
    """One request, and how to read whether it has taken effect."""

    name: str
    stands: Callable[[], Awaitable[bool]]
    send: Callable[[], Awaitable[Sent]]
    needed: Callable[[], Awaitable[bool]] = _true
    still: Callable[[], Awaitable[str | None]] = _nothing
    """Why it must not be sent any more; None: it may."""
    again: bool = False
    """Switches on again what an earlier step switched off: taken even where a step between failed."""
    tries: bool = False
    """One of several ways: that it is refused, or has no effect, leads to the next step."""
    made: Callable[[], str | None] = lambda: None
    """Id of the rule or mapping that it has made, once its effect was read."""


class Procedure(Protocol):
    """One change, carried out. Reads raise as directories do."""

    async def before(self) -> Look:
        """Reads live what the change rests on."""
        ...

    def steps(self) -> Sequence[Step]: ...

    async def holds(self) -> bool:
        """Whether what it wrote is still there, where it wrote it."""
        ...

    async def seen(self) -> Sight:
        """Whether the effect shows on the side where it must."""
        ...

    def recall(self, image: Any, events: Sequence[Event]) -> None:
        """What it knew before: the image that ``before`` gave, and what it has done since by the journal. Most need
        to know nothing, as all is read again."""
        return


def made_by(event: Event) -> str | None:
    """Id of the rule or mapping that a step has made, by the journal."""
    made = event.after.get("id") if event.event == "done" and isinstance(event.after, dict) else None
    return made if isinstance(made, str) else None
