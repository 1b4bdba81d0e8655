"""People and groups that are never touched, on either side, whoever they are called by."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import cache, partial

from pyroaring import FrozenBitMap

from reconciler.about_changes import groups, touched
from reconciler.drafts import Draft, Hold
from reconciler.effects import brought_in, holders, taken_out, targets
from reconciler.world import World, declared, fold


class Protection:
    """``people``: patterns of logins, user names, addresses or ids; ``groups``: of names or ids."""

    def __init__(self, world: World, people: Iterable[str], groups: Iterable[str]) -> None:
        self._world = world
        self._people = tuple(map(fold, people))
        self._groups = tuple(map(fold, groups))
        self._is_theirs = cache(partial(declared, self._people))
        """Of what somebody is called: asked once of each, as many groups hold the same people."""
        self._numbers = {one.user.id: number for number, one in enumerate(world.people) if one.user is not None}

    def of(self, draft: Draft) -> Iterator[Hold]:
        """Each of them that the change names, adds to, takes from, or hands over to a rule."""
        change, effect = draft.change, draft.effect
        for one in (*groups(change), *targets(self._world, change)):
            if declared(self._groups, (one.name, one.id)):
                yield Hold(guard="protected", words=f"the group {one.name} is protected")
        if not self._people:
            return
        named = [one for one in touched(change) if one not in groups(change) and one != getattr(change, "rule", None)]
        named += taken_out(self._world, effect)
        words: list[tuple[str, tuple[str | None, ...]]] = [(one.name, (one.name, one.id)) for one in named]
        ids = {one.id for one in named} | brought_in(self._world, effect)
        reached = effect.joins | effect.removes | effect.takes_over | holders(self._world, ids)
        words += [self._called(number) for number in reached | FrozenBitMap(self._numbered(ids))]
        for name, told in words:
            if self._is_theirs(told):
                yield Hold(guard="protected", words=f"{name} is protected")

    def _numbered(self, user_ids: Iterable[str]) -> list[int]:
        return [self._numbers[key] for key in user_ids if key in self._numbers]

    def _called(self, number: int) -> tuple[str, tuple[str | None, ...]]:
        person = self._world.people[number]
        user, account = person.user, person.account
        told = (user.login, user.email, user.id) if user else ()
        more = (account.user_name, account.email, account.id) if account else ()
        return person.name, (person.name, *told, *more)
