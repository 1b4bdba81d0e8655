"""What a SCIM server can do, learnt by a handful of reads."""

from __future__ import annotations

import httpx
import pytest

from reconciler.directories.scim import ScimDirectory
from reconciler.directories.scim_probe import equals
from reconciler.errors import TokenRefused
from reconciler.model import Capabilities
from tests.directories.scim_stand_ins import (
    RealServer,
    SloppyServer,
    answer,
    client,
    noon,
    page_of,
    people,
    run,
    scim_error,
)

BAKERS = {"id": "g1", "displayName": "Bakers", "members": [{"value": "u1"}]}


def probe(transport: httpx.AsyncBaseTransport) -> Capabilities:
    return run(ScimDirectory(client(transport), clock=noon).probe())


def test_the_real_server_answers_every_question() -> None:
    server = RealServer(page_cap=2)

    async def company() -> None:
        ids = [await server.add_user(f"p{number}@acme.example") for number in range(3)]
        await server.add_group("Bakers", ids)

    run(company())

    assert probe(server.transport) == Capabilities(
        service_provider_config=True,
        paging_honoured=True,
        page_cap=2,
        cursor_paging=False,
        filter_honoured=True,
        user_name_case_exact=False,
        members_in_lists=True,
        excluded_attributes_honoured=True,
        patch_supported=True,
        etag=True,
        numeric_ids=False,
    )


def test_a_bare_server_is_told_from_an_able_one() -> None:
    server = SloppyServer(people(3), [BAKERS])

    assert probe(server) == Capabilities(
        service_provider_config=False,
        paging_honoured=True,
        filter_honoured=False,
        members_in_lists=True,
        excluded_attributes_honoured=False,
        numeric_ids=False,
    )


def test_the_probe_costs_few_requests_and_only_reads() -> None:
    server = SloppyServer(people(3), [BAKERS])

    probe(server)

    assert len(server.calls) <= 8
    assert {call.method for call in server.calls} == {"GET"}


def test_what_can_not_be_told_stays_unknown() -> None:
    told = probe(SloppyServer())

    assert (told.paging_honoured, told.filter_honoured, told.members_in_lists, told.numeric_ids) == (None,) * 4


def test_a_server_that_ignores_the_start_is_seen_through() -> None:
    stuck = SloppyServer(odd=lambda request: page_of(people(1), 25) if "Users" in request.url.path else None)

    assert probe(stuck).paging_honoured is False


def test_a_server_that_minds_the_case_of_user_names_is_seen_through() -> None:
    def exact(request: httpx.Request) -> httpx.Response | None:
        asked = request.url.params.get("filter")
        if asked is None:
            return None
        found = [row for row in people(3) if asked == equals("userName", row["userName"])]
        return page_of(found, len(found))

    told = probe(SloppyServer(people(3), odd=exact))

    assert (told.filter_honoured, told.user_name_case_exact) == (True, True)


def test_a_filter_that_never_finds_anything_is_not_honoured() -> None:
    blind = SloppyServer(people(3), odd=lambda request: page_of([], 0) if "filter" in request.url.params else None)

    assert probe(blind).filter_honoured is False


@pytest.mark.parametrize("status", [400, 403, 404, 500, 501])
def test_questions_that_are_refused_do_not_stop_the_probe(status: int) -> None:
    def refuses(request: httpx.Request) -> httpx.Response | None:
        plain = request.url.path.endswith("/Users") and "filter" not in request.url.params
        return None if plain else scim_error(status)

    told = probe(SloppyServer(people(3), [BAKERS], odd=refuses))

    assert (told.paging_honoured, told.filter_honoured, told.members_in_lists) == (True, False, None)


def test_a_strange_service_provider_config_is_no_obstacle() -> None:
    def strange(request: httpx.Request) -> httpx.Response | None:
        discovery = request.url.path.endswith("/ServiceProviderConfig")
        return answer({"patch": True, "pagination": [], "filter": {"maxResults": "many"}}) if discovery else None

    told = probe(SloppyServer(people(1), odd=strange))

    assert (told.service_provider_config, told.patch_supported, told.page_cap) == (True, None, None)


def test_a_dead_token_is_raised() -> None:
    with pytest.raises(TokenRefused):
        probe(SloppyServer(odd=lambda request: scim_error(401)))


@pytest.mark.parametrize(
    ("value", "quoted"),
    [('a"b', 'userName eq "a\\"b"'), ("a\\b", 'userName eq "a\\\\b"'), ("é\n", 'userName eq "é\\n"')],
)
def test_a_filter_quotes_its_value_as_a_json_string(value: str, quoted: str) -> None:
    assert equals("userName", value) == quoted
