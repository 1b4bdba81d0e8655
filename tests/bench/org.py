"""An org and a tenant at rest: who is there, and in which groups.

20,000 people of whom ten are in a pushed group and not assigned; 200 pushed groups and two assigned ones with 400,000
memberships; Kandji holds what it should. The same seed gives the same people.

No list ends with a page filled to the brim and no group has a round number of members: our reader reads such a list
twice on purpose, because it looks like one that was cut off.
"""

from __future__ import annotations

import random
from dataclasses import dataclass, field
from uuid import UUID

PEOPLE = 20_000
UNASSIGNED = 10
PUSHED = 200
ASSIGNED_GROUPS = 2
MEMBERSHIPS = 400_000
RULES = 40
APP = "0oa1bench0000scim5d7"
HOST = "https://bench-acme.okta.com"
SCIM = "/api/v1/scim"
WHEN = "2026-02-02T11:15:32.000Z"

APP_USER_PAGE, LIST_PAGE, MAPPING_PAGE, MEMBER_PAGE = 500, 200, 1000, 1000
LOG_GROUPS = 30
SCIM_USER_PAGE, SCIM_GROUP_PAGE = 1000, 100

_SYLLABLES = ("ba", "do", "fi", "ga", "hel", "jo", "ka", "li", "mo", "ne", "pa", "ro", "sa", "ti", "vu", "wen")


@dataclass(frozen=True)
class Person:
    """Somebody in Okta, and their account in Kandji."""

    id: str
    scim_id: str
    first: str
    last: str
    login: str
    department: int

    @property
    def name(self) -> str:
        return f"{self.first} {self.last}"


@dataclass
class Org:
    """Who is there; members are positions in ``people``, ascending."""

    people: list[Person] = field(default_factory=list)
    groups: dict[str, tuple[str, list[int]]] = field(default_factory=dict)
    """Id of each pushed and each assigned group → its name and members; the assigned ones come last."""

    @property
    def pushed(self) -> list[str]:
        return list(self.groups)[:PUSHED]

    @property
    def assigned(self) -> list[str]:
        return list(self.groups)[PUSHED:]

    @property
    def memberships(self) -> int:
        return sum(len(members) for _, members in self.groups.values())


def build(seed: int = 7) -> Org:
    """The org in which everybody but ``UNASSIGNED`` people is where they belong."""
    chance = random.Random(seed)
    org = Org(people=[_person(number, chance) for number in range(PEOPLE)])
    last = PEOPLE - UNASSIGNED
    usual = (MEMBERSHIPS - last - UNASSIGNED) // PUSHED
    for number in range(PUSHED):
        size = usual + (number // 2 % 97 + 1) * (-1 if number % 2 else 1)
        members = sorted(chance.sample(range(last), size)) + (list(range(last, PEOPLE)) if number == 0 else [])
        org.groups[group_id(number)] = (f"Team {number:03d} of the bench", members)
    for number in range(ASSIGNED_GROUPS):
        part = list(range(number, last, ASSIGNED_GROUPS))
        org.groups[group_id(PUSHED + number)] = (f"Kandji users {number + 1}", part)
    return org


def _person(number: int, chance: random.Random) -> Person:
    first, last = ("".join(chance.choices(_SYLLABLES, k=3)).capitalize() for _ in range(2))
    login = f"{first.lower()}.{last.lower()}.{number}@bench-acme.example"
    scim_id = str(UUID(int=chance.getrandbits(128), version=4))
    return Person(f"00u{number:012d}Ab5d7", scim_id, first, last, login, number % RULES)


def group_id(number: int) -> str:
    return f"00g{number:012d}Ab5d7"


def target_id(group: str) -> str:
    """The APP_GROUP that stands for a pushed group's copy in Kandji."""
    return f"{group[:15]}Tg5d7"
