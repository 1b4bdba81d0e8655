from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from tests.simulator.small import World, next_link


def listed(world: World, path: str) -> list[Any]:
    answer = world.ask(path)
    assert answer.status_code == 200, answer.text
    rows: list[Any] = answer.json()
    return rows


def crowd(world: World, number: int) -> None:
    for one in range(number):
        world.join(f"p{one:04d}", world.assigned, world.designers)
    world.org.reconcile_assignments()


@pytest.mark.parametrize(
    ("path", "default", "maximum"),
    [
        ("/api/v1/apps/{app}/users", 50, 500),
        ("/api/v1/groups/{group}/users", 1000, 1000),
        ("/api/v1/users", 200, 200),
    ],
)
def test_a_list_has_its_own_default_and_maximum(path: str, default: int, maximum: int) -> None:
    world = World()
    crowd(world, 1005)
    path = path.format(app=world.org.app.id, group=world.designers.id)
    assert len(listed(world, path)) == default
    assert len(listed(world, f"{path}?limit={maximum}")) == maximum
    refused = world.ask(f"{path}?limit={maximum + 1}")
    assert (refused.status_code, refused.json()["errorCode"]) == (400, "E0000001")
    assert str(maximum) in refused.json()["errorCauses"][0]["errorSummary"]


@pytest.mark.parametrize(
    ("path", "limit"),
    [
        ("/api/v1/apps", 201),
        ("/api/v1/apps/{app}/groups", 201),
        ("/api/v1/apps/{app}/groups", 19),
        ("/api/v1/apps/{app}/group-push/mappings", 1001),
        ("/api/v1/groups", 10_001),
        ("/api/v1/groups/rules", 201),
        ("/api/v1/users", 0),
    ],
)
def test_a_limit_out_of_bounds_is_refused(path: str, limit: int) -> None:
    world = World()
    answer = world.ask(f"{path.format(app=world.org.app.id)}?limit={limit}")
    assert (answer.status_code, answer.json()["errorCode"]) == (400, "E0000001")


@pytest.mark.parametrize("limit", ["--5", "x", "9" * 5000])
@pytest.mark.parametrize("path", ["users", "logs"])
def test_a_limit_that_is_no_number_is_refused(path: str, limit: str) -> None:
    answer = World().ask(f"/api/v1/{path}?limit={limit}")
    assert (answer.status_code, answer.json()["errorCode"]) == (400, "E0000001")


def test_pages_together_are_the_list_and_the_last_one_has_no_next_link() -> None:
    world = World()
    crowd(world, 7)
    path: str | None = f"/api/v1/groups/{world.designers.id}/users?limit=3"
    seen: list[str] = []
    sizes = []
    while path is not None:
        answer = world.ask(path)
        seen += [row["id"] for row in answer.json()]
        sizes.append(len(answer.json()))
        path = next_link(answer)
    assert sizes == [3, 3, 1]
    assert seen == sorted(world.designers.members)


def test_self_and_next_are_two_link_lines_and_the_cursor_is_encoded() -> None:
    world = World()
    crowd(world, 3)
    lines = world.ask(f"/api/v1/apps/{world.org.app.id}/users?limit=2&expand=user").headers.get_list("link")
    assert [line.partition("; ")[2] for line in lines] == ['rel="self"', 'rel="next"']
    assert "after=%2B" in lines[1]
    assert "expand=user" in lines[1]


def test_a_row_that_goes_between_two_pages_shifts_nothing() -> None:
    world = World()
    crowd(world, 5)
    first = world.ask(f"/api/v1/groups/{world.designers.id}/users?limit=2")
    world.org.remove_member(world.designers, world.org.users[first.json()[0]["id"]])
    second = world.ask(next_link(first) or "")
    assert [row["id"] for row in first.json()[1:] + second.json()] == sorted(world.designers.members)[:3]


def test_a_cursor_nobody_gave_is_refused() -> None:
    assert World().ask("/api/v1/groups?after=never").json()["errorCode"] == "E0000001"


def test_the_next_link_of_members_loses_expand_group_rules() -> None:
    world = World()
    crowd(world, 3)
    answer = world.ask(f"/api/v1/groups/{world.designers.id}/users?limit=2&expand=group-rules")
    assert answer.json()[0]["_embedded"] == {"group-rules": []}
    assert "expand" not in (next_link(answer) or "expand")


def test_members_tell_which_rules_brought_them() -> None:
    world = World()
    rule = world.org.create_rule("design", 'user.department == "Design"', [world.designers])
    world.org.activate_rule(rule)
    world.designer("ada", department="Design")
    (row,) = listed(world, f"/api/v1/groups/{world.designers.id}/users?expand=group-rules")
    assert row["_embedded"]["group-rules"] == [{"id": rule.id, "name": "design"}]


def test_an_org_may_ignore_or_refuse_expand_group_rules() -> None:
    world = World()
    world.designer("ada")
    path = f"/api/v1/groups/{world.designers.id}/users?expand=group-rules"
    world.okta.switches.group_rules = "ignored"
    assert "_embedded" not in world.ask(path).json()[0]
    world.okta.switches.group_rules = "refused"
    assert world.ask(path).status_code == 400


def test_an_org_may_refuse_more_than_200_members_a_page() -> None:
    world = World()
    world.okta.switches.members_maximum = 200
    assert world.ask(f"/api/v1/groups/{world.designers.id}/users?limit=1000").status_code == 400


def test_a_last_page_may_refer_to_itself() -> None:
    world = World()
    crowd(world, 3)
    world.okta.self_referring.add("members")
    first = world.ask(f"/api/v1/groups/{world.designers.id}/users?limit=2")
    last = next_link(first)
    assert last is not None
    assert next_link(world.ask(last)) == last


def test_links_of_mappings_forget_the_filters() -> None:
    world = World()
    for one in range(2):
        world.org.link_group(world.org.create_group(f"g{one}"))
    path = f"/api/v1/apps/{world.org.app.id}/group-push/mappings"
    answer = world.ask(f"{path}?limit=2&status=ACTIVE")
    assert all("status" not in line for line in answer.headers.get_list("link"))
    assert len(listed(world, f"{path}?sourceGroupId={world.designers.id}")) == 1
    assert listed(world, f"{path}?status=ERROR") == []


def test_app_users_embed_their_users_on_request() -> None:
    world = World()
    ada = world.designer("ada")
    path = f"/api/v1/apps/{world.org.app.id}/users"
    (plain,), (expanded,) = listed(world, path), listed(world, f"{path}?expand=user")
    assert "_embedded" not in plain
    assert expanded["_embedded"]["user"]["profile"]["login"] == ada.login
    assert (expanded["externalId"], expanded["status"]) == (world.account(ada)["id"], "PROVISIONED")


def test_an_assignment_without_an_account_has_a_null_external_id_and_no_last_sync() -> None:
    world = World()
    crowd(world, 1)
    (row,) = listed(world, f"/api/v1/apps/{world.org.app.id}/users")
    assert (row["externalId"], row["passwordChanged"], row["status"]) == (None, None, "STAGED")
    assert "lastSync" not in row


def test_an_org_may_keep_sync_state_and_last_push_to_itself() -> None:
    world = World()
    world.designer("ada")
    world.org.shows_sync_state = world.org.shows_last_push = False
    app = f"/api/v1/apps/{world.org.app.id}"
    assert listed(world, f"{app}/users")[0]["syncState"] == "DISABLED"
    assert "lastPush" not in listed(world, f"{app}/group-push/mappings")[0]


def test_mappings_have_times_without_milliseconds_and_leave_out_what_there_is_not() -> None:
    world = World()
    (row,) = listed(world, f"/api/v1/apps/{world.org.app.id}/group-push/mappings")
    assert row["created"] == "2026-03-02T08:00:00Z"
    assert not {"lastPush", "errorSummary"} & set(row)
    world.provisioner.fail("push-members", 403)
    world.designer("ada")
    world.settle()
    assert (
        "HTTP 403 Forbidden" in listed(world, f"/api/v1/apps/{world.org.app.id}/group-push/mappings")[0]["errorSummary"]
    )


def test_groups_tell_their_counts_on_request() -> None:
    world = World()
    world.designer("ada")
    (row,) = listed(world, f'/api/v1/groups?search=id eq "{world.designers.id}"&expand=stats')
    assert row["_embedded"]["stats"] == {
        "usersCount": 1,
        "appsCount": 0,
        "groupPushMappingsCount": 1,
        "hasAdminPrivlege": False,
    }


def test_groups_are_searched_by_ids_and_by_their_source() -> None:
    world = World()
    world.settle()
    by_id = listed(world, f'/api/v1/groups?search=id eq "{world.designers.id}" or id eq "{world.assigned.id}"')
    assert {row["profile"]["name"] for row in by_id} == {"designers", "everybody-mac"}
    search = f'type eq "APP_GROUP" and source.id eq "{world.org.app.id}"'
    (target,) = listed(world, f"/api/v1/groups?search={search}")
    assert (target["id"], target["source"]) == (world.mapping.target_group_id, {"id": world.org.app.id})


@pytest.mark.parametrize("search", ['name eq "x"', "id eq x", 'id eq "x" or', '(id eq "x"', 'id is "x"'])
def test_a_search_that_okta_does_not_know_is_refused(search: str) -> None:
    answer = World().ask("/api/v1/groups", params={"search": search})
    assert (answer.status_code, answer.json()["errorCode"]) == (400, "E0000031")


def test_rules_name_the_groups_they_feed_and_mention() -> None:
    world = World()
    rule = world.org.create_rule("r", f'isMemberOfGroup("{world.designers.id}")', [world.assigned])
    (plain,) = listed(world, "/api/v1/groups/rules")
    (expanded,) = listed(world, "/api/v1/groups/rules?expand=groupIdToGroupNameMap")
    names = {world.assigned.id: "everybody-mac", world.designers.id: "designers"}
    assert "_embedded" not in plain
    assert expanded["_embedded"]["groupIdToGroupNameMap"] == names
    assert expanded["conditions"]["expression"]["value"] == rule.expression


def test_a_list_of_users_leaves_out_the_deactivated_unless_it_is_searched_or_filtered() -> None:
    world = World()
    ada, ben = world.designer("ada"), world.designer("ben")
    world.org.deactivate(ada)
    world.settle()

    def ids(query: str) -> set[str]:
        return {row["id"] for row in listed(world, f"/api/v1/users{query}")}

    assert ids("") == {ben.id}
    assert ids('?filter=profile.login eq "ADA@acme.test" or profile.login eq "ben@acme.test"') == {ada.id, ben.id}
    assert ids('?filter=status eq "DEPROVISIONED"') == {ada.id}
    assert ids('?filter=profile.firstName eq "Ada"') == {ada.id}
    assert ids('?search=profile.lastName eq "Berg"') == {ada.id, ben.id}
    assert ids("?q=ada") == set()


def test_users_are_searched_by_any_attribute_and_filtered_by_few() -> None:
    world = World()
    ada = world.designer("ada", department="Design", floor=2, colors=["red", "blue"], user_type="otyGuests")
    world.designer("ben", department="Sales")
    by_attribute = ('profile.department eq "design"', 'profile.floor eq "2"', f'profile.floor pr and id eq "{ada.id}"')
    for wanted in (*by_attribute, 'profile.colors eq "blue"', 'type.id eq "otyGuests"'):
        assert [row["id"] for row in listed(world, f"/api/v1/users?search={wanted}")] == [ada.id]
    for path in ('users?filter=profile.department eq "Design"', 'groups?filter=profile.name eq "designers"'):
        assert world.ask(f"/api/v1/{path}").json()["errorCode"] == "E0000031"


@pytest.mark.parametrize(
    ("condition", "found"),
    [
        ('ge "2026-03-02T08:00:00Z"', True),
        ('gt "2026-03-02T08:00:00Z"', False),
        ('gt "2026-03-02T12:00:00.000%2B05:00"', True),
        ('lt "2026-03-02T08:00:00.001Z"', True),
    ],
)
def test_moments_are_compared_however_they_are_written(condition: str, found: bool) -> None:
    world = World()
    world.join("ada")
    assert bool(listed(world, f"/api/v1/users?filter=lastUpdated {condition}")) is found


@pytest.mark.parametrize("path", ["groups?q=d", "users?q=p0"])
def test_what_q_finds_has_one_page_as_long_as_its_limit(path: str) -> None:
    world = World()
    crowd(world, 3)
    world.org.create_group("drivers")
    answer = world.ask(f"/api/v1/{path}&limit=1")
    assert (len(answer.json()), next_link(answer)) == (1, None)
    assert len(listed(world, f"/api/v1/{path}")) > 1


def test_ten_people_are_found_by_q_unless_a_limit_is_given() -> None:
    world = World()
    crowd(world, 12)
    assert (len(listed(world, "/api/v1/users?q=p0")), len(listed(world, "/api/v1/users?q=p0&limit=12"))) == (10, 12)


def test_a_user_is_found_by_id_and_by_login_deactivated_or_not() -> None:
    world = World()
    ada = world.designer("ada")
    world.org.deactivate(ada)
    for wanted in (ada.id, ada.login):
        assert world.ask(f"/api/v1/users/{wanted}").json()["status"] == "DEPROVISIONED"


@pytest.mark.parametrize(
    "path",
    [
        "/api/v1/apps/0oaNone",
        "/api/v1/apps/0oaNone/users",
        "/api/v1/apps/{app}/users/00uNone",
        "/api/v1/apps/{app}/group-push/mappings/gPmNone",
        "/api/v1/groups/00gNone",
        "/api/v1/groups/00gNone/users",
        "/api/v1/groups/rules/0prNone",
        "/api/v1/users/nobody@acme.test",
        "/api/v1/meta/schemas/apps/0oaNone/default",
    ],
)
def test_what_does_not_exist_is_not_found_by_its_name(path: str) -> None:
    world = World()
    path = path.format(app=world.org.app.id)
    answer = world.ask(path)
    assert (answer.status_code, answer.json()["errorCode"]) == (404, "E0000007")
    assert answer.json()["errorSummary"].startswith("Not found: Resource not found: ")


def test_an_unknown_path_and_a_wrong_verb_have_their_own_errors() -> None:
    world = World()
    nowhere, wrong = world.ask("/api/v1/nowhere"), world.ask("/api/v1/groups", method="DELETE")
    assert (nowhere.status_code, nowhere.json()["errorCode"]) == (404, "E0000008")
    assert (wrong.status_code, wrong.json()["errorCode"]) == (405, "E0000022")


def test_an_error_has_okta_s_five_keys() -> None:
    body = World().ask("/api/v1/nowhere").json()
    assert list(body) == ["errorCode", "errorSummary", "errorLink", "errorId", "errorCauses"]
    assert body["errorLink"] == body["errorCode"]
    assert body["errorId"].startswith("oae")


@pytest.mark.parametrize("header", ["", "SSWS wrong", "Bearer wrong", "SSWS", "SSWS "])
def test_a_wrong_token_is_refused(header: str) -> None:
    answer = World().ask("/api/v1/groups", {"Authorization": header} if header else {})
    assert (answer.status_code, answer.json()["errorCode"]) == (401, "E0000011")


def test_a_token_without_a_space_behind_its_scheme_is_taken() -> None:
    world = World()
    assert world.ask("/api/v1/groups", {"Authorization": f"SSWS{world.okta.token}"}).status_code == 200


@pytest.mark.parametrize(("code", "status"), [("E0000006", 403), ("E0000015", 401), ("E0000008", 404)])
def test_a_denied_read_is_refused_until_it_is_allowed(code: str, status: int) -> None:
    world = World()
    world.okta.deny("rules", code)
    answer = world.ask("/api/v1/groups/rules")
    assert (answer.status_code, answer.json()["errorCode"]) == (status, code)
    assert world.ask("/api/v1/groups").status_code == 200
    world.okta.allow("rules")
    assert world.ask("/api/v1/groups/rules").status_code == 200


def test_features_and_connection_answer_as_for_an_app_of_the_wizard() -> None:
    world = World()
    path = f"/api/v1/apps/{world.org.app.id}"
    world.org.set_features(["PUSH_NEW_USERS"])
    (feature,) = listed(world, f"{path}/features")
    assert feature["capabilities"]["create"]["lifecycleCreate"]["status"] == "ENABLED"
    assert feature["capabilities"]["update"]["lifecycleDeactivate"]["status"] == "DISABLED"
    connection = world.ask(f"{path}/connections/default").json()
    assert (connection["status"], connection["authScheme"]) == ("UNKNOWN", "UNKNOWN")


def test_an_app_without_provisioning_has_no_features_to_tell() -> None:
    world = World()
    other = world.org.add_app("Kandji", name="kandji", sign_on_mode="SAML_2_0")
    answer = world.ask(f"/api/v1/apps/{other.id}/features")
    assert answer.status_code == 400
    cause = answer.json()["errorCauses"][0]["errorSummary"]
    assert cause == "Provisioning is not enabled for the app instance."


def test_apps_are_found_by_the_beginning_of_their_label() -> None:
    world = World()
    world.org.add_app("Kandji", name="kandji")
    world.org.add_app("Payroll")
    assert {row["label"] for row in listed(world, "/api/v1/apps?q=kandji")} == {"Kandji", "Kandji SCIM"}


def test_the_schema_defines_the_mapped_attributes_alone() -> None:
    world = World()
    world.org.set_app_attributes(["email", "title"])
    schema = world.ask(f"/api/v1/meta/schemas/apps/{world.org.app.id}/default").json()
    assert set(schema["definitions"]["base"]["properties"]) == {"userName", "email", "title"}


def test_every_answer_tells_its_date_its_request_and_the_rate_limit_of_its_bucket() -> None:
    world = World()
    world.okta.limits.limits["/api/v1/groups"] = 10
    answer = world.ask("/api/v1/groups")
    assert answer.headers["date"] == "Mon, 02 Mar 2026 08:00:00 GMT"
    assert answer.headers["x-okta-request-id"]
    assert (answer.headers["x-rate-limit-limit"], answer.headers["x-rate-limit-remaining"]) == ("5", "4")
    assert int(answer.headers["x-rate-limit-reset"]) == int((world.clock.now() + timedelta(minutes=1)).timestamp())


def test_an_empty_bucket_refuses_until_its_minute_is_over_and_others_do_not() -> None:
    world = World()
    world.okta.limits.limits["/api/v1/groups"] = 1
    world.ask("/api/v1/groups")
    refused = world.ask("/api/v1/groups")
    assert (refused.status_code, refused.json()["errorCode"]) == (429, "E0000047")
    assert refused.headers["x-rate-limit-remaining"] == "0"
    assert world.ask("/api/v1/users").status_code == 200
    world.clock.advance(timedelta(seconds=60))
    assert world.ask("/api/v1/groups").status_code == 200


def test_hits_of_a_search_are_sorted_as_asked() -> None:
    world = World()
    world.settle()
    asked = '/api/v1/groups?search=type eq "OKTA_GROUP"&sortBy=profile.name'
    assert [row["profile"]["name"] for row in listed(world, asked)] == ["designers", "everybody-mac"]
    assert [row["profile"]["name"] for row in listed(world, f"{asked}&sortOrder=desc")] == [
        "everybody-mac",
        "designers",
    ]
    assert world.ask('/api/v1/groups?search=type eq "OKTA_GROUP"&sortBy=colour').json()["errorCode"] == "E0000001"


def test_assigned_groups_are_found_by_the_beginning_of_their_name() -> None:
    world = World()
    world.org.assign_group(world.designers)
    path = f"/api/v1/apps/{world.org.app.id}/groups"
    assert [row["id"] for row in listed(world, f"{path}?q=DESIGN")] == [world.designers.id]
