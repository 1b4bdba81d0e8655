"""Members of one Kandji group, over a stand-in that says what it is told to: looked at, and put whole."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from typing import Any

import pytest
from msgspec.structs import replace

from reconciler.changes import AddMember, Named, RemoveMember
from reconciler.commands.applying.live import Due
from reconciler.commands.applying.procedure import AlreadySo, Ready, Skip
from reconciler.commands.applying.procedures import procedure
from reconciler.errors import UnexpectedAnswer, Vanished
from reconciler.model import Capabilities, ScimGroup, ScimUser
from tests.commands.mending import planned

GROUP, ANA, BO = Named(name="Sales", id="kg1"), Named(name="ana", id="k-ana"), Named(name="bo", id="k-bo")
ADD, TAKE = AddMember(kandji_group=GROUP, account=ANA), RemoveMember(kandji_group=GROUP, account=BO)
ACCOUNT = ScimUser(id="k", user_name="x")
Rows = list[Any] | None


class OneGroup:
    """Kandji and all that is known of it; ``bodies``: what the group's resource is, one reading after the other."""

    def __init__(
        self,
        members: tuple[str, ...] | None = ("k-bo", "k-cy"),
        *,
        account: ScimUser | None = ACCOUNT,
        cut: bool = False,
        there: bool = True,
        patches: bool | None = None,
        probed: bool | None = None,
        bodies: tuple[dict[str, Any] | None, ...] = (),
        due: tuple[str, ...] = (),
        undoing: bool = False,
    ) -> None:
        self.scim, self.patch_supported, self.undoing, self._due = self, patches, undoing, due
        self._account, self._probed, self._bodies = account, probed, list(bodies)
        self.holds(members, cut=cut)
        if not there:
            self.group = None
        self.put: list[tuple[Any, str | None]] = []
        self.patched: list[tuple[str, str, bool, bool]] = []
        self.probes = 0

    def holds(self, members: tuple[str, ...] | None, *, cut: bool = False) -> None:
        self.group: ScimGroup | None = ScimGroup(id="kg1", display_name="Sales", member_ids=members, perhaps_cut=cut)

    async def kandji_group(self, group_id: str) -> ScimGroup | None:
        return self.group

    async def due(self, group_id: str) -> Due:
        assert group_id == "00gsales"
        expected = dict.fromkeys(self._due, "00u1")
        return Due(expected=expected, carried={})

    async def account_names(self, ids: Iterable[str]) -> str:
        return ", ".join(sorted(ids))

    async def account(self, account_id: str) -> ScimUser | None:
        return self._account

    async def probe(self) -> Capabilities:
        self.probes += 1
        return Capabilities(patch_supported=self._probed)

    async def read_group_body(self, group_id: str) -> dict[str, Any] | None:
        return self._bodies.pop(0)

    async def patch_member(self, group_id: str, account_id: str, *, add: bool, by_path: bool) -> None:
        self.patched.append((group_id, account_id, add, by_path))

    async def put_group(self, group_id: str, body: Any, *, etag: str | None) -> None:
        self.put.append((body, etag))


READY = Ready(image={"members": ["k-bo", "k-cy"]})


@pytest.mark.parametrize(
    ("change", "kinds", "kandji", "found"),
    [
        (ADD, (), {}, READY),
        (ADD, ("member-unknown",), {}, READY),
        (TAKE, (), {}, READY),
        (TAKE, (), {"account": None}, READY),
        (TAKE, ("member-unknown",), {"account": None}, READY),
        (TAKE, ("member-unknown",), {}, Skip(words="bo has an account in Kandji now")),
        (ADD, (), {"account": None}, Skip(words="ana is not in Kandji any more")),
        (ADD, (), {"there": False}, Skip(words="Sales is not in Kandji any more")),
        (ADD, (), {"members": None}, Skip(words="Kandji does not tell who is in Sales")),
        (TAKE, (), {"cut": True}, Skip(words="Kandji does not tell who is in Sales")),
        (ADD, (), {"members": ("k-ana",)}, AlreadySo()),
        (TAKE, (), {"members": ("k-ana",)}, AlreadySo()),
    ],
)
def test_a_membership_rests_on_a_group_that_is_told_whole(change: Any, kinds: Any, kandji: Any, found: Any) -> None:
    live: Any = OneGroup(**kandji)
    assert asyncio.run(procedure(planned(change, kinds=kinds), live).before()) == found


OKTA = Named(name="Sales", id="00gsales")


@pytest.mark.parametrize(
    ("change", "due", "words"),
    [
        (ADD, ("k-ana",), None),
        (ADD, ("k-bo",), "Okta does not expect ana in Sales now"),
        (TAKE, ("k-ana",), None),
        (TAKE, ("k-bo",), "Okta expects bo in Sales now"),
    ],
)
def test_a_member_is_as_okta_has_it_now_unless_an_apply_is_taken_back(change: Any, due: Any, words: str | None) -> None:
    one = planned(replace(change, group=OKTA))
    for undoing in (False, True):
        live: Any = OneGroup(due=due, undoing=undoing)
        found = asyncio.run(procedure(one, live).before())
        assert found == (READY if words is None or undoing else Skip(words=words))


@pytest.mark.parametrize(
    ("known", "probed", "patches", "probes"),
    [
        (None, None, True, 1),
        (None, True, True, 1),
        (None, False, False, 1),
        (False, True, False, 0),
        (True, False, True, 0),
    ],
)
def test_a_server_is_asked_once_whether_it_takes_a_patch(
    known: bool | None, probed: bool | None, patches: bool, probes: int
) -> None:
    live: Any = OneGroup(patches=known, probed=probed)
    asyncio.run(procedure(planned(ADD), live).before())
    assert (live.patch_supported, live.probes) == (patches, probes)


def test_each_form_is_tried_and_the_whole_group_only_where_none_had_an_effect() -> None:
    for change, names in ((ADD, ["patch", "put"]), (TAKE, ["patch", "patch by value", "put"])):
        for members, done in ((("k-cy",), change is TAKE), (("k-ana", "k-bo"), change is ADD)):
            for patches in (True, False):
                live: Any = OneGroup(members, patches=patches)
                steps = procedure(planned(change), live).steps()
                assert [step.name for step in steps] == names
                assert [step.tries for step in steps] == [*(True for _ in names[1:]), False]
                needed = [asyncio.run(step.needed()) for step in steps]
                assert needed == [*((patches and not done) for _ in names[1:]), not done]


def test_a_member_is_taken_out_by_path_first_and_then_by_value() -> None:
    live: Any = OneGroup()
    for change, forms in ((ADD, [True]), (TAKE, [True, False])):
        for step in procedure(planned(change), live).steps()[:-1]:
            asyncio.run(step.send())
        assert live.patched == [("kg1", change.account.id, change is ADD, form) for form in forms]
        live.patched.clear()


@pytest.mark.parametrize(("there", "members", "holds"), [(False, (), False), (True, None, False), (True, (), True)])
def test_whom_a_group_is_not_told_to_hold_is_not_known_to_be_out(there: bool, members: Any, holds: bool) -> None:
    live: Any = OneGroup(members, there=there)
    one = procedure(planned(TAKE), live)
    assert (asyncio.run(one.holds()), asyncio.run(one.seen()).shows) == (holds, holds)


def body(rows: Rows, name: str = "members", **more: Any) -> dict[str, Any]:
    return {"id": "kg1", name: rows, "meta": {"version": 'W/"3"'}, **more}


BOTH_ROWS: list[Any] = [{"value": "k-bo", "display": "Bo"}, {"value": "k-cy"}]


@pytest.mark.parametrize(
    ("change", "read", "put"),
    [
        (ADD, body(BOTH_ROWS), body([*BOTH_ROWS, {"value": "k-ana"}])),
        (ADD, body(None), body([{"value": "k-ana"}])),
        (ADD, body(["k-bo"], "Members"), body(["k-bo", {"value": "k-ana"}], "Members")),
        (ADD, {"id": "kg1"}, {"id": "kg1", "members": [{"value": "k-ana"}]}),
        (TAKE, body(BOTH_ROWS, extra=1), body([{"value": "k-cy"}], extra=1)),
        (TAKE, body(["k-bo", "k-cy"]), body(["k-cy"])),
    ],
)
def test_a_group_is_put_as_it_was_read_but_for_one_member(change: Any, read: Any, put: Any) -> None:
    live: Any = OneGroup(bodies=(read, read))
    asyncio.run(procedure(planned(change), live).steps()[-1].send())
    assert live.put == [(put, 'W/"3"' if "meta" in put else None)]


@pytest.mark.parametrize("second", [body([{"value": "k-bo"}]), body(None)])
def test_a_group_that_moves_while_it_is_read_is_not_put(second: Any) -> None:
    live: Any = OneGroup(bodies=(body(BOTH_ROWS), second))
    with pytest.raises(UnexpectedAnswer, match="Sales moved"):
        asyncio.run(procedure(planned(ADD), live).steps()[-1].send())
    assert live.put == []


@pytest.mark.parametrize("bodies", [(None, body(BOTH_ROWS)), (body(BOTH_ROWS), None)])
def test_a_group_that_vanished_is_not_put(bodies: Any) -> None:
    live: Any = OneGroup(bodies=bodies)
    with pytest.raises(Vanished, match="Sales was deleted"):
        asyncio.run(procedure(planned(ADD), live).steps()[-1].send())


@pytest.mark.parametrize("resumed", [False, True])
@pytest.mark.parametrize(
    ("after", "lost"),
    [
        (("k-ana", "k-bo", "k-cy"), None),
        (("k-ana", "k-bo", "k-cy", "k-di"), None),
        (("k-ana", "k-bo"), "k-cy went from Sales as well"),
        (("k-ana",), "k-bo, k-cy went from Sales as well"),
        (None, "k-bo, k-cy went from Sales as well"),
        ("gone", "k-bo, k-cy went from Sales as well"),
    ],
)
def test_a_group_that_was_put_whole_has_failed_where_it_lost_others(
    after: Any, lost: str | None, resumed: bool
) -> None:
    """Di came in after the group was looked at, and may go again."""
    read = body([*BOTH_ROWS, {"value": "k-di"}])
    live: Any = OneGroup(bodies=(read, read))
    one = procedure(planned(ADD), live)
    if resumed:
        one.recall(READY.image, [])
    else:
        asyncio.run(one.before())
    asyncio.run(one.steps()[-1].send())
    live.holds(after)
    if after == "gone":
        live.group = None
    found = asyncio.run(one.seen())
    assert (found.shows, found.over) == (lost is None, None if lost is None else "failed")
    assert found.words == (lost or "seen in Kandji")
