"""Truth: the findings a right program must come to, in the words of the drift catalogue, told from the ledger.

One module a family of kinds, and one for what explains what. Subjects are made of ids alone: ``user:<okta id>``,
``account:<scim id>``, ``group:<okta group id> user:<okta id>``, ``group:… account:…``, ``group:…``, ``mapping:…``,
``kandji-group:…``, ``rule:…``, ``rule:… user:…``, ``app:…``, ``app:… feature:…`` and ``app:… attribute:…``.
"""

from __future__ import annotations

from reconciler.simulator.company.ledger import Ledger
from reconciler.simulator.company.truth import accounts, assignment, groups, integration, mappings, rules
from reconciler.simulator.company.truth.causes import folded
from reconciler.simulator.company.truth.expected import Cause, Expected, in_order, write_truth

__all__ = ["Cause", "Expected", "in_order", "truth_of", "write_truth"]


def truth_of(ledger: Ledger) -> tuple[Expected, ...]:
    """Everything that is to be found in a company that has been quiet for a day.

    What only two looks can tell is told where the ledger knows of an earlier one.
    """
    families = (integration, assignment, rules, mappings, accounts, groups)
    return in_order(folded([row for family in families for row in family.rows(ledger)]))
