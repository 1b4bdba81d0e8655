from reconciler.expression.tree import Expression, Facts, Outcome


def evaluate(expression: Expression, facts: Facts) -> Outcome:
    return Outcome(None, ("expressions are not evaluated yet",))
