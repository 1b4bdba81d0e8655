"""What goes wrong with the members of a group in Kandji, beyond one too few or one too many."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from reconciler.simulator.company.company import Company
from reconciler.simulator.company.entries import Push
from reconciler.simulator.company.injections.staff import fed_departments, healthy, new_team
from reconciler.simulator.company.truth import Expected
from reconciler.simulator.org.state import Person

CAP = 100
"""So many members a Kandji that cuts groups off tells."""


def _none_inactive(company: Company, push: Push) -> bool:
    """Whether every account in the Kandji group is active and somebody's in Okta."""
    entries = [company.ledger.entry(key) for key in push.held]
    return all(entry is not None and entry.account == "active" for entry in entries)


def _one_leaves(company: Company) -> Person:
    """Somebody leaves who is in a Kandji group, one without lingering members if there is any."""
    fitting = [push for push in company.ledger.pushed() if len(push.held) >= 3 and healthy(company, push)]
    clean = {push.mapping_id for push in fitting if _none_inactive(company, push)}
    (push,) = company.pick_push(lambda push: push in fitting and (not clean or push.mapping_id in clean))
    members = company.ledger.members[push.group_id]
    (person,) = company.pick(lambda entry: company.sound(entry) and entry.key in push.held and entry.id in members)
    company.leave(person)
    company.settle()
    return person


def inactive_member_lingers(company: Company) -> tuple[Expected, ...]:
    """Somebody leaves, and their account stays in its groups in Kandji until the next push: the usual way of things."""
    person = _one_leaves(company)
    holding = [other for other in company.ledger.pushed() if company.entry(person).key in other.held]
    return tuple(Expected(kind="inactive-member-lingers", subject=f"group:{other.group_id}") for other in holding)


def member_unknown(company: Company) -> tuple[Expected, ...]:
    """Somebody leaves; an admin tidies up in Kandji and deletes the account, and groups go on naming it."""
    person = _one_leaves(company)
    entry, account = company.entry(person), company.account(person)
    company.tenant.delete_user(account)
    entry.account, entry.lost = "gone", account
    holding = [other for other in company.ledger.pushed() if entry.key in other.held]
    return tuple(
        Expected(kind="member-unknown", subject=f"group:{other.group_id} account:{account}") for other in holding
    )


def group_shrank(company: Company) -> tuple[Expected, ...]:
    """HR moves a third of a department elsewhere by mistake, and back within minutes. Okta pushes the department both
    times, and the first push is the slower: it takes the people out whom the second had put back."""
    home = {group.id: name for name, group in company.departments.items()}
    fed = fed_departments(company)
    (push,) = company.pick_push(
        lambda push: home.get(push.group_id) in fed and healthy(company, push) and len(_movable(company, push)) >= 11
    )
    name, movable = home[push.group_id], _movable(company, push)
    elsewhere = company.random.choice([other for other in fed if other != name])
    lost = [company.people[one] for one in company.random.sample(movable, max(5, len(movable) // 3))]
    company.provisioner.delay_next_push(company.mappings[push.mapping_id], timedelta(minutes=10))
    for department in (elsewhere, name):
        for person in lost:
            company.move(person, department)
        company.clock.advance(timedelta(minutes=2))
    company.settle()
    push.held -= {company.entry(person).key for person in lost}
    return (
        Expected(kind="group-shrank", subject=f"group:{push.group_id}"),
        *(Expected(kind="member-missing", subject=f"group:{push.group_id} user:{person.id}") for person in lost),
    )


def _movable(company: Company, push: Push) -> list[str]:
    """Members of both groups of a mapping who are as they should be."""
    members = (company.ledger.people[one] for one in sorted(company.ledger.members[push.group_id]))
    return [one.id for one in members if one.key in push.held and one.status == "ACTIVE" and company.sound(one)]


def group_cut_off(company: Company) -> tuple[Expected, ...]:
    """Two large groups are pushed, and Kandji tells no more than a hundred members of either: who is missing in them
    can't be told."""
    if not company.ledger.flows:
        raise LookupError("nothing is pushed any more")
    people = company.pick(company.sound, CAP + 20)
    pushes = [new_team(company, name, people) for name in ("All Macs", "Newsletter")]
    company.tenant.ways = replace(company.tenant.ways, members_cap=CAP)
    for push in pushes:
        push.cut_off = True
    return tuple(Expected(kind="group-cut-off", subject=f"group:{push.group_id}") for push in pushes)
