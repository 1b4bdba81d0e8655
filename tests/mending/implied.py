"""Which writes each kind of change implies: written from the guide and the services' descriptions, not from the code.

A change has one or more ways, each a sequence of patterns for ``Write.line``; which one is taken, the service decides.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence

from tests.mending.notebook import Json, Write

RULES, MAPPINGS = "/api/v1/groups/rules", r"/api/v1/apps/\w+/group-push/mappings"
USERS, GROUPS = "/api/v1/scim/Users", "/api/v1/scim/Groups"
NEW = r"\w+"


def ways(change: Json) -> list[tuple[str, ...]]:
    """The sequences of writes that make this change and no other. ``change`` as it stands in a plan file."""
    kind = change["change"]
    if "rule" in kind:
        return [_about_rules(kind, change)]
    if kind in {"activate-mapping", "repush", "relink", "link", "unlink"}:
        return _about_mappings(kind, change)
    return [_about_people(kind, change)] if kind not in {"add-member", "remove-member"} else _about_members(change)


def _about_people(kind: str, change: Json) -> tuple[str, ...]:
    if kind == "assign-group":
        return (rf"PUT /api/v1/apps/\w+/groups/{change['group']['id']}",)
    if kind in {"set-active", "replace-attributes"}:
        return (f"PUT {USERS}/{change['account']['id']}",)
    verb = {"add-to-group": "PUT", "remove-from-group": "DELETE"}[kind]
    return (f"{verb} /api/v1/groups/{change['group']['id']}/users/{change['person']['id']}",)


def _about_rules(kind: str, change: Json) -> tuple[str, ...]:
    one = f"{RULES}/{change['rule']['id'] if 'rule' in change else NEW}"
    on, off = f"POST {one}/lifecycle/activate", f"POST {one}/lifecycle/deactivate"
    return {
        "edit-rule": (off, f"PUT {one}", on),
        "create-rule": (f"POST {RULES}", on),
        "activate-rule": (off, on) if change.get("restart") else (on,),
        "deactivate-rule": (off,),
    }[kind]


def _about_mappings(kind: str, change: Json) -> list[tuple[str, ...]]:
    one = f"PATCH {MAPPINGS}/{change.get('mapping_id', NEW)}"
    link = f"POST {MAPPINGS}"
    away = f"DELETE {MAPPINGS}/{change.get('mapping_id', NEW)}" + r"\?deleteTargetGroup="
    return {
        "activate-mapping": [(one,)],
        "repush": [(one, one)],
        "relink": [(one,), (f"{away}false", link), (one, f"{away}false", link)],
        "link": [(link,)],
        "unlink": [(one, f"{away}{str(change.get('delete_in_kandji', False)).lower()}")],
    }[kind]


def _about_members(change: Json) -> list[tuple[str, ...]]:
    group = f"{GROUPS}/{change['kandji_group']['id']}"
    return [(f"PATCH {group}",), (f"PUT {group}",)]


def unexplained(
    changes: Iterable[Json], words: Mapping[str, str], told: Mapping[str, str], writes: Sequence[Write]
) -> list[str]:
    """What the services took and no change implies, or a change that was made implies and they did not take, in words.

    ``changes`` as planned, in their order, as the writes are. One that was skipped or failed, and one that says that it
    was so already, may have no writes.
    """
    left = [write.line for write in writes if write.taken]
    found = []
    for row in changes:
        taken = _taken(ways(row["change"]), left)
        made = words.get(row["id"]) in {"verified", "not seen yet"} and "already" not in told[row["id"]]
        if taken is None and made:
            found.append(f"{row['id']} {row['sentence']}: {words[row['id']]}, and its writes were not seen")
        left = left[len(taken or ()) :]
    return [*found, *(f"no change implies {line}" for line in left)]


def _taken(choices: list[tuple[str, ...]], lines: list[str]) -> tuple[str, ...] | None:
    """The longest of these sequences with which the lines begin."""
    fitting = [one for one in choices if len(one) <= len(lines) and all(map(re.fullmatch, one, lines))]
    return max(fitting, key=len, default=None)
