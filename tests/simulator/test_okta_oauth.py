from __future__ import annotations

import json
import uuid
from datetime import UTC, datetime, timedelta
from typing import Any

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import rsa
from jwt.algorithms import RSAAlgorithm

from reconciler.simulator.okta.oauth import ASSERTION, AuthorizationServer
from reconciler.simulator.okta.roles import READ_ONLY_ADMIN, SUPER_ADMIN, Role
from reconciler.simulator.server import IN_MEMORY
from tests.simulator.small import World

TOKEN_URL = f"{IN_MEMORY.okta}/oauth2/v1/token"
READS = ("okta.apps.read", "okta.groups.read", "okta.users.read")
KEY = rsa.generate_private_key(public_exponent=65537, key_size=2048)
PROOF_KEY = rsa.generate_private_key(public_exponent=65537, key_size=2048)


def public(key: rsa.RSAPrivateKey) -> dict[str, Any]:
    jwk: dict[str, Any] = json.loads(RSAAlgorithm.to_jwk(key.public_key()))
    return jwk


def assertion(key: rsa.RSAPrivateKey = KEY, **changed: Any) -> str:
    ends = datetime.now(UTC) + timedelta(minutes=50)
    claims = {"iss": "0oaService", "sub": "0oaService", "aud": TOKEN_URL, "exp": ends, "jti": str(uuid.uuid4())}
    return jwt.encode(claims | changed, key, algorithm="RS256")


def proof(method: str, url: str, **claims: Any) -> str:
    body = {"htm": method, "htu": url, "iat": datetime.now(UTC), "jti": str(uuid.uuid4())} | claims
    headers = {"typ": "dpop+jwt", "jwk": public(PROOF_KEY)}
    return jwt.encode(body, PROOF_KEY, algorithm="RS256", headers=headers)


def service(*, dpop: bool, scopes: tuple[str, ...] = READS, held: Role = SUPER_ADMIN) -> World:
    world = World()
    world.okta.oauth.register("0oaService", [public(KEY)], scopes, dpop=dpop, role=held)
    return world


def ask_token(world: World, *, signed: str | None = None, scope: str = " ".join(READS), **headers: str) -> Any:
    form = {
        "grant_type": "client_credentials",
        "scope": scope,
        "client_assertion_type": ASSERTION,
        "client_assertion": signed or assertion(),
    }
    return world.ask("/oauth2/v1/token", headers, "POST", data=form)


def test_a_signed_assertion_gets_a_token_of_an_hour_that_opens_the_api() -> None:
    world = service(dpop=False)
    granted = ask_token(world).json()
    assert (granted["token_type"], granted["expires_in"]) == ("Bearer", 3600)
    answer = world.ask("/api/v1/groups", {"Authorization": f"Bearer {granted['access_token']}"})
    assert answer.status_code == 200


@pytest.mark.parametrize(
    "signed",
    [
        assertion(PROOF_KEY),
        assertion(aud="https://elsewhere.example/oauth2/v1/token"),
        assertion(exp=datetime.now(UTC) - timedelta(minutes=1)),
        assertion(exp=datetime.now(UTC) + timedelta(hours=3)),
        assertion(iss="0oaOther", sub="0oaOther"),
        assertion(exp="tomorrow"),
        assertion(exp=1e300),
        "no.jwt.atall",
    ],
    ids=["another key", "another audience", "over", "too long", "unknown client", "no moment", "no date", "no JWT"],
)
def test_a_bad_assertion_is_refused(signed: str) -> None:
    answer = ask_token(service(dpop=False), signed=signed)
    assert (answer.status_code, answer.json()["error"]) == (401, "invalid_client")


@pytest.mark.parametrize(("named", "status"), [("key-1", 200), ("key-2", 401), (None, 200)])
def test_an_assertion_names_the_key_it_is_signed_with(named: str | None, status: int) -> None:
    world = World()
    world.okta.oauth.register("0oaService", [public(KEY) | {"kid": "key-1"}], READS, dpop=False)
    claims = jwt.decode(assertion(), options={"verify_signature": False})
    signed = jwt.encode(claims, KEY, algorithm="RS256", headers={"kid": named} if named else None)
    assert ask_token(world, signed=signed).status_code == status


def test_a_scope_that_was_not_granted_is_refused() -> None:
    answer = ask_token(service(dpop=False), scope="okta.apps.manage")
    assert (answer.status_code, answer.json()["error"]) == (400, "invalid_scope")


def test_a_token_opens_only_what_its_scopes_allow() -> None:
    world = service(dpop=False)
    token = ask_token(world, scope="okta.apps.read").json()["access_token"]
    answer = world.ask("/api/v1/groups", {"Authorization": f"Bearer {token}"})
    assert (answer.status_code, answer.json()["errorCode"]) == (403, "E0000006")


MANAGE = "okta.groups.manage"


@pytest.mark.parametrize(("held", "status"), [(SUPER_ADMIN, 200), (READ_ONLY_ADMIN, 403)])
def test_a_service_app_writes_with_a_scope_to_manage_and_a_role_that_may(held: Role, status: int) -> None:
    world = service(dpop=False, scopes=(MANAGE,), held=held)
    head = {"Authorization": f"Bearer {ask_token(world, scope=MANAGE).json()['access_token']}"}
    assert world.ask("/api/v1/groups", head).status_code == 200
    answer = world.ask("/api/v1/groups", head, "POST", json={"profile": {"name": "video"}})
    assert answer.status_code == status


def test_a_scope_to_read_does_not_write() -> None:
    world = service(dpop=False)
    head = {"Authorization": f"Bearer {ask_token(world).json()['access_token']}"}
    answer = world.ask("/api/v1/groups", head, "POST", json={"profile": {"name": "video"}})
    assert (answer.status_code, answer.json()["errorCode"]) == (403, "E0000006")


def test_an_app_that_must_prove_possession_is_told_that_the_proof_is_missing() -> None:
    answer = ask_token(service(dpop=True))
    assert answer.status_code == 400
    assert answer.json() == {
        "error": "invalid_dpop_proof",
        "error_description": "The DPoP proof JWT header is missing.",
    }


def test_the_first_proof_gets_a_nonce_and_the_second_a_token() -> None:
    world = service(dpop=True)
    first = ask_token(world, DPoP=proof("POST", TOKEN_URL))
    assert (first.status_code, first.json()["error"]) == (400, "use_dpop_nonce")
    second = ask_token(world, DPoP=proof("POST", TOKEN_URL, nonce=first.headers["dpop-nonce"]))
    assert second.json()["token_type"] == "DPoP"


def test_a_nonce_that_was_replaced_is_refused_with_the_one_that_is_good_now() -> None:
    world = service(dpop=True)
    old = world.okta.oauth.nonce
    world.okta.oauth.rotate_nonce()
    answer = ask_token(world, DPoP=proof("POST", TOKEN_URL, nonce=old))
    assert (answer.status_code, answer.json()["error"]) == (400, "use_dpop_nonce")
    assert answer.headers["dpop-nonce"] == world.okta.oauth.nonce != old


def bound_token(world: World) -> str:
    token: str = ask_token(world, DPoP=proof("POST", TOKEN_URL, nonce=world.okta.oauth.nonce)).json()["access_token"]
    return token


def hashed(token: str) -> str:
    digest: bytes = RSAAlgorithm(RSAAlgorithm.SHA256).compute_hash_digest(token.encode())
    return jwt.utils.base64url_encode(digest).decode()


def test_a_bound_token_needs_a_proof_for_that_very_request_and_token() -> None:
    world = service(dpop=True)
    token = bound_token(world)
    groups = f"{IN_MEMORY.okta}/api/v1/groups"

    def status(sent: str | None, scheme: str = "DPoP") -> int:
        headers = {"Authorization": f"{scheme} {token}"} | ({"DPoP": sent} if sent else {})
        code: int = world.ask("/api/v1/groups?limit=5", headers).status_code
        return code

    assert status(proof("GET", groups, ath=hashed(token))) == 200
    assert status(None) == 401
    assert status(proof("GET", groups, ath=hashed(token)), "Bearer") == 401
    assert status(proof("GET", groups)) == 401
    assert status(proof("POST", groups, ath=hashed(token))) == 401
    assert status(proof("GET", f"{IN_MEMORY.okta}/api/v1/users", ath=hashed(token))) == 401


def test_a_proof_is_taken_once() -> None:
    world = service(dpop=True)
    token = bound_token(world)
    sent = proof("GET", f"{IN_MEMORY.okta}/api/v1/groups", ath=hashed(token))
    headers = {"Authorization": f"DPoP {token}", "DPoP": sent}
    assert [world.ask("/api/v1/groups", headers).status_code for _ in range(2)] == [200, 401]


def test_a_token_ends_after_an_hour_and_when_it_is_revoked() -> None:
    now = datetime.now(UTC)
    times = [now]
    server = AuthorizationServer(lambda: times[-1])
    server.register("0oaService", [public(KEY)], READS, dpop=False)
    form = {
        "grant_type": "client_credentials",
        "scope": "okta.apps.read",
        "client_assertion_type": ASSERTION,
        "client_assertion": assertion(),
    }
    token = server.token(form, None, TOKEN_URL)["access_token"]
    times.append(now + timedelta(seconds=3599))
    grant = server.grant("bearer", token, None, "GET", "")
    assert grant is not None
    assert grant.scopes == frozenset({"okta.apps.read"})
    times.append(now + timedelta(seconds=3600))
    assert server.grant("bearer", token, None, "GET", "") is None
    times.append(now)
    server.revoke_all()
    assert server.grant("bearer", token, None, "GET", "") is None
