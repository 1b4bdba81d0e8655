"""One more group for a rule."""

from __future__ import annotations

import pytest

from reconciler.expression import any_group_added, parse


@pytest.mark.parametrize(
    ("text", "edited"),
    [
        ('isMemberOfAnyGroup("00ga")', 'isMemberOfAnyGroup("00ga", "00gn")'),
        (
            "user.x OR ( isMemberOfAnyGroup('00ga','00gb' ) )",
            "user.x OR ( isMemberOfAnyGroup('00ga','00gb', \"00gn\" ) )",
        ),
        ('user.x OR isMemberOfGroup("00gn")', 'user.x OR isMemberOfGroup("00gn")'),
        ('isMemberOfGroup("00ga")', '(isMemberOfGroup("00ga")) || isMemberOfAnyGroup("00gn")'),
        (
            'isMemberOfAnyGroup("00ga") AND user.x',
            '(isMemberOfAnyGroup("00ga") AND user.x) || isMemberOfAnyGroup("00gn")',
        ),
        (
            'isMemberOfAnyGroup("00ga") AND user.x OR isMemberOfAnyGroup("00gb")',
            'isMemberOfAnyGroup("00ga") AND user.x OR isMemberOfAnyGroup("00gb", "00gn")',
        ),
        ("user.x ? user.y : user.z", '(user.x ? user.y : user.z) || isMemberOfAnyGroup("00gn")'),
        ('Time.now() == "x"', None),
        ("user.x ==", None),
    ],
)
def test_the_smallest_edit_lets_members_of_one_more_group_in(text: str, edited: str | None) -> None:
    assert any_group_added(parse(text), "00gn") == edited


def test_an_id_that_would_break_out_of_its_quotes_is_refused() -> None:
    assert any_group_added(parse('isMemberOfAnyGroup("00ga")'), '00gn") || true || isMemberOfGroup("x') is None
