"""The org's authorization server: service apps, client assertions (private_key_jwt), DPoP proofs with nonces, tokens.

As in Okta's guides for service apps and for DPoP: an assertion is signed with a registered key, its audience is the
token endpoint's address, it ends within the hour; tokens last 3600 s; the first proof gets `use_dpop_nonce` and a
nonce; at the API no nonce is asked for, but the token's hash is (`ath`).
"""

from __future__ import annotations

import base64
import hashlib
import json
import random
import string
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import jwt

from reconciler.simulator.okta.roles import SUPER_ADMIN, Role

LIFETIME = timedelta(seconds=3600)
SLACK = timedelta(minutes=5)
ASSERTION = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
UNCHECKED: Any = {"verify_aud": False, "verify_exp": False, "verify_iat": False, "verify_nbf": False}
"""Times are judged by the org's clock, the audience by its own words."""
ALGORITHMS = ["RS256", "RS384", "RS512", "ES256", "ES384", "ES512"]


class OAuthRefusal(Exception):
    """The token endpoint's error: HTTP status, `error`, `error_description`, and a nonce where it wants one."""

    def __init__(self, status: int, error: str, description: str, nonce: str | None = None) -> None:
        super().__init__(description)
        self.status = status
        self.error = error
        self.description = description
        self.nonce = nonce


@dataclass(frozen=True, kw_only=True)
class ServiceApp:
    """An API services app. `keys`: public JWKs, each with a `kid` or alone; `dpop`: it must prove possession; `role`:
    the admin role it was given."""

    client_id: str
    keys: tuple[Mapping[str, Any], ...]
    scopes: frozenset[str]
    dpop: bool
    role: Role = SUPER_ADMIN


@dataclass(frozen=True, kw_only=True)
class Grant:
    """An access token's meaning; `thumbprint` is that of the DPoP key it is bound to."""

    app: ServiceApp
    scopes: frozenset[str]
    ends: datetime
    thumbprint: str | None


class AuthorizationServer:
    """Grants tokens to registered service apps and knows what they are worth. `clock` gives aware UTC."""

    def __init__(self, clock: Callable[[], datetime], seed: int | str = 0) -> None:
        self._clock = clock
        self._random = random.Random(f"oauth {seed}")
        self._apps: dict[str, ServiceApp] = {}
        self._grants: dict[str, Grant] = {}
        self._seen: set[str] = set()
        self.nonce = self._secret()
        self.granted = 0

    def register(
        self,
        client_id: str,
        keys: Collection[Mapping[str, Any]],
        scopes: Collection[str],
        *,
        dpop: bool = True,
        role: Role = SUPER_ADMIN,
    ) -> ServiceApp:
        """A super admin makes a service app: public JWKs, granted scopes, DPoP on as Okta has it by default, a role."""
        app = ServiceApp(client_id=client_id, keys=tuple(keys), scopes=frozenset(scopes), dpop=dpop, role=role)
        self._apps[client_id] = app
        return app

    def rotate_nonce(self) -> None:
        """The nonce handed out so far is no longer taken."""
        self.nonce = self._secret()

    def revoke_all(self) -> None:
        """Every access token is dead."""
        self._grants.clear()

    def token(self, form: Mapping[str, str], proof: str | None, url: str) -> dict[str, Any]:
        """The token endpoint: the body of its 200. Raises OAuthRefusal. `url` is its own address."""
        if form.get("grant_type") != "client_credentials":
            raise OAuthRefusal(400, "unsupported_grant_type", "The authorization grant type is not supported.")
        app = self._client(form, url)
        thumbprint = self._proven(proof, url) if app.dpop or proof else None
        asked = frozenset(form.get("scope", "").split())
        if not asked or not asked <= app.scopes:
            text = "One or more scopes are not configured for the authorization server resource."
            raise OAuthRefusal(400, "invalid_scope", text)
        value = self._secret()
        self._grants[value] = Grant(app=app, scopes=asked, ends=self._clock() + LIFETIME, thumbprint=thumbprint)
        self.granted += 1
        return {
            "token_type": "DPoP" if thumbprint else "Bearer",
            "expires_in": int(LIFETIME.total_seconds()),
            "access_token": value,
            "scope": " ".join(sorted(asked)),
        }

    def grant(self, scheme: str, value: str, proof: str | None, method: str, url: str) -> Grant | None:
        """What a token means at the API; None when it is unknown, over, or not proven to be its holder's."""
        grant = self._grants.get(value)
        if grant is None or grant.ends <= self._clock():
            return None
        if grant.thumbprint is None:
            return grant if scheme == "bearer" else None
        if scheme != "dpop" or proof is None:
            return None
        try:
            claims, thumbprint = self._claims(proof, method, url)
        except OAuthRefusal:
            return None
        digest = base64.urlsafe_b64encode(hashlib.sha256(value.encode()).digest()).rstrip(b"=").decode()
        return grant if (thumbprint, claims.get("ath")) == (grant.thumbprint, digest) else None

    def _client(self, form: Mapping[str, str], url: str) -> ServiceApp:
        assertion = form.get("client_assertion", "")
        if form.get("client_assertion_type") != ASSERTION or not assertion:
            raise OAuthRefusal(401, "invalid_client", "Client authentication failed.")
        try:
            named = jwt.decode(assertion, options={"verify_signature": False})
            header = jwt.get_unverified_header(assertion)
        except jwt.PyJWTError as error:
            raise OAuthRefusal(401, "invalid_client", "The client_assertion is not a JWT.") from error
        app = self._apps.get(str(named.get("sub")))
        if app is None or named.get("iss") != named.get("sub"):
            raise OAuthRefusal(401, "invalid_client", "The specified client_id is invalid.")
        claims = self._verified(assertion, app, header.get("kid"))
        if url not in _texts(claims.get("aud")):
            raise OAuthRefusal(401, "invalid_client", "The audience claim for client_assertion must be the endpoint.")
        left = _seconds(claims, "exp") - self._clock().timestamp()
        if not 0 < left <= LIFETIME.total_seconds():
            raise OAuthRefusal(401, "invalid_client", "The client_assertion token is expired, or ends too late.")
        return app

    def _verified(self, assertion: str, app: ServiceApp, key_id: str | None) -> dict[str, Any]:
        # A single key need not be named, but may not be called by another's name.
        alone = len(app.keys) == 1
        keys = [key for key in app.keys if (alone and None in (key_id, key.get("kid"))) or key.get("kid") == key_id]
        for key in keys:
            try:
                return _decoded(assertion, key)
            except jwt.PyJWTError:
                continue
        raise OAuthRefusal(401, "invalid_client", "The client_assertion signature is invalid.")

    def _proven(self, proof: str | None, url: str) -> str:
        if proof is None:
            raise OAuthRefusal(400, "invalid_dpop_proof", "The DPoP proof JWT header is missing.")
        claims, thumbprint = self._claims(proof, "POST", url)
        if claims.get("nonce") != self.nonce:
            text = "Authorization server requires nonce in DPoP proof."
            raise OAuthRefusal(400, "use_dpop_nonce", text, nonce=self.nonce)
        return thumbprint

    def _claims(self, proof: str, method: str, url: str) -> tuple[dict[str, Any], str]:
        try:
            header = jwt.get_unverified_header(proof)
            key = header.get("jwk") or {}
            claims = _decoded(proof, key)
        except jwt.PyJWTError as error:
            raise OAuthRefusal(400, "invalid_dpop_proof", "The DPoP proof JWT is invalid.") from error
        age = abs(self._clock().timestamp() - _seconds(claims, "iat"))
        identity = str(claims.get("jti", ""))
        fits = (claims.get("htm"), claims.get("htu")) == (method, url) and header.get("typ") == "dpop+jwt"
        if not fits or age > SLACK.total_seconds() or not identity or identity in self._seen:
            raise OAuthRefusal(400, "invalid_dpop_proof", "The DPoP proof JWT does not fit the request.")
        self._seen.add(identity)
        parts = {name: key[name] for name in sorted({"kty", "n", "e", "crv", "x", "y"} & set(key))}
        canonical = json.dumps(parts, separators=(",", ":"), sort_keys=True)
        return claims, hashlib.sha256(canonical.encode()).hexdigest()

    def _secret(self) -> str:
        return "".join(self._random.choices(string.ascii_letters + string.digits, k=43))


def covers(granted: Collection[str], wanted: Collection[str]) -> bool:
    """Whether these scopes allow what is asked for; okta.x.manage allows okta.x.read too."""
    return all(one in granted or one.removesuffix(".read") + ".manage" in granted for one in wanted)


def _decoded(token: str, key: Mapping[str, Any]) -> dict[str, Any]:
    try:
        public = jwt.PyJWK(dict(key), algorithm=str(jwt.get_unverified_header(token).get("alg")))
        return jwt.decode(token, public, algorithms=ALGORITHMS, options=UNCHECKED)
    except (ValueError, TypeError, KeyError) as error:
        raise jwt.InvalidTokenError("the key can't be used") from error


def _seconds(claims: Mapping[str, Any], name: str) -> float:
    """A moment among the claims, in seconds since 1970; 0 where it is none."""
    value = claims.get(name)
    return value if isinstance(value, int | float) else 0


def _texts(value: Any) -> list[str]:
    return [value] if isinstance(value, str) else [str(one) for one in value or ()]
