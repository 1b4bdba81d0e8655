"""From a ledger to the truth: first broken link, folding and suppression, in the catalogue's words."""

from __future__ import annotations

import pytest

from reconciler.simulator.company.ledger import Entry, Ledger, Push, Stranger
from reconciler.simulator.company.truth import Expected, truth_of


def company(people: int = 8) -> Ledger:
    """One pushed group "g" (mapping "m") with everybody in it, assigned through "a", all in step."""
    ledger = Ledger("app")
    ledger.group_names = {"g": "Sales", "a": "kandji_apple_users"}
    ledger.members = {"g": set(), "a": set()}
    ledger.assigned_groups, ledger.fed = {"a"}, {"a": {"g"}}
    ledger.pushes["m"] = Push(mapping_id="m", group_id="g")
    for number in range(people):
        ledger.people[f"p{number}"] = Entry(id=f"p{number}")
        ledger.put_in("g", f"p{number}")
    ledger.settle()
    return ledger


def found(ledger: Ledger) -> set[tuple[str, str, tuple[str, str] | None]]:
    return {(row.kind, row.subject, row.cause) for row in truth_of(ledger)}


def test_a_company_to_which_nothing_was_done_has_no_truth() -> None:
    assert truth_of(company()) == ()


def test_only_the_first_broken_link_is_found() -> None:
    ledger = company()
    ledger.pushes["m"].held -= {"user:p0", "user:p1", "user:p2"}
    ledger.people["p0"].account = "gone"
    ledger.people["p1"].account = "inactive"

    assert found(ledger) == {
        ("missing-in-kandji", "user:p0", None),
        ("inactive-in-kandji", "user:p1", None),
        ("member-missing", "group:g user:p2", None),
    }


def test_who_left_is_extra_because_of_that() -> None:
    ledger = company()
    with ledger.failing("deactivate"):
        ledger.people["p0"].status = "DEPROVISIONED"
        ledger.settle()

    left = ("left-still-active", "user:p0")
    assert found(ledger) == {(*left, None), ("member-extra", "group:g user:p0", left)}


def test_who_left_and_was_deactivated_is_no_finding_though_they_linger() -> None:
    ledger = company()
    ledger.people["p0"].status = "DEPROVISIONED"
    ledger.settle()

    assert ledger.people["p0"].account == "inactive"
    assert "user:p0" in ledger.pushes["m"].held
    assert found(ledger) == set()


@pytest.mark.parametrize("status", ["SUSPENDED", "STAGED", "PROVISIONED", "SOMETHING_NEW"])
def test_people_who_may_be_in_are_neither_missing_nor_extra(status: str) -> None:
    ledger = company()
    ledger.people["p0"].status = ledger.people["p1"].status = status
    ledger.pushes["m"].held.discard("user:p0")
    ledger.members["g"].discard("p1")

    assert found(ledger) == set()


def test_a_paused_group_does_not_count_for_what_people_lack() -> None:
    ledger = company()
    ledger.pushes["m"].status = "INACTIVE"
    ledger.excluded = {f"p{number}" for number in range(6)}
    ledger.settle()

    assert found(ledger) == {("mapping-inactive", "mapping:m", None)}


def test_what_somebody_has_too_much_in_a_paused_group_is_folded_under_the_pause() -> None:
    ledger = company()
    ledger.pushes["m"].status = "INACTIVE"
    ledger.direct.add("p0")
    ledger.take_out("g", "p0")
    ledger.settle()

    paused = ("mapping-inactive", "mapping:m")
    assert found(ledger) == {(*paused, None), ("member-extra", "group:g user:p0", paused)}


def test_members_missing_behind_a_mapping_in_error_are_folded_into_it() -> None:
    ledger = company()
    ledger.pushes["m"].status = "ERROR"
    ledger.pushes["m"].held.discard("user:p0")
    ledger.excluded.add("p1")
    ledger.settle()

    assert found(ledger) == {("mapping-error", "mapping:m", None), ("member-not-assigned", "user:p1", None)}


def test_a_missing_target_says_it_all_even_of_a_mapping_in_error() -> None:
    ledger = company()
    ledger.pushes["m"] = Push(mapping_id="m", group_id="g", status="ERROR", there=False)

    assert found(ledger) == {("mapping-target-missing", "mapping:m", None)}


@pytest.mark.parametrize(("lacking", "kind"), [(3, "member-missing"), (4, "group-not-pushed")])
def test_half_a_group_lacking_is_one_finding_about_its_mapping(lacking: int, kind: str) -> None:
    ledger = company(8)
    ledger.pushes["m"].held -= {f"user:p{number}" for number in range(lacking)}

    assert {row.kind for row in truth_of(ledger)} == {kind}


def test_a_group_that_lacks_half_is_no_reason_for_one_too_many() -> None:
    ledger = company(8)
    ledger.pushes["m"].held -= {f"user:p{number}" for number in range(5)}
    ledger.people["q"] = Entry(id="q", assigned=True, provisioned=True, tried=True, account="active")
    ledger.pushes["m"].held.add("user:q")
    ledger.direct.add("q")

    assert found(ledger) == {("group-not-pushed", "mapping:m", None), ("member-extra", "group:g user:q", None)}


def test_what_kandji_does_not_keep_can_not_differ() -> None:
    ledger = company()
    ledger.ignored = frozenset({"department"})
    ledger.people["p0"].differs = {"department"}
    ledger.people["p1"].differs = {"department", "title"}

    assert found(ledger) == {("attribute-differs", "user:p1", None)}


@pytest.mark.parametrize(("left_out", "explained"), [(4, False), (5, True)])
def test_more_than_half_of_a_group_unassigned_is_one_cause(left_out: int, explained: bool) -> None:
    ledger = company(8)
    ledger.excluded = {f"p{number}" for number in range(left_out)}
    ledger.settle()

    cause = ("group-feeds-no-assignment", "group:g") if explained else None
    people = {("member-not-assigned", f"user:p{number}", cause) for number in range(left_out)}
    assert found(ledger) == people | ({(*cause, None)} if cause else set())


def test_of_two_groups_that_explain_the_first_by_name_does() -> None:
    ledger = company(4)
    ledger.group_names["h"], ledger.members["h"] = "design", {"p0", "p1", "p2"}
    ledger.pushes["n"] = Push(mapping_id="n", group_id="h")
    ledger.excluded = {"p0", "p1", "p2", "p3"}
    ledger.settle()

    causes = {row.subject: row.cause for row in truth_of(ledger) if row.kind == "member-not-assigned"}
    assert causes["user:p0"] == ("group-feeds-no-assignment", "group:h")
    assert causes["user:p3"] == ("group-feeds-no-assignment", "group:g")


def test_an_inactive_app_explains_before_a_group_does() -> None:
    ledger = company(4)
    ledger.excluded = {"p0", "p1", "p2"}
    ledger.settle()
    ledger.app_active = False

    causes = {row.cause for row in truth_of(ledger) if row.kind == "member-not-assigned"}
    assert causes == {("app-inactive", "app:app")}


def test_group_push_switched_off_explains_members_and_mappings() -> None:
    ledger = company()
    ledger.features_off.append("GROUP_PUSH")
    ledger.pushes["m"].held.discard("user:p0")
    ledger.group_names["h"], ledger.members["h"] = "Design", set()
    ledger.pushes["n"] = Push(mapping_id="n", group_id="h", status="INACTIVE")

    off = ("provisioning-off", "app:app feature:GROUP_PUSH")
    assert found(ledger) == {
        (*off, None),
        ("member-missing", "group:g user:p0", off),
        ("mapping-inactive", "mapping:n", off),
    }


def test_an_assigned_group_that_is_pushed_explains_its_members() -> None:
    ledger = company()
    ledger.assigned_groups.add("g")
    ledger.settle()
    ledger.pushes["m"].held.discard("user:p0")

    cause = ("assignment-group-pushed", "group:g")
    assert found(ledger) == {(*cause, None), ("member-missing", "group:g user:p0", cause)}


def test_foreign_people_explain_themselves_and_nobody_else() -> None:
    ledger = company()
    theirs, ours = Stranger(scim_id="x", foreign=True), Stranger(scim_id="y")
    ledger.strangers = {theirs.key: theirs, ours.key: ours}
    ledger.foreign = True
    ledger.pushes["m"].held.add(theirs.key)

    cause = ("foreign-people", "app:app")
    assert found(ledger) == {
        (*cause, None),
        ("unmanaged-in-kandji", "account:x", cause),
        ("unmanaged-in-kandji", "account:y", None),
        ("member-extra", "group:g account:x", cause),
    }


def test_people_outside_the_scope_lack_nothing() -> None:
    ledger = company()
    ledger.members["macs"], ledger.group_names["macs"] = {"p0"}, "Macs"
    ledger.scope = frozenset({"macs"})
    ledger.excluded = {f"p{number}" for number in range(8)}
    ledger.settle()

    assert found(ledger) == {("member-not-assigned", "user:p0", None)}


def test_a_push_heals_what_was_done_in_kandji() -> None:
    ledger = company()
    ledger.pushes["m"].held.discard("user:p0")
    ledger.people["new"] = Entry(id="new")
    ledger.put_in("g", "new")
    ledger.settle()

    assert found(ledger) == set()


def test_who_comes_back_is_not_pushed_again() -> None:
    ledger = company()
    ledger.people["p0"].status = "DEPROVISIONED"
    ledger.settle()
    ledger.dirty.add("g")
    ledger.settle()
    ledger.people["p0"].status, ledger.people["p0"].returned = "ACTIVE", True
    ledger.settle()

    assert ledger.people["p0"].account == "active"
    assert found(ledger) == {("member-missing", "group:g user:p0", None)}


def test_who_was_put_into_an_assignment_group_by_hand_stays_whatever_its_rule_says() -> None:
    ledger = company()
    ledger.people["guest"] = Entry(id="guest")
    ledger.put_in("a", "guest")
    ledger.by_hand["a"] = {"guest"}
    ledger.settle()

    assert ledger.people["guest"].account == "active"
    assert found(ledger) == set()


def test_of_groups_that_cannot_be_compared_nobody_is_called_missing_or_extra() -> None:
    ledger = company()
    ledger.pushes["m"].held = {"user:p0", "user:stranger"}
    ledger.pushes["m"].comparable = False

    assert found(ledger) == set()


def test_what_fails_from_now_on_fails_until_the_end() -> None:
    ledger = company()
    ledger.fail("deactivate", ["p0"])
    ledger.people["p0"].status = "DEPROVISIONED"
    ledger.settle()

    left = ("left-still-active", "user:p0")
    assert found(ledger) == {(*left, None), ("member-extra", "group:g user:p0", left)}


def test_who_comes_back_is_sent_whole() -> None:
    ledger = company()
    ledger.people["p0"].differs = {"title"}
    ledger.people["p0"].status = "DEPROVISIONED"
    ledger.settle()
    ledger.people["p0"].status = "ACTIVE"
    ledger.settle()

    assert found(ledger) == set()


def test_expectations_are_told_once_and_in_order() -> None:
    ledger = company()
    ledger.people["p2"].account = ledger.people["p1"].account = "inactive"

    rows = [Expected(kind="inactive-in-kandji", subject=f"user:p{number}") for number in (1, 2)]
    assert list(truth_of(ledger)) == rows
