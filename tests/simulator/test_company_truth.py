"""From a ledger to the truth: first broken link, folding and suppression, in the catalogue's words."""

from __future__ import annotations

from datetime import timedelta

import pytest

from reconciler.simulator.company.entries import Entry, Push, Rule, Stranger
from reconciler.simulator.company.ledger import LONG_AGO, Ledger
from reconciler.simulator.company.truth import Expected, truth_of

BESIDE = {
    "inactive-in-pushed-group",
    "inactive-member-lingers",
    "assigned-directly",
    "assigned-in-no-pushed-group",
    "suspended-still-active",
}
"""Kinds that are told of one person or group each, explain nothing and are explained by nothing."""
UNCOVERED = ("push-group-not-covered", "group:g", None)


def company(people: int = 8) -> Ledger:
    """One pushed group "g" (mapping "m") with everybody in it, assigned through "a", all in step."""
    ledger = Ledger("app")
    ledger.group_names = {"g": "Sales", "a": "kandji_apple_users"}
    ledger.members = {"g": set(), "a": set()}
    ledger.assigned_groups, ledger.fed = {"a"}, {"a": {"g"}}
    ledger.rules["r"] = Rule(id="r", name="everybody", target="a", groups=frozenset({"g"}))
    ledger.pushes["m"] = Push(mapping_id="m", group_id="g")
    for number in range(people):
        ledger.people[f"p{number}"] = Entry(id=f"p{number}")
        ledger.put_in("g", f"p{number}")
    ledger.settle()
    return ledger


def found(ledger: Ledger) -> set[tuple[str, str, tuple[str, str] | None]]:
    return {(row.kind, row.subject, row.cause) for row in truth_of(ledger) if row.kind not in BESIDE}


def left_out(ledger: Ledger, *people: str) -> None:
    """Rules fill the group no more, and for these nobody put them in by hand."""
    ledger.fed["a"], ledger.rules["r"].groups = set(), frozenset()
    ledger.by_hand["a"] = set(ledger.people) - set(people)
    ledger.settle()


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
    left_out(ledger, *(f"p{number}" for number in range(6)))

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
    left_out(ledger, "p1")

    assert found(ledger) == {("mapping-error", "mapping:m", None), ("member-not-assigned", "user:p1", None), UNCOVERED}


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


@pytest.mark.parametrize(("without", "explained"), [(4, False), (5, True)])
def test_more_than_half_of_a_group_unassigned_is_one_cause(without: int, explained: bool) -> None:
    ledger = company(8)
    left_out(ledger, *(f"p{number}" for number in range(without)))

    cause = ("group-feeds-no-assignment", "group:g") if explained else None
    people = {("member-not-assigned", f"user:p{number}", cause) for number in range(without)}
    assert found(ledger) == people | ({(*cause, None)} if cause else set()) | {UNCOVERED}


def test_of_two_groups_that_explain_the_first_by_name_does() -> None:
    ledger = company(4)
    ledger.group_names["h"], ledger.members["h"] = "design", {"p0", "p1", "p2"}
    ledger.pushes["n"] = Push(mapping_id="n", group_id="h")
    left_out(ledger, "p0", "p1", "p2", "p3")

    causes = {row.subject: row.cause for row in truth_of(ledger) if row.kind == "member-not-assigned"}
    assert causes["user:p0"] == ("group-feeds-no-assignment", "group:h")
    assert causes["user:p3"] == ("group-feeds-no-assignment", "group:g")


def test_an_inactive_app_explains_before_a_group_does() -> None:
    ledger = company(4)
    left_out(ledger, "p0", "p1", "p2")
    ledger.app_active = False

    causes = {row.cause for row in truth_of(ledger) if row.kind == "member-not-assigned"}
    assert causes == {("app-inactive", "app:app")}


def test_group_push_switched_off_explains_members_and_mappings() -> None:
    ledger = company()
    ledger.features_off.append("GROUP_PUSH")
    ledger.arrived_at.clear()  # so it is longer than a week ago
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
    left_out(ledger, *ledger.people)

    assert found(ledger) == {("member-not-assigned", "user:p0", None), UNCOVERED}


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
    ledger.pushes["m"].held = {"user:p0", "account:stranger"}
    ledger.pushes["m"].cut_off = True

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
    ledger.people["p2"].account = ledger.people["p1"].account = "gone"
    ledger.people["p2"].lost, ledger.people["p1"].lost = "k2", "k1"

    rows = [Expected(kind="missing-in-kandji", subject=f"user:p{number}") for number in (1, 2)]
    assert list(truth_of(ledger)) == rows


@pytest.mark.parametrize(
    ("status", "kind"), [("INACTIVE", "rule-inactive"), ("INVALID", "rule-invalid"), ("ACTIVE", None)]
)
def test_a_rule_that_does_nothing_explains_those_whom_it_would_bring(status: str, kind: str | None) -> None:
    ledger = company()
    ledger.people["new"] = Entry(id="new")
    del ledger.fed["a"]
    ledger.put_in("g", "new")
    ledger.rules["r"].status = status
    ledger.settle()

    cause = None if kind is None else (kind, "rule:r")
    rule = {UNCOVERED, (*cause, None)} if cause else set()
    assert found(ledger) == {("member-not-assigned", "user:new", cause)} | rule


def test_who_is_excluded_from_a_rule_is_not_assigned_because_of_that_until_the_rule_stops() -> None:
    ledger = company()
    ledger.excluded = ledger.rules["r"].excluded = {"p0"}
    ledger.settle()

    cause = ("rule-excludes-member", "rule:r user:p0")
    assert ("member-not-assigned", "user:p0", cause) in found(ledger)

    ledger.rules["r"].status = "INACTIVE"
    del ledger.fed["a"]
    assert ("member-not-assigned", "user:p0", None) in found(ledger)


def test_that_a_rule_was_not_applied_is_told_when_two_looks_have_seen_it() -> None:
    ledger = company()
    ledger.excluded, ledger.rules["r"].unevaluated = {"p0"}, {"p0": False}
    ledger.settle()
    assert found(ledger) == {("member-not-assigned", "user:p0", None)}

    ledger.look()
    cause = ("rule-not-applied", "rule:r user:p0")
    assert found(ledger) == {(*cause, None), ("member-not-assigned", "user:p0", cause)}


def test_refused_credentials_explain_what_never_arrived() -> None:
    ledger = company()
    for operation in ("create", "deactivate", "push-members"):
        ledger.fail(operation, refused=True)
    ledger.people["new"] = Entry(id="new")
    ledger.put_in("g", "new")
    ledger.people["p0"].status = "DEPROVISIONED"
    ledger.settle()

    refused, left = ("credentials-refused", "app:app"), ("left-still-active", "user:p0")
    assert found(ledger) == {
        (*refused, None),
        ("assignment-stuck", "user:new", refused),
        (*left, refused),
        ("mapping-error", "mapping:m", refused),
        ("member-extra", "group:g user:p0", left),
    }


def test_refusals_and_failures_before_something_arrived_are_over() -> None:
    ledger = company()
    with ledger.failing("create", ["x"], refused=True):
        assert not ledger.arrives("create", "x")
        assert ledger.refused
    assert ledger.arrives("create", "y")
    assert not ledger.refused


@pytest.mark.parametrize("groups", [2, 3])
def test_several_pushes_that_failed_are_one_cause(groups: int) -> None:
    ledger = company()
    for name in "hij"[:groups]:
        ledger.group_names[name], ledger.members[name] = name, {"p0"}
        ledger.pushes[name] = Push(mapping_id=name, group_id=name)
        ledger.dirty.add(name)
    with ledger.failing("push-members"):
        ledger.settle()

    cause = ("pushes-failing", "app:app") if groups == 3 else None
    errors = {("mapping-error", f"mapping:{name}", cause) for name in "hij"[:groups]}
    assert found(ledger) == errors | ({(*cause, None)} if cause else set())


def test_a_renamed_group_is_known_by_its_members_or_from_an_earlier_look() -> None:
    ledger = company()
    push = ledger.pushes["m"]
    ledger.unmanaged_groups["k"], push.held = push.held, set()
    push.there, push.renamed = False, "k"

    cause = ("group-renamed", "mapping:m")
    renamed = {
        (*cause, None),
        ("mapping-target-missing", "mapping:m", cause),
        ("group-unmanaged", "kandji-group:k", cause),
    }
    assert found(ledger) == renamed
    ledger.unmanaged_groups["k"] = {"user:p0"}
    assert cause not in {row[:2] for row in found(ledger)}
    push.there, push.held = True, ledger.unmanaged_groups.pop("k") | ledger.expected(push)
    assert found(ledger) == {(*cause, None)}


def test_changes_that_waited_for_the_app_are_sent_once_it_is_active_again() -> None:
    ledger = company()
    person = next(iter(ledger.people.values()))
    ledger.app_active, person.differs, person.waiting = False, {"title", "email"}, {"title"}
    ledger.activate()

    assert person.differs == {"email"}


def test_a_group_that_lost_many_since_the_last_look_shrank_until_they_are_back() -> None:
    ledger = company(20)
    lost = {f"user:p{number}" for number in range(5)}
    ledger.look()
    ledger.pushes["m"].held -= lost

    assert ("group-shrank", "group:g", None) in found(ledger)
    ledger.look()
    assert ("group-shrank", "group:g", None) in found(ledger)
    ledger.pushes["m"].held |= lost
    assert found(ledger) == set()


@pytest.mark.parametrize(("hours", "stale"), [(1, False), (3, True)])
def test_a_group_that_changed_long_after_its_last_push_is_stale_and_explains_its_members(
    hours: int, stale: bool
) -> None:
    ledger = company()
    push = ledger.pushes["m"]
    push.pushed_at, ledger.changed_at["g"] = LONG_AGO, LONG_AGO + timedelta(hours=hours)
    push.held.remove("user:p0")

    cause = ("mapping-stale", "mapping:m") if stale else None
    assert found(ledger) == {("member-missing", "group:g user:p0", cause)} | ({(*cause, None)} if cause else set())


@pytest.mark.parametrize(("gone", "told"), [(1, True), (2, False)])
def test_member_ids_are_called_unknown_while_few_are(gone: int, told: bool) -> None:
    ledger = company(20)
    for number in range(gone):
        person = ledger.people[f"p{number}"]
        person.account, person.lost = "gone", f"k{number}"

    assert (("member-unknown", "group:g account:k0", None) in found(ledger)) is told


def test_one_attribute_that_differs_for_more_than_half_explains_them_all() -> None:
    ledger = company(5)
    for number in range(3):
        ledger.people[f"p{number}"].differs = {"title"}

    cause = ("attribute-not-sent", "app:app attribute:title")
    people = {("attribute-differs", f"user:p{number}", cause) for number in range(3)}
    assert found(ledger) == people | {(*cause, None)}
