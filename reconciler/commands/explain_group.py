"""What ``explain`` says of one group: its mappings with both ends, where its members fall out, and its rules."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping

from reconciler import evidence as said
from reconciler.commands import explained as doc
from reconciler.commands.explain_person import rule_told, told
from reconciler.expression import Facts, GroupAsked, about
from reconciler.findings import Fact, Finding, Kind, PushedGroup
from reconciler.model import Run
from reconciler.rules import Ruled
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
_ORDER = ("covers", "covers if", "feeds", "excludes", "unknown")


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
    """Without the size of the Kandji group, which is told of the group: here, its members are not known."""
    facts = [fact for fact in said.of_push(push) if fact.label != "members"]
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


def rules_about(world: World, one: FoundGroup) -> list[doc.RuleTold]:
    """Rules that say something of the group's members, or fill it."""
    group = next((group for group in world.snapshot.okta.groups if group.id == one.group_id), None)
    if group is None:
        return []
    everyone = group.type == "BUILT_IN" and group.name == "Everyone"
    asked = GroupAsked(group.id, group.name, everyone)
    found = [told for rule in world.rules or () for told in _about(world, rule, asked)]
    return sorted(found, key=lambda rule: (_ORDER.index(rule.says), rule.name.casefold(), rule.id))


def _about(world: World, one: Ruled, asked: GroupAsked) -> Iterator[doc.RuleTold]:
    """Of a member it is known that they must be in."""
    if one.feeds({asked.id}):
        yield rule_told(world, one, "feeds", ())
    stance = about(one.expression, asked, assume=Facts(attributes={"status": "ACTIVE"}))
    if stance.says in ("covers", "covers if", "excludes"):
        why: Collection[str] = (stance.condition,) if stance.condition else ()
        yield rule_told(world, one, stance.says, why)
