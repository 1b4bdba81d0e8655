"""What Okta sends and what Kandji has differ: user name, name, e-mail address, title or department.

An attribute is compared only where the app has it and Kandji returns it for at least one person; a store that never
tells a department has not lost anybody's.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Iterator

from pyroaring import FrozenBitMap

from reconciler.findings import Fact, Finding, Kind
from reconciler.model import Note, ScimUser
from reconciler.world import EMPTY, Person, World, fold

KIND = Kind(
    slug="attribute-differs",
    title="Attributes differ",
    severity="low",
    means="Kandji holds another value than the one Okta's app profile has.",
    matters="Title and department drive Assignment Maps; a wrong name or address confuses people and reports.",
    mend="By hand in Okta: Applications → the app → Provisioning → To App → Force Sync. If one attribute differs for "
    "nearly everybody, look at the attribute mappings instead.",
)
MEDIUM = frozenset({"title", "department"})
NEVER_EMPTY = frozenset({"userName", "name"})
"""Attributes without which nobody is provisioned: where Okta does not tell them, they are unknown."""


def tidy(text: str | None) -> str:
    """NFC, without control and format characters, white space folded; empty and absent are alike."""
    if text is None:
        return ""
    if text.isascii() and text.isprintable():
        return " ".join(text.split())
    if not text.isprintable():
        text = "".join(c for c in text if c.isspace() or unicodedata.category(c) not in ("Cc", "Cf"))
    return " ".join(unicodedata.normalize("NFC", text).split())


def _profile(person: Person) -> dict[str, str | None]:
    return dict(person.app_user.profile) if person.app_user is not None else {}


def _okta_names(person: Person) -> tuple[str, ...]:
    profile = _profile(person)
    full = tidy(f"{profile.get('givenName') or ''} {profile.get('familyName') or ''}")
    return tuple(dict.fromkeys(name for name in (tidy(profile.get("displayName")), full) if name))


def _kandji_names(account: ScimUser) -> tuple[str, ...]:
    full = tidy(f"{account.given_name or ''} {account.family_name or ''}")
    names = (tidy(account.display_name), tidy(account.formatted_name), full)
    return tuple(dict.fromkeys(name for name in names if name))


def _okta_values(person: Person, attribute: str) -> tuple[str, ...] | None:
    """What Okta sends, each spelling that would be right; None where the app profile does not have it.

    Somebody without a key that the profiles of others have is somebody without a value: see ``differing``.
    """
    if attribute == "userName":
        sent = person.app_user.user_name if person.app_user else None
        return None if sent is None else (fold(tidy(sent)),)
    profile = _profile(person)
    if attribute == "name":
        return _okta_names(person) if {"displayName", "givenName", "familyName"} & set(profile) else None
    if attribute not in profile:
        return None
    value = tidy(profile[attribute])
    return (fold(value) if attribute == "email" else value,)


PLAIN: dict[str, Callable[[ScimUser], str]] = {
    "userName": lambda account: fold(tidy(account.user_name)),
    "email": lambda account: fold(tidy(account.email)),
    "title": lambda account: tidy(account.title),
    "department": lambda account: tidy(account.department),
}


def _kandji_values(account: ScimUser, attribute: str) -> tuple[str, ...]:
    if attribute == "name":
        return _kandji_names(account)
    return (PLAIN[attribute](account),)


def differing(person: Person, attributes: tuple[str, ...]) -> Iterator[tuple[str, str, str]]:
    """(attribute, what Okta sends, what Kandji has) where they differ after normalising.

    ``attributes`` are those that both sides tell for somebody: absent for one person is then empty.
    """
    if person.account is None:
        return
    for attribute in attributes:
        sent, held = _okta_values(person, attribute), _kandji_values(person.account, attribute)
        if sent is None:
            if attribute in NEVER_EMPTY:
                continue
            sent = ("",)
        if set(sent) & set(held) or not (set(sent) | set(held)) - {""}:
            continue
        yield attribute, " / ".join(filter(None, sent)), " / ".join(filter(None, held))


def comparable(world: World, people: FrozenBitMap) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Attributes that both sides tell for somebody, and those that they do not."""
    both: list[str] = []
    skipped: list[str] = []
    persons = [world.people[number] for number in people]
    for attribute in world.settings.compare:
        sent = any(_okta_values(person, attribute) is not None for person in persons)
        held = any(any(_kandji_values(person.account, attribute)) for person in persons if person.account is not None)
        (both if sent and held else skipped).append(attribute)
    return tuple(both), tuple(skipped)


def find(world: World) -> Iterator[Finding | Note]:
    people = (world.present & world.must_be_in & world.scope) - FrozenBitMap.union(EMPTY, *world.shared)
    attributes, skipped = comparable(world, people)
    if people:
        for attribute in skipped:
            yield Note(
                kind="check-skipped",
                about=f"{KIND.slug}: {attribute}",
                reason="the app profile does not have it, or Kandji returns it for nobody",
            )
    for number in people:
        person = world.people[number]
        found = tuple(differing(person, attributes))
        if not found:
            continue
        words = ", ".join(attribute for attribute, _, _ in found)
        facts = tuple(
            fact
            for attribute, sent, held in found
            for fact in (
                Fact(side="okta", label=attribute, value=sent or "empty"),
                Fact(side="kandji", label=attribute, value=held or "empty"),
            )
        )
        yield world.about_person(
            KIND,
            number,
            f"{person.name} has another {words} in Kandji",
            severity="medium" if MEDIUM & {attribute for attribute, _, _ in found} else "low",
            evidence=facts,
        )
