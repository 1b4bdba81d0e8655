"""A request as the org's reads and writes see it, and a list before it is cut into pages."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, TypeVar

from starlette.datastructures import QueryParams

from reconciler.simulator.okta.answers import Paging, invalid, missing, refusal
from reconciler.simulator.okta.filters import BadFilter, Filter
from reconciler.simulator.okta.roles import ADMIN_GROUPS, SUPER_ADMIN, Role
from reconciler.simulator.okta.shapes import Body
from reconciler.simulator.org.org import Org
from reconciler.simulator.org.state import App, Group, GroupRule, OrgRefusal, Person, PushMapping

Shown = TypeVar("Shown", App, Group)


@dataclass(kw_only=True)
class Switches:
    """What differs from org to org, or is not known for certain.

    `members_maximum`: an org that refuses more than 200; `group_rules`: expand=group-rules is "embedded", "ignored" or
    "refused"; `rule_actions`: the groups of a rule that is replaced are "replaced", "ignored" or "refused";
    `hidden`: asked for singly, what a custom role may not see is "missing" (404) or "refused" (403).
    """

    members_maximum: int = 1000
    group_rules: str = "embedded"
    rule_actions: str = "replaced"
    hidden: str = "missing"


@dataclass(frozen=True, kw_only=True)
class Asked:
    """A request: the org, its base URL as the client sees it, parts of the path, the query, the decoded body (None when
    there was none), and the role of whoever asks."""

    org: Org
    base: str
    path: dict[str, str]
    query: QueryParams
    body: Any = None
    role: Role = SUPER_ADMIN
    switches: Switches

    @property
    def app(self) -> App:
        """The app that the path names; 404 E0000007."""
        found = self.org.apps.get(self.path["app"])
        if found is None:
            raise missing("AppInstance", self.path["app"])
        return self._shown(found, "AppInstance", self.role.sees_app(found.id))

    @property
    def group(self) -> Group:
        """The group that the path names; 404 E0000007."""
        return self.group_of(self.path["group"])

    def group_of(self, group_id: str) -> Group:
        """A group by its id; 404 E0000007."""
        found = self.org.groups.get(group_id)
        if found is None:
            raise missing("UserGroup", group_id)
        return self._shown(found, "UserGroup", self.sees(found))

    @property
    def user(self) -> Person:
        """The user that the path names by id or login; 404 E0000007."""
        return self.user_of(self.path["user"])

    def user_of(self, id_or_login: str) -> Person:
        """A user by id or login; 404 E0000007."""
        found = self.org.find_user(id_or_login)
        if found is None:
            raise missing("User", id_or_login)
        return found

    @property
    def rule(self) -> GroupRule:
        """The rule that the path names; 404 E0000007."""
        found = self.org.rules.get(self.path["rule"])
        if found is None:
            raise missing("GroupRule", self.path["rule"])
        return found

    @property
    def mapping(self) -> PushMapping:
        """The push mapping that the path names; 404 E0000007."""
        found = self.app.mappings.get(self.path["mapping"])
        if found is None:
            raise missing("GroupPushMapping", self.path["mapping"])
        return found

    def sees(self, group: Group) -> bool:
        """Whether the role of whoever asks shows this group."""
        return self.role.sees_group(group.id, group.type)

    def changeable(self, group: Group) -> Group:
        """The group, where whoever asks may change it: 403 E0000006 for a group of admins, but for super admins."""
        if group.admin_role and not self.role.allows([ADMIN_GROUPS]):
            raise refusal("E0000006")
        return group

    @property
    def document(self) -> Body:
        """The body as an object; 400 E0000003 when it is none."""
        if not isinstance(self.body, dict):
            raise refusal("E0000003")
        return self.body

    def within(self, *names: str) -> Any:
        """A value inside the body, None where it is absent or null; 400 E0000003 when objects are not objects."""
        found: Any = self.document
        for name in names:
            if not isinstance(found, dict):
                raise refusal("E0000003")
            found = found.get(name)
            if found is None:
                return None
        return found

    def text(self, *names: str) -> str | None:
        """A text inside the body, None where it is absent or null; 400 E0000001 when it is anything else."""
        found = self.within(*names)
        if found is not None and not isinstance(found, str):
            raise invalid(names[-1], f"{names[-1]}: The field must be a string.")
        return found

    def texts(self, *names: str) -> list[str]:
        """A list of texts inside the body, empty where it is absent or null; 400 E0000001 when it is anything else."""
        found = self.within(*names)
        if found is None:
            return []
        if not isinstance(found, list) or not all(isinstance(one, str) for one in found):
            raise invalid(names[-1], f"{names[-1]}: The field must be a list of strings.")
        return found

    def flag(self, name: str, default: bool | None) -> bool:
        """A parameter of the query, true or false; 400 E0000001 when it is neither, or absent without a default."""
        value = self.query.get(name)
        if value is None and default is not None:
            return default
        if value is None or value.casefold() not in ("true", "false"):
            raise invalid(name, f"{name}: The parameter must be true or false.")
        return value.casefold() == "true"

    def expands(self, name: str) -> bool:
        return name in self.query.get("expand", "").split(",")

    def _shown(self, found: Shown, kind: str, seen: bool) -> Shown:
        if seen:
            return found
        raise missing(kind, found.id) if self.switches.hidden == "missing" else refusal("E0000006")


@dataclass(frozen=True, kw_only=True)
class Listing:
    """A list before it is cut into pages: rows, what tells them apart, how one looks."""

    rows: Sequence[Any]
    key: Callable[[Any], str]
    shape: Callable[[Any], Body]
    paging: Paging


@dataclass(frozen=True, kw_only=True)
class Cut:
    """A page that is cut already: its rows, and its Link header's lines."""

    rows: Sequence[Body]
    links: Sequence[str]


Answer = Listing | Cut | Sequence[Body] | Body | None
"""What a read or write answers; None is an empty body."""


def words(person: Person) -> tuple[str, ...]:
    """What `q` is compared with: the beginnings of names and addresses."""
    return (person.first_name, person.last_name, person.email, person.login)


def moment_of(name: str, text: str) -> datetime:
    """A moment out of the query, aware UTC; 400 E0000001 when it is none."""
    try:
        at = datetime.fromisoformat(text)
    except ValueError as error:
        raise invalid(name, f"{name}: The parameter must be an ISO 8601 timestamp.") from error
    return at if at.tzinfo is not None else at.replace(tzinfo=UTC)


def parsed(text: str, known: tuple[str, ...]) -> Filter:
    """A `search` or `filter`; 400 E0000031 when Okta would not know it."""
    try:
        return Filter(text, known)
    except BadFilter as error:
        raise OrgRefusal(400, "E0000031", f"Invalid search criteria. {error}") from error
