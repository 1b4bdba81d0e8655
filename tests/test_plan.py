"""A plan's file: it is read as it was written, or refused."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from reconciler.changes import AddToGroup, Named, Repush
from reconciler.errors import Refused
from reconciler.plan import (
    ByHand,
    Ceilings,
    GuardLine,
    Plan,
    Planned,
    Withheld,
    change_id,
    digest,
    read,
    sealed,
    written,
)
from tests.worlds import NOW

SALES = Named(name="Sales “Ünïcode” <b>\u202e\x1b[31m", id="g1")


def one_change(person: str) -> Planned:
    change = AddToGroup(group=SALES, person=Named(name=f"{person}@acme.example", id=person))
    return Planned(
        id=change_id(change),
        change=change,
        sentence=f"put {person} into Sales",
        why=(f"{person} is in Sales, but not assigned",),
        mends=("F-0123456789ab",),
        kinds=("member-not-assigned",),
        joins=(change.person,),
    )


def whole() -> Plan:
    push = Repush(mapping_id="m1", group=SALES, kandji_group=None)
    pushed = Planned(id=change_id(push), change=push, sentence="push Sales again", why=(), expected=("k1", "k2"))
    return sealed(
        Plan(
            made=NOW,
            by="reconciler plan",
            org_url="https://acme.okta.com",
            app_id="0oa1",
            app_label="Kandji",
            scim_url="https://acme.example/scim",
            run=12,
            run_finished=NOW,
            data_digest="d" * 64,
            changes=(one_change("ana"), one_change("ben")),
            withheld=(Withheld(planned=pushed, reasons=("4 of 10",), guards=("group",), lift="--allow-removals 4"),),
            by_hand=(ByHand(finding="F-1", kind="import-on", sentence="s", why="w", clicks=("c",)),),
            guards=(
                GuardLine(
                    guard="group",
                    about="members of Sales",
                    what="removals",
                    count=4,
                    before=0,
                    population=10,
                    most=3,
                    kept=False,
                    words="4 of 10",
                ),
            ),
            ceilings=Ceilings(additions=20, reason="a new team"),
        )
    )


PLAN = whole()
CONTENT = written(PLAN)


def refused(content: bytes) -> bool:
    """Whether it is refused in words; a plan that is read all the same must be the one that was written."""
    try:
        plan = read(content, "plan.json")
    except Refused:
        return True
    assert plan == PLAN
    return False


def test_a_plan_is_read_as_it_was_written() -> None:
    assert read(CONTENT, "plan.json") == PLAN


def test_the_file_can_be_read_by_people() -> None:
    assert CONTENT.startswith(b'{\n  "')
    assert CONTENT.endswith(b"\n}\n")


def test_a_plan_of_a_later_version_is_named_so() -> None:
    with pytest.raises(Refused, match=r"p\.json is a plan of schema 2; this version knows 1\."):
        read(CONTENT.replace(b'"schema_version": 1', b'"schema_version": 2'), "p.json")


def test_a_refusal_says_what_to_type() -> None:
    with pytest.raises(Refused, match=r"p\.json is not what this program wrote") as raised:
        read(CONTENT.replace(b"0oa1", b"0oa2"), "p.json")
    assert raised.value.next == "make it anew: reconciler plan -o p.json"


def test_a_file_that_never_was_a_plan_is_not_to_be_written_over() -> None:
    with pytest.raises(Refused, match=r"config\.toml is no plan") as raised:
        read(b'[okta]\norg_url = "https://acme.okta.com"\n', "config.toml")
    assert "config.toml" not in (raised.value.next or "")


def test_the_digest_is_over_everything_but_itself() -> None:
    assert digest(PLAN) == PLAN.digest == digest(replace(PLAN, digest="x"))
    others = [
        replace(PLAN, run=13),
        replace(PLAN, changes=PLAN.changes[::-1]),
        replace(PLAN, ceilings=Ceilings(additions=20, reason="another reason")),
        replace(PLAN, withheld=()),
        replace(PLAN, kandji_writes=("member-extra",)),
    ]
    assert PLAN.digest not in {digest(one) for one in others}


def test_a_plan_that_was_cut_is_refused() -> None:
    assert all(refused(CONTENT[:length]) for length in range(0, len(CONTENT) - 2, 7))


@settings(max_examples=150, deadline=None)
@given(place=st.integers(0, len(CONTENT) - 1), flip=st.integers(1, 255))
def test_a_byte_that_changed_gives_no_other_plan(place: int, flip: int) -> None:
    refused(CONTENT[:place] + bytes([CONTENT[place] ^ flip]) + CONTENT[place + 1 :])


def places(value: Any, path: tuple[str | int, ...] = ()) -> list[tuple[str | int, ...]]:
    """Where every value of a document stands."""
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return [path, *(found for key, one in inner for found in places(one, (*path, key)))]


DOCUMENT = json.loads(CONTENT)
PLACES = [path for path in places(DOCUMENT) if path]
ODD: tuple[Any, ...] = (
    None,
    True,
    0,
    -1,
    10**400,
    1e308,
    "",
    "x",
    "\x00",
    [],
    {},
    [[]],
    {"x": 1},
    "2020-01-01T00:00:00Z",
)


@settings(max_examples=200, deadline=None)
@given(path=st.sampled_from(PLACES), odd=st.sampled_from(ODD), act=st.sampled_from(("set", "drop", "add")))
def test_a_field_that_was_edited_gives_no_other_plan(path: tuple[str | int, ...], odd: Any, act: str) -> None:
    document = json.loads(CONTENT)
    *way, last = path
    inside = document
    for key in way:
        inside = inside[key]
    if act == "set":
        inside[last] = odd
    elif act == "drop":
        del inside[last]
    elif isinstance(inside, list):
        inside.insert(int(last), odd)
    else:
        inside["more"] = odd
    refused(json.dumps(document).encode())


FOREIGN: tuple[tuple[str, bytes], ...] = (
    ("nothing", b""),
    ("a number", b"17"),
    ("a list", b"[]"),
    ("another document", b'{"schema_version": 1, "findings": []}'),
    ("no version", b"{}"),
    ("a later version", CONTENT.replace(b'"schema_version": 1', b'"schema_version": 2')),
    ("a version that is text", CONTENT.replace(b'"schema_version": 1', b'"schema_version": "1"')),
    ("a huge version", CONTENT.replace(b'"schema_version": 1', b'"schema_version": ' + b"9" * 5000)),
    ("not a number", CONTENT.replace(b'"run": 12', b'"run": NaN')),
    ("a lone surrogate", CONTENT.replace(b"0oa1", rb"\ud800")),
    ("half a surrogate pair", CONTENT.replace(b"0oa1", rb"\ude00\ud83d")),
    ("bytes that are no text", CONTENT.replace(b"0oa1", b"\xff\xfe")),
    ("a surrogate in bytes", CONTENT.replace(b"0oa1", b"\xed\xa0\x80")),
    ("UTF-16", CONTENT.decode().encode("utf-16")),
    ("two plans", CONTENT + CONTENT),
    ("deep lists", b"[" * 100_000),
    ("a deep field", CONTENT.replace(b'"run": 12', b'"more": ' + b"[" * 50_000 + b"]" * 50_000 + b', "run": 12')),
    ("a deep object", b'{"schema_version": 1, "x": ' + b'{"x": ' * 50_000 + b"1" + b"}" * 50_001),
    ("a change twice", written(sealed(replace(PLAN, changes=(PLAN.changes[0], *PLAN.changes))))),
    ("an id of another change", written(sealed(replace(PLAN, changes=(replace(PLAN.changes[0], id="C-1"),))))),
    ("no digest", written(replace(PLAN, digest=""))),
    ("another digest", written(replace(PLAN, digest="\x1b[2J" + "0" * 60))),
    ("a field that is there twice", CONTENT.replace(b'"run": 12', b'"run": 12, "run": 13')),
)


@pytest.mark.parametrize("content", [content for _, content in FOREIGN], ids=[name for name, _ in FOREIGN])
def test_what_is_no_plan_of_ours_is_refused(content: bytes) -> None:
    assert content != CONTENT
    assert refused(content)
