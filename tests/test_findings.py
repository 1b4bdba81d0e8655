"""Ids, causes and order."""

from __future__ import annotations

import random
from typing import Any

from reconciler.findings import (
    Finding,
    Kind,
    Subject,
    finding_id,
    fold_causes,
    order,
    with_severity,
)
from tests.worlds import NOW


def kind(slug: str, **more: Any) -> Kind:
    return Kind(slug=slug, title=slug, severity="high", means="", matters="", mend="", **more)


def finding(slug: str = "lack", key: str = "user:1", name: str = "", **more: Any) -> Finding:
    subject = Subject(type="person", key=key, name=name or key)
    told: dict[str, Any] = {"kind": slug, "severity": "high", "subject": subject, "sentence": key, "people": (key,)}
    return Finding(**(told | more))


# --- ids -------------------------------------------------------------------------------------------------------------


def test_an_id_is_the_same_on_every_machine_and_run() -> None:
    assert finding_id("member-not-assigned", "user:00u1") == "F-1338e6f6d8a1"


def test_the_id_depends_on_kind_and_subject_alone() -> None:
    first = finding(name="Ana", severity="low", sentence="a", people=("user:1", "user:2"), youngest=NOW)
    assert first.id == finding(name="Zoë").id
    assert len({finding().id, finding("other").id, finding(key="user:2").id}) == 3


# --- causes ----------------------------------------------------------------------------------------------------------

ALL = {
    "lack": kind("lack"),
    "app": kind("app", explains=("lack", "group")),
    "group": kind("group", explains=("lack", "extra"), explains_by="group"),
    "left": kind("left", explains=("extra",), explains_by="people"),
    "extra": kind("extra"),
}
ORDER = ("app", "left", "group")


def causes(*findings: Finding) -> dict[str, str | None]:
    """Subject → subject of the finding that explains it."""
    folded = fold_causes(findings, ALL, ORDER)
    subjects = {told.id: told.subject.key for told in folded}
    return {told.subject.key: subjects[told.cause] if told.cause else None for told in folded}


def test_without_a_cause_nothing_is_explained() -> None:
    assert causes(finding(), finding("extra", "user:2")) == {"user:1": None, "user:2": None}


def test_a_cause_of_everything_explains_every_finding_of_its_kinds_and_no_other() -> None:
    told = causes(finding("app", "app:1"), finding(), finding("extra", "user:2"))
    assert told == {"app:1": None, "user:1": "app:1", "user:2": None}


def test_a_cause_by_group_explains_who_shares_the_group() -> None:
    sales, design = ("g1", "Sales"), ("g2", "Design")
    told = causes(
        finding("group", "group:g1", groups=(sales,)),
        finding(groups=(design, sales)),
        finding(key="user:2", groups=(design,)),
        finding(key="user:3"),
    )
    assert told == {"group:g1": None, "user:1": "group:g1", "user:2": None, "user:3": None}


def test_a_cause_by_people_explains_what_concerns_them() -> None:
    told = causes(
        finding("left", "user:1"), finding("extra", "group:g user:1", people=("user:1",)), finding("extra", "user:2")
    )
    assert told == {"user:1": None, "group:g user:1": "user:1", "user:2": None}


def test_the_first_kind_in_the_order_of_causes_explains_and_may_itself_be_explained() -> None:
    sales = ("g1", "Sales")
    told = causes(finding("group", "group:g1", groups=(sales,)), finding("app", "app:1"), finding(groups=(sales,)))
    assert told == {"group:g1": "app:1", "app:1": None, "user:1": "app:1"}


def test_among_several_causes_of_one_kind_the_first_by_name_explains() -> None:
    one, two, three = ("g1", "b"), ("g2", "A"), ("g3", "c")
    found = [
        finding("group", "group:g1", "b", groups=(one,)),
        finding("group", "group:g2", "A", groups=(two,)),
        finding("group", "group:g3", "a", groups=(three,)),
        finding(groups=(one, three, two)),
    ]
    assert causes(*found)["user:1"] == causes(*reversed(found))["user:1"] == "group:g2"


def test_what_settles_explains_nothing_but_is_explained() -> None:
    assert causes(finding("app", "app:1", settling=True), finding())["user:1"] is None
    assert causes(finding("app", "app:1"), finding(settling=True))["user:1"] == "app:1"


def test_a_finding_says_itself_what_it_explains_where_its_kind_explains_more() -> None:
    narrow = finding("group", "group:g1", explains=("lack",), explains_by="everything")
    assert causes(narrow, finding(), finding("extra", "user:2")) == {
        "group:g1": None,
        "user:1": "group:g1",
        "user:2": None,
    }


def test_nothing_explains_its_own_kind() -> None:
    kinds = {"loop": kind("loop", explains=("loop",))}
    folded = fold_causes([finding("loop", "a"), finding("loop", "b")], kinds, ("loop",))
    assert [told.cause for told in folded] == [None, None]


# --- order -----------------------------------------------------------------------------------------------------------


def test_findings_come_by_severity_kind_and_name_whatever_order_they_had() -> None:
    expected = [
        finding("z", "1", severity="critical"),
        finding("a", "3", "Ana"),
        finding("a", "2", "ben"),
        finding("b", "0"),
        finding("a", "9", severity="low"),
    ]
    for seed in range(5):
        shuffled = list(expected)
        random.Random(seed).shuffle(shuffled)
        assert order(shuffled) == tuple(expected)


def test_a_finding_that_is_told_twice_stands_once() -> None:
    assert len(order([finding(sentence="a"), finding(sentence="b")])) == 1
    assert order([finding(sentence="a"), finding(sentence="b")]) == order(
        [finding(sentence="b"), finding(sentence="a")]
    )


def test_of_what_is_told_twice_the_graver_stands_and_what_counts_before_what_settles() -> None:
    for severity, settling in (("low", False), ("critical", True)):
        lighter = finding(sentence="z", severity=severity, settling=settling)
        assert order([finding(), lighter]) == order([lighter, finding()]) == (finding(),)


def test_an_admin_may_give_a_kind_another_severity() -> None:
    assert with_severity(finding(), "low").severity == "low"
    assert with_severity(finding(), None).severity == "high"


# --- the sentence ----------------------------------------------------------------------------------------------------
