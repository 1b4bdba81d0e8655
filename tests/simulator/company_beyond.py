"""The kinds of drift that the program does not look for yet, read from raw answers by the catalogue's signatures.

Like ``company_reading``, which has the others, it shares no code with the program, the simulator or the truth. What can
only be told by comparing two looks takes the earlier one.
"""

from __future__ import annotations

from collections import defaultdict

from tests.simulator.company_groups import GroupReading
from tests.simulator.company_raw import Raw, Row
from tests.simulator.company_reading import ENTERPRISE, Seen
from tests.simulator.company_rules import RuleReading

IMPORTS = {"IMPORT_NEW_USERS", "IMPORT_PROFILE_UPDATES", "AUTO_CONFIRM_IMPORTS", "PROFILE_MASTERING"}
NO_USER_NAME = "EXCLUDE_USERNAME_UPDATE_ON_PROFILE_PUSH"
REFUSED = "application.integration.authentication_failure"
PROFILE = "application.provision.user.push_profile"
ADMINISTRATION = ("mapping.created", "activate_mapping", "removed")
"""Ends of the names of events about pushes that are set up: nothing has been sent by then."""
CREDENTIALS = ("401", "unauthorized", "credentials")


class Beyond(RuleReading, GroupReading):
    """What raw rows show of the further kinds, ``before`` being an earlier look."""

    def __init__(self, raw: Raw, before: Raw | None = None) -> None:
        super().__init__(raw, before)
        self.app = f"app:{raw.app['id']}"
        self.pushed: set[str] = {row["sourceGroupId"] for row in self._counted()}

    def further(self) -> Seen:
        """Every kind and subject, but for those that ``Reading.seen`` gives."""
        return (
            self._settings()
            | self._connection()
            | self._assigned()
            | self.about_rules()
            | self.about_ends()
            | self._directory()
            | self.about_rosters()
        )

    def of(self, kind: str) -> set[str]:
        """Subjects of one kind."""
        return {subject for slug, subject in self.further() if slug == kind}

    # --- the integration itself

    def _settings(self) -> Seen:
        features = set(self.raw.app["features"])
        seen: Seen = {("import-on", self.app)} if features & IMPORTS else set()
        names = [
            (row["credentials"]["userName"].casefold(), account["userName"].casefold())
            for user, row in self.raw.app_users.items()
            if (account := self.account(user)) is not None and self.must(user) and account["id"] not in self.shared
        ]
        if NO_USER_NAME in features and any(sent != held for sent, held in names):
            seen.add(("username-push-off", self.app))
        return seen

    def _connection(self) -> Seen:
        seen: Seen = set()
        failed = [row for row in self.raw.mappings if row["status"] == "ERROR"]
        refused = [row for row in failed if any(word in row["errorSummary"].casefold() for word in CREDENTIALS)]
        refusals = [row["published"] for row in self.raw.logs if row["eventType"] == REFUSED]
        if (refused or refusals) and self._worked() < min([*refusals, *(row["lastUpdated"] for row in refused)]):
            seen.add(("credentials-refused", self.app))
        elif sum(self._worked() < row["lastUpdated"] for row in failed) >= 3:
            seen.add(("pushes-failing", self.app))
        pointed = {row["externalId"] for row in self.raw.app_users.values() if row.get("externalId")}
        lost = pointed - set(self.raw.accounts)
        rest = {row["id"] for row in self.raw.directory} | {row["deprecated_user_id"] for row in self.raw.directory}
        if len(lost) >= 5 and 2 * len(lost) > len(pointed) and lost <= self.raw.gone and not lost & rest:
            seen.add(("integration-recreated", self.app))
        early = [row for row in self.raw.app_users.values() if row["status"] == "ACTIVE" and not row.get("externalId")]
        if 2 * len(early) > len(self.raw.app_users):
            seen.add(("assigned-before-provisioning", self.app))
        return seen

    def _worked(self) -> str:
        """When anything was last sent to Kandji with success."""
        sent = [row["lastPush"] for row in self.raw.mappings if "lastPush" in row]
        sent += [
            row["published"]
            for row in self.raw.logs
            if row["eventType"].startswith("application.provision.")
            and not row["eventType"].endswith(ADMINISTRATION)
            and row["outcome"]["result"] == "SUCCESS"
        ]
        return max(sent, default="")

    def _failed_profile(self, user: str) -> bool:
        """Whether the last profile push of somebody that the log tells of went wrong."""
        told = [
            row["outcome"]["result"]
            for row in self.raw.logs
            if row["eventType"] == PROFILE and any(target["id"] == user for target in row["target"])
        ]
        return bool(told) and told[-1] == "FAILURE"

    # --- who is assigned

    def _assigned(self) -> Seen:
        seen: Seen = set()
        in_pushed: set[str] = set().union(*(self.raw.members[row["sourceGroupId"]] for row in self.raw.mappings))
        visible = all(map(self.sees, self.raw.mappings))
        for user, row in self.raw.app_users.items():
            stuck = row["syncState"] in {"ERROR", "OUT_OF_SYNC"} or self._failed_profile(user)
            if row.get("externalId") and stuck:
                seen.add(("profile-push-failed", f"user:{user}"))
            if row["scope"] == "USER":
                seen.add(("assigned-directly", f"user:{user}"))
            if visible and self.must(user) and user not in in_pushed:
                seen.add(("assigned-in-no-pushed-group", self.app))
            if row.get("externalId") in self.shared:
                seen.add(("external-id-shared", f"user:{user}"))
            account = self.account(user)
            if self.raw.users[user]["status"] == "SUSPENDED" and account is not None and account["active"]:
                seen.add(("suspended-still-active", f"user:{user}"))
        for group, members in self.raw.members.items():
            if any(self.raw.users[user]["status"] == "DEPROVISIONED" for user in members):
                seen.add(("inactive-in-pushed-group", f"group:{group}"))
        return seen

    # --- people in Kandji

    def _directory(self) -> Seen:
        seen: Seen = set()
        for field in ("userName", "email"):
            alike: dict[str, set[str]] = defaultdict(set)
            for account, row in self.raw.accounts.items():
                value = row["userName"] if field == "userName" else row["emails"][0]["value"]
                alike[value.casefold()].add(account)
            for accounts in alike.values():
                known = {self.key(account) for account in accounts if self.owner[account]}
                if len(accounts) > 1:
                    seen |= {("duplicate-in-kandji", key) for key in known or map(self.key, accounts)}
        rows = {row["id"]: row for row in self.raw.directory}
        for row in rows.values():
            active = any(
                other["active"] and other["email"] == row["email"] and other["integration"] == row["integration"]
                for other in rows.values()
            )
            if row["archived"] and row["device_count"] and not active:
                seen.add(("archived-with-device", self._whose(row)))
        for device in self.raw.devices:
            row = rows[device["user"]["id"]] if device["user"] else None
            if row is not None and self._account_of(row) is None:
                by_email = [key for key, other in self.raw.accounts.items() if self._email(other) == row["email"]]
                seen |= {("device-on-other-account", self.key(account)) for account in by_email}
        return seen | self._not_sent()

    def _email(self, account: Row) -> str:
        return str(account["emails"][0]["value"])

    def _account_of(self, row: Row) -> str | None:
        ids = (row["id"], row["deprecated_user_id"])
        return next((account for account in ids if account in self.raw.accounts), None)

    def _whose(self, row: Row) -> str:
        account = self._account_of(row)
        return f"account:{row['id']}" if account is None else self.key(account)

    def _not_sent(self) -> Seen:
        pairs = [
            (row["profile"], account)
            for user, row in self.raw.app_users.items()
            if (account := self.account(user)) is not None and self.must(user)
        ]
        differing: dict[str, int] = {
            "title": sum((sent.get("title") or "") != (held.get("title") or "") for sent, held in pairs),
            "department": sum(
                (sent.get("department") or "") != ((held.get(ENTERPRISE) or {}).get("department") or "")
                for sent, held in pairs
            ),
        }
        return {
            ("attribute-not-sent", f"{self.app} attribute:{name}")
            for name, count in differing.items()
            if 2 * count > len(pairs)
        }
