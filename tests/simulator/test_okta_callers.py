from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from reconciler.simulator.okta import roles
from reconciler.simulator.okta.roles import Role
from tests.simulator.small import World


def ask(world: World, held: Role, path: str, method: str = "GET", **more: Any) -> Any:
    world.okta.tokens["held"] = held
    return world.ask(
        path.format(app=world.org.app.id, group=world.designers.id), {"Authorization": "SSWS held"}, method, **more
    )


READS = ("apps/{app}/users", "apps/{app}/group-push/mappings", "groups", "groups/rules", "users", "logs", "org")


@pytest.mark.parametrize("path", READS)
def test_a_read_only_admin_reads_everything(path: str) -> None:
    assert ask(World(), roles.READ_ONLY_ADMIN, f"/api/v1/{path}").status_code == 200


@pytest.mark.parametrize(
    ("held", "path", "allowed"),
    [
        (roles.READ_ONLY_ADMIN, "groups/{group}/users/{user}", False),
        (roles.GROUP_MEMBERSHIP_ADMIN, "groups/{group}/users/{user}", True),
        (roles.GROUP_ADMIN, "groups/{group}/users/{user}", True),
        (roles.APP_ADMIN, "groups/{group}/users/{user}", False),
        (roles.APP_ADMIN, "apps/{app}/groups/{group}", True),
        (roles.GROUP_ADMIN, "apps/{app}/groups/{group}", False),
        (roles.REPORT_ADMIN, "apps/{app}/groups/{group}", False),
        (roles.role("helper", ("okta.groups.members.manage",)), "groups/{group}/users/{user}", False),
        (
            roles.role("helper", ("okta.groups.members.manage", "okta.users.groupMembership.manage")),
            "groups/{group}/users/{user}",
            True,
        ),
    ],
)
def test_a_role_writes_what_is_its_own(held: Role, path: str, allowed: bool) -> None:
    world = World()
    ada = world.join("ada")
    answer = ask(world, held, f"/api/v1/{path}".replace("{user}", ada.id), "PUT")
    assert answer.status_code < 300 if allowed else answer.json()["errorCode"] == "E0000006"


@pytest.mark.parametrize(("held", "status"), [(roles.ORG_ADMIN, 204), (roles.APP_ADMIN, 403), (roles.GROUP_ADMIN, 403)])
def test_rules_are_written_by_org_and_super_admins_alone(held: Role, status: int) -> None:
    world = World()
    rule = world.org.create_rule("design", 'user.department == "Design"', [world.designers])
    assert ask(world, held, f"/api/v1/groups/rules/{rule.id}/lifecycle/activate", "POST").status_code == status


@pytest.mark.parametrize(("held", "status"), [(roles.APP_ADMIN, 200), (roles.ORG_ADMIN, 403)])
def test_mappings_are_written_by_app_admins(held: Role, status: int) -> None:
    world = World()
    path = f"/api/v1/apps/{{app}}/group-push/mappings/{world.mapping.id}"
    assert ask(world, held, path, "PATCH", json={"status": "INACTIVE"}).status_code == status


def test_a_group_admin_does_not_see_everyone() -> None:
    world = World()
    names = {row["profile"]["name"] for row in ask(world, roles.GROUP_ADMIN, "/api/v1/groups").json()}
    assert names == {"everybody-mac", "designers"} | {world.org.groups[world.mapping.target_group_id].name}


def test_what_a_custom_role_does_not_name_is_left_out_of_lists_and_missing_singly() -> None:
    world = World()
    other = world.org.add_app("Payroll")
    held = roles.role(
        "reader", ("okta.apps.read", "okta.groups.read"), apps=[world.org.app.id], groups=[world.designers.id]
    )
    assert [row["id"] for row in ask(world, held, "/api/v1/apps").json()] == [world.org.app.id]
    assert [row["id"] for row in ask(world, held, "/api/v1/groups").json()] == [world.designers.id]
    for path in (f"/api/v1/apps/{other.id}", f"/api/v1/groups/{world.assigned.id}/users"):
        assert ask(world, held, path).json()["errorCode"] == "E0000007"
    world.okta.switches.hidden = "refused"
    assert ask(world, held, f"/api/v1/apps/{other.id}").json()["errorCode"] == "E0000006"


def test_a_token_dies_thirty_days_after_its_last_use() -> None:
    world = World()
    for days in (30, 30):
        assert world.ask("/api/v1/groups").status_code == 200
        world.clock.advance(timedelta(days=days))
    assert world.ask("/api/v1/groups").status_code == 200
    world.clock.advance(timedelta(days=30, seconds=1))
    assert world.ask("/api/v1/groups").json()["errorCode"] == "E0000011"
    assert world.ask("/api/v1/groups").json()["errorCode"] == "E0000011"


def test_a_token_dies_with_the_deactivation_of_who_made_it_and_does_not_come_back() -> None:
    world = World()
    admin = world.org.add_user("admin@acme.test", "Ann", "Admin")
    world.okta.callers.owners[world.okta.token] = admin.id
    assert world.ask("/api/v1/groups").status_code == 200
    world.org.deactivate(admin)
    assert world.ask("/api/v1/groups").status_code == 401
    world.org.reactivate(admin)
    assert world.ask("/api/v1/groups").status_code == 401


def test_a_denied_write_leaves_the_read_of_that_name() -> None:
    world = World()
    world.okta.deny("groups:write")
    assert world.ask("/api/v1/groups", method="POST", json={"profile": {"name": "x"}}).status_code == 403
    assert world.ask("/api/v1/groups").status_code == 200


@pytest.mark.parametrize(
    ("held", "status"), [(roles.SUPER_ADMIN, 204), (roles.ORG_ADMIN, 403), (roles.GROUP_ADMIN, 403)]
)
def test_nobody_but_a_super_admin_makes_admins(held: Role, status: int) -> None:
    world = World()
    admins, ada = world.org.create_group("admins", admin_role=True), world.join("ada")
    assert ask(world, held, f"/api/v1/groups/{admins.id}/users/{ada.id}", "PUT").status_code == status
    assert (ada.id in admins.members) is (status == 204)


@pytest.mark.parametrize(("more", "status"), [((), 403), (("okta.groups.members.manage",), 200)])
def test_who_makes_people_puts_them_into_groups_as_far_as_the_role_goes(more: tuple[str, ...], status: int) -> None:
    world = World()
    profile = {"login": "ada@acme.test", "email": "ada@acme.test", "firstName": "Ada", "lastName": "Berg"}
    body = {"profile": profile, "groupIds": [world.designers.id]}
    held = roles.role("helper", ("okta.users.manage", *more))
    assert ask(world, held, "/api/v1/users", "POST", json=body).status_code == status
    assert (world.org.find_user("ada@acme.test") is not None) is (status == 200)
