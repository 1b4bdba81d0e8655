"""A report to show around: people, groups and hosts wear masks, the same one everywhere.

What is not known to be harmless is masked. In evidence only words of the services (``ACTIVE``), our own words, numbers,
times and opaque ids stay; in sentences every name the finding knows, and everything that looks like an address or a
host. Finding ids and the services' ids stay, so that a masked page and the real one can be laid side by side.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from msgspec.structs import replace

from reconciler.findings import Accepted, Finding, PushedGroup, RuleLine
from reconciler.model import Note, Run, Source
from reports.report import Report, Row

MASKED = "masked.example"
ADDRESS = re.compile(r"[^\s@<>()\[\]\"',;:“”]+@[^\s@<>()\[\]\"',;:“”]*[^\s@<>()\[\]\"',;:“”.]")
HOST = re.compile(r"(?<![\w@.-])(?:[\w-]+\.)+[a-z]{2,}(?![\w@-])", re.IGNORECASE)
SOURCE = re.compile(r"(?:okta|scim|kandji)\.[a-z_]+")
OPAQUE = re.compile(
    r"[A-Z]+(_[A-Z0-9]+)+|[\d.,:%+–()-]+|[–·→-]|\d{4}-\d\d-\d\dT[\d:.]+Z?|0[0-9a-z]{2}[0-9A-Za-z]{17}"
    r"|gPm[0-9A-Za-z]{17}|[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}|[FA]-[0-9a-f]{8,12}"
    r"|(person|group|host|side|app|rule|text)-\d+(@masked\.example)?"
)
_SPOKEN = """
    yes no none null true false unknown not there by group groups in of the a and or to is was app assigned active
    inactive member members present provisioned healthy pushed mapping found nowhere okta kandji person people never
    told certain who that external id user name e-mail scope deleted devices more empty
    now since days day hours min ago UTC Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec
"""
_STATUSES = """
    ACTIVE INACTIVE INVALID ERROR STAGED PROVISIONED DEPROVISIONED SUSPENDED RECOVERY IMPORTED PENDING REVOKED
    SYNCHRONIZED SYNCING DISABLED ENABLED GROUP USER SUCCESS FAILURE SKIPPED HTTP
"""
OURS = frozenset(_SPOKEN.split() + _STATUSES.split())
"""Words in which we and Okta speak; a value made of nothing else tells nobody's name. Not every word in capitals: that
may be a title."""


def redact(report: Report) -> Report:
    """The report with every name masked; ``redacted`` says so."""
    masks = _Masks(frozenset(kind.slug for kind in report.kinds))
    everything = (*report.rows, *report.new, *report.back, *report.fixed)
    for row in everything:
        _names(row.finding, masks)
    for group in report.groups:
        masks.of(group.name, "group")
        masks.of(group.target_name or group.name, "group")
    for rule in report.rules:
        masks.of(rule.name, "rule")
    for row in everything:
        _foreseen_names(row, masks)
    shared = masks.known()
    rows = {id(row): _row(row, masks) for row in everything}

    def lines(given: Iterable[Row]) -> tuple[Row, ...]:
        return tuple(rows[id(row)] for row in given)

    return replace(
        report,
        title=" → ".join(masks.of(side.strip(), "side") for side in report.title.split("→")),
        sentence=masks.free(report.sentence, shared),
        run=_run(report.run, masks, shared),
        data_run=_run(report.data_run, masks, shared) if report.data_run else None,
        strip=tuple(_run(run, masks, shared) for run in report.strip),
        do_next=masks.command(report.do_next) if report.do_next else None,
        new=lines(report.new),
        back=lines(report.back),
        fixed=lines(report.fixed),
        rows=lines(report.rows),
        groups=tuple(_group(group, masks, shared) for group in report.groups),
        rules=tuple(_rule(rule, masks, shared) for rule in report.rules),
        sources=tuple(_source(source, masks, shared) for source in report.sources),
        notes=tuple(_note(note, masks, shared) for note in report.notes),
        accepted=tuple(_accepted(one, masks, shared) for one in report.accepted),
        admin_url=None,
        console_url=None,
        redacted=True,
    )


class _Masks:
    """Which mask each name wears, handed out in order of appearance; names that differ by case alone share one."""

    def __init__(self, slugs: frozenset[str]) -> None:
        self._slugs = slugs
        self._worn: dict[str, str] = {}
        self._given: dict[str, int] = {}
        self._spelled: dict[str, None] = {}
        self._groups: dict[str, None] = {}

    def of(self, name: str, what: str) -> str:
        """The mask of ``name``: ``person-3@masked.example``, ``group-2``, ``text-7``."""
        key = name.casefold()
        if not name or MASKED in key:
            return name
        self._spelled.setdefault(name)
        if what == "group":
            self._groups.setdefault(name)
        if key not in self._worn:
            number = self._given[what] = self._given.get(what, 0) + 1
            self._worn[key] = f"{what}-{number}" + (f"@{MASKED}" if what == "person" and "@" in name else "")
        return self._worn[key]

    def value(self, text: str, names: Iterable[str]) -> str:
        """A value of evidence, with ``names`` masked: as it is where the rest is harmless, else one mask for all."""
        if text.casefold() in self._worn:
            return self.of(text, "text")
        masked = self.free(text, names)
        return masked if all(_harmless(word) for word in masked.split()) else self.of(text, "text")

    def known(self) -> tuple[str, ...]:
        return tuple(self._spelled)

    def groups_in(self, text: str) -> list[str]:
        """The groups that a text names: a group has another name in Kandji where it is pushed under another."""
        return [name for name in self._groups if name in text]

    def free(self, text: str, names: Iterable[str]) -> str:
        """``text`` with each of ``names``, each address and each host masked; longer names first."""
        folded = text.casefold()
        worn = {name for name in names if (key := name.casefold()) in self._worn and key in folded}
        cases = {case for name in worn for case in (name, name.casefold(), name.upper())}
        found = sorted(cases, key=lambda name: (-len(name), name))
        if not found:
            return self._addresses(text)
        either = re.compile("(" + "|".join(map(_alone, found)) + ")", re.IGNORECASE)
        return "".join(
            self._worn.get(piece.casefold(), "text") if at % 2 else self._addresses(piece)
            for at, piece in enumerate(either.split(text))
        )

    def command(self, line: str) -> str:
        """A command line: program, verb, options, kinds and finding ids stay; every other word wears a mask."""
        return " ".join(self._word(text, verb=at < 2) for at, text in enumerate(line.split()))

    def _word(self, text: str, *, verb: bool = False) -> str:
        option, equals, value = text.partition("=")
        if option.startswith("-"):
            return option + equals + (self._word(value) if value else "")
        if text in self._slugs or OPAQUE.fullmatch(text) or (verb and re.fullmatch(r"[a-z-]+", text)):
            return text
        return self.of(text, "text")

    def _addresses(self, text: str) -> str:
        masked = ADDRESS.sub(lambda match: self.of(match.group(), "person"), text)
        return HOST.sub(self._host, masked)

    def _host(self, match: re.Match[str]) -> str:
        host = match.group()
        return host if SOURCE.fullmatch(host) else self.of(host, "host")


def _harmless(word: str) -> bool:
    bare = word.strip(",.:;()") or word
    return bare in OURS or OPAQUE.fullmatch(bare) is not None


def _alone(name: str) -> str:
    """A short name is masked where it stands as a word; a longer one wherever it occurs."""
    return re.escape(name) if len(name) > 3 else rf"(?<!\w){re.escape(name)}(?!\w)"


def _names(finding: Finding, masks: _Masks) -> None:
    masks.of(finding.person or "", "person")
    for _, name in finding.groups:
        masks.of(name, "group")
    for fact in finding.evidence:
        if fact.label == "group":
            masks.of(fact.value.rpartition(" (")[0], "group")
    _subject(finding, masks)


def _foreseen_names(row: Row, masks: _Masks) -> None:
    for name in row.foreseen.names if row.foreseen is not None else ():
        masks.of(name, "person" if "@" in name else "text")


def _subject(finding: Finding, masks: _Masks) -> str:
    """The mask of the subject; "ana in Sales" wears those of both."""
    subject = finding.subject
    if subject.type == "group and person":
        both = masks.free(subject.name, [finding.person or "", *(name for _, name in finding.groups)])
        if all(_harmless(word) for word in both.split()):
            return both
    what = {"app": "app", "rule": "rule", "person": "person", "group and person": "person"}.get(subject.type, "group")
    return masks.of(subject.name, what)


def _row(row: Row, masks: _Masks) -> Row:
    finding = row.finding
    own = [finding.person or "", *(name for _, name in finding.groups)]
    evidence = tuple(replace(fact, value=masks.value(fact.value, own)) for fact in finding.evidence)
    own += [finding.subject.name] if finding.subject.type != "group and person" else []
    own += masks.groups_in(finding.sentence)
    own += [before.value for before, after in zip(finding.evidence, evidence, strict=True) if before != after]
    masked = replace(
        finding,
        subject=replace(finding.subject, name=_subject(finding, masks)),
        sentence=masks.free(finding.sentence, own),
        person=masks.of(finding.person, "person") if finding.person else None,
        groups=tuple((group_id, masks.of(name, "group")) for group_id, name in finding.groups),
        evidence=evidence,
        confirm=masks.free(finding.confirm, own) if finding.confirm else None,
    )
    told = row.foreseen
    if told is not None:
        told = replace(told, words=masks.free(told.words, [*own, *masks.groups_in(told.words), *told.names]), names=())
    return replace(row, finding=masked, foreseen=told)


def _group(group: PushedGroup, masks: _Masks, shared: Iterable[str]) -> PushedGroup:
    return replace(
        group,
        name=masks.of(group.name, "group"),
        coverage=masks.of(group.coverage, "text") if group.coverage else None,
        target_name=masks.of(group.target_name, "group") if group.target_name else group.target_name,
        error=masks.free(group.error, shared) if group.error else group.error,
    )


def _rule(rule: RuleLine, masks: _Masks, shared: Iterable[str]) -> RuleLine:
    """Its words may hold any value of a profile, so they wear a mask whole."""

    def named(groups: tuple[tuple[str, str], ...]) -> tuple[tuple[str, str], ...]:
        return tuple((group_id, masks.of(name, "group")) for group_id, name in groups)

    return replace(
        rule,
        name=masks.of(rule.name, "rule"),
        words=masks.of(rule.words, "text"),
        targets=named(rule.targets),
        covers=named(rule.covers),
        covers_if=tuple((one, masks.of(name, "group"), masks.of(how, "text")) for one, name, how in rule.covers_if),
        excludes=named(rule.excludes),
        misses=named(rule.misses),
        trouble=masks.free(rule.trouble, shared) if rule.trouble else None,
    )


def _source(source: Source, masks: _Masks, shared: Iterable[str]) -> Source:
    reason = masks.free(source.reason, shared) if source.reason else source.reason
    return replace(source, how_known=masks.free(source.how_known, shared), reason=reason)


def _note(note: Note, masks: _Masks, shared: Iterable[str]) -> Note:
    return Note(kind=note.kind, about=masks.free(note.about, shared), reason=masks.free(note.reason, shared))


def _accepted(one: Accepted, masks: _Masks, shared: Iterable[str]) -> Accepted:
    told = one.acceptance
    masked = replace(
        told,
        reason=masks.of(told.reason, "text"),
        owner=masks.of(told.owner, "person"),
        made_by=masks.of(told.made_by, "person") if told.made_by else None,
        person=masks.of(told.person, "person") if told.person else None,
        group=masks.of(told.group, "group") if told.group else None,
    )
    return replace(one, acceptance=masked)


def _run(run: Run, masks: _Masks, shared: Iterable[str]) -> Run:
    reason = masks.free(run.reason, shared) if run.reason else run.reason
    line = masks.command(run.command_line)
    return replace(run, sentence=masks.free(run.sentence, shared), reason=reason, command_line=line, display=())
