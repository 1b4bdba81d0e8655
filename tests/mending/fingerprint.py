"""Everything that an admin can see of a company on both sides, by names: two worlds are equal if this is.

Read from the simulated services' own memory, not over their APIs. Ids are left out, as something made anew has another
one; so are times. Whatever is there twice is counted twice.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from reconciler.simulator.company import Company
from reconciler.simulator.org.state import Group

Parts = Mapping[str, tuple[Any, ...]]
"""Part → its rows, sorted."""
OKTA = ("groups", "memberships", "rules", "assigned groups", "assignments", "mappings")
KANDJI = ("accounts", "kandji groups", "kandji memberships")


def fingerprint(company: Company) -> Parts:
    """All parts of one company."""
    org = company.org
    logins = {person.id: person.login for person in org.users.values()}
    names = {group.id: group.name for group in org.groups.values()}
    rules = {rule.id: rule.name for rule in org.rules.values()}
    return {
        "people": _sorted((person.login, person.status) for person in org.users.values()),
        "groups": _sorted((group.name, group.type) for group in org.groups.values()),
        "memberships": _sorted(
            (group.name, group.type, logins[person], how.by_hand, tuple(sorted(rules[rule] for rule in how.rules)))
            for group in org.groups.values()
            for person, how in group.members.items()
        ),
        "rules": _sorted(
            (
                rule.name,
                rule.status,
                _named(rule.expression, names),
                tuple(names.get(one, "?") for one in rule.target_group_ids),
                tuple(sorted(logins.get(one, "?") for one in rule.excluded_user_ids)),
            )
            for rule in org.rules.values()
        ),
        "assigned groups": _sorted((names[one],) for one in org.app.groups),
        "assignments": _sorted(
            (logins[one.user_id], one.scope, one.status, one.external_id is not None) for one in org.app.users.values()
        ),
        "mappings": _sorted(
            (names.get(one.source_group_id, "?"), names.get(one.target_group_id, "?"), one.status)
            for one in org.app.mappings.values()
        ),
        **_kandji(company),
    }


def _kandji(company: Company) -> Parts:
    accounts = {str(user.id): str(user.user_name) for user in company.tenant.store.users()}
    bodies = {account: company.tenant.user(account) for account in accounts}
    groups = {str(group.id): str(group.display_name) for group in company.tenant.store.groups()}
    return {
        "accounts": _sorted(
            tuple((name, str(value)) for name, value in sorted(body.items()) if name not in {"meta", "id", "groups"})
            for body in bodies.values()
        ),
        "kandji groups": _sorted((name,) for name in groups.values()),
        "kandji memberships": _sorted(
            (name, accounts.get(member, "?"))
            for group, name in groups.items()
            for member in company.tenant.members(group)
        ),
    }


def difference(one: Parts, other: Parts, parts: Collection[str] | None = None) -> dict[str, list[str]]:
    """Rows that only one of two worlds has, by part; empty where both are equal. Made to be read in a failed test."""
    found = {}
    for part in one if parts is None else parts:
        rows = [f"− {row}" for row in _less(one[part], other[part])]
        rows += [f"+ {row}" for row in _less(other[part], one[part])]
        if rows:
            found[part] = rows
    return found


def _less(one: tuple[Any, ...], other: tuple[Any, ...]) -> list[Any]:
    left = list(other)
    found = []
    for row in one:
        if row in left:
            left.remove(row)
        else:
            found.append(row)
    return found


def _sorted(rows: Any) -> tuple[Any, ...]:
    return tuple(sorted(rows, key=repr))


def _named(expression: str, names: Mapping[str, str]) -> str:
    """An expression with names where it has ids of groups."""
    for group, name in names.items():
        expression = expression.replace(group, name)
    return expression


def group_named(company: Company, name: str) -> Group:
    """The OKTA_GROUP of that name. KeyError if there is none."""
    found = next((one for one in company.org.groups.values() if one.name == name and one.type == "OKTA_GROUP"), None)
    if found is None:
        raise KeyError(name)
    return found
