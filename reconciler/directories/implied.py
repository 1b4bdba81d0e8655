"""Which writes a change implies: the only ones that pass while it is open, to the letter of their path and body."""

from __future__ import annotations

from typing import Any, assert_never
from urllib.parse import quote

from msgspec import Struct

from reconciler import changes
from reconciler.directories import written_bodies as bodies
from reconciler.directories.forbidden import DELETING, KEEPING, OKTA, SCIM, Write
from reconciler.directories.scim_pages import place


class Implied(Struct, frozen=True):
    """One write that may pass, and what its body must be."""

    service: str
    method: str
    path: str
    fits: bodies.Fits = bodies.nothing
    query: str = ""

    def allows(self, write: Write, read: Any) -> bool:
        """``read``: what was last read at the place of ``write``."""
        same = (self.service, self.method, self.path, self.query)
        return same == (write.service, write.method, write.path, write.query) and self.fits(write.body, read)


def implied(change: changes.Change, *, app_id: str, made: frozenset[str] = frozenset()) -> tuple[Implied, ...]:
    """``made``: ids of the rules or mappings that the change itself has made."""
    match change:
        case changes.AddToGroup():
            return (_okta("PUT", _member(change)),)
        case changes.RemoveFromGroup():
            return (_okta("DELETE", _member(change)),)
        case changes.AssignGroup():
            return (_okta("PUT", _app(app_id, "groups", change.group.id)),)
        case changes.EditRule() | changes.CreateRule() | changes.ActivateRule() | changes.DeactivateRule():
            return _of_rule(change, made)
        case (
            changes.ActivateMapping()
            | changes.Repush()
            | changes.Relink()
            | changes.LinkGroup()
            | changes.UnlinkGroup()
        ):
            return _of_mapping(change, app_id, made)
        case changes.SetActive():
            return (_scim("PUT", "Users", change.account, bodies.active_set(change.active)),)
        case changes.ReplaceAttributes():
            values = bodies.attributes_replaced(dict(change.before), dict(change.after))
            return (_scim("PUT", "Users", change.account, values),)
        case changes.AddMember() | changes.RemoveMember():
            member, add = change.account.id, isinstance(change, changes.AddMember)
            return (
                _scim("PATCH", "Groups", change.kandji_group, bodies.member_patched(member, add=add)),
                _scim("PUT", "Groups", change.kandji_group, bodies.members_put(member, add=add)),
            )
        case _:
            assert_never(change)


def _of_rule(
    change: changes.EditRule | changes.CreateRule | changes.ActivateRule | changes.DeactivateRule,
    made: frozenset[str],
) -> tuple[Implied, ...]:
    match change:
        case changes.EditRule():
            edited = bodies.rule_edited(change.before, change.after)
            rule_id = change.rule.id
            return (_cycle(rule_id, "deactivate"), _okta("PUT", _rule(rule_id), edited), _cycle(rule_id, "activate"))
        case changes.CreateRule():
            new = bodies.rule_made(change.name, change.expression, change.target.id)
            return (_okta("POST", RULES, new), *(_cycle(one, "activate") for one in sorted(made)))
        case changes.ActivateRule():
            off = (_cycle(change.rule.id, "deactivate"),) if change.restart else ()
            return (*off, _cycle(change.rule.id, "activate"))
        case changes.DeactivateRule():
            return (_cycle(change.rule.id, "deactivate"),)
        case _:
            assert_never(change)


def _of_mapping(
    change: changes.Pushing | changes.UnlinkGroup, app_id: str, made: frozenset[str]
) -> tuple[Implied, ...]:
    path = _app(app_id, "group-push", "mappings")

    def status(mapping_id: str, *words: str) -> Implied:
        return _okta("PATCH", f"{path}/{quote(mapping_id, safe='')}", bodies.status_set(*words))

    def removal(mapping_id: str, query: str) -> Implied:
        return Implied(OKTA, "DELETE", f"{path}/{quote(mapping_id, safe='')}", query=query)

    def anew(change: changes.Relink | changes.LinkGroup) -> tuple[Implied, ...]:
        target_id = None if change.target is None else change.target.id
        new = bodies.mapping_made(change.group.id, target_id, change.target_name)
        return (_okta("POST", path, new), *(status(one, "ACTIVE") for one in sorted(made)))

    match change:
        case changes.ActivateMapping():
            return (status(change.mapping_id, "ACTIVE"),)
        case changes.Repush():
            return (status(change.mapping_id, "INACTIVE", "ACTIVE"),)
        case changes.Relink():
            mended = status(change.mapping_id, "INACTIVE", "ACTIVE")
            return (mended, removal(change.mapping_id, KEEPING), *anew(change))
        case changes.LinkGroup():
            return anew(change)
        case changes.UnlinkGroup():
            query = DELETING if change.delete_in_kandji else KEEPING
            return (status(change.mapping_id, "INACTIVE"), removal(change.mapping_id, query))
        case _:
            assert_never(change)


RULES = "/api/v1/groups/rules"


def _okta(method: str, path: str, fits: bodies.Fits = bodies.nothing) -> Implied:
    return Implied(OKTA, method, path, fits)


def _scim(method: str, kind: str, record: changes.Named, fits: bodies.Fits) -> Implied:
    return Implied(SCIM, method, f"/{place(kind, record.id)}", fits)


def _cycle(rule_id: str, verb: str) -> Implied:
    return _okta("POST", f"{_rule(rule_id)}/lifecycle/{verb}")


def _rule(rule_id: str) -> str:
    return f"{RULES}/{quote(rule_id, safe='')}"


def _member(change: changes.AddToGroup | changes.RemoveFromGroup) -> str:
    return f"/api/v1/groups/{quote(change.group.id, safe='')}/users/{quote(change.person.id, safe='')}"


def _app(app_id: str, *parts: str) -> str:
    return "/".join(("/api/v1/apps", *(quote(part, safe="") for part in (app_id, *parts))))
