"""Which drift can be mended, by the catalogue's column "what mends it" alone; and what is still wrong in a company, by
the raw answers of both services.

Neither shares code with the program: the table is written from the catalogue, and the reading is that by which the
simulated companies themselves are held to the truth.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from reconciler.simulator.company import Company
from reconciler.simulator.company.truth import Expected
from tests.simulator.company_beyond import Beyond
from tests.simulator.company_raw import read

IN_OKTA = frozenset(
    {
        "member-not-assigned",
        "group-feeds-no-assignment",
        "push-group-not-covered",
        "mapping-error",
        "mapping-stale",
        "mapping-target-missing",
        "group-not-pushed",
        "group-renamed",
        "group-shrank",
        "member-missing",
        "member-extra",
    }
)
"""Mended in Okta, unless something else stands in the way."""
BY_ID = frozenset({"rule-inactive", "rule-not-applied", "mapping-inactive"})
"""May be meant so: only where the finding is named."""
IN_KANDJI = frozenset({"left-still-active", "inactive-in-kandji", "attribute-differs", "member-unknown"})
"""Only where ``[fix] kandji_writes`` names the kind."""
BY_POLICY = frozenset({"suspended-still-active"})
"""The same, and where ``[fix] suspended = "deactivate"``."""
MENDABLE = IN_OKTA | BY_ID | IN_KANDJI | BY_POLICY

NEVER_BEHIND: Mapping[str, frozenset[str]] = {
    "member-not-assigned": frozenset(
        {"rule-excludes-member", "rule-invalid", "app-inactive", "rule-inactive", "rule-not-applied"}
    ),
    "member-extra": frozenset({"foreign-people", "group-name-taken", "assignment-group-pushed", "mapping-inactive"}),
    "member-missing": frozenset({"group-name-taken", "assignment-group-pushed"}),
    "mapping-target-missing": frozenset({"group-name-taken", "integration-recreated"}),
    "mapping-error": frozenset({"group-name-taken", "credentials-refused", "pushes-failing"}),
    "attribute-differs": frozenset({"attribute-not-sent", "provisioning-off"}),
}
"""Kinds behind which a kind is not mended by itself: its cause must be, by hand or by name."""


def mendable(rows: Iterable[Expected], kinds: frozenset[str] = IN_OKTA | IN_KANDJI) -> set[tuple[str, str]]:
    """(kind, subject) of the true drift that a plan over everything must mend, where these kinds may be."""
    return {
        (row.kind, row.subject)
        for row in rows
        if row.kind in kinds and (row.cause is None or row.cause[0] not in NEVER_BEHIND.get(row.kind, frozenset()))
    }


def still_wrong(company: Company) -> set[tuple[str, str]]:
    """(kind, subject) of everything that the raw answers of both services show now."""
    reading = Beyond(read(company))
    return reading.seen() | reading.further()
