"""Is a body that is about to be sent what its change means, and nothing else? Judged beside what was read last.

Null, [] and absent are the same to SCIM (RFC 7643 §2.5), and names of attributes have no case (§2.1). ``meta`` is the
server's own and may be left out.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

Fits = Callable[[Any, Any], bool]
"""Whether a body, beside what was last read at the same place (None: nothing), is what the change means."""
Path = tuple[str | int, ...]

EXPRESSION = "urn:okta:expression:1.0"
PATCH_SCHEMA = "urn:ietf:params:scim:api:messages:2.0:PatchOp"
ENTERPRISE = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User"
_RULE_KEYS = frozenset({"type", "name", "conditions", "actions"})
_OF_AN_ADDRESS = ("type", "primary")


def nothing(sent: Any, _: Any) -> bool:
    return sent is None or sent == {}


def status_set(*words: str) -> Fits:
    """A mapping's status, one of these."""
    return lambda sent, _: sent in [{"status": word} for word in words]


def mapping_made(group_id: str, target_id: str | None, target_name: str) -> Fits:
    """A mapping from this group, by the id of its target where one is known, else by name."""
    target = {"targetGroupName": target_name} if target_id is None else {"targetGroupId": target_id}
    return lambda sent, _: sent == {"sourceGroupId": group_id, "status": "ACTIVE", **target}


def rule_made(name: str, expression: str, target_id: str) -> Fits:
    """A rule of this name and expression that feeds one group and excludes nobody."""
    wanted: tuple[Any, ...] = (name, "group_rule", expression, EXPRESSION, [target_id], [])
    return lambda sent, _: _rule(sent) == wanted


def rule_edited(before: str, after: str) -> Fits:
    """The rule as it was read, with one of these two expressions."""

    def fits(sent: Any, read: Any) -> bool:
        new, old = _rule(sent), _rule({key: read.get(key) for key in _RULE_KEYS}) if isinstance(read, dict) else None
        return new is not None and old is not None and new[2] in (before, after) and _but(new, 2) == _but(old, 2)

    return fits


def _rule(body: Any) -> tuple[Any, ...] | None:
    """Name, type, expression with its type, target groups and excluded people; None where anything else is in it."""
    if not isinstance(body, dict) or not body.keys() <= _RULE_KEYS:
        return None
    expression, people = _at(body, "conditions", "expression"), _at(body, "conditions", "people")
    if _at(people, "groups", "exclude"):
        return None
    return (
        body.get("name"),
        body.get("type"),
        _at(expression, "value"),
        _at(expression, "type"),
        _at(body, "actions", "assignUserToGroups", "groupIds"),
        _at(people, "users", "exclude") or [],
    )


def active_set(active: bool) -> Fits:
    """The account as it was read, active or not."""

    def fits(sent: Any, read: Any) -> bool:
        new, old = _leaves(sent), _leaves(read)
        return bool(old) and new.pop(("active",), None) is active and new == _without(old, ("active",))

    return fits


def attributes_replaced(before: Mapping[str, str | None], after: Mapping[str, str | None]) -> Fits:
    """The account as it was read, with no other value than those of ``after`` set (none: an empty text), and of
    ``before`` taken away."""
    set_to, taken = {value or "" for value in after.values()}, set(before.values())

    def fits(sent: Any, read: Any) -> bool:
        new, old = _leaves(sent), _leaves(read)
        if not old or any(new.get((name,)) != old.get((name,)) for name in ("id", "active", "externalid")):
            return False
        changed = [path for path, value in new.items() if old.get(path) != value]
        gone = [path for path in old if path not in new]
        return all(new[path] in set_to or _belongs(path, new[path]) for path in changed) and all(
            old[path] in taken or path[-1] in _OF_AN_ADDRESS for path in gone
        )

    return fits


def _belongs(path: Path, value: Any) -> bool:
    """What a first value brings with it: the kind of a new address, the schema of a new extension."""
    return path[-1] in _OF_AN_ADDRESS or (path[0] == "schemas" and value == ENTERPRISE)


def member_patch(account_id: str, *, add: bool, by_path: bool) -> dict[str, Any]:
    """RFC 7644 §3.5.2; a removal by path as there, or by a list of values as servers want it that know no such path."""
    if not add and by_path:
        quoted = account_id.replace("\\", "\\\\").replace('"', '\\"')
        operation: dict[str, Any] = {"op": "remove", "path": f'members[value eq "{quoted}"]'}
    else:
        operation = {"op": "add" if add else "remove", "path": "members", "value": [{"value": account_id}]}
    return {"schemas": [PATCH_SCHEMA], "Operations": [operation]}


def member_patched(account_id: str, *, add: bool) -> Fits:
    """One member added or removed, in one of the forms in use."""
    return lambda sent, _: sent in [member_patch(account_id, add=add, by_path=by_path) for by_path in (True, False)]


def members_put(account_id: str, *, add: bool) -> Fits:
    """The group as it was read, with or without this one member."""

    def fits(sent: Any, read: Any) -> bool:
        new, old = _members(sent), _members(read)
        if not new[1] or new[1] != old[1]:
            return False
        more, fewer = (new[0], old[0]) if add else (old[0], new[0])
        return more.count(account_id) == 1 and fewer == [one for one in more if one != account_id]

    return fits


def _members(body: Any) -> tuple[list[str], dict[Path, Any]]:
    """Ids of the members, in order, and all the rest of a group."""
    if not isinstance(body, dict):
        return [], {}
    listed = next((value for name, value in body.items() if name.lower() == "members"), None) or []
    ids = sorted(str(one.get("value")) if isinstance(one, dict) else str(one) for one in listed)
    return ids, {path: value for path, value in _leaves(body).items() if path[0] != "members"}


def _leaves(body: Any) -> dict[Path, Any]:
    """Every value of a resource by its path, names in lower case, without ``meta``."""
    return {path: value for path, value in _walk(body, ()) if path[:1] != ("meta",)}


def _walk(value: Any, path: Path) -> Iterator[tuple[Path, Any]]:
    if isinstance(value, dict):
        for name, inner in value.items():
            yield from _walk(inner, (*path, name.lower()))
    elif isinstance(value, list):
        for number, inner in enumerate(value):
            yield from _walk(inner, (*path, number))
    elif value is not None:
        yield path, value


def _without(leaves: dict[Path, Any], path: Path) -> dict[Path, Any]:
    return {one: value for one, value in leaves.items() if one != path}


def _but(values: tuple[Any, ...], at: int) -> tuple[Any, ...]:
    return (*values[:at], *values[at + 1 :])


def _at(value: Any, *names: str) -> Any:
    for name in names:
        value = value.get(name) if isinstance(value, dict) else None
    return value
