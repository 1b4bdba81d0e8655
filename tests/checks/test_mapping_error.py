"""A push mapping is in error."""

from __future__ import annotations

from tests.worlds import ago, cause_of, found, only, sales


def test_a_mapping_that_is_not_in_error_is_no_finding() -> None:
    for status in ("ACTIVE", "DREAMING"):
        assert found(sales(status=status)) == {}


def test_a_mapping_in_error_is_told_with_its_reason_at_once() -> None:
    told = only(sales(status="ERROR", error_summary="Not found", last_updated=ago(minutes=1)).judge(), "mapping-error")
    assert (told.subject.key, told.settling) == ("mapping:m-sales", False)
    assert told.sentence == "Okta has stopped pushing Sales: Not found"


def test_who_is_missing_because_of_it_is_counted_inside_and_not_told_beside_it() -> None:
    company = sales(status="ERROR", without=["p0", "p1", "p2"])
    assert found(company) == {"mapping-error": ["mapping:m-sales"]}
    assert only(company.judge(), "mapping-error").people == ("user:p0", "user:p1", "user:p2")


def test_who_is_too_much_because_of_it_is_told_and_explained_by_it() -> None:
    company = sales(status="ERROR", members=["k-eve"])
    company.person("eve")
    judged = company.judge()
    assert cause_of(judged, only(judged, "member-extra")) == "mapping-error"


def test_its_people_who_are_not_assigned_are_told() -> None:
    company = sales(status="ERROR")
    company.person("eve", groups=["Sales"], assigned=False, account=False)
    judged = company.judge()
    assert cause_of(judged, only(judged, "member-not-assigned")) is None


def test_a_failed_mapping_without_a_target_is_a_missing_target_alone() -> None:
    assert found(sales(status="ERROR", group=False)) == {"mapping-target-missing": ["mapping:m-sales"]}
