"""A request as the org's reads see it, and a list before it is cut into pages."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from starlette.datastructures import QueryParams

from reconciler.simulator.okta_answers import Paging, missing
from reconciler.simulator.okta_filters import BadFilter, Filter
from reconciler.simulator.okta_shapes import Body
from reconciler.simulator.org import Org
from reconciler.simulator.state import App, Group, OrgRefusal, Person


@dataclass(frozen=True, kw_only=True)
class Asked:
    """A request: the org, its base URL as the client sees it, parts of the path, the query."""

    org: Org
    base: str
    path: dict[str, str]
    query: QueryParams
    embeds_group_rules: bool = True

    @property
    def app(self) -> App:
        """The app that the path names; 404 E0000007."""
        found = self.org.apps.get(self.path["app"])
        if found is None:
            raise missing("AppInstance", self.path["app"])
        return found

    @property
    def group(self) -> Group:
        """The group that the path names; 404 E0000007."""
        found = self.org.groups.get(self.path["group"])
        if found is None:
            raise missing("UserGroup", self.path["group"])
        return found

    @property
    def user(self) -> Person:
        """The user that the path names by id or login; 404 E0000007."""
        found = self.org.find_user(self.path["user"])
        if found is None:
            raise missing("User", self.path["user"])
        return found

    def expands(self, name: str) -> bool:
        return name in self.query.get("expand", "").split(",")


@dataclass(frozen=True, kw_only=True)
class Listing:
    """A list before it is cut into pages: rows, what tells them apart, how one looks. `paging` None: one page."""

    rows: Sequence[Any]
    key: Callable[[Any], str]
    shape: Callable[[Any], Body]
    paging: Paging | None


def words(org: Org, user_id: str) -> tuple[str, ...]:
    """What `q` is compared with: the beginnings of names and addresses."""
    person = org.users[user_id]
    return (person.first_name, person.last_name, person.email, person.login)


def parsed(text: str, known: tuple[str, ...]) -> Filter:
    """A `search` or `filter`; 400 E0000031 when Okta would not know it."""
    try:
        return Filter(text, known)
    except BadFilter as error:
        raise OrgRefusal(400, "E0000031", f"Invalid search criteria. {error}") from error
