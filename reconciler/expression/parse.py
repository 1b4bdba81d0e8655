"""From text to a tree, by binding power; never raises.

A text that is not of the language is unknown as a whole, with the reason and the column. A part that is well formed but
not documented for group rules (another function, ``app.…``) is a ``Foreign`` in its place, so that the rest still tells
what it can.
"""

from __future__ import annotations

from functools import lru_cache

from reconciler.expression.reading import NotUnderstoodError, Reading
from reconciler.expression.tree import Attribute, Compare, Expression, Foreign, Internal, Member, Node, texts, walk


@lru_cache(maxsize=4096)  # the rules of one org, which many ask for
def parse(text: str) -> Expression:
    """The expression, with its problem where it was not understood."""
    try:
        root = Reading(text).whole()
    except NotUnderstoodError as failure:
        return Expression(text=text, root=Foreign(text, str(failure)), problem=str(failure))
    return _looked_at(text, root)


def _looked_at(text: str, root: Node) -> Expression:
    nodes = tuple(walk(root))
    asked = [node for node in nodes if isinstance(node, Member)]
    exact = [node for node in asked if node.how in ("id", "name")]
    internal = {node.name for node in nodes if isinstance(node, Internal)}
    return Expression(
        text=text,
        root=root,
        problem=next((node.why for node in nodes if isinstance(node, Foreign)), None),
        attributes=frozenset(node.name for node in nodes if isinstance(node, Attribute)) | (internal - {"id"}),
        group_ids=frozenset(id_ for node in exact if node.how == "id" for id_ in texts(node)),
        group_names=frozenset(name for node in exact if node.how == "name" for name in texts(node)),
        looks_at_groups_by_pattern=any(len(texts(node)) < len(node.parts) for node in asked) or len(exact) < len(asked),
        users=frozenset(
            id_ for node in nodes if isinstance(node, Compare) and Internal("id") in node.parts for id_ in texts(node)
        ),
        reads_user_id="id" in internal,
    )
