"""Who we are: three ways to sign a request, each an ``httpx.Auth``.

``SswsAuth`` (Okta API token), ``BearerAuth`` (Kandji) and ``PrivateKeyAuth``: an Okta service app that signs a client
assertion, fetches a token, renews it before it ends, and proves possession of a key (DPoP) where the app asks for it.
Only the last one loads the ``okta`` package, and of it only ``okta.jwt`` and ``okta.dpop``.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Callable, Generator
from datetime import datetime, timedelta
from itertools import combinations

import httpx
import msgspec
from msgspec import Struct

from reconciler.directories.answers import Transient, asked, complaint, request_id
from reconciler.directories.pace import retry_after
from reconciler.directories.refusals import refusal
from reconciler.directories.signing import ProofMaker, Signer
from reconciler.directories.transport import TOKEN_PATH
from reconciler.errors import NotAllowed, ReconcilerError, TokenRefused, UnexpectedAnswer

READ_SCOPES = ("okta.apps.read", "okta.groups.read", "okta.users.read")
OPTIONAL_SCOPES = ("okta.schemas.read", "okta.logs.read")
_ASSERTION_TYPE = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
_FEATURE_MISSING = b"E0000015"


class _Fixed(httpx.Auth):
    """The same header on every request."""

    def __init__(self, scheme: str, token: str) -> None:
        token = token.strip()
        # The network library quotes an illegal header in its error, and that would put the token into a log.
        if not token or not token.isascii() or not token.isprintable() or " " in token:
            raise TokenRefused(
                "The token is empty, or holds spaces or signs that no token has.",
                next="look at the secret that the config file refers to, then: reconciler doctor",
            )
        self._header = f"{scheme} {token}"

    def auth_flow(self, request: httpx.Request) -> Generator[httpx.Request, httpx.Response, None]:
        request.headers["Authorization"] = self._header
        yield request


class SswsAuth(_Fixed):
    """An Okta API token: ``Authorization: SSWS …``."""

    def __init__(self, token: str) -> None:
        super().__init__("SSWS", token)


class BearerAuth(_Fixed):
    """``Authorization: Bearer …``."""

    def __init__(self, token: str) -> None:
        super().__init__("Bearer", token)


class _Grant(Struct, frozen=True):
    """The token endpoint's answer."""

    access_token: str
    token_type: str
    expires_in: int


class _Token(Struct, frozen=True):
    value: str
    proven: bool
    """Bound to our key: sent as ``DPoP`` with a proof, not as ``Bearer``."""
    renew_at: datetime


class PrivateKeyAuth(httpx.Auth):
    """A service app with a private key (RSA; PEM or JWK), with DPoP where ``dpop`` (by ``proofs``, made when needed).

    The token is fetched once for all requests that wait for it, again before it ends, and once more when Okta refuses
    it. ``clock`` judges its age. Raises ``UsageError`` for a key that can't be used; ``TokenRefused``, ``NotAllowed``
    or ``UnexpectedAnswer`` when the token endpoint says no.
    Source: https://developer.okta.com/docs/guides/implement-oauth-for-okta-serviceapp/main/
    """

    def __init__(
        self,
        *,
        org_url: str,
        client_id: str,
        private_key: str,
        clock: Callable[[], datetime],
        key_id: str | None = None,
        scopes: tuple[str, ...] = READ_SCOPES,
        optional_scopes: tuple[str, ...] = OPTIONAL_SCOPES,
        dpop: bool = False,
        proofs: ProofMaker | None = None,
    ) -> None:
        self._org_url = org_url.rstrip("/")
        self._client_id = client_id
        self._signer = Signer(private_key, key_id)
        self._clock = clock
        self._scopes = scopes
        self._optional = [
            chosen for size in range(len(optional_scopes), -1, -1) for chosen in combinations(optional_scopes, size)
        ]
        """What to ask for besides: Okta refuses all scopes where one is not granted, and does not say which."""
        self._dpop = dpop
        self._proofs = proofs
        self._lock = asyncio.Lock()
        self._token: _Token | None = None
        self._refused: ReconcilerError | None = None
        self._token_nonce: str | None = None
        self._nonce: str | None = None

    @property
    def token_url(self) -> str:
        """The one address to which a POST may go."""
        return self._org_url + TOKEN_PATH

    async def async_auth_flow(self, request: httpx.Request) -> AsyncGenerator[httpx.Request, httpx.Response]:
        refused: _Token | None = None
        for _ in range(3):
            async with self._lock:
                if self._is_due():
                    if self._dpop and self._proofs is None:
                        # Its key takes seconds to make; the other directory must not stand still meanwhile.
                        self._proofs = await asyncio.to_thread(ProofMaker)
                    steps = self._fetch()
                    asking = next(steps)
                    while True:
                        answer = yield asking
                        await answer.aread()
                        try:
                            asking = steps.send(answer)
                        except StopIteration:
                            break
                token = self._token
            assert token is not None  # noqa: S101 (_fetch leaves a token or raises)
            await self._sign(request, token)
            response = yield request
            await response.aread()
            if not self._worth_another(response, token, refused):
                return
            refused = token

    def _is_due(self) -> bool:
        return self._token is None or self._clock() >= self._token.renew_at

    async def _sign(self, request: httpx.Request, token: _Token) -> None:
        if not token.proven or self._proofs is None:
            request.headers["Authorization"] = f"Bearer {token.value}"
            return
        request.headers["Authorization"] = f"DPoP {token.value}"
        # A tenth of a second each, and there are hundreds: in a thread, so that other answers can be taken in.
        request.headers["DPoP"] = await asyncio.to_thread(
            self._proofs, request.method, str(request.url), token.value, self._nonce
        )

    def _worth_another(self, response: httpx.Response, token: _Token, refused: _Token | None) -> bool:
        """Whether to sign and send the request again: with the nonce Okta asks for, or with a new token, once each."""
        nonce = response.headers.get("dpop-nonce")
        fresh_nonce = bool(nonce) and nonce != self._nonce
        self._nonce = nonce or self._nonce
        if response.status_code != 401 or _FEATURE_MISSING in response.content:
            return False
        if token.proven and fresh_nonce and "use_dpop_nonce" in response.headers.get("www-authenticate", ""):
            return True
        if refused is not None:
            return False
        if self._token is token:
            self._token = None
        return True

    def _fetch(self) -> Generator[httpx.Request, httpx.Response, None]:
        """Ask for a token until there is one: again with the nonce Okta wants, or without scopes it does not grant."""
        if self._refused is not None:
            raise self._refused
        for _ in range(len(self._optional) + 3):
            used = self._token_nonce
            response = yield self._token_request(used)
            if response.is_success:
                self._token = self._read(response)
                return
            said = complaint(response).code
            nonce = response.headers.get("dpop-nonce")
            if said == "use_dpop_nonce" and self._dpop and nonce and nonce != used:
                self._token_nonce = nonce
            elif said == "invalid_scope" and len(self._optional) > 1:
                del self._optional[0]
            else:
                break
        raise self._problem(response)

    def _token_request(self, nonce: str | None) -> httpx.Request:
        form = {
            "grant_type": "client_credentials",
            "scope": " ".join(dict.fromkeys((*self._scopes, *self._optional[0]))),
            "client_assertion_type": _ASSERTION_TYPE,
            "client_assertion": self._signer.assertion(self._org_url, self._client_id),
        }
        headers = {"Accept": "application/json"}
        if self._proofs is not None:
            headers["DPoP"] = self._proofs("POST", self.token_url, None, nonce)
        return httpx.Request("POST", self.token_url, data=form, headers=headers)

    def _read(self, response: httpx.Response) -> _Token:
        try:
            grant = msgspec.json.decode(response.content, type=_Grant)
        except msgspec.MsgspecError:
            raise UnexpectedAnswer(
                "Okta's token endpoint answered in a shape this program does not know.",
                facts=asked(response.request.url, request_id(response.headers), "POST"),
                next="check okta.org_url, then: reconciler doctor",
                status=response.status_code,
            ) from None
        margin = min(300.0, grant.expires_in / 10)
        renew_at = self._clock() + timedelta(seconds=grant.expires_in - margin)
        return _Token(value=grant.access_token, proven=grant.token_type.lower() == "dpop", renew_at=renew_at)

    def _problem(self, response: httpx.Response) -> Exception:
        said = complaint(response)
        known = _PROBLEMS.get(said.code or "")
        if known is None:
            fault = refusal(response, "Okta")
            if isinstance(fault, Transient):
                fault.delay = retry_after(response.headers, self._clock())
                return fault
            self._refused = fault
            return fault
        kind, what, why, way_out = known
        self._refused = kind(
            f'{what} ({response.status_code}, {said.code} "{said.text}").',
            facts=(
                *asked(response.request.url, request_id(response.headers), "POST"),
                ("scopes", " ".join(self._scopes)),
            ),
            why=why,
            next=way_out,
            status=response.status_code,
            code=said.code,
        )
        return self._refused


_PROBLEMS: dict[str, tuple[type[ReconcilerError], str, str, str]] = {
    "invalid_dpop_proof": (
        TokenRefused,
        "Okta wants proof of possession (DPoP) from this service app",
        "New service apps have that box ticked; with dpop = true already set, the clock of this machine may be wrong.",
        'clear the box "Require Demonstrating Proof of Possession (DPoP) header in token requests" of the app in Okta, '
        "or set dpop = true in [okta], then: reconciler doctor",
    ),
    "use_dpop_nonce": (
        TokenRefused,
        "Okta wants proof of possession (DPoP) from this service app",
        "It asks for a nonce that this program did not get, or does not send because dpop is not set.",
        "set dpop = true in [okta], then: reconciler doctor",
    ),
    "invalid_client": (
        TokenRefused,
        "Okta does not accept the client id or the private key",
        "The app is inactive or unknown, the public key is not the one in Okta, or the clock of this machine is wrong.",
        "compare okta.client_id and the key with the app in Okta, check the clock, then: reconciler doctor",
    ),
    "invalid_scope": (
        NotAllowed,
        "Okta does not grant this service app the scopes",
        "A super admin has to grant each of them.",
        "grant them on the app's tab Okta API Scopes, and give the app an admin role, then: reconciler doctor",
    ),
    "unauthorized_client": (
        NotAllowed,
        "Okta does not let this app use its private key for tokens",
        "It is not an API Services app, or it authenticates by client secret.",
        'set its client authentication to "Public key / Private key", then: reconciler doctor',
    ),
}
