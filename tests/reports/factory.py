"""Reports as a tenant would give them: the same ones every time, without a clock and without chance."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from typing import Literal
from uuid import UUID

from msgspec.structs import replace

from reconciler.findings import (
    SEVERITIES,
    Acceptance,
    Accepted,
    Fact,
    Finding,
    Foreseen,
    Life,
    PushedGroup,
    RuleLine,
    Severity,
    Stage,
    Standing,
    Subject,
    TrendPoint,
    finding_id,
)
from reconciler.model import Note, Run, Source
from reports.report import SCHEMA_VERSION, Counts, Report, Row, Tile, mendable
from tests.reports.kinds import KINDS

NOW = datetime(2026, 11, 23, 6, 2, 11, tzinfo=UTC)
KIND = {kind.slug: kind for kind in KINDS}
_FIRST = "Ana Björn Fatima Hiro Dmitri Nia Zoë Kai Lena Omar Priya Søren Tomás Yuki Ivy Łukasz Maya Noor Paul Quinn"
_LAST = "Dubois Müller O'Neil Rossi Nakamura Brown Okafor Silva Haddad Novak Berg Costa Ivanov Kim Lopez Meyer"
_TEAMS = "Sales Engineering Legal Finance Design Support Marketing Ops-iOS Contractors People Security Data"
FIRST, LAST, TEAMS = _FIRST.split(), _LAST.split(), _TEAMS.split()


def token(seed: str, length: int) -> str:
    """Letters and digits that look like an id, made of ``seed`` alone."""
    alphabet = "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
    return "".join(alphabet[byte % 62] for byte in sha256(seed.encode()).digest()[:length])


def okta_id(number: int) -> str:
    return "00u" + token(f"user {number}", 17)


def scim_id(number: int) -> str:
    return str(UUID(bytes=sha256(f"scim {number}".encode()).digest()[:16]))


def person(number: int) -> str:
    first, last = FIRST[number % len(FIRST)], LAST[number // len(FIRST) % len(LAST)]
    plain = f"{first}.{last}".lower().replace("'", "").replace(" ", "")
    return f"{plain}{number}@acme.example"


def full_name(number: int) -> str:
    return f"{FIRST[number % len(FIRST)]} {LAST[number // len(FIRST) % len(LAST)]}"


def group(number: int) -> tuple[str, str]:
    team, wave = TEAMS[number % len(TEAMS)], number // len(TEAMS)
    return "00g" + token(f"group {number}", 17), f"kandji-{team.lower()}" + (f"-{wave}" if wave else "")


def run(
    number: int = 41,
    state: str = "drift",
    sentence: str = "",
    *,
    ago: timedelta = timedelta(),
    reason: str | None = None,
) -> Run:
    return Run(
        id=number,
        started=NOW - ago - timedelta(minutes=2, seconds=9),
        finished=NOW - ago,
        state=state,
        sentence=sentence,
        version="0.1.0",
        config_digest="sha256:9f31c0de",
        command_line="reconciler run --config config.toml",
        display=(("title", "acme.okta.com → acme.api.kandji.io"),),
        data_digest=f"sha256:{token(str(number), 12)}" if state in ("in-step", "drift") else None,
        reason=reason,
        exit_code=0 if state in ("in-step", "drift") else 5,
    )


def _evidence(slug: str, number: int, name: str, team: str) -> tuple[Fact, ...]:
    left = slug == "left-still-active"
    assigned = slug not in ("member-not-assigned", "left-still-active")
    there = slug not in ("member-not-assigned", "assignment-stuck")
    okta = [
        Fact(side="okta", label="Person", value=f"{full_name(number)} · {name}"),
        Fact(side="okta", label="Status", value="DEPROVISIONED" if left else "ACTIVE", good=not left),
        Fact(side="okta", label="Assigned to the app", value="yes, by group" if assigned else "no", good=assigned),
        Fact(side="okta", label="External id", value=scim_id(number) if there else "none", good=there),
    ]
    kandji = [
        Fact(side="kandji", label="User name", value=name if there else "not there"),
        Fact(side="kandji", label="Active", value="yes" if there else "–", good=(not left) if there else None),
    ]
    links = [
        "member of the Okta group",
        "must be in",
        "assigned",
        "provisioned",
        "present",
        "active",
        "mapping healthy",
    ]
    status = "DEPROVISIONED" if left else "ACTIVE"
    told = [team, status, "by group kandji-all" if assigned else "no", scim_id(number), "", "yes", "ACTIVE", "no"]
    broken = {"left-still-active": 1, "member-not-assigned": 2, "assignment-stuck": 3, "member-missing": 7}.get(slug, 8)
    chain = [
        Fact(
            side="chain",
            label=link,
            value=value if at <= broken else "",
            good=True if at < broken else False if at == broken else None,
        )
        for at, (link, value) in enumerate(zip([*links, "member of the Kandji group"], told, strict=True))
    ]
    seen = Fact(side="run", label="Read at", value="2026-11-23 06:01 UTC")
    return (*okta, *kandji, *chain, seen)


SENTENCES = {
    "member-not-assigned": "{name} is in {group}, but not assigned to the app",
    "left-still-active": "{name} left (DEPROVISIONED in Okta), but is still active in Kandji",
    "assignment-stuck": "{name} is assigned, but never arrived in Kandji",
    "unmanaged-in-kandji": "{name} is active in Kandji, but found nowhere in Okta",
    "attribute-differs": "{name}: title and department differ",
    "member-missing": "{name} is missing from {group} in Kandji",
    "member-extra": "{name} is in {group} in Kandji, but should not be",
}
ROTA = ("member-not-assigned",) * 6 + (
    "attribute-differs",
    "member-missing",
    "attribute-differs",
    "assignment-stuck",
    "member-extra",
    "member-missing",
    "unmanaged-in-kandji",
)


def person_finding(slug: str, number: int, *, cause: str | None = None) -> Finding:
    name = f"old-{person(number)}" if slug == "unmanaged-in-kandji" else person(number)
    at = group(0 if cause else number % 29)
    whose = f"account:{scim_id(number)}" if slug == "unmanaged-in-kandji" else f"user:{okta_id(number)}"
    both = slug in ("member-missing", "member-extra")
    grouped = both or slug == "member-not-assigned"
    return Finding(
        kind=slug,
        severity=KIND[slug].severity,
        subject=Subject(
            type="group and person" if both else "person", key=f"group:{at[0]} {whose}" if both else whose, name=name
        ),
        sentence=SENTENCES[slug].format(name=name, group=at[1]),
        person=name,
        groups=(at,) if grouped else (),
        people=(whose,),
        evidence=_evidence(slug, number, name, at[1]),
        cause=cause,
    )


def group_finding(slug: str, number: int, people: tuple[str, ...] = ()) -> Finding:
    group_id, name = group(number)
    key, kind = {
        "group-feeds-no-assignment": (f"group:{group_id}", "group"),
        "mapping-error": (f"mapping:gPm{token(group_id, 14)}", "mapping"),
        "group-unmanaged": (f"kandji-group:{scim_id(900_000 + number)}", "kandji group"),
    }[slug]
    sentence = {
        "group-feeds-no-assignment": f"{name}: {len(people):,} people are not assigned to the app",
        "mapping-error": f"{name}: the push failed with “Duplicate group name”",
        "group-unmanaged": f"{name} exists in Kandji, but nothing pushes it",
    }[slug]
    return Finding(
        kind=slug,
        severity=KIND[slug].severity,
        subject=Subject(type=kind, key=key, name=name),  # type: ignore[arg-type] # three of the literals
        sentence=sentence,
        groups=((group_id, name),),
        people=people,
        evidence=(
            Fact(side="okta", label="Mapping", value="ERROR" if slug == "mapping-error" else "ACTIVE"),
            Fact(side="okta", label="Last push", value="2026-11-21 17:40 UTC"),
            Fact(side="kandji", label="Members", value="74"),
        ),
        confirm="Is it meant that half of the group stays out?" if slug == "group-feeds-no-assignment" else None,
    )


def life(number: int, state: str = "open") -> Life:
    since = NOW if state in ("new", "settling") else NOW - timedelta(minutes=7 + number * 433 % 80_000)
    return Life(
        first_seen=since,
        last_seen=NOW,
        first_run=41 if state == "new" else max(1, 41 - number % 40),
        times_seen=1 if state == "new" else 1 + number % 40,
        state=state,  # type: ignore[arg-type] # callers give one of the literals
        fixed_run=41 if state == "fixed" else None,
        times_fixed=3 if state == "back again" else 0,
    )


RULES = (
    RuleLine(
        rule_id="0pr1",
        name="Kandji: everybody of the push groups",
        status="ACTIVE",
        words="people in kandji-sales or Design, unless their type is contractor",
        targets=(("00gassigned", "kandji_apple_users"),),
        covers=(group(0),),
        covers_if=((*group(1), "their type is not contractor"),),
        misses=(group(2), group(3)),
    ),
    RuleLine(
        rule_id="0pr2",
        name="Pilot",
        status="INVALID",
        words="people in a group that is not visible",
        targets=(("00gassigned", "kandji_apple_users"),),
        misses=(group(2),),
        trouble="INVALID: a group it names is gone",
    ),
)
COVERAGE = {
    0: "covered by Kandji: everybody of the push groups",
    1: "covered if their type is not contractor",
    2: "no rule brings its people",
    3: "no rule brings its people",
}
ACCEPTANCES = (
    Acceptance(
        id="A-00000001",
        reason="Their Macs arrive in January",
        owner="IT operations",
        until=NOW.date() + timedelta(days=9),
        made=NOW - timedelta(days=20),
        made_by="admin",
        kind="member-*",
    ),
    Acceptance(
        id="A-00000002", reason="Pilot", owner="IT operations", until=NOW.date() - timedelta(days=3), group="Pilot*"
    ),
    Acceptance(
        id="A-00000003",
        reason="A contractor of ours",
        owner="Security",
        until=NOW.date() + timedelta(days=200),
        person="*@partner.example",
    ),
)


def foreseen(finding: Finding, number: int) -> Foreseen | None:
    """What a plan would do about it: every third is mended, withheld, left to a person's hands."""
    if finding.settling or finding.accepted:
        return None
    name = finding.person or finding.subject.name
    told = {
        "planned": f"put {name} into kandji_apple_users",
        "withheld": f"push {finding.groups[0][1] if finding.groups else name} again: 21 people would go, 3 may: "
        f"{person(7)}, {full_name(8)} and 19 more",
        "by hand": "this program only tells it",
    }
    outcome: Literal["planned", "withheld", "by hand"] = ("planned", "withheld", "by hand")[number % 3]  # type: ignore[assignment]
    return Foreseen(
        finding=finding.id,
        outcome=outcome,
        words=told[outcome],
        change=None if outcome == "by hand" else f"C-{token(finding.id, 12)}",
        names=() if outcome == "by hand" else (name, "kandji_apple_users", full_name(8)),
    )


def accepted(given: tuple[Row, ...]) -> tuple[Accepted, ...]:
    """One in force that ends soon, one that has expired, one that matches nothing."""
    under = sum(row.life.state == "accepted" for row in given)
    return tuple(
        Accepted(acceptance=one, findings=size, expired=one.until < NOW.date())
        for one, size in zip(ACCEPTANCES, (under, 2 if given else 0, 0), strict=True)
    )


def rows(size: int) -> tuple[Row, ...]:
    """``size`` findings: two causes and what they explain, leavers, the rest of the rota, some settling."""
    if size == 0:
        return ()
    leavers = [person_finding("left-still-active", n) for n in range(min(size, 2 + size // 400))]
    found: list[Finding] = leavers[:size]
    explained = (size - len(found)) * 2 // 5 if size >= 10 else 0
    if explained:
        cause = finding_id("group-feeds-no-assignment", f"group:{group(0)[0]}")
        folded = [person_finding("member-not-assigned", n, cause=cause) for n in range(1000, 1000 + explained)]
        found.insert(0, group_finding("group-feeds-no-assignment", 0, tuple(f.people[0] for f in folded)))
        found.insert(1, group_finding("mapping-error", 2))
        found += folded
        found.append(group_finding("group-unmanaged", 31))
    rest = size - len(found)
    found += [person_finding(ROTA[n % len(ROTA)], 2_000_000 + n) for n in range(rest)]
    lived = ("open",) * 16 + ("new", "back again", "settling", "accepted")
    counted = Counter(f.cause for at, f in enumerate(found) if lived[at % len(lived)] not in ("settling", "accepted"))
    made = tuple(
        Row(
            finding=replace(finding, settling=True, youngest=NOW - timedelta(minutes=12 + at % 30))
            if (state := lived[at % len(lived)]) == "settling"
            else replace(finding, accepted=ACCEPTANCES[0].id if state == "accepted" else None),
            life=life(at, state),
            explains=counted[finding.id],
            explains_people=counted[finding.id],
        )
        for at, finding in enumerate(found)
    )
    made = tuple(replace(row, foreseen=foreseen(row.finding, at)) for at, row in enumerate(made))
    return tuple(sorted(made, key=lambda row: (not row.explains, SEVERITIES.index(row.finding.severity))))


def tiles(given: tuple[Row, ...], *, baseline: bool = False) -> tuple[Tile, ...]:
    by = Counter(row.finding.severity for row in given if row.life.stands)
    change: dict[Severity, int] = (
        {"critical": 1, "high": -2, "medium": 0, "low": 10} if given else dict.fromkeys(SEVERITIES, -1)
    )
    return tuple(Tile(severity=s, count=by[s], change=None if baseline else change[s]) for s in change)


def groups(size: int = 12) -> tuple[PushedGroup, ...]:
    return tuple(
        PushedGroup(
            group_id=group(n)[0],
            mapping_id=f"gPm{token(group(n)[0], 14)}",
            name=group(n)[1],
            target_name=group(n)[1] if n != 5 else "Support (EMEA)",
            kandji_group_id=scim_id(900_000 + n),
            status="ERROR" if n == 2 else "INACTIVE" if n == 8 else "ACTIVE",
            error="Duplicate group name" if n == 2 else None,
            last_push=None if n == 7 else NOW - timedelta(hours=3 + n * 17),
            members=40 + n * 57 % 700,
            should=38 + n * 57 % 700,
            in_step=38 + n * 57 % 700 - (n % 4 * 3 + (14 if n == 2 else 0) + (20 if n == 0 else 0)),
            missing=n % 4 + (14 if n == 2 else 0),
            not_assigned=n % 4 + (20 if n == 0 else 0),
            stuck=n % 4,
            extra=1 if n % 5 == 1 else 0,
            coverage=COVERAGE.get(n),
        )
        for n in range(size)
    )


STAGES = (
    Stage(name="In a pushed Okta group", people=4_812, leaks=(("member-not-assigned", "not assigned to the app", 32),)),
    Stage(name="Assigned to the app", people=4_780, leaks=(("assignment-stuck", "never arrived in Kandji", 5),)),
    Stage(
        name="In Kandji",
        people=4_775,
        leaks=(("missing-in-kandji", "deleted in Kandji", 2), ("inactive-in-kandji", "inactive in Kandji", 1)),
    ),
    Stage(name="Active in Kandji", people=4_772, leaks=(("member-missing", "missing from a group in Kandji", 73),)),
    Stage(name="In every group they should be in", people=4_699),
)

CALM = tuple(replace(stage, people=4_812, leaks=()) for stage in STAGES)


def calm_groups() -> tuple[PushedGroup, ...]:
    return tuple(
        replace(group, status="ACTIVE", error=None, in_step=group.should, missing=0, not_assigned=0, stuck=0, extra=0)
        for group in groups()
    )


def sources(broken: bool = False) -> tuple[Source, ...]:
    def one(name: str, rows: int, pages: int, how: str, **more: object) -> Source:
        began = NOW - timedelta(minutes=2)
        fields: dict[str, object] = {"state": "complete", "began": began, "ended": began + timedelta(seconds=9)} | more
        return Source(name=name, rows=rows, pages=pages, requests=pages, how_known=how, **fields)  # type: ignore[arg-type]

    lost = {"state": "incomplete", "reason": "page 3 of 10 did not arrive (503, six attempts)"} if broken else {}
    return (
        one("okta.app", 1, 1, "one object"),
        one("okta.app_users", 4_790, 10, "last page without a next link", **lost),
        one("okta.app_groups", 1, 1, "last page without a next link"),
        one("okta.mappings", 12, 1, "last page without a next link"),
        one("okta.members", 9_120, 26, "last page without a next link, for 13 groups"),
        one("okta.rules", 0, 1, "", state="refused", required=False, reason="403 E0000006: needs okta.groups.read"),
        one("scim.users", 4_803, 49, "as many as totalResults (4,803), and the same at the end"),
        one("scim.groups", 14, 1, "as many as totalResults (14)"),
        one(
            "kandji.users",
            0,
            0,
            "",
            state="not asked",
            required=False,
            reason="no token for Kandji's API is configured",
        ),
    )


NOTES = (
    Note(kind="check-skipped", about="attribute-differs", reason="Kandji returns no department for anybody"),
    Note(kind="check-skipped", about="rules", reason="Okta refused to list group rules (403)"),
    Note(
        kind="unknown-value",
        about="Okta status HIBERNATING",
        reason="3 people have a status this version does not know",
    ),
)


def strip(last: Run) -> tuple[Run, ...]:
    """Thirty runs, a day apart, of every state."""
    states = ["drift"] * 30
    states[9], states[16], states[17], states[24] = "incomplete", "in-step", "in-step", "failed"
    earlier = [
        run(last.id - back, states[-back], "12 people in pushed groups are not assigned", ago=timedelta(days=back))
        for back in range(29, 0, -1)
    ]
    return (*earlier, last)


def trend(runs: tuple[Run, ...], given: tuple[Row, ...]) -> tuple[TrendPoint, ...]:
    """Runs whose counts go up and down, each severity in its own way, and end at those of ``given``."""
    now = Counter(row.finding.severity for row in given if row.life.stands)
    return tuple(
        TrendPoint(
            run=run.id,
            finished=run.finished,
            state=run.state,
            open=Standing(
                critical=now["critical"] + back // 3 % 3,
                high=max(0, now["high"] - back * 2),
                medium=now["medium"] + back % 7,
                low=now["low"],
            )
            if run.state in ("in-step", "drift")
            else None,
        )
        for back, run in zip(range(len(runs) - 1, -1, -1), runs, strict=True)
    )


def counts(given: tuple[Row, ...], fixed: int) -> Counts:
    state = Counter(row.life.state for row in given)
    standing = [row for row in given if row.life.stands]
    causes = {row.finding.id for row in standing if row.is_cause}
    return Counts(
        open=len(standing),
        new=state["new"],
        back=state["back again"],
        fixed=fixed,
        settling=state["settling"],
        accepted=state["accepted"],
        people=len({key for row in standing for key in row.finding.people}),
        causes=len(causes),
        explained_people=len({key for row in standing if row.finding.cause in causes for key in row.finding.people}),
    )


def report(size: int = 40) -> Report:
    """A complete run with ``size`` findings: in step when there are none."""
    given = rows(size)
    gone = tuple(
        Row(finding=person_finding("member-missing", 3_000_000 + n), life=life(n, "fixed"))
        for n in range(min(size, 14))
    )
    leavers = sum(row.finding.kind == "left-still-active" for row in given)
    sentence = (
        f"{leavers} people who left are still active in Kandji" if leavers > 1 else
        "1 person who left is still active in Kandji" if leavers else "In step"
    )  # fmt: skip
    this = run(41, "drift" if size else "in-step", sentence)
    return Report(
        schema_version=SCHEMA_VERSION,
        title="acme.okta.com → acme.api.kandji.io",
        state="drift" if size else "in-step",
        sentence=sentence,
        run=this,
        data_run=this,
        counts=counts(given, len(gone)),
        tiles=tiles(given) if given else tuple(replace(tile, change=0) for tile in tiles(given)),
        strip=strip(this),
        trend=trend(strip(this), given),
        do_next="reconciler findings --kind left-still-active" if size else None,
        new=tuple(row for row in given if row.life.state == "new"),
        back=tuple(row for row in given if row.life.state == "back again"),
        fixed=gone,
        rows=given,
        stages=STAGES if size else CALM,
        groups=groups() if size else calm_groups(),
        rules=RULES if size else (),
        kinds=KINDS,
        sources=sources(),
        notes=NOTES,
        accepted=accepted(given),
        outside_scope=211,
        admin_url="https://acme-admin.okta.com",
        console_url="https://acme.kandji.io",
        mendable=mendable([row for row in given if row.life.stands]),
    )


def incomplete(size: int = 40) -> Report:
    """A run that could not read everything: the data are those of the run the day before."""
    whole = report(size)
    sentence = "Could not read okta.app_users: no verdict"
    last = run(42, "incomplete", sentence, reason="page 3 of 10 did not arrive (503, six attempts)")
    return replace(
        whole,
        state="incomplete",
        sentence=sentence,
        run=last,
        data_run=run(41, "drift", whole.sentence, ago=timedelta(days=1)),
        strip=strip(last),
        trend=trend(strip(last), whole.rows),
        sources=sources(broken=True),
        new=(),
        back=(),
        fixed=(),
        do_next="reconciler doctor",
        tiles=tiles(whole.rows, baseline=True),
    )


def failed() -> Report:
    """A first run that never got as far as data."""
    sentence = "The check did not run: Okta refused the token"
    last = run(1, "failed", sentence, reason="Okta refused the token (401, E0000011)")
    return replace(
        report(0),
        state="failed",
        sentence=sentence,
        run=last,
        data_run=None,
        strip=(last,),
        trend=trend((last,), ()),
        tiles=tiles((), baseline=True),
        stages=(),
        groups=(),
        sources=(Source(name="okta.app", state="incomplete", reason="401 E0000011 “Invalid token provided”"),),
        notes=(),
        outside_scope=0,
        do_next="reconciler doctor",
    )


def baseline(size: int = 40) -> Report:
    """The first complete run: nothing is new, everything is first sight."""
    whole = report(size)
    first = replace(whole.run, id=1, baseline=True)
    seen = tuple(replace(row, life=replace(life(0, "first sight"), first_seen=NOW, times_seen=1)) for row in whole.rows)
    return replace(
        whole, run=first, data_run=first, rows=seen, new=(), back=(), fixed=(), strip=(first,),
        trend=trend((first,), seen), counts=counts(seen, 0), tiles=tiles(seen, baseline=True),
    )  # fmt: skip


FOUR: dict[str, Callable[[], Report]] = {
    "in-step": lambda: report(0),
    "drift": lambda: report(40),
    "incomplete": incomplete,
    "failed": failed,
}
