"""A group is perhaps linked to the wrong group in Kandji."""

from __future__ import annotations

import pytest

from tests.worlds import Company, found, only


def linked(target: str, *, ours: int = 6, theirs: int = 6, both: int = 0) -> Company:
    """Field Macs is pushed to a group that holds so many others, and so many who are in both."""
    company = Company()
    company.group("Field")
    for number in range(ours):
        company.person(f"p{number}", groups=["Field"])
    for number in range(theirs):
        company.person(f"t{number}")
    others = [f"k-t{number}" for number in range(theirs)]
    company.push("Field", target=target, members=others, without=[f"p{number}" for number in range(both, ours)])
    return company


@pytest.mark.parametrize(("ours", "theirs", "both"), [(4, 6, 0), (6, 4, 0), (6, 6, 3)])
def test_few_people_or_people_of_both_make_no_wrong_link(ours: int, theirs: int, both: int) -> None:
    assert "group-linked-wrong" not in found(linked("Kiosk", ours=ours, theirs=theirs, both=both))


def test_the_same_name_is_no_wrong_link_whoever_is_in_it() -> None:
    assert "group-linked-wrong" not in found(linked("FIELD"))


def test_a_name_that_is_declared_is_no_wrong_link() -> None:
    assert "group-linked-wrong" not in found(linked("Kiosk"), names=(("Field", "Kiosk"),))


def test_another_name_and_other_people_are_told_as_a_question() -> None:
    told = only(linked("Kiosk", both=1).judge(), "group-linked-wrong")
    assert (told.subject.key, told.severity) == ("mapping:m-field", "medium")
    assert told.confirm == "Is Field meant to be pushed to Kiosk?"
