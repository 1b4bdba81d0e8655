"""What ``explain`` says, as sections of lines: the same for a terminal and for Markdown."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from reconciler.commands import explained as doc
from reports.words import count

RULES_SHOWN = 8
NO_SHOWN = 3
"""Of those that don't hold."""
EVENTS_SHOWN = 10
LOG_SHOWN = 5
SIGNS: dict[bool | None, str] = {True: "✓", False: "✗", None: "·"}
INKS: dict[bool | None, str] = {True: "in-step", False: "failed", None: "quiet"}
_ASIDE = frozenset({"settling", "accepted", "fixed"})


@dataclass(frozen=True, slots=True)
class Line:
    """``sign`` stands before the text; ``depth`` 1 is under the line before."""

    text: str
    sign: str = "·"
    depth: int = 0
    ink: str = ""


@dataclass(frozen=True, slots=True)
class Section:
    """Either lines, or what both sides say, side by side."""

    title: str
    lines: tuple[Line, ...] = ()
    beside: tuple[tuple[str, tuple[str, ...]], ...] = field(default=())


def sections(told: doc.ExplainDocument) -> tuple[Section, ...]:
    """Everything that the document says, in the order in which it is asked; what is empty is left out."""
    found = (
        *_finding(told),
        *_person(told),
        *_group(told),
        *_rules(told),
        *_findings(told),
        *_mending(told),
        *_past(told),
    )
    return tuple(section for section in found if section.lines or section.beside)


def _finding(told: doc.ExplainDocument) -> Iterator[Section]:
    if told.finding is None:
        return
    one = told.finding
    yield Section("The finding", tuple(_one(one)))
    aside = [fact for fact in told.evidence if fact.side not in ("okta", "kandji")]
    yield from _beside("What both sides said", told.evidence)
    lines = tuple(Line(f"{fact.label}: {fact.value}", SIGNS[fact.good], ink=INKS[fact.good]) for fact in aside)
    yield Section("The chain, as the run saw it", lines)


def _person(told: doc.ExplainDocument) -> Iterator[Section]:
    if told.person is None or (told.finding is not None and told.finding.state != "fixed"):
        return
    yield from _beside("What both sides say", told.person.records)
    chains = told.person.chains
    whole = [chain for chain in chains if all(link.holds for link in chain.links)]
    full = [chain for chain in chains if chain not in whole] or whole[:1]
    for chain in full:
        lines = (Line(f"{link.name}: {link.evidence}", SIGNS[link.holds], ink=INKS[link.holds]) for link in chain.links)
        yield Section(f"The chain of {_ends(chain)}", tuple(lines))
    rest = tuple(Line(_ends(chain), "✓", ink="in-step") for chain in whole if chain not in full)
    yield Section("Every link holds, too, in" if full == whole[:1] else "Every link holds in", rest)
    if not chains:
        yield Section("The chain", (Line("They are in no pushed group."),))
    lines = (Line(f"{group.name} ({group.id})") for group in told.person.unmanaged_groups)
    yield Section("In Kandji groups to which nothing pushes", tuple(lines))


def _ends(chain: doc.ChainTold) -> str:
    target = f" → {chain.target} in Kandji" if chain.target is not None else ""
    return f"{chain.group.name}{target}" + (", paused" if chain.status == "INACTIVE" else "")


def _group(told: doc.ExplainDocument) -> Iterator[Section]:
    if told.group is None:
        return
    yield from _beside("Both ends", told.group.records)
    for mapping in told.group.mappings:
        named = ((f"Kandji {fact.label}" if fact.side == "kandji" else fact.label, fact) for fact in mapping.records)
        facts = [Line(f"{label}: {fact.value}") for label, fact in named]
        members = count(mapping.members, "member")
        fare = f"{members}, {mapping.should:,} should be in Kandji, {mapping.in_step:,} are in step"
        covered = (Line(f"rules: {mapping.coverage}"),) if mapping.coverage else ()
        yield Section(f"Push mapping {mapping.id}, {mapping.status}", (*facts, Line(fare), *covered))
    lines = []
    for one in told.group.falling_out:
        more = f" and {one.people - len(one.names)} more" if one.people > len(one.names) else ""
        lines.append(Line(f"{one.link}: {count(one.people, 'person', 'people')}", "✗", ink="failed"))
        lines.append(Line(f"{', '.join(one.names)}{more} ({one.kind})", "", 1, "quiet"))
    yield Section("Where its people fall out", tuple(lines))


def _rules(told: doc.ExplainDocument) -> Iterator[Section]:
    holding = [rule for rule in told.rules if rule.says != "no"]
    shown = (holding + told.rules[len(holding) :][:NO_SHOWN])[:RULES_SHOWN]  # those that hold come first
    signs = {
        "yes": True,
        "no": False,
        "covers": True,
        "covers if": True,
        "excludes": False,
        "excluded": False,
        "misses": False,
    }
    lines: list[Line] = []
    for rule in shown:
        into = ", ".join(target.name for target in rule.targets) or "nothing"
        status = "" if rule.status == "ACTIVE" else f" ({rule.status})"
        good = signs.get(rule.says)
        lines.append(
            Line(f"{rule.says}: {rule.name}{status} brings {rule.words} into {into}", SIGNS[good], ink=INKS[good])
        )
        lines += [Line(why, "", 1, "quiet") for why in rule.why]
    rest = len(told.rules) - len(shown)
    if rest > 0:
        lines.append(Line(f"… and {count(rest, 'more rule')}: --format json", ""))
    yield Section("Group rules", tuple(lines))


def _findings(told: doc.ExplainDocument) -> Iterator[Section]:
    lines = [line for one in told.findings for line in _one(one)]
    if not lines and told.finding is None:
        lines = [Line("Nothing was found.", "✓", ink="in-step")]
    title = "Its causes" if told.finding is not None else "Findings"
    yield Section(title, tuple(lines))
    lines = [Line(f"{one.record}, {one.field}: {one.before} ⇄ {one.after}", "⇄") for one in told.alternating]
    yield Section("What goes to and fro", tuple(lines))


def _one(one: doc.FindingTold) -> Iterator[Line]:
    yield Line(f"{one.sentence}", "◆" if one.state not in _ASIDE else "·", ink=one.severity)
    told = [one.severity, one.state, one.kind, one.id]
    if one.people > 1:
        told.append(count(one.people, "person", "people"))
    yield Line(" · ".join(told), "", 1, "quiet")
    times = "once" if one.times_seen == 1 else f"{one.times_seen} times"
    yield Line(f"first seen {_when(one.first_seen)}, last {_when(one.last_seen)}, {times}", "", 1, "quiet")
    if one.cause:
        yield Line(f"because of {one.cause}", "", 1)
    if one.flapping:
        yield Line("it comes and goes: mending it again will not help before it is known who undoes it", "", 1)
    if one.accepted:
        yield Line(f"accepted {one.accepted}", "", 1)
    if one.confirm:
        yield Line(one.confirm, "?", 1)
    if one.plan:
        yield Line(f"reconciler plan: {one.plan}", "", 1)


def _mending(told: doc.ExplainDocument) -> Iterator[Section]:
    for mend in told.mending:
        lines = [Line(step, f"{number}.") for number, step in enumerate(mend.by_hand, 1)] or [Line(mend.mend)]
        if mend.with_tool:
            lines.insert(0, Line(f"with this tool: {mend.with_tool}"))
        more = (
            ("if it is meant", mend.if_meant),
            ("Okta by itself", mend.okta_alone),
            ("side effects", mend.side_effects),
            ("undo", mend.undo),
        )
        lines += [Line(f"{label}: {words}", "·", ink="quiet") for label, words in more if words]
        yield Section(f"What mends {mend.kind}", tuple(lines))


def _id(told: doc.ExplainDocument) -> str:
    """The id under which a command finds it again: a name may be somebody else's too, or act in a shell."""
    if told.finding is not None:
        return told.finding.id
    if told.group is not None:
        return told.group.group_id or told.group.kandji_group_id or ""
    return told.person.key.partition(":")[2] if told.person is not None else ""


def _past(told: doc.ExplainDocument) -> Iterator[Section]:
    events = told.events[-EVENTS_SHOWN:]
    lines = [Line(f"run {one.run}, {_when(one.finished)}: {one.what}: {one.change}") for one in events]
    if len(told.events) > len(events):
        lines.insert(0, Line(f"… {len(told.events) - len(events)} earlier: reconciler history {_id(told)}", ""))
    yield Section("What changed over the runs", tuple(lines))
    yield Section("Okta's System Log", tuple(Line(event.words) for event in told.log[-LOG_SHOWN:]))
    if told.live is not None:
        lines = [
            Line(f"{one.record}, {one.field}: {one.stored} → {one.now}", "≠", ink="high")
            for one in told.live.differences
        ]
        lines = lines or [Line(f"as the run saw it: {', '.join(told.live.read)}", "✓", ink="in-step")]
        yield Section(f"Now, read at {_when(told.live.read_at)}", tuple(lines))


def _beside(title: str, facts: Sequence[doc.Told]) -> Iterator[Section]:
    sides = (("Okta says", "okta"), ("Kandji says", "kandji"))
    told = [
        (name, tuple(f"{fact.label}: {fact.value}" for fact in facts if fact.side == side and fact.label != "log"))
        for name, side in sides
    ]
    yield Section(title, beside=tuple(told) if any(lines for _, lines in told) else ())


def _when(moment: str) -> str:
    """``2026-03-02T09:00:00+00:00`` as ``2026-03-02 09:00``."""
    return f"{moment[:10]} {moment[11:16]}"


def next_step(told: doc.ExplainDocument) -> str | None:
    """What to type next."""
    shown = {one.id for one in told.findings} | ({told.finding.id} if told.finding else set())
    cause = told.finding.cause if told.finding is not None else None
    if cause is not None and cause in shown:
        return f"reconciler explain {cause}"
    standing = [one for one in (*told.findings, *filter(None, [told.finding])) if one.state not in _ASIDE]
    return "mend it as said above, then: reconciler run" if standing else None
