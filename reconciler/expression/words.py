from collections.abc import Mapping

from reconciler.expression.tree import Expression


def words(expression: Expression, names: Mapping[str, str] = {}) -> str:  # noqa: B006 (never changed)
    return f"a condition that was not understood: {expression.text}"
