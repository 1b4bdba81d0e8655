"""The least that this pull can cost: ``python -m tests.bench.floor ADDRESS < URLS`` reads and decodes the same bytes.

httpx, six requests at once, as our reader sends them; msgspec into plain objects, since that is what reading JSON means
where nobody has said yet which fields matter. Nothing is kept, compared or written.
"""

from __future__ import annotations

import asyncio
import json
import sys
from collections.abc import Iterator

import httpx
import msgspec

from tests.bench import cost

AT_ONCE = 6


async def read(client: httpx.AsyncClient, urls: Iterator[str]) -> int:
    size = 0
    for url in urls:
        answer = await client.get(url)
        if answer.status_code != httpx.codes.NOT_FOUND:  # which is what is told of somebody who is not assigned
            answer.raise_for_status()
        msgspec.json.decode(answer.content)
        size += len(answer.content)
    return size


async def main(address: str, urls: list[str]) -> int:
    async with httpx.AsyncClient(base_url=address, trust_env=False) as client:
        waiting = iter(urls)
        return sum(await asyncio.gather(*(read(client, waiting) for _ in range(AT_ONCE))))


if __name__ == "__main__":
    urls = json.load(sys.stdin)
    before = cost.seconds()
    size = asyncio.run(main(sys.argv[1], urls))
    cost.tell(seconds=cost.seconds() - before, megabytes=cost.megabytes(), bytes=size)
