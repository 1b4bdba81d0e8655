"""Finding Okta people whom no assigned app user names: leavers and strangers, told apart on the first run.

``filter`` and ``search`` both return people with the status DEPROVISIONED; a plain list does not. ``filter`` compares
values with case and is exact; ``search`` ignores case and lags behind. So a login is filtered for as it is written and
in small letters, then searched for.
Source: https://developer.okta.com/docs/api/openapi/okta-management/management/tag/User/#tag/User/operation/listUsers
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any
from urllib.parse import quote

from reconciler.directories import Unpointed
from reconciler.directories.http import Http
from reconciler.directories.ledger import together
from reconciler.directories.okta_pages import read_list
from reconciler.directories.okta_user_wire import People, User
from reconciler.errors import NotAllowed, TokenRefused, UnexpectedAnswer, Vanished
from reconciler.model import OktaUser

_OKTA_USER_ID = re.compile(r"00u[0-9A-Za-z]{17}")
_LONGEST = 1500
"""Signs of one filter, so that its address stays short enough for every proxy on the way."""
_MOST_CLAUSES = 20


class UserFinder:
    """Collects Okta users by id, login and e-mail address.

    ``refused`` counts values that Okta would not look for, ``hidden`` ids that this token may not read.
    """

    def __init__(self, http: Http, people: People, arrived: Callable[[int], None] = lambda _: None) -> None:
        self._http = http
        self._people = people
        self._arrived = arrived
        self.found: dict[str, OktaUser] = {}
        self.pages = self.requests = self.refused = self.hidden = 0

    async def by_ids(self, ids: Iterable[str]) -> None:
        """One by one: exact, without lag; a deleted person is simply not found."""
        async with together() as tasks:
            for one in sorted(set(ids) - self.found.keys()):
                tasks.create_task(self._by_id(one))

    async def _by_id(self, user_id: str) -> None:
        try:
            answer = await self._http.get(f"/api/v1/users/{quote(user_id, safe='')}")
        except TokenRefused:
            raise
        except (Vanished, NotAllowed) as error:
            self.requests += 1
            self.hidden += isinstance(error, NotAllowed)
            return
        self.requests, self.pages = self.requests + answer.attempts, self.pages + 1
        self._keep(answer.json_as(self._people.user))

    async def filtered(self, attribute: str, values: Iterable[str]) -> None:
        await self._all("filter", [f"{attribute} eq {quoted(value)}" for value in sorted(set(values))])

    async def searched(self, clauses: Iterable[str]) -> None:
        await self._all("search", sorted(set(clauses)))

    async def _all(self, parameter: str, clauses: Sequence[str]) -> None:
        async with together() as tasks:
            for batch in batches(clauses):
                tasks.create_task(self._batch(parameter, batch))

    async def _batch(self, parameter: str, clauses: Sequence[str]) -> None:
        parameters: dict[str, str | int] = {parameter: " or ".join(clauses), "limit": 200}
        try:
            listing = await read_list(
                self._http.get, "/api/v1/users", parameters, self._people.user, what="people looked up"
            )
        except UnexpectedAnswer as error:
            if error.status not in (400, 414):
                raise
            if len(clauses) == 1:
                self.refused += 1
                return
            for half in (clauses[: len(clauses) // 2], clauses[len(clauses) // 2 :]):
                await self._batch(parameter, half)
            return
        self.requests, self.pages = self.requests + listing.requests, self.pages + listing.pages
        for user in listing.rows:
            self._keep(user)

    def _keep(self, user: User[Any]) -> None:
        self.found[user.id] = self._people.value(user)
        self._arrived(len(self.found))


def quoted(value: str) -> str:
    """A string of Okta's filter language, with its quotes and backslashes escaped."""
    return '"' + value.replace("\\", "\\\\").replace('"', '\\"') + '"'


def batches(clauses: Sequence[str]) -> Iterator[Sequence[str]]:
    """Groups of clauses that fit into one address."""
    batch: list[str] = []
    for clause in clauses:
        if batch and (len(batch) >= _MOST_CLAUSES or sum(map(len, batch)) + len(clause) > _LONGEST):
            yield batch
            batch = []
        batch.append(clause)
    if batch:
        yield batch


async def look_up(finder: UserFinder, people: Sequence[Unpointed]) -> None:
    """Fill ``finder`` with whoever may own these accounts: by earlier pointer and id, then by login, then by any hint.

    ``NotAllowed`` where people may not be read.
    """
    hinted = {hint for person in people for hint in (person.okta_user_id, _as_id(person.external_id)) if hint}
    await finder.by_ids(hinted)
    rest = [p for p in people if not {p.okta_user_id, _as_id(p.external_id)} & finder.found.keys()]
    logins = {p.user_name for p in rest if p.user_name}
    await finder.filtered("profile.login", logins | {login.lower() for login in logins})
    known = {user.login.casefold() for user in finder.found.values()}
    clauses = set()
    for person in rest:
        if person.user_name and person.user_name.casefold() in known:
            continue
        if person.user_name:
            clauses.add(f"profile.login eq {quoted(person.user_name)}")
        if person.email:
            clauses.add(f"profile.email eq {quoted(person.email)}")
    await finder.searched(clauses)


def _as_id(external_id: str | None) -> str | None:
    return external_id if external_id is not None and _OKTA_USER_ID.fullmatch(external_id) else None


async def find_users(http: Http, people: People, ids: Iterable[str]) -> UserFinder:
    """Okta users by id in batches, then one by one for those that a filter leaves out."""
    finder = UserFinder(http, people)
    wanted = set(ids)
    await finder.filtered("id", wanted)
    await finder.by_ids(wanted)
    return finder
