"""Whatever a proof is about: each request that left the program in it was a read, and valid by Okta's description, and
each of the simulated Okta's own answers was one that the description allows."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

from reconciler.simulator.between import Asked
from reconciler.simulator.server import IN_MEMORY, TENANT_HOST
from tests.proofs import harness
from tests.proofs.openapi import DOCUMENTED, RULES_OF_A_MEMBER, Description
from tests.simulator.answers import every_answer_is_as_described
from tests.simulator.spec import facts_folder

__all__ = ["every_answer_is_as_described"]

SEEN: list[Asked] = []
"""What left the program since somebody last looked."""
harness.WATCHERS.append(SEEN.append)

TOKEN_URL = f"{IN_MEMORY.okta}/oauth2/v1/token"


@cache
def okta_description(folder: Path) -> Description | None:
    """Okta's description; None where the facts are not beside this checkout (then ``test_requests`` skips or fails)."""
    return Description(folder, (*DOCUMENTED, RULES_OF_A_MEMBER)) if folder.is_dir() else None


def trouble(asked: list[Asked], *, writes: bool = False) -> list[str]:
    """What was wrong with these requests, in words. ``writes``: whether they may change anything."""
    description = okta_description(facts_folder())
    found = []
    for method, url in sorted({(one.method, one.url) for one in asked}):
        if method != "GET" and not writes and (method, url) != ("POST", TOKEN_URL):
            found.append(f"{method} {url}: not a read")
        if url.startswith(f"{IN_MEMORY.okta}/"):
            found += [] if description is None else description.violations(method, url)
        elif not url.startswith(f"https://{TENANT_HOST}/"):
            found.append(f"{method} {url}: neither Okta nor Kandji")
    return found


@pytest.fixture(autouse=True)
def _every_request_is_a_valid_read() -> Iterator[None]:
    """Those of a fixture that serves many tests are judged with the first of them."""
    yield
    asked, SEEN[:] = list(SEEN), []
    assert trouble(asked) == []
