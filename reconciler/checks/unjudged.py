"""What a world can't tell the absence of: earlier findings of it are not called fixed.

Each entry is named as ``findings.skips`` does: a whole kind, or a kind for one person, group or mapping.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from reconciler import system_log
from reconciler.checks import (
    assigned_in_no_pushed_group,
    attribute_differs,
    foreign_people,
    group_unmanaged,
    mapping_source_missing,
    member_unknown,
    missing_in_kandji,
    push_group_not_covered,
    unassigned_still_active,
    unmanaged_in_kandji,
)
from reconciler.model import DEVICES, Note
from reconciler.world import Person, World

ACCOUNT_KINDS = ("left-still-active", "unassigned-still-active", "unmanaged-in-kandji", "suspended-still-active")
MEMBERS_OF_MAPPINGS = ("group-not-pushed", "group-linked-wrong", "mapping-stale")
MEMBERS_OF_GROUPS = ("member-extra", "group-cut-off", "inactive-member-lingers")
LACKING_KINDS = ("member-not-assigned", "assignment-stuck", "missing-in-kandji", "inactive-in-kandji")
ASSIGNED_KINDS = ("profile-push-failed", "assigned-directly")
RULE_KINDS = (
    "push-group-not-covered",
    "rule-inactive",
    "rule-invalid",
    "rule-excludes-member",
    "rule-not-applied",
    "rule-feeds-unassigned-group",
)
FEATURE_KINDS = ("provisioning-off", "import-on", "username-push-off")
API_KINDS = ("archived-with-device", "device-on-other-account")
"""Kinds that only Kandji's REST API tells."""
LOG_KINDS = ("credentials-refused", "pushes-failing", "profile-push-failed")
"""Kinds that may rest on the System Log alone."""


_WHY = {
    **dict.fromkeys(RULE_KINDS, "the org's group rules could not be read"),
    **dict.fromkeys((*ACCOUNT_KINDS, "foreign-people"), "not every account in Kandji could be looked up in Okta"),
    **dict.fromkeys(("group-unmanaged", "group-renamed"), "it is not known where every mapping pushes to"),
    "member-not-assigned": "the members of a pushed group were not read",
    "integration-recreated": "not every account that Okta points to is in the list or was read by id",
}


def noted(skipped: Iterable[str], notes: Iterable[Note]) -> Iterator[Note]:
    """A note for each whole kind that was not judged, where no other names it: none is passed over in silence."""
    named = {note.about.partition(":")[0] for note in notes}
    for slug in skipped:
        if " " not in slug and slug not in named:
            yield Note(kind="check-skipped", about=slug, reason=_WHY.get(slug, "what it rests on was not read"))


def unjudged(world: World) -> Iterator[str]:
    """Kinds, or kinds of one subject, that were not judged for want of knowledge."""
    yield from _accounts(world)
    yield from _groups(world)
    if not world.snapshot.okta.app.features:
        yield from FEATURE_KINDS
    yield from _pushes(world)
    for person in world.people:
        yield from _person(person)


def _accounts(world: World) -> Iterator[str]:
    """Kinds about accounts in Kandji that were not looked up on the other side, or whose source was not read."""
    if unmanaged_in_kandji.not_looked_up(world):
        yield from (*ACCOUNT_KINDS, "foreign-people")
    unread = {note.about for note in world.snapshot.notes}
    if foreign_people.API in unread:
        yield "foreign-people"
        if set(attribute_differs.comparable(world)[1]) & set(attribute_differs.API):
            yield from ("attribute-differs", "attribute-not-sent")
    if DEVICES in unread:
        yield from API_KINDS
    if system_log.ABOUT in unread and not world.log_read:
        yield from LOG_KINDS
    if unassigned_still_active.unread(world):
        yield "unassigned-still-active"
    if missing_in_kandji.unread(world):
        yield from ("missing-in-kandji", "integration-recreated")
    if world.snapshot.kandji is None:
        yield from (*API_KINDS, f"duplicate-in-kandji app:{world.snapshot.okta.app.id}")
        # That they are archived is told by the REST API alone: without it, they are missing.
        yield from (f"inactive-in-kandji {world.people[number].key}" for number in world.absent)


def _groups(world: World) -> Iterator[str]:
    """Kinds about groups that are hidden, or whose members are not known."""
    if group_unmanaged.hidden(world):
        yield from ("group-unmanaged", "group-renamed")
    if member_unknown.unjudged(world):
        yield "member-unknown"
    if assigned_in_no_pushed_group.unread(world):
        yield "assigned-in-no-pushed-group"
    for push in mapping_source_missing.unseen(world):
        if not mapping_source_missing.gone(world, push):
            yield f"mapping-source-missing mapping:{push.mapping.id}"
    for group in world.snapshot.scim.groups:
        if group.member_ids is None:
            yield f"inactive-member-lingers {world.kandji_group_key(group)}"
    if world.rules is None:
        yield from RULE_KINDS
    elif push_group_not_covered.unread(world):
        yield "push-group-not-covered"


def _pushes(world: World) -> Iterator[str]:
    """Kinds of mappings whose ends are not both known."""
    for push in world.pushes:  # what somebody has is told of a paused mapping, too
        if not push.readable:
            yield from () if push.paused else ("member-not-assigned",)
            yield from (
                f"{slug} group:{push.group_id}" for slug in ("group-feeds-no-assignment", "inactive-in-pushed-group")
            )
        if push.perhaps_cut or not push.comparable:
            yield from (f"{slug} group:{push.group_id}" for slug in ("member-missing", "group-shrank"))
            yield from (f"{slug} mapping:{push.mapping.id}" for slug in MEMBERS_OF_MAPPINGS)
        if push.comparable:
            continue
        yield from (f"{slug} group:{push.group_id}" for slug in MEMBERS_OF_GROUPS)
        if push.kandji_group is None and not push.target_missing:
            yield f"mapping-target-missing mapping:{push.mapping.id}"


def _person(person: Person) -> Iterator[str]:
    """Kinds about somebody whose status, activity or identity is not told."""
    account = person.account
    if account is not None and account.active is None:
        yield from (f"{slug} {person.key}" for slug in (*ACCOUNT_KINDS, "inactive-in-kandji"))
    for user_id in person.candidate_ids:
        yield from (f"{slug} user:{user_id}" for slug in ACCOUNT_KINDS)
    if person.user is not None and not person.user.status:
        yield from (f"{slug} {person.key}" for slug in (*ACCOUNT_KINDS, *LACKING_KINDS, *ASSIGNED_KINDS))
