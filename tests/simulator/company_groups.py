"""Kinds of drift about push mappings and groups in Kandji, read from raw answers; some by comparing two looks."""

from __future__ import annotations

from collections import Counter
from datetime import datetime, timedelta

from tests.simulator.company_raw import Raw, Row
from tests.simulator.company_reading import Reading, Seen

PUSH_GRACE = timedelta(hours=2)


def jaccard(one: set[str], other: set[str]) -> float:
    return len(one & other) / len(one | other) if one | other else 0.0


def moment(text: str) -> datetime:
    return datetime.fromisoformat(text)


class GroupReading(Reading):
    """What both ends of the mappings show, ``before`` being an earlier look.

    A Kandji group that a mapping reaches is spoken of by its Okta group.
    """

    def __init__(self, raw: Raw, before: Raw | None = None) -> None:
        self.before = None if before is None else GroupReading(before)
        super().__init__(raw)

    def found(self, mapping: Row) -> list[str]:
        known = None if self.before is None else self.before.learnt.get(mapping["id"])
        return [known] if known in self.raw.kandji_groups else self.named(mapping)

    @property
    def learnt(self) -> dict[str, str]:
        """Mapping → the Kandji group to which it led, where that was clear."""
        found = {row["id"]: self.found(row) for row in self.raw.mappings}
        return {mapping: groups[0] for mapping, groups in found.items() if len(groups) == 1}

    def _owner(self, row: Row) -> str | None:
        return super()._owner(row) or (None if self.before is None else self.before.owner.get(row["id"]))

    def about_ends(self) -> Seen:
        """Every kind that is about a mapping."""
        seen: Seen = set()
        names = Counter(self.raw.groups[row["targetGroupId"]]["profile"]["name"] for row in self.raw.mappings)
        for mapping in self.raw.mappings:
            subject, name = f"mapping:{mapping['id']}", self.raw.groups[mapping["targetGroupId"]]["profile"]["name"]
            before = self.before
            if mapping["sourceGroupId"] in (before.raw.okta_groups if before else ()) and not self.sees(mapping):
                seen.add(("mapping-source-missing", subject))
            if len(self.named(mapping)) > 1 or names[name] > 1:
                seen.add(("group-name-taken", subject))
            if self._renamed(mapping):
                seen.add(("group-renamed", subject))
            if self.comparable(mapping):
                seen |= {(kind, subject) for kind in self._odd_ends(mapping)}
        return seen

    def unread(self, mapping: Row) -> bool:
        return super().unread(mapping) and not (self.before and self.before.sees(mapping))

    def sees(self, mapping: Row) -> bool:
        """Whether the Okta group of a mapping is to be seen."""
        return mapping["sourceGroupId"] in self.raw.okta_groups

    def _renamed(self, mapping: Row) -> bool:
        if found := self.found(mapping):
            return found[0] not in self.named(mapping)
        reached = {group for row in self.raw.mappings for group in self.found(row)}
        expected = set(self.expected(mapping))
        unmapped = [self.held(group) for group in set(self.raw.kandji_groups) - reached]
        return len(expected) >= 5 and any(len(held) >= 5 and jaccard(held, expected) >= 0.8 for held in unmapped)

    def _odd_ends(self, mapping: Row) -> set[str]:
        source, target = self.raw.groups[mapping["sourceGroupId"]], self.target(mapping)
        assert target is not None
        held, expected = self.held(target), set(self.expected(mapping))
        active = {account for account in held & set(self.raw.accounts) if self.raw.accounts[account]["active"]}
        strange = {account for account in active if not self._belongs(account, mapping["sourceGroupId"])}
        lacking = {account for account in expected - held if self.raw.accounts[account]["active"]}
        kinds = set()
        pushed = mapping.get("lastPush") if mapping["status"] == "ACTIVE" else None
        if pushed and strange | lacking and moment(source["lastMembershipUpdated"]) - moment(pushed) > PUSH_GRACE:
            kinds.add("mapping-stale")
        other_name = self.raw.kandji_groups[target]["displayName"].casefold() != source["profile"]["name"].casefold()
        if other_name and min(len(held), len(expected)) >= 5 and jaccard(held, expected) < 0.2:
            kinds.add("group-linked-wrong")
        return kinds

    def _spoken(self) -> dict[str, str]:
        """Kandji group → how it is spoken of."""
        found = {row["sourceGroupId"]: self.found(row) for row in self.raw.mappings}
        reached = {groups[0]: f"group:{source}" for source, groups in found.items() if len(groups) == 1}
        return {group: reached.get(group, f"kandji-group:{group}") for group in self.raw.kandji_groups}

    def about_rosters(self) -> Seen:
        """Every kind that is about the members of a Kandji group."""
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

    def _shrank(self, mapping: Row, before: GroupReading) -> bool:
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
        return target is not None and self.round(target) and len(self._lacks(mapping)) >= 5
