"""A company at work: its groups, its pushes, its accounts, the truth about it, and how the program is to read it."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

from reconciler.simulator.company.entries import Push, Rule
from reconciler.simulator.company.personnel import Personnel
from reconciler.simulator.company.settings import configuration
from reconciler.simulator.company.truth import Expected, truth_of
from reconciler.simulator.kandji.tenant_rows import Device
from reconciler.simulator.org.state import Group, GroupRule, Person, PushMapping
from reconciler.simulator.server import IN_MEMORY, Addresses

ASSIGNMENT_GROUP = "kandji_apple_users"


class Company(Personnel):
    """A simulated company: see Premises for what it is made of.

    ``settings`` holds what this company's configuration needs beyond addresses and tokens, by table and key.
    ``expected`` is what the injections say of themselves; ``truth`` what the ledger says of all of them together.
    """

    def __init__(self, seed: int, now: datetime, *, hostile: Sequence[str] = (), **tenant: Any) -> None:
        super().__init__(seed, now, hostile=hostile, **tenant)
        self.settings: dict[str, dict[str, object]] = {}
        self.expected: list[Expected] = []
        self._accounts: dict[str, str] = {}

    @property
    def truth(self) -> tuple[Expected, ...]:
        """Every finding that is to be made of this company just now, and nothing else."""
        return truth_of(self.ledger)

    def config(self, folder: Path, *, addresses: Addresses = IN_MEMORY, rest_api: bool = True) -> str:
        """Text of a config file that belongs into `folder`, where the tokens that it names are written."""
        return configuration(
            self.tenant, self.org.app.id, folder, addresses=addresses, more=self.settings, rest_api=rest_api
        )

    # --- groups

    def create_group(self, name: str) -> Group:
        """A new group of the org."""
        return self.adopt(self.org.create_group(self.ink("group", name)))

    def adopt(self, group: Group) -> Group:
        """Writes a group of the org into the ledger."""
        self.groups[group.id] = group
        self.ledger.group_names[group.id] = group.name
        self.ledger.members.setdefault(group.id, set())
        return group

    def rename_group(self, group: Group, name: str) -> None:
        """A new name in Okta, which goes out with the next push."""
        self.org.rename_group(group, self.ink("group", name))
        self.ledger.group_names[group.id] = group.name
        self.ledger.dirty.add(group.id)
        for push in self.ledger.pushes.values():
            if push.group_id == group.id:
                self.kandji_names[push.mapping_id] = group.name

    def delete_group(self, group: Group) -> None:
        """A group is deleted in Okta; rules that name it become INVALID, a push from it points nowhere."""
        self.org.delete_group(group)
        del self.groups[group.id]
        self.ledger.members[group.id] = set()
        self.ledger.assigned_groups.discard(group.id)
        self.ledger.fed.pop(group.id, None)
        for push in self.ledger.pushes.values():
            push.source_gone = push.source_gone or push.group_id == group.id
        for rule in self.ledger.rules.values():
            if group.id in rule.groups | {rule.target}:
                rule.status = "INVALID"

    def push(self, group: Group, target_name: str | None = None) -> PushMapping:
        """Pushes a group to Kandji, under its own or another name."""
        mapping = self.org.link_group(group, target_name)
        self.mappings[mapping.id] = mapping
        self.kandji_names[mapping.id] = target_name or group.name
        other_name = target_name not in (None, group.name)
        self.ledger.pushes[mapping.id] = Push(mapping_id=mapping.id, group_id=group.id, other_name=other_name)
        self.ledger.dirty.add(group.id)
        return mapping

    def retry(self, push: Push) -> None:
        """An admin clicks "Push now" for one group."""
        self.provisioner.push_now(self.mappings[push.mapping_id])
        push.status = "ACTIVE"
        self.ledger.dirty.add(push.group_id)

    def kandji_group(self, push: Push) -> str:
        """SCIM id of the group in Kandji that a mapping fills, whatever it is called now."""
        return push.renamed or self.tenant.group_id(self.kandji_names[push.mapping_id])

    def assign(self, group: Group) -> None:
        """Assigns a group to the app."""
        self.org.assign_group(group)
        self.ledger.assigned_groups.add(group.id)

    def feed(self, groups: Collection[Group]) -> None:
        """The one rule that puts everybody of these groups into the assignment group is written, or written anew.

        Raises LookupError where there is no assignment group.
        """
        if self.assignment is None:
            raise LookupError("there is no assignment group to feed")
        named = frozenset(group.id for group in groups)
        ids = ", ".join(f'"{group.id}"' for group in groups)
        expression = f"isMemberOfAnyGroup({ids})"
        if self.feeding is None:
            self.feeding = self.add_rule("Kandji: everybody in a push group", expression, self.assignment, groups=named)
        else:
            self.org.deactivate_rule(self.feeding)
            self.org.set_rule_expression(self.feeding, expression)
            self.org.activate_rule(self.feeding)
            self.ledger.rules[self.feeding.id].groups = named
        self.ledger.fed[self.assignment.id] = set(named)

    def add_rule(
        self,
        name: str,
        expression: str,
        target: Group,
        *,
        active: bool = True,
        groups: frozenset[str] = frozenset(),
        departments: frozenset[str] = frozenset(),
        but: frozenset[str] | None = None,
    ) -> GroupRule:
        """A rule that fills one group; whom its expression names is told as the ledger's Rule has it."""
        rule = self.org.create_rule(self.ink("rule", name, 50), expression, [target])
        if active:
            self.org.activate_rule(rule)
        self.ledger.rules[rule.id] = Rule(
            id=rule.id,
            name=rule.name,
            target=target.id,
            status="ACTIVE" if active else "INACTIVE",
            groups=groups,
            departments=departments,
            but=but,
        )
        return rule

    def stop_feeding(self) -> Rule:
        """From now on the rule that fills the assignment group does nothing, and who is in it stays. Returns the rule.
        LookupError where there is none."""
        if self.assignment is None or self.feeding is None:
            raise LookupError("there is no assignment group that is fed")
        del self.ledger.fed[self.assignment.id]
        return self.ledger.rules[self.feeding.id]

    # --- accounts

    def sign_of_life(self) -> None:
        """Where something failed, and nothing stops Okta for good: the next thing that it sends arrives."""
        if not (self.ledger.refused or self.ledger.failed) or not self.ledger.flows:
            return
        fitting = (entry for entry in self.ledger.people.values() if entry.status == "ACTIVE" and self.sound(entry))
        entry = next((entry for entry in fitting if entry.id not in self.touched and not entry.differs), None)
        if entry is not None:
            self.promote(self.people[entry.id], f"Associate, Year {self.number()}")
            self.settle()

    def account(self, person: Person) -> str:
        """SCIM id of somebody's account: as they had it when it was first asked for."""
        if person.id not in self._accounts:
            self._accounts[person.id] = self.tenant.user_id(person.login)
        return self._accounts[person.id]

    def learn_accounts(self) -> None:
        """Looks up everybody's account at once."""
        known = {str(user.user_name).casefold(): str(user.id) for user in self.tenant.store.users()}
        for person in self.people.values():
            if person.login.casefold() in known:
                self._accounts.setdefault(person.id, known[person.login.casefold()])

    def mac(self, person: Person) -> Device:
        """Somebody gets a Mac, assigned to their account."""
        name = self.ink("device", f"{person.first_name}'s MacBook")
        self.devices[person.id] = device = self.tenant.add_device(name, self.account(person))
        return device

    def share(self, account: str, *people: Person) -> None:
        """Okta was given one account for two people: nothing about it can differ from what one of them is sent."""
        for person in people:
            self._accounts[person.id] = account
            self.entry(person).differs.clear()
            self.entry(person).kept = True
        one, other = people
        self.ledger.shared.append((one.id, other.id))

    def mean(self, group_ids: Iterable[str]) -> None:
        """From now on the configuration says that everybody in these groups is meant to be in Kandji, and nobody
        else."""
        self.ledger.scope = frozenset(group_ids)
        self.settings["scope"] = {"groups": sorted(self.groups[group].name for group in self.ledger.scope)}

    def recreate_integration(self) -> None:
        """The SCIM integration is deleted in Kandji, with every account and group of it, and made anew; Okta is given
        the new token."""
        for group in self.tenant.store.groups():
            self.tenant.delete_group(str(group.id))
        for device in self.devices.values():
            self.tenant.assign_device(device, None)
        for user in self.tenant.store.users():
            self.tenant.delete_user(str(user.id))
        self.devices.clear()
        self._accounts.clear()
        self.ledger.lose_everything()
        self.provisioner.set_token(self.tenant.rotate_token())
