"""Group push: which Okta groups are pushed to which groups of the app."""

from __future__ import annotations

from reconciler.simulator.groups import Groups
from reconciler.simulator.state import Group, OrgRefusal, PushMapping, Task


class Mappings(Groups):
    """Verbs about push mappings. What is pushed goes out later, through the provisioner."""

    def link_group(self, source: Group, target_name: str | None = None) -> PushMapping:
        """Pushes a group; the target is an APP_GROUP of that name (default: the source's), made or taken over.

        Raises OrgRefusal for a second mapping of the same pair, and for another name than the source's while target
        groups follow the names of their sources.
        """
        name = target_name or source.name
        if name != source.name and self.app.rename_groups:
            raise self._bad_push("app groups are renamed to match group names in Okta")
        target = self._target(name)
        if any((m.source_group_id, m.target_group_id) == (source.id, target.id) for m in self.app.mappings.values()):
            raise self._bad_push("the mapping exists")
        now = self.now()
        mapping = PushMapping(
            id=self.new_id("gPm"),
            source_group_id=source.id,
            target_group_id=target.id,
            created=now,
            last_updated=now,
        )
        self.app.mappings[mapping.id] = mapping
        self.post(Task(kind="push", subject=mapping.id))
        return mapping

    def set_rename_groups(self, on: bool) -> None:
        """ "Rename app groups to match group name in Okta"; must be off before a target gets another name."""
        self.app.rename_groups = on

    def pause_mapping(self, mapping: PushMapping) -> None:
        """ACTIVE → INACTIVE: the target keeps its members as they are. Raises OrgRefusal for one in ERROR."""
        self._set_status(mapping, "INACTIVE")

    def resume_mapping(self, mapping: PushMapping) -> None:
        """INACTIVE → ACTIVE, and a full push follows. Raises OrgRefusal for one in ERROR."""
        self._set_status(mapping, "ACTIVE")
        self.post(Task(kind="push", subject=mapping.id))

    def retry_mapping(self, mapping: PushMapping) -> None:
        """The admin's "Push now" and "Retry": a full push follows, from ERROR too. Raises OrgRefusal while paused."""
        if mapping.status == "INACTIVE":
            raise self._bad_push("the mapping is paused")
        if mapping.status == "ERROR":
            mapping.status, mapping.error_summary, mapping.last_updated = "ACTIVE", None, self.now()
        self.post(Task(kind="push", subject=mapping.id))

    def unlink(self, mapping: PushMapping, *, delete_target: bool = False) -> None:
        """Ends the mapping; the group in Kandji stays as it is, unless it is to be deleted. The APP_GROUP stays too, to
        be linked again: then the group is looked up by its name."""
        del self.app.mappings[mapping.id]
        target = self.groups[mapping.target_group_id]
        if any(other.target_group_id == target.id for other in self.app.mappings.values()):
            return
        external_id, target.external_id = target.external_id, None
        if delete_target:
            del self.groups[target.id]
            if external_id is not None:
                self.post(Task(kind="delete-group", subject=mapping.id, external_id=external_id))

    def _target(self, name: str) -> Group:
        for group in self.groups.values():
            if group.type == "APP_GROUP" and group.source_id == self.app.id and group.name == name:
                return group
        return self.create_group(name, type="APP_GROUP", source_id=self.app.id)

    def _set_status(self, mapping: PushMapping, status: str) -> None:
        if mapping.status == "ERROR":
            raise self._bad_push("the mapping is in ERROR")
        mapping.status = status
        mapping.last_updated = self.now()

    def _bad_push(self, why: str) -> OrgRefusal:
        return OrgRefusal(400, "E0000027", f"Group push bad request : {why}")
