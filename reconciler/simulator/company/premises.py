"""Where a company is: its services, its time, its chances, and the book that is kept."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from datetime import datetime, timedelta
from random import Random
from typing import Any

from reconciler.simulator.clock import Clock
from reconciler.simulator.company.entries import Entry, Push
from reconciler.simulator.company.ink import Ink
from reconciler.simulator.company.ledger import Ledger
from reconciler.simulator.company.people import DOMAIN, Profile, draw
from reconciler.simulator.kandji.tenant import Tenant
from reconciler.simulator.kandji.tenant_rows import Device
from reconciler.simulator.org.org import Org
from reconciler.simulator.org.state import Group, GroupRule, Person, PushMapping
from reconciler.simulator.provisioner.provisioner import Provisioner

NAMES = frozenset({"login", "user_name"})
"""How the ledger speaks of a user name that differs: as Okta has it, or as Kandji has it."""
OPERATIONS = {
    "create": ("lookup", "create"),
    "update": ("update",),
    "deactivate": ("deactivate",),
    "push-members": ("push-members",),
}
"""What a deed that fails means to Okta's SCIM client."""


HISTORY = timedelta(days=35)


class Premises:
    """An org, its provisioner, a tenant, their shared clock, and the ledger of what was done.

    ``now`` is when it will be looked at; its clock begins HISTORY before. Further arguments are the tenant's:
    `ways`, or single switches of them. ``departments`` and ``by_hand`` are the groups that exist for the
    sake of Kandji, ``assignment`` is the group that the rule ``feeding`` fills, ``welcomes`` are further deeds for
    everybody who is hired, ``touched`` are people and mappings to whom something was done.
    """

    def __init__(self, seed: int, now: datetime, *, hostile: Sequence[str] = (), **tenant: Any) -> None:
        self.seed = seed
        self.now = now
        self.random = Random(f"company {seed}")
        self.ink = Ink(hostile)
        self.hostile = self.ink.hostile
        self.clock = Clock(now - HISTORY)
        self.org = Org(self.clock, seed, label=self.ink("app", "Kandji SCIM"))
        self.tenant = Tenant(self.clock, seed, **tenant)
        self.provisioner = Provisioner(self.org, self.tenant.client(), self.clock, self.tenant.token)
        self.ledger = Ledger(self.org.app.id, self.clock.now)
        self.ledger.ignored = frozenset(self.tenant.ways.ignored)
        self.ledger.cleans_references = self.tenant.ways.cleans_references
        self.people: dict[str, Person] = {}
        self.groups: dict[str, Group] = {}
        self.mappings: dict[str, PushMapping] = {}
        self.kandji_names: dict[str, str] = {}
        self.devices: dict[str, Device] = {}
        self.departments: dict[str, Group] = {}
        self.by_hand: list[Group] = []
        self.welcomes: list[Callable[[Person, Profile], None]] = []
        self.assignment: Group | None = None
        self.feeding: GroupRule | None = None
        self.touched: dict[str, None] = {}
        self.logins: set[str] = set()
        self._numbers = itertools.count(1)

    # --- chance

    def drawn(self, departments: Sequence[str]) -> Profile:
        """The next new person, of one of these departments."""
        return self.ink.profile(next(draw(self.random, departments, self.logins)))

    def number(self) -> int:
        """One more than the last."""
        return next(self._numbers)

    def login(self, plain: str) -> str:
        """A login nobody has, made of a plain name."""
        number = 1
        while (login := f"{plain}{number if number > 1 else ''}@{DOMAIN}") in self.logins:
            number += 1
        return login

    def pick(self, fit: Callable[[Entry], bool], count: int = 1) -> list[Person]:
        """So many people who fit, at random; every other time from those to whom something was done before.

        Raises LookupError if there are not enough of them.
        """
        fitting = [entry.id for entry in self.ledger.people.values() if fit(entry)]
        return [self.people[person] for person in self._some(fitting, count)]

    def pick_push(self, fit: Callable[[Push], bool], count: int = 1) -> list[Push]:
        """So many push mappings that fit, at random, likewise."""
        fitting = [push.mapping_id for push in self.ledger.pushes.values() if fit(push)]
        return [self.ledger.pushes[mapping] for mapping in self._some(fitting, count)]

    def _some(self, fitting: list[str], count: int) -> list[str]:
        if len(fitting) < count:
            raise LookupError(f"this company has no {count} that fit")
        again = [one for one in fitting if one in self.touched]
        pool = again if len(again) >= count and self.random.random() < 0.5 else fitting
        chosen = self.random.sample(pool, count)
        self.touched.update(dict.fromkeys(chosen))
        return chosen

    def entry(self, person: Person) -> Entry:
        """What the ledger knows of somebody."""
        return self.ledger.people[person.id]

    def sound(self, entry: Entry) -> bool:
        """Whether somebody is at work, assigned, provisioned and active in Kandji, and known there by their user name;
        not those with whom something else is wrong that any further deed would undo."""
        there = entry.must_be_in and entry.provisioned and entry.account == "active"
        return there and not entry.kept and not entry.differs & NAMES

    # --- time

    def settle(self) -> None:
        """Everything that lags comes to rest, in the org and in the ledger."""
        self.provisioner.settle()
        self.ledger.settle()

    def lose_pending(self) -> None:
        """An outage of Okta's own: rules and assignments come to rest, and what was to be sent then is never sent."""
        self.provisioner.drop_pending()
        self.ledger.dirty.clear()

    def wait(self, **span: float) -> None:
        """Time passes: ``wait(hours=3)``. Meanwhile everything that lags comes to rest, in the ledger too."""
        before = self.clock.now()
        self.settle()
        self.clock.advance(max(before + timedelta(**span) - self.clock.now(), timedelta(0)))

    @contextmanager
    def failing(self, operation: str, summary: str, who: Collection[str] | None = None) -> Iterator[None]:
        """While this lasts, Kandji answers create, update, deactivate or push-members (for these ids) with an error."""
        fault = self.provisioner.fail(OPERATIONS[operation], 503, self.ink("summary", summary), who=who)
        with self.ledger.failing(operation, who):
            yield
        self.provisioner.heal(fault)

    @contextmanager
    def outage(self) -> Iterator[None]:
        """A new SCIM token was made in Kandji, and Okta holds the dead one all the while."""
        self.tenant.rotate_token()
        with ExitStack() as failing:
            for operation in OPERATIONS:
                failing.enter_context(self.ledger.failing(operation, refused=True))
            yield
        self.provisioner.set_token(self.tenant.token)

    def lose_token(self) -> None:
        """A new SCIM token was made in Kandji, and nobody tells Okta."""
        self.tenant.rotate_token()
        for operation in OPERATIONS:
            self.ledger.fail(operation, refused=True)
