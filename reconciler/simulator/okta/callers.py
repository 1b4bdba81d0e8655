"""Who asks Okta's API: the owner of an SSWS token, or a service app with an access token; and what they may do.

As in Okta's guides: a token has the rights of its creator, dies 30 days after its last use and with its creator's
deactivation; a service app needs both the scope and an admin role.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta

from starlette.requests import Request

from reconciler.simulator.okta.answers import refusal
from reconciler.simulator.okta.oauth import AuthorizationServer, covers
from reconciler.simulator.okta.roles import SUPER_ADMIN, Role
from reconciler.simulator.org.log_targets import of_user
from reconciler.simulator.org.org import Org
from reconciler.simulator.org.state import DEPROVISIONED
from reconciler.simulator.org.system_log import Target

NOBODY = Target(id="00uTokenOwner", type="User", name="Token owner", alternate="token.owner@acme.test")
"""Whoever made a token that no person of the org owns."""


@dataclass(frozen=True, kw_only=True)
class Caller:
    """Somebody who was recognised. `principal` is what rate limits are counted by; `scopes` None is a token of old."""

    principal: str
    role: Role
    scopes: frozenset[str] | None
    actor: Target

    def may(self, permissions: Collection[str], scopes: Collection[str]) -> bool:
        """Whether the role has these permissions and the access token these scopes."""
        return self.role.allows(permissions) and (self.scopes is None or covers(self.scopes, scopes))


class Callers:
    """The SSWS tokens an org knows (`tokens`, with their roles) and its authorization server.

    `owners`: by token, the id of the person who made it. `unused_for`: how long a token lives without use, None for
    ever; a token that was never used begins to age with its first use.
    """

    def __init__(self, org: Org, oauth: AuthorizationServer, token: str) -> None:
        self.tokens: dict[str, Role] = {token: SUPER_ADMIN}
        self.owners: dict[str, str] = {}
        self.unused_for: timedelta | None = timedelta(days=30)
        self._org = org
        self._oauth = oauth
        self._used: dict[str, datetime] = {}

    def recognise(self, request: Request) -> Caller:
        """Raises OrgRefusal 401 E0000011 for a token that is unknown, dead, or not proven to be the sender's."""
        scheme, _, value = request.headers.get("Authorization", "").partition(" ")
        if scheme.upper().startswith("SSWS"):
            # Okta's own Python client sends the token without a space behind the scheme.
            return self._by_token(value or scheme[4:])
        url = str(request.url).partition("?")[0]
        grant = self._oauth.grant(scheme.lower(), value, request.headers.get("DPoP"), request.method, url)
        if grant is None:
            raise refusal("E0000011")
        name = grant.app.client_id
        actor = Target(id=name, type="PublicClientApp", name=name, alternate=name)
        return Caller(principal=name, role=grant.app.role, scopes=grant.scopes, actor=actor)

    def _by_token(self, token: str) -> Caller:
        role = self.tokens.get(token)
        now = self._org.now()
        owner = self._org.users.get(self.owners.get(token, ""))
        orphaned = token in self.owners and (owner is None or owner.status == DEPROVISIONED)
        unused = now - self._used.get(token, now)
        if role is not None and (orphaned or (self.unused_for is not None and unused > self.unused_for)):
            # Dead for good: neither a reactivated owner nor a clock brings it back.
            del self.tokens[token]
            role = None
        if role is None:
            raise refusal("E0000011")
        self._used[token] = now
        return Caller(principal=token, role=role, scopes=None, actor=of_user(owner) if owner else NOBODY)
