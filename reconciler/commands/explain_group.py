"""What ``explain`` says of one group: its mappings with both ends, where its members fall out, and its rules."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from reconciler import evidence as said
from reconciler.commands import explained as doc
from reconciler.commands.explain_person import told
from reconciler.findings import Fact, Finding, Kind, PushedGroup, RuleLine
from reconciler.model import Run
from reconciler.store import Store
from reconciler.store.search import FoundGroup
from reconciler.world import Push, World

NAMES = 5
"""Of those who fall out at one link."""
LINKS = {
    "member-not-assigned": "assigned to the app",
    "assignment-stuck": "provisioned",
    "missing-in-kandji": "present in Kandji",
    "inactive-in-kandji": "active in Kandji",
    "member-missing": "in the Kandji group",
}
"""The link of the chain at which a kind of finding breaks it."""
_ORDER = ("covers", "covers if", "excludes", "misses", "feeds")


def group_told(
    store: Store, run: Run, world: World, one: FoundGroup, of_people: Iterable[Finding], kinds: Mapping[str, Kind]
) -> doc.GroupTold:
    """The group, with the numbers that the run stored."""
    counted = {group.mapping_id: group for group in store.groups(run.id)}
    pushes = [push for push in world.pushes if _is_of(push, one)]
    return doc.GroupTold(
        group_id=one.group_id,
        kandji_group_id=one.kandji_group_id,
        records=[told(fact) for fact in _records(store, run, world, one)],
        mappings=[_mapping(push, counted[push.mapping.id]) for push in pushes if push.mapping.id in counted],
        falling_out=list(_falling_out(of_people, kinds)),
    )


def _is_of(push: Push, one: FoundGroup) -> bool:
    reached = push.kandji_group is not None and push.kandji_group.id == one.kandji_group_id
    return push.group_id == one.group_id if one.group_id is not None else reached


def _records(store: Store, run: Run, world: World, one: FoundGroup) -> Iterator[Fact]:
    if one.group_id is not None:
        group = next((group for group in world.snapshot.okta.groups if group.id == one.group_id), None)
        kind = group.type if group is not None else "not visible or deleted"
        yield Fact(side="okta", label="group", value=f"{one.name} ({one.group_id}), {kind}")
        assigned = "yes" if one.group_id in world.assigned_groups else "no"
        yield Fact(side="okta", label="assigned to the app", value=assigned)
        yield Fact(side="okta", label="members", value=_size(store.size_of(run.id, group_id=one.group_id)))
    if one.kandji_group_id is not None:
        kandji = next((group for group in world.snapshot.scim.groups if group.id == one.kandji_group_id), None)
        name = (kandji.display_name if kandji is not None else None) or "no name"
        yield Fact(side="kandji", label="group", value=f"{name} ({one.kandji_group_id})")
        size = store.size_of(run.id, kandji_group_id=one.kandji_group_id)
        cut = ", perhaps cut off" if kandji is not None and kandji.perhaps_cut else ""
        yield Fact(side="kandji", label="members", value=_size(size) + cut)
    else:
        yield Fact(side="kandji", label="group", value="none is known")


def _size(size: int | None) -> str:
    return "not told" if size is None else f"{size:,}"


def _mapping(push: Push, counted: PushedGroup) -> doc.MappingTold:
    """Without what is told already, and the Kandji group's size: here, its members are not known."""
    facts = [fact for fact in said.of_push(push) if fact.label not in ("members", "push mapping")]
    facts = [fact for fact in facts if (fact.side, fact.label) != ("okta", "group")]
    if push.problem:
        facts.append(Fact(side="run", label="not compared", value=push.problem))
    return doc.MappingTold(
        id=push.mapping.id,
        status=push.mapping.status,
        records=[told(fact) for fact in facts],
        members=counted.members,
        should=counted.should,
        in_step=counted.in_step,
        coverage=counted.coverage,
    )


def _falling_out(findings: Iterable[Finding], kinds: Mapping[str, Kind]) -> Iterator[doc.FallingOut]:
    """In the order of the chain, and then what is off it."""
    people: dict[str, dict[str, str]] = {}
    for finding in findings:
        people.setdefault(finding.kind, {})[finding.people[0]] = finding.person or ""
    ordered = [*(kind for kind in LINKS if kind in people), *sorted(people.keys() - LINKS.keys())]
    for kind in ordered:
        names = sorted(people[kind].values(), key=str.casefold)
        link = LINKS.get(kind) or (kinds[kind].title if kind in kinds else kind)
        yield doc.FallingOut(link=link, kind=kind, people=len(names), names=names[:NAMES])


def rules_about(store: Store, run: Run, one: FoundGroup) -> list[doc.RuleTold]:
    """Rules that fill the group, and those of which the run stored what they say of its members."""
    found = [told for line in store.rules(run.id) for told in _said(line, one.group_id)]
    return sorted(found, key=lambda rule: (_ORDER.index(rule.says), rule.name.casefold(), rule.id))


def _said(line: RuleLine, group_id: str | None) -> Iterator[doc.RuleTold]:
    """What one rule says of the group: more than one where it fills it, too."""
    conditions = [condition for key, _, condition in line.covers_if if key == group_id]
    about = (("feeds", line.targets), ("covers", line.covers), ("excludes", line.excludes), ("misses", line.misses))
    says = [word for word, groups in about if group_id in {key for key, _ in groups}]
    for word in (*says, *(["covers if"] if conditions else [])):
        yield doc.RuleTold(
            id=line.rule_id,
            name=line.name,
            status=line.status,
            words=line.words,
            says=word,
            why=[*(conditions if word == "covers if" else []), *filter(None, [line.trouble])],
            targets=[doc.Named(id=key, name=name) for key, name in line.targets],
        )
