"""A small company as a snapshot, runs and judgements to store, and random ones for properties."""

from __future__ import annotations

import random
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from operator import attrgetter
from pathlib import Path
from types import NoneType, UnionType
from typing import Any, Literal, TypeVar, Union, get_args, get_origin

import msgspec
from hypothesis import strategies as st
from msgspec import Struct
from msgspec.structs import replace

from reconciler.findings import Fact, Finding, Judgement, PushedGroup, Stage, Subject
from reconciler.model import (
    App,
    AppGroup,
    AppUser,
    Capabilities,
    Device,
    Group,
    GroupMembers,
    KandjiSnapshot,
    KandjiUser,
    Mapping,
    Member,
    Note,
    OktaSnapshot,
    OktaUser,
    Rule,
    Run,
    ScimGroup,
    ScimSnapshot,
    ScimUser,
    Snapshot,
    Source,
)
from reconciler.store import Store
from reconciler.world import Settings

NOON = datetime(2026, 5, 3, 12, 0, tzinfo=UTC)


def company(people: int = 20, groups: int = 2) -> Snapshot:
    """A calm company: everybody assigned, provisioned and in every pushed group, on both sides."""
    numbers = range(people)
    return Snapshot(okta=_okta(numbers, range(groups)), scim=_scim(numbers, range(groups)), kandji=_kandji(numbers))


def _okta(numbers: Iterable[int], groups: Iterable[int]) -> OktaSnapshot:
    return OktaSnapshot(
        org_url="https://acme.okta.example",
        app=App(id="0oa1", name="acme_kandji_1", label="Kandji", status="ACTIVE", features=("GROUP_PUSH",)),
        users=tuple(OktaUser(id=f"00u{n:06}", status="ACTIVE", login=f"p{n}@acme.example") for n in numbers),
        app_users=tuple(
            AppUser(
                id=f"00u{n:06}",
                status="PROVISIONED",
                external_id=f"k{n:06}",
                created=NOON,
                profile=(("department", None), ("title", "Engineer")),
            )
            for n in numbers
        ),
        app_groups=(AppGroup(id="00g0", priority=0),),
        mappings=tuple(
            Mapping(id=f"gPm{g}", source_group_id=f"00g{g}", target_group_id=f"00gt{g}", status="ACTIVE")
            for g in groups
        ),
        rules=(Rule(id="0pr1", name="Everybody", status="ACTIVE", target_group_ids=("00g0",)),),
        groups=tuple(Group(id=f"00g{g}", name=f"Team {g}", type="OKTA_GROUP", has_admin_role=False) for g in groups),
        invisible_group_ids=("00gx",),
        members=tuple(
            GroupMembers(
                group_id=f"00g{g}",
                members=tuple(Member(user_id=f"00u{n:06}", rule_ids=("0pr1",)) for n in numbers),
            )
            for g in groups
        ),
    )


def _scim(numbers: Iterable[int], groups: Iterable[int]) -> ScimSnapshot:
    return ScimSnapshot(
        base_url="https://acme.api.kandji.example/api/v1/scim",
        capabilities=Capabilities(paging_honoured=True, page_cap=100),
        users=tuple(ScimUser(id=f"k{n:06}", user_name=f"p{n}@acme.example", active=True) for n in numbers),
        groups=tuple(
            ScimGroup(id=f"kg{g}", display_name=f"Team {g}", member_ids=tuple(f"k{n:06}" for n in numbers))
            for g in groups
        ),
    )


def _kandji(numbers: Iterable[int]) -> KandjiSnapshot:
    return KandjiSnapshot(
        api_url="https://acme.api.kandji.example",
        users=tuple(KandjiUser(id=f"r{n}", old_id=str(n), active=True) for n in numbers),
        devices=(Device(id="d1", name="Mac", user_id="r0"),),
    )


def finding(
    name: str,
    *,
    settling: bool = False,
    kind: str = "member-missing",
    sentence: str | None = None,
    accepted: str | None = None,
) -> Finding:
    return Finding(
        kind=kind,
        severity="high",
        subject=Subject(type="person", key=f"user:{name}", name=f"{name}@acme.example"),
        sentence=sentence or f"{name} is missing",
        person=f"{name}@acme.example",
        groups=(("00g0", "Team 0"),),
        people=(f"user:{name}",),
        evidence=(Fact(side="okta", label="status", value="ACTIVE", good=True),),
        youngest=NOON,
        explains=("member-extra",),
        explains_by="people",
        settling=settling,
        accepted=accepted,
    )


def judgement(*findings: Finding, skipped: tuple[str, ...] = (), kandji_group: str | None = "kg0") -> Judgement:
    return Judgement(
        findings=findings,
        notes=(Note(kind="check-skipped", about="group-unmanaged", reason="switched off"),),
        stages=(
            Stage(name="Pushed", people=20, leaks=(("member-missing", "missing", 1),)),
            Stage(name="In", people=19),
        ),
        groups=(
            PushedGroup(
                group_id="00g0",
                mapping_id="gPm0",
                name="Team 0",
                target_name="Team 0",
                kandji_group_id=kandji_group,
                status="ACTIVE",
                error=None,
                last_push=NOON,
                members=20,
                should=20,
                in_step=19,
                missing=1,
                not_assigned=0,
                stuck=0,
                extra=0,
            ),
        ),
        outside_scope=3,
        skipped=skipped,
    )


def run_at(hour: int = 0, state: str = "drift") -> Run:
    started = NOON + timedelta(hours=hour)
    return Run(
        id=0,
        started=started,
        finished=started + timedelta(minutes=2),
        state=state,
        sentence="1 person never arrived",
        version="1.0.0",
        config_digest="c0ffee",
        command_line="reconciler run",
        display=(("title", "acme"), ("admin_url", "https://acme-admin.okta.example")),
        reason=None if state in ("drift", "in-step") else "scim.users: 502",
    )


def sources(hour: int = 0) -> tuple[Source, ...]:
    began = NOON + timedelta(hours=hour)
    return (
        Source(name="okta.app_users", state="complete", rows=20, pages=1, requests=1, began=began, how_known="no next"),
        Source(name="okta.features", state="refused", required=False, reason="403"),
    )


@contextmanager
def hasty() -> Iterator[Store]:
    """A store for properties with many examples: in a folder of its own, and without waiting for the disk."""
    with tempfile.TemporaryDirectory() as folder, Store.open(Path(folder, "reconciler.db")) as store:
        store.db.execute("PRAGMA synchronous = OFF")
        yield store


def save(
    store: Store,
    hour: int = 0,
    *found: Finding,
    snapshot: Snapshot | None = None,
    skipped: tuple[str, ...] = (),
    settings: Settings | None = None,
) -> Run:
    """Stores a complete run."""
    return store.save(
        run_at(hour),
        sources=sources(hour),
        notes=(),
        snapshot=snapshot or company(),
        judgement=judgement(*found, skipped=skipped),
        settings=settings,
    )


def save_without_data(store: Store, hour: int = 0, state: str = "incomplete") -> Run:
    note = Note(kind="check-skipped", about="everything", reason="scim.users: 502")
    return store.save(run_at(hour, state), sources=sources(hour), notes=(note,), snapshot=None, judgement=None)


def shuffled(snapshot: Snapshot, seed: int) -> Snapshot:
    """The same told in another order."""
    shuffle = random.Random(seed)

    def mix(records: tuple[Any, ...]) -> tuple[Any, ...]:
        return tuple(shuffle.sample(records, len(records)))

    okta, scim = snapshot.okta, snapshot.scim
    return replace(
        snapshot,
        okta=replace(
            okta,
            users=mix(okta.users),
            app_users=mix(okta.app_users),
            members=mix(tuple(replace(group, members=mix(group.members)) for group in okta.members)),
        ),
        scim=replace(
            scim,
            users=mix(scim.users),
            groups=mix(tuple(replace(group, member_ids=mix(group.member_ids or ())) for group in scim.groups)),
        ),
    )


# --- Random values, made from the fields themselves, so that a new field is tried without being named here ----------

IDS = st.sampled_from(["", "a", "B", "ä", "名", "'\";--", "\x00", "10", "9"])
TEXTS = st.one_of(IDS, st.text(max_size=8))
TIMES = st.datetimes(min_value=datetime(1990, 1, 1), max_value=datetime(2090, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001 - the strategy adds the zone

Some = TypeVar("Some", bound=Struct)


def values(annotation: Any) -> st.SearchStrategy[Any]:
    origin, arguments = get_origin(annotation), get_args(annotation)
    if origin in (Union, UnionType):
        return st.one_of(*(values(argument) for argument in arguments))
    if origin is Literal:
        return st.sampled_from(arguments)
    if origin is tuple and len(arguments) == 2 and arguments[1] is Ellipsis:
        return st.lists(values(arguments[0]), max_size=3).map(tuple)
    if origin is tuple:
        return st.tuples(*(values(argument) for argument in arguments))
    if isinstance(annotation, type) and issubclass(annotation, Struct):
        return structs(annotation)
    return _PLAIN[annotation]


_PLAIN: dict[Any, st.SearchStrategy[Any]] = {
    str: TEXTS,
    bool: st.booleans(),
    int: st.integers(min_value=-(2**63), max_value=2**63 - 1),
    float: st.floats(allow_nan=False, allow_infinity=False),
    datetime: TIMES,
    date: st.dates(),
    NoneType: st.none(),
}


def structs(record: type[Some], **given: st.SearchStrategy[Any]) -> st.SearchStrategy[Some]:
    """Any value of a record: ids from few, so that several snapshots speak of the same ones; lists without twins."""
    fields = {}
    for field in msgspec.structs.fields(record):
        fields[field.name] = given[field.name] if field.name in given else _field(field.name, field.type)
    return st.builds(record, **fields)


def _field(name: str, annotation: Any) -> st.SearchStrategy[Any]:
    if name in ("id", "user_id", "group_id"):
        return IDS if annotation is str else st.one_of(st.none(), IDS)
    options = [option for option in get_args(annotation) if option is not NoneType] or [annotation]
    listed = get_args(annotation) if get_origin(annotation) is tuple else get_args(options[0])
    inner = listed[0] if listed else None
    key = _key_of(inner)
    if inner is None or key is None:
        return values(annotation)
    many = st.lists(structs(inner), max_size=4, unique_by=attrgetter(key)).map(tuple)
    return many if get_origin(annotation) is tuple else st.one_of(st.none(), many)


def _key_of(record: Any) -> str | None:
    if not isinstance(record, type) or not issubclass(record, Struct):
        return None
    names = (field.name for field in msgspec.structs.fields(record))
    return next((name for name in names if name in ("id", "user_id", "group_id")), None)


def snapshots() -> st.SearchStrategy[Snapshot]:
    return structs(Snapshot)
