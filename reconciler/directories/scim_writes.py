"""Single writes to a SCIM store: an account or a group replaced as it was read but for one thing, a member patched.

Nobody and nothing is made or deleted: there is no method for it.
"""

from __future__ import annotations

from typing import Any

from reconciler.directories.okta_writes import sent
from reconciler.directories.scim import ScimDirectory
from reconciler.directories.scim_pages import ACCEPT, ask, place
from reconciler.directories.scim_wire import read_body, strange
from reconciler.directories.write_permissions import KANDJI
from reconciler.directories.writers import Body, Sent
from reconciler.directories.written_bodies import member_patch
from reconciler.errors import NotAllowed, TokenRefused, Vanished
from reconciler.model import ScimUser

MEDIA_TYPE = "application/scim+json"


class ScimWrites(ScimDirectory):
    """Reads as ``ScimDirectory`` does, and writes; see ``writers`` for what is promised."""

    async def read_user_body(self, account_id: str) -> Body | None:
        return await self._body("Users", account_id)

    async def read_group_body(self, group_id: str) -> Body | None:
        return await self._body("Groups", group_id)

    async def read_all_users(self) -> tuple[ScimUser, ...]:
        """Every account, whole; raises as a pull does."""
        return tuple(row.user for row in (await self._users(lambda *_: None)).rows)

    async def put_user(self, account_id: str, body: Body, *, etag: str | None = None) -> Sent:
        """``etag`` as for ``put_group``."""
        return await self._sent("PUT", place("Users", account_id), body, etag=etag)

    async def patch_member(self, group_id: str, account_id: str, *, add: bool, by_path: bool = True) -> Sent:
        """``by_path``: for removals, ``members[value eq "…"]``; else a list of values. Both are in use."""
        return await self._sent("PATCH", place("Groups", group_id), member_patch(account_id, add=add, by_path=by_path))

    async def put_group(self, group_id: str, body: Body, *, etag: str | None = None) -> Sent:
        """With ``etag``, only while the group is still of that version (RFC 7644 §3.14): else 412."""
        return await self._sent("PUT", place("Groups", group_id), body, etag=etag)

    async def _body(self, kind: str, resource_id: str) -> Body | None:
        """The resource as the server wrote it."""
        try:
            answer = await ask(self._http, place(kind, resource_id), {})
        except Vanished:
            return None
        if str(read_body(answer).get("id")) != resource_id:
            raise strange(answer, "another resource than the one that was asked for")
        return answer.json_as(dict[str, Any])

    async def _sent(self, method: str, path: str, body: Body, *, etag: str | None = None) -> Sent:
        headers = {"Accept": ACCEPT, "Content-Type": MEDIA_TYPE, **({} if etag is None else {"If-Match": etag})}
        try:
            return sent(await self._http.send(method, path, body, headers=headers))
        except TokenRefused:
            raise
        except NotAllowed as error:
            error.next = f"give this program {KANDJI.role}, and look whether it may write, then plan again"
            raise
