"""A plain reading of both services for the tests of simulated companies: what their raw answers show.

Written from the signatures of the drift catalogue and from nothing else: it shares no code with the program, the
simulator or the truth that it is held against. It knows neither settling nor earlier runs.
"""

from __future__ import annotations

from collections import defaultdict

from tests.simulator.company_raw import Raw, Row

Seen = set[tuple[str, str]]

MUST = {"ACTIVE", "LOCKED_OUT", "PASSWORD_EXPIRED", "RECOVERY"}
ROUND = {100, 200, 500, 1000}
ENTERPRISE = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User"


class Reading:
    """What raw rows show, kind by kind: pairs of kind and subject."""

    def __init__(self, raw: Raw) -> None:
        self.raw = raw
        self.by_login = {row["profile"]["login"].casefold(): row["id"] for row in raw.users.values()}
        self.by_name = {(row.get("userName") or "").casefold(): row["id"] for row in raw.accounts.values()}
        self.pointed = {row["externalId"]: row["id"] for row in raw.app_users.values() if row.get("externalId")}
        pointing = [row["externalId"] for row in raw.app_users.values() if row.get("externalId")]
        self.shared = {account for account in pointing if pointing.count(account) > 1}
        self.owner = {account: self._owner(row) for account, row in raw.accounts.items()}
        self.targets: dict[str, list[str]] = defaultdict(list)
        for row in raw.kandji_groups.values():
            self.targets[row["displayName"].casefold()].append(row["id"])

    def _owner(self, row: Row) -> str | None:
        okta_id = row.get("externalId")
        return (
            self.pointed.get(row["id"])
            or (okta_id if okta_id in self.raw.users else None)
            or self.by_login.get((row.get("userName") or "").casefold())
        )

    def key(self, account: str) -> str:
        return f"user:{self.owner[account]}" if self.owner[account] else f"account:{account}"

    def must(self, user: str) -> bool:
        return self.status(user) in MUST

    def status(self, user: str) -> str:
        """Somebody's status in Okta; who is not there any more was deactivated first."""
        return str(self.raw.users[user]["status"]) if user in self.raw.users else "DEPROVISIONED"

    def account(self, user: str) -> Row | None:
        """The account that the assignment of somebody points to."""
        assigned = self.raw.app_users.get(user)
        return self.raw.accounts.get(assigned["externalId"]) if assigned and assigned.get("externalId") else None

    def found(self, mapping: Row) -> list[str]:
        """Kandji groups to which a mapping leads."""
        return self.named(mapping)

    def named(self, mapping: Row) -> list[str]:
        """Kandji groups that have the name to which a mapping pushes."""
        return self.targets.get(self.raw.groups[mapping["targetGroupId"]]["profile"]["name"].casefold(), [])

    def target(self, mapping: Row) -> str | None:
        found = self.found(mapping)
        return found[0] if found else None

    def comparable(self, mapping: Row) -> bool:
        """Whether the Okta group exists, no other group in Kandji has its name, and that one was not cut off."""
        found = self.found(mapping)
        return mapping["sourceGroupId"] in self.raw.groups and len(found) == 1 and not self.round(found[0])

    def round(self, group: str) -> bool:
        """Whether a Kandji group has as many members as a server might cut it off at, and none has more."""
        size = len(self.held(group))
        return size in ROUND and size == max(len(self.held(other)) for other in self.raw.kandji_groups)

    def held(self, group: str) -> set[str]:
        return {str(member["value"]) for member in self.raw.kandji_groups[group].get("members") or []}

    def expected(self, mapping: Row) -> dict[str, str]:
        """Account id → Okta user id of those who should be in the Kandji group."""
        members = self.raw.members[mapping["sourceGroupId"]]
        found = ((user, self.account(user)) for user in members if self.must(user))
        return {row["id"]: user for user, row in found if row is not None}

    def seen(self, scope: set[str] | None = None) -> Seen:
        """Every kind and subject that the catalogue's signatures give."""
        return (
            self._integration()
            | self._lacking(scope)
            | self._having()
            | self._mappings()
            | self._groups(scope)
            | self._members()
            | self._differing()
        )

    def _integration(self) -> Seen:
        app, rows = self.raw.app, self.raw.directory
        wanted = ("PUSH_USER_DEACTIVATION", "PUSH_NEW_USERS", "GROUP_PUSH", "PUSH_PROFILE_UPDATES")
        seen = {("app-inactive", f"app:{app['id']}")} if app["status"] != "ACTIVE" else set()
        seen |= {
            ("provisioning-off", f"app:{app['id']} feature:{name}") for name in wanted if name not in app["features"]
        }
        scim = [row for row in rows if row["id"] in self.raw.accounts or row["deprecated_user_id"] in self.raw.accounts]
        counts: dict[str, int] = defaultdict(int)
        for row in scim:
            counts[row["integration"]["uuid"]] += 1
        most = max(counts, key=lambda uuid: counts[uuid], default=None)
        strange = [row for row in scim if row["active"] and row["integration"]["uuid"] != most]
        if len(strange) >= 5 and 10 * len(strange) > sum(row["active"] for row in scim):
            seen.add(("foreign-people", f"app:{app['id']}"))
        return seen

    def _counted(self) -> list[Row]:
        return [row for row in self.raw.mappings if row["status"] in {"ACTIVE", "ERROR"}]

    def _should(self, group: str, scope: set[str] | None) -> set[str]:
        meant = None if scope is None else set().union(*(self.raw.members[one] for one in scope))
        return {user for user in self.raw.members[group] if self.must(user) and (meant is None or user in meant)}

    def _lacking(self, scope: set[str] | None) -> Seen:
        seen: Seen = set()
        for mapping in self._counted():
            for user in self._should(mapping["sourceGroupId"], scope) - set(self.raw.app_users):
                seen.add(("member-not-assigned", f"user:{user}"))
        for user, assigned in self.raw.app_users.items():
            if not self.must(user):
                continue
            account = self.account(user)
            if not assigned.get("externalId"):
                seen.add(("assignment-stuck", f"user:{user}"))
            elif account is None:
                seen.add(("missing-in-kandji", f"user:{user}"))
            elif not account["active"]:
                seen.add(("inactive-in-kandji", f"user:{user}"))
        return seen

    def _having(self) -> Seen:
        seen: Seen = set()
        in_pushed: set[str] = set().union(*(self.raw.members[row["sourceGroupId"]] for row in self._counted()))
        for account, row in self.raw.accounts.items():
            user = self.owner[account]
            if not row["active"]:
                continue
            if user is None:
                seen.add(("unmanaged-in-kandji", f"account:{account}"))
            elif user not in self.raw.app_users:
                if self.status(user) == "DEPROVISIONED":
                    seen.add(("left-still-active", f"user:{user}"))
                elif self.must(user) and user not in in_pushed and not any(map(self.unread, self._counted())):
                    seen.add(("unassigned-still-active", f"user:{user}"))
        return seen

    def unread(self, mapping: Row) -> bool:
        """Whether it can't be known who is in the Okta group of a mapping: it is not visible, or gone."""
        return mapping["sourceGroupId"] not in self.raw.okta_groups

    def _lacks(self, mapping: Row) -> set[str]:
        target = self.target(mapping)
        return set(self.expected(mapping)) - self.held(target) if target else set()

    def trouble(self, mapping: Row) -> str | None:
        """The kind that a mapping itself is, if any."""
        if mapping["status"] == "INACTIVE":
            return "mapping-inactive"
        if self.target(mapping) is None:
            return "mapping-target-missing"
        if mapping["status"] == "ERROR":
            assert mapping["errorSummary"]
            return "mapping-error"
        lacks = len(self._lacks(mapping)) if self.comparable(mapping) else 0
        return "group-not-pushed" if lacks >= 3 and lacks >= len(self.expected(mapping)) / 2 else None

    def _mappings(self) -> Seen:
        return {(kind, f"mapping:{row['id']}") for row in self.raw.mappings if (kind := self.trouble(row))}

    def _groups(self, scope: set[str] | None) -> Seen:
        seen: Seen = set()
        reached = {group for mapping in self.raw.mappings for group in (*self.found(mapping), *self.named(mapping))}
        for mapping in self.raw.mappings:
            group = mapping["sourceGroupId"]
            if group in self.raw.app_groups:
                seen.add(("assignment-group-pushed", f"group:{group}"))
            should = self._should(group, scope)
            missing = should - set(self.raw.app_users)
            if mapping["status"] != "INACTIVE" and len(missing) >= 3 and len(missing) > len(should) / 2:
                seen.add(("group-feeds-no-assignment", f"group:{group}"))
        return seen | {("group-unmanaged", f"kandji-group:{one}") for one in set(self.raw.kandji_groups) - reached}

    def _members(self) -> Seen:
        seen: Seen = set()
        for mapping in self.raw.mappings:
            group, target = mapping["sourceGroupId"], self.target(mapping)
            if target is None or not self.comparable(mapping):
                continue
            if self.trouble(mapping) is None:
                for account in self._lacks(mapping):
                    if self.raw.accounts[account]["active"]:
                        seen.add(("member-missing", f"group:{group} {self.key(account)}"))
            for account in self.held(target) & set(self.raw.accounts):
                if self.raw.accounts[account]["active"] and not self._belongs(account, group):
                    seen.add(("member-extra", f"group:{group} {self.key(account)}"))
        return seen

    def _belongs(self, account: str, group: str) -> bool:
        holders = {user for user, row in self.raw.app_users.items() if row.get("externalId") == account}
        return any(self._entitled(user, group) for user in holders | {self.owner[account]} if user is not None)

    def _entitled(self, user: str, group: str) -> bool:
        if self.status(user) not in MUST | {"DEPROVISIONED"}:
            return True
        return user in self.raw.members[group] and user in self.raw.app_users

    def _differing(self) -> Seen:
        return {
            ("attribute-differs", f"user:{user}")
            for user in self.raw.app_users
            if (account := self.account(user)) is not None
            and self.must(user)
            and account["id"] not in self.shared
            and self._differs(user, account)
        }

    def _differs(self, user: str, account: Row) -> bool:
        assigned = self.raw.app_users[user]
        profile, name = assigned["profile"], account.get("name") or {}
        ours = f"{profile['givenName']} {profile['familyName']}"
        theirs = f"{name.get('givenName')} {name.get('familyName')}"
        names = {profile["displayName"], ours} & {account.get("displayName"), name.get("formatted"), theirs}
        department = (account.get(ENTERPRISE) or {}).get("department")
        pairs = [
            (assigned["credentials"]["userName"].casefold(), (account.get("userName") or "").casefold()),
            (profile["email"].casefold(), account["emails"][0]["value"].casefold()),
            (profile.get("title") or "", account.get("title") or ""),
            (profile.get("department") or "", department or ""),
        ]
        return not names or any(one != other for one, other in pairs)
