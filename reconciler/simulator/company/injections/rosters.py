"""What goes wrong with the members of a group in Kandji, beyond one too few or one too many."""

from __future__ import annotations

from dataclasses import replace

from reconciler.simulator.company.company import Company
from reconciler.simulator.company.injections.staff import healthy, new_team
from reconciler.simulator.company.ledger import Push
from reconciler.simulator.company.truth import Expected
from reconciler.simulator.state import Person

CAP = 100
"""So many members a Kandji that cuts groups off tells."""


def _none_inactive(company: Company, push: Push) -> bool:
    """Whether every account in the Kandji group is active and somebody's in Okta."""
    people = company.ledger.people
    return healthy(company, push) and all(
        key.startswith("user:") and people[key.removeprefix("user:")].account == "active" for key in push.held
    )


def _leaves(company: Company, push: Push) -> Person:
    members = company.ledger.members[push.group_id]
    (person,) = company.pick(lambda entry: company.sound(entry) and entry.key in push.held and entry.id in members)
    company.leave(person)
    company.settle()
    return person


def inactive_member_lingers(company: Company) -> tuple[Expected, ...]:
    """Somebody leaves, and their account stays in its groups in Kandji until the next push: the usual way of things."""
    (push,) = company.pick_push(lambda push: len(push.held) >= 3 and _none_inactive(company, push))
    person = _leaves(company, push)
    holding = [other for other in company.ledger.pushed() if company.entry(person).key in other.held]
    return tuple(Expected(kind="inactive-member-lingers", subject=f"group:{other.group_id}") for other in holding)


def member_unknown(company: Company) -> tuple[Expected, ...]:
    """Somebody leaves; an admin tidies up in Kandji and deletes the account, and groups go on naming it."""
    (push,) = company.pick_push(lambda push: len(push.held) >= 3 and _none_inactive(company, push))
    person = _leaves(company, push)
    entry, account = company.entry(person), company.account(person)
    company.tenant.delete_user(account)
    entry.account = "none"
    holding = [other for other in company.ledger.pushed() if entry.key in other.held]
    for other in holding:
        other.held.remove(entry.key)
    return tuple(
        Expected(kind="member-unknown", subject=f"group:{other.group_id} account:{account}") for other in holding
    )


def group_shrank(company: Company) -> tuple[Expected, ...]:
    """A third of a group is gone in Kandji at one blow, and neither Okta nor its people changed."""
    (push,) = company.pick_push(lambda push: len(push.held) >= 11 and _none_inactive(company, push))
    there = [key for key in sorted(push.held) if company.sound(company.ledger.people[key.removeprefix("user:")])]
    lost = company.random.sample(there, max(5, len(push.held) // 3))
    push.held -= set(lost)
    kept = [company.account(company.people[key.removeprefix("user:")]) for key in sorted(push.held)]
    company.tenant.set_members(company.kandji_group(push), kept)
    return (
        Expected(kind="group-shrank", subject=f"group:{push.group_id}"),
        *(Expected(kind="member-missing", subject=f"group:{push.group_id} {key}") for key in sorted(lost)),
    )


def group_cut_off(company: Company) -> tuple[Expected, ...]:
    """Two large groups are pushed, and Kandji tells no more than a hundred members of either: who is missing in them
    can't be told."""
    people = company.pick(company.sound, CAP + 20)
    pushes = [new_team(company, name, people) for name in ("All Macs", "Newsletter")]
    company.tenant.ways = replace(company.tenant.ways, members_cap=CAP)
    for push in pushes:
        push.comparable = False
    return tuple(Expected(kind="group-cut-off", subject=f"group:{push.group_id}") for push in pushes)
