"""Joining and judging a large company, against the owner's bounds and against what decoding the same records takes."""

from __future__ import annotations

from collections.abc import Iterator

from tests.bench import large
from tests.bench.pulls import run
from tests.bench.row import Row

ROUNDS = 3


def rows() -> Iterator[Row]:
    """The best of a few runs, each in a process of its own: whatever else the machine does only adds to them."""
    rounds = [run(["-m", "tests.bench.judged"]) for _ in range(ROUNDS)]
    best = min(rounds, key=lambda figures: figures["joining"] + figures["judging"])
    seconds = best["joining"] + best["judging"]
    print(
        f"{large.PEOPLE:,} people, {large.GROUPS} pushed groups, {best['memberships']:,.0f} memberships: "
        f"{best['findings']:,.0f} findings of {best['kinds']:.0f} kinds; joined in {best['joining']:.2f} s, judged in "
        f"{best['judging']:.2f} s, decoded in {best['decoding']:.2f} s; {best['built']:.0f} MB before, "
        f"{best['megabytes']:.0f} MB at most"
    )
    yield Row("join and checks of a large company, processor time", seconds, 3.0, "seconds")
    yield Row("join and checks / the same records decoded", seconds / best["decoding"], 4.0, "times")
    yield Row("memory of join and checks, with the records", best["megabytes"], 400, "MB")
