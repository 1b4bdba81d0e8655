"""Group push: which Okta groups are pushed to which groups of the app."""

from __future__ import annotations

from reconciler.simulator.org.groups import Groups
from reconciler.simulator.org.log_targets import of_app, of_group, of_mapping
from reconciler.simulator.org.state import App, Group, OrgRefusal, PushMapping, Task

EVENTS = "application.provision.group_push."


class Mappings(Groups):
    """Verbs about push mappings of an app (`app`, by default the one that is provisioned; from others nothing is ever
    sent). What is pushed goes out later, through the provisioner.

    `mends_errors`: whether setting the status of a mapping in ERROR is taken, as a retry or a pause.
    """

    mends_errors: bool = False

    def link_group(
        self,
        source: Group,
        target_name: str | None = None,
        *,
        target: Group | None = None,
        status: str = "ACTIVE",
        app: App | None = None,
    ) -> PushMapping:
        """Pushes a group; the target is given, or an APP_GROUP of that name (else the source's), made or taken over.

        Raises OrgRefusal for a second mapping of the same pair, for another name than the source's while target
        groups follow the names of their sources, and for a target that is not the app's.
        """
        app = app or self.app
        name = target_name or source.name
        if target is None and name != source.name and app.rename_groups:
            raise self._bad_push("app groups are renamed to match group names in Okta")
        if target is not None and (target.type, target.source_id) != ("APP_GROUP", app.id):
            raise self._bad_push("the target is not a group of the app")
        target = target or self._target(app, name)
        if any((m.source_group_id, m.target_group_id) == (source.id, target.id) for m in app.mappings.values()):
            raise self._bad_push("the mapping exists")
        now = self.now()
        mapping = PushMapping(
            id=self.new_id("gPm"),
            source_group_id=source.id,
            target_group_id=target.id,
            status=status,
            created=now,
            last_updated=now,
        )
        app.mappings[mapping.id] = mapping
        self._log_push("mapping.created", app, mapping)
        self._push(app, mapping)
        return mapping

    def set_rename_groups(self, on: bool, *, app: App | None = None) -> None:
        """ "Rename app groups to match group name in Okta"; must be off before a target gets another name."""
        (app or self.app).rename_groups = on

    def pause_mapping(self, mapping: PushMapping) -> None:
        """ACTIVE → INACTIVE: the target keeps its members as they are. Of one that is INACTIVE nothing changes. Raises
        OrgRefusal for one in ERROR."""
        if mapping.status == "INACTIVE":
            return
        self._set_status(mapping, "INACTIVE")
        self._log_push("deactivate_mapping", self._app_of(mapping), mapping)

    def resume_mapping(self, mapping: PushMapping) -> None:
        """INACTIVE → ACTIVE, and a full push follows. Of one that is ACTIVE nothing changes. Raises OrgRefusal for one
        in ERROR."""
        if mapping.status == "ACTIVE":
            return
        self._set_status(mapping, "ACTIVE")
        self._log_push("activate_mapping", self._app_of(mapping), mapping)
        self._push(self._app_of(mapping), mapping)

    def retry_mapping(self, mapping: PushMapping) -> None:
        """The admin's "Push now" and "Retry": a full push follows, from ERROR too. Raises OrgRefusal while paused."""
        if mapping.status == "INACTIVE":
            raise self._bad_push("the mapping is paused")
        if mapping.status == "ERROR":
            mapping.status, mapping.error_summary, mapping.last_updated = "ACTIVE", None, self.now()
        self._push(self._app_of(mapping), mapping)

    def unlink(self, mapping: PushMapping, *, delete_target: bool = False) -> None:
        """Ends the mapping; the group in Kandji stays as it is, unless it is to be deleted. The APP_GROUP stays too, to
        be linked again: then the group is looked up by its name."""
        app = self._app_of(mapping)
        del app.mappings[mapping.id]
        self._log_push("removed", app, mapping)
        target = self.groups[mapping.target_group_id]
        if any(other.target_group_id == target.id for other in app.mappings.values()):
            return
        external_id, target.external_id = target.external_id, None
        if delete_target:
            self._log_push("delete_appgroup", app, mapping)
            self.delete_group(target)
            if external_id is not None:
                self.post(Task(kind="delete-group", subject=mapping.id, external_id=external_id))

    def _app_of(self, mapping: PushMapping) -> App:
        return next(app for app in self.apps.values() if mapping.id in app.mappings)

    def _push(self, app: App, mapping: PushMapping) -> None:
        if app is self.app and mapping.status == "ACTIVE":
            self.post(Task(kind="push", subject=mapping.id))

    def _target(self, app: App, name: str) -> Group:
        for group in self.groups.values():
            if group.type == "APP_GROUP" and group.source_id == app.id and group.name == name:
                return group
        return self.create_group(name, type="APP_GROUP", source_id=app.id)

    def _set_status(self, mapping: PushMapping, status: str) -> None:
        if mapping.status == "ERROR" and not self.mends_errors:
            raise self._bad_push("the mapping is in ERROR")
        mapping.status, mapping.error_summary = status, None
        mapping.last_updated = self.now()

    def _log_push(self, event: str, app: App, mapping: PushMapping) -> None:
        groups = [self.groups.get(one) for one in (mapping.source_group_id, mapping.target_group_id)]
        self.log(EVENTS + event, of_app(app), of_mapping(mapping), *(of_group(group) for group in groups if group))

    def _bad_push(self, why: str) -> OrgRefusal:
        return OrgRefusal(400, "E0000027", f"Group push bad request : {why}")
