"""One pull three times over: ours, the least that it can cost, and the script that an admin would write.

Each runs in a process of its own against the same server, and counts the processor time of its own work: importing is
left out for all three. Ours and the floor take turns (A B A B …) and their medians are compared; the rival, who takes
minutes, runs once.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from math import ceil
from pathlib import Path
from statistics import median
from typing import Any
from urllib.request import urlopen

from tests.bench import org
from tests.bench.row import Row

ROUNDS = 3
SECONDS = 900
BATCH = 50
"""Group ids in one search."""
RIVAL = Path(__file__).with_name("rival.py")
ENVIRON = {"OKTA_API_TOKEN": "00benchBENCHbench", "KANDJI_SCIM_TOKEN": "benchBENCHbench"}

Figures = dict[str, float]


@dataclass(frozen=True)
class Needed:
    """Requests without which a pull would know less, and why."""

    requests: int
    what: str


def needed() -> tuple[Needed, ...]:
    """The least possible for this org, with our page sizes."""
    assigned = org.PEOPLE - org.UNASSIGNED
    sizes = [len(members) for _, members in org.build().groups.values()]
    named = org.PUSHED + org.ASSIGNED_GROUPS
    kandji = ceil(assigned / org.SCIM_USER_PAGE) + ceil(org.PUSHED / org.SCIM_GROUP_PAGE)
    return (
        Needed(1, "the app"),
        Needed(ceil(assigned / org.APP_USER_PAGE), "assigned people"),
        Needed(3, "assigned groups, push mappings, rules: a page each"),
        Needed(ceil(org.PUSHED / org.LIST_PAGE) + ceil(named / BATCH), "the app's groups by search, the others by id"),
        Needed(sum(ceil(size / org.MEMBER_PAGE) for size in sizes), "members"),
        Needed(kandji, "Kandji's users and groups"),
        Needed(7, "the probe of Kandji's SCIM server"),
        Needed(3, "features, connection and schema: provisioning switches and attributes, which no list tells"),
        Needed(2 + ceil(named / org.LOG_GROUPS), "the System Log: the app, leaving, each batch of groups"),
        Needed(org.UNASSIGNED, "who is found not to be assigned, asked for by id before it is told"),
        Needed(2, "one row after the end of each SCIM list: a total that stops short would hide the rest"),
    )


def rows() -> Iterator[Row]:
    """Measures everything, prints what lies behind the figures, and gives the rows of the table."""
    with tempfile.TemporaryDirectory() as folder, served(Path(folder)) as address:
        ours, floor, told = turns(Path(folder), address)
        rival = run([str(RIVAL), address, org.APP])
    check(rival, told)
    least = needed()
    made, possible = sum(told["asked"].values()), sum(one.requests for one in least)
    for one in least:
        print(f"{one.requests:5d}  {one.what}")
    print(f"{possible:5d}  in all; made: {made}")
    print(f"ours {ours['seconds']:.2f} s and {ours['megabytes']:.0f} MB, ", end="")
    print(f"floor {floor['seconds']:.2f} s for {floor['bytes'] / 1e6:.0f} MB of bodies, ", end="")
    print(f"rival {rival['seconds']:.2f} s and {rival['megabytes']:.0f} MB")
    yield Row(f"requests of a pull / least possible ({made} / {possible})", made / possible, 1.0, "times")
    yield Row("answers 429 at rate_share 0.5", told["refused"], 0, "answers")
    yield Row("most of a rate limit used in a minute", 100 * max(told["most"].values()), 50, "percent")
    yield Row("our pull, join, checks, store / rival's pull", ours["seconds"] / rival["seconds"], 0.1, "times")
    yield Row("our pull, join, checks, store / the same bytes read", ours["seconds"] / floor["seconds"], 3.0, "times")
    yield Row("memory of a pull", ours["megabytes"], 200, "MB")


@contextmanager
def served(folder: Path) -> Iterator[str]:
    """The server with its pages in ``folder``; gives its address."""
    (folder / "pages").mkdir()
    command = [sys.executable, "-m", "tests.bench.server", str(folder / "pages")]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout is not None
            yield f"http://127.0.0.1:{int(process.stdout.readline())}"
        finally:
            process.kill()


def turns(folder: Path, address: str) -> tuple[Figures, Figures, dict[str, Any]]:
    """Ours and the floor by turns; what the server tells is of our last pull."""
    ours: list[Figures] = []
    floor: list[Figures] = []
    for number in range(ROUNDS):
        asked(address, "forget")
        place = folder / str(number)
        place.mkdir()
        (place / "config.toml").write_text(config(address), encoding="utf-8")
        ours.append(run(["-m", "tests.bench.ours", str(place)]))
        told = asked(address, "told")
        urls = [url for url, times in told["asked"].items() for _ in range(int(times))]
        floor.append(run(["-m", "tests.bench.floor", address], json.dumps(urls)))
    return middle(ours), middle(floor), told


def middle(figures: list[Figures]) -> Figures:
    """The median of each figure, but the most memory."""
    found = {name: median(one[name] for one in figures) for name in figures[0]}
    return found | {"megabytes": max(one["megabytes"] for one in figures)}


def check(rival: Figures, told: dict[str, Any]) -> None:
    """Raises unless the rival has read as much as there is, and we have asked for nothing that is not there, nor for
    less than there is."""
    assigned = org.PEOPLE - org.UNASSIGNED
    everything = {"app_users": assigned, "scim_users": assigned, "scim_groups": org.PUSHED}
    everything |= {"memberships": org.MEMBERSHIPS, "groups": 2 * org.PUSHED + org.ASSIGNED_GROUPS}
    if any(rival[name] != count for name, count in everything.items()) or told["unknown"]:
        raise RuntimeError(f"this is no fair comparison: {rival}, {told['unknown']} requests for unknown pages")
    made, possible = sum(told["asked"].values()), sum(one.requests for one in needed())
    if made < possible:
        raise RuntimeError(f"this is no fair comparison: with {made} requests of {possible} we can't have read it all")


def run(arguments: list[str], given: str = "") -> Figures:
    """Runs a Python program to its end; the figures are the last line it prints."""
    environ = os.environ | ENVIRON | {"OKTA_TESTING_TESTINGDISABLEHTTPSCHECK": "true"}
    done = subprocess.run(
        [sys.executable, *arguments],
        input=given,
        env=environ,
        capture_output=True,
        text=True,
        timeout=SECONDS,
        check=False,
    )
    if done.returncode:
        raise RuntimeError(f"{' '.join(arguments)} ended with {done.returncode}: {done.stderr[-2000:]}")
    figures: Figures = json.loads(done.stdout.splitlines()[-1])
    return figures


def asked(address: str, word: str) -> dict[str, Any]:
    with urlopen(f"{address}/bench/{word}", timeout=SECONDS) as answer:  # noqa: S310 - loopback, our own server
        told: dict[str, Any] = json.load(answer)
        return told


def config(address: str) -> str:
    """``kind = "scim"``: the address is no Kandji tenant's, and its fixed budgets are not what is measured here."""
    return (
        f'[okta]\norg_url = "{address}"\napp_id = "{org.APP}"\ntoken = {{ env = "OKTA_API_TOKEN" }}\nrate_share = 0.5\n'
        f'[kandji]\nkind = "scim"\nscim_url = "{address}{org.SCIM}"\ntoken = {{ env = "KANDJI_SCIM_TOKEN" }}\n'
        '[store]\npath = "reconciler.db"\n'
    )
