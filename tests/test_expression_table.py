from __future__ import annotations

import pytest

from reconciler.expression import Facts, evaluate, parse
from tests.expressions import NO, ROWS, UNKNOWN, WORLDS, YES, Known, Row

WORDS = {True: YES, False: NO, None: UNKNOWN}


def facts(known: Known) -> Facts:
    return Facts(
        attributes={name: tuple(one) if isinstance(one, list) else one for name, one in known["attributes"].items()},
        member_of=known["groups"],
        not_member_of=known["not_in"],
        all_groups_known=known["all_groups_known"],
        user_id=known["user_id"],
    )


@pytest.mark.parametrize("row", ROWS, ids=[f"{number} {row.text[:60]!a}" for number, row in enumerate(ROWS, 1)])
def test_an_expression_has_the_value_that_the_documentation_gives_it(row: Row) -> None:
    rule = parse(row.text)

    assert tuple(WORDS[evaluate(rule, facts(known)).value] for known in WORLDS) == row.expected


def test_the_table_is_long_and_holds_no_expression_twice() -> None:
    assert len({row.text for row in ROWS}) == len(ROWS) >= 120
