"""A pushed group as both sides have it at this moment: what a push of it would do, and what one has done.

Whatever makes Okta push a group replaces the Kandji group by whom Okta expects in it; so before each, who would be
taken out is read once more, and must be among those whom the plan names.
"""

from __future__ import annotations

from typing import Any

from msgspec import Struct

from reconciler.commands.applying.live import Live
from reconciler.commands.applying.procedure import Sight
from reconciler.model import Mapping, ScimGroup
from reconciler.plan import Planned


class Both(Struct, frozen=True, kw_only=True):
    """Account ids of one pushed group."""

    kandji_group: ScimGroup | None
    held: frozenset[str]
    """Members of the Kandji group."""
    expected: frozenset[str]
    missing: frozenset[str]
    """Expected, with an active account, and not in it."""
    removed: frozenset[str]
    """In it and not expected: whom a push may take out."""
    extra: frozenset[str]
    """In it and surely carried by no push."""
    owners: dict[str, str]
    """Okta user ids by account id, of those expected."""


async def kandji_group_of(live: Live, group_id: str | None, name: str) -> ScimGroup | None:
    """By id where it is known, else the only one of that name."""
    if group_id is not None:
        return await live.kandji_group(group_id)
    found = await live.kandji_groups_named(name)
    return found[0] if len(found) == 1 else None


async def both(live: Live, group_id: str, kandji_group: ScimGroup | None) -> Both | None:
    """None where Kandji does not tell who is in its group, or may have cut the list off."""
    if kandji_group is not None and (kandji_group.member_ids is None or kandji_group.perhaps_cut):
        return None
    held = frozenset(kandji_group.member_ids or ()) if kandji_group is not None else frozenset()
    due = await live.due(group_id)
    expected = frozenset(due.expected)
    accounts = await live.accounts(expected - held)
    active = frozenset(key for key, one in accounts.items() if one is not None and one.active is not False)
    return Both(
        kandji_group=kandji_group,
        held=held,
        expected=expected,
        missing=active,
        removed=held - expected,
        extra=held - frozenset(due.carried),
        owners=due.expected,
    )


async def unplanned(live: Live, planned: Planned, now: Both | None) -> str | None:
    """Why the group must not be pushed now; None: it takes out nobody but those named."""
    if now is None:
        return "Kandji does not tell who is in the group: what a push would take out is not known"
    if now.held and not now.expected:
        return "nobody is expected in the group now: a push would empty it"
    more = now.removed - {person.id for person in planned.removes}
    if more:
        return f"moved: it would now also take {await live.account_names(more)} out of the group: plan again"
    return None


def image_of(now: Both, mapping: Mapping | None) -> dict[str, Any]:
    """What stood before a push, for the journal and to know its effect by."""
    last = mapping.last_push if mapping is not None else None
    return {
        "mapping": None if mapping is None else {"id": mapping.id, "status": mapping.status},
        "last_push": None if last is None else last.isoformat(),
        "members": sorted(now.held),
        "missing": sorted(now.missing),
    }


async def pushed(live: Live, planned: Planned, mapping: Mapping | None, now: Both | None, image: Any) -> Sight:
    """Whether a push has arrived. ``mapping`` was read before ``now``, so what it tells as pushed is in ``now``."""
    name = getattr(planned.change, "group").name  # noqa: B009 - every change that pushes has one
    if mapping is None:
        return Sight(shows=False, words="the mapping is gone", over="failed")
    if mapping.status == "ERROR":
        why = f": {mapping.error_summary}" if mapping.error_summary else ""
        return Sight(shows=False, words=f"Okta could not push {name}{why}", over="failed")
    if mapping.status != "ACTIVE":
        return Sight(shows=False, words=f"the mapping of {name} is {mapping.status}")
    if now is None or now.kandji_group is None:
        return Sight(shows=False, words=f"the group {name} is not in Kandji yet")
    if now.missing:
        return Sight(shows=False, words=f"{await live.account_names(now.missing)} not in {name} in Kandji yet")
    removes = {person.id for person in planned.removes}
    stays, before = now.extra & removes, image if isinstance(image, dict) else {}
    told = mapping.last_push.isoformat() if mapping.last_push is not None else None
    if told is not None and told == before.get("last_push"):
        return Sight(shows=False, words=f"Okta has not pushed {name} again yet")
    if not stays:
        if removes.intersection(before.get("members", ())):
            live.push_replaces = True
        return Sight(shows=True, words="seen in Kandji")
    if told is None and not before.get("missing"):
        return Sight(shows=False, words=f"{await live.account_names(stays)} still in {name} in Kandji")
    live.push_replaces = False
    words = f"{await live.account_names(stays)} stay in {name}: pushes don't take anybody out here"
    return Sight(shows=False, words=words, over="verified" if before.get("missing") else "not seen")
