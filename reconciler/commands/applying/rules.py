"""Group rules: one made, edited, switched on or off. Okta lets a rule be edited only while it is INACTIVE.

Source: https://developer.okta.com/docs/api/openapi/okta-management/management/tag/GroupRule/
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from reconciler.changes import ActivateRule, CreateRule, DeactivateRule, EditRule
from reconciler.commands.applying.bodies import there
from reconciler.commands.applying.filled import excluded_by, joining, leaving_as_planned, targets_of, wrong_target
from reconciler.commands.applying.live import Live
from reconciler.commands.applying.memberships import arrived, joining_as_planned
from reconciler.commands.applying.procedure import AlreadySo, Look, Procedure, Ready, Sight, Skip, Step, made_by
from reconciler.directories.writers import Body, Sent
from reconciler.journal import Event
from reconciler.plan import Planned


def expression_of(rule: Body) -> str | None:
    """The text of a rule's condition."""
    value = ((rule.get("conditions") or {}).get("expression") or {}).get("value")
    return value if isinstance(value, str) else None


@dataclass
class _OneRule:
    """The requests and reads that all changes of one rule share."""

    live: Live
    rule_id: str

    async def body(self) -> Body | None:
        return await self.live.okta.read_rule(self.rule_id)

    async def status(self) -> str | None:
        rule = await self.body()
        return None if rule is None else str(rule.get("status"))

    async def is_off(self) -> bool:
        return await self.status() == "INACTIVE"

    async def is_on(self) -> bool:
        return await self.status() == "ACTIVE"

    async def moved(self, name: str, expression: str, status: str) -> str | None:
        """Why it is not the rule that was planned for."""
        rule = await self.body()
        if rule is None:
            return f"the rule {name} is deleted"
        if expression_of(rule) != expression:
            return f"the rule {name} has another expression now"
        return None if rule.get("status") == status else f"the rule {name} is {rule.get('status')} now"

    def off(self) -> Step:
        return Step(name="deactivate", stands=self.is_off, send=lambda: self.live.okta.deactivate_rule(self.rule_id))

    def on(self, *, again: bool) -> Step:
        return Step(
            name="activate",
            stands=self.is_on,
            send=lambda: self.live.okta.activate_rule(self.rule_id),
            again=again,
        )


@dataclass
class Editing(Procedure):
    """Deactivate, replace, read back, activate: the last in any case."""

    live: Live
    planned: Planned
    change: EditRule

    def __post_init__(self) -> None:
        self.rule = _OneRule(self.live, self.change.rule.id)

    async def before(self) -> Look:
        change = self.change
        rule = await self.rule.body()
        if rule is not None and expression_of(rule) == change.after and rule.get("status") == "ACTIVE":
            return AlreadySo()
        if (why := await self.rule.moved(change.rule.name, change.before, "ACTIVE")) is not None:
            return Skip(words=why)
        if rule is None:
            return Ready(image=rule)
        if change.group is None:
            return await leaving_as_planned(self.live, self.planned, change, rule)
        if (why := await wrong_target(self.live, targets_of(rule))) is not None:
            return Skip(words=why)
        joins = await joining(self.live, (change.group, *change.also), targets_of(rule))
        return await joining_as_planned(self.live, self.planned, joins - excluded_by(rule), rule)

    def steps(self) -> Sequence[Step]:
        replace = Step(name="replace", stands=self._replaced, send=self._replace, still=self._still)
        return (self.rule.off(), replace, self.rule.on(again=True))

    async def _replaced(self) -> bool:
        rule = await self.rule.body()
        return rule is not None and expression_of(rule) == self.change.after

    async def _still(self) -> str | None:
        return await self.rule.moved(self.change.rule.name, self.change.before, "INACTIVE")

    async def _replace(self) -> Sent:
        body = there(await self.rule.body(), f"the rule {self.change.rule.name}")
        body["conditions"]["expression"]["value"] = self.change.after
        return await self.live.okta.replace_rule(self.rule.rule_id, body)

    async def holds(self) -> bool:
        return await self._replaced() and await self.rule.is_on()

    async def seen(self) -> Sight:
        if not await self.holds():
            return Sight(shows=False, words=f"the rule {self.change.rule.name} is not as it was written")
        return await arrived(self.live, self.planned.joins)


@dataclass
class Creating(Procedure):
    """Made INACTIVE, read back, then activated. What it made is known again by its name, which is unique."""

    live: Live
    planned: Planned
    change: CreateRule

    def __post_init__(self) -> None:
        self.rule = _OneRule(self.live, "")

    async def before(self) -> Look:
        change = self.change
        for rule in await self.live.okta.find_rules(change.name):
            if self._ours(rule) and rule.get("status") == "ACTIVE":
                return AlreadySo()
            return Skip(words=f"there is a rule named {change.name} now")
        if (why := await wrong_target(self.live, [change.target.id])) is not None:
            return Skip(words=why)
        if not await self.live.okta.read_group_assigned(change.target.id):
            return Skip(words=f"{change.target.name} is not assigned to the app any more")
        for group in (change.group, *change.also):
            if await self.live.group(group.id) is None:
                return Skip(words=f"{group.name} is deleted, or not visible")
        joins = await joining(self.live, (change.group, *change.also), (change.target.id,))
        return await joining_as_planned(self.live, self.planned, joins)

    def _ours(self, rule: Body) -> bool:
        return expression_of(rule) == self.change.expression and targets_of(rule) == (self.change.target.id,)

    def steps(self) -> Sequence[Step]:
        create = Step(name="create", stands=self._made, send=self._create, made=lambda: self.rule.rule_id or None)
        return (create, self.rule.on(again=False))

    async def _made(self) -> bool:
        for rule in await self.live.okta.find_rules(self.change.name):
            if self._ours(rule):
                self.rule.rule_id = str(rule["id"])
                return True
        return False

    async def _create(self) -> Sent:
        change = self.change
        return await self.live.okta.create_rule(
            {
                "type": "group_rule",
                "name": change.name,
                "conditions": {"expression": {"type": "urn:okta:expression:1.0", "value": change.expression}},
                "actions": {"assignUserToGroups": {"groupIds": [change.target.id]}},
            }
        )

    async def holds(self) -> bool:
        return await self._made() and await self.rule.is_on()

    async def seen(self) -> Sight:
        if not await self.holds():
            return Sight(shows=False, words=f"the rule {self.change.name} is not active")
        return await arrived(self.live, self.planned.joins)

    def recall(self, image: Any, events: Sequence[Event]) -> None:
        for event in events:
            self.rule.rule_id = made_by(event) or self.rule.rule_id


@dataclass
class Activating(Procedure):
    """Switched on; where it is on already and asked for again, first off, so that Okta looks at everybody."""

    live: Live
    planned: Planned
    change: ActivateRule

    def __post_init__(self) -> None:
        self.rule = _OneRule(self.live, self.change.rule.id)

    async def before(self) -> Look:
        change = self.change
        if not change.restart and await self.rule.moved(change.rule.name, change.expression, "ACTIVE") is None:
            return AlreadySo()
        why = await self.rule.moved(change.rule.name, change.expression, "ACTIVE" if change.restart else "INACTIVE")
        rule = await self.rule.body() or {}
        if (why := why or await wrong_target(self.live, targets_of(rule))) is not None:
            return Skip(words=why)
        if change.restart and await self._brought():
            return AlreadySo(words="it has brought everybody meanwhile: nothing was sent")
        return Ready(image=rule)

    async def _brought(self) -> bool:
        """Whether all who were to come by it are in the groups that it fills."""
        joins = [person.id for person in self.planned.joins]
        targets = targets_of(await self.rule.body() or {})
        return bool(joins and targets) and all(
            [await self.live.is_member(group, one) for group in targets for one in joins]
        )

    def steps(self) -> Sequence[Step]:
        on = self.rule.on(again=self.change.restart)
        return (self.rule.off(), on) if self.change.restart else (on,)

    async def holds(self) -> bool:
        return await self.rule.moved(self.change.rule.name, self.change.expression, "ACTIVE") is None

    async def seen(self) -> Sight:
        if not await self.holds():
            return Sight(shows=False, words=f"the rule {self.change.rule.name} is not active")
        return await arrived(self.live, self.planned.joins)


@dataclass
class SwitchingOff(Procedure):
    live: Live
    planned: Planned
    change: DeactivateRule

    def __post_init__(self) -> None:
        self.rule = _OneRule(self.live, self.change.rule.id)

    async def before(self) -> Look:
        change = self.change
        if await self.rule.moved(change.rule.name, change.expression, "INACTIVE") is None:
            return AlreadySo()
        why = await self.rule.moved(change.rule.name, change.expression, "ACTIVE")
        return Ready(image=await self.rule.body()) if why is None else Skip(words=why)

    def steps(self) -> Sequence[Step]:
        return (self.rule.off(),)

    async def holds(self) -> bool:
        return await self.rule.is_off()

    async def seen(self) -> Sight:
        return Sight(shows=await self.holds(), words="inactive; its members stay")
