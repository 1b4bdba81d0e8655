"""The short way of reading usual SCIM bodies tells the same as the lenient one."""

from __future__ import annotations

import json
from typing import Any

import httpx
import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from reconciler.directories.answers import Answer
from reconciler.directories.scim_usual import usual_group, usual_page, usual_user
from reconciler.directories.scim_wire import GroupRow, UserRow, read_body, read_group, read_page, read_user
from reconciler.errors import UnexpectedAnswer
from tests.directories.scim_stand_ins import LIST

ENTERPRISE = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User"
words = st.sampled_from(
    ["ada", "", " ", "Ada@Acme.example", "work", "Group", "group", "User", "2026-02-02T11:15:32.000Z"]
)
odd: st.SearchStrategy[Any] = st.one_of(words, st.none(), st.booleans(), st.integers(-1, 3), st.just([]), st.just({}))
rarely = st.integers(0, 15).map(lambda number: number == 0)


def now_and_then(usual: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    """Mostly what belongs there, seldom anything else."""
    return rarely.flatmap(lambda is_odd: odd if is_odd else usual)


def objects(**usual: st.SearchStrategy[Any]) -> st.SearchStrategy[dict[str, Any]]:
    """Some of these attributes; now and then one in other letters, or one that nobody has heard of."""
    whole = st.fixed_dictionaries({}, optional={name: now_and_then(values) for name, values in usual.items()})
    others = st.dictionaries(st.sampled_from([*(name.swapcase() for name in usual), "unheardOf"]), odd, max_size=1)
    return rarely.flatmap(lambda is_odd: st.builds(lambda a, b: a | b, whole, others) if is_odd else whole)


references = st.lists(objects(value=words, display=words, type=words, **{"$ref": words}), max_size=3)
emails = st.lists(objects(value=words, type=words, primary=st.booleans()), max_size=3)
names = objects(formatted=words, givenName=words, familyName=words, middleName=words)
users = st.builds(
    lambda told: {"id": "u1", "userName": "ada", "active": True} | told,
    objects(
        id=words,
        userName=words,
        active=st.booleans(),
        externalId=words,
        displayName=words,
        title=words,
        locale=words,
        emails=emails,
        name=names,
        meta=objects(created=words, lastModified=words),
        groups=references,
        **{ENTERPRISE: objects(department=words, division=words)},
    ),
)
groups = st.builds(
    lambda told: {"id": "g1", "displayName": "Engines", "members": []} | told,
    objects(id=words, displayName=words, externalId=words, meta=objects(created=words), members=references),
)


def said(body: Any) -> Answer:
    content = json.dumps(body).encode()
    return Answer(status=200, headers=httpx.Headers(), content=content, url=httpx.URL("https://kandji.example/Users"))


def told(read: Any, resource: Any, answer: Answer) -> UserRow | GroupRow | str:
    try:
        row: UserRow | GroupRow = read(resource, answer)
    except UnexpectedAnswer as error:
        return error.what
    return row


@given(users)
def test_a_user_reads_the_same_on_both_ways(body: dict[str, Any]) -> None:
    answer = said(body)
    assert told(read_user, msgspec.Raw(answer.content), answer) == told(read_user, read_body(answer), answer)


@given(groups)
def test_a_group_reads_the_same_on_both_ways(body: dict[str, Any]) -> None:
    answer = said(body)
    assert told(read_group, msgspec.Raw(answer.content), answer) == told(read_group, read_body(answer), answer)


@pytest.mark.parametrize(
    "created", ["0001-01-01T00:00:00+05:00", "9999-12-31T23:59:59-05:00", "2026-02-02T11:15:32.1234567Z", "yesterday"]
)
def test_an_odd_time_reads_the_same_on_both_ways(created: str) -> None:
    answer = said({"id": "u1", "userName": "ada", "active": True, "meta": {"created": created}})
    assert usual_user(msgspec.Raw(answer.content)) is not None
    assert told(read_user, msgspec.Raw(answer.content), answer) == told(read_user, read_body(answer), answer)


def test_a_plain_body_takes_the_short_way() -> None:
    person = {"value": "u1", "display": "ada", "$ref": "/Users/u1"}
    assert usual_user(msgspec.Raw(json.dumps({"id": "u1", "userName": "ada", "active": True}).encode())) is not None
    assert (
        usual_group(msgspec.Raw(json.dumps({"id": "g", "displayName": "G", "members": [person]}).encode())) is not None
    )
    assert usual_page(said({"schemas": [LIST], "totalResults": 0, "Resources": []}).content) is not None


def test_a_row_that_is_no_object_is_an_error_on_the_short_way_too() -> None:
    answer = said({"schemas": [LIST], "totalResults": 1, "Resources": [7]})
    with pytest.raises(UnexpectedAnswer, match="not a list of objects"):
        read_page(answer)
