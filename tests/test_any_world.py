"""What holds for any world, however odd: statuses nobody knows, nothing told, dangling ids, shared accounts."""

from __future__ import annotations

from collections import Counter
from datetime import datetime
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pyroaring import FrozenBitMap

from reconciler import checks, joining
from reconciler.findings import Finding
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
    LogEvent,
    Mapping,
    Member,
    Memory,
    OktaSnapshot,
    OktaUser,
    ScimGroup,
    ScimSnapshot,
    ScimUser,
    Snapshot,
    Target,
)
from reconciler.world import Settings, World
from tests.worlds import LONG_AGO, NOW, ago

LACKING = {"member-not-assigned", "assignment-stuck", "missing-in-kandji", "inactive-in-kandji"}
PEOPLE = ("u1", "u2", "u3", "u4", "u5", "u6")
ACCOUNTS = ("k1", "k2", "k3", "k4", "k5", "k6", "k7")
GROUPS = ("g1", "g2", "g3")
TARGETS = ("t1", "t2", "t3")
NAMES = ("ana", "ANA", "ben", "zoë", "zoë", "", "Ｂen")
FEATURES = ("PUSH_NEW_USERS", "GROUP_PUSH", "NEWS", "IMPORT_NEW_USERS", "EXCLUDE_USERNAME_UPDATE_ON_PROFILE_PUSH")
EVENTS = (
    "application.provision.user.push",
    "application.provision.user.push_profile",
    "application.provision.group_push.pushed",
    "application.integration.authentication_failure",
)
GROUP_NAMES = ("Sales", "SALES", "Design", "")

moments: st.SearchStrategy[datetime | None] = st.sampled_from(
    (None, LONG_AGO, ago(minutes=5), ago(minutes=90), ago(minutes=-600))
)
names = st.none() | st.sampled_from(NAMES)


def ids(pool: tuple[str, ...]) -> st.SearchStrategy[list[str]]:
    return st.lists(st.sampled_from(pool), unique=True)


def most(pool: tuple[str, ...]) -> st.SearchStrategy[list[str]]:
    """All but two at most."""
    return st.lists(st.sampled_from(pool), max_size=2).map(
        lambda left_out: [key for key in pool if key not in left_out]
    )


def mostly(usual: Any, *odd: Any) -> st.SearchStrategy[Any]:
    """The usual value in three draws of four."""
    return st.sampled_from((*[usual] * (3 * len(odd)), *odd))


def optional(pool: tuple[str, ...]) -> st.SearchStrategy[str | None]:
    return st.none() | st.sampled_from(pool)


@st.composite
def okta_users(draw: st.DrawFn) -> tuple[OktaUser, ...]:
    return tuple(
        OktaUser(
            id=key,
            status=draw(mostly("ACTIVE", "DEPROVISIONED", "SUSPENDED", "HIBERNATING", "")),
            login=draw(mostly(key, *NAMES)),
            email=draw(names),
            created=draw(mostly(LONG_AGO, None, ago(minutes=5))),
        )
        for key in draw(most(PEOPLE))
    )


@st.composite
def app_users(draw: st.DrawFn) -> tuple[AppUser, ...]:
    profiles = st.sampled_from(
        ((), (("title", None),), (("title", "Chief"), ("displayName", "Ana")), (("email", "x"),))
    )
    return tuple(
        AppUser(
            id=key,
            status=draw(mostly("ACTIVE", "STAGED", "PROVISIONED", "DEPROVISIONED", "SOMETHING")),
            external_id=draw(mostly(key.replace("u", "k"), *ACCOUNTS[:3], "k-gone", "", None)),
            user_name=draw(mostly(key, *NAMES, None)),
            scope=draw(mostly("GROUP", "USER", None)),
            sync_state=draw(mostly(None, "ERROR", "SYNCHRONIZED", "DREAMING")),
            status_changed=draw(mostly(LONG_AGO, None, ago(minutes=5))),
            profile=draw(profiles),
        )
        for key in draw(most(PEOPLE))
    )


@st.composite
def mappings(draw: st.DrawFn) -> tuple[Mapping, ...]:
    return tuple(
        Mapping(
            id=key,
            source_group_id=draw(mostly(key.replace("m", "g"), *GROUPS, "g-hidden")),
            target_group_id=draw(mostly(key.replace("m", "t"), *TARGETS, "t-hidden", None)),
            status=draw(mostly("ACTIVE", "INACTIVE", "ERROR", "DREAMING")),
            error_summary=draw(mostly(None, "HTTP 401", "HTTP 504")),
            last_push=draw(moments),
            last_updated=draw(moments),
        )
        for key in draw(most(("m1", "m2", "m3", "m4")))
    )


@st.composite
def events(draw: st.DrawFn) -> tuple[LogEvent, ...] | None:
    if draw(st.booleans()):
        return None
    return tuple(
        LogEvent(
            id=key,
            published=draw(st.sampled_from((LONG_AGO, ago(minutes=5), ago(minutes=90)))),
            type=draw(mostly(EVENTS[0], *EVENTS[1:], "dream")),
            outcome=draw(mostly("SUCCESS", "FAILURE", "DREAMING", None)),
            reason=draw(mostly(None, "HTTP 401")),
            targets=tuple(Target(type="User", id=user) for user in draw(ids(PEOPLE))),
        )
        for key in draw(ids(("e1", "e2", "e3")))
    )


@st.composite
def okta(draw: st.DrawFn) -> OktaSnapshot:
    groups = [
        Group(
            id=key, name=draw(mostly(key[1:], *GROUP_NAMES)), type="OKTA_GROUP", last_membership_updated=draw(moments)
        )
        for key in draw(most(GROUPS))
    ]
    groups += [Group(id=key, name=draw(mostly(key[1:], *GROUP_NAMES)), type="APP_GROUP") for key in draw(most(TARGETS))]
    features = st.lists(st.sampled_from(FEATURES), unique=True).map(tuple)
    return OktaSnapshot(
        org_url="",
        app=App(id="a", name="", label="", status=draw(mostly("ACTIVE", "INACTIVE", "")), features=draw(features)),
        users=draw(okta_users()),
        app_users=draw(app_users()),
        app_groups=tuple(AppGroup(id=key) for key in draw(ids(GROUPS))),
        mappings=draw(mappings()),
        rules=None,
        groups=tuple(groups),
        invisible_group_ids=(),
        members=tuple(
            GroupMembers(group_id=key, members=tuple(Member(user_id=user) for user in draw(most((*PEOPLE, "u-odd")))))
            for key in draw(most(GROUPS))
        ),
        absent_user_ids=tuple(draw(ids((*PEOPLE, "u-gone")))),
        looked_up_scim_ids=tuple(draw(most(ACCOUNTS))),
        events=draw(events()),
    )


@st.composite
def scim(draw: st.DrawFn) -> ScimSnapshot:
    held = ids((*ACCOUNTS, "k-gone")) | most(ACCOUNTS) | st.none()
    groups = [(key, draw(mostly(key[1:], *GROUP_NAMES, None)), draw(held)) for key in draw(most(("x1", "x2", "x3")))]
    return ScimSnapshot(
        base_url="",
        capabilities=Capabilities(),
        users=tuple(
            ScimUser(
                id=key,
                user_name=draw(mostly(key.replace("k", "u"), *NAMES, None)),
                active=draw(mostly(True, False, None)),
                external_id=draw(mostly(None, *PEOPLE, "u-gone")),
                email=draw(names),
                title=draw(names),
                created=draw(mostly(LONG_AGO, None, ago(minutes=5))),
            )
            for key in draw(most(ACCOUNTS))
        ),
        groups=tuple(
            ScimGroup(id=key, display_name=name, member_ids=None if members is None else tuple(members))
            for key, name, members in groups
        ),
        absent_user_ids=tuple(draw(most((*ACCOUNTS, "k-gone")))),
        absent_group_names=tuple(draw(most(("1", "2", "3", *GROUP_NAMES)))),
    )


@st.composite
def kandji(draw: st.DrawFn) -> KandjiSnapshot | None:
    if draw(st.booleans()):
        return None
    rows = tuple(
        KandjiUser(
            id=key,
            old_id=draw(optional(ACCOUNTS)),
            email=draw(names),
            integration_id=draw(optional(("i1", "i2"))),
            integration_name=draw(optional(("Okta", "Entra"))),
            device_count=draw(st.none() | st.integers(0, 2)),
            archived=draw(mostly(False, True, None)),
        )
        for key in draw(ids(ACCOUNTS))
    )
    devices = [Device(id=key, user_id=draw(optional((*ACCOUNTS, "nobody")))) for key in draw(ids(("d1", "d2", "d3")))]
    return KandjiSnapshot(api_url="", users=rows, devices=tuple(devices))


@st.composite
def memories(draw: st.DrawFn) -> Memory:
    return Memory(
        first=draw(st.booleans()),
        pointed=tuple((key, draw(optional((*PEOPLE, "u-gone")))) for key in draw(ids(ACCOUNTS))),
        learnt_groups=tuple((key, draw(optional(("x1", "x2", "x9")))) for key in draw(ids(("m1", "m2", "m3")))),
    )


snapshots = st.builds(Snapshot, okta=okta(), scim=scim(), kandji=kandji())
configured = st.builds(
    Settings,
    scope_groups=st.sampled_from(((), ("sales",), ("g1", "Design"), ("nowhere",))),
    names=st.sampled_from(((), (("Sales", "Design"),))),
    also_fed_by=st.sampled_from(((), ("a*",), ("Entra",))),
    off=st.sampled_from(((), ("left-still-active",))),
)


def _shuffled(value: Any, random: Any) -> Any:
    """The same value with every list of it in another order."""
    if not hasattr(value, "__struct_fields__"):
        return value
    fields: dict[str, Any] = {}
    for name in value.__struct_fields__:
        part = getattr(value, name)
        if isinstance(part, tuple):
            parts = [_shuffled(inner, random) for inner in part]
            random.shuffle(parts)
            part = tuple(parts)
        fields[name] = _shuffled(part, random)
    return type(value)(**fields)


worlds = given(snapshot=snapshots, before=memories(), chosen=configured)
thorough = settings(
    max_examples=125, derandomize=True, deadline=None, database=None, suppress_health_check=[HealthCheck.too_slow]
)


def join(snapshot: Snapshot, before: Memory, chosen: Settings) -> World:
    return joining.join(snapshot, before=before, settings=chosen, now=NOW)


@thorough
@worlds
def test_every_finding_of_any_world_has_an_id_of_its_own_and_a_person_that_exists(
    snapshot: Snapshot, before: Memory, chosen: Settings
) -> None:
    world = join(snapshot, before, chosen)
    told = [finding for check in checks.CHECKS for finding in check.find(world) if isinstance(finding, Finding)]
    people = [person.key for person in world.people]
    assert [key for key, times in Counter(people).items() if times > 1] == []
    in_groups = {"member-missing", "member-extra"}  # one group may be pushed twice, and is one group all the same
    assert [key for key, times in Counter(f.id for f in told if f.kind not in in_groups).items() if times > 1] == []
    judged = checks.run(world).findings
    assert len({finding.id for finding in judged}) == len(judged)
    assert {key for finding in judged for key in finding.people} <= set(people)
    assert {finding.cause for finding in judged} <= {finding.id for finding in judged} | {None}


@thorough
@given(snapshot=snapshots, before=memories(), chosen=configured, random=st.randoms(use_true_random=False))
def test_the_judgement_does_not_depend_on_the_order_of_any_list(
    snapshot: Snapshot, before: Memory, chosen: Settings, random: Any
) -> None:
    expected = checks.run(join(snapshot, before, chosen))
    judged = checks.run(join(_shuffled(snapshot, random), before, chosen))
    assert judged == expected


@thorough
@worlds
def test_whoever_lacks_something_is_told_at_the_first_broken_link_only(
    snapshot: Snapshot, before: Memory, chosen: Settings
) -> None:
    world = join(snapshot, before, chosen)
    lacking: dict[str, set[str]] = {}
    for finding in checks.run(world).findings:
        if finding.kind in LACKING | {"member-missing"}:
            lacking.setdefault(finding.people[0], set()).add(finding.kind)
    assert {key: kinds for key, kinds in lacking.items() if len(kinds) > 1} == {}


@thorough
@worlds
def test_a_chain_has_one_broken_link_at_most_and_agrees_with_the_findings(
    snapshot: Snapshot, before: Memory, chosen: Settings
) -> None:
    world = join(snapshot, before, chosen)
    first = {
        "member-not-assigned": "assigned to the app",
        "assignment-stuck": "provisioned",
        "missing-in-kandji": "present in Kandji",
        "inactive-in-kandji": "active in Kandji",
        "member-missing": "in the Kandji group",
    }
    for finding in checks.run(world).findings:
        broken = [fact.label for fact in finding.evidence if fact.side == "chain" and fact.good is False]
        if finding.kind in first and finding.groups:
            assert broken == [first[finding.kind]]


@thorough
@worlds
def test_nobody_who_is_entitled_is_ever_told_to_be_too_much(
    snapshot: Snapshot, before: Memory, chosen: Settings
) -> None:
    world = join(snapshot, before, chosen)
    for push in world.pushes:
        entitled = (world.members(push.group_id) & world.assigned & world.must_be_in) | world.may_be_in
        assert not world.surplus(push) & entitled
        assert not world.lacking(push) - world.should(push)
        assert not world.lacking(push) & world.surplus(push)


@settings(thorough, max_examples=40)
@given(snapshot=snapshots, before=memories(), chosen=configured, random=st.randoms(use_true_random=False))
def test_what_is_offered_for_any_finding_is_a_way_or_a_reason_whatever_the_order_of_any_list(
    snapshot: Snapshot, before: Memory, chosen: Settings, random: Any
) -> None:
    world, other = join(snapshot, before, chosen), join(_shuffled(snapshot, random), before, chosen)
    for finding in checks.run(world).findings:
        if finding.kind in checks.FIXES:
            fix = checks.FIXES[finding.kind]
            offered = fix(finding, world)
            assert bool(offered.ways) is not bool(offered.why)
            assert fix(finding, other) == offered
            for effect in (effect for way in offered.ways for effect in way.effects):
                assert not effect.removes & (effect.expected or FrozenBitMap())
