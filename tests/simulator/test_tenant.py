from __future__ import annotations

import base64
from dataclasses import replace

import pytest

from reconciler.simulator.provisioner.scim_client import ENTERPRISE, ScimFailure
from tests.simulator.small import World


def test_the_scim_server_answers_under_kandji_s_prefix_and_elsewhere_html() -> None:
    world = World()
    world.designer("ada")
    listed = world.ask_scim("/Users")
    assert (listed.status_code, listed.json()["totalResults"]) == (200, 1)
    nowhere = world.ask_scim("s/Users")
    assert (nowhere.status_code, nowhere.headers["content-type"]) == (404, "text/html")


def test_a_page_holds_no_more_rows_than_the_cap() -> None:
    world = World(page_cap=2)
    for name in ("ada", "ben", "cleo"):
        world.designer(name)
    page = world.ask_scim("/Users?count=100").json()
    assert (page["totalResults"], len(page["Resources"])) == (3, 2)


def test_the_same_seed_gives_the_same_scim_ids() -> None:
    first, second = World(), World()
    assert first.account(first.designer("ada"))["id"] == second.account(second.designer("ada"))["id"]


def test_a_rotated_token_is_dead_at_once() -> None:
    world = World()
    old = world.tenant.token
    new = world.tenant.rotate_token()
    assert world.tenant.token == new != old
    assert [world.ask_scim("/Users", token).status_code for token in (old, new)] == [401, 200]


def test_an_admin_s_hands_change_accounts() -> None:
    world = World()
    scim_id = world.tenant.create_user("eve@acme.test", "Eve", department="Design", external_id="x")
    world.tenant.edit_user(scim_id, user_name="eva@acme.test", department=None, formatted_name="Eva", title="Lead")
    world.tenant.deactivate_user(scim_id)
    account = world.tenant.user(scim_id)
    assert (account["userName"], account["title"], account["active"]) == ("eva@acme.test", "Lead", False)
    assert (account["name"], account["externalId"]) == ({"formatted": "Eva"}, "x")
    assert ENTERPRISE not in account
    world.tenant.activate_user(scim_id)
    assert world.tenant.user(scim_id)["active"] is True
    world.tenant.delete_user(scim_id)
    with pytest.raises(KeyError):
        world.tenant.user(scim_id)


def test_an_admin_s_hands_change_groups() -> None:
    world = World()
    one, two = (world.tenant.create_user(f"{name}@acme.test", name) for name in ("eve", "fay"))
    group = world.tenant.create_group("crew", [one])
    world.tenant.add_member(group, two)
    assert world.tenant.members(group) == {one, two}
    world.tenant.remove_member(group, one)
    world.tenant.rename_group(group, "team")
    assert (world.tenant.members(world.tenant.group_id("TEAM"))) == {two}
    world.tenant.delete_group(group)
    with pytest.raises(KeyError):
        world.tenant.group(group)


def test_a_user_name_is_taken_in_any_case() -> None:
    world = World()
    world.tenant.create_user("eve@acme.test", "Eve")
    with pytest.raises(ScimFailure) as caught:
        world.tenant.create_user("EVE@acme.test", "Eve")
    assert caught.value.status == 409


def test_ignored_attributes_are_taken_and_not_kept() -> None:
    world = World(ignored=("externalId", "department"))
    account = world.account(world.designer("ada", department="Design", title="Lead"))
    assert account["title"] == "Lead"
    assert "externalId" not in account
    assert not account.get(ENTERPRISE)


def test_archived_people_may_be_left_out_of_lists_and_still_be_read_by_id() -> None:
    for listed in (True, False):
        world = World(lists_archived=listed)
        scim_id = world.tenant.create_user("eve@acme.test", "Eve")
        world.tenant.archive(scim_id)
        assert world.ask_scim("/Users").json()["totalResults"] == int(listed)
        assert world.ask_scim(f"/Users/{scim_id}").status_code == 200


def rows(world: World, query: str = "") -> list[dict[str, object]]:
    found: list[dict[str, object]] = world.ask_kandji(f"/api/v1/users{query}").json()["results"]
    return found


def test_the_rest_api_tells_what_scim_does_not() -> None:
    world = World()
    ada = world.designer("ada", title="Lead", department="Design")
    scim_id = world.tenant.user_id(ada.login)
    world.tenant.archive(scim_id)
    world.tenant.add_device("Ada's Mac", scim_id)
    (row,) = rows(world)
    assert (row["id"], row["name"], row["email"]) == (scim_id, "Ada Berg", "ada@acme.test")
    assert (row["job_title"], row["department"]) == ("Lead", "Design")
    assert (row["archived"], row["device_count"], row["active"]) == (True, 1, True)
    assert row["integration"] == {
        "id": 1,
        "name": "Okta",
        "uuid": world.tenant.integration("Okta").uuid,
        "type": "scim",
    }


def test_what_a_scim_directory_is_called_may_be_another_word() -> None:
    world = World(integration_type="custom")
    world.tenant.create_user("eve@acme.test", "Eve")
    world.tenant.create_user("fay@acme.test", "Fay", integration="Entra")
    assert [row["integration"]["type"] for row in rows(world)] == ["custom", "office365"]  # type: ignore[index] # JSON


def test_numeric_scim_ids_are_the_rest_api_s_old_ids() -> None:
    world = World(ids="decimal")
    scim_id = world.account(world.designer("ada"))["id"]
    (row,) = rows(world)
    assert scim_id.isdecimal()
    assert row["deprecated_user_id"] == scim_id != row["id"]


def test_another_directory_s_people_stand_in_the_rest_api_alone() -> None:
    world = World()
    world.designer("ada")
    world.tenant.add_directory_user("ada@acme.test", "Ada", "Google Workspace")
    assert {row["integration"]["type"] for row in rows(world)} == {"scim", "google"}  # type: ignore[index] # JSON
    assert world.ask_scim("/Users").json()["totalResults"] == 1


def test_users_are_paged_by_cursor_and_next_names_another_host() -> None:
    world = World()
    for name in ("ada", "ben", "cleo"):
        world.designer(name)
    first = world.ask_kandji("/api/v1/users?sizePerPage=2").json()
    assert first["next"].startswith("https://tenant.kandji.io/api/v1/users?cursor=")
    cursor = base64.b64encode(f"p={first['results'][1]['deprecated_user_id']}".encode()).decode()
    last = world.ask_kandji("/api/v1/users", params={"sizePerPage": 2, "cursor": cursor}).json()
    assert [row["name"] for row in first["results"] + last["results"]] == ["Ada Berg", "Ben Berg", "Cleo Berg"]
    assert last["next"] is None


def test_no_more_than_300_users_stand_on_a_page() -> None:
    world = World()
    for one in range(301):
        world.tenant.add_directory_user(f"p{one}@acme.test", f"P {one}", "Google")
    page = world.ask_kandji("/api/v1/users?sizePerPage=1000").json()
    assert len(page["results"]) == 300
    assert page["next"]


def test_users_are_narrowed_by_part_of_an_address_integration_and_archive() -> None:
    world = World()
    world.tenant.archive(world.tenant.create_user("eve@acme.test", "Eve"))
    world.tenant.create_user("fay@acme.test", "Fay", integration="Entra")
    entra = world.tenant.integration("Entra").uuid
    assert [row["name"] for row in rows(world, "?email=eve")] == ["Eve"]
    assert [row["name"] for row in rows(world, "?archived=false")] == ["Fay"]
    assert [row["name"] for row in rows(world, f"?integration_id={entra}")] == ["Fay"]


def test_a_device_without_a_user_has_an_empty_text_there() -> None:
    world = World()
    scim_id = world.tenant.create_user("eve@acme.test", "Eve")
    world.tenant.add_device("lent", scim_id)
    spare = world.tenant.add_device("spare", scim_id)
    world.tenant.assign_device(spare, None)
    lent, free = world.ask_kandji("/api/v1/devices").json()
    assert lent["user"] == {"email": "eve@acme.test", "name": "Eve", "id": scim_id, "is_archived": False}
    assert free["user"] == ""


def test_devices_are_paged_by_limit_and_offset() -> None:
    world = World()
    for one in range(3):
        world.tenant.add_device(f"mac-{one}")
    names = [row["device_name"] for row in world.ask_kandji("/api/v1/devices?limit=2&offset=1").json()]
    assert names == ["mac-1", "mac-2"]


def test_an_inactive_account_may_be_archived_and_without_device() -> None:
    world = World()
    scim_id = world.tenant.create_user("eve@acme.test", "Eve")
    world.tenant.add_device("Eve's Mac", scim_id)
    world.tenant.deactivate_user(scim_id)
    assert [(row["archived"], row["device_count"]) for row in rows(world)] == [(False, 1)]
    world.tenant.ways = replace(world.tenant.ways, archives_inactive=True, frees_devices=True)
    assert [(row["archived"], row["device_count"]) for row in rows(world)] == [(True, 0)]
    assert world.ask_kandji("/api/v1/devices").json()[0]["user"] == ""


def test_a_user_is_deleted_over_the_rest_api_once_no_device_is_theirs() -> None:
    world = World()
    scim_id = world.tenant.create_user("eve@acme.test", "Eve")
    device = world.tenant.add_device("Eve's Mac", scim_id)
    refused = world.ask_kandji(f"/api/v1/users/{scim_id}", method="DELETE")
    assert (refused.status_code, refused.json()) == (400, {"detail": "User still assigned to one or more devices."})
    world.tenant.assign_device(device, None)
    statuses = [world.ask_kandji(f"/api/v1/users/{scim_id}", method="DELETE").status_code for _ in range(2)]
    assert statuses == [204, 404]
    with pytest.raises(KeyError):
        world.tenant.user(scim_id)


def test_a_user_of_another_directory_is_deleted_over_the_rest_api() -> None:
    world = World()
    there = world.tenant.add_directory_user("ada@acme.test", "Ada", "Google")
    assert world.ask_kandji(f"/api/v1/users/{there}", method="DELETE").status_code == 204
    assert rows(world) == []


def test_the_rest_api_has_its_own_token_and_permissions() -> None:
    world = World()
    assert world.ask_kandji("/api/v1/users", world.tenant.token).status_code == 401
    world.kandji.deny.add("devices")
    assert world.ask_kandji("/api/v1/devices").status_code == 403
    assert world.ask_kandji("/api/v1/users").status_code == 200


def test_the_rest_api_answers_html_where_there_is_nothing() -> None:
    world = World()
    for path in ("/api/v1/blueprints", "/api/v1/users/none"):
        answer = world.ask_kandji(path)
        assert (answer.status_code, answer.headers["content-type"].partition(";")[0]) == (404, "text/html")
