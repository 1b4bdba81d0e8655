"""Who we are: API token, and a service app with a private key, with and without proof of possession."""

from __future__ import annotations

import asyncio
import base64
import hashlib
import json
import subprocess
import sys
from datetime import timedelta
from functools import cache
from typing import Any
from urllib.parse import parse_qs

import httpx
import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import BestAvailableEncryption, Encoding, NoEncryption, PrivateFormat
from jwt.algorithms import RSAAlgorithm

from reconciler.directories.auth import BearerAuth, PrivateKeyAuth, SswsAuth
from reconciler.directories.http import Exchange, Policy, ReadOnlyTransport
from reconciler.directories.signing import ProofMaker
from reconciler.errors import NotAllowed, ReconcilerError, TokenRefused, UnexpectedAnswer, Unreachable, UsageError
from tests.directories.stand_in import ORG, Service, Time, answer, client, okta_error, page, run, then

TOKEN_URL = f"{ORG}/oauth2/v1/token"


@cache
def key() -> rsa.RSAPrivateKey:
    return rsa.generate_private_key(public_exponent=65537, key_size=2048)


@cache
def pem(form: str = "PKCS8") -> str:
    kind = PrivateFormat.PKCS8 if form == "PKCS8" else PrivateFormat.TraditionalOpenSSL
    return key().private_bytes(Encoding.PEM, kind, NoEncryption()).decode()


@cache
def jwk() -> str:
    body = json.loads(RSAAlgorithm.to_jwk(key()))
    return json.dumps({**body, "kid": "key-1", "use": "sig", "key_ops": ["sign"], "ext": True})


@cache
def proofs() -> ProofMaker:
    return ProofMaker()


class Okta:
    """An org with a token endpoint that checks what it is given, and one resource."""

    def __init__(self, *, dpop: bool = False, nonce: bool = True, lifetime: int = 3600) -> None:
        self.dpop, self.nonce, self.lifetime = dpop, nonce, lifetime
        self.tokens: list[str] = []
        self.scopes: list[str] = []
        self.assertions: list[tuple[dict[str, Any], dict[str, Any]]] = []
        self.proofs: list[dict[str, Any]] = []
        self.refuse: httpx.Response | None = None
        self.fault: list[httpx.Response | Exception] = []
        self.resource_nonce: str | None = None

    def __call__(self, request: httpx.Request) -> httpx.Response:
        return self.token(request) if request.method == "POST" else self.resource(request)

    def token(self, request: httpx.Request) -> httpx.Response:
        assert str(request.url) == TOKEN_URL
        form = {name: values[0] for name, values in parse_qs(request.content.decode()).items()}
        assert form["grant_type"] == "client_credentials"
        assert form["client_assertion_type"] == "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
        claims = jwt.decode(form["client_assertion"], key().public_key(), algorithms=["RS256"], audience=TOKEN_URL)
        self.assertions.append((jwt.get_unverified_header(form["client_assertion"]), claims))
        self.scopes.append(form["scope"])
        if self.fault:
            fault = self.fault.pop(0)
            if isinstance(fault, Exception):
                raise fault
            return fault
        if self.refuse is not None:
            return self.refuse
        if self.dpop:
            if "dpop" not in request.headers:
                return oauth_error("invalid_dpop_proof", "The DPoP proof JWT header is missing.")
            proof = self.check(request)
            if self.nonce and proof.get("nonce") != "nonce-12345":
                return oauth_error(
                    "use_dpop_nonce", "Authorization server requires nonce.", {"dpop-nonce": "nonce-12345"}
                )
        self.tokens.append(f"access-token-{len(self.tokens)}")
        kind = "DPoP" if self.dpop else "Bearer"
        body = {
            "token_type": kind,
            "expires_in": self.lifetime,
            "access_token": self.tokens[-1],
            "scope": form["scope"],
        }
        return answer(body)

    def resource(self, request: httpx.Request) -> httpx.Response:
        scheme, _, token = request.headers["authorization"].partition(" ")
        assert scheme == ("DPoP" if self.dpop else "Bearer")
        if token != self.tokens[-1]:
            return okta_error(401, "E0000011", "Invalid token provided")
        if self.dpop:
            proof = self.check(request)
            digest = base64.urlsafe_b64encode(hashlib.sha256(token.encode()).digest()).rstrip(b"=").decode()
            assert proof["ath"] == digest
            if self.resource_nonce is not None and proof.get("nonce") != self.resource_nonce:
                challenge = {"www-authenticate": 'DPoP error="use_dpop_nonce"', "dpop-nonce": self.resource_nonce}
                return answer({}, 401, challenge)
        return answer([])

    def check(self, request: httpx.Request) -> dict[str, Any]:
        proof = request.headers["dpop"]
        header = jwt.get_unverified_header(proof)
        assert header["typ"] == "dpop+jwt"
        assert set(header["jwk"]) == {"kty", "n", "e"}
        claims: dict[str, Any] = jwt.decode(proof, jwt.PyJWK(header["jwk"], "RS256").key, algorithms=["RS256"])
        assert claims["htm"] == request.method
        assert claims["htu"] == str(request.url.copy_with(query=None))
        assert claims["jti"] not in {seen["jti"] for seen in self.proofs}
        self.proofs.append(claims)
        return claims


def oauth_error(
    code: str, description: str, headers: dict[str, str] | None = None, status: int = 400
) -> httpx.Response:
    return answer({"error": code, "error_description": description}, status, headers)


def service_app(time: Time, *, private_key: str | None = None, dpop: bool = False, **more: Any) -> PrivateKeyAuth:
    if dpop:
        more = {"proofs": proofs(), **more}
    return PrivateKeyAuth(
        org_url=ORG, client_id="0oaservice", private_key=private_key or pem(), clock=time.clock, dpop=dpop, **more
    )


def ask(okta: Okta, *, times: int = 1, time: Time | None = None, auth: PrivateKeyAuth | None = None) -> Service:
    time = time or Time()
    service = Service(okta)
    http = client(service, time=time, auth=auth or service_app(time, dpop=okta.dpop))

    async def all_of_them() -> None:
        await asyncio.gather(*(http.get(f"/api/v1/groups?n={number}") for number in range(times)))

    run(all_of_them())
    return service


def refusal(okta: Okta, *, dpop: bool = False) -> tuple[ReconcilerError, Okta]:
    time = Time()
    with pytest.raises(ReconcilerError) as caught:
        ask(okta, time=time, auth=service_app(time, dpop=dpop))
    return caught.value, okta


def test_an_api_token_is_sent_as_ssws() -> None:
    service = Service(then(answer([])))
    run(client(service, auth=SswsAuth(" 00abc\n")).get("/api/v1/apps"))
    assert service.requests[0].headers["authorization"] == "SSWS 00abc"


def test_a_kandji_token_is_sent_as_bearer() -> None:
    service = Service(then(answer([])))
    run(client(service, auth=BearerAuth("abc")).get("/Users"))
    assert service.requests[0].headers["authorization"] == "Bearer abc"


@pytest.mark.parametrize(
    ("text", "key_id", "kid"),
    [
        ("pkcs8", None, None),
        ("pkcs1", "key-2", "key-2"),
        ("jwk", None, "key-1"),
        ("jwk", "key-9", "key-9"),
        ("set", None, "key-1"),
        ("one line", None, None),
    ],
)
def test_a_key_signs_the_assertion_in_every_form(text: str, key_id: str | None, kid: str | None) -> None:
    forms = {
        "pkcs8": pem(),
        "pkcs1": pem("PKCS1"),
        "jwk": jwk(),
        "set": json.dumps({"keys": [json.loads(jwk())]}),
        "one line": pem().replace("\n", "\\n"),
    }
    okta = Okta()
    time = Time()
    ask(okta, time=time, auth=service_app(time, private_key=forms[text], key_id=key_id))
    header, claims = okta.assertions[0]
    assert header.get("kid") == kid
    assert (claims["iss"], claims["sub"], claims["exp"] - claims["iat"] <= 3600) == ("0oaservice", "0oaservice", True)


def test_only_read_scopes_are_asked_for() -> None:
    okta = Okta()
    ask(okta)
    assert okta.scopes == ["okta.apps.read okta.groups.read okta.users.read okta.schemas.read okta.logs.read"]


@pytest.mark.parametrize(("refused", "more"), [(1, " okta.schemas.read"), (2, " okta.logs.read"), (3, "")])
def test_scopes_we_can_do_without_are_left_out_one_by_one_when_they_are_not_granted(refused: int, more: str) -> None:
    okta = Okta()
    okta.fault = [oauth_error("invalid_scope", "One or more scopes are not configured.")] * refused
    ask(okta)
    assert okta.scopes[-1] == f"okta.apps.read okta.groups.read okta.users.read{more}"


def test_one_token_is_fetched_for_all_requests_that_wait() -> None:
    okta = Okta()
    service = ask(okta, times=30)
    assert (len(okta.tokens), len(service.requests)) == (1, 31)


def test_a_token_is_renewed_before_it_ends() -> None:
    okta, time = Okta(lifetime=3600), Time()
    auth = service_app(time)
    http = client(okta, time=time, auth=auth)

    async def two_hours() -> None:
        for _ in range(24):
            await http.get("/api/v1/groups")
            time.now += timedelta(minutes=5)

    run(two_hours())
    assert okta.tokens == ["access-token-0", "access-token-1", "access-token-2"]


def test_a_token_that_okta_refuses_early_is_fetched_anew_once() -> None:
    okta, time = Okta(), Time()
    http = client(okta, time=time, auth=service_app(time))

    async def revoked() -> None:
        await http.get("/api/v1/groups")
        okta.tokens.append("somebody else's")
        await asyncio.gather(*(http.get("/api/v1/groups") for _ in range(6)))

    run(revoked())
    assert len(okta.tokens) == 3


def test_a_token_that_stays_refused_is_an_error() -> None:
    okta, time = Okta(), Time()
    service = Service(lambda r: okta.token(r) if r.method == "POST" else okta_error(401, "E0000011"))
    with pytest.raises(TokenRefused):
        run(client(service, time=time, auth=service_app(time)).get("/api/v1/groups"))
    assert [request.method for request in service.requests] == ["POST", "GET", "POST", "GET"]


def test_a_missing_feature_is_not_mistaken_for_a_dead_token() -> None:
    okta, time = Okta(), Time()
    service = Service(lambda r: okta.token(r) if r.method == "POST" else okta_error(401, "E0000015"))
    with pytest.raises(NotAllowed) as caught:
        run(client(service, time=time, auth=service_app(time)).get("/api/v1/groups"))
    assert (type(caught.value), len(service.requests)) == (NotAllowed, 2)


def test_a_proof_of_possession_comes_with_the_nonce_okta_asks_for() -> None:
    okta, time = Okta(dpop=True), Time()
    service = ask(okta, times=3, time=time, auth=service_app(time, dpop=True, proofs=None))
    assert [request.method for request in service.requests] == ["POST", "POST", "GET", "GET", "GET"]
    assert ["nonce" in proof for proof in okta.proofs[:2]] == [False, True]


def test_a_nonce_for_the_resource_is_taken_up() -> None:
    okta = Okta(dpop=True, nonce=False)
    okta.resource_nonce = "resource-nonce"
    service = ask(okta)
    assert [request.method for request in service.requests] == ["POST", "GET", "GET"]
    assert okta.proofs[-1]["nonce"] == "resource-nonce"


def test_the_next_token_uses_the_nonce_that_is_known() -> None:
    okta, time = Okta(dpop=True, lifetime=600), Time()
    http = client(okta, time=time, auth=service_app(time, dpop=True))

    async def twice() -> None:
        await http.get("/api/v1/groups")
        time.now += timedelta(minutes=11)
        await http.get("/api/v1/groups")

    run(twice())
    assert len(okta.assertions) == 3


@pytest.mark.parametrize(
    ("response", "kind", "words"),
    [
        (
            oauth_error("invalid_dpop_proof", "The DPoP proof JWT header is missing."),
            TokenRefused,
            "or set dpop = true",
        ),
        (oauth_error("use_dpop_nonce", "nonce"), TokenRefused, "set dpop = true"),
        (oauth_error("invalid_client", "Client not found", status=401), TokenRefused, "okta.client_id"),
        (oauth_error("invalid_scope", "scopes"), NotAllowed, "Okta API Scopes"),
        (oauth_error("unauthorized_client", "no"), NotAllowed, "Public key / Private key"),
        (page("<html><title>Sign in</title></html>", 404), UnexpectedAnswer, "okta.org_url"),
        (answer({"token": "x"}), UnexpectedAnswer, "okta.org_url"),
        (answer([]), UnexpectedAnswer, "okta.org_url"),
    ],
)
def test_the_token_endpoint_s_refusal_says_what_to_do(
    response: httpx.Response, kind: type[ReconcilerError], words: str
) -> None:
    okta = Okta()
    okta.refuse = response
    error, _ = refusal(okta)
    assert (type(error), words in (error.next or "")) == (kind, True)
    assert ("asked", f"POST {TOKEN_URL}") in error.facts


def test_the_missing_proof_is_explained_by_the_box_to_clear() -> None:
    error, okta = refusal(Okta(dpop=True))
    assert error.code == "invalid_dpop_proof"
    assert "clear the box" in (error.next or "")
    assert len(okta.assertions) == 1


def test_a_refused_key_is_tried_once_for_all_requests() -> None:
    okta, time = Okta(), Time()
    okta.refuse = oauth_error("invalid_client", "no", status=401)
    http = client(okta, time=time, auth=service_app(time))

    async def many() -> list[BaseException | object]:
        return await asyncio.gather(*(http.get(f"/x/{n}") for n in range(10)), return_exceptions=True)

    assert {type(one) for one in run(many())} == {TokenRefused}
    assert len(okta.assertions) == 1


@pytest.mark.parametrize(
    "fault",
    [
        okta_error(500, "E0000009"),
        okta_error(429, "E0000047"),
        httpx.ConnectError("refused"),
        httpx.ReadTimeout("slow"),
    ],
)
def test_a_fault_of_the_token_endpoint_is_tried_again(fault: httpx.Response | Exception) -> None:
    okta = Okta()
    okta.fault = [fault]
    ask(okta)
    assert len(okta.assertions) == 2


def test_a_busy_token_endpoint_is_waited_for_as_long_as_it_says() -> None:
    okta, time = Okta(), Time()
    okta.fault = [okta_error(429, "E0000047", headers={"retry-after": "30"})]
    ask(okta, time=time)
    assert 30 <= sum(time.slept) < 32


def test_a_token_endpoint_that_stays_down_is_unreachable() -> None:
    okta, time = Okta(), Time()
    okta.refuse = okta_error(503, "E0000010")
    with pytest.raises(Unreachable):
        run(client(okta, time=time, auth=service_app(time), policy=Policy(attempts=3)).get("/x"))
    assert len(okta.assertions) == 3


def unusable_keys() -> dict[str, str]:
    curve = ec.generate_private_key(ec.SECP256R1())
    public = {name: value for name, value in json.loads(jwk()).items() if name in ("kty", "n", "e")}
    locked = key().private_bytes(Encoding.PEM, PrivateFormat.PKCS8, BestAvailableEncryption(b"secret"))
    return {
        "empty": "",
        "text": "hunter2hunter2",
        "curve": curve.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode(),
        "sec1": curve.private_bytes(Encoding.PEM, PrivateFormat.TraditionalOpenSSL, NoEncryption()).decode(),
        "locked": locked.decode(),
        "damaged": pem().replace(pem().splitlines()[3], "AAAA"),
        "public": json.dumps(public),
        "certificate": "-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----",
        "not json": "{'kty': 'RSA'}",
        "two": json.dumps({"keys": [json.loads(jwk()), json.loads(jwk())]}),
        "oct": json.dumps({"kty": "oct", "k": "c2VjcmV0"}),
    }


@pytest.mark.parametrize("name", sorted(unusable_keys()))
def test_a_key_that_can_t_be_used_is_a_usage_error_that_does_not_show_it(name: str) -> None:
    time, text = Time(), unusable_keys()[name]
    with pytest.raises(UsageError) as caught:
        ask(Okta(), time=time, auth=service_app(time, private_key=text or " "))
    shown = "\n".join(caught.value.lines()) + repr(caught.value.__cause__) + str(caught.value.__suppress_context__)
    assert all(line not in shown for line in text.splitlines() if len(line) > 12)


def test_no_secret_of_a_service_app_reaches_a_watcher_or_an_error() -> None:
    okta, time, seen = Okta(dpop=True), Time(), list[Exchange]()
    http = client(okta, time=time, auth=service_app(time, dpop=True), watch=seen.append)
    run(http.get("/api/v1/groups"))
    assert [one.method for one in seen] == ["GET"]
    assert not {"authorization", "dpop"} & {name.lower() for name, _ in seen[0].request_headers}


def test_a_service_app_works_through_a_transport_that_only_reads() -> None:
    okta, time = Okta(dpop=True), Time()
    auth = service_app(time, dpop=True)
    http = client(ReadOnlyTransport(Service(okta), token_url=auth.token_url), time=time, auth=auth)
    run(http.get("/api/v1/groups"))
    assert okta.tokens == ["access-token-0"]


@pytest.mark.parametrize("module", ["reconciler.directories.okta", "reconciler.directories.auth"])
def test_the_okta_package_is_not_loaded_before_a_key_is_used(module: str) -> None:
    code = f"import {module}, sys; print([name for name in sys.modules if name.split('.')[0] in ('okta', 'jwt')])"
    assert subprocess.check_output([sys.executable, "-c", code], text=True).strip() == "[]"


def test_signing_never_loads_okta_s_client() -> None:
    code = """
import sys
from reconciler.directories.signing import ProofMaker, Signer
Signer(sys.stdin.read()).assertion("https://acme.okta.com", "0oa1")
ProofMaker()
print("okta.client" in sys.modules)
"""
    found = subprocess.run([sys.executable, "-c", code], input=pem(), text=True, capture_output=True, check=True)
    assert found.stdout.strip() == "False"
