"""Whatever a test is about: each answer that the simulated Okta gave in it is one that Okta's description allows."""

from __future__ import annotations

from tests.simulator.answers import every_answer_is_as_described

__all__ = ["every_answer_is_as_described"]
