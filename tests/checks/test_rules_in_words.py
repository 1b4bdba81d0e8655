"""Each rule in words, and how each pushed group is covered."""

from __future__ import annotations

import pytest

from tests.checks.test_push_group_not_covered import company
from tests.worlds import Company

SALES = ("sales", "Sales")


def told(made: Company) -> tuple[str | None, str]:
    """How Sales is covered, and what the rule that assigns says of it."""
    judged = made.judge()
    (line,) = [rule for rule in judged.rules if rule.name == "Macs"]
    (group,) = judged.groups
    for says in ("covers", "excludes", "misses"):
        if SALES in getattr(line, says):
            return group.coverage, says
    return group.coverage, "".join(f"covers if {how}" for *_, how in line.covers_if)


@pytest.mark.parametrize(
    ("expression", "coverage", "says"),
    [
        ('isMemberOfAnyGroup("design", "sales")', "covered by Macs", "covers"),
        (
            'isMemberOfGroup("sales") && user.team == "B"',
            "covered by Macs, if their team is B",
            "covers if their team is B",
        ),
        ('isMemberOfGroup("design")', "no rule brings its people in", "misses"),
        ('!isMemberOfGroup("sales")', "no rule brings its people in", "excludes"),
        ("user.team ==", "can't be told from the rules' expressions", ""),
    ],
)
def test_a_rule_says_of_a_pushed_group_what_the_report_tells(expression: str, coverage: str, says: str) -> None:
    assert told(company(expression)) == (coverage, says)


def test_a_rule_that_is_off_covers_nothing_though_it_would() -> None:
    made = company(None)
    made.rule("Macs", 'isMemberOfGroup("sales")', status="INACTIVE")
    assert told(made) == ("no rule brings its people in", "covers")


def test_a_rule_is_told_in_words_with_its_targets() -> None:
    (line,) = company('isMemberOfGroup("sales")').judge().rules
    assert (line.words, line.targets, line.trouble) == ("people in Sales", (("assigned", "kandji"),), None)


def test_what_is_not_understood_is_trouble() -> None:
    (line,) = company("user.team ==").judge().rules
    assert line.trouble is not None
    assert line.trouble.startswith("its expression is not understood: ")
