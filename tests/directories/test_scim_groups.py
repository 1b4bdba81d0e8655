"""Who is in which group, when the list of groups may not say."""

from __future__ import annotations

import asyncio

import pytest

from reconciler.directories.scim_groups import GroupsRead, each, with_members
from reconciler.directories.scim_wire import GroupRow
from tests.directories.scim_stand_ins import run


def row(group_id: str, members: tuple[str, ...] | None, nested: int = 0) -> GroupRow:
    return GroupRow(id=group_id, display_name=group_id.upper(), member_ids=members, nested=nested)


def settle(listed: list[GroupRow], singles: list[GroupRow], **more: frozenset[str]) -> tuple[GroupsRead, list[str]]:
    asked: list[str] = []

    async def read(group_id: str) -> GroupRow | None:
        asked.append(group_id)
        return next((single for single in singles if single.id == group_id), None)

    return run(with_members(listed, read, **more)), asked  # type: ignore[arg-type]  # only ``named`` is passed


def members(read: GroupsRead) -> dict[str, tuple[str, ...] | None]:
    return {group.id: group.member_ids for group in read.groups}


def test_groups_whose_members_the_list_shows_are_not_read_again() -> None:
    read, asked = settle([row("a", ("u1",)), row("b", ())], [])

    assert (members(read), asked) == ({"a": ("u1",), "b": ()}, [])


def test_groups_without_members_in_the_list_are_read_one_by_one() -> None:
    read, asked = settle([row("a", None), row("b", None)], [row("a", ("u1", "u2")), row("b", ())])

    assert members(read) == {"a": ("u1", "u2"), "b": ()}
    assert sorted(asked) == ["a", "b"]
    assert read.asked == 2


def test_a_single_group_without_members_is_empty_where_others_have_some() -> None:
    read, _ = settle([row("a", ("u1",)), row("b", None)], [row("b", None)])

    assert members(read) == {"a": ("u1",), "b": ()}
    assert read.notes == ()


def test_where_no_group_shows_members_they_are_unknown_and_not_nobody() -> None:
    read, _ = settle([row("a", None), row("b", None)], [row("a", None), row("b", None)])

    assert members(read) == {"a": None, "b": None}
    assert read.unknown == 2
    assert [note.kind for note in read.notes] == ["check-skipped", "check-skipped"]
    assert read.notes[0].about == "Kandji group A"


def test_a_list_that_shows_every_group_as_empty_is_not_believed() -> None:
    read, asked = settle([row("a", ()), row("b", ())], [row("a", ("u1",)), row("b", ())])

    assert members(read) == {"a": ("u1",), "b": ()}
    assert sorted(asked) == ["a", "b"]


def test_groups_that_are_empty_one_by_one_are_empty() -> None:
    read, _ = settle([row("a", ())], [row("a", ())])

    assert members(read) == {"a": ()}


def test_a_group_that_users_name_is_never_taken_for_empty() -> None:
    read, _ = settle([row("a", ("u1",)), row("b", None)], [row("b", None)], named=frozenset({"a", "b"}))

    assert members(read) == {"a": ("u1",), "b": None}
    assert [note.about for note in read.notes] == ["Kandji group B"]


def test_a_round_number_of_members_is_checked_by_reading_the_group() -> None:
    whole = tuple(f"u{number}" for number in range(130))

    read, asked = settle([row("a", whole[:100]), row("b", ("u1",))], [row("a", whole)])

    assert members(read)["a"] == whole
    assert (asked, [group.perhaps_cut for group in read.groups]) == (["a"], [False, False])


def test_members_of_the_list_stay_where_the_single_group_shows_none() -> None:
    hundred, more = (tuple(f"u{number}" for number in range(most)) for most in (100, 130))

    read, _ = settle([row("a", hundred), row("b", more)], [row("a", None)])

    assert members(read) == {"a": hundred, "b": more}


def test_a_round_number_of_members_that_no_group_exceeds_may_be_cut_off() -> None:
    hundred = tuple(f"u{number}" for number in range(100))

    read, _ = settle([row("a", hundred), row("b", ("u1",))], [row("a", hundred)])

    assert members(read) == {"a": hundred, "b": ("u1",)}
    assert [group.id for group in read.groups if group.perhaps_cut] == ["a"]
    assert [(note.about, note.reason) for note in read.notes] == [
        ("Kandji group A", "it shows 100 members and no group shows more: the SCIM server may have cut them off")
    ]


def test_a_group_deleted_between_list_and_read_is_gone_and_counted() -> None:
    read, _ = settle([row("a", None), row("b", ("u1",))], [])

    assert (members(read), read.gone) == ({"b": ("u1",)}, 1)


def test_groups_in_a_group_are_noted() -> None:
    read, _ = settle([row("a", ("u1",), nested=2)], [])

    assert members(read) == {"a": ("u1",)}
    assert read.notes[0].reason == "it holds 2 other groups, whose people are not counted"


def test_only_so_many_are_read_at_once() -> None:
    flying: list[int] = []
    most: list[int] = []

    async def read(key: int) -> int:
        flying.append(key)
        most.append(len(flying))
        await asyncio.sleep(0)
        flying.remove(key)
        return key * 2

    assert run(each(range(20), read, 3)) == {key: key * 2 for key in range(20)}
    assert max(most) == 3


def test_the_first_error_ends_the_others() -> None:
    begun: list[int] = []

    async def read(key: int) -> int:
        begun.append(key)
        await asyncio.sleep(0)
        if key == 1:
            raise ValueError(key)
        return key

    with pytest.raises(ValueError, match="1"):
        run(each(range(100), read, 2))

    assert len(begun) < 10
