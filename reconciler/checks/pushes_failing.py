"""Several pushes fail one after another, and none has worked since: Kandji is out of order, too slow, or overrun.

One mapping in error is that group's trouble; several without a success in between are the connection's. A refused token
is told as such, and not here.
"""

from __future__ import annotations

from collections.abc import Iterator

from msgspec.structs import replace

from reconciler.checks.credentials_refused import CREDENTIALS, failed_at, last_success, refused, sent, since
from reconciler.findings import Fact, Finding, How, Kind
from reconciler.model import LogEvent
from reconciler.system_log import FAILURE
from reconciler.world import Push, World, youngest

KIND = Kind(
    slug="pushes-failing",
    title="Pushes to Kandji fail one after another",
    severity="high",
    means="Several groups or people in a row could not be sent to Kandji, and nothing was sent with success since.",
    matters="What failed is not sent again: these groups stand still, and these people are not up to date, even when "
    "Kandji works again.",
    mend="By hand in Okta, once the cause in the summaries is gone: Applications → the app → Push Groups → Retry All "
    "Groups, and Dashboard → Tasks for people.",
    how=How(
        by_hand=(
            "Read the summaries in the evidence: a time-out, an outage, or too many requests.",
            "Kandji: look whether the tenant can be reached, and whether something else uses up its 10,000 requests an "
            "hour.",
            "Okta: Applications → Applications → the app → Provisioning → Integration → Edit, Test Connector "
            "Configuration.",
            "Okta: Applications → Applications → the app → Push Groups, and there Retry All Groups.",
            "Okta: Dashboard → Tasks, retry the provisioning tasks that failed.",
        ),
        if_meant="Kandji's maintenance is over by itself; what failed meanwhile must be retried all the same.",
        okta_alone="Only what was answered with 429 is tried again, at most ten times; what stands in error stays "
        "there.",
        side_effects="A retry replaces the members of each group by those whom Okta has now. Retry few groups at a "
        "time where Kandji answered with 429.",
        undo="A retry can't be undone; change the group in Okta, and it is pushed again.",
    ),
    explains=(
        "mapping-error",
        "assignment-stuck",
        "profile-push-failed",
        "left-still-active",
        "unassigned-still-active",
    ),
)
GROUPS = 3
PEOPLE = 5
"""So many in a row are more than their own trouble."""


def _failing(world: World) -> tuple[list[Push], dict[str, LogEvent]]:
    """Mappings in error, and the last failure of each person by id, since the last success and not for the token."""
    success = last_success(world)
    pushes = [
        push
        for push in world.pushes
        if push.mapping.status == "ERROR"
        and not CREDENTIALS.search(push.mapping.error_summary or "")
        and since(failed_at(push.mapping), success)
    ]
    people = {
        target.id: event
        for event in sent(world, FAILURE)
        if since(event.published, success) and not CREDENTIALS.search(event.reason or "")
        for target in event.targets
        if target.type == "User"
    }
    return pushes, people


def find(world: World) -> Iterator[Finding]:
    if any(refused(world, last_success(world))):
        return
    pushes, people = _failing(world)
    many = len(people) >= PEOPLE
    if len(pushes) < GROUPS and not many:
        return
    parts = [f"{len(pushes)} groups"] if pushes else []
    parts += [f"{len(people)} people"] if people else []
    groups = {(push.group_id, push.name): None for push in pushes}
    found = world.about_app(
        KIND,
        f"{' and '.join(parts)} could not be sent to Kandji, and nothing was since",
        evidence=(
            *(Fact(side="okta", label=push.name, value=push.mapping.error_summary or "no summary") for push in pushes),
            *world.log_facts(sorted(people.values(), key=lambda event: (event.published, event.id))[-5:]),
        ),
        changed=youngest(*(failed_at(push.mapping) for push in pushes)),
    )
    way = found if many else replace(found, explains=("mapping-error",), explains_by="group")
    yield replace(way, groups=tuple(groups))
