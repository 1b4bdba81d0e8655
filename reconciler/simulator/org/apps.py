"""The apps of the org: made, changed, switched off, deleted; and what one of them provisions."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from reconciler.simulator.org.groups import Groups
from reconciler.simulator.org.log_targets import of_app
from reconciler.simulator.org.state import App, OrgRefusal

ATTRIBUTES = ("displayName", "givenName", "familyName", "email", "title", "department")


class Apps(Groups):
    """Verbs about apps.

    `app_update_drops_provisioning`: whether an update through the API takes the provisioning features away, as reported
    of SAML apps with SCIM switched on.
    """

    app_update_drops_provisioning: bool = True

    def add_app(
        self,
        label: str,
        *,
        name: str | None = None,
        features: Collection[str] = (),
        sign_on_mode: str = "SAML_2_0",
        given: Mapping[str, Any] | None = None,
    ) -> App:
        """Another app of the org, with nobody assigned. `name` defaults to that of an app made with the wizard; `given`
        is what was said of its accessibility, visibility, credentials and settings, in Okta's words."""
        now = self.now()
        word = "".join(letter for letter in label.casefold() if letter.isalnum())
        app = App(
            id=self.new_id("0oa"),
            name=name or f"acme_{word}_{len(self.apps) + 1}",
            label=label,
            sign_on_mode=sign_on_mode,
            features=tuple(features),
            attributes=ATTRIBUTES,
            catalogue=name is not None,
            given=dict(given or {}),
            created=now,
            last_updated=now,
        )
        self.apps[app.id] = app
        self.log("application.lifecycle.create", of_app(app))
        return app

    def update_app(self, app: App, label: str, given: Mapping[str, Any]) -> None:
        """What the API's PUT does: label and settings are replaced, and provisioning may be lost."""
        app.label = label
        app.given = dict(given)
        if self.app_update_drops_provisioning:
            app.features = ()
        self._app_changed("update", app)

    def set_features(self, features: Collection[str], *, app: App | None = None) -> None:
        """The app's provisioning settings, as free strings."""
        app = app or self.app
        app.features = tuple(features)
        self._app_changed("update", app)

    def set_app_status(self, status: str, *, app: App | None = None) -> None:
        """ACTIVE or INACTIVE. Back at ACTIVE, assignments that waited are made."""
        if status not in ("ACTIVE", "INACTIVE"):
            raise ValueError(f"no such status: {status}")
        app = app or self.app
        app.status = status
        self._app_changed("activate" if status == "ACTIVE" else "deactivate", app)
        self._people_to_assign.update(dict.fromkeys(self.users))

    def set_app_attributes(self, names: Collection[str]) -> None:
        """App user attributes mapped to Kandji, out of ATTRIBUTES (default: all). One left out is neither in the
        app's schema nor in profiles nor sent."""
        unknown = set(names) - set(ATTRIBUTES)
        if unknown:
            raise ValueError(f"no such attributes: {sorted(unknown)}")
        self.app.attributes = tuple(name for name in ATTRIBUTES if name in names)
        self._people_to_assign.update(dict.fromkeys(self.app.users))

    def set_on_create_only(self, names: Collection[str]) -> None:
        """Attributes whose mapping is applied on create only, out of ATTRIBUTES (default: none)."""
        unknown = set(names) - set(ATTRIBUTES)
        if unknown:
            raise ValueError(f"no such attributes: {sorted(unknown)}")
        self.app.on_create_only = frozenset(names)

    def delete_app(self, app: App) -> None:
        """With its assignments, mappings and groups; nothing is sent anywhere. Raises OrgRefusal while it is ACTIVE."""
        if app.status != "INACTIVE":
            raise OrgRefusal(403, "E0000056", "Delete application forbidden.")
        for holding in (app.users, app.groups, app.mappings):
            holding.clear()
        app.direct.clear()
        for group in [group for group in self.groups.values() if group.source_id == app.id]:
            self.delete_group(group)
        del self.apps[app.id]
        self.log("application.lifecycle.delete", of_app(app))

    def _app_changed(self, event: str, app: App) -> None:
        app.last_updated = self.now()
        self.log(f"application.lifecycle.{event}", of_app(app))
