"""Weather between a client and the services: rules that say which requests meet which fault.

>>> storm = Weather(Rule(answer_lost(), methods=("POST",), nth=(2,)), Rule(gateway_error(503), chance=0.05), seed=7)
... # doctest: +SKIP
>>> httpx.AsyncClient(transport=in_memory(okta, kandji, storm))  # doctest: +SKIP
>>> serve(okta, kandji, meddling=storm)                          # doctest: +SKIP
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass
from random import Random

from reconciler.simulator.between import Asked, Fault
from reconciler.simulator.faults import gateway_error


@dataclass(frozen=True, kw_only=True)
class Rule:
    """Requests, and the fault that they meet.

    ``methods``: of these (none named: of any). ``where``: a regular expression, searched for in the URL. ``nth``: of
    those requests, the first, third, … by the numbers given (none: each). ``chance``: of those, each with this
    probability. ``most``: so many in all (None: without end).
    """

    fault: Fault
    methods: tuple[str, ...] = ()
    where: str = ""
    nth: tuple[int, ...] = ()
    chance: float = 1.0
    most: int | None = None

    def fits(self, asked: Asked) -> bool:
        """Whether the rule speaks of such a request at all."""
        return (not self.methods or asked.method in self.methods) and re.search(self.where, asked.url) is not None


class Weather:
    """A meddling made of rules: the first that a request meets applies. Every rule counts every request that fits it.

    Chance is by seed, rule and request, not by the order in which requests come: two runs of a client that asks several
    things at a time have the same weather. ``met`` tells what happened so far: the request, and the rule's position.
    """

    def __init__(self, *rules: Rule, seed: int = 0) -> None:
        self.rules = rules
        self.seed = seed
        self.met: list[tuple[Asked, int]] = []
        self._seen: Counter[int] = Counter()
        self._done: Counter[int] = Counter()

    def __call__(self, asked: Asked) -> Fault | None:
        fitting = [number for number, rule in enumerate(self.rules) if rule.fits(asked)]
        self._seen.update(fitting)
        for number in fitting:
            if self._meets(number, asked):
                self._done[number] += 1
                self.met.append((asked, number))
                return self.rules[number].fault
        return None

    def _meets(self, number: int, asked: Asked) -> bool:
        rule = self.rules[number]
        if rule.most is not None and self._done[number] >= rule.most:
            return False
        luck = Random(f"{self.seed} {number} {asked.method} {asked.url} {asked.occurrence}").random()
        return (not rule.nth or self._seen[number] in rule.nth) and luck < rule.chance


def outage(address: str) -> Weather:
    """A service whose gateway answers every request with 503; `address` is its base URL."""
    return Weather(Rule(fault=gateway_error(503), where=f"^{re.escape(address)}/"))
