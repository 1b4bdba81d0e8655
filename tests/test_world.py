"""The set algebra that every check reads, and the chain of one person."""

from __future__ import annotations

from dataclasses import FrozenInstanceError
from typing import Any

import pytest

from reconciler.model import Memory
from reconciler.world import World, fold
from tests.worlds import LONG_AGO, Company, ago, only, sales


def names(world: World, numbers: object) -> list[str]:
    return [world.people[number].key.removeprefix("user:") for number in numbers]  # type: ignore[attr-defined]


def numbered(world: World, name: str) -> int:
    return next(number for number, person in enumerate(world.people) if person.key.endswith(f":{name}"))


def chain(company: Company, name: str, **settings: Any) -> list[bool | None]:
    world = company.world(**settings)
    return [link.holds for link in world.chain(numbered(world, name), world.pushes[0])]


@pytest.mark.parametrize(
    ("one", "other"),
    [("Ana@Acme.example", " ana@acme.EXAMPLE "), ("ZOE\u0308", "zoë"), ("Straße", "STRASSE"), ("ǰ", "J\u030c")],
)
def test_names_are_equal_whatever_their_case_composition_and_surrounding_space(one: str, other: str) -> None:
    assert fold(one) == fold(other)


def test_a_world_can_not_be_changed() -> None:
    world = sales().world()
    with pytest.raises(FrozenInstanceError):
        world.people = ()  # type: ignore[misc]


def test_what_several_checks_read_of_a_world_is_worked_out_once_a_world() -> None:
    asked: list[World] = []

    def work(world: World) -> int:
        asked.append(world)
        return len(world.people)

    one, other = sales().world(), sales().world()
    assert {world.once(work) for world in (one, one, other)} == {len(one.people)}
    assert len(asked) == 2


def test_expected_leaves_out_whoever_a_push_would_not_carry() -> None:
    company = Company()
    company.group("Sales")
    company.person("in_step", groups=["Sales"])
    company.person("elsewhere")
    company.person("left", "DEPROVISIONED", groups=["Sales"])
    company.person("suspended", "SUSPENDED", groups=["Sales"])
    company.person("unassigned", groups=["Sales"], assigned=False)
    company.person("stuck", groups=["Sales"], external_id=None, account=False)
    company.person("gone", groups=["Sales"], account=False)
    company.person("inactive", groups=["Sales"], active=False)
    company.push("Sales")
    world = company.world()
    assert names(world, world.expected(world.pushes[0])) == ["in_step", "inactive"]
    assert names(world, world.wanted(world.pushes[0])) == ["in_step"]


def test_whoever_is_outside_the_scope_is_expected_but_not_wanted() -> None:
    company = sales(people=2, without=["p0", "p1"])
    company.group("Macs")
    company.members["macs"].append("p1")
    world = company.world(scope_groups=("Macs",))
    assert names(world, world.expected(world.pushes[0])) == ["p0", "p1"]
    assert names(world, world.lacking(world.pushes[0])) == ["p1"]


def test_nobody_is_too_much_whom_okta_entitles_or_perhaps_entitles() -> None:
    company = Company()
    company.group("Sales")
    company.person("entitled", groups=["Sales"])
    company.person("suspended", "SUSPENDED")
    company.person("inactive", active=False)
    company.account("foreign", user_name="x@other.example")
    company.push("Sales", members=["k-suspended", "k-inactive", "foreign", "unknown-id"])
    world = company.world(also_fed_by=("*@other.example",))
    assert names(world, world.surplus(world.pushes[0])) == []


def test_whoever_is_active_in_the_kandji_group_without_a_right_is_too_much() -> None:
    company = Company()
    company.group("Sales")
    company.person("elsewhere")
    company.person("unassigned", groups=["Sales"], assigned=False)
    company.person("left", "DEPROVISIONED", groups=["Sales"])
    company.account("stranger")
    company.push("Sales", members=["k-elsewhere", "k-unassigned", "k-left", "stranger"])
    world = company.world()
    found = names(world, world.surplus(world.pushes[0]))
    assert found == ["account:stranger", "elsewhere", "left", "unassigned"]


def test_an_account_that_somebody_entitled_shares_is_not_too_much() -> None:
    company = Company()
    company.group("Sales")
    company.person("ana", groups=["Sales"])
    company.person("ben", external_id="k-ana", account=False)
    company.push("Sales")
    world = company.world()
    assert names(world, world.surplus(world.pushes[0])) == []


def test_an_account_that_could_be_somebody_entitled_is_not_too_much() -> None:
    company = Company()
    company.group("Sales")
    company.group("Design")
    company.person("ana", groups=["Sales"])
    company.account("twin", user_name="ANA@acme.example")
    company.push("Design", members=["twin"])
    company.push("Sales", members=["twin"])
    world = company.world()
    assert [names(world, world.surplus(push)) for push in world.pushes] == [["account:twin"], []]


@pytest.mark.parametrize(("people", "without", "expected"), [(5, 3, True), (7, 3, False), (6, 3, True), (2, 2, False)])
def test_a_group_is_not_pushed_when_at_least_half_and_three_are_missing(
    people: int, without: int, expected: bool
) -> None:
    world = sales(people=people, without=[f"p{number}" for number in range(without)]).world()
    assert world.not_pushed(world.pushes[0]) is expected


def test_a_failed_or_paused_mapping_is_not_called_not_pushed() -> None:
    for status in ("ERROR", "INACTIVE"):
        world = sales(without=["p0", "p1", "p2"], status=status).world()
        assert not world.not_pushed(world.pushes[0])


def test_the_groups_somebody_is_in_leave_out_paused_ones_unless_asked() -> None:
    company = Company()
    for name in ("Design", "Sales"):
        company.group(name)
    company.person("ana", groups=["Sales", "Design"])
    company.push("Design", status="INACTIVE")
    company.push("Sales")
    world = company.world()
    assert [push.name for push in world.pushes_of(0)] == ["Sales"]
    assert [push.name for push in world.pushes_of(0, paused=True)] == ["Design", "Sales"]


def test_the_youngest_change_is_that_of_person_assignment_or_account() -> None:
    company = Company()
    company.person("ana", user={"status_changed": ago(hours=3)})
    company.person("ben", app_user={"status_changed": ago(hours=2)})
    company.person("eve", kandji={"created": ago(hours=1)})
    company.person("joe", user={"created": None}, app_user={"created": None})
    world = company.world()
    youngest = [world.youngest_of(number) for number in range(4)]
    assert youngest == [ago(hours=3), ago(hours=2), ago(hours=1), None]


@pytest.mark.parametrize(("count", "expected"), [(1, None), (2, LONG_AGO), (3, ago(hours=1))])
def test_some_of_many_people_are_quiet_since_the_change_that_so_many_had_behind_them(
    count: int, expected: object
) -> None:
    company = Company()
    company.person("ana", user={"created": None}, app_user={"created": None})
    company.person("ben")
    company.person("eve", kandji={"created": ago(hours=1)})
    world = company.world()
    assert world.quiet_since(world.must_be_in, count) == expected


def test_a_subject_is_named_as_an_admin_names_people() -> None:
    company = Company()
    company.person("ana")
    company.account("k1", user_name="someone")
    company.account("k2", user_name=None)
    assert [person.name for person in company.world().people] == ["someone", "account:k2", "ana@acme.example"]


def test_a_few_names_are_shown_and_the_others_counted() -> None:
    world = sales(people=4).world()
    assert world.names(world.must_be_in, most=2) == "p0@acme.example, p1@acme.example and 2 more"
    assert world.names(world.must_be_in, most=4).endswith("p3@acme.example")


# --- the chain -------------------------------------------------------------------------------------------------------

HOLDS, BROKEN, UNKNOWN = True, False, None


def test_every_link_of_a_person_in_step_holds() -> None:
    assert chain(sales(), "p0") == [HOLDS] * 7


@pytest.mark.parametrize(
    ("broken", "change"),
    [
        (1, {"assigned": False, "account": False}),
        (2, {"external_id": None, "account": False}),
        (3, {"account": False}),
        (4, {"active": False}),
    ],
)
def test_a_link_behind_the_first_broken_one_is_not_reached(broken: int, change: dict[str, Any]) -> None:
    company = Company()
    company.group("Sales")
    company.person("ana", groups=["Sales"], **change)
    company.push("Sales")
    assert chain(company, "ana") == [HOLDS] * broken + [BROKEN] + [UNKNOWN] * (6 - broken)


def test_the_first_link_breaks_for_whoever_left_or_is_outside_the_scope() -> None:
    company = sales()
    company.group("Macs")
    company.person("left", "DEPROVISIONED", groups=["Sales"])
    assert chain(company, "left") == [BROKEN] + [UNKNOWN] * 6
    assert chain(company, "p0", scope_groups=("Macs",)) == [BROKEN] + [UNKNOWN] * 6


def test_the_first_link_of_whoever_may_be_in_is_unknown() -> None:
    company = Company()
    company.group("Sales")
    company.person("ana", "SUSPENDED", groups=["Sales"])
    company.push("Sales", members=["k-ana"])
    assert chain(company, "ana") == [UNKNOWN, *[HOLDS] * 6]


@pytest.mark.parametrize("push", [{"status": "ERROR"}, {"status": "INACTIVE"}, {"group": False}])
def test_a_mapping_that_failed_is_paused_or_leads_nowhere_breaks_the_chain(push: dict[str, Any]) -> None:
    assert chain(sales(**push), "p0") == [*[HOLDS] * 5, BROKEN, UNKNOWN]


def test_what_can_not_be_told_is_unknown_and_not_broken() -> None:
    assert chain(sales(members=None), "p0") == [*[HOLDS] * 6, UNKNOWN]
    assert chain(sales(target_visible=False, group=False), "p0") == [*[HOLDS] * 5, UNKNOWN, UNKNOWN]
    unread = sales()
    unread.absent_groups, unread.kandji_groups = [], []
    assert chain(unread, "p0") == [*[HOLDS] * 5, UNKNOWN, UNKNOWN]
    hidden = sales()
    del hidden.members["sales"]
    assert chain(hidden, "p0")[0] is UNKNOWN


def test_an_account_that_was_not_read_by_id_is_unknown_and_not_broken() -> None:
    company = Company()
    company.group("Sales")
    company.person("ana", groups=["Sales"], account=False)
    company.absent_accounts = []
    company.push("Sales")
    assert chain(company, "ana") == [HOLDS, HOLDS, HOLDS, UNKNOWN, UNKNOWN, HOLDS, BROKEN]


def test_the_last_link_is_the_membership_itself() -> None:
    assert chain(sales(without=["p1"]), "p1") == [*[HOLDS] * 6, BROKEN]


def test_the_evidence_of_each_link_names_what_was_looked_at() -> None:
    world = sales().world()
    words = " / ".join(link.evidence for link in world.chain(0, world.pushes[0]))
    for said in (
        "in Sales, Okta status ACTIVE",
        "app user ACTIVE",
        "k-p0",
        "active: true",
        "mapping ACTIVE",
        "kg-sales",
    ):
        assert said in words


def test_an_account_that_was_made_anew_is_named_where_the_old_one_is_gone() -> None:
    company = Company()
    company.group("Sales")
    company.person("ana", groups=["Sales"], external_id="k-old", account=False)
    company.account("k-new", user_name="ana@acme.example")
    company.push("Sales")
    world = company.world()
    assert world.chain(numbered(world, "ana"), world.pushes[0])[3].evidence.endswith("re-created as k-new")


# --- what each side says ---------------------------------------------------------------------------------------------


def facts(company: Company, name: str, before: Memory | None = None) -> dict[tuple[str, str], str]:
    world = company.world(before=before)
    return {(fact.side, fact.label): fact.value for fact in world.person_facts(numbered(world, name))}


def test_the_facts_of_a_person_tell_both_sides() -> None:
    company = Company()
    company.person("ana", user={"status_changed": LONG_AGO})
    company.row("k-ana", email="ana@acme.example", integration_name="Okta", device_count=2)
    assert facts(company, "ana") == {
        ("okta", "user"): "ana@acme.example (ana)",
        ("okta", "status"): f"ACTIVE since {LONG_AGO:%Y-%m-%d %H:%M} UTC",
        ("okta", "assignment"): "ACTIVE, scope GROUP",
        ("okta", "external id"): "k-ana",
        ("kandji", "account"): "ana@acme.example (k-ana)",
        ("kandji", "active"): "yes",
        ("kandji", "joined by"): "external id",
        ("kandji", "directory row"): "ana@acme.example (Okta), devices: 2",
    }


def test_the_facts_of_a_person_tell_what_is_not_there() -> None:
    company = Company(absent_users=["gone"])
    company.person("ana", assigned=False, account=False)
    company.person("ben", "", assigned=False, account=False)
    company.account("k1", user_name="k1", active=None)
    company.account("k2")
    company.account("k3", user_name="ANA@acme.example")
    company.account("k4", user_name="ana@acme.example")
    before = Memory(first=False, pointed=(("k2", "gone"),))
    assert facts(company, "ana")["okta", "assignment"] == "none"
    assert facts(company, "ana")["kandji", "account"] == "none"
    assert facts(company, "ben")["okta", "status"] == "not told"
    assert facts(company, "k1")["okta", "user"] == "found nowhere in Okta"
    assert facts(company, "k1")["kandji", "active"] == "not told"
    assert facts(company, "gone", before)["okta", "user"] == "gone, deleted in Okta"
    assert facts(company, "k3")["okta", "user"] == "not certain who"
    assert facts(company, "k3")["okta", "could be"] == "ana@acme.example"


def test_the_facts_of_a_mapping_tell_both_its_ends() -> None:
    pushed = sales(status="ERROR", error_summary="No such group", last_push=LONG_AGO)
    told = {fact.label: fact.value for fact in only(pushed.judge(), "mapping-error").evidence}
    assert told["push mapping"] == "ERROR (m-sales)"
    assert told["last push"] == f"{LONG_AGO:%Y-%m-%d %H:%M} UTC"
    assert told["error"] == "No such group"
    assert (told["group"], told["members"]) == ("Sales (kg-sales)", "4")
    gone = {fact.label: fact.value for fact in only(sales(group=False).judge(), "mapping-target-missing").evidence}
    assert (gone["group"], gone["last push"], gone["pushes to"]) == ("no group of that name", "not told", "Sales")
