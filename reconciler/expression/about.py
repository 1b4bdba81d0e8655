from reconciler.expression.tree import Expression, Facts, GroupAsked, Stance


def about(expression: Expression, group: GroupAsked, *, assume: Facts | None = None) -> Stance:
    return Stance("unknown", None, ("expressions are not evaluated yet",))
