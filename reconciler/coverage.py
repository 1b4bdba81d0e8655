"""Whether the rules that assign see to everybody in a pushed group, today's members and tomorrow's.

What is known of a member of the group: that they must be in; what the rules that fill the group ask for, where it is
filled by rules alone; and the groups into which other rules bring everybody of it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

from msgspec import Struct
from msgspec.structs import replace

from reconciler.expression import Expression, Facts, GroupAsked, Stance, about, brings_all
from reconciler.expression.tree import And, Attribute, Compare, Literal, Member, Node, Or, Value, texts
from reconciler.model import Group
from reconciler.rules import Ruled

WORKING = "ACTIVE"
"""A status that must be in."""
SEES_TO = ("covers", "covers if")


class Covering(Struct, frozen=True, kw_only=True):
    """``covered``: some rule brings everybody in, perhaps on a condition; ``doubts``: why that can't be told."""

    covered: bool = False
    doubts: tuple[str, ...] = ()


class Coverage:
    """What some rules say of the members of one group after another.

    ``rules``: all that matter; ``asking``: those among them that are asked; ``names``: of groups, by id.
    """

    def __init__(self, rules: Iterable[Ruled], asking: Sequence[Ruled], names: Mapping[str, str]) -> None:
        self._active = [one for one in rules if one.active and not one.invalid]
        self._asking = asking
        self._names = names
        self._between = _between(self._active, asking)
        self._alike: dict[tuple[object, ...], bool] = {}

    def of(self, group: Group, by_rules: bool) -> Covering:
        """What they say of a group together. ``by_rules``: rules alone have filled it so far."""
        doubts: list[str] = []
        for said in self.stances(group, by_rules):
            if any(stance.says in SEES_TO for stance in said):
                continue
            unsure = [why for stance in said if stance.says == "unknown" for why in stance.why]
            if not unsure:
                return Covering()
            doubts += unsure
        return Covering(covered=not doubts, doubts=tuple(dict.fromkeys(doubts)))

    def stances(self, group: Group, by_rules: bool) -> Iterator[tuple[Stance, ...]]:
        """What each says of a group's members: one tuple for each way into the group."""
        asked = GroupAsked(group.id, group.name, group.type == "BUILT_IN" and group.name == "Everyone")
        filling = [one.expression.root for one in self._active if one.feeds({group.id})] if by_rules else []
        for known in _known(filling, self._names):
            whole = self._with_cascades(asked, known)
            yield tuple(_stance(one.expression, asked, whole) for one in self._asking)

    def _with_cascades(self, asked: GroupAsked, known: Facts) -> Facts:
        """With the groups into which active rules bring everybody of the group, and everybody of those, and so on."""
        going_on = True
        while going_on:
            going_on = False
            for one in self._between:
                new = [key for key in one.rule.target_group_ids if key not in known.member_of and key != asked.id]
                if new and self._brings_all(one, asked, known):
                    more = {key: self._names.get(key, key) for key in new}
                    known = replace(known, member_of={**known.member_of, **more})
                    going_on = True
        return known

    def _brings_all(self, one: Ruled, asked: GroupAsked, known: Facts) -> bool:
        """Worked out once for all groups of whose members the same is known, of what the rule looks at."""
        looks = one.expression
        if looks.group_names or looks.looks_at_groups_by_pattern:
            return brings_all(looks, asked, known)
        inside = frozenset(key for key in looks.group_ids if key == asked.id or key in known.member_of)
        told = tuple((name, known.attributes[name]) for name in looks.attributes if name in known.attributes)
        key = (one.rule.id, inside, told, tuple(type(value) for _, value in told))
        if key not in self._alike:
            self._alike[key] = brings_all(looks, asked, known)
        return self._alike[key]


def _known(filling: Sequence[Node], names: Mapping[str, str]) -> list[Facts]:
    """What is known of a member, one entry for each way into the group."""
    plain = Facts(attributes={"status": WORKING})
    ways = [way for root in filling for way in _ways(root, names)]
    if not ways or None in ways:
        return [plain]
    return [
        Facts(attributes={**way.attributes, "status": WORKING}, member_of=way.member_of)
        for way in ways
        if way is not None
    ]


def _ways(node: Node, names: Mapping[str, str]) -> Iterator[Facts | None]:
    """What must be so for the node to be true, one entry for each alternative; None where that is more than equalities
    and memberships."""
    match node:
        case Or():
            for part in node.parts:
                yield from _ways(part, names)
        case And():
            yield _together([list(_ways(part, names)) for part in node.parts])
        case Compare("==", (Attribute() as attribute, Literal() as value)):
            yield _equal(attribute, value.value)
        case Compare("==", (Literal() as value, Attribute() as attribute)):
            yield _equal(attribute, value.value)
        case Member(how="id") if len(texts(node)) == len(node.parts):
            yield from (Facts(member_of={key: names.get(key, key)}) for key in texts(node))
        case _:
            yield None


def _equal(attribute: Attribute, value: Value | None) -> Facts:
    return Facts(attributes={attribute.name: value})


def _together(parts: list[list[Facts | None]]) -> Facts | None:
    """All of them at once, as far as each part has one alternative; what else a part asks is left out."""
    known = [ways[0] for ways in parts if len(ways) == 1 and ways[0] is not None]
    if not known:
        return None
    attributes = {name: value for way in known for name, value in way.attributes.items()}
    return Facts(attributes=attributes, member_of={key: name for way in known for key, name in way.member_of.items()})


def _between(active: Sequence[Ruled], assigning: Sequence[Ruled]) -> list[Ruled]:
    """Rules that fill a group for which a rule that assigns asks, or for which one of these asks, and so on."""
    found: dict[str, Ruled] = {}
    asking = list(assigning)
    while asking:
        ids = frozenset(key for one in asking for key in one.expression.group_ids)
        by_name = any(one.expression.group_names or one.expression.looks_at_groups_by_pattern for one in asking)
        asking = [one for one in active if one.rule.id not in found and (by_name or one.feeds(ids))]
        found.update((one.rule.id, one) for one in asking)
    return list(found.values())


def _stance(expression: Expression, asked: GroupAsked, known: Facts) -> Stance:
    """``about``, but for expressions that read nothing of what is known: hundreds of rules look at other groups."""
    groups = {asked.id, *known.member_of}
    reads = expression.group_ids & groups or expression.attributes & known.attributes.keys() or expression.group_names
    asks = expression.group_ids or expression.attributes or expression.reads_user_id or expression.users
    if reads or expression.looks_at_groups_by_pattern or expression.problem is not None or not asks:
        return about(expression, asked, assume=known)
    return Stance("does not look")
