"""A company by a seed: founded, a few busy weeks, injections, then a quiet day."""

from __future__ import annotations

import gc
from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import contextmanager, suppress
from datetime import UTC, datetime, timedelta
from typing import Any

from reconciler.simulator.company import life
from reconciler.simulator.company.company import Company
from reconciler.simulator.company.injections import AT_LAST, IN_KANDJI, INJECTIONS, TOGETHER, carry_out

NOW = datetime(2026, 3, 16, 9, 30, tzinfo=UTC)
"""When a simulated company is looked at, unless told otherwise: a Monday."""

Step = Callable[[Company], None]
FIRST_AFTER_A_LOOK = "mapping-source-missing"
TRIES = 4
QUIET = timedelta(hours=24)


@contextmanager
def _collecting_later() -> Iterator[None]:
    """A company is a great many objects that stay: looking for garbage among them all the while takes half the time."""
    collects = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if collects:
            gc.enable()


@_collecting_later()
def build(
    seed: int,
    people: int = 300,
    groups: int = 12,
    injections: Collection[str] | None = None,
    *,
    hostile: Sequence[str] = (),
    now: datetime = NOW,
    founded: Step = life.integrate,
    staffed: Step | None = None,
    lived: Step | None = None,
    days: int = 20,
    quiet: timedelta = QUIET,
    looks: Step | None = None,
    **tenant: Any,
) -> Company:
    """A company in which these kinds of drift (slugs; None: all that can be together) have been caused, a day ago or
    longer.

    `hostile` are strings to stand in every text field of both services. `founded` sets the integration up, `staffed`
    happens when the first people are there, `lived` after the busy weeks (so many working `days`); then come the
    injections, and for `quiet` nothing. `looks`: somebody looks at the company meanwhile, after what must have been
    seen twice and before what only a comparison tells. Further arguments are the tenant's. The same arguments give the
    same company, id by id. Raises KeyError for a slug that is not known, and LookupError where a company is too small
    for what shall happen to it, or what happened before leaves no room for it.
    """
    slugs = _in_turn(injections)
    company = found(seed, people, groups, hostile=hostile, now=now, founded=founded, staffed=staffed, **tenant)
    life.weeks(company, days)
    if lived is not None:
        lived(company)
    _go_wrong(company, slugs, looks)
    rest(company, quiet)
    return company


def found(
    seed: int,
    people: int = 300,
    groups: int = 12,
    *,
    hostile: Sequence[str] = (),
    now: datetime = NOW,
    founded: Step = life.integrate,
    staffed: Step | None = None,
    **tenant: Any,
) -> Company:
    """A company on its first evening, HISTORY before `now`: groups, people, accounts and Macs. Arguments as above."""
    company = Company(seed, now, hostile=hostile, **tenant)
    life.make_groups(company, groups)
    founded(company)
    life.staff(company, people)
    if staffed is not None:
        staffed(company)
    company.settle()
    life.hand_out_macs(company)
    return company


def _go_wrong(company: Company, slugs: Sequence[str], looks: Step | None) -> None:
    """All injections in their turn, with a look at the company between them."""
    turns = {slug: number for number, slug in enumerate(INJECTIONS)}
    late = [slug for slug in slugs if turns[slug] >= turns[FIRST_AFTER_A_LOOK]]
    for slug in slugs[: len(slugs) - len(late)]:
        _inject(company, slug)
    if looks is not None:
        looks(company)
        company.ledger.look()
    for slug in (slug for slug in late if slug not in AT_LAST):
        _inject(company, slug)
    for slug in _hidden(company, slugs):
        with suppress(LookupError):  # there may be no room left for it
            _inject(company, slug)
    for slug in (slug for slug in late if slug in AT_LAST):
        _inject(company, slug)


def _inject(company: Company, slug: str) -> None:
    company.wait(hours=company.random.randint(1, 5))
    company.expected += carry_out(company, slug)


def _hidden(company: Company, slugs: Collection[str]) -> Iterator[str]:
    """What was done in Kandji and is now hidden behind something graver is done to somebody else as well."""
    for slug in slugs:
        for _ in range(TRIES):
            if slug in IN_KANDJI and slug not in {row.kind for row in company.truth}:
                yield slug


def _in_turn(injections: Collection[str] | None) -> list[str]:
    """Slugs in the order in which they are carried out."""
    unknown = set(injections or ()) - set(INJECTIONS)
    if unknown:
        raise KeyError(f"no such injection: {', '.join(sorted(unknown))}")
    return [slug for slug in INJECTIONS if slug in (TOGETHER if injections is None else injections)]


def calm(seed: int, people: int = 300, groups: int = 12, **more: Any) -> Company:
    """A company with a busy life in which nothing went wrong: there is nothing to be found."""
    return build(seed, people, groups, (), **more)


def rest(company: Company, quiet: timedelta = QUIET) -> None:
    """Nothing happens until the company is looked at. Raises ValueError if that is sooner than `quiet`."""
    company.settle()
    left = company.now - company.clock.now()
    if left < quiet:
        raise ValueError(f"{left} are left, and {quiet} are to be quiet")
    company.clock.advance(left)
    company.settle()
