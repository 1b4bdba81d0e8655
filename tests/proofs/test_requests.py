"""Every request is one that Okta documents, and nothing but reads ever leaves."""

from __future__ import annotations

import asyncio
from pathlib import Path

import httpx
import pytest

from reconciler.directories.transport import ReadOnlyTransport
from reconciler.errors import WriteRefused
from reconciler.simulator import company as companies
from reconciler.simulator.between import Asked
from reconciler.simulator.company import Company
from tests.proofs.conftest import trouble
from tests.proofs.harness import Installation, installed
from tests.proofs.openapi import DOCUMENTED, Description
from tests.proofs.service_app import become_service_app
from tests.simulator.answers import Witness

pytestmark = pytest.mark.facts

ORG = "https://acme.okta.com"


@pytest.fixture
def company() -> Company:
    """Small, with people who must be looked up, and with accounts, memberships and mappings that must be read by id."""
    looked_up = ("left-still-active", "unmanaged-in-kandji", "missing-in-kandji")
    return companies.build(3, people=70, groups=6, injections=(*looked_up, "member-extra", "mapping-error"))


def violations(facts: Path, installation: Installation, *verbs: str) -> tuple[list[str], Description]:
    """What is wrong with the requests of these calls, and the description that judged them."""
    description = Description(facts)
    found = []
    for verb in verbs:
        outcome = installation.call(verb)
        assert outcome.code == 0, outcome.err
        asked = {(one.method, one.url) for one in outcome.asked if one.url.startswith(ORG)}
        assert asked
        found += [line for method, url in sorted(asked) for line in description.violations(method, url)]
    return found, description


def test_what_new_findings_rest_on_is_read_once_more_record_by_record(company: Company, tmp_path: Path) -> None:
    with installed(company, tmp_path) as installation:
        first, second = ({one.list_name for one in installation.call("pull").asked} for _ in range(2))
    app = "acme.okta.com/api/v1/apps/…"
    again = {f"{app}/users/…", f"{app}/group-push/mappings/…", "acme.okta.com/api/v1/users/…/groups"}
    assert again <= first
    assert not again & second


def test_every_request_with_an_api_token_is_valid(facts: Path, company: Company, tmp_path: Path) -> None:
    with installed(company, tmp_path) as installation:
        assert violations(facts, installation, "pull", "pull", "doctor")[0] == []


@pytest.mark.parametrize("dpop", [False, True], ids=["bearer", "dpop"])
def test_every_request_of_a_service_app_is_valid(facts: Path, company: Company, tmp_path: Path, dpop: bool) -> None:
    with installed(company, tmp_path) as installation:
        become_service_app(installation, dpop=dpop)
        assert violations(facts, installation, "pull", "doctor")[0] == []


def test_every_request_is_valid_where_the_org_takes_smaller_pages_and_no_group_rules(
    facts: Path, company: Company, tmp_path: Path
) -> None:
    with installed(company, tmp_path, rows_a_page=20) as installation:
        installation.okta.switches.members_maximum = 200
        installation.okta.switches.group_rules = "refused"
        assert violations(facts, installation, "pull")[0] == []


def test_every_request_is_valid_where_the_app_is_named_by_its_label(
    facts: Path, company: Company, tmp_path: Path
) -> None:
    with installed(company, tmp_path) as installation:
        installation.edit(f'"app_id" = "{company.org.app.id}"', f'app_label = "{company.org.app.label}"')
        assert violations(facts, installation, "pull", "doctor")[0] == []


def test_every_answer_of_okta_s_in_a_proof_is_judged(facts: Path, company: Company, tmp_path: Path) -> None:
    with installed(company, tmp_path) as installation:
        before = Witness.judged
        outcome = installation.call("pull")
    assert Witness.judged - before == sum(one.url.startswith(ORG) for one in outcome.asked) > 0


def test_each_documented_exception_is_used_by_some_request(facts: Path, company: Company, tmp_path: Path) -> None:
    with installed(company, tmp_path) as installation:
        become_service_app(installation, dpop=False)
        _, description = violations(facts, installation, "pull")
    assert description.unused() == []


def test_an_exception_that_no_request_needs_is_told(facts: Path) -> None:
    assert Description(facts).unused() == list(DOCUMENTED)


@pytest.mark.parametrize(
    ("method", "path", "why"),
    [
        ("GET", "/api/v1/apps/0oa1/users?limit=501", "above the maximum 500"),
        ("GET", "/api/v1/apps/0oa1/groups?limit=201", "above the maximum 200"),
        ("GET", "/api/v1/apps/0oa1/groups?limit=19", "below the minimum 20"),
        ("GET", "/api/v1/apps/0oa1/group-push/mappings?limit=1001", "above the maximum 1000"),
        ("GET", "/api/v1/groups/00g1/users?limit=1001", "limit=1001"),
        ("GET", "/api/v1/groups/00g1/users?expand=groups", "unknown parameter expand"),
        ("GET", "/api/v1/groups/rules?limit=201", "above the maximum 200"),
        ("GET", "/api/v1/groups/rules?expands=groupIdToGroupNameMap", "unknown parameter expands"),
        ("GET", "/api/v1/users?limit=many", "is no integer"),
        ("GET", "/api/v1/users/00u1/skinny", "no such path"),
        ("GET", "/api/v2/apps/0oa1", "no such path"),
        ("PUT", "/api/v1/groups/rules", "no such verb"),
        ("PATCH", "/api/v1/apps/0oa1", "no such verb"),
        ("DELETE", "/api/v1/apps/0oa1/group-push/mappings/gpm1", "deleteTargetGroup is required"),
        ("GET", "/oauth2/v1/token", "no such path"),
    ],
)
def test_a_wrong_request_is_noticed(facts: Path, method: str, path: str, why: str) -> None:
    found = Description(facts).violations(method, ORG + path)
    assert len(found) == 1
    assert why in found[0]


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/api/v1/apps/0oa1/users?limit=500&expand=user"),
        ("GET", "/api/v1/groups/00g1/users?limit=1000&expand=group-rules"),
        ("GET", "/api/v1/groups/rules?limit=200&expand=groupIdToGroupNameMap"),
        ("POST", "/oauth2/v1/token"),
    ],
)
def test_a_right_request_is_let_through(facts: Path, method: str, path: str) -> None:
    assert Description(facts).violations(method, ORG + path) == []


@pytest.mark.parametrize(
    "asked",
    [
        Asked("PUT", f"{ORG}/api/v1/groups/00g1/users/00u1"),
        Asked("POST", f"{ORG}/api/v1/groups"),
        Asked("GET", "https://evil.example/api/v1/apps"),
        Asked("GET", f"{ORG}/api/v1/apps/0oa1/users?limit=501"),
    ],
)
def test_every_proof_fails_where_such_a_request_leaves(facts: Path, asked: Asked) -> None:
    assert trouble([asked])


METHODS = ("POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS", "TRACE", "CONNECT", "get", "QUERY")


def guarded() -> tuple[list[httpx.Request], ReadOnlyTransport]:
    """What comes through, and the guard before it."""
    sent: list[httpx.Request] = []

    def answer(request: httpx.Request) -> httpx.Response:
        sent.append(request)
        return httpx.Response(200)

    return sent, ReadOnlyTransport(httpx.MockTransport(answer), token_url=f"{ORG}/oauth2/v1/token")


@pytest.mark.parametrize("method", METHODS)
def test_the_transport_refuses_every_method_but_get_before_it_is_sent(method: str) -> None:
    sent, guard = guarded()
    request = httpx.Request("GET", f"{ORG}/api/v1/groups")
    request.method = method
    with pytest.raises(WriteRefused):
        asyncio.run(guard.handle_async_request(request))
    assert sent == []


@pytest.mark.parametrize(
    "url",
    [
        f"{ORG}/oauth2/v1/token/",
        f"{ORG}/oauth2/v1/token?x=1",
        f"{ORG}/oauth2/default/v1/token",
        "https://evil.example/oauth2/v1/token",
        "http://acme.okta.com/oauth2/v1/token",
        f"{ORG}:8443/oauth2/v1/token",
        f"{ORG}/api/v1/../../oauth2/v1/token/../../../api/v1/groups",
    ],
)
def test_the_transport_lets_a_post_go_to_the_token_endpoint_alone(url: str) -> None:
    sent, guard = guarded()
    with pytest.raises(WriteRefused):
        asyncio.run(guard.handle_async_request(httpx.Request("POST", url)))
    assert sent == []
    asyncio.run(guard.handle_async_request(httpx.Request("POST", f"{ORG}/oauth2/v1/token")))
    assert len(sent) == 1
