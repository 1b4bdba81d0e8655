"""Reads once more, one by one, the records that new findings rest on."""

from __future__ import annotations

from msgspec.structs import replace

from reconciler import joining
from reconciler.directories import OktaDirectory, ScimDirectory
from reconciler.disputes import Disputed
from reconciler.model import COMPLETE, Snapshot, Source
from reconciler.second_reading import SecondOkta, with_okta, with_scim

MOST = 200
"""Records read one by one at most; with more than this, the lists are read again: they were probably torn."""


async def reread_okta(directory: OktaDirectory, snapshot: Snapshot, disputed: Disputed) -> Snapshot:
    """The snapshot with what Okta says now of the disputed records. Raises as the directory does."""
    records = directory.records(snapshot.okta.app.id)
    groups_of = await records.read_groups_of(disputed.members)
    again = SecondOkta(
        app_users=await records.read_app_users(disputed.app_users),
        users=await records.read_users(disputed.users),
        # Everybody is in some group: an answer without any comes of a token that sees none there.
        memberships={
            (user_id, group_id): group_id in groups_of[user_id]
            for user_id, group_id in disputed.memberships
            if groups_of.get(user_id)
        },
        mappings=await records.read_mappings(disputed.mappings),
    )
    known = {mapping.id for mapping in snapshot.okta.mappings}
    left_out = [one for one in again.mappings.values() if one is not None and one.id not in known]
    if left_out:
        brought = await records.read_groups_by_mapping(left_out)
        groups = {group.id for group in snapshot.okta.groups}
        told = {group.group_id for group in snapshot.okta.members}
        again = replace(
            again,
            found=tuple(group for group in brought.groups if group.id not in groups),
            members=tuple(group for group in brought.members if group.group_id not in told),
            people=brought.users,
        )
    return with_okta(snapshot, again)


async def reread_kandji(directory: ScimDirectory, snapshot: Snapshot, disputed: Disputed) -> Snapshot:
    """As ``reread_okta``, for accounts and groups; also accounts to which Okta points since a moment ago."""
    asked = set(snapshot.scim.absent_user_ids)
    pointed = set(joining.dangling(snapshot.okta.app_users, snapshot.scim)) - asked
    accounts = await directory.read_users(sorted({*disputed.accounts, *sorted(pointed)[:MOST]}))
    return with_scim(snapshot, accounts, await directory.read_groups(disputed.groups))


def source(name: str, count: int) -> Source:
    """How the second reading of one side is told."""
    return Source(
        name=name,
        state=COMPLETE,
        required=False,
        rows=count,
        pages=count,
        requests=count,
        how_known=f"{count} record{'s' * (count != 1)} that new findings rest on, read once more one by one",
    )
