"""What goes wrong with the group rules that bring people into the assignment group."""

from __future__ import annotations

from reconciler.simulator.company.company import Company
from reconciler.simulator.company.injections.assignment import member_not_assigned
from reconciler.simulator.company.injections.staff import fed_departments
from reconciler.simulator.company.life import WINDOWS
from reconciler.simulator.company.truth import Cause, Expected
from reconciler.simulator.org.state import GroupRule, Person


def _feeding(company: Company) -> GroupRule:
    """The one rule that fills the assignment group; LookupError where there is none."""
    if company.feeding is None:
        raise LookupError("no rule fills an assignment group")
    return company.feeding


def _left_out(company: Company, cause: Cause, people: list[Person]) -> tuple[Expected, ...]:
    rows = (Expected(kind="member-not-assigned", subject=f"user:{person.id}", cause=cause) for person in people)
    return Expected(kind=cause[0], subject=cause[1]), *rows


def _two_join(company: Company) -> list[Person]:
    return [company.hire(company.drawn(fed_departments(company))) for _ in range(2)]


def push_group_not_covered(company: Company) -> tuple[Expected, ...]:
    """A group is pushed, and nobody thinks of the rule; one of its people is of the warehouse, and brought in by
    nothing else."""
    group = company.create_group("Loaner Macs")
    company.push(group)
    for person in company.pick(lambda entry: company.sound(entry) and entry.id not in company.ledger.direct, 5):
        company.add_member(group, person)
    late = company.hire(company.drawn([WINDOWS]), [group])
    company.settle()
    return (
        Expected(kind="push-group-not-covered", subject=f"group:{group.id}"),
        Expected(kind="member-not-assigned", subject=f"user:{late.id}"),
    )


def rule_inactive(company: Company) -> tuple[Expected, ...]:
    """Somebody deactivates the rule that fills the assignment group, and forgets it; two people join since."""
    rule = _feeding(company)
    company.org.deactivate_rule(rule)
    joined = _two_join(company)
    company.stop_feeding().status = "INACTIVE"
    company.settle()
    return _left_out(company, ("rule-inactive", f"rule:{rule.id}"), joined)


def rule_invalid(company: Company) -> tuple[Expected, ...]:
    """The rule also named a pilot group, which is deleted: Okta calls it INVALID, and two people join since."""
    pilot = company.create_group("Mac Pilot 2023")
    company.feed([*(company.groups[group] for group in sorted(company.ledger.feeds)), pilot])
    company.settle()
    company.wait(hours=2)
    rule = _feeding(company)
    joined = _two_join(company)
    company.delete_group(pilot)
    company.stop_feeding()
    company.settle()
    return _left_out(company, ("rule-invalid", f"rule:{rule.id}"), joined)


def rule_excludes_member(company: Company) -> tuple[Expected, ...]:
    """Two people are taken out of the assignment group by hand, and Okta excludes them from its rule."""
    return member_not_assigned(company)


def rule_not_applied(company: Company) -> tuple[Expected, ...]:
    """Somebody joins, and Okta fails to evaluate the rule for them."""
    rule, person = _feeding(company), company.hire(company.drawn(fed_departments(company)))
    company.org.unevaluated.add((rule.id, person.id))
    company.ledger.excluded.add(person.id)
    company.ledger.rules[rule.id].unevaluated[person.id] = False
    company.entry(person).kept = True
    company.settle()
    return _left_out(company, ("rule-not-applied", f"rule:{rule.id} user:{person.id}"), [person])


def rule_feeds_unassigned_group(company: Company) -> tuple[Expected, ...]:
    """The warehouse gets Macs: a rule brings it into a group named as in another chapter of the guide, which is not the
    one that is assigned."""
    target = company.create_group("kandji_all_apple")
    attribute = "user.costCenter" if company.hostile else "user.department"
    expression = f'{attribute} == "{WINDOWS}"'
    rule = company.add_rule("Kandji: the warehouse too", expression, target, departments=frozenset({WINDOWS}))
    company.settle()
    return (Expected(kind="rule-feeds-unassigned-group", subject=f"rule:{rule.id}"),)
