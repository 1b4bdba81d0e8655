"""A second, independent SCIM server: django-scim2, a relative of what Kandji probably runs on.

The product reads it, the simulated provisioner writes to it, and our imitation of its ways is held to it.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import httpx
import pytest
from a2wsgi import WSGIMiddleware

from reconciler.changes import Named, RemoveMember, SetActive
from reconciler.directories.auth import BearerAuth
from reconciler.directories.forbidden import SCIM
from reconciler.directories.gate import Gate, WriteTransport
from reconciler.directories.http import Http, Policy, ReadOnlyTransport
from reconciler.directories.scim import ScimDirectory
from reconciler.directories.scim_writes import ScimWrites
from reconciler.errors import UnexpectedAnswer
from reconciler.simulator.clock import Clock
from reconciler.simulator.kandji.tenant import Tenant
from reconciler.simulator.kandji.ways import DJANGO
from reconciler.simulator.org.org import Org
from reconciler.simulator.provisioner.provisioner import Provisioner
from reconciler.simulator.provisioner.scim_client import GROUP, USER
from tests.directories.scim_stand_ins import no_wait, noon, run, silent
from tests.django_tenant import server
from tests.simulator.small import MONDAY

PATCH = "urn:ietf:params:scim:api:messages:2.0:PatchOp"


@pytest.fixture(scope="session")
def django(tmp_path_factory: pytest.TempPathFactory) -> Any:
    return server.application(tmp_path_factory.mktemp("django"))


@pytest.fixture
def client(django: Any) -> Iterator[httpx.Client]:
    """Django with nobody in it."""
    server.forget_everybody()
    with httpx.Client(transport=httpx.WSGITransport(app=django), base_url=f"{server.BASE}/") as client:
        yield client


@dataclass
class Crew:
    """Ada and Ben and the group "crew", Ada in it, in some SCIM server."""

    client: httpx.Client
    token: str
    ada: str = ""
    ben: str = ""
    crew: str = ""

    def __post_init__(self) -> None:
        self.ada, self.ben = (self.made("Users", user(f"{name}@acme.test", name)) for name in ("Ada", "Ben"))
        self.crew = self.made("Groups", group("crew"))
        self.ask("PATCH", "Groups/{crew}", operation("add", "members", [{"value": "{ada}"}]))

    def made(self, kind: str, body: Any) -> str:
        return str(self.ask("POST", kind, body).json()["id"])

    def ask(self, method: str, path: str, body: Any = None, **headers: str) -> httpx.Response:
        sent = {"Authorization": f"Bearer {self.token}"} | headers
        return self.client.request(method, self._named(path), json=self._named(body), headers=sent)

    def _named(self, value: Any) -> Any:
        if isinstance(value, dict):
            return {key: self._named(inner) for key, inner in value.items()}
        if isinstance(value, list):
            return [self._named(one) for one in value]
        if isinstance(value, str):
            for name in ("ada", "ben", "crew"):
                value = value.replace("{" + name + "}", getattr(self, name))
        return value


def user(name: str, first: str = "", **more: Any) -> dict[str, Any]:
    person = {"givenName": first, "familyName": "Berg"}
    emails = [{"value": name.lower(), "primary": True}]
    return {"schemas": [USER], "userName": name, "name": person, "emails": emails, "active": True} | more


def group(name: str, *members: str) -> dict[str, Any]:
    return {"schemas": [GROUP], "displayName": name, "members": [{"value": member} for member in members]}


def operation(op: str, path: str | None, value: Any = None) -> dict[str, Any]:
    more = {} if path is None else {"path": path}
    return {"schemas": [PATCH], "Operations": [{"op": op} | more | ({} if value is None else {"value": value})]}


REQUESTS: dict[str, tuple[str, str, Any]] = {
    "list": ("GET", "Users", None),
    "list of groups": ("GET", "Groups", None),
    "page": ("GET", "Users?startIndex=2&count=1", None),
    "page beyond the end": ("GET", "Users?startIndex=9&count=1", None),
    "count of nothing": ("GET", "Users?count=0", None),
    "count of ten thousand": ("GET", "Users?count=10000", None),
    "start below one": ("GET", "Users?startIndex=0", None),
    "negative count": ("GET", "Users?count=-1", None),
    "count that is no number": ("GET", "Users?count=x", None),
    "by user name": ("GET", 'Users?filter=userName eq "Ada@acme.test"', None),
    "by user name in another case": ("GET", 'Users?filter=userName eq "ADA@ACME.TEST"', None),
    "by a part of the user name": ("GET", 'Users?filter=userName sw "ada"', None),
    "by user name in small letters": ("GET", 'Users?filter=username eq "ada@acme.test"', None),
    "by external id": ("GET", 'Users?filter=externalId eq "e"', None),
    "by id": ("GET", 'Users?filter=id eq "{ada}"', None),
    "by address": ("GET", 'Users?filter=emails.value eq "ada@acme.test"', None),
    "by group name": ("GET", 'Groups?filter=displayName eq "crew"', None),
    "without members": ("GET", "Groups?excludedAttributes=members", None),
    "names alone": ("GET", "Groups?attributes=displayName", None),
    "a user": ("GET", "Users/{ada}", None),
    "a group": ("GET", "Groups/{crew}", None),
    "nobody": ("GET", "Users/999999", None),
    "no such endpoint": ("GET", "nowhere", None),
    "configuration": ("GET", "ServiceProviderConfig", None),
    "a user again": ("POST", "Users", user("Ada@acme.test")),
    "a user again in another case": ("POST", "Users", user("ADA@ACME.TEST")),
    "a new user": ("POST", "Users", user("eve@acme.test", "Eve", title="Lead", externalId="e")),
    "a group with members": ("POST", "Groups", group("team", "{ada}")),
    "a second group of that name": ("POST", "Groups", group("crew")),
    "replace a user": ("PUT", "Users/{ada}", user("Ada@acme.test", "Ada", active=False)),
    "replace the members": ("PUT", "Groups/{crew}", group("crew", "{ben}")),
    "rename": ("PUT", "Groups/{crew}", group("team")),
    "add a member": ("PATCH", "Groups/{crew}", operation("add", "members", [{"value": "{ben}"}])),
    "add a member again": ("PATCH", "Groups/{crew}", operation("Add", "members", [{"value": "{ada}"}])),
    "add nobody": ("PATCH", "Groups/{crew}", operation("add", "members", [{"value": "999999"}])),
    "remove by path": ("PATCH", "Groups/{crew}", operation("remove", 'members[value eq "{ada}"]')),
    "remove by values": ("PATCH", "Groups/{crew}", operation("Remove", "members", [{"value": "{ada}"}])),
    "replace members by patch": ("PATCH", "Groups/{crew}", operation("replace", "members", [{"value": "{ben}"}])),
    "rename by patch": ("PATCH", "Groups/{crew}", operation("replace", None, {"displayName": "team"})),
    "deactivate by patch": ("PATCH", "Users/{ada}", operation("replace", None, {"active": False})),
    "delete a user": ("DELETE", "Users/{ada}", None),
    "delete a group": ("DELETE", "Groups/{crew}", None),
}


def essence(answer: httpx.Response) -> Any:
    """What an answer comes to, whichever server gave it."""
    kind = answer.headers.get("content-type", "").partition(";")[0]
    told: dict[str, Any] = {"status": answer.status_code, "etag": "etag" in answer.headers}
    if kind == "text/html" or not answer.content:
        return told | {"page": bool(answer.content)}
    body = answer.json()
    if answer.status_code >= 400:
        return told | {"number": type(body["status"])}
    if "Resources" in body:
        return told | {"total": body["totalResults"], "rows": sorted(map(resource, body["Resources"]))}
    return told | {"row": resource(body)}


def resource(body: dict[str, Any]) -> tuple[Any, ...]:
    if "userName" in body:
        told = ("id" in body and type(body["id"]), body["active"], body.get("title"), len(body["groups"]))
        return (body["userName"], *map(str, told))
    members = body.get("members")
    return (
        body.get("displayName", ""),
        "-" if members is None else str(len(members)),
        "version" in body.get("meta", {}),
    )


def imitation() -> Crew:
    tenant = Tenant(Clock(MONDAY), ways=DJANGO)
    return Crew(tenant.client(), tenant.token)


@pytest.mark.parametrize("name", REQUESTS)
def test_django_s_ways_are_imitated(client: httpx.Client, name: str) -> None:
    """The answer is alike, and so is what is in the store afterwards."""
    real, imitated = Crew(client, server.TOKEN), imitation()
    for request in (REQUESTS[name], REQUESTS["list of groups"], REQUESTS["list"]):
        assert essence(imitated.ask(*request)) == essence(real.ask(*request))


def test_a_refused_token_is_answered_alike(client: httpx.Client) -> None:
    answers = [crew.ask("GET", "Users", Authorization="Bearer x") for crew in (imitation(), Crew(client, server.TOKEN))]
    assert essence(answers[0]) == essence(answers[1])
    assert answers[0].status_code == 401


def test_a_stale_version_is_answered_alike(client: httpx.Client) -> None:
    stale = {"If-Match": 'W/"999"'}
    body = user("Ada@acme.test")
    answers = [crew.ask("PUT", "Users/{ada}", body, **stale) for crew in (imitation(), Crew(client, server.TOKEN))]
    assert essence(answers[0]) == essence(answers[1])
    assert answers[0].status_code == 200


def test_the_product_reads_django_whole(django: Any, client: httpx.Client) -> None:
    crew = Crew(client, server.TOKEN)
    ids = [crew.made("Users", user(f"p{number}@acme.test", f"P{number}")) for number in range(60)]
    crew.ask("PATCH", "Groups/{crew}", operation("add", "members", [{"value": one} for one in ids]))
    empty = crew.made("Groups", group("empty"))
    bridge = WSGIMiddleware(django, workers=1)
    http = Http(
        server.BASE,
        service="Kandji SCIM",
        auth=BearerAuth(server.TOKEN),
        transport=ReadOnlyTransport(httpx.ASGITransport(app=bridge)),  # type: ignore[arg-type]  # its own ASGI types
        policy=Policy(attempts=1),
        sleep=no_wait,
        clock=noon,
    )
    try:
        snapshot, sources, notes = run(ScimDirectory(http, clock=noon).read(silent))
    finally:
        bridge.executor.shutdown()
    assert {one.id for one in snapshot.users} == {crew.ada, crew.ben, *ids}
    assert {one.id: set(one.member_ids or ()) for one in snapshot.groups} == {crew.crew: {crew.ada, *ids}, empty: set()}
    assert (notes, {source.state for source in sources}) == ((), {"complete"})
    told = snapshot.capabilities
    assert (told.excluded_attributes_honoured, told.members_in_lists, told.etag) == (False, True, False)


def test_okta_provisions_a_person_and_makes_a_group_whose_members_django_does_not_take(client: httpx.Client) -> None:
    tenant = Tenant(Clock(MONDAY), ways=DJANGO)
    for http, token in ((client, server.TOKEN), (tenant.client(), tenant.token)):
        clock = Clock(MONDAY)
        org = Org(clock, 7)
        provisioner = Provisioner(org, http, clock, token)
        designers = org.create_group("designers")
        org.assign_group(designers)
        mapping = org.link_group(designers)
        org.add_member(designers, org.add_user("ada@acme.test", "Ada", "Berg"))
        provisioner.settle()
        known = {"Authorization": f"Bearer {token}"}
        (person,) = http.get("Users", headers=known).json()["Resources"]
        (pushed,) = http.get("Groups", headers=known).json()["Resources"]
        assert (person["userName"], person["active"], mapping.status) == ("ada@acme.test", True, "ACTIVE")
        assert (pushed["displayName"], pushed["members"]) == ("designers", [])


def test_the_product_writes_to_django(django: Any, client: httpx.Client) -> None:
    crew = Crew(client, server.TOKEN)
    account, there = Named(name="ada", id=crew.ada), Named(name="crew", id=crew.crew)
    bridge, gate = WSGIMiddleware(django, workers=1), Gate("0oa1")
    inner = httpx.ASGITransport(app=bridge)  # type: ignore[arg-type]  # typed by another ASGI typing
    http = Http(
        server.BASE,
        service=SCIM,
        auth=BearerAuth(server.TOKEN),
        transport=WriteTransport(inner, gate=gate, service=SCIM, base_url=server.BASE),
        policy=Policy(),
        sleep=no_wait,
        clock=noon,
    )

    async def work() -> list[Any]:
        writes = ScimWrites(http, clock=noon)
        with gate.opened(SetActive(account=account, user_id=None, active=False)):
            body = await writes.read_user_body(account.id)
            await writes.put_user(account.id, {**(body or {}), "active": False})
        with gate.opened(RemoveMember(kandji_group=there, account=account)):
            with pytest.raises(UnexpectedAnswer, match="501"):
                await writes.patch_member(there.id, account.id, add=False)
            await writes.patch_member(there.id, account.id, add=False, by_path=False)
        after = await writes.read_user_body(account.id)
        return [{**(body or {}), "active": False, "groups": []} == after, await writes.read_groups([there.id])]

    try:
        same, groups = run(work())
    finally:
        bridge.executor.shutdown()
    assert (same, groups[there.id].member_ids) == (True, ())
