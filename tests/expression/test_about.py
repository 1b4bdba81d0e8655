"""What a rule says about the members of a group."""

from __future__ import annotations

import pytest

from reconciler.expression import Facts, GroupAsked, about, parse

MACS = GroupAsked("00gmac", "Mac Users")
EVERYONE = GroupAsked("00gall", "Everyone", built_in_everyone=True)


@pytest.mark.parametrize(
    ("text", "says", "condition"),
    [
        ('isMemberOfGroup("00gmac")', "covers", None),
        ('user.city == "Oslo" OR isMemberOfAnyGroup("00gx", "00gmac")', "covers", None),
        ('isMemberOfGroupNameStartsWith("Mac")', "covers", None),
        ('isMemberOfGroupName("Everyone")', "covers", None),
        ("true", "covers", None),
        ('!isMemberOfGroup("00gmac")', "excludes", None),
        ('user.city == "Oslo" AND !isMemberOfGroupName("Mac Users")', "excludes", None),
        ('isMemberOfGroup("00gmac") && user.city == "Oslo"', "covers if", "their city is Oslo"),
        ('isMemberOfGroup("00gmac") && !user.isContractor', "covers if", "their “isContractor” is not true"),
        ('(isMemberOfGroup("00gmac") ? "a" : "b") == user.x', "covers if", "their x is a"),
        ('isMemberOfGroupName("Everyone") && user.city == "Oslo"', "does not look", None),
        ('user.city == "Oslo"', "does not look", None),
        ('isMemberOfGroup("00gx")', "does not look", None),
        ('isMemberOfGroupName("mac users")', "unknown", None),
        ("isMemberOfGroupName(user.team)", "unknown", None),
        ('getManagerUser("x").city == "Oslo" && isMemberOfGroup("00gmac")', "unknown", None),
        ('"a" == "A"', "unknown", None),
        ("user.city ==", "unknown", None),
    ],
)
def test_a_rule_takes_its_stance_on_a_group(text: str, says: str, condition: str | None) -> None:
    stance = about(parse(text), MACS)
    assert (stance.says, stance.condition) == (says, condition)
    assert stance.why or stance.condition


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ('isMemberOfGroup("00gall")', "covers"),
        ('isMemberOfGroupName("Everyone") && user.city == "Oslo"', "covers if"),
        ('user.city == "Oslo"', "does not look"),
    ],
)
def test_the_built_in_group_of_everybody_is_asked_about_like_any_other(text: str, says: str) -> None:
    assert about(parse(text), EVERYONE).says == says


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ('isMemberOfGroup("00gstaff") && user.city == "Oslo"', "covers if"),
        ('isMemberOfGroup("00gall") && user.city == "Oslo"', "does not look"),
        ('user.getInternalProperty("status") == "ACTIVE" && isMemberOfGroup("00gmac")', "covers"),
        ('user.getInternalProperty("status") == "SUSPENDED"', "excludes"),
    ],
)
def test_groups_that_rules_bring_members_into_and_other_facts_are_assumed(text: str, says: str) -> None:
    assume = Facts(attributes={"status": "ACTIVE"}, member_of={"00gstaff": "Staff", "00gall": "Everyone"})
    assert about(parse(text), MACS, assume=assume).says == says
