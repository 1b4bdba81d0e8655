"""What the org does by itself after a verb: what is marked and queued now, and when the jobs behind it come."""

from __future__ import annotations

from collections.abc import Iterable
from copy import copy
from dataclasses import replace
from datetime import datetime
from functools import partial

from reconciler.simulator.agenda import Agenda, Lags, Marks
from reconciler.simulator.clock import Clock
from reconciler.simulator.org.state import PUSHES, Group, Person, State, Task, Waiting


class Background(State):
    """The org's agenda, its marks of what background jobs have yet to look at, and its outbox for the provisioner.

    `lags` say how late everything is. `found_users` and `found_groups` are copies by id, as `search` knows them. Marks
    and queues are dicts: unlike sets they keep their order, so that a seed gives one world.
    """

    def __init__(self, clock: Clock, seed: int | str = 0, lags: Lags | None = None) -> None:
        super().__init__(clock, seed)
        self.lags = lags or Lags()
        self.agenda = Agenda()
        clock.employ(self.agenda)
        self.outbox: dict[Task, Waiting] = {}
        self.found_users: dict[str, Person] = {}
        self.found_groups: dict[str, Group] = {}
        self._people_to_evaluate = Marks(self._evaluate_soon)
        self._rules_to_evaluate = Marks(self._evaluate_soon)
        self._people_to_assign = Marks(self._assign_soon)

    def post(self, task: Task) -> None:
        """Queues a task for the provisioner; one that waits already keeps its turn, and does for both."""
        lag = self.lags.push if task.kind in PUSHES else self.lags.account
        self.outbox.setdefault(task, Waiting(posted=self.now(), due=self.now() + lag))

    def post_pushes(self, group_id: str) -> None:
        """Queues a push of every ACTIVE mapping whose source is that group."""
        for mapping in self.app.mappings.values():
            if mapping.source_group_id == group_id and mapping.status == "ACTIVE":
                self.post(Task(kind="push", subject=mapping.id))

    def _look_at(self, people: Iterable[str]) -> None:
        """Marks people: their attributes, status or groups changed."""
        for user_id in people:
            self._people_to_evaluate[user_id] = None
            self._people_to_assign[user_id] = None
            self.agenda.at(self.now() + self.lags.search, partial(self._find_user, user_id), user_id)

    def group_changed(self, group: Group) -> None:
        """Marks a group: made, changed or deleted. `search` will find it as it is by then."""
        self.agenda.at(self.now() + self.lags.search, partial(self._find_group, group.id), group.id)

    def _members_changed(self, group: Group) -> None:
        """Marks a group: somebody joined or left it just now."""
        group.last_membership_updated = now = self.now()
        self.group_changed(group)
        self.agenda.at(now + self.lags.membership_updated, partial(self._tell_members, group, now), f"{group.id} {now}")

    def _find_user(self, user_id: str) -> None:
        found = self.users.get(user_id)
        if found is None:
            self.found_users.pop(user_id, None)
        else:
            self.found_users[user_id] = replace(found, attributes=dict(found.attributes))

    def _find_group(self, group_id: str) -> None:
        found = self.groups.get(group_id)
        if found is None:
            self.found_groups.pop(group_id, None)
        else:
            self.found_groups[group_id] = copy(found)

    def _tell_members(self, group: Group, changed: datetime) -> None:
        group.membership_told = changed
        self._find_group(group.id)

    def _evaluate_soon(self) -> None:
        self.agenda.at(self.now() + self.lags.rules, self.evaluate_rules, "rules")

    def _assign_soon(self) -> None:
        self.agenda.at(self.now() + self.lags.assignment, self.reconcile_assignments, "assignments")

    def evaluate_rules(self) -> bool:
        """What :class:`Rules` does."""
        raise NotImplementedError

    def reconcile_assignments(self) -> bool:
        """What :class:`Assignments` does."""
        raise NotImplementedError
