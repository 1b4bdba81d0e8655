"""Reading a SCIM store: against the real scim2-server, and against servers with manners of their own."""

from __future__ import annotations

from typing import Any

import httpx
import pytest

from reconciler import directories
from reconciler.directories.scim import ScimDirectory, base_url
from reconciler.errors import IncompleteRead, NotAllowed, TokenRefused, UnexpectedAnswer, Unreachable
from reconciler.model import COMPLETE, INCOMPLETE, REFUSED, ScimGroup, ScimSnapshot, Source
from tests.directories.scim_stand_ins import (
    BASE,
    NOON,
    PREFIX,
    RealServer,
    Row,
    SloppyServer,
    answer,
    client,
    html_404,
    noon,
    page_of,
    people,
    run,
    scim_error,
    silent,
)


def directory(transport: httpx.AsyncBaseTransport, base: str = BASE) -> ScimDirectory:
    return ScimDirectory(client(transport, base), clock=noon)


def read(transport: httpx.AsyncBaseTransport) -> tuple[ScimSnapshot, dict[str, Source]]:
    snapshot, sources, _ = run(directory(transport).read(silent))
    return snapshot, {source.name: source for source in sources}


def by_name(groups: tuple[ScimGroup, ...]) -> dict[str | None, tuple[str, ...] | None]:
    return {group.display_name: group.member_ids for group in groups}


async def small_company(server: RealServer) -> list[str]:
    ids = [await server.add_user(f"p{number}@acme.example", title="Baker") for number in range(5)]
    await server.send("PUT", f"Users/{ids[4]}", {"userName": "p4@acme.example", "active": False})
    await server.add_group("Bakers", ids[:3])
    await server.add_group("Empty")
    await server.add_group("Dangling", [ids[0], "does-not-exist"])
    return ids


def test_it_is_a_scim_directory() -> None:
    anything: directories.ScimDirectory = directory(SloppyServer())

    assert anything is not None


# --- The real server -------------------------------------------------------------------------------------------------


def test_a_real_server_with_small_pages_is_read_whole() -> None:
    server = RealServer(page_cap=2)
    ids = run(small_company(server))

    snapshot, sources = read(server.transport)

    users = {user.id: user for user in snapshot.users}
    assert [users[user_id].user_name for user_id in ids] == [f"p{number}@acme.example" for number in range(5)]
    assert [users[user_id].active for user_id in ids] == [True, True, True, True, False]
    assert [users[user_id].title for user_id in ids[:4]] == ["Baker"] * 4
    assert by_name(snapshot.groups) == {
        "Bakers": tuple(ids[:3]),
        "Empty": (),
        "Dangling": (ids[0], "does-not-exist"),
    }
    assert snapshot.base_url == BASE
    assert {source.state for source in sources.values()} == {COMPLETE}


def test_the_sources_tell_rows_pages_requests_times_and_how_completeness_is_known() -> None:
    server = RealServer(page_cap=2)
    run(small_company(server))

    _, sources = read(server.transport)

    users = sources["scim.users"]
    assert (users.rows, users.pages, users.requests) == (5, 4, 5)
    assert (users.began, users.ended, users.required) == (NOON, NOON, True)
    assert users.how_known == "5 users received = totalResults 5, ids unique, nothing after the end"
    assert sources["scim.groups"].how_known.startswith("3 groups received = totalResults 3, ids unique")
    assert sources["scim.probe"].required is False
    assert sources["scim.probe"].how_known.endswith("of 11 questions answered")


def test_a_real_server_that_pages_by_cursor_alone_is_read_whole() -> None:
    server = RealServer(page_cap=2, cursor=True, index=False)
    ids = run(small_company(server))

    snapshot, sources = read(server.transport)

    assert {user.id for user in snapshot.users} == set(ids)
    assert "the last page named no next cursor" in sources["scim.users"].how_known
    assert snapshot.capabilities.cursor_paging is True


def test_a_real_server_without_anybody_is_read_as_empty() -> None:
    snapshot, sources = read(RealServer().transport)

    assert (snapshot.users, snapshot.groups) == ((), ())
    assert sources["scim.users"].state == COMPLETE


def test_users_are_read_by_id_and_none_stands_for_404() -> None:
    server = RealServer()

    async def both() -> Any:
        user_id = await server.add_user("ada@acme.example")
        return user_id, await directory(server.transport).read_users([user_id, "never-there", user_id])

    user_id, found = run(both())

    assert set(found) == {user_id, "never-there"}
    assert found[user_id].user_name == "ada@acme.example"
    assert found["never-there"] is None


def test_groups_are_read_by_id_with_their_members_and_none_where_there_is_none() -> None:
    groups = [{"id": "g1", "displayName": "Sales", "members": [{"value": "u1"}]}, {"id": "g2", "displayName": "Empty"}]

    found = run(directory(SloppyServer([], groups)).read_groups(["g1", "g2", "gone"]))

    assert {key: group and group.member_ids for key, group in found.items()} == {
        "g1": ("u1",),
        "g2": None,
        "gone": None,
    }


@pytest.mark.parametrize(
    "name", ["Plain", 'He said "hi"', "back\\slash", "a+b & c=d # e % f", "Zoë’s 漢字 🍎", "O'Neil; DROP", "tab\there"]
)
def test_groups_of_every_name_are_found_by_the_real_servers_filter(name: str) -> None:
    server = RealServer(page_cap=2)

    async def both() -> Any:
        user_id = await server.add_user("ada@acme.example")
        await server.add_group("Another", [user_id])
        await server.add_group(name, [user_id])
        return user_id, await directory(server.transport).find_groups([name, name.swapcase(), "Nothing"])

    user_id, found = run(both())

    assert [group.display_name for group in found[name]] == [name]
    assert found[name][0].member_ids == (user_id,)
    assert found["Nothing"] == ()


def test_two_groups_of_one_name_are_both_found() -> None:
    server = RealServer(page_cap=1)

    async def both() -> dict[str, tuple[ScimGroup, ...]]:
        await server.add_group("Twins")
        await server.add_group("twins")
        return await directory(server.transport).find_groups(["Twins"])

    assert {group.display_name for group in run(both())["Twins"]} == {"Twins", "twins"}


def test_a_dead_token_is_told_by_the_real_server() -> None:
    server = RealServer()
    server.rotate_token()

    with pytest.raises(TokenRefused) as caught:
        read(server.transport)

    assert [(source.name, source.state) for source in caught.value.sources] == [("scim.users", REFUSED)]


def test_a_wrong_prefix_is_a_wrong_base_url() -> None:
    with pytest.raises(UnexpectedAnswer, match="web page"):
        run(directory(RealServer().transport, "https://acme.api.kandji.io/api/v2/scim").read(silent))


def test_progress_is_told_with_rows_and_total() -> None:
    server = RealServer(page_cap=2)
    told: list[tuple[str, int, int | None]] = []

    async def both() -> None:
        await small_company(server)
        await directory(server.transport).read(lambda *news: told.append(news))

    run(both())

    assert told[:3] == [("scim.users", 2, 5), ("scim.users", 4, 5), ("scim.users", 5, 5)]
    assert ("scim.groups", 3, 3) in told


# --- Servers with manners of their own -------------------------------------------------------------------------------


def test_a_server_without_discovery_and_with_numeric_ids_is_read() -> None:
    users = [{"id": number, "UserName": f"p{number}", "Active": "True"} for number in (1, 2)]
    server = SloppyServer(users, [{"id": 9, "displayName": "Bakers", "members": [{"value": 1}]}])

    snapshot, _ = read(server)

    assert [(user.id, user.user_name, user.active) for user in snapshot.users] == [("1", "p1", True), ("2", "p2", True)]
    assert snapshot.groups == (ScimGroup(id="9", display_name="Bakers", member_ids=("1",)),)
    assert (snapshot.capabilities.numeric_ids, snapshot.capabilities.service_provider_config) == (True, False)


class _NoMembersInLists(SloppyServer):
    """Leaves ``members`` out of every list, as AWS does."""

    def _well(self, request: httpx.Request) -> httpx.Response:
        if request.url.path == f"{PREFIX}/Groups":
            rows = [{key: value for key, value in row.items() if key != "members"} for row in self.rows["Groups"]]
            first = int(request.url.params.get("startIndex", 1)) - 1
            return page_of(rows[first : first + 2], len(rows))
        return super()._well(request)


def test_members_left_out_of_lists_are_read_group_by_group() -> None:
    groups: list[Row] = [
        {"id": "g1", "displayName": "Bakers", "members": [{"value": "u1"}]},
        {"id": "g2", "displayName": "Nobody"},
        {"id": "g3", "displayName": "Cooks", "members": [{"value": "u2"}]},
    ]
    server = _NoMembersInLists(people(2), groups)

    snapshot, sources = read(server)

    assert by_name(snapshot.groups) == {"Bakers": ("u1",), "Nobody": (), "Cooks": ("u2",)}
    assert "the members of 3 groups read one by one" in sources["scim.groups"].how_known
    assert snapshot.capabilities.members_in_lists is False


def test_a_server_that_never_shows_members_gives_unknown_members_and_says_so() -> None:
    server = SloppyServer(people(1), [{"id": "g1", "displayName": "Bakers"}])

    snapshot, sources, notes = run(directory(server).read(silent))

    assert by_name(snapshot.groups) == {"Bakers": None}
    assert [note.about for note in notes] == ["Kandji group Bakers"]
    assert "does not say who is in 1 group" in sources[1].how_known


def test_a_group_that_users_name_but_that_shows_no_members_is_unknown() -> None:
    users = [{**people(1)[0], "groups": [{"value": "g2"}]}]
    groups: list[Row] = [
        {"id": "g1", "displayName": "Bakers", "members": [{"value": "u1"}]},
        {"id": "g2", "displayName": "Cooks", "members": []},
    ]

    snapshot, _ = read(SloppyServer(users, groups))

    assert by_name(snapshot.groups) == {"Bakers": ("u1",), "Cooks": None}


def test_a_list_that_does_not_add_up_names_its_source_and_what_was_read_before() -> None:
    def stuck(request: httpx.Request) -> httpx.Response | None:
        return page_of([{"id": "g1", "members": []}], 3) if request.url.path.endswith("/Groups") else None

    with pytest.raises(IncompleteRead) as caught:
        read(SloppyServer(people(2), odd=stuck))

    assert [(source.name, source.state) for source in caught.value.sources] == [
        ("scim.users", COMPLETE),
        ("scim.groups", INCOMPLETE),
    ]
    assert caught.value.sources[1].reason == caught.value.what


def test_a_fault_while_reading_one_group_makes_all_groups_unread() -> None:
    def broken(request: httpx.Request) -> httpx.Response | None:
        return scim_error(500) if request.url.path.endswith("/g2") else None

    groups = [{"id": f"g{number}", "displayName": "x"} for number in range(4)]

    with pytest.raises(Unreachable):
        read(SloppyServer(people(1), groups, odd=broken))


def test_a_probe_that_is_refused_does_not_spoil_the_read() -> None:
    seen: list[str] = []

    def later(request: httpx.Request) -> httpx.Response | None:
        seen.append(request.url.raw_path.decode())
        return scim_error(403) if any("Groups" in path for path in seen) and "Groups" not in seen[-1] else None

    snapshot, sources = read(SloppyServer(people(2), odd=later))

    assert len(snapshot.users) == 2
    assert (sources["scim.probe"].state, sources["scim.probe"].required) == (REFUSED, False)


def test_a_web_page_for_one_user_is_an_error_and_not_an_absent_user() -> None:
    with pytest.raises(UnexpectedAnswer):
        run(directory(SloppyServer(odd=lambda request: html_404())).read_users(["u1"]))


def test_another_user_than_the_one_asked_for_is_an_error() -> None:
    with pytest.raises(UnexpectedAnswer, match="another user"):
        run(directory(SloppyServer(odd=lambda request: answer({"id": "u2"}))).read_users(["u1"]))


def test_a_list_instead_of_one_user_is_an_error() -> None:
    with pytest.raises(UnexpectedAnswer):
        run(directory(SloppyServer(odd=lambda request: page_of(people(2), 2))).read_users(["u1"]))


@pytest.mark.parametrize(
    ("user_id", "path"),
    [("a/b?c#d", "Users/a%2Fb%3Fc%23d"), ("..", "Users/%2E%2E"), ("x.y", "Users/x.y"), ("é +", "Users/%C3%A9%20%2B")],
)
def test_an_id_of_any_form_stays_one_segment_of_the_path(user_id: str, path: str) -> None:
    server = SloppyServer()

    found = run(directory(server).read_users([user_id]))

    assert (found, server.asked) == ({user_id: None}, [path])


def test_a_server_that_ignores_filters_does_not_pass_off_other_groups() -> None:
    groups = [{"id": f"g{n}", "displayName": f"Group {n}", "members": [{"value": "u1"}]} for n in range(150)]

    found = run(directory(SloppyServer([], groups)).find_groups(["group 149", "Group 150"]))

    assert [group.id for group in found["group 149"]] == ["g149"]
    assert found["Group 150"] == ()


@pytest.mark.parametrize("status", [400, 501])
def test_where_filters_are_refused_the_whole_list_is_read_once(status: int) -> None:
    def no_filters(request: httpx.Request) -> httpx.Response | None:
        return scim_error(status, scim_type="invalidFilter") if "filter" in request.url.params else None

    groups = [{"id": "g1", "displayName": "Bakers", "members": [{"value": "u1"}]}]
    server = SloppyServer([], groups, odd=no_filters)

    found = run(directory(server).find_groups(["Bakers", "Cooks"]))

    assert {name: len(rows) for name, rows in found.items()} == {"Bakers": 1, "Cooks": 0}


def test_a_404_in_json_for_a_filter_means_that_nothing_was_found() -> None:
    server = SloppyServer(odd=lambda request: scim_error(404) if "filter" in request.url.params else None)

    assert run(directory(server).find_groups(["Bakers"])) == {"Bakers": ()}


@pytest.mark.parametrize("status", [401, 403, 500])
def test_a_group_that_can_not_be_looked_for_is_not_absent(status: int) -> None:
    server = SloppyServer(odd=lambda request: scim_error(status) if "Groups" in request.url.path else None)

    with pytest.raises((NotAllowed, Unreachable)):
        run(directory(server).find_groups(["Bakers"]))


def test_a_group_name_is_compared_in_composed_form() -> None:
    groups = [{"id": "g1", "displayName": "Zoe\u0308", "members": [{"value": "u1"}]}]

    found = run(directory(SloppyServer([], groups)).find_groups(["ZO\u00cb"]))

    assert len(found["ZO\u00cb"]) == 1


@pytest.mark.parametrize(
    "text",
    [
        "https://x.test/scim/v2",
        " https://x.test/scim/v2/ ",
        "https://x.test/scim/v2/Users",
        "https://x.test/scim/v2/groups//",
    ],
)
def test_a_base_url_is_forgiven_its_ending(text: str) -> None:
    assert base_url(text) == "https://x.test/scim/v2"
