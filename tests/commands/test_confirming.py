from __future__ import annotations

import pytest

from reconciler.changes import Named, UnlinkGroup
from reconciler.commands.confirming import agreed
from reconciler.errors import ReconcilerError, Refused, UsageError
from reconciler.plan import Plan
from tests.commands.plans import adding, plan_of, planned

UNLINK = UnlinkGroup(mapping_id="m1", group=Named(name="Sales", id="00g1"), target=None, kandji_group=None)
TAKES = planned(adding("ana").change, removes=(Named(name="bo", id="k-bo"),))


@pytest.mark.parametrize(
    ("plan", "answer"),
    [
        (plan_of(*(adding(f"p{number}") for number in range(10))), "y"),
        (plan_of(*(adding(f"p{number}") for number in range(11))), "11"),
        (plan_of(planned(UNLINK)), "1"),
        (plan_of(TAKES), "1"),
    ],
    ids=["ten additions", "eleven", "an unlink", "somebody leaves"],
)
def test_only_the_right_answer_agrees(plan: Plan, answer: str) -> None:
    agreed(plan, None, lambda question: answer)
    for other in {"", "n", "Y E S", "12", "y", "1", "11"} - {answer}:
        with pytest.raises(Refused):
            agreed(plan, None, lambda question, other=other: other)  # type: ignore[misc]


@pytest.mark.parametrize(
    ("confirm", "error"),
    [(None, UsageError), (0, Refused), (1, Refused), (3, Refused), (2, None)],
)
def test_where_nobody_answers_the_number_of_changes_must_be_given(
    confirm: int | None, error: type[ReconcilerError] | None
) -> None:
    plan = plan_of(adding("ana"), adding("bo"))
    if error is None:
        agreed(plan, confirm, None)
        return
    with pytest.raises(error) as told:
        agreed(plan, confirm, None)
    assert told.value.next
