from __future__ import annotations

from typing import Any

import pytest

from tests.simulator.small import World


def code(answer: Any) -> tuple[int, str]:
    return answer.status_code, answer.json()["errorCode"]


def app(world: World) -> str:
    return f"/api/v1/apps/{world.org.app.id}"


SAML = {"label": "Second Try", "signOnMode": "SAML_2_0", "settings": {"signOn": {"audience": "https://there"}}}


def test_an_app_without_a_name_is_one_of_the_wizard() -> None:
    world = World()
    answer = world.ask("/api/v1/apps", method="POST", json=SAML)
    assert answer.status_code == 200
    assert answer.json() == world.ask(f"/api/v1/apps/{answer.json()['id']}").json()
    assert answer.json()["name"] == "acme_secondtry_2"
    assert (answer.json()["status"], answer.json()["features"]) == ("ACTIVE", [])
    sign_on = answer.json()["settings"]["signOn"]
    assert (sign_on["audience"], sign_on["digestAlgorithm"]) == ("https://there", "SHA256")


def test_an_app_may_be_made_inactive() -> None:
    world = World()
    assert world.ask("/api/v1/apps?activate=false", method="POST", json=SAML).json()["status"] == "INACTIVE"


@pytest.mark.parametrize("body", [{}, {"label": "x"}, {"label": "x", "signOnMode": "MAGIC"}, {"label": 3}])
def test_an_app_needs_a_label_and_a_known_sign_on_mode(body: Any) -> None:
    assert code(World().ask("/api/v1/apps", method="POST", json=body)) == (400, "E0000001")


def test_replacing_an_app_costs_it_its_provisioning() -> None:
    world = World()
    answer = world.ask(app(world), method="PUT", json=SAML)
    assert (answer.status_code, answer.json()["label"], answer.json()["features"]) == (200, "Second Try", [])


def test_replacing_an_app_keeps_its_provisioning_where_an_org_does_that() -> None:
    world = World()
    world.org.app_update_drops_provisioning = False
    assert "GROUP_PUSH" in world.ask(app(world), method="PUT", json=SAML).json()["features"]


def test_an_app_keeps_its_sign_on_mode() -> None:
    world = World()
    answer = world.ask(app(world), method="PUT", json=SAML | {"signOnMode": "OPENID_CONNECT"})
    assert code(answer) == (400, "E0000024")


def test_only_an_inactive_app_can_be_deleted() -> None:
    world = World()
    assert code(world.ask(app(world), method="DELETE")) == (403, "E0000056")
    answer = world.ask(f"{app(world)}/lifecycle/deactivate", method="POST")
    assert (answer.status_code, answer.json()) == (200, {})
    assert world.ask(app(world), method="DELETE").status_code == 204
    assert world.ask(app(world)).status_code == 404
    assert world.ask(f"/api/v1/groups/{world.mapping.target_group_id}").status_code == 404


def test_a_feature_changes_what_is_said_of_it_alone() -> None:
    world = World()
    body = {"update": {"lifecycleDeactivate": {"status": "DISABLED"}}}
    answer = world.ask(f"{app(world)}/features/USER_PROVISIONING", method="PUT", json=body)
    assert answer.json()["capabilities"]["update"]["lifecycleDeactivate"]["status"] == "DISABLED"
    assert answer.json()["capabilities"]["create"]["lifecycleCreate"]["status"] == "ENABLED"
    assert "PUSH_USER_DEACTIVATION" not in world.ask(app(world)).json()["features"]


def test_an_app_without_provisioning_has_no_feature_to_change() -> None:
    world = World()
    other = world.org.add_app("Payroll")
    answer = world.ask(f"/api/v1/apps/{other.id}/features/USER_PROVISIONING", method="PUT", json={})
    assert code(answer) == (400, "E0000001")


def test_somebody_is_assigned_at_once_and_provisioned_later() -> None:
    world = World()
    ada = world.join("ada")
    answer = world.ask(f"{app(world)}/users", method="POST", json={"id": ada.id, "scope": "USER"})
    assert (answer.status_code, answer.json()["scope"], answer.json()["status"]) == (200, "USER", "STAGED")
    assert answer.json()["externalId"] is None
    world.settle()
    assert world.ask(f"{app(world)}/users/{ada.id}").json()["externalId"] == world.tenant.user_id(ada.login)


def test_a_user_name_of_its_own_stands_instead_of_the_login() -> None:
    world = World()
    ada = world.join("ada")
    body = {"id": ada.id, "credentials": {"userName": "ada.lind"}}
    assert world.ask(f"{app(world)}/users", method="POST", json=body).json()["credentials"] == {"userName": "ada.lind"}
    changed = {"credentials": {"userName": "ada.berg"}}
    answer = world.ask(f"{app(world)}/users/{ada.id}", method="POST", json=changed)
    assert answer.json()["credentials"] == {"userName": "ada.berg"}


def test_an_attribute_that_is_mapped_and_pushed_can_t_be_written() -> None:
    world = World()
    ada = world.join("ada")
    body = {"id": ada.id, "profile": {"title": "Countess"}}
    assert code(world.ask(f"{app(world)}/users", method="POST", json=body)) == (403, "E0000075")
    body["profile"] = {"nickName": "Ace"}
    assert world.ask(f"{app(world)}/users", method="POST", json=body).json()["profile"]["nickName"] == "Ace"


def test_nobody_deactivated_and_nobody_unknown_is_assigned() -> None:
    world = World()
    ada = world.join("ada")
    world.org.deactivate(ada)
    assert code(world.ask(f"{app(world)}/users", method="POST", json={"id": ada.id})) == (403, "E0000038")
    assert code(world.ask(f"{app(world)}/users", method="POST", json={"id": "00uNobody"})) == (404, "E0000007")
    assert code(world.ask(f"{app(world)}/users", method="POST", json={})) == (400, "E0000001")


def test_a_direct_assignment_ends_at_once_and_is_deprovisioned() -> None:
    world = World()
    ada = world.join("ada")
    world.org.assign_user(ada)
    world.settle()
    path = f"{app(world)}/users/{ada.id}"
    assert world.ask(path, method="DELETE").status_code == 204
    assert code(world.ask(path)) == (404, "E0000007")
    world.settle()
    assert world.account(ada)["active"] is False


def test_an_assignment_through_a_group_comes_back_after_it_was_deleted() -> None:
    world = World()
    ada = world.designer("ada")
    path = f"{app(world)}/users/{ada.id}"
    assert world.ask(path, method="DELETE").status_code == 204
    assert world.ask(path).status_code == 404
    world.settle()
    assert world.ask(path).json()["scope"] == "GROUP"


def test_somebody_assigned_in_both_ways_stays_with_the_group_s_scope() -> None:
    world = World()
    ada = world.designer("ada")
    path = f"{app(world)}/users"
    assert world.ask(path, method="POST", json={"id": ada.id}).json()["scope"] == "USER"
    world.ask(f"{path}/{ada.id}", method="DELETE")
    assert world.ask(f"{path}/{ada.id}").json()["scope"] == "GROUP"


def test_a_group_is_assigned_at_a_priority_and_others_move_back() -> None:
    world = World()
    path = f"{app(world)}/groups"
    answer = world.ask(f"{path}/{world.designers.id}", method="PUT", json={"priority": 1, "profile": {"role": "x"}})
    assert (answer.status_code, answer.json()["priority"], answer.json()["profile"]) == (200, 1, {"role": "x"})
    rows = [(row["id"], row["priority"]) for row in world.ask(path).json()]
    assert rows == [(world.designers.id, 1), (world.assigned.id, 2)]


def test_a_group_without_a_body_stands_behind_the_others() -> None:
    world = World()
    path = f"{app(world)}/groups/{world.designers.id}"
    assert world.ask(path, method="PUT").json()["priority"] == 2


def test_an_assigned_group_is_patched() -> None:
    world = World()
    world.org.assign_group(world.designers)
    steps = [
        {"op": "replace", "path": "/priority", "value": 1},
        {"op": "add", "path": "/profile/role", "value": "x"},
    ]
    answer = world.ask(f"{app(world)}/groups/{world.designers.id}", method="PATCH", json=steps)
    assert (answer.json()["priority"], answer.json()["profile"]) == (1, {"role": "x"})
    steps = [{"op": "remove", "path": "/profile"}, {"op": "add", "path": "/profile/floor", "value": "2"}]
    answer = world.ask(f"{app(world)}/groups/{world.designers.id}", method="PATCH", json=steps)
    assert answer.json()["profile"] == {"floor": "2"}


@pytest.mark.parametrize(
    ("steps", "refused"),
    [
        ({"op": "add"}, "E0000003"),
        ([{"op": "test", "path": "/priority"}], "E0000003"),
        ([{"op": "replace", "path": "/id", "value": "x"}], "E0000001"),
        ([{"op": "replace", "path": "/priority", "value": 101}], "E0000001"),
        ([{"op": "remove", "path": "/priority"}], "E0000001"),
    ],
)
def test_a_patch_of_anything_else_is_refused(steps: Any, refused: str) -> None:
    world = World()
    answer = world.ask(f"{app(world)}/groups/{world.assigned.id}", method="PATCH", json=steps)
    assert code(answer) == (400, refused)


def test_a_group_s_assignment_ends_with_its_people_s() -> None:
    world = World()
    ada = world.designer("ada")
    path = f"{app(world)}/groups/{world.assigned.id}"
    assert world.ask(path, method="DELETE").status_code == 204
    assert code(world.ask(path, method="DELETE")) == (404, "E0000007")
    world.settle()
    assert ada.id not in world.org.app.users


def test_people_of_a_group_are_assigned_to_another_app_too_and_nothing_is_sent() -> None:
    world = World()
    ada = world.designer("ada")
    other = world.org.add_app("Payroll")
    world.ask(f"/api/v1/apps/{other.id}/groups/{world.designers.id}", method="PUT")
    assert world.settle() == 0
    (row,) = world.ask(f"/api/v1/apps/{other.id}/users").json()
    assert (row["id"], row["status"], row["syncState"]) == (ada.id, "ACTIVE", "DISABLED")
    world.org.remove_member(world.designers, ada)
    world.settle()
    assert world.ask(f"/api/v1/apps/{other.id}/users").json() == []
