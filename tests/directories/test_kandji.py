"""What Kandji adds to SCIM: the forms of its addresses, and its REST API."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import httpx
import pytest

from reconciler import directories
from reconciler.directories.auth import BearerAuth
from reconciler.directories.http import Http, Policy
from reconciler.directories.kandji import LIMITS, KandjiDirectory, api_url, scim_url
from reconciler.errors import IncompleteRead, NotAllowed, TokenRefused, UnexpectedAnswer, Unreachable, UsageError
from reconciler.model import COMPLETE, INCOMPLETE, REFUSED, Device, KandjiSnapshot, KandjiUser, Note, Source
from tests.directories.scim_stand_ins import NOON, TOKEN, client, no_wait, noon, run, silent

API = "https://acme.api.kandji.io"
Odd = Callable[[httpx.Request], httpx.Response | None]


class RestServer(httpx.AsyncBaseTransport):
    """``/api/v1/users`` and ``/api/v1/devices`` as Kandji shapes them, three people a page at most."""

    def __init__(self, users: int = 7, devices: int = 4, *, odd: Odd = lambda request: None) -> None:
        self.users = [person(number) for number in range(users)]
        self.devices = [device(number) for number in range(devices)]
        self.odd = odd
        self.calls: list[httpx.Request] = []

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        self.calls.append(request)
        response = self.odd(request) or self._well(request)
        response.request = request
        return response

    def _well(self, request: httpx.Request) -> httpx.Response:
        params = request.url.params
        if request.url.path == "/api/v1/devices":
            first = int(params["offset"])
            return httpx.Response(200, json=self.devices[first : first + min(2, int(params["limit"]))])
        first = int(params.get("cursor", "p=0").removeprefix("p="))
        last = first + min(3, int(params["sizePerPage"]))
        # The real service names the console's host here, not the one that was asked.
        following = f"https://acme.kandji.io/api/v1/users?cursor=p%3D{last}" if last < len(self.users) else None
        return httpx.Response(200, json={"next": following, "previous": None, "results": self.users[first:last]})


def person(number: int) -> dict[str, Any]:
    return {
        "id": f"uuid-{number}",
        "deprecated_user_id": str(29360 + number),
        "email": f"p{number}@acme.example",
        "name": f"Person {number}",
        "active": True,
        "archived": number == 1,
        "department": None,
        "job_title": "Baker",
        "device_count": number,
        "created_at": "2024-01-01",
        "integration": {"id": 5, "name": "Okta", "uuid": "uuid-of-okta", "type": "scim"},
    }


def device(number: int) -> dict[str, Any]:
    owner: Any = (
        "" if number == 0 else {"id": f"uuid-{number}", "email": f"p{number}@acme.example", "is_archived": False}
    )
    return {"device_id": f"d{number}", "device_name": f"Mac {number}", "serial_number": f"C0{number}", "user": owner}


def read(server: RestServer) -> tuple[KandjiSnapshot, dict[str, Source], tuple[Note, ...]]:
    directory = KandjiDirectory(client(server, API, service="Kandji API"), clock=noon)
    snapshot, sources, notes = run(directory.read(silent))
    return snapshot, {source.name: source for source in sources}, notes


def paths(server: RestServer) -> list[str]:
    return [call.url.raw_path.decode() for call in server.calls]


def only_for(path: str, response: Callable[[], httpx.Response]) -> Odd:
    return lambda request: response() if request.url.path.endswith(path) else None


def test_it_is_a_kandji_directory() -> None:
    anything: directories.KandjiDirectory = KandjiDirectory(client(RestServer(), API, service="Kandji API"), clock=noon)

    assert anything is not None


# --- Addresses -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "url"),
    [
        ("https://acme.api.kandji.io/api/v1/scim", "https://acme.api.kandji.io/api/v1/scim"),
        ("https://acme.api.eu.kandji.io/api/v1/scim/", "https://acme.api.eu.kandji.io/api/v1/scim"),
        ("https://acme.clients.us-1.kandji.io/api/v1/scim/Users", "https://acme.clients.us-1.kandji.io/api/v1/scim"),
        (" https://acme.api.kandji.io/api/v1/scim/users/ ", "https://acme.api.kandji.io/api/v1/scim"),
        ("https://acme.api.kandji.io/api/v1/scim/Groups", "https://acme.api.kandji.io/api/v1/scim"),
        ("https://acme.api.kandji.io", "https://acme.api.kandji.io/api/v1/scim"),
        ("https://acme.api.iru.com/api/v1/scim", "https://acme.api.iru.com/api/v1/scim"),
        ("http://127.0.0.1:8080/api/v1/scim/", "http://127.0.0.1:8080/api/v1/scim"),
        ("http://localhost:8080/api/v1/scim", "http://localhost:8080/api/v1/scim"),
    ],
)
def test_every_form_of_the_scim_address_is_understood(text: str, url: str) -> None:
    assert scim_url(text) == url


@pytest.mark.parametrize(
    "text",
    [
        "https://evil.example/api/v1/scim",
        "https://acme.api.kandji.io.evil.example/api/v1/scim",
        "https://kandji.io@evil.example/",
        "https://notkandji.io/api/v1/scim",
        "acme.api.kandji.io/api/v1/scim",
        "https://[broken",
        "",
    ],
)
def test_an_address_outside_kandji_is_refused_with_the_way_out(text: str) -> None:
    with pytest.raises(UsageError) as caught:
        scim_url(text)

    assert 'kind = "scim"' in (caught.value.next or "")


def test_an_address_outside_kandji_is_allowed_when_it_is_meant() -> None:
    assert scim_url("https://scim.example/v2/", any_host=True) == "https://scim.example/v2"


@pytest.mark.parametrize(
    "text",
    ["https://acme.api.kandji.io", "https://acme.api.kandji.io/", "https://acme.api.kandji.io/api/v1/users/",
     "https://acme.api.kandji.io/api/v1", "https://acme.api.kandji.io/api", "https://acme.api.kandji.io/api/v1/scim"],
)  # fmt: skip
def test_every_form_of_the_api_address_is_understood(text: str) -> None:
    assert api_url(text) == "https://acme.api.kandji.io"


def test_the_api_address_must_be_kandjis_too() -> None:
    with pytest.raises(UsageError):
        api_url("https://evil.example")


# --- People ----------------------------------------------------------------------------------------------------------


def test_people_and_devices_are_read_to_their_ends() -> None:
    server = RestServer()

    snapshot, sources, notes = read(server)

    assert [user.id for user in snapshot.users] == [f"uuid-{number}" for number in range(7)]
    assert [one.id for one in snapshot.devices] == ["d0", "d1", "d2", "d3"]
    assert (snapshot.api_url, notes) == (API, ())
    assert {source.state for source in sources.values()} == {COMPLETE}


def test_a_person_and_a_device_keep_what_is_compared_or_shown() -> None:
    snapshot, _, _ = read(RestServer())

    assert snapshot.users[1] == KandjiUser(
        id="uuid-1",
        old_id="29361",
        email="p1@acme.example",
        name="Person 1",
        active=True,
        archived=True,
        department=None,
        title="Baker",
        device_count=1,
        integration_id="uuid-of-okta",
        integration_name="Okta",
        integration_type="scim",
    )
    assert snapshot.devices[0] == Device(id="d0", name="Mac 0", serial="C00")
    assert snapshot.devices[1].user_id == "uuid-1"


def test_the_next_link_gives_its_query_and_never_its_host() -> None:
    server = RestServer()

    read(server)

    assert paths(server)[:3] == [
        "/api/v1/users?sizePerPage=300",
        "/api/v1/users?sizePerPage=300&cursor=p%3D3",
        "/api/v1/users?sizePerPage=300&cursor=p%3D6",
    ]
    assert {call.url.host for call in server.calls} == {"acme.api.kandji.io"}
    assert {call.headers["authorization"] for call in server.calls} == {f"Bearer {TOKEN}"}


def test_devices_are_asked_by_what_was_received_until_a_page_is_empty() -> None:
    server = RestServer()

    read(server)

    assert paths(server)[3:] == [
        "/api/v1/devices?limit=300&offset=0",
        "/api/v1/devices?limit=300&offset=2",
        "/api/v1/devices?limit=300&offset=4",
    ]


def test_the_sources_are_optional_and_tell_how_completeness_is_known() -> None:
    _, sources, _ = read(RestServer())

    users, devices = sources["kandji.users"], sources["kandji.devices"]
    assert users.how_known == "7 users received, the last page named no next cursor, ids unique"
    assert devices.how_known == "4 devices received, an empty page came last, ids unique"
    assert (users.rows, users.pages, users.requests, users.required) == (7, 3, 3, False)
    assert (users.began, users.ended) == (NOON, NOON)


@pytest.mark.parametrize(
    ("status", "kind"), [(401, TokenRefused), (403, NotAllowed), (500, Unreachable), (429, Unreachable)]
)
def test_people_that_can_not_be_read_are_an_error_and_not_nobody(status: int, kind: type[Exception]) -> None:
    with pytest.raises(kind):
        read(RestServer(odd=only_for("/users", lambda: httpx.Response(status, json={"detail": "no"}))))


def test_a_web_page_instead_of_the_api_is_an_error() -> None:
    with pytest.raises(UnexpectedAnswer):
        read(RestServer(odd=only_for("/users", lambda: httpx.Response(404, html="<h1>Not Found</h1>"))))


@pytest.mark.parametrize(
    "body",
    [[], {}, {"results": []}, {"next": None}, {"next": None, "results": None}, {"next": 5, "results": []},
     {"next": None, "results": [{"email": "no id"}]}, {"next": "https://acme.kandji.io/api/v1/users", "results": []},
     {"next": "https://[broken", "results": []}],
)  # fmt: skip
def test_a_body_of_the_wrong_shape_is_an_error_and_never_nobody(body: Any) -> None:
    with pytest.raises(UnexpectedAnswer):
        read(RestServer(odd=only_for("/users", lambda: httpx.Response(200, json=body))))


def test_an_endless_cursor_is_incomplete() -> None:
    again = {"next": f"{API}/api/v1/users?cursor=again", "results": [person(1)]}

    with pytest.raises(IncompleteRead):
        read(RestServer(odd=only_for("/users", lambda: httpx.Response(200, json=again))))


def test_people_who_come_twice_make_the_list_be_read_again() -> None:
    twice: list[httpx.Request] = []

    def overlapping(request: httpx.Request) -> httpx.Response | None:
        if request.url.params.get("cursor") != "p=3" or twice:
            return None
        twice.append(request)
        following = "https://acme.kandji.io/api/v1/users?cursor=p%3D6"
        return httpx.Response(200, json={"next": following, "results": [person(number) for number in (2, 3, 4, 5)]})

    snapshot, sources, _ = read(RestServer(odd=overlapping))

    assert len(snapshot.users) == 7
    assert "(read 2 times: an id came twice)" in sources["kandji.users"].how_known


def test_a_person_without_integration_and_with_numeric_ids_is_read() -> None:
    row = {"id": 29360, "integration": None, "deprecated_user_id": 29360}
    body = {"next": None, "results": [row]}

    snapshot, _, _ = read(RestServer(odd=only_for("/users", lambda: httpx.Response(200, json=body))))

    assert snapshot.users == (KandjiUser(id="29360", old_id="29360"),)


# --- Devices ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("status", "state"), [(403, REFUSED), (401, REFUSED), (500, INCOMPLETE)])
def test_devices_that_can_not_be_read_are_noted_and_people_stay(status: int, state: str) -> None:
    refused = only_for("/devices", lambda: httpx.Response(status, json="no"))

    snapshot, sources, notes = read(RestServer(odd=refused))

    assert (len(snapshot.users), snapshot.devices) == (7, ())
    assert (sources["kandji.devices"].state, sources["kandji.devices"].required) == (state, False)
    assert [(note.kind, note.about) for note in notes] == [("check-skipped", "devices in Kandji")]
    assert sources["kandji.devices"].reason == notes[0].reason


@pytest.mark.parametrize(
    "body", [{}, {"results": []}, [{"serial_number": "no id"}], [{"device_id": "d", "user": "Ada"}]]
)
def test_devices_of_the_wrong_shape_are_noted(body: Any) -> None:
    _, sources, _ = read(RestServer(odd=only_for("/devices", lambda: httpx.Response(200, json=body))))

    assert sources["kandji.devices"].state == INCOMPLETE


def test_a_server_that_ignores_the_offset_does_not_give_devices_for_ever() -> None:
    stuck = only_for("/devices", lambda: httpx.Response(200, json=[device(1), device(2)]))
    server = RestServer(odd=stuck)

    _, sources, _ = read(server)

    assert sources["kandji.devices"].state == INCOMPLETE
    assert len(server.calls) == 3 + 6


# --- Budget ----------------------------------------------------------------------------------------------------------


def test_the_last_part_of_the_hour_is_left_to_others() -> None:
    nearly = {"X-RateLimit-Limit-Hour": "10000", "X-RateLimit-Remaining-Hour": "499"}

    def used_up(request: httpx.Request) -> httpx.Response | None:
        if request.url.params.get("cursor") != "p=3":
            return None
        following = "https://acme.kandji.io/api/v1/users?cursor=p%3D6"
        body = {"next": following, "results": [person(number) for number in (3, 4, 5)]}
        return httpx.Response(200, json=body, headers=nearly)

    server = RestServer(odd=used_up)

    with pytest.raises(Unreachable, match="499 of 10,000 left"):
        read(server)
    assert len(server.calls) == 2


def test_our_share_of_fifty_requests_a_second_is_kept() -> None:
    waits: list[float] = []

    async def note(seconds: float) -> None:
        waits.append(seconds)
        await no_wait(seconds)

    server = RestServer(users=200)
    http = Http(
        API,
        service="Kandji API",
        auth=BearerAuth(TOKEN),
        transport=server,
        policy=Policy(limits=LIMITS),
        sleep=note,
        clock=noon,
    )

    run(KandjiDirectory(http, clock=noon).read(silent))

    assert len(server.calls) == 67 + 3
    assert len(waits) == 2
