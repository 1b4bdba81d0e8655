from reconciler.expression.tree import Expression


def any_group_added(expression: Expression, group_id: str) -> str | None:
    return None
