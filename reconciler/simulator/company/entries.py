"""What a company's ledger has an entry for: people, accounts of strangers, pushes and rules."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

MUST_BE_IN = frozenset({"ACTIVE", "LOCKED_OUT", "PASSWORD_EXPIRED", "RECOVERY"})
NOT_YET = frozenset({"STAGED", "SUSPENDED"})
LEFT = frozenset({"DEPROVISIONED", "DELETED"})
KNOWN = frozenset({"active", "inactive"})
"""States of an account that is there."""


@dataclass(frozen=True)
class Failing:
    """What does not arrive in Kandji: of ``operation``, for these people or mappings or (None) for all."""

    operation: str
    who: frozenset[str] | None
    refused: bool


@dataclass(kw_only=True)
class Entry:
    """Somebody in Okta. ``account``: none, active, inactive or gone (deleted in Kandji, and Okta doesn't know).

    ``tried``: their account was created, or the attempt failed for good; ``returned``: they came back after leaving.
    ``lost`` is the SCIM id of the account that is gone, ``refused`` whether the last profile push failed. ``kept``:
    what is wrong with them would be undone by a further deed.
    """

    id: str
    status: str = "ACTIVE"
    department: str = ""
    assigned: bool = False
    provisioned: bool = False
    tried: bool = False
    returned: bool = False
    account: str = "none"
    lost: str | None = None
    refused: bool = False
    kept: bool = False
    archived_with_mac: str | None = None
    """SCIM id of the archived account that has a Mac."""
    mac_elsewhere: bool = False
    """Whether their Mac is on a row of theirs that another directory feeds."""
    differs: set[str] = field(default_factory=set)
    waiting: set[str] = field(default_factory=set)
    """Of these, what Okta sends as soon as the app is active again."""

    @property
    def key(self) -> str:
        return f"user:{self.id}"

    @property
    def must_be_in(self) -> bool:
        return self.status in MUST_BE_IN

    @property
    def there(self) -> bool:
        """Whether their assignment points to an account that Kandji has."""
        return self.provisioned and self.account in KNOWN


@dataclass(frozen=True, kw_only=True)
class Stranger:
    """An active account nobody in Okta belongs to; ``foreign`` when another directory feeds it. ``double``: the person
    whose address it has."""

    scim_id: str
    foreign: bool = False
    double: str | None = None

    @property
    def key(self) -> str:
        return f"account:{self.scim_id}"


@dataclass(frozen=True, kw_only=True)
class Sight:
    """A Kandji group as it was when the company was last looked at: who was in it of those who should be."""

    expected: frozenset[str]
    held: frozenset[str]


@dataclass(kw_only=True)
class Push:
    """A push mapping. ``held`` are the keys of those in the Kandji group, ``there`` whether that group exists.

    ``other_name``: it was linked to a group of another name; ``twin_of``: SCIM id of its group in Kandji, where another
    one there has the same name; ``renamed``: SCIM id of that group, where it has another name there now; ``pushed_at``:
    when Okta last pushed it.
    """

    mapping_id: str
    group_id: str
    status: str = "ACTIVE"
    there: bool = True
    source_gone: bool = False
    source_seen: bool = False
    """Whether an earlier look saw its Okta group."""
    twin_of: str | None = None
    cut_off: bool = False
    other_name: bool = False
    renamed: str | None = None
    pushed_at: datetime | None = None
    held: set[str] = field(default_factory=set)
    seen: Sight | None = None
    shrank: bool = False
    """Whether it had shrunk at the last look."""

    @property
    def comparable(self) -> bool:
        """Whether its Okta group exists and its name leads to one Kandji group that is told whole."""
        return not (self.source_gone or self.ambiguous or self.cut_off)

    @property
    def whole(self) -> bool:
        """Whether its Kandji group is there, told whole, and the only one of its name."""
        return self.there and self.comparable and self.twin_of is None

    @property
    def ambiguous(self) -> bool:
        """Whether two groups in Kandji have its name, and no earlier look tells which is its own."""
        return self.twin_of is not None and self.seen is None


@dataclass(kw_only=True)
class Rule:
    """A group rule: whom it brings into ``target``. ``groups`` are those whose people it names, ``departments`` those
    it names by attribute, ``but`` those it names as the only ones that are left out.

    ``unevaluated``: people for whom Okta fails to evaluate it, and whether they were seen by an earlier look.
    """

    id: str
    name: str
    target: str
    status: str = "ACTIVE"
    groups: frozenset[str] = frozenset()
    departments: frozenset[str] = frozenset()
    but: frozenset[str] | None = None
    excluded: set[str] = field(default_factory=set)
    unevaluated: dict[str, bool] = field(default_factory=dict)

    def names(self, person: Entry, groups: set[str]) -> bool:
        """Whether its condition is true of somebody in these groups."""
        by_attribute = self.but is not None and person.department not in self.but
        return bool(self.groups & groups) or person.department in self.departments or by_attribute

    def brings(self, person: Entry, groups: set[str]) -> bool:
        """Whether it would bring in somebody who is in these groups, were it ACTIVE."""
        return person.id not in self.excluded and self.names(person, groups)
