"""Yes, no and unknown for one person."""

from __future__ import annotations

import pytest

from reconciler.expression import Facts, evaluate, parse

ADA = Facts(
    attributes={
        "city": "Oslo",
        "department": "Sales",
        "salary": 900000,
        "isContractor": False,
        "cleared": "",
        "never": None,
        "colors": ("blue", "red"),
        "login": "ada@example.com",
        "title": "Sales Engineer",
        "astral": "a😀",
        "street": "Äußere Straße",
        "lines": "a\nb",
        "status": "ACTIVE",
    },
    member_of={"00ga": "Oslo Office", "00gb": "Admins EU"},
    not_member_of={"00gx": "Design"},
    user_id="00u1",
)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ('user.city == "Oslo"', True),
        ('user.city == "Bergen"', False),
        ('user.city == "oslo"', None),
        ('user.city != "oslo"', None),
        ('user.nowhere == "x"', None),
        ("user.never == null", True),
        ('user.never == ""', False),
        ('user.cleared == ""', True),
        ("user.cleared != null", True),
        ("user.never < 5", None),
        ("!user.never", None),
        ('String.startsWith(user.never, "x")', None),
        ("user.salary < 1000000.5", True),
        ('user.salary == "900000"', None),
        ("user.isContractor == 0", None),
        ("user.city", None),
        ("!user.isContractor", True),
        ('user.nowhere == "x" AND user.isContractor', False),
        ('user.nowhere == "x" OR !user.isContractor', True),
        ("user.nowhere ? true : true", True),
        ("user.nowhere ? true : false", None),
        ("user.never ?: true", True),
        ('(user.cleared ?: "x") == "x"', True),
        ('user.city + "!" == "Oslo!"', True),
        ('Arrays.contains(user.colors, "blue")', True),
        ('Arrays.contains(user.colors, "BLUE")', None),
        ('Arrays.contains(user.colors, "green")', False),
        ("Arrays.size(NULL) == 0 && Arrays.isEmpty(user.never)", True),
        ("Arrays.contains(Arrays.flatten(10, {20, 30}, 40), 30)", True),
        ("user.colors[1] == 'red'", True),
        ("user.colors[2] == 'red'", None),
        ('String.stringSwitch("First match wins", "default", "absent", "1", "wins", "2", "match", "3") == "2"', True),
        ('String.substringAfter(user.login, "@") == "example.com"', True),
        ('String.substringAfter(user.login, "#") == ""', None),
        ("String.len(user.astral) == 2", None),
        ('String.replace(user.login, ".", "") == "ada@examplecom"', True),
        ('String.replaceFirst(user.login, ".", "") == "da@example.com"', None),
        ('user.getInternalProperty("status") == "ACTIVE"', True),
        ('user.getInternalProperty("id") == "00u1"', True),
        ('isMemberOfAnyGroup("00gx", "00ga")', True),
        ('isMemberOfAnyGroup("00gx", "00gy")', None),
        ('isMemberOfGroup("00gx")', False),
        ('isMemberOfGroupName("Oslo Office")', True),
        ('isMemberOfGroupName("Design")', None),
        ('isMemberOfGroupNameContains("min")', True),
        ("Convert.toInt('5') == 5", None),
    ],
)
def test_a_condition_is_told_from_what_is_known_of_the_person(text: str, value: bool | None) -> None:
    assert evaluate(parse(text), ADA).value is value


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("user.title matches 'Engineer'", False),
        ("user.title matches '.*Engineer'", True),
        ("user.title matches '(?i)sales engineer'", True),
        ("user.title matches '(?=Sales).*'", None),
        (r"user.title matches '(\w)\1.*'", None),
        ("user.title matches '[a-z&&[^b]]+'", None),
        ("user.title matches '('", None),
        ("user.title matches '[A-Z][a-z]{4} .{1,}'", True),
        ("user.title matches '.{,20}'", None),
        ("user.title matches 'Sales(?i).*'", None),
        ("user.title matches '[^]]+'", None),
        (r"user.title matches '\p{L}+ \p{L}+'", True),
        (r"user.street matches '\p{L}+ \p{L}+'", None),
        ("user.street matches 'Äu.*'", True),
        ("user.lines matches 'a.b'", None),
        ("user.salary matches '9'", None),
        ('isMemberOfGroupNameRegex("Admins.*")', True),
        ('isMemberOfGroupNameRegex("/.*Admins.*")', None),
    ],
)
def test_a_pattern_matches_the_whole_text_or_is_unknown_where_java_may_differ(text: str, value: bool | None) -> None:
    assert evaluate(parse(text), ADA).value is value


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ('isMemberOfGroup("00gy")', False),
        ('isMemberOfGroupName("Design")', False),
        ('isMemberOfGroupName("oslo office")', None),
        ('isMemberOfGroupNameStartsWith("Z")', False),
        ('isMemberOfGroupNameRegex("(?=x)")', None),
    ],
)
def test_somebody_all_of_whose_groups_are_known_can_be_in_none(text: str, value: bool | None) -> None:
    assert evaluate(parse(text), Facts(member_of=ADA.member_of, all_groups_known=True)).value is value


def test_what_decided_it_is_said_in_words() -> None:
    outcome = evaluate(parse('isMemberOfGroup("00ga") AND user.city == "Oslo" OR user.nowhere'), ADA)
    assert outcome.why == ("they are in Oslo Office", "their city is Oslo")


def test_what_is_missing_is_said_in_words() -> None:
    assert evaluate(parse('user.hireDate == "x" OR isMemberOfGroup("00gy")'), ADA).why == (
        "their hire date is not known",
        "whether they are in 00gy is not known",
    )
