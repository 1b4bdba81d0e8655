from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from pathlib import Path

import pytest

from reconciler.commands.pull import Occasion, Pulled, pull
from reconciler.commands.reading import Directories
from reconciler.store import Store
from reconciler.world import Settings
from tests.commands.samples import NOW, PEOPLE, SomeOkta, SomeScim, config_in, okta, scim

Keep = Callable[..., Pulled]


@pytest.fixture
def config(tmp_path: Path) -> Path:
    return config_in(tmp_path)


@pytest.fixture
def keep(tmp_path: Path) -> Keep:
    """Keeps one run of the tiny integration in the database that ``config`` names."""

    def run(
        okta_side: SomeOkta | None = None,
        scim_side: SomeScim | None = None,
        *,
        now: datetime = NOW,
        settings: Settings | None = None,
    ) -> Pulled:
        import asyncio

        with Store.open(tmp_path / "reconciler.db") as store:
            return asyncio.run(
                pull(
                    Directories(okta=okta_side or SomeOkta(), scim=scim_side or SomeScim()),
                    store,
                    settings or Settings(),
                    Occasion(command_line="reconciler run", config_digest="d", display=(("title", "acme → kandji"),)),
                    clock=lambda: now,
                    progress=lambda source, rows, total: None,
                )
            )

    return run


@pytest.fixture
def drift(keep: Keep) -> Pulled:
    """A first run in which di is not assigned."""
    return keep(SomeOkta(okta(assigned=PEOPLE[:3])), SomeScim(scim(PEOPLE[:3], PEOPLE[:3])))
