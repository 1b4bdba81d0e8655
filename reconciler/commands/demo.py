"""``demo``: a simulated company that has lived for thirty days, on loopback, with a configuration for every command."""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from reconciler.errors import StoreError, UsageError

if TYPE_CHECKING:
    import httpx

    from reconciler.simulator.between import Meddling
    from reconciler.simulator.company import Company
    from reconciler.simulator.server import Addresses, Front

GROUPS = 12
TITLE = "Demo: Acme's Okta → Kandji"
KANDJI_WRITES = ["attribute-differs", "inactive-in-kandji", "left-still-active", "member-unknown"]
"""What the demo lets a plan write to Kandji itself, so that it shows changes there, too."""
WORTHLESS = "# A simulated company on this machine; its tokens are worth nothing anywhere else."
_MARK = ".reconciler-demo"
_OURS = ("config.toml", "okta.token", "kandji-scim.token", "kandji-api.token", "reconciler.log", "drift-reports")
_DATABASE = "reconciler.db"


@dataclass(frozen=True, slots=True)
class Moment:
    """A moment of the past at which a run is due: the world around that run, in memory and by simulated time."""

    clock: Callable[[], datetime]
    sleep: Callable[[float], Awaitable[None]]
    transport: Callable[[object], httpx.AsyncBaseTransport]


@dataclass(frozen=True, slots=True)
class Running:
    """A company at work. ``config`` is the file that leads to it.

    ``past`` must be walked through first: while it is, the company lives its days; at its end, simulated time is real
    time. Walking raises as ``running`` does.
    """

    config: Path
    past: Iterator[Moment]


@contextmanager
def running(
    *, people: int, seed: int, days: int, folder: Path, truth: Path | None, clock: Callable[[], datetime]
) -> Iterator[Running]:
    """Founds a company, serves it on loopback until the block ends, and writes ``config.toml`` into ``folder``.

    Raises UsageError where the extra ``demo`` is not installed, the company is too small or the folder is not the
    demo's own, StoreError where a file can't be written.
    """
    try:
        from reconciler.simulator import company as companies
        from reconciler.simulator.kandji.api import KandjiApi
        from reconciler.simulator.okta.api import OktaApi
        from reconciler.simulator.server import front, serve
    except ImportError as error:
        raise UsageError(
            f"The demo needs packages that are not installed ({error.name}).",
            next='install them with: pip install "okta-kandji-reconciler[demo]"',
        ) from error
    _prepare(folder)
    with _large_enough(people):
        company = companies.found(seed, people, GROUPS, now=clock())
    okta, kandji = OktaApi(company.org), KandjiApi(company.tenant)
    with serve(okta, kandji) as addresses:
        config = folder / "config.toml"
        company.settings["report"] = {"title": TITLE}
        _configure(company, config, addresses)
        past = front(okta, kandji, addresses)
        try:
            yield Running(config=config, past=_lived(company, days, past, addresses, config, truth, clock))
        finally:
            past.close()


def _lived(
    company: Company,
    days: int,
    past: Front,
    addresses: Addresses,
    config: Path,
    truth: Path | None,
    clock: Callable[[], datetime],
) -> Iterator[Moment]:
    """The company's days up to now; then it goes on in real time, with a configuration that lets ``plan`` mend."""
    from reconciler.simulator import company as companies
    from reconciler.simulator.between import nothing
    from reconciler.simulator.weather import outage

    async def sleep(seconds: float) -> None:
        company.clock.advance(timedelta(seconds=seconds))
        await asyncio.sleep(0)

    weathers: dict[str | None, Meddling] = {
        None: nothing,
        "okta": outage(addresses.okta),
        "kandji": outage(addresses.kandji),
    }
    with _large_enough(len(company.people)):
        for look in companies.lived(company, days, companies.BY_AND_BY):
            _configure(company, config, addresses)  # an admin may have made a new token
            yield Moment(company.clock.now, sleep, partial(_through, past, weathers[look.down]))
    company.clock.follow(clock)
    company.mean(push.group_id for push in company.ledger.pushed())
    company.settings["fix"] = {"kandji_writes": KANDJI_WRITES}
    _configure(company, config, addresses)
    if truth is not None:
        with _translated(truth.parent):
            companies.write_truth(truth, company.truth)


def _configure(company: Company, config: Path, addresses: Addresses) -> None:
    """Writes the configuration, and beside it the tokens that are good just now."""
    with _translated(config.parent):
        text = company.config(config.parent, addresses=addresses)
        config.write_text(f"{WORTHLESS}\n\n{text}", encoding="utf-8")


def _through(services: Front, meddling: Meddling, _: object) -> httpx.AsyncBaseTransport:
    """The way to both services of the past."""
    import httpx

    from reconciler.simulator.between import Between

    return Between(httpx.ASGITransport(app=services), meddling)


@contextmanager
def _large_enough(people: int) -> Iterator[None]:
    try:
        yield
    except LookupError as error:
        raise UsageError(
            f"{people} people are too few for everything that goes wrong in the demo.",
            next="reconciler demo --people 300",
        ) from error


def _prepare(folder: Path) -> None:
    """Makes the folder, or empties it of what an earlier demo left; never touches another folder."""
    if folder.is_dir() and any(folder.iterdir()) and not (folder / _MARK).exists():
        raise UsageError(
            f"{folder} holds other files, and the demo wants a folder of its own.", next="reconciler demo --folder DIR"
        )
    with _translated(folder):
        folder.mkdir(parents=True, exist_ok=True)
        (folder / _MARK).write_text("made by the demo, which empties this folder each time\n", encoding="utf-8")
        for name in (*_OURS, *(path.name for path in folder.glob(f"{_DATABASE}*"))):
            path = folder / name
            if path.is_dir():
                shutil.rmtree(path)
            else:
                path.unlink(missing_ok=True)


@contextmanager
def _translated(folder: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise StoreError(
            f"{error.filename or folder} can't be written: {error.strerror}.", next="reconciler demo --folder DIR"
        ) from error
