"""What an expression says of everybody at once: of whom it is surely true, and of whom surely false.

The same three values as for one person, as sets of people's numbers: groups are sets already, and whatever looks at
attributes alone is worked out once for all who share them.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from functools import reduce
from operator import and_, itemgetter, or_

from msgspec import Struct
from pyroaring import FrozenBitMap

from reconciler.expression.evaluate import truth
from reconciler.expression.membership import fitting
from reconciler.expression.tree import (
    And,
    Attribute,
    Choice,
    Facts,
    Internal,
    Literal,
    Member,
    Node,
    Not,
    Or,
    Value,
    texts,
    walk,
)
from reconciler.model import Attributes, Group, OktaUser

NOBODY = FrozenBitMap()
_VALUE = itemgetter(1)
_PLAIN = frozenset({str, type(None)})


class Said(Struct, frozen=True):
    """Of whom it is surely true, and of whom surely false; of anybody else it is not known."""

    yes: FrozenBitMap = NOBODY
    no: FrozenBitMap = NOBODY


class Population:
    """Okta's people with what is known of each: ``users`` by number, ``members`` of the groups that were read.

    Of attributes, one that was told of nobody is unknown, and one that was told of some is not set for the others.
    """

    def __init__(
        self,
        users: Mapping[int, OktaUser],
        members: Mapping[str, FrozenBitMap],
        groups: Mapping[str, Group],
    ) -> None:
        self.members = {key: inside for key, inside in members.items() if key in groups}
        self.names = {key: group.name for key, group in groups.items()}
        self.everybody = FrozenBitMap([number for number, user in users.items() if user.status])
        built_in = {key: self.everybody for key, group in groups.items() if group.type == "BUILT_IN"}
        self.members = self.members | {key: all_ for key, all_ in built_in.items() if self.names[key] == "Everyone"}
        self.given: frozenset[str] = frozenset()
        self._users = users
        self._alike: list[tuple[dict[str, Value | None], FrozenBitMap]] = []
        self._found: dict[Node, Said] = {}
        self._by_names: dict[frozenset[str], list[tuple[Facts, FrozenBitMap]]] = {}
        self._sort()

    def _sort(self) -> None:
        """People by all that is known of them but their groups: few profiles differ."""
        numbers: dict[tuple[str, Attributes, str], list[int]] = defaultdict(list)
        for number in self.everybody:
            user = self._users[number]
            numbers[user.status, user.attributes, _kinds(user.attributes)].append(number)
        self.given = frozenset(name for _, attributes, _ in numbers for name, _ in attributes)
        for (status, attributes, _), found in numbers.items():
            unset = dict.fromkeys(self.given)
            self._alike.append(({**unset, **dict(attributes), "status": status}, FrozenBitMap(found)))

    def facts(self, number: int) -> Facts:
        """What is known of one person."""
        user = self._users[number]
        inside: dict[str, str] = {}
        outside: dict[str, str] = {}
        for key, members in self.members.items():
            (inside if number in members else outside)[key] = self.names[key]
        attributes = {**dict.fromkeys(self.given), **dict(user.attributes), "status": user.status}
        return Facts(attributes=attributes, member_of=inside, not_member_of=outside, user_id=user.id)

    def said(self, node: Node) -> Said:
        """What the node, and all that is in it, says of everybody."""
        match node:
            case Or():
                parts = [self.said(part) for part in node.parts]
                return Said(reduce(or_, (part.yes for part in parts)), reduce(and_, (part.no for part in parts)))
            case And():
                parts = [self.said(part) for part in node.parts]
                return Said(reduce(and_, (part.yes for part in parts)), reduce(or_, (part.no for part in parts)))
            case Not():
                inner = self.said(node.parts[0])
                return Said(inner.no, inner.yes)
            case Choice():
                asked, one, two = (self.said(part) for part in node.parts)
                return Said(
                    (asked.yes & one.yes) | (asked.no & two.yes) | (one.yes & two.yes),
                    (asked.yes & one.no) | (asked.no & two.no) | (one.no & two.no),
                )
            case Member():
                return self._inside(node)
            case Literal(value=bool(value)):
                return Said(self.everybody, NOBODY) if value else Said(NOBODY, self.everybody)
            case _:
                if node not in self._found:
                    self._found[node] = self._by_attributes(node)
                return self._found[node]

    def _inside(self, node: Member) -> Said:
        """A group that is worked out from the person is not known."""
        asked = texts(node)
        if not asked or len(asked) < len(node.parts):
            return Said()
        if node.how != "id":
            fit = [key for key in self.members for one in asked if fitting(node.how, one, self.names[key]) is True]
            return Said(FrozenBitMap.union(NOBODY, *(self.members[key] for key in fit)))
        inside = FrozenBitMap.union(NOBODY, *(self.members[key] for key in asked if key in self.members))
        return Said(inside, self.everybody - inside if all(key in self.members for key in asked) else NOBODY)

    def _by_attributes(self, node: Node) -> Said:
        inner = list(walk(node))
        if any(isinstance(one, Member) for one in inner):
            return Said()
        internal = {one.name for one in inner if isinstance(one, Internal)}
        names = frozenset(one.name for one in inner if isinstance(one, Attribute)) | (internal - {"id"})
        sorts = self._each() if "id" in internal else self._sorts(names)
        yes: list[FrozenBitMap] = []
        no: list[FrozenBitMap] = []
        for facts, people in sorts:
            value = truth(node, facts).value
            if value is not None:
                (yes if value else no).append(people)
        return Said(FrozenBitMap.union(NOBODY, *yes), FrozenBitMap.union(NOBODY, *no))

    def _sorts(self, names: frozenset[str]) -> list[tuple[Facts, FrozenBitMap]]:
        """People by these attributes alone."""
        if names not in self._by_names:
            found: dict[tuple[object, ...], list[FrozenBitMap]] = defaultdict(list)
            told: dict[tuple[object, ...], dict[str, Value | None]] = {}
            ordered = sorted(names)
            for attributes, people in self._alike:
                values = [attributes.get(name) for name in ordered]
                key = (*values, *(type(value) for value in values))
                found[key].append(people)
                told.setdefault(key, {name: attributes[name] for name in ordered if name in attributes})
            self._by_names[names] = [
                (Facts(attributes=told[key]), FrozenBitMap.union(*people)) for key, people in found.items()
            ]
        return self._by_names[names]

    def _each(self) -> Iterator[tuple[Facts, FrozenBitMap]]:
        """Everybody by themselves, for what looks at a person's id."""
        for attributes, people in self._alike:
            for number in people:
                yield Facts(attributes=attributes, user_id=self._users[number].id), FrozenBitMap([number])


def _kinds(attributes: Attributes) -> str:
    """Tells 1, 1.0 and true apart, which are equal."""
    if _PLAIN.issuperset(map(type, map(_VALUE, attributes))):
        return ""
    return repr(attributes)
