"""One attribute differs for most people."""

from __future__ import annotations

from typing import Any

import pytest

from tests.worlds import Company, ago, cause_of, found, only


def company_of(differ: int, agree: int, **app_user: Any) -> Company:
    company = Company()
    for number in range(differ + agree):
        title = f"Old {number}" if number < differ else f"Chief {number}"
        profile = (("title", f"Chief {number}"),)
        company.person(f"p{number}", app_user={"profile": profile, **app_user}, kandji={"title": title})
    return company


@pytest.mark.parametrize(("differ", "agree"), [(2, 0), (3, 3), (2, 1)])
def test_half_of_the_people_are_people_and_not_a_mapping(differ: int, agree: int) -> None:
    assert found(company_of(differ, agree)).keys() == {"attribute-differs"}


def test_more_than_half_are_and_it_explains_them() -> None:
    judged = company_of(4, 3).judge()
    told = only(judged, "attribute-not-sent")
    assert (told.subject.key, told.severity, len(told.people)) == ("app:app attribute:title", "medium", 4)
    differing = [finding for finding in judged.findings if finding.kind == "attribute-differs"]
    assert [cause_of(judged, finding) for finding in differing] == ["attribute-not-sent"] * 4


def test_what_changed_just_now_settles() -> None:
    assert found(company_of(4, 3, status_changed=ago(minutes=5))) == {}
