"""A provisioning action is switched off."""

from __future__ import annotations

from typing import Any

import pytest
from msgspec.structs import replace

from tests.worlds import FEATURES, Company, about, ago, cause_of, found, only, sales


def without(feature: str, company: Company | None = None) -> Company:
    company = company or sales()
    company.app = replace(company.app, features=tuple(name for name in FEATURES if name != feature))
    return company


def test_an_app_with_every_feature_and_more_is_no_finding() -> None:
    company = sales()
    company.app = replace(company.app, features=(*FEATURES, "SOMETHING_NEW", "REACTIVATE_USERS"))
    assert found(company) == {}


def test_an_app_that_tells_no_features_is_unknown_and_not_off() -> None:
    company = sales()
    company.app = replace(company.app, features=())
    judged = company.judge()
    assert judged.findings == ()
    assert about(judged, "provisioning-off") == ["Okta does not tell this app's features"]


@pytest.mark.parametrize(
    ("feature", "severity"),
    [
        ("PUSH_USER_DEACTIVATION", "critical"),
        ("PUSH_NEW_USERS", "high"),
        ("GROUP_PUSH", "high"),
        ("PUSH_PROFILE_UPDATES", "medium"),
    ],
)
def test_each_action_that_is_off_is_a_finding_as_grave_as_what_stays_undone(feature: str, severity: str) -> None:
    told = only(without(feature).judge(), "provisioning-off")
    assert (told.subject.key, told.severity) == (f"app:app feature:{feature}", severity)


@pytest.mark.parametrize(("days", "off"), [(6.99, False), (7, True)])
def test_a_push_of_the_last_seven_days_shows_that_pushing_groups_is_on(days: float, off: bool) -> None:
    company = without("GROUP_PUSH", sales(last_push=ago(days=days)))
    judged = company.judge()
    assert ("provisioning-off" in found(company)) is off
    assert bool(about(judged, "provisioning-off: Push Groups")) is not off


@pytest.mark.parametrize(
    ("feature", "event"),
    [
        ("PUSH_USER_DEACTIVATION", "user.deactivate"),
        ("PUSH_NEW_USERS", "user.push"),
        ("GROUP_PUSH", "group_push.push_memberships"),
        ("PUSH_PROFILE_UPDATES", "user.push_profile"),
    ],
)
def test_so_does_an_action_of_these_days_in_the_log(feature: str, event: str) -> None:
    company = without(feature)
    company.event(f"application.provision.{event}", "p0", when=ago(days=1), outcome="FAILURE")
    assert "provisioning-off" in found(company)
    company.event(f"application.provision.{event}", "p0", when=ago(days=1))
    assert "provisioning-off" not in found(company)


def test_each_action_explains_what_it_leaves_undone_and_nothing_else() -> None:
    company = sales(without=["p0"], members=["k-eve"])
    company.person("eve")
    company.person("left", "DEPROVISIONED", assigned=False)
    company.person("stuck", external_id=None, account=False)
    company.person("other", kandji={"user_name": "x"})
    explained = {}
    for feature in FEATURES:
        judged = without(feature, company).judge()
        causes = [f.kind for f in judged.findings if cause_of(judged, f) == "provisioning-off"]
        explained[feature] = sorted(causes)
    assert explained == {
        "PUSH_USER_DEACTIVATION": ["left-still-active"],
        "PUSH_NEW_USERS": ["assignment-stuck"],
        "GROUP_PUSH": ["member-extra", "member-missing"],
        "PUSH_PROFILE_UPDATES": ["attribute-differs"],
    }


@pytest.mark.parametrize("push", [{"status": "ERROR"}, {"status": "INACTIVE"}, {"group": False}])
def test_pushing_groups_being_off_explains_what_mappings_suffer(push: dict[str, Any]) -> None:
    judged = without("GROUP_PUSH", sales(**push)).judge()
    assert {cause_of(judged, f) for f in judged.findings if f.kind != "provisioning-off"} == {"provisioning-off"}


def test_pushing_groups_being_off_explains_a_group_that_was_not_pushed() -> None:
    judged = without("GROUP_PUSH", sales(without=["p0", "p1", "p2"])).judge()
    assert cause_of(judged, only(judged, "group-not-pushed")) == "provisioning-off"
