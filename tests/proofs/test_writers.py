"""What ``apply`` is given by the wiring of a real configuration: who may write, and what is asked for to do so."""

from __future__ import annotations

import asyncio
import io
from collections.abc import Awaitable, Callable, Iterator
from pathlib import Path
from typing import Any, TypeVar

import httpx
import pytest

from reconciler.changes import AddToGroup, AssignGroup, Change, EditRule, Named, Repush, SetActive
from reconciler.config_file import load
from reconciler.directories.writers import Writers
from reconciler.errors import NotAllowed, WriteRefused
from reconciler.outside import Outside
from reconciler.secrets import Keeper
from reconciler.simulator import company as companies
from reconciler.simulator.company import Company
from reconciler.wiring import Wiring, needs, wired
from tests.proofs.harness import Installation, installed
from tests.proofs.service_app import SCOPES, become_service_app

T = TypeVar("T")


@pytest.fixture(scope="module")
def company() -> Company:
    return companies.build(5, people=30, groups=3, injections=("member-not-assigned",))


@pytest.fixture
def installation(company: Company, tmp_path: Path) -> Iterator[Installation]:
    with installed(company, tmp_path) as installation:
        yield installation


def with_wiring(installation: Installation, work: Callable[[Wiring], Awaitable[T]]) -> T:
    streams = (io.StringIO() for _ in range(3))
    outside = Outside(
        environ={},
        stdin=next(streams),
        stdout=next(streams),
        stderr=next(streams),
        clock=installation.time.now,
        sleep=installation.time.sleep,
        transport=lambda _: httpx.ASGITransport(app=installation.front),
    )
    loaded = load(installation.config, environ={})

    async def working() -> T:
        keeper = Keeper({}, installation.folder)
        async with wired(loaded, keeper, outside, waiting=lambda _: None) as wiring:
            return await work(wiring)

    return asyncio.run(working())


def addition(installation: Installation) -> AddToGroup:
    org = installation.company.org
    group = org.groups[next(iter(org.app.groups))]
    person = org.add_user(f"new{len(org.users)}@acme.example", "New", "Berg")
    return AddToGroup(group=Named(name=group.name, id=group.id), person=Named(name=person.login, id=person.id))


async def add(writers: Writers, change: AddToGroup) -> int:
    with writers.gate.opened(change):
        return (await writers.okta.add_member(change.group.id, change.person.id)).status


def test_live_reads_and_refuses_to_write_though_a_change_is_open(installation: Installation) -> None:
    change = addition(installation)

    async def work(wiring: Wiring) -> Any:
        writers = wiring.live()
        with pytest.raises(WriteRefused, match="only reads"):
            await add(writers, change)
        return await writers.okta.read_rules_of_member(change.group.id, change.person.id)

    assert with_wiring(installation, work) is None


def test_writers_write(installation: Installation) -> None:
    change = addition(installation)

    async def work(wiring: Wiring) -> Any:
        writers = wiring.writers()
        status = await add(writers, change)
        return status, await writers.okta.read_rules_of_member(change.group.id, change.person.id)

    assert with_wiring(installation, work) == (204, ())


@pytest.mark.parametrize("dpop", [False, pytest.param(True, marks=pytest.mark.prove)], ids=["bearer", "dpop"])
def test_write_scopes_are_asked_for_by_what_writes_alone(installation: Installation, dpop: bool) -> None:
    change = addition(installation)
    become_service_app(installation, dpop=dpop)

    async def work(wiring: Wiring) -> str:
        await wiring.live().okta.read_app()
        with pytest.raises(NotAllowed) as caught:
            await add(wiring.writers(changes=[change]), change)
        return dict(caught.value.facts)["scopes"]

    assert with_wiring(installation, work) == "okta.apps.read okta.groups.read okta.users.read okta.groups.manage"


def test_a_service_app_that_is_granted_them_writes(installation: Installation) -> None:
    change = addition(installation)
    become_service_app(installation, dpop=False, scopes=(*SCOPES, "okta.groups.manage"))
    assert with_wiring(installation, lambda wiring: add(wiring.writers(changes=[change]), change)) == 204


def test_what_changes_need_is_told_once_each() -> None:
    one = Named(name="one", id="00g1")
    asked: tuple[Change, ...] = (
        AddToGroup(group=one, person=one),
        AddToGroup(group=one, person=Named(name="two", id="00u2")),
        AssignGroup(group=one),
        Repush(mapping_id="gPm1", group=one, kandji_group=None),
        EditRule(rule=one, before="a", after="b"),
        SetActive(account=one, user_id=None, active=True),
    )
    told = [(scope, role.partition(",")[0].partition(":")[0]) for scope, role in needs(asked)]
    assert told == [
        ("okta.groups.manage", "the role Group Administrator"),
        ("okta.apps.manage", "the role Application Administrator"),
        ("okta.apps.manage okta.groups.manage", "the role Application Administrator"),
        ("okta.groups.manage", "the role Organizational Administrator or Super Administrator"),
        ("", "the SCIM token that Okta uses"),
    ]
