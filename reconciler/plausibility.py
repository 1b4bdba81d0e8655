"""Whether a complete read is plausible, too: how large each list is, and whether it was much larger a pull before.

A service may say of half a list that it is the whole. So a list that shrank by more than ``max_shrink`` since the last
complete pull is told, and not believed before a second complete pull agrees or a person confirms it. What is found is
told meanwhile; nothing may be taken away because of it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from msgspec.structs import replace

from reconciler.model import EMPTY_STORE, SHRANK, Memory, Note, Size, Snapshot
from reconciler.world import Settings

FROM = 50
"""Smaller lists may shrink as they like: a few people are a large part of them."""
SOURCES = ("okta.app_users", "okta.mappings", "okta.members", "scim.users", "scim.groups")
"""Sources whose lists are weighed: people, pushed groups and Kandji's groups, and each group's members."""


def weighed(snapshot: Snapshot, before: Memory, settings: Settings) -> tuple[Size, ...]:
    """The size of each list, and the one that is believed, in order.

    ``believed`` stays what it was while a shrink is not confirmed. Lists of which the size is not known keep what was
    known of them; lists that are gone are left out.
    """
    known = {(size.source, size.about): size for size in before.sizes}
    return tuple(
        sorted(_weighed(size, known.get((size.source, size.about)), settings) for size in _sizes(snapshot, known))
    )


def _weighed(now: Size, before: Size | None, settings: Settings) -> Size:
    if before is None or now.source in settings.accept_shrink:
        return now
    if not _shrank(now.size, before.believed, settings.max_shrink):
        return now
    agreed = before.unconfirmed and not _shrank(now.size, before.size, settings.max_shrink)
    return now if agreed else replace(now, believed=before.believed)


def _shrank(now: int, before: int, most: float) -> bool:
    return before >= FROM and now < before * (1 - most)


def _sizes(snapshot: Snapshot, known: dict[tuple[str, str], Size]) -> Iterator[Size]:
    okta, scim = snapshot.okta, snapshot.scim
    names = {group.id: group.name for group in okta.groups}
    yield _size("okta.app_users", "", "people assigned to the app", len(okta.app_users))
    yield _size("okta.mappings", "", "pushed groups", len(okta.mappings))
    for members in okta.members:
        group_id = members.group_id
        yield _size("okta.members", group_id, f"members of {names.get(group_id, group_id)}", len(members.members))
    yield _size("scim.users", "", "people in Kandji", len(scim.users))
    yield _size("scim.groups", "", "groups in Kandji", len(scim.groups))
    for group in scim.groups:
        name = f"members of the Kandji group {group.display_name or group.id}"
        before = known.get(("scim.groups", group.id))
        if group.member_ids is not None and not group.perhaps_cut:
            yield _size("scim.groups", group.id, name, len(set(group.member_ids)))
        elif before is not None:
            yield before


def _size(source: str, about: str, name: str, size: int) -> Size:
    return Size(source=source, about=about, name=name, size=size, believed=size)


def notes(snapshot: Snapshot, sizes: Iterable[Size]) -> Iterator[Note]:
    """What shrank and is not confirmed; and that nothing is provisioned yet, where Kandji has nobody."""
    for size in sizes:
        if size.unconfirmed:
            percent = round(100 * (1 - size.size / size.believed))
            yield Note(
                kind=SHRANK,
                about=size.name,
                reason=f"{size.believed:,} before, {size.size:,} now ({percent} % fewer): unconfirmed until a second "
                f"complete pull agrees, or: reconciler run --accept-shrink {size.source}",
            )
    if not snapshot.scim.users:
        yield Note(kind=EMPTY_STORE, about="Kandji", reason="nothing provisioned yet: Kandji has no account over SCIM")
