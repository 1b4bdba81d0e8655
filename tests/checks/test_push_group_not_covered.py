"""No rule assigns the people of a pushed group."""

from __future__ import annotations

import pytest

from tests.worlds import Company, about, found, only


def company(expression: str | None, *, assigned: bool = True, name: str = "Sales") -> Company:
    """Ana is in Sales, which is pushed; a rule fills the assigned group."""
    made = Company()
    made.group("kandji", id="assigned")
    made.group("Design")
    made.group(name, id="sales")
    groups = ["sales", "assigned"] if assigned else ["sales"]
    made.person("ana", groups=groups, assigned=assigned, account=assigned, user={"attributes": (("team", "A"),)})
    made.push("Sales")
    made.rule("Unrelated", 'user.team == "Z"', "nowhere")
    if expression is not None:
        made.rule("Macs", expression)
    return made


@pytest.mark.parametrize(
    "expression",
    [
        'isMemberOfAnyGroup("design", "sales")',
        'isMemberOfGroupName("Sales")',
        'isMemberOfGroupNameStartsWith("Sal")',
        'isMemberOfGroup("sales") && user.team == "B"',
        'user.team == "A"',
    ],
)
def test_a_group_that_a_rule_looks_at_or_whose_members_all_come_in_is_covered(expression: str) -> None:
    assert "push-group-not-covered" not in found(company(expression))


@pytest.mark.parametrize("expression", [None, 'isMemberOfGroup("design")', 'user.team == "B"'])
def test_a_group_that_no_rule_looks_at_is_told(expression: str | None) -> None:
    told = only(company(expression, assigned=False).judge(), "push-group-not-covered")
    assert (told.subject.key, told.severity, told.people) == ("group:sales", "medium", ("user:ana",))


def test_where_everybody_happens_to_be_assigned_it_weighs_little() -> None:
    assert only(company('isMemberOfGroup("design")').judge(), "push-group-not-covered").severity == "low"


def test_a_group_from_which_another_rule_fills_one_that_a_rule_looks_at_is_covered() -> None:
    made = company('isMemberOfGroup("design")')
    made.rule("Between", 'isMemberOfGroup("sales")', "design")
    assert "push-group-not-covered" not in found(made)


@pytest.mark.parametrize(("by_rule", "covered"), [(("fill",), True), ((), False)])
def test_a_group_that_rules_alone_fill_is_known_by_their_condition(by_rule: tuple[str, ...], covered: bool) -> None:
    made = company('user.team != "B"')
    made.person("ben", groups=["sales"], assigned=False, account=False, user={"attributes": (("team", "B"),)})
    made.rule("Fill", 'user.team == "A"', "sales")
    made.brought |= {"ana": by_rule, "ben": by_rule}
    assert ("push-group-not-covered" not in found(made)) is covered


def test_it_is_not_asked_where_somebody_else_fills_the_assigned_group() -> None:
    assert "push-group-not-covered" not in found(company(None), filled_by="HR")
    made = company(None)
    made.groups[0] = made.groups[0].__class__(id="assigned", name="AD Macs", type="APP_GROUP")
    assert "push-group-not-covered" not in found(made)


@pytest.mark.parametrize("expression", ["isMemberOfGroupName(user.team)", "not a condition"])
def test_an_expression_that_does_not_tell_is_said_and_no_finding(expression: str) -> None:
    judged = company(expression).judge()
    assert about(judged, "push-group-not-covered") != []
    assert judged.findings == ()


def test_a_rule_that_only_members_name_may_have_been_left_out_of_the_list() -> None:
    made = company(None)
    made.brought["ana"] = ("left-out",)
    judged = made.judge()
    assert about(judged, "push-group-not-covered") == [
        "1 rules that brought people into an assigned group are in no list"
    ]
    assert (judged.findings, "push-group-not-covered" in judged.skipped) == ((), True)


def test_an_assigned_group_that_is_not_listed_leaves_open_who_fills_it() -> None:
    made = company(None)
    made.app_groups = []
    assert about(made.judge(), "push-group-not-covered") == ["1 people have the app by a group that is in no list"]


def test_rules_that_can_not_be_read_are_said_and_not_called_fixed() -> None:
    made = company(None)
    made.rules = None
    judged = made.judge()
    assert about(judged, "push-group-not-covered") == ["the org's group rules could not be read"]
    assert {"push-group-not-covered", "rule-inactive"} <= set(judged.skipped)


def test_where_an_assigned_group_is_not_visible_who_fills_it_is_not_known() -> None:
    made = company(None, assigned=False)
    made.invisible = ["assigned"]
    judged = made.judge()
    assert "push-group-not-covered" not in {finding.kind for finding in judged.findings}
    assert about(judged, "push-group-not-covered")
    assert "push-group-not-covered" in judged.skipped
