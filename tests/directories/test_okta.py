"""Okta, read whole: what a snapshot holds, what is optional, what makes it incomplete, and at which cost."""

from __future__ import annotations

import itertools
import json
from collections.abc import Callable
from typing import Any

import httpx
import pytest
from msgspec import structs

from reconciler.directories import Unpointed, okta_rule_groups
from reconciler.directories.http import Policy
from reconciler.directories.okta import OktaDirectory
from reconciler.errors import (
    IncompleteRead,
    NotAllowed,
    ReadFailed,
    ReconcilerError,
    TokenRefused,
    UnexpectedAnswer,
    Unreachable,
    UsageError,
)
from reconciler.model import Member, Note, OktaSnapshot, OktaUser, Source
from tests.directories.small_org import APP, SmallOrg, app_user, group, group_id, mapping, rule, user, user_id
from tests.directories.stand_in import ORG, Service, Time, answer, client, okta_error, page, run, then

Read = tuple[OktaSnapshot, tuple[Source, ...], tuple[Note, ...]]


def directory(org: SmallOrg | Service, **more: Any) -> OktaDirectory:
    time = Time()
    if not {"app_id", "app_label"} & more.keys():
        more["app_id"] = APP
    return OktaDirectory(client(org, time=time, policy=Policy(attempts=3)), clock=time.clock, **more)


def read(org: SmallOrg | Service, **more: Any) -> Read:
    return run(directory(org, **more).read(lambda *_: None))


def snapshot(org: SmallOrg | Service, **more: Any) -> OktaSnapshot:
    return read(org, **more)[0]


def source(sources: tuple[Source, ...], name: str) -> Source:
    return next(one for one in sources if one.name == name)


def failure(org: SmallOrg | Service, **more: Any) -> ReconcilerError:
    with pytest.raises(ReconcilerError) as caught:
        read(org, **more)
    return caught.value


def look_up(org: SmallOrg | Service, *people: Unpointed, **more: Any) -> tuple[tuple[OktaUser, ...], Source]:
    return run(directory(org, **more).look_up(people))


# --- a whole read ----------------------------------------------------------------------------------------------------


def test_a_snapshot_holds_everything_that_belongs_to_the_app() -> None:
    found = snapshot(SmallOrg())
    assert (found.org_url, found.app.label, found.app.provisioning_status) == (ORG, "Kandji SCIM", "ENABLED")
    assert found.app.schema_attributes == ("givenName", "title", "userName")
    assert [one.external_id for one in found.app_users] == [f"scim-{number}" for number in range(1, 6)]
    assert [one.id for one in found.app_groups] == [group_id(1)]
    assert [one.target_group_id for one in found.mappings] == [group_id(3)]
    assert [one.target_group_ids for one in found.rules or ()] == [(group_id(1),)]
    assert [(one.name, one.type, one.source_id) for one in found.groups] == [
        ("Mac people", "OKTA_GROUP", None),
        ("Sales", "OKTA_GROUP", None),
        ("Sales", "APP_GROUP", APP),
    ]
    assert [one.id for one in found.users] == [user_id(number) for number in range(1, 7)]
    assert found.invisible_group_ids == ()


def test_members_of_assigned_and_of_pushed_groups_are_read_with_their_rules() -> None:
    members = {one.group_id: one.members for one in snapshot(SmallOrg()).members}
    fed = ("0pr00000000000000001",)
    assert members == {
        group_id(1): tuple(Member(user_id=user_id(number), rule_ids=fed) for number in range(1, 6)),
        group_id(2): tuple(Member(user_id=user_id(number), rule_ids=()) for number in (1, 2, 6)),
    }


def test_pages_of_any_size_give_the_same_snapshot() -> None:
    whole = snapshot(SmallOrg())
    for cap in (1, 2, 3):
        org = SmallOrg()
        org.page_cap = cap
        assert snapshot(org) == whole


def test_every_source_tells_how_it_is_known_to_be_whole() -> None:
    _, sources, notes = read(SmallOrg())
    assert {one.name: (one.state, one.rows) for one in sources} == {
        "okta.app": ("complete", 1),
        "okta.app_users": ("complete", 5),
        "okta.app_groups": ("complete", 1),
        "okta.mappings": ("complete", 1),
        "okta.rules": ("complete", 1),
        "okta.features": ("complete", 1),
        "okta.connection": ("complete", 1),
        "okta.schema": ("complete", 1),
        "okta.groups": ("complete", 3),
        "okta.members": ("complete", 8),
        "okta.logs": ("complete", 1),
    }
    assert all(one.how_known and one.requests and one.pages and one.began and one.ended for one in sources)
    assert notes == ()


def test_a_whole_read_takes_few_requests_and_only_gets() -> None:
    service = Service(SmallOrg())
    _, sources, _ = read(service)
    assert {request.method for request in service.requests} == {"GET"}
    assert len(service.requests) == sum(one.requests for one in sources) == 8 + 1 + 2 + 3


def test_lists_are_asked_for_in_the_largest_pages() -> None:
    service = Service(SmallOrg())
    read(service)
    app = f"/api/v1/apps/{APP}"
    assert {
        f"{app}/users?limit=500&expand=user",
        f"{app}/groups?limit=200",
        f"{app}/group-push/mappings?limit=1000",
        "/api/v1/groups/rules?limit=200&expand=groupIdToGroupNameMap",
        f"/api/v1/groups/{group_id(1)}/users?limit=1000&expand=group-rules",
    } <= set(service.asked)


def test_progress_is_told_as_lists_arrive() -> None:
    told: list[tuple[str, int, int | None]] = []
    org = SmallOrg()
    org.page_cap = 2
    run(directory(org).read(lambda *args: told.append(args)))
    assert [one for one in told if one[0] == "okta.app_users"] == [
        ("okta.app_users", 2, None),
        ("okta.app_users", 4, None),
        ("okta.app_users", 5, None),
    ]
    assert ("okta.members", 8, 8) in told


# --- the app ---------------------------------------------------------------------------------------------------------


def test_the_app_is_found_by_its_label_in_any_case() -> None:
    assert snapshot(SmallOrg(), app_label="kandji scim").app.id == APP


def test_two_apps_with_one_label_are_not_guessed_between() -> None:
    org = SmallOrg()
    org.apps.append({**org.apps[0], "id": "0oaapp00000000000002", "status": "INACTIVE"})
    error = failure(org, app_label="Kandji SCIM")
    assert isinstance(error, UsageError)
    assert [text[:20] for label, text in error.facts if label == "candidate"] == [APP, "0oaapp00000000000002"]


@pytest.mark.parametrize("which", [{"app_id": "0oanowhere0000000000"}, {"app_label": "Kandji"}])
def test_an_app_that_is_not_there_is_answered_with_the_candidates(which: dict[str, str]) -> None:
    org = SmallOrg()
    org.apps.append({"id": "0oaother000000000000", "name": "x", "label": "Payroll", "status": "ACTIVE"})
    error = failure(org, **which)
    assert isinstance(error, UsageError)
    assert [text for label, text in error.facts if label == "candidate"] == [
        f"{APP}  “Kandji SCIM”  ACTIVE, provisioning on"
    ]


def sign_on_only(org: SmallOrg) -> None:
    org.apps.insert(
        0, {"id": "0oasso00000000000000", "name": "kandji", "label": "Kandji", "status": "ACTIVE", "features": []}
    )
    org.mappings = []
    org.app_users = [{**one, "externalId": None} for one in org.app_users]
    org.features = okta_error(400, "E0000001", "Api validation failed: Provisioning is not enabled")
    org.connection = okta_error(404, "E0000007")


def test_an_app_for_sign_on_alone_is_answered_with_the_candidates() -> None:
    org = SmallOrg()
    sign_on_only(org)
    error = failure(org, app_id="0oasso00000000000000")
    assert isinstance(error, UsageError)
    assert ("candidate", f"{APP}  “Kandji SCIM”  ACTIVE, provisioning on") in error.facts


@pytest.mark.parametrize("sign", ["mapping", "external id", "connection", "feature"])
def test_an_app_whose_features_are_hidden_is_not_taken_for_one_without_provisioning(sign: str) -> None:
    org, whole = SmallOrg(), SmallOrg()
    sign_on_only(org)
    if sign == "mapping":
        org.mappings = whole.mappings
    if sign == "external id":
        org.app_users = whole.app_users
    if sign == "connection":
        org.connection = whole.connection
    if sign == "feature":
        org.features = whole.features
    found, _, notes = read(org, app_id="0oasso00000000000000")
    assert found.app.features == ()
    assert "provisioning settings of the app" in {note.about for note in notes}


@pytest.mark.parametrize(
    ("url", "right"),
    [
        ("https://acme-admin.okta.com", "https://acme.okta.com"),
        ("https://acme-corp-admin.oktapreview.com", "https://acme-corp.oktapreview.com"),
    ],
)
def test_the_admin_console_s_address_is_answered_with_the_right_one(url: str, right: str) -> None:
    time = Time()
    with pytest.raises(UsageError) as caught:
        OktaDirectory(client(SmallOrg(), base=url), clock=time.clock, app_id=APP)
    assert right in (caught.value.next or "")


def test_an_org_whose_name_holds_admin_is_fine() -> None:
    OktaDirectory(client(SmallOrg(), base="https://admin-tools.okta.com"), clock=Time().clock, app_id=APP)


# --- groups ----------------------------------------------------------------------------------------------------------


def test_a_group_that_a_search_leaves_out_is_asked_for_by_id() -> None:
    org = SmallOrg()
    org.not_in_search = {group_id(2)}
    found = snapshot(org)
    assert (group_id(2) in {one.id for one in found.groups}, found.invisible_group_ids) == (True, ())


@pytest.mark.parametrize("hidden", ["deleted", "not allowed"])
def test_a_group_that_is_named_and_can_t_be_seen_is_invisible_and_not_missing(hidden: str) -> None:
    org = SmallOrg()
    org.mappings.append(mapping(2, 8, 9))
    if hidden == "not allowed":
        org.instead[f"/api/v1/groups/({group_id(8)}|{group_id(9)})"] = lambda _: okta_error(403, "E0000006")
    found = snapshot(org)
    assert found.invisible_group_ids == (group_id(8), group_id(9))
    assert len(found.mappings) == 2


def test_groups_named_in_a_rule_s_condition_are_read() -> None:
    org = SmallOrg()
    org.groups[group_id(4)] = group(4, "Engineering")
    org.rules = [rule(1, f"isMemberOfGroup('{group_id(4)}')", 1)]
    assert group_id(4) in {one.id for one in snapshot(org).groups}


# --- what rules read --------------------------------------------------------------------------------------------------


def test_people_bring_the_attributes_that_rules_read_however_they_were_found() -> None:
    org = SmallOrg()
    for number in range(1, 8):
        org.users[user_id(number)]["profile"]["team"] = f"team {number}"
        org.users[user_id(number)] |= {"type": {"id": "oty1"}, "realmId": "guo1"}
    org.rules = [rule(1, 'user.team == "a" AND user.getInternalProperty("status") == "ACTIVE"', 1)]
    okta = directory(org)
    found, _, _ = run(okta.read(lambda *_: None))
    stranger, _ = run(okta.look_up([Unpointed(scim_id="1", okta_user_id=user_id(7))]))
    people = (*found.users, *stranger)
    assert [one.attributes for one in people] == [(("team", f"team {number}"),) for number in range(1, 8)]
    assert {(one.type_id, one.realm_id) for one in people} == {("oty1", "guo1")}


def ruled() -> SmallOrg:
    """Group 4 (by id) feeds the assigned group, group 5 (by name) feeds group 4, and group 6 feeds nothing of ours."""
    org = SmallOrg()
    for number, name in ((4, "Design"), (5, "Interns"), (6, "Drivers"), (7, "Cars")):
        org.groups[group_id(number)] = group(number, name)
        org.members[group_id(number)] = [number]
    org.rules = [
        rule(1, f'isMemberOfAnyGroup("{group_id(2)}", "{group_id(4)}")', 1),
        rule(2, "user.team == 'x' OR isMemberOfGroupName('Interns')", 4),
        rule(3, f'isMemberOfGroup("{group_id(6)}")', 7),
    ]
    return org


def test_groups_that_rules_ask_for_are_read_where_they_feed_an_assigned_or_pushed_group() -> None:
    found, sources, notes = read(ruled())
    assert {one.group_id: len(one.members) for one in found.members} == {
        group_id(1): 5,
        group_id(2): 3,
        group_id(4): 1,
        group_id(5): 1,
    }
    assert (source(sources, "okta.rule_groups").rows, source(sources, "okta.rule_groups").required) == (2, False)
    assert (group_id(5) in {one.id for one in found.groups}, notes) == (True, ())


def test_a_group_that_rules_ask_for_and_that_may_not_be_read_is_unknown_and_noted() -> None:
    org = ruled()
    org.instead[f"/api/v1/groups/{group_id(4)}/users"] = lambda _: okta_error(403, "E0000006")
    found, _, notes = read(org)
    assert [one.group_id for one in found.members] == [group_id(1), group_id(2), group_id(5)]
    assert [one.about for one in notes] == ["members of groups that rules name"]


def test_the_groups_that_rules_ask_for_are_bounded_and_a_note_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(okta_rule_groups, "MOST_GROUPS", 1)
    found, _, notes = read(ruled())
    assert [one.group_id for one in found.members] == [group_id(1), group_id(2), group_id(4)]
    assert ["not read: 1 of the groups" in one.reason for one in notes] == [True]


@pytest.mark.parametrize("named", ["laptop people", group_id(5)])
def test_members_of_a_group_that_says_who_is_meant_to_be_in_are_read(named: str) -> None:
    org = SmallOrg()
    org.groups[group_id(5)] = group(5, "Laptop People")
    org.members[group_id(5)] = org.members[group_id(2)][:1]
    found = {one.group_id: len(one.members) for one in snapshot(org, scope=(named,)).members}
    assert found[group_id(5)] == 1


def test_a_scope_group_that_can_t_be_found_makes_the_read_incomplete() -> None:
    error = failure(SmallOrg(), scope=("Laptop People",))
    assert ("Laptop People" in error.what, error.exit_code) == (True, 5)


def test_many_groups_take_few_searches() -> None:
    org = SmallOrg()
    for number in range(10, 130):
        org.groups[group_id(number)] = group(number, f"Group {number}")
        org.groups[group_id(number + 1000)] = group(number + 1000, f"Group {number}", "APP_GROUP", source={"id": APP})
        org.mappings.append(mapping(number, number, number + 1000))
    service = Service(org)
    found = snapshot(service)
    searches = [one for one in service.asked if one.startswith("/api/v1/groups?")]
    assert (len(found.groups), len(searches)) == (243, 1 + 3)
    assert max(map(len, service.asked)) < 4000


def test_an_org_that_refuses_long_searches_is_asked_in_smaller_portions() -> None:
    org = SmallOrg()
    org.instead["/api/v1/groups"] = lambda r: (
        okta_error(400, "E0000031") if str(r.url.params["search"]).count("id eq") > 1 else None
    )
    assert len(snapshot(org).groups) == 3


def test_an_org_that_refuses_stats_gives_groups_without_counts() -> None:
    org = SmallOrg()
    org.instead["/api/v1/groups"] = lambda r: okta_error(400, "E0000031") if "expand" in r.url.params else None
    assert {one.users_count for one in snapshot(org).groups} == {None}


def test_a_group_that_is_deleted_while_we_read_is_no_error() -> None:
    org = SmallOrg()
    org.instead[f"/api/v1/groups/{group_id(2)}/users"] = lambda _: okta_error(404, "E0000007")
    found = snapshot(org)
    assert (found.invisible_group_ids, [one.group_id for one in found.members]) == ((group_id(2),), [group_id(1)])


# --- members ---------------------------------------------------------------------------------------------------------


def test_a_count_that_lags_behind_is_outweighed_by_two_reads_that_agree() -> None:
    org = SmallOrg()
    org.counts[group_id(2)] = 5
    service = Service(org)
    _, sources, _ = read(service)
    assert source(sources, "okta.members").state == "complete"
    assert sum(f"{group_id(2)}/users" in one for one in service.asked) == 2


def test_a_page_of_members_that_is_lost_without_a_trace_is_read_again() -> None:
    org, lost = SmallOrg(), [True]

    def respond(request: httpx.Request) -> httpx.Response | None:
        return answer([{**org.users[user_id(1)], "_embedded": {}}]) if lost and lost.pop() else None

    org.instead[f"/api/v1/groups/{group_id(2)}/users"] = respond
    members = {one.group_id: len(one.members) for one in snapshot(org).members}
    assert members[group_id(2)] == 3


def test_an_org_without_group_rules_gives_members_whose_rules_are_unknown() -> None:
    org = SmallOrg()
    org.instead["/api/v1/groups/00g[^/]+/users"] = lambda r: (
        okta_error(400, "E0000001", "expand is not supported") if "expand" in r.url.params else None
    )
    service = Service(org)
    found, _, notes = read(service)
    assert {member.rule_ids for one in found.members for member in one.members} == {None}
    assert "which rule brought a member" in {note.about for note in notes}
    assert sum("expand=group-rules" in one for one in service.asked) == 1


def test_members_are_read_in_smaller_pages_where_a_thousand_is_refused() -> None:
    org = SmallOrg()
    org.instead["/api/v1/groups/00g[^/]+/users"] = lambda r: (
        okta_error(400, "E0000001", "limit") if int(r.url.params["limit"]) > 200 else None
    )
    service = Service(org)
    assert snapshot(service) == snapshot(SmallOrg())
    assert sum("users?limit=1000" in one for one in service.asked) == 2


def test_assigned_people_whom_expand_does_not_embed_are_looked_for_by_id() -> None:
    org = SmallOrg()
    org.app_users.append(app_user(7))
    org.instead["/api/v1/apps/[^/]+/users"] = lambda _: answer(org.app_users)
    found, sources, _ = read(org)
    assert user_id(7) in {one.id for one in found.users}
    assert source(sources, "okta.people").rows == 1


# --- what may be refused ---------------------------------------------------------------------------------------------

OPTIONAL: dict[str, tuple[str, str]] = {
    "okta.rules": ("/api/v1/groups/rules", "rules"),
    "okta.features": ("/api/v1/apps/[^/]+/features", "app"),
    "okta.connection": ("/api/v1/apps/[^/]+/connections/default", "app"),
    "okta.schema": ("/api/v1/meta/schemas/.*", "app"),
    "okta.logs": ("/api/v1/logs", "events"),
}
REQUIRED = {
    "okta.app": f"/api/v1/apps/{APP}",
    "okta.app_users": "/api/v1/apps/[^/]+/users",
    "okta.app_groups": "/api/v1/apps/[^/]+/groups",
    "okta.mappings": "/api/v1/apps/[^/]+/group-push/mappings",
    "okta.groups": "/api/v1/groups",
    "okta.members": "/api/v1/groups/00g[^/]+/users",
}


@pytest.mark.parametrize("name", OPTIONAL)
@pytest.mark.parametrize(
    ("response", "state"),
    [
        (okta_error(403, "E0000006"), "refused"),
        (okta_error(404, "E0000007"), "refused"),
        (okta_error(400, "E0000001"), "refused"),
        (okta_error(401, "E0000015"), "refused"),
        (okta_error(500, "E0000009"), "incomplete"),
        (answer({"strange": True}), "incomplete"),
    ],
)
def test_an_optional_source_that_is_refused_or_fails_is_a_note(name: str, response: httpx.Response, state: str) -> None:
    org = SmallOrg()
    org.instead[OPTIONAL[name][0]] = then(response)  # type: ignore[assignment]
    found, sources, notes = read(org)
    assert (source(sources, name).state, source(sources, name).required) == (state, False)
    assert source(sources, name).reason
    assert {note.kind for note in notes} == {"check-skipped"}
    assert len(notes) == 1
    assert (found.rules is None) == (name == "okta.rules")
    assert (found.events is None) == (name == "okta.logs")


@pytest.mark.parametrize("name", REQUIRED)
@pytest.mark.parametrize(
    ("response", "kind"),
    [
        (okta_error(403, "E0000006"), NotAllowed),
        (okta_error(500, "E0000009"), Unreachable),
        (page("<html><title>Sign in</title></html>"), UnexpectedAnswer),
        (answer({"strange": True}), UnexpectedAnswer),
    ],
)
def test_a_required_source_that_fails_is_an_error_that_names_it(
    name: str, response: httpx.Response, kind: type[ReconcilerError]
) -> None:
    org = SmallOrg()
    org.instead[REQUIRED[name]] = then(response)  # type: ignore[assignment]
    error = failure(org)
    assert isinstance(error, kind)
    failed = [one for one in error.sources if one.reason == error.what]
    assert [(one.name, one.required, one.state) for one in failed] == [
        (name, True, "refused" if kind is NotAllowed else "incomplete")
    ]


@pytest.mark.parametrize("name", [*REQUIRED, *OPTIONAL])
def test_a_refused_token_ends_every_read(name: str) -> None:
    org = SmallOrg()
    org.instead[REQUIRED.get(name) or OPTIONAL[name][0]] = lambda _: okta_error(401, "E0000011")
    assert type(failure(org)) is TokenRefused


FAULTS: dict[str, Callable[[], httpx.Response | Exception]] = {
    "429": lambda: okta_error(429, "E0000047"),
    "429 with Retry-After": lambda: okta_error(429, "E0000047", headers={"retry-after": "2"}),
    "500": lambda: okta_error(500, "E0000009"),
    "reset": lambda: httpx.ReadError("reset"),
    "timeout": lambda: httpx.ReadTimeout("slow"),
    "cut": lambda: httpx.Response(200, content=b'[{"id":', headers={"content-type": "application/json"}),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_one_fault_on_any_single_request_changes_nothing_and_costs_at_most_two_requests(fault: str) -> None:
    org = SmallOrg()
    org.page_cap = 3
    calm = Service(org)
    whole = snapshot(calm)
    for faulty in range(len(calm.requests)):
        service = Service(faulty_once(org, faulty, FAULTS[fault]))
        assert snapshot(service) == whole
        assert len(service.requests) <= len(calm.requests) + 2


def faulty_once(
    org: SmallOrg, faulty: int, fault: Callable[[], httpx.Response | Exception]
) -> Callable[[httpx.Request], httpx.Response]:
    """The org, but for its answer number ``faulty``."""
    answers = itertools.count()

    def respond(request: httpx.Request) -> httpx.Response:
        problem = fault() if next(answers) == faulty else org(request)
        if isinstance(problem, Exception):
            raise problem
        return problem

    return respond


def repeated(request: httpx.Request, org: SmallOrg) -> httpx.Response:
    """Every page after the first repeats the first."""
    return org(httpx.Request("GET", str(request.url).replace("after=", "before=")))


def endless(request: httpx.Request, org: SmallOrg) -> httpx.Response:
    found = org(request)
    number = int(request.url.params.get("n", 0)) + 1
    return httpx.Response(
        200,
        content=found.content,
        headers=[("content-type", "application/json"), ("link", f"<{ORG}{request.url.path}?n={number}>; rel=next")],
    )


def elsewhere(request: httpx.Request, org: SmallOrg) -> httpx.Response:
    found = org(request)
    link = found.headers.get_list("link")[-1].replace(ORG, "https://evil.example")
    return httpx.Response(200, content=found.content, headers=[("content-type", "application/json"), ("link", link)])


@pytest.mark.parametrize("name", [one for one in REQUIRED if one not in ("okta.app", "okta.groups", "okta.app_groups")])
@pytest.mark.parametrize("fault", [repeated, endless, elsewhere])
def test_a_list_that_stays_wrong_is_never_taken_for_a_shorter_one(
    name: str, fault: Callable[[httpx.Request, SmallOrg], httpx.Response]
) -> None:
    org = SmallOrg()
    org.page_cap = 2
    org.mappings += [mapping(number, 2, 3) for number in (2, 3)]
    plain = SmallOrg()
    plain.__dict__.update(org.__dict__, instead={})
    org.instead[REQUIRED[name]] = lambda request: fault(request, plain)
    error = failure(org)
    assert isinstance(error, ReadFailed)
    assert isinstance(error, (IncompleteRead, UnexpectedAnswer))


# --- words we don't know ---------------------------------------------------------------------------------------------


def test_words_okta_invents_become_notes() -> None:
    org = SmallOrg()
    org.apps[0]["features"] = [*org.apps[0]["features"], "TELEPATHY"]
    org.users[user_id(1)] = user(1, status="QUARANTINED")
    org.app_users[0] = app_user(1, status="HOVERING", syncState="LATE")
    org.mappings = [mapping(1, 2, 3, "PAUSED")]
    _, _, notes = read(org)
    assert {note.about for note in notes} == {
        "Okta app feature TELEPATHY",
        "Okta person status QUARANTINED",
        "Okta assignment status HOVERING",
        "Okta sync state LATE",
        "Okta push mapping status PAUSED",
    }
    assert {note.kind for note in notes} == {"unknown-value"}


# --- look-ups --------------------------------------------------------------------------------------------------------


def leaver(org: SmallOrg, number: int, **profile: Any) -> None:
    org.users[user_id(number)] = user(number, "DEPROVISIONED", **profile)


def test_a_leaver_is_found_by_the_pointer_of_an_earlier_run() -> None:
    org = SmallOrg()
    leaver(org, 20)
    found, told = look_up(org, Unpointed(scim_id="1", user_name="renamed@acme.example", okta_user_id=user_id(20)))
    assert [(one.id, one.status) for one in found] == [(user_id(20), "DEPROVISIONED")]
    assert (told.name, told.state, told.required) == ("okta.look_ups", "complete", False)


def test_a_leaver_is_found_by_an_external_id_that_is_an_okta_id() -> None:
    org = SmallOrg()
    leaver(org, 20)
    found, _ = look_up(org, Unpointed(scim_id="1", external_id=user_id(20)))
    assert [one.id for one in found] == [user_id(20)]


def test_an_external_id_of_another_kind_is_not_asked_for() -> None:
    service = Service(SmallOrg())
    look_up(service, Unpointed(scim_id="1", external_id="../apps"), Unpointed(scim_id="2", external_id="4711"))
    assert service.requests == []


@pytest.mark.parametrize("written", ["Ana.Ruiz@acme.example", "ana.ruiz@acme.example", "ANA.RUIZ@ACME.EXAMPLE"])
@pytest.mark.parametrize("login", ["ana.ruiz@acme.example", "Ana.Ruiz@Acme.example"])
def test_a_leaver_is_found_by_login_in_any_case(written: str, login: str) -> None:
    org = SmallOrg()
    leaver(org, 20, login=login)
    found, _ = look_up(org, Unpointed(scim_id="1", user_name=written))
    assert [one.login for one in found] == [login]


@pytest.mark.parametrize(
    "login", ['o"brien@acme.example', "back\\slash", "plus+sign@acme.example", "ü & co@x", 'a" or "b']
)
def test_a_login_with_odd_signs_is_found(login: str) -> None:
    org = SmallOrg()
    leaver(org, 20, login=login)
    found, _ = look_up(org, Unpointed(scim_id="1", user_name=login))
    assert [one.id for one in found] == [user_id(20)]


def test_somebody_with_the_same_address_is_found_for_whom_the_login_gives_nobody() -> None:
    org = SmallOrg()
    leaver(org, 20, login="new@acme.example", email="ana@acme.example")
    found, _ = look_up(org, Unpointed(scim_id="1", user_name="old@acme.example", email="Ana@acme.example"))
    assert [one.id for one in found] == [user_id(20)]


def test_a_person_who_was_deleted_is_not_found_and_the_look_up_is_whole() -> None:
    found, told = look_up(SmallOrg(), Unpointed(scim_id="1", okta_user_id=user_id(99)))
    assert (found, told.state) == ((), "complete")


def test_many_people_are_looked_up_in_batches() -> None:
    org = SmallOrg()
    for number in range(100, 300):
        leaver(org, number)
    service = Service(org)
    people = [Unpointed(scim_id=str(n), user_name=f"person{n}@acme.example") for n in range(100, 300)]
    found, _ = look_up(service, *people)
    assert len(found) == 200
    assert len(service.requests) <= 12


def test_a_name_that_okta_refuses_does_not_spoil_the_others() -> None:
    org = SmallOrg()
    leaver(org, 20)
    org.instead["/api/v1/users"] = lambda r: okta_error(400, "E0000031") if "bad" in r.url.query.decode() else None
    people = [Unpointed(scim_id="1", user_name="bad"), Unpointed(scim_id="2", user_name="person20@acme.example")]
    found, told = look_up(org, *people)
    assert ([one.id for one in found], told.state) == ([user_id(20)], "complete")


def test_look_ups_are_bounded_and_say_so() -> None:
    org = SmallOrg()
    leaver(org, 20)
    people = [Unpointed(scim_id=str(n), user_name=f"stranger{n}") for n in range(50)]
    known = Unpointed(scim_id="x", okta_user_id=user_id(20))
    found, told = look_up(org, *people, known, most_look_ups=10)
    assert ([one.id for one in found], told.state) == ([user_id(20)], "incomplete")
    assert told.reason == "41 accounts beyond 10 were not looked up"


@pytest.mark.parametrize("person", [Unpointed(scim_id="1", user_name="somebody@acme.example")])
def test_look_ups_that_are_not_allowed_are_a_value(person: Unpointed) -> None:
    org = SmallOrg()
    org.instead["/api/v1/users.*"] = lambda _: okta_error(403, "E0000006")
    found, told = look_up(org, person)
    assert (found, told.state, bool(told.reason)) == ((), "refused", True)


def test_somebody_hidden_from_the_token_is_not_taken_for_deleted() -> None:
    org = SmallOrg()
    org.instead[f"/api/v1/users/{user_id(20)}"] = lambda _: okta_error(403, "E0000006")
    _, told = look_up(org, Unpointed(scim_id="1", okta_user_id=user_id(20)))
    assert (told.state, told.reason) == ("incomplete", "1 people are hidden from this token")


def test_look_ups_that_fail_for_good_are_an_error_and_not_strangers() -> None:
    org = SmallOrg()
    org.instead["/api/v1/users.*"] = lambda _: okta_error(500, "E0000009")
    with pytest.raises(Unreachable) as caught:
        look_up(org, Unpointed(scim_id="1", user_name="somebody@acme.example"))
    assert [one.name for one in caught.value.sources] == ["okta.look_ups"]


# --- permissions -----------------------------------------------------------------------------------------------------


def test_every_read_is_tried_once_and_small() -> None:
    service = Service(SmallOrg())
    tried = run(directory(service).permissions())
    assert {one.name: one.allowed for one in tried} == dict.fromkeys((one.name for one in tried), True)
    assert len(service.requests) == 1 + len(tried)
    assert all(one.exit_code == 0 for one in tried)
    assert {one.source for one in tried} >= set(REQUIRED) | set(OPTIONAL) | {"okta.look_ups"}


@pytest.mark.parametrize(
    ("path", "name", "code"),
    [
        ("/api/v1/apps/[^/]+/group-push/mappings", "okta.mappings", 4),
        ("/api/v1/groups/00g[^/]+/users", "okta.members", 4),
        ("/api/v1/groups/rules", "okta.rules", 0),
        ("/api/v1/users", "okta.look_ups", 0),
    ],
)
def test_a_permission_that_is_missing_is_told_by_name(path: str, name: str, code: int) -> None:
    org = SmallOrg()
    org.instead[path] = lambda _: okta_error(403, "E0000006", "You do not have permission")
    refused = [one for one in run(directory(org).permissions()) if not one.allowed]
    assert [(one.source, one.allowed, one.exit_code) for one in refused] == [(name, False, code)]
    assert "E0000006" in (refused[0].reason or "")


def test_a_read_that_could_not_be_tried_is_neither_allowed_nor_refused() -> None:
    org = SmallOrg()
    org.app_groups, org.mappings = [], []
    untried = [one for one in run(directory(org).permissions()) if one.allowed is None]
    assert [(one.source, one.exit_code) for one in untried] == [("okta.members", 0)]


def test_an_org_that_does_not_answer_is_told_with_its_exit_code() -> None:
    org = SmallOrg()
    org.instead["/api/v1/groups"] = lambda _: okta_error(500, "E0000009")
    failed = [one for one in run(directory(org).permissions()) if not one.allowed]
    assert [(one.source, one.allowed, one.exit_code) for one in failed] == [("okta.groups", None, 5)]


def test_a_snapshot_does_not_change_when_only_moving_times_do() -> None:
    org = SmallOrg()
    before = snapshot(org)
    for one in org.users.values():
        one["lastLogin"], one["lastUpdated"] = "2026-05-05T00:00:00.000Z", "2026-05-05T00:00:00.000Z"
    for one in org.app_users:
        one["lastSync"] = "2026-05-05T00:00:00.000Z"
    assert json.dumps(structs.asdict(snapshot(org)), default=str) == json.dumps(structs.asdict(before), default=str)
