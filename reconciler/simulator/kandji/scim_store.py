"""What the tenant's SCIM server keeps: PyPI scim2-server's own storage, with the ways of Kandji that lie that deep."""

from __future__ import annotations

import random
import uuid
from collections.abc import Callable
from datetime import datetime
from typing import Any

from scim2_server.memory import InMemoryStorage
from scim2_server.storage import SearchPage

from reconciler.simulator.kandji.ways import STRICT, Ways

PREFIX = "/api/v1/scim"
FIRST_NUMBER = {"User": 29_360, "Group": 810}


class ScimStore(InMemoryStorage):
    """scim2-server's own store, with ids by seed and the simulated clock.

    `ways` may be changed at any time; ids that were given stay. `numbers`: SCIM id → the number Kandji counts by, users
    and groups apart. `hides` tells of a resource whether it is left out of lists and filters, though it can be read by
    id.
    """

    def __init__(self, clock: Callable[[], datetime], seed: int | str, ways: Ways = STRICT) -> None:
        super().__init__(clock=clock)
        self._random = random.Random(f"scim ids {seed}")
        self._order = random.Random(f"scim order {seed}")
        self._next = dict(FIRST_NUMBER)
        self.ways = ways
        self.numbers: dict[str, int] = {}
        self.hides: Callable[[Any], bool] = lambda resource: False

    def generate_id(self, resource_type: Any, resource: Any) -> str:
        number = self._next[resource_type.name]
        self._next[resource_type.name] = number + 1
        unique = str(uuid.UUID(int=self._random.getrandbits(128), version=4))
        scim_id = unique if self.ways.ids == "uuid" else str(number)
        self.numbers[scim_id] = number
        return scim_id

    def delete(self, resource_type: Any, resource_id: str, *, expected_version: str | None = None) -> None:
        super().delete(resource_type, resource_id, expected_version=expected_version)
        if self.ways.cleans_references and resource_type.name == "User":
            with self.lock:
                for group in self.memberships().get(resource_id, ()):
                    self._without(group, resource_id)

    def _without(self, group: Any, user_id: str) -> None:
        left = [member for member in group.members if member.value != user_id]
        meta = group.meta.model_copy(update={"last_modified": self.clock(), "version": self.next_version()})
        changed = group.model_copy(update={"members": left, "meta": meta})
        self._store(changed, self._values_of(changed))

    def search(self, resource_types: Any, search_request: Any, *, position: Any = None) -> SearchPage:
        if self.ways.steady_order:
            return super().search(resource_types, search_request, position=position)
        start, count = search_request.start_index_0 or 0, search_request.count
        whole = search_request.model_copy(update={"start_index": 1, "count": None})
        page = super().search(resource_types, whole, position=position)
        self._order.shuffle(page.resources)
        page.resources = page.resources[start : None if count is None else start + count]
        return page

    def _candidates(self, names: Any, scim_filter: Any) -> list[Any]:
        return [resource for resource in super()._candidates(names, scim_filter) if not self.hides(resource)]

    def _values_of(self, resource: Any) -> dict[str, Any]:
        values: dict[str, Any] = super()._values_of(resource)
        if resource.meta.resource_type != "User" or (self.ways.names_unique and self.ways.names_fold):
            return values
        return dict.fromkeys(values, resource.user_name) if self.ways.names_unique else {}

    def users(self) -> list[Any]:
        """Every user resource, in the order in which they were made."""
        return sorted(self._of("User"), key=lambda resource: self.numbers[resource.id])

    def groups(self) -> list[Any]:
        """Every group resource, in the order in which they were made."""
        return sorted(self._of("Group"), key=lambda resource: self.numbers[resource.id])

    def memberships(self) -> dict[str, list[Any]]:
        """The group resources that name a user id among their members, by user id."""
        groups: dict[str, list[Any]] = {}
        for group in self._of("Group"):
            for user_id in dict.fromkeys(member.value for member in group.members or ()):
                groups.setdefault(user_id, []).append(group)
        return groups

    def has_user(self, user_id: str) -> bool:
        """Whether there is a user with that SCIM id."""
        return user_id in self._resources.get("User", {})

    def inactive(self) -> frozenset[str]:
        """SCIM ids of the users that are not active."""
        return frozenset(user.id for user in self._of("User") if not user.active)

    def _of(self, kind: str) -> list[Any]:
        return list(self._resources.get(kind, {}).values())
