"""Random small worlds, as raw answers of Okta and Kandji.

A world is JSON: ``okta`` (rows of ``/apps/{id}/users?expand=user``, groups, mappings, the members of the groups that
were read, people ``found`` for accounts nobody points to, which accounts were ``looked_up``, ids ``gone`` by 404),
``scim`` (users, groups, ids ``gone`` by 404, group names ``not_found`` by a filter), what an ``earlier`` run learnt,
and the configured ``scope`` and ``names``.

It starts with people, groups and mappings in step. Then oddities are drawn from tables in which some stand more often,
so that every broken link of the chain and every kind comes up often enough.
"""

from __future__ import annotations

from copy import deepcopy
from typing import Any

from hypothesis import strategies as st

from tests.reference import rows
from tests.reference.rows import ENTERPRISE, Row

Piece = dict[str, Any]
"""What belongs to one person (``user``, ``app_user``, ``account``, …) or to one push (``mapping``, ``source``, …)."""
Oddity = tuple[str, str, Any]
"""Part, key (with dots for what lies deeper) and value. No key: for the whole part; ``DROP``: the key is not there."""

DROP = "(not in the answer)"
GROUPS = {1: "Sales", 2: "Design", 3: "Büro", 4: "IT"}
CROWD = 30
"""People in step, in a group of their own: among so many, an unknown member is an exception."""

PEOPLE: tuple[Oddity, ...] = (
    *[("user", "status", status) for status in ("DEPROVISIONED", "SUSPENDED", "DEPROVISIONED", "SUSPENDED")],
    *[("user", "status", status) for status in ("STAGED", "LOCKED_OUT", "PASSWORD_EXPIRED", "HIBERNATING")],
    *[("app_user", "", None)] * 8,
    *[("app_user", "status", status) for status in ("PROVISIONED", "PENDING", "IMPORTED", "DEPROVISIONED", "ODD")],
    *[("app_user", "externalId", pointer) for pointer in (None, None, None, "k-gone{n}", "k-gone{n}", "k1", "k2")],
    *[("app_user", "scope", "USER")] * 2,
    *[("app_user", "syncState", state) for state in ("ERROR", "OUT_OF_SYNC")],
    *[("app_user", "_embedded", DROP), ("app_user", "credentials.userName", "p1@acme.example")],
    *[("app_user", "profile.title", "Chief"), ("app_user", "profile.department", None)],
    *[("account", "", None)] * 3,
    *[("account", "active", active) for active in (False, False, False, DROP)],
    *[("account", "userName", f"{name}@acme.example") for name in ("P{n}", "p1", "p2", "new")],
    *[("account", "externalId", user_id) for user_id in ("00u{n}", "00u1", "00u-deleted", "00u-elsewhere")],
    *[("account", "title", ""), ("account", "name", {}), ("account", "displayName", "Bo"), ("account", "emails", [])],
    *[("account", "emails", rows.emails("p1")), ("account", "name.formatted", "Ms Pat")],
    *[("earlier", "owner", user_id) for user_id in ("00u{n}", "00u1", "00u-deleted", "00u-hidden")],
    *[("groups", "", ())] * 4,
    *[("groups", "", (number,)) for number in (*GROUPS, *GROUPS)],
)
PUSHES: tuple[Oddity, ...] = (
    *[("mapping", "", None)] * 2,
    *[("mapping", "status", status) for status in ("ERROR", "ERROR", "INACTIVE", "INACTIVE", "DREAMING")],
    *[("mapping", "sourceGroupId", "00g1"), ("mapping", "targetGroupId", "00t1"), ("mapping", "targetGroupId", None)],
    *[("source", "", None), ("members", "", None), ("members", "", None), ("target", "", None)],
    *[("target", "profile.name", "Design"), ("target", "profile.name", "SALES")],
    *[("kandji", "", None)] * 3,
    *[("kandji", "displayName", "Design"), ("kandji", "displayName", "Mac people"), ("kandji", "members", DROP)],
    *[("earlier", "group", "x{n}"), ("earlier", "group", "x1"), ("earlier", "group", "x-lost")],
)
MEMBERS = [(group, account) for group in GROUPS for account in (*range(1, 11), 0)]
"""Of a Kandji group: somebody who is put in, or taken out if they were in; 0 is an account that nobody knows."""
SETTINGS: tuple[tuple[str, Any], ...] = (
    *[("scope", scope) for scope in (["Sales", "design"], ["00g1", "00g3"], ["IT"], ["nowhere"])],
    *[("names", {"Sales": "Design"}), ("names", {"IT": "Mac people"})],
    *[("undefined", "title"), ("undefined", "department"), ("unreturned", "title"), ("unreturned", "department")],
    *[("unread", "account"), ("unread", "owner"), ("unread", "group"), ("unread", "deleted")],
    *[("crowd", ["k-lost"])] * 2,
    *[("crowd", []), ("unmanaged", "Sales"), ("unmanaged", "Mac people")],
)


@st.composite
def worlds(draw: st.DrawFn) -> Row:
    """One world, ready for ``json.dumps``."""
    count = draw(st.sampled_from((*range(9), 8, 8, 7, 6)))
    people = {number: person(number, (1, 2 + number % 3) if number % 4 != 2 else ()) for number in range(1, count + 1)}
    people |= {number: stranger(number) for number in range(9, 9 + draw(st.sampled_from((0, 0, 0, 1, 2))))}
    pushes = {number: push(number, name) for number, name in GROUPS.items()}
    for number, oddity in draw(some(PEOPLE, range(1, 11), 14)):
        disturb(people.get(number, {}), number, oddity)
    for number, oddity in draw(some(PUSHES, range(1, 5), 3)):
        disturb(pushes.get(number, {}), number, oddity)
    chosen = dict(draw(st.lists(st.sampled_from(SETTINGS), max_size=3)))
    if "crowd" in chosen:
        people |= {key: person(key, (5,)) for key in range(100, 100 + CROWD)}
        pushes[5] = push(5, "Crowd")
    world = together(people, pushes, chosen)
    for group, account in draw(st.lists(st.sampled_from(MEMBERS), min_size=4, max_size=4)):
        toggle(world["scim"], f"x{group}", f"k{account}" if account else "k-lost")
    look_up(world, people, chosen.get("unread"))
    return world


def some(oddities: tuple[Oddity, ...], numbers: range, times: int) -> st.SearchStrategy[list[tuple[int, Oddity]]]:
    """``times`` oddities of pieces with these numbers, or of nobody."""
    table = [(number, oddity) for number in (0, *numbers) for oddity in oddities]
    places = st.integers(0, len(table) - 1)  # not the table itself, which Hypothesis would print where a test fails
    return st.lists(places.map(lambda place: table[place]), min_size=times, max_size=times)


def person(number: int, groups: tuple[int, ...]) -> Piece:
    """Somebody in step, in the groups of these numbers."""
    user = rows.user(number)
    return {
        "user": user,
        "app_user": rows.app_user(user, f"k{number}"),
        "account": rows.account(number),
        "earlier": {"owner": None},
        "groups": groups,
    }


def stranger(number: int) -> Piece:
    return {"account": rows.account(number), "earlier": {"owner": None}, "groups": ()}


def push(number: int, name: str) -> Piece:
    """A group and its mapping, in step."""
    return {
        "mapping": rows.mapping(f"gpm{number}", f"00g{number}", f"00t{number}"),
        "source": rows.group(f"00g{number}", name),
        "members": f"00g{number}",
        "target": rows.group(f"00t{number}", name, "APP_GROUP"),
        "kandji": rows.kandji_group(f"x{number}", name),
        "earlier": {"group": None},
    }


def disturb(piece: Piece, number: int, oddity: Oddity) -> None:
    part, path, value = oddity
    value = value.format(n=number) if isinstance(value, str) else deepcopy(value)
    if not path and part in piece:
        piece[part] = value
    *outer, key = path.split(".")
    row = piece.get(part)
    for name in outer:
        row = (row or {}).get(name)
    if path and row is not None:
        row.pop(key, None) if value == DROP else row.update({key: value})


def parts(pieces: dict[int, Piece], part: str) -> list[Any]:
    return [piece[part] for piece in pieces.values() if piece.get(part) is not None]


def together(people: dict[int, Piece], pushes: dict[int, Piece], chosen: dict[str, Any]) -> Row:
    """The answers of both services, before anything is looked up. Kandji's groups hold whom a push would put in."""
    app_users, accounts, groups = parts(people, "app_user"), parts(people, "account"), parts(pushes, "kandji")
    known, pointers = {account["id"] for account in accounts}, {row["id"]: row["externalId"] for row in app_users}
    inside = {
        number: [p["user"] for p in people.values() if number in p["groups"] and "user" in p] for number in pushes
    }
    for number, piece in pushes.items():
        if piece["kandji"] and "members" in piece["kandji"]:
            wanted = {pointers.get(user["id"]) for user in inside[number]}
            piece["kandji"]["members"] = [{"value": key} for key in sorted(known & wanted)]
    if "crowd" in chosen:
        pushes[5]["kandji"]["members"] += [{"value": key} for key in chosen["crowd"]]
    if "unmanaged" in chosen:
        groups.append(rows.kandji_group("x9", chosen["unmanaged"]))
    for row in app_users:
        row["profile"].pop(chosen.get("undefined"), None)
    for row in accounts:
        row.pop({"title": "title", "department": ENTERPRISE}.get(chosen.get("unreturned", "")), None)
    return {
        "scope": chosen.get("scope", []),
        "names": chosen.get("names", {}),
        "okta": {
            "app_users": app_users,
            "groups": parts(pushes, "source") + parts(pushes, "target"),
            "mappings": parts(pushes, "mapping"),
            "members": {piece["members"]: inside[number] for number, piece in pushes.items() if piece["members"]},
        },
        "scim": {"users": accounts, "groups": groups},
        "earlier": {
            "pointers": {f"k{n}": p["earlier"]["owner"] for n, p in people.items() if p["earlier"]["owner"]},
            "groups": {f"gpm{n}": p["earlier"]["group"] for n, p in pushes.items() if p["earlier"]["group"]},
        },
    }


def toggle(scim: Row, group_id: str, account_id: str) -> None:
    if account_id in {"k-lost", *(account["id"] for account in scim["users"])}:
        for group in scim["groups"]:
            if group["id"] == group_id and "members" in group:
                left = [member for member in group["members"] if member["value"] != account_id]
                group["members"] = left if len(left) < len(group["members"]) else [*left, {"value": account_id}]


def look_up(world: Row, people: dict[int, Piece], unread: str | None) -> None:
    """What is read one by one: ids and names that no list has, and whose the accounts are that nobody points to."""
    okta, scim = world["okta"], world["scim"]
    accounts = {row["id"] for row in scim["users"]}
    pointed = {row["externalId"] for row in okta["app_users"] if row["externalId"]}
    held = {member["value"] for row in scim["groups"] for member in row.get("members", ())}
    scim["gone"] = sorted((pointed | held) - accounts)[unread == "account" :]
    listed = {row["displayName"].casefold() for row in scim["groups"]}
    pushed = {row["profile"]["name"] for row in okta["groups"]} | set(world["names"].values())
    scim["not_found"] = sorted(name for name in pushed if name.casefold() not in listed)[unread == "group" :]
    okta["gone"] = [] if unread == "deleted" else ["00u-deleted"]
    users = {user["id"]: user for user in parts(people, "user")}
    seen = {row["id"] for row in okta["app_users"] if "_embedded" in row}
    seen |= {user["id"] for members in okta["members"].values() for user in members}
    okta["found"] = [user for key, user in users.items() if key not in seen]
    owners = world["earlier"]["pointers"]
    hidden = {key for key, owner in owners.items() if owner not in {*users, *okta["gone"]}}
    okta["looked_up"] = sorted(accounts - pointed - hidden)[unread == "owner" :]
