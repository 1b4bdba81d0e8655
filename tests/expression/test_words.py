"""A rule in plain words."""

from __future__ import annotations

import pytest

from reconciler.expression import parse, words

NAMES = {"00ge": "Engineering", "00gd": "Design"}


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (
            'isMemberOfAnyGroup("00ge", "00gd") AND !(user.type == "contractor")',
            "people in Engineering or Design, unless their type is contractor",
        ),
        ('user.city == "Oslo" OR user.city == "Sankt Gallen"', "people whose city is Oslo or “Sankt Gallen”"),
        (
            'isMemberOfGroup("00ge") AND (user.city == "Oslo" OR user.city == "Rome") AND user.level >= 3',
            "people in Engineering whose city is Oslo or Rome and whose level is at least 3",
        ),
        (
            'isMemberOfGroup("00ge") OR user.costCenter == null',
            "people in Engineering, or whose cost center is not set",
        ),
        ('!isMemberOfGroupNameContains("temp")', "everybody, unless they are in a group whose name contains temp"),
        (
            'user.a == "1" AND (user.b OR isMemberOfGroup("00gx"))',
            "people of whom it holds: their a is 1 and (their b is true or they are in 00gx)",
        ),
        ('String.startsWith(user.email, "it-")', "people whose email starts with it-"),
        ("true", "everybody"),
        ("user.a ==", "a condition that was not understood, the expression ends too early (column 10): “user.a ==”"),
    ],
)
def test_a_rule_is_told_in_one_phrase(text: str, said: str) -> None:
    assert words(parse(text), NAMES) == said
