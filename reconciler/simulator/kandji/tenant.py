"""A Kandji tenant: a real SCIM server (PyPI scim2-server) under /api/v1/scim, and what only the REST API shows."""

from __future__ import annotations

import random
import uuid
from collections.abc import Collection
from dataclasses import replace
from typing import Any

import httpx

from reconciler.simulator.clock import Clock
from reconciler.simulator.kandji.budget import Budget
from reconciler.simulator.kandji.scim_server import ScimServer
from reconciler.simulator.kandji.scim_store import PREFIX, ScimStore
from reconciler.simulator.kandji.tenant_rows import OKTA_INTEGRATION, Beside, Device, DirectoryUser, Integration, Rows
from reconciler.simulator.kandji.ways import STRICT, Ways
from reconciler.simulator.provisioner.scim_client import USER, ScimClient, ScimFailure, changed_user, group

NAMES = {
    "user_name": "userName",
    "display_name": "displayName",
    "given_name": "givenName",
    "family_name": "familyName",
}


class Tenant:
    """A Kandji tenant. `token` is the SCIM integration's (Okta and a reader share it), `api_token` the REST API's.

    Every verb named like an admin's click is a real SCIM request; of `ways`, those of the wire do not concern it.
    `switches` are ways, too, and go before those of `ways`: ``Tenant(clock, page_cap=2)``. Where SCIM ids are decimals,
    they are the REST API's ``deprecated_user_id``; otherwise they are its ``id``.
    """

    def __init__(self, clock: Clock, seed: int | str = 0, *, ways: Ways = STRICT, **switches: Any) -> None:
        self.clock = clock
        self._random = random.Random(f"tenant {seed}")
        self.store = ScimStore(clock.now, seed, replace(ways, **switches))
        self.store.hides = self._hides
        self.budget = Budget(clock.now, lambda: self.ways)
        self.scim = ScimServer(self.store, self.budget, self.has_device)
        self.rows = Rows()
        self._console = ScimClient(_client(httpx.WSGITransport(app=self.scim.console)), self._secret())
        self.api_token = self._secret()
        self.token = self.rotate_token()

    @property
    def ways(self) -> Ways:
        """How its servers behave. May be changed at any time: ``tenant.ways = replace(tenant.ways, patch="501")``."""
        return self.store.ways

    @ways.setter
    def ways(self, ways: Ways) -> None:
        self.store.ways = ways

    def client(self) -> httpx.Client:
        """A synchronous client of the SCIM server in memory, based at …/api/v1/scim/, without Authorization. It waits
        as long as Okta does: a request that is `slow` raises httpx.ReadTimeout after a simulated minute."""
        return _client(_Patience(self))

    def rotate_token(self) -> str:
        """Makes a new SCIM token; the old one is dead at once. Returns (and keeps in `token`) the new one."""
        self.token = self._secret()
        self.scim.accept([self.token, self._console.token])
        return self.token

    def _secret(self) -> str:
        return str(uuid.UUID(int=self._random.getrandbits(128), version=4))

    # --- looking

    def user_id(self, user_name: str) -> str:
        """SCIM id of the account with that user name, in any case. KeyError if there is none."""
        wanted = user_name.casefold()
        for user in self.store.users():
            if str(user.user_name).casefold() == wanted:
                return str(user.id)
        raise KeyError(user_name)

    def group_id(self, name: str) -> str:
        """SCIM id of a group with that display name. KeyError if there is none."""
        found = self._console.find("Groups", "displayName", name)
        if found is None:
            raise KeyError(name)
        return str(found["id"])

    def user(self, user_id: str) -> dict[str, Any]:
        """The SCIM user as the server gives it. KeyError if it is gone."""
        return self._read("Users", user_id)

    def group(self, group_id: str) -> dict[str, Any]:
        """The SCIM group as the server gives it. KeyError if it is gone."""
        return self._read("Groups", group_id)

    def members(self, group_id: str) -> frozenset[str]:
        """SCIM ids of the members of a group. KeyError if it is gone."""
        return frozenset(str(member["value"]) for member in self.group(group_id).get("members") or ())

    def _read(self, kind: str, resource_id: str) -> dict[str, Any]:
        try:
            return self._console.read(kind, resource_id)
        except ScimFailure as failure:
            if failure.status == 404:
                raise KeyError(resource_id) from failure
            raise

    # --- an admin's hands

    def create_user(
        self,
        user_name: str,
        name: str,
        *,
        email: str | None = None,
        title: str | None = None,
        department: str | None = None,
        external_id: str | None = None,
        active: bool = True,
        integration: str = OKTA_INTEGRATION,
    ) -> str:
        """An account Okta did not make; returns its SCIM id. `email` defaults to the user name; `integration` is what
        the REST API says it came from. Raises ScimFailure (409) when the user name is taken."""
        values = {"userName": user_name, "displayName": name, "email": email or user_name, "title": title}
        body = changed_user({"schemas": [USER], "active": active}, values | {"department": department})
        if external_id is not None:
            body["externalId"] = external_id
        user_id = self._console.create("Users", body)
        self.set_integration(user_id, integration)
        return user_id

    def edit_user(self, user_id: str, **attributes: object) -> None:
        """Changes user_name, display_name, given_name, family_name, formatted_name, email, title, department,
        external_id; None clears. KeyError if the account is gone."""
        body = self.user(user_id)
        if "external_id" in attributes:
            body["externalId"] = attributes.pop("external_id")
        if "formatted_name" in attributes:
            body["name"] = (body.get("name") or {}) | {"formatted": attributes.pop("formatted_name")}
        values = {NAMES.get(name, name): None if value is None else str(value) for name, value in attributes.items()}
        self._console.replace("Users", user_id, changed_user(body, values))

    def deactivate_user(self, user_id: str) -> None:
        """Sets ``active`` to false. KeyError if the account is gone."""
        self._console.replace("Users", user_id, self.user(user_id) | {"active": False})

    def activate_user(self, user_id: str) -> None:
        """Sets ``active`` to true. KeyError if the account is gone."""
        self._console.replace("Users", user_id, self.user(user_id) | {"active": True})

    def delete_user(self, user_id: str) -> None:
        """The account goes; groups go on naming it, unless the server cleans its references."""
        self._console.delete("Users", user_id)
        self.rows.beside.pop(user_id, None)

    def create_group(self, name: str, members: Collection[str] = ()) -> str:
        """A group Okta did not make; `members` are SCIM ids. Returns its SCIM id."""
        return self._console.create("Groups", group(name, [(member, member) for member in members]))

    def rename_group(self, group_id: str, name: str) -> None:
        """Another display name. KeyError if the group is gone."""
        self._console.replace("Groups", group_id, self.group(group_id) | {"displayName": name})

    def delete_group(self, group_id: str) -> None:
        """The group goes; Okta is not told."""
        self._console.delete("Groups", group_id)

    def add_member(self, group_id: str, user_id: str) -> None:
        """By hand; Okta is not told."""
        self.set_members(group_id, self.members(group_id) | {user_id})

    def remove_member(self, group_id: str, user_id: str) -> None:
        """By hand; Okta is not told."""
        self.set_members(group_id, self.members(group_id) - {user_id})

    def set_members(self, group_id: str, members: Collection[str]) -> None:
        """Replaces the members of a group; Okta is not told. KeyError if the group is gone."""
        listed = [{"value": member} for member in sorted(members)]
        self._console.replace("Groups", group_id, self.group(group_id) | {"members": listed})

    # --- what only the REST API shows

    def beside(self, user_id: str) -> Beside:
        """What the REST API adds to a SCIM user."""
        if user_id not in self.rows.beside:
            rest_id = self._secret() if user_id.isdecimal() else user_id
            self.rows.beside[user_id] = Beside(uuid=rest_id)
        return self.rows.beside[user_id]

    def archive(self, user_id: str, archived: bool = True) -> None:
        """Moves the account to the Archived tab, or back."""
        self.beside(user_id).archived = archived

    def is_archived(self, user: Any) -> bool:
        """Whether a user resource of the store stands in the Archived tab."""
        beside = self.rows.beside.get(user.id)
        return (beside is not None and beside.archived) or (self.ways.archives_inactive and not user.active)

    def _hides(self, resource: Any) -> bool:
        ways = self.ways
        if (ways.lists_archived and ways.lists_inactive) or resource.meta.resource_type != "User":
            return False
        return (not ways.lists_inactive and not resource.active) or (
            not ways.lists_archived and self.is_archived(resource)
        )

    def set_integration(self, user_id: str, integration: str) -> None:
        """What the REST API says the account came from."""
        self.beside(user_id).integration = integration

    def integration(self, name: str) -> Integration:
        """The directory of that name; made when it is first named. One called Google… or Entra… has that type."""
        if name not in self.rows.integrations:
            word = name.casefold()
            kind = "google" if "google" in word else "office365" if "entra" in word or "365" in word else "scim"
            number = len(self.rows.integrations) + 1
            self.rows.integrations[name] = Integration(id=number, uuid=self._secret(), name=name, type=kind)
        return self.rows.integrations[name]

    def add_directory_user(self, email: str, name: str, integration: str, *, active: bool = True) -> str:
        """A row of another directory (Google, Entra): in the REST API, not in this SCIM store. Returns its UUID."""
        row = DirectoryUser(
            uuid=self._secret(),
            number=5_000 + len(self.rows.directory),
            email=email,
            name=name,
            integration=integration,
            active=active,
            created=self.clock.now(),
        )
        self.rows.directory[row.uuid] = row
        return row.uuid

    def add_device(self, name: str, user_id: str | None = None) -> Device:
        """A Mac enrols; `user_id` is the SCIM id of its user."""
        serial = "C02" + "".join(self._random.choices("ABCDEFGHJKLMNPQRSTUVWXYZ0123456789", k=9))
        device = Device(id=self._secret(), name=name, serial=serial, user_id=user_id)
        self.rows.devices[device.id] = device
        return device

    def owner(self, device: Device) -> str | None:
        """SCIM id of the person a Mac is assigned to, or None."""
        if device.user_id is None or not self.ways.frees_devices:
            return device.user_id
        return None if device.user_id in self.store.inactive() else device.user_id

    def has_device(self, user_id: str) -> bool:
        """Whether a Mac is assigned to that SCIM id."""
        return any(self.owner(device) == user_id for device in self.rows.devices.values())

    def assign_device(self, device: Device, user_id: str | None) -> None:
        """Another user, or none."""
        device.user_id = user_id


class _Patience(httpx.BaseTransport):
    """Okta's: what takes longer than a minute has failed, whatever became of it."""

    def __init__(self, tenant: Tenant) -> None:
        self._tenant = tenant
        self._inner = httpx.WSGITransport(app=tenant.scim)

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        ways = self._tenant.ways
        if request.method not in ways.slow:
            return self._inner.handle_request(request)
        if ways.late:
            self._inner.handle_request(request).read()
        raise httpx.ReadTimeout("no answer within a minute", request=request)


def _client(transport: httpx.BaseTransport) -> httpx.Client:
    return httpx.Client(transport=transport, base_url=f"https://tenant.api.kandji.io{PREFIX}/")
