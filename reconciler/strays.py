"""Strays: members of Kandji groups whom the list of accounts does not know.

Deleting an account may leave its id in groups. Where many ids are unknown, it is not the accounts that are gone: the
server gives members other ids than it gives accounts, or leaves many accounts out of its list.
"""

from __future__ import annotations

from msgspec import Struct

from reconciler.model import ScimSnapshot

ONE_IN = 20
"""Unknown ids are believed in while they are no more than one in so many."""
MOST = 100
"""So many are read by id at most: all but a few tenants have fewer."""


class Strays(Struct, frozen=True, kw_only=True):
    """``ids`` are those of members whom the list does not hold, of ``members`` different ones."""

    ids: frozenset[str]
    members: int

    @property
    def comparable(self) -> bool:
        """Whether ids of members and of accounts speak of the same things."""
        return len(self.ids) * ONE_IN <= self.members

    @property
    def to_read(self) -> tuple[str, ...]:
        """Whom to read by id, in order: absence from a list is not absence."""
        return tuple(sorted(self.ids)[:MOST]) if self.comparable else ()


def strays(scim: ScimSnapshot) -> Strays:
    """The strays of all groups whose members are told."""
    members: set[str] = set().union(*(group.member_ids or () for group in scim.groups))
    return Strays(ids=frozenset(members.difference([account.id for account in scim.users])), members=len(members))
