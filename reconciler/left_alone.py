"""Whom a change would reach beside those whom it is for, against what somebody said of them: outside ``[scope]``, fed
by another directory, or drift that is accepted."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from pyroaring import FrozenBitMap

from reconciler.changes import Pushing, phase
from reconciler.drafts import Draft, Hold
from reconciler.effects import holders, taken_out
from reconciler.findings import Finding
from reconciler.world import World

_WITHDRAW = "end the acceptance, in the configuration or by command: reconciler accepted"


class LeftAlone:
    """``known``: every finding of the run, accepted ones too."""

    def __init__(self, world: World, known: Iterable[Finding]) -> None:
        self._world = world
        self._numbers = {person.key: number for number, person in enumerate(world.people)}
        accepted = [finding for finding in known if finding.accepted is not None]
        self._not_assigned = self._people(one for one in accepted if one.kind == "member-not-assigned")
        self._extra = [one for one in accepted if one.kind == "member-extra"]

    def of(self, draft: Draft) -> Iterator[Hold]:
        """Nobody who asks by a command to bring people in is held back: they are named to whoever asks."""
        change = draft.change
        if isinstance(change, Pushing):
            yield from self._taken_out(draft, change)
        elif phase(change) == "additions" and not draft.asked:
            yield from self._brought_in(draft)

    def _brought_in(self, draft: Draft) -> Iterator[Hold]:
        world, joins = self._world, draft.effect.joins
        if not world.scope_read:
            words = "no group that [scope] names could be read, so who is meant to be in Kandji is not known"
            yield Hold(guard="scope", words=words, lift="[scope] groups")
        if outside := joins - world.scope:
            words = f"it would bring in whom [scope] leaves out: {world.names(outside)}"
            yield Hold(guard="scope", words=words, lift="[scope] groups")
        if meant := joins & self._not_assigned:
            words = f"it is accepted that they are not assigned: {world.names(meant)}"
            yield Hold(guard="accepted", words=words, lift=_WITHDRAW)

    def _taken_out(self, draft: Draft, change: Pushing) -> Iterator[Hold]:
        world = self._world
        gone = holders(world, (one.id for one in taken_out(world, draft.effect))) | draft.effect.removes
        if others := gone & world.fed_by_others:
            words = f"it would take out whom another directory feeds, by [match] also_fed_by: {world.names(others)}"
            yield Hold(guard="foreign", words=words)
        in_it = (one for one in self._extra if any(key == change.group.id for key, _ in one.groups))
        if meant := gone & self._people(in_it):
            words = f"it is accepted that they are in {change.group.name} in Kandji: {world.names(meant)}"
            yield Hold(guard="accepted", words=words, lift=_WITHDRAW)

    def _people(self, findings: Iterable[Finding]) -> FrozenBitMap:
        keys = (key for finding in findings for key in finding.people)
        return FrozenBitMap([self._numbers[key] for key in keys if key in self._numbers])
