from __future__ import annotations

import pytest

from reconciler import checks
from reconciler.assignment import AssignmentTarget
from reconciler.guide import GUIDE, GuideLine, Seen, answers, command, of_app, of_target, typed
from reconciler.model import App, Group
from tests.worlds import FEATURES, Company

APP = App(
    id="app", name="acme_kandji_1", label="Kandji", status="ACTIVE", sign_on_mode="SAML_2_0", features=FEATURES
)  # fmt: skip


def asked_of(company: Company, state: str = "open") -> dict[str, GuideLine]:
    judgement = company.judge()
    findings = tuple((finding, state) for finding in judgement.findings)
    seen = Seen(findings=findings, notes=judgement.notes, sources=(), kinds=checks.KINDS)  # type: ignore[arg-type]
    return {line.name: line for line in answers(seen)}


def test_a_healthy_integration_is_well_in_every_line_that_can_be_seen() -> None:
    assert {line.name: line.state for line in of_app(APP)} == {
        "custom app": "yes",
        "SAML sign-on": "yes",
        "SCIM provisioning": "yes",
        "unique identifier": "open",
    }


@pytest.mark.parametrize(
    ("more", "name", "state"),
    [
        ({"name": "kandji"}, "custom app", "no"),
        ({"sign_on_mode": "OPENID_CONNECT"}, "SAML sign-on", "no"),
        ({"sign_on_mode": None}, "SAML sign-on", "open"),
        ({"features": ()}, "SCIM provisioning", "open"),
        ({"features": (), "provisioning_status": "ENABLED"}, "SCIM provisioning", "yes"),
        ({"features": ("IMPORT_NEW_USERS",)}, "SCIM provisioning", "no"),
    ],
)
def test_what_the_app_tells_is_told_and_what_it_keeps_back_is_open(more: dict, name: str, state: str) -> None:  # type: ignore[type-arg]
    told = {"id": "app", "name": "acme_kandji_1", "label": "Kandji", "status": "ACTIVE", "sign_on_mode": "SAML_2_0"}
    line = next(one for one in of_app(App(**({**told, "features": FEATURES} | more))) if one.name == name)
    assert (line.state, bool(line.mend)) == (state, state != "yes")


def test_the_command_for_a_finding_can_be_typed_as_it_stands() -> None:
    company = Company()
    company.group("Macs", id="macs")
    company.push("Macs", status="INACTIVE")
    (paused,) = (found for found in company.judge().findings if found.kind == "mapping-inactive")
    kind = next(kind for kind in checks.KINDS if kind.slug == paused.kind)
    assert (command(kind, [paused]), command(kind, [])) == (f"reconciler plan {paused.id}", "reconciler plan FINDING")


def test_push_groups_that_no_rule_covers_are_named_in_the_command_that_covers_them() -> None:
    company = Company()
    company.group("Macs", id="assigned")
    company.rule("all", 'isMemberOfAnyGroup("sales")')
    for name in ("Sales", "Design Team"):
        company.group(name, id=name.lower())
        company.person(name[:2].lower(), groups=[name], app_user={"scope": "USER"})
        company.push(name)
    line = asked_of(company)["push groups covered"]
    assert (line.state, line.mend) == ("no", "reconciler cover 'Design Team'")


@pytest.mark.parametrize(("state", "answer"), [("open", "no"), ("settling", "open"), ("accepted", "open")])
def test_a_line_that_is_not_well_ends_with_what_mends_it(state: str, answer: str) -> None:
    company = Company(app=App(id="app", name="a_b_1", label="Kandji", status="INACTIVE", features=FEATURES[1:]))
    for name in ("app active", "Create Users"):
        line = asked_of(company, state)[name]
        assert (line.state, line.mend != "") == (answer, True)
    assert asked_of(company, state)["Push Groups"].state == "yes"


def test_every_line_says_where_to_look() -> None:
    assert [asked.name for asked in GUIDE if not asked.look] == []
    assert len({asked.name for asked in GUIDE}) == len(GUIDE)


def test_names_that_can_not_be_typed_give_way_to_ids() -> None:
    groups = {"1": "Sales", "2": "--evil", "3": "Two", "4": "Two", "5": "a\u202eb", "6": "it's"}
    assert list(typed(groups)) == ["2", "5", "'it'\"'\"'s'", "Sales", "3", "4"]


def test_where_several_groups_could_be_meant_the_key_and_the_ids_are_told() -> None:
    groups = tuple(Group(id=key, name=key.upper(), type="OKTA_GROUP") for key in ("a", "b"))
    line = of_target(AssignmentTarget(group=None, why="choose one", candidates=groups))
    assert (line.state, line.mend) == ("no", 'in the configuration, under [assignment]: group = "a" or group = "b"')
