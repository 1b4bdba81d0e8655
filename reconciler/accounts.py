"""What may be written to an account in Kandji itself, where that is allowed: Okta's next push wins over it."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Iterable

from pyroaring import FrozenBitMap

from reconciler.changes import Named, ReplaceAttributes, SetActive
from reconciler.fixing import Effect, Way
from reconciler.model import ScimUser
from reconciler.world import World

HELD: dict[str, Callable[[ScimUser], str | None]] = {
    "userName": lambda account: account.user_name,
    "displayName": lambda account: account.display_name,
    "givenName": lambda account: account.given_name,
    "familyName": lambda account: account.family_name,
    "email": lambda account: account.email,
    "title": lambda account: account.title,
    "department": lambda account: account.department,
}
"""What Kandji has under a name of the app profile."""
_PARTS = {"name": ("displayName", "givenName", "familyName")}
"""Names of the app profile behind an attribute that is compared, where it is not one."""
_MAY_BE_EMPTY = frozenset({"title", "department"})


def tidy(text: str | None) -> str:
    """NFC, without control and format characters, white space folded; empty and absent are alike."""
    if text is None:
        return ""
    if text.isascii() and text.isprintable():
        return " ".join(text.split())
    if not text.isprintable():
        text = "".join(c for c in text if c.isspace() or unicodedata.category(c) not in ("Cc", "Cf"))
    return " ".join(unicodedata.normalize("NFC", text).split())


def switched(world: World, number: int, *, active: bool) -> Way | str:
    """Activates or deactivates somebody's account; else why it must not be told by this program."""
    person, account = world.people[number], world.people[number].account
    if account is None:
        return "Kandji shows the account among its archived people alone"
    if person.user is None and person.deleted_user_id is None:
        return "which person in Okta it belongs to is not sure"
    if (doubt := shared(world, number)) is not None:
        return doubt
    change = SetActive(account=named(account), user_id=person.user.id if person.user else None, active=active)
    whom = FrozenBitMap([number])
    effect = Effect(change=change, joins=whom) if active else Effect(change=change, removes=whom)
    return Way(effects=(effect,), words=f"{'activate' if active else 'deactivate'} {person.name} in Kandji")


def replaced(world: World, number: int, attributes: Iterable[str]) -> Way | str:
    """Gives somebody's account Okta's values of these attributes, as far as Kandji tells what it has of each."""
    person = world.people[number]
    user, app_user, account = person.user, person.app_user, person.account
    if user is None or app_user is None or account is None:
        return "which person and account it is, is not known"
    if (doubt := shared(world, number)) is not None:
        return doubt
    sent = {**dict(app_user.profile), "userName": app_user.user_name}
    held = {key: read(account) for key, read in HELD.items()}
    keys = [key for attribute in attributes for key in _PARTS.get(attribute, (attribute,))]
    wrong = [key for key in keys if held[key] is not None and tidy(sent.get(key)) != tidy(held[key])]
    empty = [key for key in wrong if not tidy(sent.get(key)) and key not in _MAY_BE_EMPTY]
    if empty or not wrong:
        return f"Okta has no {', '.join(empty)} for them" if empty else "Kandji tells no single value that is wrong"
    change = ReplaceAttributes(
        account=named(account),
        user_id=user.id,
        before=tuple((key, held[key]) for key in wrong),
        after=tuple((key, sent.get(key) or None) for key in wrong),
    )
    return Way(effects=(Effect(change=change),), words=f"write {', '.join(wrong)} of {person.name} in Kandji")


def shared(world: World, number: int) -> str | None:
    """Why an account is not written to: it is several people's."""
    holders = next((people for people in world.shared if number in people), None)
    return None if holders is None else f"several people share the account: {world.names(holders)}"


def named(account: ScimUser) -> Named:
    return Named(name=account.user_name or account.id, id=account.id)
