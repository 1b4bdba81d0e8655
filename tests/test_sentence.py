"""The one sentence that a run comes down to."""

from __future__ import annotations

from reconciler.checks import KINDS
from reconciler.findings import Finding
from reconciler.model import Note
from reconciler.sentence import headline, sentence
from tests.test_findings import finding


def said(*findings: Finding) -> str:
    return sentence("drift", findings, kinds=KINDS)


def test_without_findings_both_sides_are_in_step() -> None:
    assert sentence("in-step", ()) == "Okta and Kandji are in step."


def test_without_findings_a_check_that_was_skipped_is_not_passed_over() -> None:
    skipped = Note(kind="check-skipped", about="members of Design", reason="Kandji does not tell the group's members")
    odd = Note(kind="unknown-value", about="mapping m1", reason="a status nobody knows")
    assert sentence("in-step", (), notes=[skipped]) == "Okta and Kandji are in step, as far as was checked."
    assert sentence("in-step", (), notes=[odd]) == "Okta and Kandji are in step."
    leaver = finding("left-still-active")
    assert sentence("drift", [leaver], notes=[skipped]) == "1 person who left is still active in Kandji."


def test_without_findings_an_empty_or_much_smaller_side_is_not_passed_over() -> None:
    empty = Note(kind="empty", about="Kandji", reason="nothing provisioned yet")
    shrank = Note(kind="shrank", about="people in Kandji", reason="60 before, 30 now")
    assert sentence("in-step", (), notes=[shrank, empty]) == "Nothing is provisioned yet: Kandji has no account."
    assert sentence("in-step", (), notes=[shrank]).endswith("in step, but much is gone since the last run.")
    assert sentence("drift", [finding("left-still-active")], notes=[empty]).startswith("1 person who left")


def test_a_run_that_failed_or_read_in_part_says_so_first() -> None:
    leaver = finding("left-still-active")
    assert sentence("failed", [leaver]) == "The check did not run."
    assert sentence("incomplete", [leaver]) == "Could not read a source: no verdict."
    unread = ("scim.users", "okta.members", "okta.app", "okta.app")
    assert sentence("incomplete", [], unread=unread) == (
        "Could not read okta.app, okta.members and scim.users: no verdict."
    )


def test_people_who_left_come_first_even_where_something_explains_them() -> None:
    leaver = finding("left-still-active", cause="F-0")
    assert said(finding("member-not-assigned"), leaver) == "1 person who left is still active in Kandji."


def test_people_are_counted_once_however_many_findings_they_have() -> None:
    left_out = [finding("member-not-assigned", f"user:{number}") for number in range(1200)]
    assert said(*left_out) == "1,200 people in pushed groups are not assigned."
    assert said(left_out[0]) == "1 person in pushed groups is not assigned."
    arrived = [finding("assignment-stuck"), finding("missing-in-kandji"), finding("missing-in-kandji", "user:2")]
    assert said(*arrived) == "2 people never arrived in Kandji."


def test_groups_out_of_step_are_counted_once() -> None:
    sales, design = (("g1", "Sales"),), (("g2", "Design"),)
    told = [finding("member-missing", "a", groups=sales), finding("mapping-error", "b", groups=sales)]
    assert said(*told) == "1 group is out of step."
    assert said(*told, finding("group-unmanaged", "c", groups=design)) == "2 groups are out of step."


def test_a_group_with_a_name_on_either_side_is_counted_once() -> None:
    okta, kandji = ("g1", "Sales"), ("k1", "Sellers")
    renamed = finding("group-renamed", "a", groups=(okta, kandji))
    assert said(renamed, finding("group-unmanaged", "b", groups=(kandji,), cause=renamed.id)) == (
        "1 group is out of step."
    )


def test_what_is_critical_for_everybody_is_said_before_groups() -> None:
    refused = finding("credentials-refused", "app", severity="critical", people=())
    told = [refused, finding("mapping-error", "b", groups=(("g1", "Sales"),), cause=refused.id)]
    assert said(*told) == "Kandji refuses Okta's token and 1 more."
    assert headline(told) == {"credentials-refused"}


def test_other_findings_are_told_by_the_title_of_the_gravest() -> None:
    others = [finding("unmanaged-in-kandji"), finding("app-inactive", "app", severity="critical", people=())]
    assert said(*others) == "The app in Okta is not active and 1 more."
    assert said(others[1]) == "The app in Okta is not active."


def test_attributes_that_differ_come_last() -> None:
    assert said(finding("attribute-differs")) == "1 person has other attributes in Kandji than in Okta."
    two = [finding("attribute-differs"), finding("attribute-differs", "user:2")]
    assert said(*two) == "2 people have other attributes in Kandji than in Okta."


def test_settling_findings_are_silent() -> None:
    assert said(finding("left-still-active", settling=True)) == "Okta and Kandji are in step."
