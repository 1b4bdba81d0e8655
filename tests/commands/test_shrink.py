"""A list that is much smaller than before: told, kept until a second pull or a person agrees, shown on the page."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from pathlib import Path

import pytest

from reconciler.checks import KINDS
from reconciler.commands import pages
from reconciler.commands import report as reports_of
from reconciler.commands.pull import Occasion, Pulled, pull
from reconciler.commands.reading import Directories
from reconciler.commands.settings import shrinkable
from reconciler.errors import UsageError
from reconciler.store import Store
from reconciler.world import Settings
from tests.commands.samples import NOW, SomeOkta, SomeScim, call, config_in, scim

MANY = tuple(f"p{number}" for number in range(60))


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with Store.open(tmp_path / "r.db") as opened:
        yield opened


def pulled(store: Store, count: int, *accepted: str) -> Pulled:
    """A pull of a Kandji with so many accounts."""
    return asyncio.run(
        pull(
            Directories(okta=SomeOkta(), scim=SomeScim(scim(accounts=MANY[:count]))),
            store,
            Settings(accept_shrink=accepted),
            Occasion(command_line="reconciler run", config_digest="d", display=()),
            clock=lambda: NOW,
            progress=lambda source, rows, total: None,
        )
    )


def unconfirmed(store: Store, run: Pulled) -> list[str]:
    return [size.source for size in store.unconfirmed(run.run.id)]


def test_a_shrink_is_unconfirmed_until_a_second_complete_pull_agrees(store: Store) -> None:
    told = [unconfirmed(store, pulled(store, count)) for count in (60, 40, 41, 41)]
    assert told == [[], ["scim.users"], [], []]


def test_a_shrink_that_somebody_confirms_is_believed_at_once(store: Store) -> None:
    pulled(store, 60)
    assert unconfirmed(store, pulled(store, 40, "scim.users")) == []


def test_the_run_before_is_still_known_to_have_been_unconfirmed(store: Store) -> None:
    pulled(store, 60)
    once, twice = pulled(store, 40), pulled(store, 40)
    assert (unconfirmed(store, once), unconfirmed(store, twice)) == (["scim.users"], [])


def test_page_and_terminal_show_what_shrank_apart_from_what_was_not_checked(store: Store) -> None:
    pulled(store, 60)
    report = reports_of.build(store, KINDS, run_id=pulled(store, 40).run.id)
    for form in ("html", "text"):
        text = pages.text_of(report, form, width=200, color=False)
        assert "Shrank, unconfirmed" in text
        assert "--accept-shrink scim.users" in text


def test_an_unknown_source_is_a_usage_error_with_the_one_that_is_meant(tmp_path: Path) -> None:
    told = call("pull", "-c", config_in(tmp_path), "--accept-shrink", "scim.user")
    assert told.code == 2
    assert "did you mean scim.users?" in told.err
    with pytest.raises(UsageError):
        shrinkable(["okta.members", "elsewhere"])
    assert shrinkable(["okta.members"]) == ("okta.members",)
