"""Thirty lived days of a company: working days, quiet weekends, incidents and mends, and a look at it every morning.

Who walks through the days is told when to look; what they see then is up to them. Simulated time ends at the moment for
which the company was made, after some hours in which nothing happened.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Literal

from reconciler.simulator.company import life
from reconciler.simulator.company.build import TRIES, rest
from reconciler.simulator.company.company import Company
from reconciler.simulator.company.incidents import BEFORE, PLOT
from reconciler.simulator.company.injections import carry_out

DAYS = 30
MORNING, WORK, NOON, AFTERNOON = time(6), time(7, 30), time(12), time(15)
"""When the company is looked at, when people come, when it is looked at again on busy days, and when harm is done."""
IN_OKTA = (
    "assignment-group-pushed",
    "group-feeds-no-assignment",
    "member-not-assigned",
    "mapping-error",
    "mapping-inactive",
    "left-still-active",
    "unassigned-still-active",
    "assignment-stuck",
)
IN_KANDJI = (
    "member-missing",
    "foreign-people",
    "unmanaged-in-kandji",
    "member-extra",
    "inactive-in-kandji",
    "attribute-differs",
    "missing-in-kandji",
    "group-not-pushed",
    "mapping-target-missing",
    "group-unmanaged",
)
"""What has gone wrong in the end, wherever the days before have left it undone."""
BY_AND_BY = (
    "push-group-not-covered",
    "assigned-directly",
    "rule-feeds-unassigned-group",
    "archived-with-device",
    "external-id-shared",
    "rule-excludes-member",
    "duplicate-in-kandji",
    "group-linked-wrong",
    "member-unknown",
    "group-name-taken",
    "device-on-other-account",
    "inactive-member-lingers",
    "mapping-stale",
)
"""What can go wrong on the last working days, one kind a day, and is noticed by nobody who could mend it."""
QUIET = timedelta(hours=2, minutes=5)
"""So long nothing happens before the end: longer than Okta may take for anything."""
LAST_DEEDS = timedelta(hours=1, minutes=35)
"""Room for what happens between the last morning and that."""
DAY = timedelta(days=1)
DOWN: dict[int, Literal["okta", "kandji"]] = {19: "kandji", 8: "okta"}
"""How many days before the last morning a service can't be reached in the morning, and which."""


@dataclass(frozen=True, kw_only=True)
class Look:
    """Now is the time to look at the company; `down` is the service that can't be reached just then."""

    at: datetime
    down: Literal["okta", "kandji"] | None = None


def lived(company: Company, days: int = DAYS, by_and_by: Sequence[str] = ()) -> Iterator[Look]:
    """The company's days one after another, with a look each morning, and at noon on busy days.

    On each of the last working days one kind of ``by_and_by`` goes wrong as well. The last look is not the end: some
    things happen after it, and then nothing until `company.now`.
    While a look is taken, the company's clock may move by minutes. Raises LookupError where a company is too small for
    what shall happen to it.
    """
    return _Days(company, days, by_and_by).walk()


class _Days:
    """A calendar, and on it the incidents that go on on each of its working days."""

    def __init__(self, company: Company, days: int, by_and_by: Sequence[str]) -> None:
        self.company = company
        self.by_and_by = by_and_by
        self.last = _last_morning(company.now)
        self.mornings = [self.last - back * DAY for back in range(days - 1, -1, -1)]
        self.working = [morning for morning in self.mornings[:-1] if morning.weekday() < 5]
        self.open: defaultdict[int, list[Iterator[int]]] = defaultdict(list)
        """Incidents that go on, by the number of working days that are left then; on the last morning it is 0."""

    def walk(self) -> Iterator[Look]:
        self._before()
        left = len(self.working)
        for morning in self.mornings[:-1]:
            self._until(morning)
            yield Look(at=morning, down=DOWN.get((self.last - morning).days))
            self._looked((self.last - morning).days)
            if morning in self.working:
                self._until(datetime.combine(morning, WORK, morning.tzinfo))
                if self._go_on(left) > 1:
                    self._until(datetime.combine(morning, NOON, morning.tzinfo))
                    yield Look(at=self.company.clock.now())
                    self._looked()
                self._work(morning, left)
                left -= 1
        self._until(self.last)
        yield Look(at=self.last)
        self._looked()
        self._end()

    def _looked(self, days_left: int = 0) -> None:
        """The company was looked at, unless a service was down."""
        if days_left not in DOWN:
            self.company.ledger.look()

    def _before(self) -> None:
        """What happened before the first look."""
        life.rename_team(self.company)
        life.pending(self.company)
        self.company.settle()
        for incident in BEFORE:
            self.company.wait(hours=self.company.random.randint(2, 9))
            self._advance(incident(self.company), len(self.working))

    def _work(self, morning: datetime, left: int) -> None:
        """A working day, new harm in the afternoon; on the last one, all that is still to go wrong in Okta."""
        afternoon = datetime.combine(morning, AFTERNOON, morning.tzinfo)
        life.work(self.company, afternoon)
        self.company.settle()
        life.hand_out_macs(self.company)
        self._until(afternoon)
        for begins, incident in PLOT:
            if begins == left:
                self.company.wait(minutes=self.company.random.randint(5, 40))
                self._advance(incident(self.company), left)
        if left <= len(self.by_and_by):
            self._go_wrong((self.by_and_by[-left],))
        if left == 1:
            self._go_wrong(IN_OKTA)

    def _end(self) -> None:
        """The last morning: in Kandji, all that is still to go wrong there."""
        self.company.wait(minutes=10)
        self._go_on(0)
        for _ in range(TRIES):
            self._go_wrong(IN_KANDJI)
        rest(self.company, QUIET)

    def _go_wrong(self, slugs: Iterable[str]) -> None:
        """Each kind of drift that is not to be found just now is caused."""
        for slug in slugs:
            if slug not in {row.kind for row in self.company.truth}:
                self.company.wait(minutes=self.company.random.randint(1, 3))
                carry_out(self.company, slug)

    def _go_on(self, left: int) -> int:
        """Incidents of earlier days go on. Returns how many."""
        due = self.open.pop(left, [])
        for incident in due:
            self.company.wait(minutes=self.company.random.randint(2, 15))
            self._advance(incident, left)
        return len(due)

    def _advance(self, incident: Iterator[int], left: int) -> None:
        for after in incident:
            self.open[left - after].append(incident)
            return
        self.company.settle()

    def _until(self, moment: datetime) -> None:
        """Time passes until then, if it has not come already."""
        self.company.settle()
        self.company.clock.advance(max(moment - self.company.clock.now(), timedelta(0)))


def _last_morning(now: datetime) -> datetime:
    """The last time to look in the morning that leaves enough of the day for what happens after it."""
    latest = now - QUIET - LAST_DEEDS
    morning = datetime.combine(latest, MORNING, latest.tzinfo)
    return morning if morning <= latest else morning - DAY
