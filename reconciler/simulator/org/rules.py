"""Group rules: who is brought into which group, and when the org looks."""

from __future__ import annotations

from collections.abc import Callable, Collection

from reconciler.simulator.org.groups import MOST_EXCLUDED, TAKEN, Groups
from reconciler.simulator.org.log_targets import of_rule, of_user
from reconciler.simulator.org.rule_language import (
    DEFAULT_PROFILE,
    CanNotTell,
    NotUnderstood,
    Subject,
    attributes,
    parse,
)
from reconciler.simulator.org.state import DEPROVISIONED, Group, GroupRule, OrgRefusal, Person
from reconciler.simulator.org.system_log import FAILURE

MOST_RULES = 2000
MOST_LETTERS = 50
MOST_TARGETS = 100
MOST_ROUNDS = 50


class Rules(Groups):
    """Verbs about group rules, and their evaluation. `unique_rule_names`: whether two rules may not share a name;
    `rules_take_over`: whether a member by hand whom a rule brings is the rule's from then on."""

    unique_rule_names: bool = True
    rules_take_over: bool = True

    def create_rule(
        self, name: str, expression: str, groups: Collection[Group], *, exclude: Collection[Person] = ()
    ) -> GroupRule:
        """Created INACTIVE. Raises OrgRefusal for an expression that is no condition or looks at an attribute that the
        org does not have, a name over 50 characters or taken, more than 100 groups or exclusions, groups that a rule
        can't feed, and the 2001st rule of the org."""
        if len(self.rules) >= MOST_RULES:
            raise OrgRefusal(400, "E0000093", "Target count limit exceeded")
        self._refuse_bad_rule(name, groups, exclude)
        self._refuse_bad_expression(expression)
        now = self.now()
        rule = GroupRule(
            id=self.new_id("0pr"),
            name=name,
            expression=expression,
            target_group_ids=tuple(group.id for group in groups),
            excluded_user_ids=[person.id for person in exclude],
            created=now,
            last_updated=now,
        )
        self.rules[rule.id] = rule
        return rule

    def activate_rule(self, rule: GroupRule) -> None:
        """→ ACTIVE; everybody is looked at soon. Raises OrgRefusal for an INVALID rule."""
        self._refuse_invalid(rule)
        rule.status = "ACTIVE"
        rule.last_updated = self.now()
        self._rules_to_evaluate[rule.id] = None

    def deactivate_rule(self, rule: GroupRule) -> None:
        """→ INACTIVE; its members stay. Raises OrgRefusal for an INVALID rule."""
        self._refuse_invalid(rule)
        if rule.status == "ACTIVE":
            self.log("group.user_membership.rule.deactivated", of_rule(rule))
        rule.status = "INACTIVE"
        rule.last_updated = self.now()
        self._rules_to_evaluate.pop(rule.id, None)

    def replace_rule(
        self, rule: GroupRule, name: str, expression: str, groups: Collection[Group], exclude: Collection[Person]
    ) -> None:
        """All of it anew, only while INACTIVE. Members whom it brought into a group that is no longer its target stay.
        Raises OrgRefusal as `create_rule` does."""
        self._refuse_unless_inactive(rule)
        self._refuse_bad_rule(name, groups, exclude, rule)
        self._refuse_bad_expression(expression)
        dropped = set(rule.target_group_ids) - {group.id for group in groups}
        self._let_go(rule, dropped)
        rule.name, rule.expression = name, expression
        rule.target_group_ids = tuple(group.id for group in groups)
        rule.excluded_user_ids = [person.id for person in exclude]
        rule.last_updated = self.now()

    def set_rule_expression(self, rule: GroupRule, expression: str) -> None:
        """Another condition, only while INACTIVE."""
        self._refuse_unless_inactive(rule)
        self._refuse_bad_expression(expression)
        rule.expression = expression
        rule.last_updated = self.now()

    def delete_rule(self, rule: GroupRule, *, remove_users: bool = False) -> None:
        """Its members stay, as if put in by hand; or leave, where nothing else brought them (`remove_users`)."""
        del self.rules[rule.id]
        self._rules_to_evaluate.pop(rule.id, None)
        if remove_users:
            for group_id in rule.target_group_ids:
                for user_id in list(self.groups[group_id].members) if group_id in self.groups else ():
                    self._apply(rule, group_id, user_id, brings=False)
        self._let_go(rule, rule.target_group_ids)

    def evaluate_rules(self) -> bool:
        """Active rules look at everybody whose attributes or groups changed, again while that changes more groups.

        Deactivated people are passed over, so their memberships stay. Returns whether a membership changed; raises
        RuntimeError when rules chase each other without end.
        """
        changed = False
        for _ in range(MOST_ROUNDS):
            waiting, fresh = self._people_to_evaluate.take(), self._rules_to_evaluate.take()
            if not waiting and not fresh:
                return changed
            changed |= self._evaluate(waiting, fresh)
        raise RuntimeError("group rules chase each other")

    def _evaluate(self, waiting: Collection[str], fresh: Collection[str]) -> bool:
        active = [(rule, parse(rule.expression)) for rule in self.rules.values() if rule.status == "ACTIVE"]
        changed = False
        for user_id in [*waiting, *(u for u in self.users if fresh and u not in waiting)]:
            person = self.users.get(user_id)
            if person is None or person.status == DEPROVISIONED:
                continue
            subject = self._subject(person)
            for rule, condition in active:
                if user_id in waiting or rule.id in fresh:
                    changed |= self._evaluate_for(rule, condition, person, subject)
        for rule, _ in active:
            if rule.id in fresh:
                self.log("group.user_membership.rule.evaluation", of_rule(rule))
        return changed

    def _evaluate_for(
        self, rule: GroupRule, condition: Callable[[Subject], bool], person: Person, subject: Subject
    ) -> bool:
        """Where evaluation fails, the membership stays as it is and the log tells."""
        try:
            if (rule.id, person.id) in self.unevaluated:
                raise CanNotTell("switched off")
            brings = person.id not in rule.excluded_user_ids and condition(subject)
        except CanNotTell:
            self.log("group.user_membership.rule.error", of_rule(rule), of_user(person), outcome=FAILURE)
            return False
        changed = False
        for group_id in rule.target_group_ids:
            changed |= self._apply(rule, group_id, person.id, brings)
        return changed

    def _apply(self, rule: GroupRule, group_id: str, user_id: str, brings: bool) -> bool:
        group = self.groups.get(group_id)
        if group is None:
            # Deleted just now; in a moment the rule will be INVALID.
            return False
        membership = group.members.get(user_id)
        if brings:
            joined = self._join(group, user_id)
            joined.rules.add(rule.id)
            joined.by_hand = joined.by_hand and not self.rules_take_over
            return membership is None
        if membership is None or rule.id not in membership.rules:
            return False
        membership.rules.discard(rule.id)
        if membership.by_hand or membership.rules:
            return False
        self._leave(group, user_id)
        return True

    def _let_go(self, rule: GroupRule, group_ids: Collection[str]) -> None:
        for group_id in group_ids:
            for membership in self.groups[group_id].members.values() if group_id in self.groups else ():
                if rule.id in membership.rules:
                    membership.rules.discard(rule.id)
                    membership.by_hand = True

    def _subject(self, person: Person) -> Subject:
        """Rules read attributes of the default user type alone: people of another have those that all types share."""
        groups = [group for group in self.groups.values() if person.id in group.members]
        profile = person.profile()
        if person.user_type is not None:
            profile = {name: value for name, value in profile.items() if name in DEFAULT_PROFILE}
        return Subject(
            profile=profile,
            internal={"id": person.id, "status": person.status},
            group_ids=frozenset(group.id for group in groups),
            group_names=frozenset(group.name for group in groups),
        )

    def _refuse_bad_expression(self, expression: str) -> None:
        try:
            parse(expression)
        except NotUnderstood as error:
            raise OrgRefusal(400, "E0000001", f"Api validation failed: {error}") from error
        unknown = attributes(expression) - DEFAULT_PROFILE - self.own_attributes
        if unknown:
            raise OrgRefusal(400, "E0000001", f"Api validation failed: no such attribute: {', '.join(sorted(unknown))}")

    def _refuse_bad_rule(
        self, name: str, groups: Collection[Group], exclude: Collection[Person], replaced: GroupRule | None = None
    ) -> None:
        causes = []
        if not 0 < len(name) <= MOST_LETTERS:
            causes.append(f"name: 1 to {MOST_LETTERS} characters")
        if self.unique_rule_names and any(r.name == name for r in self.rules.values() if r is not replaced):
            causes.append(TAKEN)
        if not 0 < len(groups) <= MOST_TARGETS:
            causes.append(f"groupIds: 1 to {MOST_TARGETS} groups")
        if len(exclude) > MOST_EXCLUDED:
            causes.append(f"exclude: up to {MOST_EXCLUDED} users")
        causes += [f"groupIds: {g.id} can't be fed by a rule" for g in groups if g.type != "OKTA_GROUP" or g.admin_role]
        if causes:
            raise OrgRefusal(400, "E0000001", "Api validation failed: group rule", tuple(causes))

    def _refuse_invalid(self, rule: GroupRule) -> None:
        if rule.status == "INVALID":
            raise OrgRefusal(400, "E0000001", "Cannot activate or deactivate a Group Rule with the status INVALID")

    def _refuse_unless_inactive(self, rule: GroupRule) -> None:
        if rule.status != "INACTIVE":
            raise OrgRefusal(400, "E0000001", "Api validation failed: the rule is not INACTIVE")
