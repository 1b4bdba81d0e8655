"""Whatever a proof of mending is about: each request that left the program in it, reads and writes, was valid by Okta's
description, and each of the simulated Okta's own answers was one that the description allows."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.proofs.conftest import SEEN, trouble
from tests.simulator.answers import every_answer_is_as_described

__all__ = ["every_answer_is_as_described"]


@pytest.fixture(autouse=True)
def _every_request_is_valid() -> Iterator[None]:
    """Those of a fixture that serves many tests are judged with the first of them."""
    yield
    asked, SEEN[:] = list(SEEN), []
    assert trouble(asked, writes=True) == []
