"""Groups of the org and who is in them, by hand, by rule or by import."""

from __future__ import annotations

from functools import partial

from reconciler.simulator.background import Background
from reconciler.simulator.rule_language import literals
from reconciler.simulator.state import Group, Membership, OrgRefusal, Person

TYPES = ("OKTA_GROUP", "APP_GROUP", "BUILT_IN")


class Groups(Background):
    """Verbs about groups. A change of membership is seen by rules, assignments and pushes later."""

    renames_at_once: bool

    def create_group(
        self,
        name: str,
        *,
        description: str | None = None,
        type: str = "OKTA_GROUP",
        source_id: str | None = None,
        admin_role: bool = False,
    ) -> Group:
        """A new group. Type APP_GROUP with a `source_id` (an app's id): one imported from a directory, whose members
        come by `import_member`. Raises OrgRefusal when an OKTA_GROUP of that name exists."""
        if type not in TYPES:
            raise ValueError(f"no such type: {type}")
        if type == "OKTA_GROUP" and any(g.name == name and g.type == type for g in self.groups.values()):
            raise OrgRefusal(400, "E0000001", "Api validation failed: name")
        now = self.now()
        group = Group(
            id=self.new_id("00g"),
            name=name,
            type=type,
            description=description,
            source_id=source_id,
            admin_role=admin_role,
            created=now,
            last_updated=now,
            last_membership_updated=now,
        )
        self.groups[group.id] = group
        self.group_changed(group)
        return group

    def rename_group(self, group: Group, name: str) -> None:
        """Renames it; where target groups follow, the new name goes out with a push of members: at once,
        or (`renames_at_once` off) the next one."""
        self._refuse_foreign(group)
        group.name = name
        group.last_updated = self.now()
        self.group_changed(group)
        self._look_at(group.members)
        if self.app.rename_groups and self.renames_at_once:
            self.post_pushes(group.id)

    def delete_group(self, group: Group) -> None:
        """Rules that name it become INVALID soon, its assignment ends, a mapping from it stays, pointing nowhere.
        Raises OrgRefusal for the target of a mapping and for built-in groups."""
        if group.type == "BUILT_IN" or any(m.target_group_id == group.id for m in self.app.mappings.values()):
            raise OrgRefusal(403, "E0000006", "You do not have permission to perform the requested action")
        del self.groups[group.id]
        self.app.groups.pop(group.id, None)
        self.group_changed(group)
        self._look_at(group.members)
        self.agenda.at(self.now() + self.lags.invalidation, partial(self._invalidate_rules, group.id))

    def _invalidate_rules(self, group_id: str) -> None:
        for rule in self.rules.values():
            if group_id in rule.target_group_ids or group_id in literals(rule.expression):
                rule.status = "INVALID"
                rule.all_groups_valid = False
                rule.last_updated = self.now()

    def add_member(self, group: Group, person: Person) -> None:
        """By hand, into an OKTA_GROUP; nothing happens when already in. Raises OrgRefusal for other types."""
        self._refuse_foreign(group)
        self._join(group, person.id).by_hand = True

    def remove_member(self, group: Group, person: Person) -> None:
        """By hand. A rule-fed member lands silently in the exclude list of each rule that fed them."""
        self._refuse_foreign(group)
        membership = group.members.get(person.id)
        if membership is None:
            return
        for rule_id in sorted(membership.rules):
            rule = self.rules[rule_id]
            if person.id not in rule.excluded_user_ids:
                rule.excluded_user_ids.append(person.id)
        self._leave(group, person.id)

    def import_member(self, group: Group, person: Person) -> None:
        """What an import from a directory does to an APP_GROUP."""
        if group.type != "APP_GROUP":
            raise ValueError("only an APP_GROUP is filled by import")
        self._join(group, person.id).by_hand = True

    def unimport_member(self, group: Group, person: Person) -> None:
        """The import no longer has them."""
        if group.type != "APP_GROUP":
            raise ValueError("only an APP_GROUP is filled by import")
        self._leave(group, person.id)

    def _join(self, group: Group, user_id: str) -> Membership:
        if user_id not in group.members:
            group.members[user_id] = Membership()
            self._membership_changed(group, user_id)
        return group.members[user_id]

    def _leave(self, group: Group, user_id: str) -> None:
        if group.members.pop(user_id, None) is not None:
            self._membership_changed(group, user_id)

    def _membership_changed(self, group: Group, user_id: str) -> None:
        self._members_changed(group)
        self._look_at([user_id])
        self.post_pushes(group.id)

    def _refuse_foreign(self, group: Group) -> None:
        if group.type != "OKTA_GROUP":
            raise OrgRefusal(403, "E0000006", "You do not have permission to perform the requested action")
