"""What is never sent, whatever change is open: a second lock beside the one that lets through what a change implies.

Nobody is made or deleted in Kandji and no group is, by SCIM; a Kandji group goes by the explicit wish alone. No rule is
deleted (its members would lose accounts), no app is updated (through the API that drops its provisioning), no
assignment of a person is touched, no group or person of Okta.
"""

from __future__ import annotations

import re

from msgspec import Struct

from reconciler.changes import Change, RemoveFromGroup, UnlinkGroup

OKTA = "Okta"
SCIM = "Kandji SCIM"
KEEPING = "deleteTargetGroup=false"
DELETING = "deleteTargetGroup=true"


class Write(Struct, frozen=True, kw_only=True):
    """A request that is no read. ``path`` is below the service's base, percent-encoded as it is sent."""

    service: str
    method: str
    path: str
    query: str = ""
    body: object = None
    """JSON, decoded; None where there is none."""


class Forbidden(Struct, frozen=True):
    """``methods`` and ``path`` are patterns of the whole; ``why`` completes "this program never"."""

    service: str
    methods: str
    path: str
    why: str


NEVER = (
    Forbidden(SCIM, "POST", r".*", "makes anybody or anything in Kandji by SCIM"),
    Forbidden(SCIM, "DELETE", r".*", "deletes anybody or anything in Kandji by SCIM"),
    Forbidden(SCIM, "PATCH", r"/Users(/.*)?", "changes a part of an account without the rest"),
    Forbidden(OKTA, "DELETE", r"/api/v1/groups/rules(/.*)?", "deletes a group rule"),
    Forbidden(OKTA, ".*", r"/api/v1/apps(/[^/]+)?", "touches an app itself"),
    Forbidden(OKTA, ".*", r"/api/v1/apps/[^/]+/(lifecycle|features|connections)/.*", "touches an app's settings"),
    Forbidden(OKTA, ".*", r"/api/v1/apps/[^/]+/users(/.*)?", "touches somebody's own assignment"),
    Forbidden(OKTA, "(?!PUT$).*", r"/api/v1/apps/[^/]+/groups(/.*)?", "takes an app from a group"),
    Forbidden(OKTA, ".*", r"/api/v1/groups(/(?!rules$)[^/]+)?", "makes, changes or deletes an Okta group"),
    Forbidden(OKTA, ".*", r"/api/v1/users(/.*)?", "touches a person in Okta"),
)


def never(write: Write, change: Change | None) -> str | None:
    """Why this write is refused whatever is open; None where it is not."""
    for one in NEVER:
        if one.service == write.service and _whole(one.methods, write.method) and _whole(one.path, write.path):
            return one.why
    if (write.service, write.method) != (OKTA, "DELETE"):
        return None
    if _whole(r"/api/v1/groups/[^/]+/users/[^/]+", write.path) and not isinstance(change, RemoveFromGroup):
        return "takes anybody out of a group, but for what it put in"
    if _whole(r".*/group-push/mappings/[^/]+", write.path) and write.query != KEEPING:
        match change:
            case UnlinkGroup(delete_in_kandji=True, mapping_id=mapping_id) if write.query == DELETING:
                asked_for = write.path.endswith(f"/{mapping_id}")
            case _:
                asked_for = False
        return None if asked_for else "deletes a Kandji group that nobody asked to delete"
    return None


def _whole(pattern: str, text: str) -> bool:
    return re.fullmatch(pattern, text, re.IGNORECASE | re.DOTALL) is not None
