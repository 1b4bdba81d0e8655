"""The kinds of drift that the program does not look for yet, read from raw answers by the catalogue's signatures.

Like ``company_reading``, which has the others, it shares no code with the program, the simulator or the truth. What can
only be told by comparing two looks takes the earlier one.

Subjects: a Kandji group that a mapping reaches is spoken of by its Okta group.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from datetime import datetime, timedelta

from tests.simulator.company_raw import Raw, Row
from tests.simulator.company_reading import ENTERPRISE, Reading, Seen
from tests.simulator.company_rules import brings, looks_at

PUSH_GRACE = timedelta(hours=2)
IMPORTS = {"IMPORT_NEW_USERS", "IMPORT_PROFILE_UPDATES", "AUTO_CONFIRM_IMPORTS", "PROFILE_MASTERING"}
NO_USER_NAME = "EXCLUDE_USERNAME_UPDATE_ON_PROFILE_PUSH"
REFUSED = "application.integration.authentication_failure"
PROFILE = "application.provision.user.push_profile"
ADMINISTRATION = ("mapping.created", "activate_mapping", "removed")
"""Ends of the names of events about pushes that are set up: nothing has been sent by then."""
ROUND = {100, 200, 500, 1000}
CREDENTIALS = ("401", "unauthorized", "credentials")


def jaccard(one: set[str], other: set[str]) -> float:
    return len(one & other) / len(one | other) if one | other else 0.0


def moment(text: str) -> datetime:
    return datetime.fromisoformat(text)


class Beyond(Reading):
    """What raw rows show of the further kinds, ``before`` being an earlier look."""

    def __init__(self, raw: Raw, before: Raw | None = None) -> None:
        super().__init__(raw)
        self.before = None if before is None else Beyond(before)
        self.app = f"app:{raw.app['id']}"
        self.pushed: set[str] = {row["sourceGroupId"] for row in self._counted()}

    def further(self) -> Seen:
        """Every kind and subject, but for those that ``Reading.seen`` gives."""
        return (
            self._settings()
            | self._connection()
            | self._assigned()
            | self._rules()
            | self._ends()
            | self._directory()
            | self._rosters()
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
            if (account := self.account(user)) is not None
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
        elif len(failed) >= 3 and self._worked() < min(row["lastUpdated"] for row in failed):
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
        in_pushed: set[str] = set().union(*(self.raw.members[group] for group in self.pushed))
        for user, row in self.raw.app_users.items():
            stuck = row["syncState"] in {"ERROR", "OUT_OF_SYNC"} or self._failed_profile(user)
            if row.get("externalId") and stuck:
                seen.add(("profile-push-failed", f"user:{user}"))
            if row["scope"] == "USER":
                seen.add(("assigned-directly", f"user:{user}"))
            if user not in in_pushed:
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

    # --- group rules

    def _brings(self, rule: Row, user: str) -> bool:
        groups = {
            group: self.raw.okta_groups[group]["profile"]["name"]
            for group, members in self.raw.rosters.items()
            if user in members
        }
        excluded = user in rule["conditions"]["people"]["users"]["exclude"]
        expression = rule["conditions"]["expression"]["value"]
        return not excluded and brings(expression, self.raw.users[user]["profile"], groups)

    def _targets(self, rule: Row) -> set[str]:
        return set(rule["actions"]["assignUserToGroups"]["groupIds"])

    def _rules(self) -> Seen:
        seen: Seen = set()
        unassigned = {
            subject.removeprefix("user:") for kind, subject in self._lacking(None) if kind == "member-not-assigned"
        }
        active = [rule for rule in self.raw.rules if rule["status"] == "ACTIVE"]
        feeding = [rule for rule in active if self._targets(rule) & self.raw.app_groups]
        for rule in self.raw.rules:
            subject, targets = f"rule:{rule['id']}", self._targets(rule)
            matters = targets & (self.raw.app_groups | self.pushed)
            for user in rule["conditions"]["people"]["users"]["exclude"]:
                if user in unassigned:
                    seen.add(("rule-excludes-member", f"{subject} user:{user}"))
            if rule["status"] == "INVALID" or not rule["allGroupsValid"]:
                seen |= {("rule-invalid", subject)} if matters else set()
            elif rule["status"] == "INACTIVE":
                if targets & self.raw.app_groups and any(self._brings(rule, user) for user in unassigned):
                    seen.add(("rule-inactive", subject))
            else:
                seen |= self._active_rule(rule, feeding)
        if all(self.raw.groups[group]["type"] == "OKTA_GROUP" for group in self.raw.app_groups):
            seen |= {
                ("push-group-not-covered", f"group:{group}") for group in self.pushed if self._bare(group, feeding)
            }
        return seen

    def _active_rule(self, rule: Row, feeding: list[Row]) -> Seen:
        targets = self._targets(rule)
        brought = {
            user for user, row in self.raw.users.items() if row["status"] == "ACTIVE" and self._brings(rule, user)
        }
        inside = set.intersection(*(self.raw.rosters[group] for group in targets))
        seen: Seen = {("rule-not-applied", f"rule:{rule['id']} user:{user}") for user in brought - inside}
        stats = [self.raw.okta_groups[group]["_embedded"]["stats"] for group in targets]
        if not any(row["appsCount"] or row["groupPushMappingsCount"] for row in stats) and any(
            not any(self._brings(other, user) for other in feeding) for user in brought
        ):
            seen.add(("rule-feeds-unassigned-group", f"rule:{rule['id']}"))
        return seen

    def _bare(self, group: str, feeding: list[Row]) -> bool:
        if group not in self.raw.groups:
            return False
        name = self.raw.groups[group]["profile"]["name"]
        if any(looks_at(rule["conditions"]["expression"]["value"], group, name) for rule in feeding):
            return False
        return any(
            self.must(user) and not any(self._brings(rule, user) for rule in feeding)
            for user in self.raw.members[group]
        )

    # --- push mappings

    def _ends(self) -> Seen:
        seen: Seen = set()
        names = Counter(self.raw.groups[row["targetGroupId"]]["profile"]["name"] for row in self.raw.mappings)
        for mapping in self.raw.mappings:
            subject, name = f"mapping:{mapping['id']}", self.raw.groups[mapping["targetGroupId"]]["profile"]["name"]
            if mapping["sourceGroupId"] not in self.raw.okta_groups:
                seen.add(("mapping-source-missing", subject))
            if len(self.found(mapping)) > 1 or names[name] > 1:
                seen.add(("group-name-taken", subject))
            if self._renamed(mapping):
                seen.add(("group-renamed", subject))
            if self.comparable(mapping):
                seen |= {(kind, subject) for kind in self._odd_ends(mapping)}
        return seen

    def _renamed(self, mapping: Row) -> bool:
        if self.found(mapping):
            return False
        if self.before is not None and self.before.target(mapping) in self.raw.kandji_groups:
            return True
        reached = {group for row in self.raw.mappings for group in self.found(row)}
        expected = set(self.expected(mapping))
        unmapped = [self.held(group) for group in set(self.raw.kandji_groups) - reached]
        return len(expected) >= 5 and any(len(held) >= 5 and jaccard(held, expected) >= 0.8 for held in unmapped)

    def _odd_ends(self, mapping: Row) -> set[str]:
        source, target = self.raw.groups[mapping["sourceGroupId"]], self.target(mapping)
        assert target is not None
        held, expected = self.held(target), set(self.expected(mapping))
        active = {account for account in held & set(self.raw.accounts) if self.raw.accounts[account]["active"]}
        kinds = set()
        pushed = mapping.get("lastPush") if mapping["status"] == "ACTIVE" else None
        if pushed and active != expected and moment(source["lastMembershipUpdated"]) - moment(pushed) > PUSH_GRACE:
            kinds.add("mapping-stale")
        other_name = self.raw.kandji_groups[target]["displayName"].casefold() != source["profile"]["name"].casefold()
        if other_name and min(len(held), len(expected)) >= 5 and jaccard(held, expected) < 0.2:
            kinds.add("group-linked-wrong")
        return kinds

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

    # --- members of groups in Kandji

    def _spoken(self) -> dict[str, str]:
        """Kandji group → how it is spoken of."""
        reached = {group: f"group:{row['sourceGroupId']}" for row in self.raw.mappings for group in self.found(row)}
        return {group: reached.get(group, f"kandji-group:{group}") for group in self.raw.kandji_groups}

    def _rosters(self) -> Seen:
        seen: Seen = set()
        named = set().union(*map(self.held, self.raw.kandji_groups))
        comparable = 20 * len(named & self.raw.gone) <= len(named)
        for group, subject in self._spoken().items():
            held = self.held(group)
            if any(not self.raw.accounts[account]["active"] for account in held & set(self.raw.accounts)):
                seen.add(("inactive-member-lingers", subject))
            if comparable:
                seen |= {("member-unknown", f"{subject} account:{account}") for account in held & self.raw.gone}
        cut = {row["sourceGroupId"] for row in self.raw.mappings if self._cut_off(row)}
        seen |= {("group-cut-off", f"group:{group}") for group in cut if len(cut) > 1}
        for mapping in self.raw.mappings:
            if self.before is not None and self._shrank(mapping, self.before):
                seen.add(("group-shrank", f"group:{mapping['sourceGroupId']}"))
        return seen

    def _shrank(self, mapping: Row, before: Beyond) -> bool:
        target = self.target(mapping)
        if target is None or mapping["id"] not in {row["id"] for row in before.raw.mappings}:
            return False
        if target not in before.raw.kandji_groups:
            return False
        there = before.held(target) & set(before.expected(mapping))
        lost = (there - self.held(target)) & set(self.expected(mapping))
        return len(lost) >= 5 and 5 * len(lost) > len(there)

    def _cut_off(self, mapping: Row) -> bool:
        target = self.target(mapping)
        return target is not None and len(self.held(target)) in ROUND and len(self._lacks(mapping)) >= 5
