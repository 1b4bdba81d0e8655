"""What Okta sends and what Kandji has differ: user name, name, e-mail address, title or department.

An attribute is compared only where the app has it and Kandji returns it for at least one person; a store that never
tells a department has not lost anybody's.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping

from pyroaring import FrozenBitMap

from reconciler.accounts import HELD, replaced, tidy
from reconciler.findings import Fact, Finding, How, Kind
from reconciler.fixing import GONE, Fix, offered, person_in
from reconciler.model import KandjiUser, Note, ScimUser
from reconciler.world import EMPTY, Person, World, fold

KIND = Kind(
    slug="attribute-differs",
    title="Attributes differ",
    severity="low",
    means="Kandji holds another value than the one Okta's app profile has.",
    matters="Title and department drive Assignment Maps; a wrong name or address confuses people and reports.",
    mend="In Okta: Applications → the app → Provisioning → To App → Force Sync. If one attribute differs for "
    "nearly everybody, look at the attribute mappings instead. Where [fix] kandji_writes names the kind, this program "
    "writes Okta's values in Kandji.",
    how=How(
        by_hand=(
            "Okta: Directory → People → the person → Profile, and the app → Assignments → the person, see which value "
            "is right.",
            "Where Okta's is wrong, mend it there; the change is sent by itself.",
            "Where Okta's is right, Applications → Applications → the app → Provisioning → To App → Force Sync.",
            "Where that sends nothing, change another attribute that is mapped to the app, and change it back: Okta "
            "sends the whole profile. Take none that a group rule looks at (department, mostly): the person would "
            "leave its group meanwhile, and with it perhaps the app.",
            "Run `reconciler run` and see that the values agree.",
        ),
        if_meant="Take the attribute out of [compare] attributes, or accept the finding.",
        okta_alone="When the value changes in Okta the next time; otherwise never.",
        side_effects="Force Sync sends every person's profile. Assignment Maps that look at the attribute move Macs.",
        undo="Change the value in Okta again.",
        with_tool="reconciler plan --kind attribute-differs",
    ),
)
MEDIUM = frozenset({"title", "department"})
LEAST = 3
NEVER_EMPTY = frozenset({"userName", "name"})
"""Attributes without which nobody is provisioned: where Okta does not tell them, they are unknown."""


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


Held = Callable[[Person], tuple[str, ...]]
"""What Kandji has of an attribute, each spelling of it; nothing where it is not told."""


def _of_account(read: Callable[[ScimUser], str | None], *, folded: bool = False) -> Held:
    def held(person: Person) -> tuple[str, ...]:
        value = tidy(read(person.account)) if person.account is not None else ""
        return (fold(value) if folded else value,)

    return held


def _of_row(read: Callable[[KandjiUser], str | None], *, folded: bool = False) -> Held:
    def held(person: Person) -> tuple[str, ...]:
        value = tidy(read(person.row)) if person.row is not None else ""
        return (fold(value) if folded else value,)

    return held


SCIM: dict[str, Held] = {
    "userName": _of_account(lambda account: account.user_name, folded=True),
    "name": lambda person: _kandji_names(person.account) if person.account is not None else (),
    "email": _of_account(lambda account: account.email, folded=True),
    "title": _of_account(lambda account: account.title),
    "department": _of_account(lambda account: account.department),
}
API: dict[str, Held] = {
    "name": _of_row(lambda row: row.name),
    "email": _of_row(lambda row: row.email, folded=True),
    "title": _of_row(lambda row: row.title),
    "department": _of_row(lambda row: row.department),
}
"""Kandji's REST API, for attributes that its SCIM API returns for nobody."""


def differing(person: Person, attributes: Mapping[str, Held]) -> Iterator[tuple[str, str, str]]:
    """(attribute, what Okta sends, what Kandji has) where they differ after normalising.

    ``attributes`` are those that both sides tell for somebody: absent for one person is then empty.
    """
    if person.account is None:
        return
    for attribute, read in attributes.items():
        if read is API.get(attribute) and person.row is None:
            continue
        sent, held = _okta_values(person, attribute), read(person)
        if sent is None:
            if attribute in NEVER_EMPTY:
                continue
            sent = ("",)
        if set(sent) & set(held) or not (set(sent) | set(held)) - {""}:
            continue
        yield attribute, " / ".join(filter(None, sent)), " / ".join(filter(None, held))


def compared(world: World) -> FrozenBitMap:
    """Whose attributes are compared: people in Kandji who must be in, are in scope, and share their account with
    nobody."""
    return (world.present & world.must_be_in & world.scope) - FrozenBitMap.union(EMPTY, *world.shared)


def comparable(world: World) -> tuple[dict[str, Held], tuple[str, ...]]:
    """Attributes that both sides tell for somebody, with where Kandji tells them; and those that they do not."""
    both: dict[str, Held] = {}
    skipped: list[str] = []
    persons = [world.people[number] for number in compared(world)]
    for attribute in world.settings.compare:
        ways = [way[attribute] for way in (SCIM, API) if attribute in way]
        told = (way for way in ways if any(any(way(person)) for person in persons))
        held = next(told, None)
        if held is not None and any(_okta_values(person, attribute) is not None for person in persons):
            both[attribute] = held
        else:
            skipped.append(attribute)
    return both, tuple(skipped)


def differences(world: World) -> tuple[tuple[str, ...], dict[int, tuple[tuple[str, str, str], ...]]]:
    """Attributes that could not be compared, and by person what differs, where something does."""
    attributes, skipped = comparable(world)
    people = ((number, world.people[number]) for number in compared(world))
    if all(read is SCIM[attribute] for attribute, read in attributes.items()):
        people = ((number, person) for number, person in people if not _alike(person))
    every = ((number, tuple(differing(person, attributes))) for number, person in people)
    return skipped, {number: found for number, found in every if found}


def _alike(person: Person) -> bool:
    """Whether the SCIM API has every value letter for letter as it is sent: nobody needs to look closer."""
    app_user, account = person.app_user, person.account
    if app_user is None or account is None or app_user.user_name != account.user_name:
        return False
    profile = dict(app_user.profile)
    sent = (profile.get("displayName"), profile.get("email"), profile.get("title"), profile.get("department"))
    held = (account.display_name, account.email, account.title, account.department)
    return bool(account.display_name) and sent == held


def for_most(world: World) -> dict[str, tuple[int, ...]]:
    """Attributes that differ for at least three and for more than half of the people, with whom."""
    found: dict[str, list[int]] = defaultdict(list)
    for number, parts in world.once(differences)[1].items():
        for attribute, _, _ in parts:
            found[attribute].append(number)
    many = len(compared(world))
    return {key: tuple(people) for key, people in found.items() if len(people) >= LEAST and len(people) * 2 > many}


def find(world: World) -> Iterator[Finding | Note]:
    skipped, everything = world.once(differences)
    if compared(world):
        for attribute in skipped:
            yield Note(
                kind="check-skipped",
                about=f"{KIND.slug}: {attribute}",
                reason="the app profile does not have it, or Kandji returns it for nobody",
            )
    for number, found in everything.items():
        person = world.people[number]
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


def fix(finding: Finding, world: World) -> Fix:
    """Writes Okta's values into the account, where Kandji tells all that is compared: a whole account is written, and
    what was not read would be cleared."""
    number = person_in(finding, world)
    found = world.once(differences)[1].get(number, ()) if number is not None else ()
    if number is None or not found:
        return offered(GONE)
    person, attributes = world.people[number], [attribute for attribute, _, _ in found]
    unsent = [attribute for attribute in attributes if attribute in world.once(for_most)]
    if unsent:
        return offered(f"{', '.join(unsent)} differs for most people: that is a mapping, and none of theirs to mend")
    silent = [attribute for attribute in world.once(comparable)[0] if not _told(person, attribute)]
    if silent:
        return offered(f"Kandji does not tell {', '.join(silent)} of the account, which writing it might clear")
    return offered(replaced(world, number, attributes))


def _told(person: Person, attribute: str) -> bool:
    """Whether Kandji's SCIM API tells an attribute of the account, or Okta has none either."""
    account = person.account
    if attribute == "name" or account is None:
        return account is not None and bool(_kandji_names(account))
    return HELD[attribute](account) is not None or not any(_okta_values(person, attribute) or ())
