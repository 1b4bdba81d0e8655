"""One more group for a rule: the smallest edit of its text, kept only if parsing it again proves what it means."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import islice

from reconciler.expression.parse import parse
from reconciler.expression.tokens import Token, tokens
from reconciler.expression.tree import Expression, Member, Node, Or, texts

CALLS_TRIED = 20
"""Each try parses the whole text; a rule has a call or two."""


def any_group_of(group_ids: Iterable[str]) -> str:
    """The text that is true of the members of these groups, and of nobody else."""
    listed = ", ".join(f'"{group_id}"' for group_id in group_ids)
    return f"isMemberOfAnyGroup({listed})"


def any_group_added(expression: Expression, group_id: str) -> str | None:
    """The text that means "the rule as it was, or a member of this group"; the text itself if it says so already.

    None where the text was not wholly understood, or no edit can be proven.
    """
    if expression.problem is not None:
        return None
    ids, others = _alternatives(expression.root)
    wanted = (ids | {group_id}, others)
    for text in _edits(expression.text, group_id):
        edited = parse(text)
        if edited.problem is None and _alternatives(edited.root) == wanted:
            return text
    return None


def enough(expression: Expression) -> frozenset[str]:
    """Ids of the groups of which being a member is enough, whatever else it asks; none of a text that was not wholly
    understood."""
    return frozenset() if expression.problem is not None else _alternatives(expression.root)[0]


def _alternatives(root: Node) -> tuple[frozenset[str], tuple[Node, ...]]:
    """Ids of groups that are enough by themselves, and whatever else is."""
    each = root.parts if isinstance(root, Or) else (root,)
    plain = [
        part for part in each if isinstance(part, Member) and part.how == "id" and len(texts(part)) == len(part.parts)
    ]
    return frozenset(id_ for part in plain for id_ in texts(part)), tuple(part for part in each if part not in plain)


def _edits(text: str, group_id: str) -> Iterator[str]:
    """Candidates, the smallest first: nothing; one more argument of a call that is there; one more alternative."""
    yield text
    row = tokens(text)
    calls = (at for at, token in enumerate(row) if token.written == "isMemberOfAnyGroup" and row[at + 1].written == "(")
    for at in islice(calls, CALLS_TRIED):
        if (last := _last_argument(row, at + 2)) is not None:
            yield f'{text[: last.to]}, "{group_id}"{text[last.to :]}'
    yield f'({text}) || isMemberOfAnyGroup("{group_id}")'


def _last_argument(row: tuple[Token, ...], at: int) -> Token | None:
    """The last of the strings that fill a bracket, if nothing else stands there."""
    while row[at].kind == "text" and row[at + 1].written == ",":
        at += 2
    return row[at] if row[at].kind == "text" and row[at + 1].written == ")" else None
