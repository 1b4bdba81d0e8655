"""Makes the directories of a configuration: addresses, tokens, pace and wire put together. Only ``cli`` does this."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Iterable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING

import httpx

from reconciler.changes import Change
from reconciler.commands.doctor import Line, Sides
from reconciler.commands.doctor import Told as ClockTold
from reconciler.commands.reading import Directories
from reconciler.config_file import Loaded
from reconciler.directories import Permission, kandji, scim
from reconciler.directories.auth import BearerAuth, PrivateKeyAuth, SswsAuth
from reconciler.directories.forbidden import OKTA, SCIM
from reconciler.directories.gate import Gate, WriteTransport
from reconciler.directories.http import Exchange, Http, Policy, ReadOnlyTransport, system_transport
from reconciler.directories.kandji import KandjiDirectory
from reconciler.directories.okta import OktaDirectory
from reconciler.directories.okta_writes import OktaWrites
from reconciler.directories.scim import ScimDirectory
from reconciler.directories.scim_writes import ScimWrites
from reconciler.directories.write_permissions import WRITE_SCOPES, needs, scopes
from reconciler.directories.writers import Writers
from reconciler.errors import ConfigError, NotAllowed, ReadFailed, UsageError
from reconciler.secrets import Keeper, told

if TYPE_CHECKING:
    from reconciler.config import Config
    from reconciler.outside import Outside

__all__ = ["Watch", "Wiring", "dates_into", "needs", "scim_url", "wired"]

Watch = Callable[[str], Callable[[Exchange], None]]
"""For a service (Okta, Kandji SCIM, Kandji API): who sees its exchanges."""


@dataclass(frozen=True, slots=True)
class Wiring:
    """Makes each side of one configuration. Every request goes by a transport that lets only reads through, but for
    those of ``writers``, which only ``apply`` is given."""

    loaded: Loaded
    keeper: Keeper
    outside: Outside
    stack: AsyncExitStack
    waiting: Callable[[str], None]
    watch: Watch | None = None

    def okta(self) -> OktaDirectory:
        """Raises ConfigError where its secret can't be had, UsageError for a key or CA that can't be used."""
        config = self.loaded.config.okta
        return OktaDirectory(
            self._okta_http(),
            app_id=config.app_id,
            app_label=config.app_label,
            scope=self.loaded.config.scope.groups,
            clock=self.outside.clock,
        )

    def _okta_http(self, *, gate: Gate | None = None, more_scopes: Iterable[str] = ()) -> Http:
        config = self.loaded.config.okta
        auth = self._okta_auth(more_scopes)
        token_url = auth.token_url if isinstance(auth, PrivateKeyAuth) else None
        return self._http(config.org_url, OKTA, auth, self._policy(config.rate_share), token_url=token_url, gate=gate)

    def _okta_auth(self, more_scopes: Iterable[str] = ()) -> SswsAuth | PrivateKeyAuth:
        config = self.loaded.config.okta
        if config.auth == "token":
            return SswsAuth(self._secret("token"))
        assert config.client_id is not None  # noqa: S101 - checked when the file was read
        return PrivateKeyAuth(
            org_url=config.org_url,
            client_id=config.client_id,
            private_key=self._secret("private_key"),
            key_id=config.key_id,
            clock=self.outside.clock,
            scopes=tuple(dict.fromkeys((*config.scopes, *more_scopes))),
            dpop=config.dpop,
        )

    def _secret(self, name: str) -> str:
        reference = getattr(self.loaded.config.okta, name)
        where = self.loaded.where("okta", name)
        secret = self.keeper.resolve(reference, key=f"okta.{name}", where=where, lines=name == "private_key")
        return secret.reveal()

    def secrets(self) -> list[Line]:
        """For ``doctor``: whether each secret can be had, one by one."""
        lines = []
        for table, key, reference in self.loaded.config.references():
            name, where = f"{table}.{key}", self.loaded.where(table, key)
            try:
                self.keeper.resolve(reference, key=name, where=where, lines=key == "private_key")
            except ConfigError as error:
                lines.append(Line(f"secret {name}", "failed", error.what, error.next, error.exit_code))
            else:
                lines.append(Line(f"secret {name}", "ok", f"from {told(*reference.parts())}, set in {where}"))
        return lines

    def encryption(self, answered: frozenset[str]) -> list[Line]:
        """For ``doctor``: how each service that answered was reached."""
        okta, kandji = self.loaded.config.okta, self.loaded.config.kandji
        ca = self.loaded.config.network.ca
        trusted = "certificate trusted by this system" + (f" or by {ca}" if ca else "")
        lines = []
        for service, url in (("Okta", okta.org_url), ("Kandji SCIM", kandji.scim_url), ("Kandji API", kandji.api_url)):
            if service in answered and url is not None:
                told_of = trusted if url.startswith("https:") else "none: this machine itself, over http"
                lines.append(Line(f"{service}: TLS", "ok", told_of))
        return lines

    def scim(self) -> ScimDirectory:
        """Raises as ``okta`` does, and UsageError for an address that is not Kandji's."""
        http = self._scim_http()
        return ScimDirectory(http, clock=self.outside.clock, at_once=self.loaded.config.network.concurrency)

    def _scim_http(self, *, gate: Gate | None = None) -> Http:
        config = self.loaded.config.kandji
        url = scim_url(self.loaded.config)
        secret = self.keeper.resolve(config.token, key="kandji.token", where=self.loaded.where("kandji", "token"))
        policy = self._policy(limits=kandji.LIMITS if config.kind == "kandji" else ())
        return self._http(url, SCIM, BearerAuth(secret.reveal()), policy, gate=gate)

    def live(self, app_id: str | None = None) -> Writers:
        """What ``apply`` reads by, over the transport that lets only reads through: a write raises WriteRefused.
        ``app_id`` as in ``writers``."""
        return self._writers(app_id, None, ())

    def writers(self, app_id: str | None = None, changes: Iterable[Change] | None = None) -> Writers:
        """For ``apply`` alone: writes pass that an open change implies.

        ``app_id``: the plan's; without it that of the configuration. Of OAuth, the scopes are asked for that
        ``changes`` take, all write scopes without them. Raises as ``okta`` and ``scim`` do, UsageError without an app.
        """
        more = WRITE_SCOPES if changes is None else scopes(changes)
        return self._writers(app_id, Gate(self._app_id(app_id)), more)

    def _writers(self, app_id: str | None, gate: Gate | None, more_scopes: Iterable[str]) -> Writers:
        app_id = self._app_id(app_id)
        okta = OktaWrites(self._okta_http(gate=gate, more_scopes=more_scopes), app_id)
        at_once = self.loaded.config.network.concurrency
        return Writers(
            okta=okta,
            scim=ScimWrites(self._scim_http(gate=gate), clock=self.outside.clock, at_once=at_once),
            gate=gate or Gate(app_id),
        )

    def _app_id(self, app_id: str | None) -> str:
        found = app_id or self.loaded.config.okta.app_id
        if found is None:
            raise UsageError("The id of the app is not known here.", next="set okta.app_id, then: reconciler doctor")
        return found

    def kandji(self) -> KandjiDirectory | None:
        """The REST API, where one is configured."""
        http = self._kandji_http()
        return None if http is None else KandjiDirectory(http, clock=self.outside.clock)

    def _kandji_http(self) -> Http | None:
        config = self.loaded.config.kandji
        if config.api_url is None or config.api_token is None:
            return None
        url = kandji.api_url(config.api_url, any_host=config.kind == "scim")
        where = self.loaded.where("kandji", "api_token")
        secret = self.keeper.resolve(config.api_token, key="kandji.api_token", where=where)
        return self._http(url, "Kandji API", BearerAuth(secret.reveal()), self._policy(limits=kandji.LIMITS))

    async def kandji_permissions(self) -> tuple[Permission, ...]:
        """Each endpoint of the REST API that a pull reads, tried with one row."""
        http = self._kandji_http()
        if http is None:
            return ()
        return (
            await _tried(http, "read people", "kandji.users", "/api/v1/users", "sizePerPage"),
            await _tried(http, "read devices", "kandji.devices", "/api/v1/devices", "limit"),
        )

    def directories(self) -> Directories:
        """All sides, for a pull. Every secret is resolved before the first request."""
        return Directories(okta=self.okta(), scim=self.scim(), kandji=self.kandji())

    def sides(self) -> Sides:
        """All sides, each made when it is looked at, for ``doctor``."""
        has_api = self.loaded.config.kandji.api_url is not None
        return Sides(okta=self.okta, scim=self.scim, kandji=self.kandji_permissions if has_api else None)

    def _policy(self, rate_share: float = 0.5, limits: tuple[tuple[int, float], ...] = ()) -> Policy:
        network = self.loaded.config.network
        return Policy(
            concurrency=network.concurrency,
            rate_share=rate_share,
            attempts=network.attempts,
            total_seconds=network.total_seconds,
            timeout_seconds=network.timeout_seconds,
            limits=limits,
        )

    def _http(
        self,
        url: str,
        service: str,
        auth: httpx.Auth,
        policy: Policy,
        *,
        token_url: str | None = None,
        gate: Gate | None = None,
    ) -> Http:
        inner = self._transport()
        http = Http(
            url,
            service=service,
            auth=auth,
            transport=ReadOnlyTransport(inner, token_url=token_url)
            if gate is None
            else WriteTransport(inner, gate=gate, service=service, base_url=url, token_url=token_url),
            policy=policy,
            sleep=self.outside.sleep,
            clock=self.outside.clock,
            watch=None if self.watch is None else self.watch(service),
            waiting=self.waiting,
        )
        self.stack.push_async_callback(http.aclose)
        return http

    def _transport(self) -> httpx.AsyncBaseTransport:
        config = self.loaded.config
        if self.outside.transport is not None:
            return self.outside.transport(config)
        return system_transport(ca_file=config.network.ca, environment=self.outside.environ)


def scim_url(config: Config) -> str:
    """The address of the SCIM API as requests have it. UsageError where it is not Kandji's."""
    is_kandji = config.kandji.kind == "kandji"
    return kandji.scim_url(config.kandji.scim_url) if is_kandji else scim.base_url(config.kandji.scim_url)


async def _tried(http: Http, name: str, source: str, path: str, limit: str) -> Permission:
    try:
        await http.get(path, {limit: 1})
    except (NotAllowed, ReadFailed) as error:
        return Permission(
            name=name, source=source, scope="", required=False, allowed=False, reason=error.what, next=error.next
        )
    return Permission(name=name, source=source, scope="", required=False, allowed=True)


@asynccontextmanager
async def wired(
    loaded: Loaded,
    keeper: Keeper,
    outside: Outside,
    *,
    waiting: Callable[[str], None],
    watch: Watch | None = None,
) -> AsyncIterator[Wiring]:
    """A ``Wiring`` whose clients are closed at the end."""
    async with AsyncExitStack() as stack:
        yield Wiring(loaded, keeper, outside, stack, waiting, watch)


def dates_into(seen: list[ClockTold], clock: Callable[[], datetime]) -> Watch:
    """A watcher that notes every answer's ``Date`` beside our own clock."""

    def watcher(service: str) -> Callable[[Exchange], None]:
        def look(exchange: Exchange) -> None:
            for name, value in exchange.headers:
                if name.lower() == "date":
                    try:
                        theirs = parsedate_to_datetime(value).astimezone(UTC)
                    except (TypeError, ValueError):
                        return
                    seen.append(ClockTold(service, theirs, clock()))

        return look

    return watcher
