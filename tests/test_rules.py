"""Which rules matter to a company's assigned and pushed groups."""

from __future__ import annotations

import pytest

from reconciler.rules import resembles
from tests.worlds import Company


@pytest.mark.parametrize(
    ("name", "other", "alike"),
    [
        ("kandji_all_apple", "kandji_apple_users", True),
        ("Kandji Apple User", "kandji_apple_users", True),
        ("Kandji Pilot", "kandji_apple_users", True),
        ("Sales", "kandji_apple_users", False),
        ("All Users", "kandji_apple_users", False),
        ("Apple Pie Bakers of Rome", "kandji_apple_users", False),
        ("", "", False),
    ],
)
def test_names_are_alike_that_share_half_of_their_telling_words(name: str, other: str, alike: bool) -> None:
    assert resembles(name, other) is resembles(other, name) is alike


def test_rules_matter_that_fill_or_look_at_these_groups_or_fill_what_others_look_at() -> None:
    company = Company()
    company.group("Sales")
    company.group("kandji", id="assigned")
    company.group("Kandji Mac", id="alike")
    company.push("Sales")
    company.rule("Assigns", 'isMemberOfGroup("between")')
    company.rule("Between", 'user.team == "A"', "between")
    company.rule("Fills", 'user.team == "A"', "sales")
    company.rule("Looks", 'isMemberOfGroup("sales")', "elsewhere")
    company.rule("Alike", 'user.team == "A"', "alike")
    company.rule("Other", 'user.team == "A"', "elsewhere")
    rules = company.world().rules
    assert rules is not None
    assert [one.rule.name for one in rules] == ["Alike", "Assigns", "Between", "Fills", "Looks"]


def test_whom_a_rule_excludes_it_does_not_bring() -> None:
    company = Company()
    company.person("ana", user={"attributes": (("team", "A"),)})
    company.rule("Macs", 'user.team == "A"', excluded_user_ids=("ana",))
    (one,) = company.world().rules or ()
    assert (len(one.brings), len(one.passes), len(one.excluded)) == (0, 1, 1)
