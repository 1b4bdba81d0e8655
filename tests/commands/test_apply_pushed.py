"""A pushed group as both sides have it: what a push would do, and whether one has arrived. Over a stand-in."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime
from typing import Any

import pytest
from msgspec.structs import replace

from reconciler.changes import Named, Repush
from reconciler.commands.applying.live import Due
from reconciler.commands.applying.pushed import Both, both, image_of, kandji_group_of, pushed, unplanned
from reconciler.model import Mapping, ScimGroup, ScimUser
from tests.commands.mending import planned

SALES = Named(name="Sales", id="00gsales")
GROUP = ScimGroup(id="kg1", display_name="Sales", member_ids=("k-ana", "k-bo", "k-cy"))
MONDAY = datetime(2026, 3, 2, 8, tzinfo=UTC)
MAPPING = Mapping(id="m", source_group_id="00gsales", target_group_id="t", status="ACTIVE", last_push=MONDAY)
DUE = Due(expected={"k-ana": "ana", "k-di": "di", "k-el": "el"}, carried={"k-bo": "bo"})


class Sides:
    """Who is due, and who has which account: ``k-di`` active, ``k-el`` not."""

    def __init__(self, groups: tuple[ScimGroup, ...] = (GROUP,), due: Due = DUE) -> None:
        self.scim, self._groups, self._due = self, groups, due
        self.push_replaces: bool | None = None
        self.asked: set[str] = set()

    async def kandji_group(self, group_id: str) -> ScimGroup | None:
        return next((one for one in self._groups if one.id == group_id), None)

    async def kandji_groups_named(self, name: str) -> tuple[ScimGroup, ...]:
        return self._groups

    async def due(self, group_id: str) -> Due:
        return self._due

    async def accounts(self, ids: frozenset[str]) -> dict[str, ScimUser | None]:
        self.asked |= ids
        told = {"k-di": True, "k-el": False, "k-fi": None}
        return {key: ScimUser(id=key, user_name=key, active=told[key]) if key in told else None for key in ids}

    async def account_names(self, ids: frozenset[str]) -> str:
        return ", ".join(sorted(ids))


def now(**more: Any) -> Both:
    told: dict[str, Any] = {"kandji_group": GROUP, "owners": {}}
    for name in ("held", "expected", "missing", "removed", "extra"):
        told[name] = frozenset(more.pop(name, ()))
    return Both(**told | more)


def test_a_kandji_group_is_known_by_its_id_or_by_a_name_that_one_alone_has() -> None:
    other = replace(GROUP, id="kg2")

    def found(*groups: ScimGroup, group_id: str | None = None) -> ScimGroup | None:
        live: Any = Sides(groups)
        return asyncio.run(kandji_group_of(live, group_id, "Sales"))

    assert found(GROUP, other, group_id="kg2") == other
    assert (found(GROUP), found(GROUP, other), found()) == (GROUP, None, None)
    assert found(GROUP, group_id="gone") is None


def test_what_a_push_does_is_told_by_who_is_due_and_who_is_held() -> None:
    live: Any = Sides(due=replace(DUE, expected={**DUE.expected, "k-fi": "fi", "k-no": "no"}))
    told = asyncio.run(both(live, "00gsales", GROUP))
    assert told is not None
    assert (told.held, told.removed, told.extra) == ({"k-ana", "k-bo", "k-cy"}, {"k-bo", "k-cy"}, {"k-ana", "k-cy"})
    assert told.missing == {"k-di", "k-fi"}
    assert live.asked == {"k-di", "k-el", "k-fi", "k-no"}
    nowhere = asyncio.run(both(live, "00gsales", None))
    assert nowhere is not None
    assert (nowhere.held, nowhere.removed) == (frozenset(), frozenset())


@pytest.mark.parametrize("group", [replace(GROUP, member_ids=None), replace(GROUP, perhaps_cut=True)])
def test_of_a_group_that_is_not_told_whole_nothing_is_known(group: ScimGroup) -> None:
    live: Any = Sides()
    assert asyncio.run(both(live, "00gsales", group)) is None


CHANGE = planned(
    Repush(mapping_id="m", group=SALES, kandji_group=Named(name="Sales", id="kg1")),
    removes=(Named(name="", id="k-bo"),),
)


@pytest.mark.parametrize(
    ("told", "words"),
    [
        (None, "Kandji does not tell who is in the group"),
        (now(held=["a"]), "nobody is expected in the group now"),
        (now(), None),
        (now(held=["a"], expected=["a"]), None),
        (now(held=["a", "k-bo"], expected=["a"], removed=["k-bo"]), None),
        (now(held=["a", "k-cy"], expected=["a"], removed=["k-bo", "k-cy"]), "it would now also take k-cy out"),
    ],
)
def test_a_push_takes_out_nobody_but_those_whom_the_plan_names(told: Both | None, words: str | None) -> None:
    live: Any = Sides()
    why = asyncio.run(unplanned(live, CHANGE, told))
    assert (why is None) if words is None else words in (why or "")


def test_the_image_holds_what_the_effect_is_known_by() -> None:
    told = now(held=["b", "a"], missing=["d", "c"])
    assert image_of(told, MAPPING) == {
        "mapping": {"id": "m", "status": "ACTIVE"},
        "last_push": MONDAY.isoformat(),
        "members": ["a", "b"],
        "missing": ["c", "d"],
    }
    assert image_of(told, replace(MAPPING, last_push=None))["last_push"] is None
    assert (image_of(told, None)["mapping"], image_of(told, None)["last_push"]) == (None, None)


BEFORE = {"last_push": "earlier", "members": ["k-bo"], "missing": ["k-di"]}
STAYING = now(held=["k-bo"], extra=["k-bo"])


@pytest.mark.parametrize(
    ("mapping", "told", "image", "sight", "learnt"),
    [
        (None, now(), BEFORE, (False, "failed", "the mapping is gone"), None),
        (replace(MAPPING, status="ERROR"), now(), BEFORE, (False, "failed", "could not push Sales"), None),
        (replace(MAPPING, status="INACTIVE"), now(), BEFORE, (False, None, "is INACTIVE"), None),
        (MAPPING, None, BEFORE, (False, None, "is not in Kandji yet"), None),
        (MAPPING, now(kandji_group=None), BEFORE, (False, None, "is not in Kandji yet"), None),
        (MAPPING, now(missing=["k-di"]), BEFORE, (False, None, "k-di not in Sales"), None),
        (MAPPING, now(), BEFORE | {"last_push": MONDAY.isoformat()}, (False, None, "has not pushed"), None),
        (replace(MAPPING, last_push=None), now(), BEFORE | {"last_push": None}, (True, None, "seen in Kandji"), True),
        (MAPPING, now(), BEFORE, (True, None, "seen in Kandji"), True),
        (MAPPING, now(extra=["k-cy"]), BEFORE, (True, None, "seen in Kandji"), True),
        (MAPPING, now(), BEFORE | {"members": ["k-cy"]}, (True, None, "seen in Kandji"), None),
        (MAPPING, now(), None, (True, None, "seen in Kandji"), None),
        (MAPPING, STAYING, BEFORE, (False, "verified", "k-bo stay in Sales"), False),
        (MAPPING, STAYING, BEFORE | {"missing": []}, (False, "not seen", "k-bo stay in Sales"), False),
        (replace(MAPPING, last_push=None), STAYING, BEFORE, (False, "verified", "k-bo stay"), False),
        (replace(MAPPING, last_push=None), STAYING, {}, (False, None, "k-bo still in Sales"), None),
    ],
)
def test_a_push_has_arrived_where_who_was_missing_is_in_and_who_was_to_go_is_out(
    mapping: Mapping | None, told: Both | None, image: Any, sight: Any, learnt: bool | None
) -> None:
    live: Any = Sides()
    found = asyncio.run(pushed(live, CHANGE, mapping, told, image))
    shows, over, words = sight
    assert (found.shows, found.over, words in found.words) == (shows, over, True), found.words
    assert live.push_replaces is learnt
