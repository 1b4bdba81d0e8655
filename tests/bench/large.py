"""A large company as model values, a part of it in every kind of drift, and what earlier runs learnt of it.

Two people and some pushed groups of a hundred have something wrong with them, the kinds taking turns, and so has the
app. The same size gives the same company.
"""

from __future__ import annotations

import random
from datetime import UTC, datetime, timedelta
from typing import Any

from reconciler.model import (
    App,
    AppGroup,
    AppUser,
    Capabilities,
    Device,
    Group,
    GroupMembers,
    KandjiSnapshot,
    KandjiUser,
    LogEvent,
    Mapping,
    Member,
    Memory,
    OktaSnapshot,
    OktaUser,
    Rule,
    ScimGroup,
    ScimSnapshot,
    ScimUser,
    Snapshot,
    Target,
)

NOW = datetime(2026, 6, 1, 8, tzinfo=UTC)
LONG_AGO = NOW - timedelta(days=400)
PEOPLE, GROUPS = 100_000, 400
ONE_IN = 50
"""So many people have one in drift."""
DEPARTMENTS, COUNTRIES, TITLES = 100, 20, 500
ASSIGNED = "00gAssigned"
FEATURES = (
    *("PUSH_NEW_USERS", "PUSH_USER_DEACTIVATION", "GROUP_PUSH", "IMPORT_NEW_USERS"),
    "EXCLUDE_USERNAME_UPDATE_ON_PROFILE_PUSH",
)
ODD_PEOPLE = (
    *("not assigned", "stuck", "gone", "inactive", "left", "dropped", "stranger", "suspended", "missing", "extra"),
    *("direct", "title", "twin", "excluded", "sharing", "archived", "elsewhere", "lingering", "groupless", "stray"),
    *("failed", "renamed", "not brought"),
)
ODD_GROUPS = (
    *("error", "paused", "stale", "no target", "no source", "renamed", "name taken", "not pushed", "shrank"),
    *("linked wrong", "unmanaged", "not covered", "unfed", "assigned", "cut off", "cut off"),
)
UNRULED = ("not assigned", "dropped", "stranger", "groupless")
"""Who is in none of the groups that rules fill: theirs is a country that these leave out."""
OUTSIDE = "C3"
FILLED_BY = 5
"""Departments whose people a rule brings into a pushed group."""
RULED = 40
"""So many groups are named by one rule that assigns."""


class Company:
    """Both sides while they are made; ``snapshot`` and ``memory`` freeze them."""

    def __init__(self, people: int = PEOPLE, groups: int = GROUPS) -> None:
        self.chance = random.Random(7)
        self.size = people
        self.shared: dict[Any, Any] = {}
        """Attributes that many share are one value, as the Okta directory keeps them."""
        self.users: list[OktaUser] = []
        self.app_users: list[AppUser] = []
        self.accounts: list[ScimUser] = []
        self.rows: list[KandjiUser] = []
        self.devices: list[Device] = []
        self.absent: list[str] = []
        self.odd: dict[str, list[int]] = {name: [] for name in ODD_PEOPLE}
        self.by_department: list[list[int]] = [[] for _ in range(DEPARTMENTS)]
        self.ids = [f"00u{number:012d}Ab5d7" for number in range(people)]
        self.scim_ids = [f"{number:08x}-0000-4000-8000-{number:012x}" for number in range(people)]
        for number in range(people):
            turn = number // ONE_IN % len(ODD_PEOPLE)
            self._person(number, ODD_PEOPLE[turn] if number % ONE_IN == 0 else "")
        self._groups(groups)

    def _person(self, number: int, odd: str) -> None:
        if odd:
            self.odd[odd].append(number)
        key, login, title = self.ids[number], f"person.{number}@large.example", f"Title {number % TITLES}"
        status = {"left": "DEPROVISIONED", "suspended": "SUSPENDED", "lingering": "DEPROVISIONED"}.get(odd, "ACTIVE")
        department, country = f"Department {number % DEPARTMENTS}", f"C{number // 7 % COUNTRIES}"
        if odd:
            country = OUTSIDE if odd in UNRULED else "C1"
        if country != OUTSIDE:
            self.by_department[number % DEPARTMENTS].append(number)
        attributes = (("costCenter", str(number % TITLES)), ("countryCode", country), ("department", department))
        attributes = self.shared.setdefault(attributes, attributes)
        mail = "twin@large.example" if odd == "twin" else login
        self.users.append(
            OktaUser(id=key, status=status, login=login, email=mail, created=LONG_AGO, attributes=attributes)
        ) if odd != "stranger" else None
        pointer = {"stuck": None, "gone": f"gone-{number}", "sharing": self.scim_ids[max(0, number - 1)]}
        if odd not in ("not assigned", "left", "dropped", "stranger", "excluded", "lingering", "not brought"):
            self.app_users.append(
                AppUser(
                    id=key,
                    status="ACTIVE",
                    scope="USER" if odd == "direct" else "GROUP",
                    external_id=pointer.get(odd, self.scim_ids[number]),
                    user_name=login,
                    sync_state="ERROR" if odd == "failed" else None,
                    created=LONG_AGO,
                    profile=(("displayName", f"Person {number}"), ("email", mail), ("title", title)),
                )
            )
        if odd in ("stuck", "gone", "sharing", "not assigned", "excluded", "not brought", "archived"):
            self.absent += [f"gone-{number}"] if odd == "gone" else [self.scim_ids[number]] if odd == "archived" else []
        else:
            self.accounts.append(
                ScimUser(
                    id=self.scim_ids[number],
                    user_name=f"old.{login}" if odd == "renamed" else login,
                    active=odd not in ("inactive", "lingering"),
                    display_name=f"Person {number}",
                    email=mail,
                    title="Intern" if odd == "title" else title,
                    created=LONG_AGO,
                )
            )
        self._mac(number, odd, mail)

    def _mac(self, number: int, odd: str, mail: str) -> None:
        """Everybody has a row of Kandji's REST API and a Mac."""
        row = self.scim_ids[number]
        self.rows.append(
            KandjiUser(
                id=row, email=mail, active=odd != "archived", archived=odd == "archived", integration_id="okta",
                integration_name="Okta", device_count=1,
            )
        )  # fmt: skip
        if odd == "elsewhere":
            row = f"entra-{number}"
            self.rows.append(
                KandjiUser(id=row, email=mail, active=True, integration_id="entra", integration_name="Entra")
            )
        self.devices.append(Device(id=f"d{number}", name=f"Mac {number}", serial=f"C02{number}", user_id=row))

    def _groups(self, count: int) -> None:
        """Pushed groups, each of a few departments, a rule that fills each, and rules that assign their people."""
        self.groups = [Group(id=ASSIGNED, name="Kandji users", type="OKTA_GROUP", created=LONG_AGO)]
        self.members: dict[str, list[int]] = {}
        self.mappings: list[Mapping] = []
        self.kandji_groups: list[ScimGroup] = []
        self.gone: list[tuple[str, str | None]] = []
        """Deleted groups, by id and name."""
        self.held: list[tuple[str, tuple[str, ...]]] = []
        self.learnt: list[tuple[str, str | None]] = []
        self.app_groups = [AppGroup(id=ASSIGNED)]
        self.rules: list[Rule] = []
        assigned = {user.id for user in self.app_users}
        self.assigned = [number for number, key in enumerate(self.ids) if key in assigned]
        present = {account.id for account in self.accounts}
        self.in_step = [self.scim_ids[n] in present and self.ids[n] in assigned for n in range(self.size)]
        self.covered: list[str] = []
        self.ours = frozenset(one for name in ("missing", "inactive", "lingering") for one in self.odd[name])
        for number in range(count):
            odd = ODD_GROUPS[number] if number < len(ODD_GROUPS) else ""
            self._group(number, odd, self.chance.sample(range(DEPARTMENTS), FILLED_BY))
        self._rules()

    def _group(self, number: int, odd: str, departments: list[int]) -> None:
        key, name, mapping = f"00g{number:012d}Ab5d7", f"Team {number:03d}", f"gpm{number}"
        target = {"renamed": f"{name} of old", "linked wrong": f"{name} elsewhere"}.get(odd, name)
        members = sorted(one for department in departments for one in self.by_department[department])
        if odd in ("unfed", "not covered"):
            fill = len(self.odd["not assigned"]) * (1 if odd == "not covered" else 0)
            members = sorted({*self.odd["not assigned"], *members[: fill + 3]})
        self.members[key] = members
        if odd == "no source":
            self.gone.append((key, name))
        else:
            changed = NOW - timedelta(days=1 if odd == "stale" else 30)
            self.groups.append(
                Group(id=key, name=name, type="OKTA_GROUP", created=LONG_AGO, last_membership_updated=changed)
            )
        self.groups.append(Group(id=f"{key}T", name=target, type="APP_GROUP", source_id="app"))
        self.mappings.append(
            Mapping(
                id=mapping, source_group_id=key, target_group_id=f"{key}T", created=LONG_AGO,
                status={"error": "ERROR", "paused": "INACTIVE"}.get(odd, "ACTIVE"),
                error_summary="HTTP 504" if odd == "error" else None, last_push=NOW - timedelta(days=7),
            )
        )  # fmt: skip
        if odd == "assigned":
            self.app_groups.append(AppGroup(id=key))
        if odd not in ("not covered", "unfed", "no source"):
            self.covered.append(key)
            asked = " || ".join(f'user.department=="Department {one}"' for one in departments)
            self.rules.append(_rule(f"fill{number}", f'({asked}) && user.countryCode!="{OUTSIDE}"', key))
        self._kandji_group(number, odd, members, target, mapping)

    def _kandji_group(self, number: int, odd: str, members: list[int], target: str, mapping: str) -> None:
        held = [one for one in members if self.in_step[one] and one not in self.ours]
        if odd in ("stale", "not pushed", "shrank"):
            self.held.append((f"kg{number}", tuple(self.scim_ids[one] for one in held)))
            held = held[: len(held) // (4 if odd == "not pushed" else 2)]
        if odd == "linked wrong":
            held = [one for one in self.odd["title"] if one not in members]
        if odd == "cut off":
            held = held[: 100 - len(self.odd["inactive"]) if len(held) < 600 else 500 - len(self.odd["inactive"])]
        ids = [self.scim_ids[one] for one in (*held, *self.odd["inactive"])]
        if number % 2 and not odd:
            ids += [self.scim_ids[one] for one in self.odd["extra"][number % 5 :: 5] if one not in members]
            ids += [f"unknown-{one}" for one in self.odd["stray"][number % 8 :: 8]]
            self.absent += [one for one in ids if one.startswith("unknown-")]
        name = f"{target} new" if odd == "renamed" else target
        if odd != "no target":
            group = ScimGroup(id=f"kg{number}", display_name=name, member_ids=tuple(ids), perhaps_cut=odd == "cut off")
            self.kandji_groups.append(group)
            self.learnt.append((mapping, f"kg{number}"))
        if odd in ("name taken", "unmanaged"):
            other = name if odd == "name taken" else f"{name} by hand"
            self.kandji_groups.append(ScimGroup(id=f"kg{number}b", display_name=other, member_ids=tuple(ids[:20])))

    def _rules(self) -> None:
        """Rules that assign, a score of groups each, and others: switched off, broken, and into a forgotten group."""
        left_out = tuple(self.ids[number] for number in self.odd["excluded"])
        for start in range(0, len(self.covered), RULED):
            named = ", ".join(f'"{key}"' for key in self.covered[start : start + RULED])
            self.rules.append(
                _rule(f"assign{start}", f"isMemberOfAnyGroup({named})", ASSIGNED, excluded_user_ids=left_out)
            )
        self.rules.append(_rule("off", 'user.countryCode=="C1"', ASSIGNED, status="INACTIVE"))
        self.rules.append(_rule("broken", 'user.countryCode=="C2"', ASSIGNED, status="INVALID"))
        self.groups.append(Group(id="00gForgotten", name="Kandji user", type="OKTA_GROUP"))
        self.rules.append(_rule("forgotten", f'user.countryCode=="{OUTSIDE}"', "00gForgotten"))
        for number in range(len(self.covered) // 2):
            self.rules.append(_rule(f"other{number}", f'user.department=="Department {number}"', f"00gOther{number}"))

    def snapshot(self) -> Snapshot:
        members = [(ASSIGNED, self.assigned), *self.members.items()]
        pointed = {app_user.external_id for app_user in self.app_users}
        okta: dict[str, Any] = {
            "users": tuple(self.users),
            "app_users": tuple(self.app_users),
            "app_groups": tuple(self.app_groups),
            "mappings": tuple(self.mappings),
            "rules": tuple(self.rules),
            "groups": tuple(self.groups),
            "members": tuple(
                GroupMembers(group_id=key, members=tuple(self._member(key, number) for number in numbers))
                for key, numbers in members
            ),
        }
        return Snapshot(
            okta=OktaSnapshot(
                org_url="https://large.okta.com",
                app=App(id="app", name="kandji", label="Kandji", status="ACTIVE", features=FEATURES),
                invisible_group_ids=tuple(key for key, _ in self.gone),
                looked_up_scim_ids=tuple(account.id for account in self.accounts if account.id not in pointed),
                events=self._events(),
                events_since=NOW - timedelta(days=7),
                **okta,
            ),
            scim=ScimSnapshot(
                base_url="https://large.api.kandji.io/api/v1/scim",
                capabilities=Capabilities(),
                users=tuple(self.accounts),
                groups=tuple(self.kandji_groups),
                absent_user_ids=tuple(sorted(set(self.absent))),
                absent_group_names=("Team 003", "Team 005 of old"),
            ),
            kandji=KandjiSnapshot(
                api_url="https://large.api.kandji.io", users=tuple(self.rows), devices=tuple(self.devices)
            ),
        )

    def _member(self, group: str, number: int) -> Member:
        return Member(user_id=self.ids[number], rule_ids=("fill",) if group != ASSIGNED else ("assign0",))

    def _events(self) -> tuple[LogEvent, ...]:
        """A thousandth of the people had a push that failed, and as many one that came through."""
        told = [(one, "FAILURE", timedelta(hours=30)) for one in self.odd["stuck"]]
        told += [(one, "SUCCESS", timedelta(hours=20)) for one in self.odd["title"]]
        return tuple(
            LogEvent(
                id=f"event-{one}", published=NOW - age, type="application.provision.user.push", outcome=outcome,
                reason="HTTP 400" if outcome == "FAILURE" else None, targets=(Target(type="User", id=self.ids[one]),),
            )
            for one, outcome, age in told
        )  # fmt: skip

    def memory(self) -> Memory:
        """What the run before learnt."""
        return Memory(
            first=False, learnt_groups=tuple(self.learnt), known_groups=tuple(self.gone), held=tuple(self.held)
        )


def _rule(key: str, expression: str, *targets: str, status: str = "ACTIVE", **more: Any) -> Rule:
    return Rule(id=key, name=f"Rule {key}", status=status, expression=expression, target_group_ids=targets, **more)
