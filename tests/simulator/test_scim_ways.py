"""Each switch of the tenant's SCIM server does what its name says, at any time of the tenant's life."""

from __future__ import annotations

from dataclasses import fields, replace
from typing import Any

import httpx
import pytest

from reconciler.simulator.kandji.ways import DJANGO, KANDJI, STRICT, Ways
from reconciler.simulator.provisioner.scim_client import ENTERPRISE, GROUP, USER
from tests.simulator.small import World

PATCH = "urn:ietf:params:scim:api:messages:2.0:PatchOp"
ERROR = "urn:ietf:params:scim:api:messages:2.0:Error"


class Asked(World):
    """A tenant with accounts of Ada and Ben, both in the group "crew"; and a short way to ask its SCIM server."""

    def __init__(self, **ways: Any) -> None:
        super().__init__(ids=ways.pop("ids", "uuid"), ignored=ways.pop("ignored", ()))
        self.ada, self.ben = (self.tenant.create_user(f"{name}@acme.test", name.title()) for name in ("ada", "ben"))
        self.crew = self.tenant.create_group("crew", [self.ada, self.ben])
        self.switch(**ways)

    def switch(self, **ways: Any) -> None:
        self.tenant.ways = replace(self.tenant.ways, **ways)

    def send(self, method: str, path: str, body: Any = None, **headers: str) -> httpx.Response:
        known = {"Authorization": f"Bearer {self.tenant.token}"} | headers
        with self.tenant.client() as client:
            return client.request(method, path, json=body, headers=known)

    def listed(self, path: str) -> list[str]:
        """User or display names on a page."""
        rows = self.send("GET", path).json()["Resources"]
        return sorted(row.get("userName") or row["displayName"] for row in rows)

    def patch(self, *operations: dict[str, Any]) -> httpx.Response:
        return self.send("PATCH", f"Groups/{self.crew}", {"schemas": [PATCH], "Operations": list(operations)})

    def crew_now(self) -> set[str]:
        return set(self.tenant.members(self.crew))


BOTH = ["ada@acme.test", "ben@acme.test"]


def user(name: str, **more: Any) -> dict[str, Any]:
    return {"schemas": [USER], "userName": name, "active": True} | more


# --- pages


def test_a_count_that_is_not_asked_for_has_a_default() -> None:
    world = Asked(page_default=1)
    assert len(world.listed("Users")) == 1
    assert world.listed("Users?count=2") == BOTH


def test_count_may_be_ignored() -> None:
    assert Asked(count_honoured=False).listed("Users?count=1") == BOTH


@pytest.mark.parametrize("query", ["startIndex=0", "count=-1", "startIndex=x"])
def test_a_strange_page_may_be_refused(query: str) -> None:
    assert Asked(start="refused").send("GET", f"Users?{query}").status_code == 400


def test_a_start_index_below_one_is_one_otherwise() -> None:
    assert Asked().listed("Users?startIndex=0") == BOTH


def test_every_page_may_be_the_first() -> None:
    assert Asked(start="ignored").listed("Users?startIndex=2") == BOTH


@pytest.mark.parametrize(("total", "told"), [("right", 2), ("absent", None), ("page", 1), ("high", 3)])
def test_the_total_may_be_wrong_or_missing(total: str, told: int | None) -> None:
    assert Asked(total=total).send("GET", "Users?count=1").json().get("totalResults") == told


def test_pages_may_come_in_another_order_each_time() -> None:
    world = Asked()
    one, other = "Users?count=1", "Users?count=1&startIndex=2"
    assert len({tuple(world.listed(one)) for _ in range(20)}) == 1
    world.switch(steady_order=False)
    assert {tuple(world.listed(path)) for path in (one, other) for _ in range(20)} == {(name,) for name in BOTH}
    assert {tuple(world.listed(one)) for _ in range(20)} == {(name,) for name in BOTH}
    assert world.listed("Users") == BOTH


# --- rows


def test_ids_may_be_numbers_in_answers_and_in_requests() -> None:
    world = Asked(ids="number")
    group = world.send("GET", f"Groups/{world.crew}").json()
    assert group["id"] == int(world.crew)
    assert {member["value"] for member in group["members"]} == {int(world.ada), int(world.ben)}
    group["members"] = [{"value": int(world.ada)}]
    assert world.send("PUT", f"Groups/{world.crew}", group).status_code == 200
    assert world.crew_now() == {world.ada}


def test_okta_s_provisioner_lives_with_ids_that_are_numbers() -> None:
    world = World(ids="number")
    ada = world.designer("ada", title="Lead")
    assert world.pushed() == {"ada"}
    world.org.remove_member(world.designers, ada)
    world.settle()
    assert world.pushed() == set()


def test_inactive_people_may_be_left_out_of_lists_and_filters_and_be_read_by_id() -> None:
    world = Asked(lists_inactive=False)
    world.tenant.deactivate_user(world.ada)
    assert world.listed("Users") == BOTH[1:]
    assert world.listed('Users?filter=userName eq "ada@acme.test"') == []
    assert world.send("GET", f"Users/{world.ada}").status_code == 200
    assert world.tenant.user_id("ada@acme.test") == world.ada


def test_users_may_name_their_groups() -> None:
    world = Asked(user_groups=True)
    assert world.send("GET", f"Users/{world.ada}").json()["groups"] == [{"value": world.crew, "display": "crew"}]
    world.tenant.remove_member(world.crew, world.ada)
    assert world.send("GET", f"Users/{world.ada}").json()["groups"] == []


def test_lists_may_leave_members_out_where_the_group_itself_shows_them() -> None:
    world = Asked(members_in_lists=False)
    assert "members" not in world.send("GET", "Groups").json()["Resources"][0]
    assert len(world.send("GET", f"Groups/{world.crew}").json()["members"]) == 2


@pytest.mark.parametrize("empty", [True, False])
def test_an_empty_group_may_say_so(empty: bool) -> None:
    world = Asked(empty_members=empty)
    world.tenant.set_members(world.crew, [])
    assert ("members" in world.send("GET", f"Groups/{world.crew}").json()) is empty


@pytest.mark.parametrize(("cap", "seen"), [("list_members_cap", (1, 2)), ("members_cap", (1, 1))])
def test_long_lists_of_members_may_be_cut_off(cap: str, seen: tuple[int, int]) -> None:
    world = Asked(**{cap: 1})
    rows = world.send("GET", "Groups").json()["Resources"], [world.send("GET", f"Groups/{world.crew}").json()]
    assert tuple(len(row[0]["members"]) for row in rows) == seen
    assert world.crew_now() == {world.ada, world.ben}


@pytest.mark.parametrize("query", ["excludedAttributes=members", "attributes=displayName"])
def test_attributes_may_be_ignored(query: str) -> None:
    shown = [
        "members" in Asked(attributes_honoured=honoured).send("GET", f"Groups?{query}").json()["Resources"][0]
        for honoured in (True, False)
    ]
    assert shown == [False, True]


# --- filters


def test_filters_may_be_ignored() -> None:
    assert Asked(filters="ignored").listed('Users?filter=userName eq "nobody"') == BOTH


def test_filters_may_be_refused() -> None:
    assert Asked(filters="refused").send("GET", 'Users?filter=userName eq "nobody"').status_code == 501


@pytest.mark.parametrize("known", ["userName", "username", "externalId", "no.such", "userName sw"])
def test_a_filter_by_an_unknown_attribute_may_find_nothing(known: str) -> None:
    world = Asked(filterable=("userName",))
    compare = known if " " in known else f"{known} eq"
    found = world.listed(f'Users?filter={compare} "ada@acme.test"')
    assert found == (BOTH[:1] if known.startswith("userName") else [])


def test_filters_by_user_name_may_mind_the_case() -> None:
    world = Asked(filters_fold=False)
    assert world.listed('Users?filter=userName eq "ADA@acme.test"') == []
    assert world.listed('Users?filter=userName eq "ada@acme.test"') == BOTH[:1]


@pytest.mark.parametrize(
    ("ways", "statuses"),
    [({}, [409, 409]), ({"names_fold": False}, [409, 201]), ({"names_unique": False}, [201, 201])],
)
def test_user_names_may_be_unique_by_case_or_not_at_all(ways: dict[str, Any], statuses: list[int]) -> None:
    world = Asked(**ways)
    for name, status in zip(("ada@acme.test", "ADA@acme.test"), statuses, strict=True):
        assert world.send("POST", "Users", user(name)).status_code == status


# --- elsewhere


@pytest.mark.parametrize("endpoint", ["ServiceProviderConfig", "Schemas", "ResourceTypes"])
def test_discovery_may_be_missing(endpoint: str) -> None:
    world = Asked(missing=(endpoint,))
    answer = world.send("GET", endpoint)
    assert (answer.status_code, answer.headers["content-type"]) == (404, "text/html")
    world.switch(missing=())
    assert world.send("GET", endpoint).status_code == 200


def test_where_nothing_is_may_be_a_page_of_html() -> None:
    world = Asked(nowhere="html")
    assert world.send("GET", "nowhere").headers["content-type"] == "text/html"
    assert world.send("GET", "Users/none").json()["schemas"] == [ERROR]


def test_the_status_in_an_error_is_text_or_a_number() -> None:
    world = Asked()
    assert world.send("GET", "Users/none").json()["status"] == "404"
    world.switch(errors="number")
    assert world.send("GET", "Users/none").json()["status"] == 404


def test_errors_may_be_pages_of_html() -> None:
    answer = Asked(errors="html").send("POST", "Users", user("ada@acme.test"))
    assert (answer.status_code, answer.headers["content-type"]) == (409, "text/html")
    assert "<title>Conflict</title>" in answer.text


def test_a_refused_token_may_have_an_empty_body() -> None:
    world = Asked()
    assert world.send("GET", "Users", Authorization="Bearer x").json()["schemas"] == [ERROR]
    world.switch(refused_token="empty")
    answer = world.send("GET", "Users", Authorization="Bearer x")
    assert (answer.status_code, answer.content) == (401, b"")


def test_a_stale_version_is_refused_unless_there_are_no_versions() -> None:
    world = Asked()
    body = world.send("GET", f"Users/{world.ada}").json()
    assert world.send("PUT", f"Users/{world.ada}", body, **{"If-Match": 'W/"999"'}).status_code == 412
    world.switch(etags=False)
    answer = world.send("PUT", f"Users/{world.ada}", body, **{"If-Match": 'W/"999"'})
    assert answer.status_code == 200
    assert ("etag" in answer.headers, "version" in answer.json()["meta"]) == (False, False)


# --- writes


def by_path(member: str) -> dict[str, Any]:
    return {"op": "remove", "path": f'members[value eq "{member}"]'}


def by_values(member: str) -> dict[str, Any]:
    return {"op": "Remove", "path": "members", "value": [{"value": member}]}


@pytest.mark.parametrize(
    ("patch", "path", "values"),
    [("path", 204, 400), ("values", 501, 204), ("both", 204, 204), ("501", 501, 501), ("405", 405, 405)],
)
def test_members_are_removed_by_the_forms_of_patch_that_are_known(patch: str, path: int, values: int) -> None:
    for remove, status in ((by_path, path), (by_values, values)):
        world = Asked(patch=patch)
        assert world.patch(remove(world.ada)).status_code == status
        assert world.crew_now() == ({world.ben} if status == 204 else {world.ada, world.ben})


def test_a_patch_may_be_answered_with_the_resource() -> None:
    world = Asked(patch_answers=200)
    answer = world.patch(by_path(world.ada))
    assert answer.status_code == 200
    assert [member["value"] for member in answer.json()["members"]] == [world.ben]


@pytest.mark.parametrize(("put", "title"), [("replaces", None), ("keeps", "Lead")])
def test_what_a_put_leaves_out_is_cleared_or_kept(put: str, title: str | None) -> None:
    world = Asked(put=put)
    world.tenant.edit_user(world.ada, title="Lead")
    assert world.send("PUT", f"Users/{world.ada}", user("ada@acme.test")).status_code == 200
    assert world.tenant.user(world.ada).get("title") == title


def test_what_is_ignored_is_not_kept_by_any_hand() -> None:
    world = Asked(ignored=("externalId", "department"))
    world.tenant.edit_user(world.ada, external_id="x", department="Design", title="Lead")
    account = world.tenant.user(world.ada)
    assert account["title"] == "Lead"
    assert "externalId" not in account
    assert not account.get(ENTERPRISE)


def test_members_in_a_post_or_a_put_may_go_unheeded() -> None:
    world = Asked(takes_members=())
    body = {"schemas": [GROUP], "displayName": "team", "members": [{"value": world.ada}]}
    made = world.send("POST", "Groups", body)
    assert (made.status_code, world.tenant.members(made.json()["id"])) == (201, frozenset())
    assert world.send("PUT", f"Groups/{world.crew}", body).status_code == 200
    assert world.crew_now() == {world.ada, world.ben}


def test_writes_may_be_answered_well_and_do_nothing() -> None:
    world = Asked(pretends=("PUT", "PATCH", "DELETE"))
    assert world.send("PUT", f"Users/{world.ada}", user("eve@acme.test")).status_code == 200
    assert world.patch(by_path(world.ada)).status_code == 200
    assert world.send("DELETE", f"Users/{world.ada}").status_code == 204
    assert world.tenant.user(world.ada)["userName"] == "ada@acme.test"
    assert world.crew_now() == {world.ada, world.ben}
    assert world.send("PUT", "Users/none", user("eve@acme.test")).status_code == 404


@pytest.mark.parametrize(("unknown", "status"), [("kept", 204), ("refused", 400)])
def test_members_that_nobody_has_may_be_refused(unknown: str, status: int) -> None:
    world = Asked(unknown_members=unknown)
    assert world.patch({"op": "add", "path": "members", "value": [{"value": "none"}]}).status_code == status


@pytest.mark.parametrize("cleans", [True, False])
def test_who_is_deleted_may_leave_the_groups(cleans: bool) -> None:
    world = Asked(cleans_references=cleans)
    assert world.send("DELETE", f"Users/{world.ada}").status_code == 204
    assert world.crew_now() == ({world.ben} if cleans else {world.ada, world.ben})


def test_somebody_with_a_device_may_not_be_deletable() -> None:
    world = Asked(deletes_owners=False)
    device = world.tenant.add_device("Ada's Mac", world.ada)
    answer = world.send("DELETE", f"Users/{world.ada}")
    assert (answer.status_code, answer.json()["detail"]) == (400, "User still assigned to one or more devices.")
    world.tenant.assign_device(device, None)
    assert world.send("DELETE", f"Users/{world.ada}").status_code == 204


@pytest.mark.parametrize("late", [True, False])
def test_okta_may_give_up_after_a_minute_on_what_took_effect_or_did_not(late: bool) -> None:
    world = Asked(slow=("POST",), late=late)
    with pytest.raises(httpx.ReadTimeout):
        world.send("POST", "Users", user("eve@acme.test"))
    assert ("eve@acme.test" in world.listed("Users")) is late


# --- all of them


def test_an_admin_s_hands_go_around_the_ways_of_the_wire() -> None:
    ways = replace(DJANGO, pretends=("PUT", "PATCH", "DELETE"), filters="ignored", slow=("PUT",), ids="uuid")
    world = Asked(**{field.name: getattr(ways, field.name) for field in fields(Ways)})
    world.tenant.rename_group(world.crew, "team")
    world.tenant.set_members(world.tenant.group_id("team"), [world.ben])
    world.tenant.delete_user(world.ada)
    assert world.crew_now() == {world.ben}


@pytest.mark.parametrize("ways", [STRICT, KANDJI], ids=["strict", "kandji"])
def test_okta_provisions_and_pushes_into_a_tenant_of_these_ways(ways: Ways) -> None:
    world = World(ways=ways)
    ada = world.designer("ada", title="Lead", department="Design")
    world.designer("ben")
    assert world.pushed() == {"ada", "ben"}
    world.org.deactivate(ada)
    world.settle()
    assert world.account(ada)["active"] is False
