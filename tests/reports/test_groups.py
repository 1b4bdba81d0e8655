from __future__ import annotations

import pytest
from msgspec.structs import replace

from reports.groups import shares, worst_first
from tests.reports import factory


def test_a_group_bar_shows_even_one_person_and_never_leaves_its_track() -> None:
    group = replace(factory.groups()[0], should=10_000, in_step=9_996, missing=1, not_assigned=1, stuck=1, extra=1)
    bar = shares(group)
    assert [part for part, _, _ in bar] == ["in-step", "missing", "not-assigned", "stuck", "extra"]
    assert min(width for _, _, width in bar) >= 1.5
    assert sum(width for _, _, width in bar) == pytest.approx(100, abs=0.1)


def test_the_group_with_most_people_out_of_step_comes_first() -> None:
    named = [group.name for group in worst_first(factory.groups())]
    assert named[:2] == ["kandji-legal", "kandji-sales"]
