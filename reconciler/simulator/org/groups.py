"""Groups of the org and who is in them, by hand, by rule or by import."""

from __future__ import annotations

from functools import partial

from reconciler.simulator.org.background import Background
from reconciler.simulator.org.log_targets import of_group, of_rule, of_user
from reconciler.simulator.org.rule_language import literals
from reconciler.simulator.org.state import Group, Membership, OrgRefusal, Person

TYPES = ("OKTA_GROUP", "APP_GROUP", "BUILT_IN")
MOST_EXCLUDED = 100
"""People whom a rule can exclude."""
TAKEN = "name: An object with this field already exists in the current organization"


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
        if type == "OKTA_GROUP":
            self._refuse_name(name)
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
        self.log("group.lifecycle.create", of_group(group))
        return group

    def rename_group(self, group: Group, name: str) -> None:
        """Renames it; where target groups follow, the new name goes out with a push of members: at once,
        or (`renames_at_once` off) the next one. Raises OrgRefusal for a name that is taken and for other types."""
        self._refuse_foreign(group)
        if name == group.name:
            return
        self._refuse_name(name, group)
        group.name = name
        self._profile_changed(group)
        self._look_at(group.members)
        if self.app.rename_groups and self.renames_at_once:
            self.post_pushes(group.id)

    def describe_group(self, group: Group, description: str | None) -> None:
        """Another description, which is pushed nowhere. Raises OrgRefusal for groups of other types."""
        self._refuse_foreign(group)
        group.description = description
        self._profile_changed(group)

    def delete_group(self, group: Group) -> None:
        """Rules that name it become INVALID soon, its assignment ends, a mapping from it stays, pointing nowhere.
        Raises OrgRefusal for the target of a mapping and for built-in groups."""
        mapped = any(m.target_group_id == group.id for app in self.apps.values() for m in app.mappings.values())
        if group.type == "BUILT_IN" or mapped:
            raise self._not_allowed()
        del self.groups[group.id]
        for app in self.apps.values():
            app.groups.pop(group.id, None)
        self.group_changed(group)
        self._look_at(group.members)
        self.agenda.at(self.now() + self.lags.invalidation, partial(self._invalidate_rules, group))
        self.log("group.lifecycle.delete", of_group(group))

    def _invalidate_rules(self, group: Group) -> None:
        for rule in self.rules.values():
            if group.id in rule.target_group_ids or group.id in literals(rule.expression):
                rule.status = "INVALID"
                rule.all_groups_valid = False
                rule.last_updated = self.now()
                self.log("group.user_membership.rule.invalidate", of_rule(rule), of_group(group))

    def add_member(self, group: Group, person: Person) -> None:
        """By hand, into an OKTA_GROUP; nothing happens when already in. Raises OrgRefusal for other types."""
        self._refuse_foreign(group)
        if person.id not in group.members:
            self._join(group, person.id).by_hand = True

    def remove_member(self, group: Group, person: Person) -> None:
        """By hand. A rule-fed member lands silently in the exclude list of each rule that fed them. Raises OrgRefusal
        when such a list is full."""
        self._refuse_foreign(group)
        membership = group.members.get(person.id)
        if membership is None:
            return
        rules = [self.rules[rule_id] for rule_id in sorted(membership.rules)]
        excluding = [rule for rule in rules if person.id not in rule.excluded_user_ids]
        if any(len(rule.excluded_user_ids) >= MOST_EXCLUDED for rule in excluding):
            raise OrgRefusal(400, "E0000001", "Api validation failed: exclude", ("exclude: The list is full.",))
        for rule in excluding:
            rule.excluded_user_ids.append(person.id)
            self.log("group.user_membership.rule.add_exclusion", of_rule(rule), of_user(person), of_group(group))
        self._leave(group, person.id)

    def import_member(self, group: Group, person: Person) -> None:
        """What an import from a directory does to an APP_GROUP."""
        if group.type != "APP_GROUP":
            raise ValueError("only an APP_GROUP is filled by import")
        self._join(group, person.id).by_hand = True

    def _join(self, group: Group, user_id: str) -> Membership:
        if user_id not in group.members:
            group.members[user_id] = Membership()
            self._membership_changed("group.user_membership.add", group, user_id)
        return group.members[user_id]

    def _leave(self, group: Group, user_id: str) -> None:
        if group.members.pop(user_id, None) is not None:
            self._membership_changed("group.user_membership.remove", group, user_id)

    def _membership_changed(self, event: str, group: Group, user_id: str) -> None:
        self._members_changed(group)
        self._look_at([user_id])
        self.post_pushes(group.id)
        self.log(event, of_user(self.users[user_id]), of_group(group))

    def _profile_changed(self, group: Group) -> None:
        group.last_updated = self.now()
        self.group_changed(group)
        self.log("group.profile.update", of_group(group))

    def _refuse_name(self, name: str, renamed: Group | None = None) -> None:
        if not name:
            raise OrgRefusal(400, "E0000001", "Api validation failed: name", ("name: The field cannot be left blank",))
        others = [g for g in self.groups.values() if g.type == "OKTA_GROUP" and g is not renamed]
        if any(g.name == name for g in others):
            raise OrgRefusal(400, "E0000001", "Api validation failed: name", (TAKEN,))

    def _refuse_foreign(self, group: Group) -> None:
        if group.type != "OKTA_GROUP":
            raise self._not_allowed()

    def _not_allowed(self) -> OrgRefusal:
        return OrgRefusal(403, "E0000006", "You do not have permission to perform the requested action")
