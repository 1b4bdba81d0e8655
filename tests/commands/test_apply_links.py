"""Push mappings made, ended and pushed again, over a stand-in: what is found before one is touched."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

import pytest
from msgspec.structs import replace

from reconciler.changes import ActivateMapping, LinkGroup, Named, Relink, Repush, UnlinkGroup
from reconciler.commands.applying.live import Due
from reconciler.commands.applying.procedure import AlreadySo, Ready, Skip
from reconciler.commands.applying.procedures import procedure
from reconciler.model import Group, Mapping, ScimGroup, ScimUser
from tests.applies import NOON
from tests.commands.mending import planned

SALES, KG, TARGET, BO = (Named(name=name, id=f"id-{name}") for name in ("Sales", "kandji", "target", "bo"))
LINK = LinkGroup(group=SALES, target_name="Sales", kandji_group=KG)
NEW = LinkGroup(group=SALES, target_name="Sales")
TIED = replace(LINK, target=TARGET)
RELINK = Relink(mapping_id="m", group=SALES, target=TARGET, target_name="Sales", kandji_group=KG)
UNLINK = UnlinkGroup(mapping_id="m", group=SALES, target=TARGET, kandji_group=KG)
DELETE = replace(UNLINK, delete_in_kandji=True)
PUSH = Repush(mapping_id="m", group=SALES, kandji_group=KG)
RESUME = ActivateMapping(mapping_id="m", group=SALES, kandji_group=KG)
ACTIVE = Mapping(id="m", source_group_id=SALES.id, target_group_id=TARGET.id, status="ACTIVE")
PAUSED, BROKEN = replace(ACTIVE, status="INACTIVE"), replace(ACTIVE, status="ERROR")
ELSEWHERE = replace(ACTIVE, id="m2", target_group_id="id-other")
IN_KANDJI = ScimGroup(id=KG.id, display_name="Sales", member_ids=("k-ana", "id-bo"))


class Sides:
    """Sales with its mappings; in Kandji ``groups`` of that name. Ana is due, and Bo is in it all the same."""

    def __init__(
        self,
        *mappings: Mapping,
        groups: tuple[ScimGroup, ...] = (IN_KANDJI,),
        assigned: bool = False,
        there: bool = True,
        due: tuple[str, ...] = ("k-ana",),
        late: tuple[str, ...] = (),
        replaces: bool | None = None,
        lately: bool = False,
    ) -> None:
        self.okta = self.scim = self
        self._mappings, self._groups, self._assigned, self._there = mappings, groups, assigned, there
        self._due, self._late = due, late
        self.unseen, self.added, self.push_replaces = set(late), set[str](), replaces
        self.pushed: dict[str, datetime] = {SALES.id: NOON} if lately else {}
        self.grace = timedelta(minutes=5)

    async def group(self, group_id: str) -> Group | None:
        return Group(id=group_id, name="Sales", type="OKTA_GROUP") if self._there else None

    async def mapping(self, mapping_id: str) -> Mapping | None:
        return next((one for one in self._mappings if one.id == mapping_id), None)

    async def read_mappings_of(self, group_id: str) -> tuple[Mapping, ...]:
        return self._mappings

    async def read_group_assigned(self, group_id: str) -> bool:
        return self._assigned

    async def find_groups(self, names: list[str]) -> dict[str, tuple[ScimGroup, ...]]:
        return {names[0]: self._groups} if self._groups else {}

    async def kandji_groups_named(self, name: str) -> tuple[ScimGroup, ...]:
        return self._groups

    async def kandji_group(self, group_id: str) -> ScimGroup | None:
        return next((one for one in self._groups if one.id == group_id), None)

    async def members(self, group_id: str) -> dict[str, str]:
        return {"ana": "ACTIVE"}

    async def due(self, group_id: str) -> Due:
        expected = {key: key.removeprefix("k-") for key in self._due}
        return Due(expected=expected, carried=expected)

    async def accounts(self, ids: Iterable[str]) -> dict[str, ScimUser | None]:
        return {key: ScimUser(id=key, user_name=key, active=True) for key in ids}

    async def account_names(self, ids: Iterable[str]) -> str:
        return ", ".join(sorted(ids))

    async def not_in_kandji(self, ids: Iterable[str]) -> frozenset[str]:
        return frozenset(ids)

    async def logins(self, ids: Iterable[str]) -> str:
        return ", ".join(sorted(ids))


def asked(change: Any, live: Any, kinds: tuple[str, ...] = ()) -> Any:
    return procedure(planned(change, removes=(BO,), kinds=kinds), live)


ALONE = ("member-missing", "member-extra")
WITH_CY = replace(IN_KANDJI, member_ids=("k-ana", "k-cy"))
WITHOUT_BO = replace(IN_KANDJI, member_ids=("k-ana",))
OTHERS = replace(IN_KANDJI, id="id-others")
CUT = replace(IN_KANDJI, perhaps_cut=True)


@pytest.mark.parametrize(
    ("change", "mappings", "sides", "found"),
    [
        (LINK, [], {}, None),
        (NEW, [], {"groups": ()}, None),
        (LINK, [], {"there": False}, "Sales is deleted, or not visible"),
        (LINK, [ACTIVE], {}, AlreadySo()),
        (TIED, [ACTIVE], {}, AlreadySo()),
        (TIED, [ELSEWHERE], {}, "Sales is pushed now"),
        (LINK, [PAUSED], {}, "Sales is pushed now"),
        (LINK, [], {"assigned": True}, "Sales is assigned to the app"),
        (LINK, [], {"groups": ()}, "Kandji has no groups named Sales now"),
        (LINK, [], {"groups": (OTHERS,)}, "Kandji has 1 group named Sales now"),
        (LINK, [], {"groups": (IN_KANDJI, OTHERS)}, "Kandji has 2 groups named Sales now"),
        (NEW, [], {}, "Kandji has 1 group named Sales now"),
        (LINK, [], {"groups": (WITH_CY,)}, "also take k-cy out"),
        (LINK, [], {"groups": (CUT,)}, "Kandji does not tell who is in the group"),
        (LINK, [], {"due": ()}, "nobody is expected"),
        (RELINK, [BROKEN], {}, None),
        (RELINK, [ACTIVE], {}, AlreadySo(words="active again already: nothing was sent")),
        (RELINK, [PAUSED], {}, "the mapping of Sales is INACTIVE now"),
        (RELINK, [], {}, "the mapping of Sales is gone"),
        (RELINK, [BROKEN], {"groups": (WITH_CY,)}, "also take k-cy out"),
        (RELINK, [BROKEN], {"groups": (CUT,)}, "Kandji does not tell who is in the group"),
        (UNLINK, [ACTIVE], {}, None),
        (UNLINK, [PAUSED], {"groups": (WITH_CY,)}, None),
        (UNLINK, [], {}, AlreadySo(words="unlinked already: nothing was sent")),
        (UNLINK, [replace(ACTIVE, source_group_id="x")], {}, "the mapping is of another group now"),
        (UNLINK, [replace(ELSEWHERE, id="m")], {}, "Sales is pushed to another group now"),
        (replace(UNLINK, target=None), [replace(ELSEWHERE, id="m")], {}, None),
        (DELETE, [ACTIVE], {}, "k-ana would lose it as well"),
        (DELETE, [ACTIVE], {"groups": (replace(IN_KANDJI, member_ids=("id-bo",)),)}, None),
        (DELETE, [ACTIVE], {"groups": ()}, None),
        (replace(DELETE, kandji_group=None), [ACTIVE], {}, None),
        (DELETE, [ACTIVE], {"groups": (CUT,)}, "who would lose it is not known"),
        (DELETE, [ACTIVE], {"groups": (replace(CUT, member_ids=None, perhaps_cut=False),)}, "is not known"),
        (PUSH, [ACTIVE], {}, None),
        (PUSH, [PAUSED], {}, "the mapping of Sales is INACTIVE now"),
        (PUSH, [BROKEN], {}, "the mapping of Sales is ERROR now"),
        (PUSH, [], {}, "the mapping of Sales is gone"),
        (PUSH, [replace(ACTIVE, source_group_id="x")], {}, "the mapping of Sales is gone"),
        (PUSH, [ACTIVE], {"late": ("ana",)}, "not yet: ana not in Kandji yet: plan again"),
        (PUSH, [ACTIVE], {"late": ("cy",)}, None),
        (PUSH, [ACTIVE], {"groups": (WITH_CY,)}, "also take k-cy out"),
        (PUSH, [ACTIVE], {"groups": (CUT,)}, "Kandji does not tell who is in the group"),
        (PUSH, [ACTIVE], {"groups": (WITHOUT_BO,)}, None),
        (PUSH, [ACTIVE], {"replaces": False}, None),
        (PUSH, [ACTIVE], {"lately": True}, "not yet: Sales was pushed at 12:00 UTC"),
        (RESUME, [PAUSED], {"lately": True}, None),
        (RESUME, [PAUSED], {}, None),
        (RESUME, [ACTIVE], {}, AlreadySo()),
        (RESUME, [BROKEN], {}, "the mapping of Sales is ERROR now"),
    ],
)
def test_a_push_is_touched_only_where_it_is_as_planned_and_takes_out_nobody_else(
    change: Any, mappings: Any, sides: Any, found: Any
) -> None:
    told = asyncio.run(asked(change, Sides(*mappings, **sides)).before())
    if found is None:
        assert isinstance(told, Ready), told
    elif isinstance(found, str):
        assert isinstance(told, Skip), told
        assert found in told.words
    else:
        assert told == found


@pytest.mark.parametrize(
    ("kinds", "sides", "found"),
    [
        (ALONE, {}, Ready),
        (ALONE, {"groups": (WITHOUT_BO,)}, AlreadySo(words="in step already: nothing was sent")),
        (("mapping-stale", *ALONE), {"groups": (WITHOUT_BO,)}, Ready),
        ((), {"groups": (WITHOUT_BO,)}, Ready),
        (ALONE, {"replaces": False}, Skip(words="pushes don't take anybody out here: plan again")),
        (ALONE, {"replaces": True}, Ready),
        (ALONE, {"replaces": False, "due": ("k-ana", "k-di")}, Ready),
        (("mapping-stale",), {"replaces": False}, Ready),
    ],
)
def test_a_push_for_members_alone_is_made_where_it_would_change_something(kinds: Any, sides: Any, found: Any) -> None:
    told = asyncio.run(asked(PUSH, Sides(ACTIVE, **sides), kinds).before())
    assert isinstance(told, Ready) if found is Ready else told == found


@pytest.mark.parametrize(
    ("change", "mapping", "stands", "needed"),
    [
        (RELINK, BROKEN, [False, False, False], [True, True, False]),
        (RELINK, ACTIVE, [True, False, True], [True, False, False]),
        (RELINK, PAUSED, [False, False, False], [True, True, False]),
        (RELINK, None, [False, True, False], [False, False, True]),
        (RELINK, replace(ACTIVE, id="m9"), [False, True, True], [False, False, True]),
        (UNLINK, ACTIVE, [False, False], [True, True]),
        (UNLINK, PAUSED, [True, False], [False, True]),
        (UNLINK, BROKEN, [False, False], [False, True]),
        (UNLINK, None, [True, True], [False, True]),
        (PUSH, ACTIVE, [False, True], [True, True]),
        (PUSH, PAUSED, [True, False], [True, True]),
        (PUSH, None, [False, False], [True, True]),
        (LINK, ACTIVE, [True], [True]),
        (LINK, None, [False], [True]),
        (TIED, ELSEWHERE, [False], [True]),
    ],
)
def test_of_every_step_it_can_be_read_whether_it_stands_and_is_needed(
    change: Any, mapping: Mapping | None, stands: list[bool], needed: list[bool]
) -> None:
    steps = asked(change, Sides(*([mapping] if mapping else []))).steps()
    assert [asyncio.run(step.stands()) for step in steps] == stands
    assert [asyncio.run(step.needed()) for step in steps] == needed


def test_what_was_paused_by_an_earlier_process_is_judged_again_before_it_is_pushed() -> None:
    one = asked(PUSH, Sides(PAUSED, groups=(WITH_CY,)))
    assert "also take k-cy out" in (asyncio.run(one.steps()[1].still()) or "")
    assert asyncio.run(asked(PUSH, Sides(PAUSED)).steps()[1].still()) is None
    fresh = asked(PUSH, Sides(ACTIVE))
    asyncio.run(fresh.before())
    assert asyncio.run(fresh.steps()[1].still()) is None
    for change, place in ((LINK, 0), (RELINK, 2), (DELETE, 1)):
        assert asyncio.run(asked(change, Sides(PAUSED, groups=(WITH_CY,))).steps()[place].still()) is not None
