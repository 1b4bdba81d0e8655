"""Links into the two consoles, and to nowhere else.

Okta's addresses: ``/admin/user/profile/view/{id}`` and ``/admin/group/{id}``; Kandji's: ``/users``. Ids are quoted, so
that no id can lead to another host or page.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from urllib.parse import quote, urlsplit

HOST = re.compile(r"[A-Za-z0-9.-]+(:\d+)?")


def console(url: str | None) -> str | None:
    """``url`` without a trailing slash, if it is an https address of a plain host; else None."""
    if not url:
        return None
    try:
        parts = urlsplit(url)
    except ValueError:
        return None
    if parts.scheme != "https" or not HOST.fullmatch(parts.netloc):
        return None
    return f"https://{parts.netloc}{quote(parts.path.rstrip('/'), safe='/%')}"


def okta_user(admin: str | None, user_id: str) -> str | None:
    return f"{admin}/admin/user/profile/view/{quote(user_id, safe='')}" if admin and user_id else None


def okta_group(admin: str | None, group_id: str) -> str | None:
    return f"{admin}/admin/group/{quote(group_id, safe='')}" if admin and group_id else None


def kandji_users(console_url: str | None) -> str | None:
    return f"{console_url}/users" if console_url else None


def ids(key: str) -> dict[str, str]:
    """``group:00g1 user:00u2`` as a mapping from the word to the id."""
    return {word: text for word, _, text in (part.partition(":") for part in key.split(" ")) if text}


def of(
    key: str, groups: Sequence[tuple[str, str]], admin: str | None, console_url: str | None
) -> tuple[tuple[str, str], ...]:
    """(words, address) of the pages an admin opens for a finding with this subject; at most six groups are linked."""
    named = ids(key)
    found = [("Open the person in Okta", okta_user(admin, named.get("user", "")))]
    if "kandji-group" not in named:
        found += [(f"Open {name} in Okta", okta_group(admin, group_id)) for group_id, name in groups[:6]]
    if named.keys() & {"user", "account"}:
        found.append(("Open Users in Kandji", kandji_users(console_url)))
    return tuple((words, address) for words, address in found if address)
