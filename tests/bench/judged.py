"""Joining and judging a large company, in a process of its own: ``python -m tests.bench.judged``.

The company is there before anything is counted, as it is once the answers are decoded; what msgspec needs to decode the
same records is measured after it, to compare.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TypeVar

import msgspec

from reconciler import checks, joining
from reconciler.world import Settings
from tests.bench import cost, large

T = TypeVar("T")


def decoding(records: Iterable[T]) -> float:
    """Processor time that it takes to decode these records, each list of them by itself."""
    spent = 0.0
    for record in records:
        text = msgspec.json.encode(record)
        before = cost.seconds()
        msgspec.json.decode(text, type=type(record))
        spent += cost.seconds() - before
    return spent


def main() -> None:
    company = large.Company()
    snapshot, memory = company.snapshot(), company.memory()
    del company
    built = cost.megabytes()
    before = cost.seconds()
    world = joining.join(snapshot, before=memory, settings=Settings(), now=large.NOW)
    joined = cost.seconds()
    judgement = checks.run(world)
    judged = cost.seconds()
    megabytes = cost.megabytes()
    okta, scim = snapshot.okta, snapshot.scim
    records = (*okta.users, *okta.app_users, *okta.members, *scim.users, *scim.groups)
    cost.tell(
        joining=joined - before,
        judging=judged - joined,
        megabytes=megabytes,
        built=built,
        decoding=decoding(records),
        findings=len(judgement.findings),
        kinds=len({finding.kind for finding in judgement.findings}),
        memberships=sum(len(group.members) for group in okta.members),
    )


if __name__ == "__main__":
    main()
