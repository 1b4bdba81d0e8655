"""What is done to groups in Kandji behind Okta's back."""

from __future__ import annotations

from reconciler.simulator.company.company import Company
from reconciler.simulator.company.entries import Entry, Push
from reconciler.simulator.company.injections.staff import healthy
from reconciler.simulator.company.truth import Expected


def _sound_members(company: Company, push: Push) -> list[str]:
    ledger = company.ledger
    members = (ledger.people[person] for person in ledger.members[push.group_id])
    return sorted(entry.id for entry in members if company.sound(entry) and entry.key in push.held)


def member_missing(company: Company) -> tuple[Expected, ...]:
    """Somebody takes a member out in Kandji; or somebody came back to work, and Okta does not push their groups."""
    return _came_back(company) if company.ledger.flows and company.random.random() < 0.4 else _taken_out(company)


def _taken_out(company: Company) -> tuple[Expected, ...]:
    (push,) = company.pick_push(lambda push: healthy(company, push) and len(_sound_members(company, push)) >= 3)
    person = company.people[company.random.choice(_sound_members(company, push))]
    company.touched[person.id] = None
    company.tenant.remove_member(company.kandji_group(push), company.account(person))
    push.held.remove(f"user:{person.id}")
    return (Expected(kind="member-missing", subject=f"group:{push.group_id} user:{person.id}"),)


def _came_back(company: Company) -> tuple[Expected, ...]:
    ledger = company.ledger
    (person,) = company.pick(
        lambda entry: (
            company.sound(entry)
            and entry.id not in ledger.direct
            and all(push.there and push.comparable for push in _pushes_of(company, entry))
        )
    )
    company.leave(person)
    company.settle()
    pushes = _pushes_of(company, company.entry(person))
    for push in pushes:
        company.retry(push)
    company.settle()
    company.wait(hours=3)
    company.come_back(person)
    company.settle()
    return tuple(Expected(kind="member-missing", subject=f"group:{push.group_id} user:{person.id}") for push in pushes)


def _pushes_of(company: Company, entry: Entry) -> list[Push]:
    return [push for push in company.ledger.pushed("ACTIVE") if entry.id in company.ledger.members[push.group_id]]


def member_extra(company: Company) -> tuple[Expected, ...]:
    """Somebody puts a person into a pushed group in Kandji."""
    ledger = company.ledger
    (push,) = company.pick_push(lambda push: push.whole and len(push.held) >= 4)
    (person,) = company.pick(lambda entry: company.sound(entry) and entry.id not in ledger.members[push.group_id])
    company.tenant.add_member(company.kandji_group(push), company.account(person))
    push.held.add(f"user:{person.id}")
    return (Expected(kind="member-extra", subject=f"group:{push.group_id} user:{person.id}"),)


def group_unmanaged(company: Company) -> tuple[Expected, ...]:
    """A group in Kandji that no mapping reaches: made by hand, or left behind when its mapping was unlinked."""
    unlinkable = [push for push in company.ledger.pushes.values() if _may_go(company, push)]
    if len(unlinkable) > 3 and company.random.random() < 0.5:
        push = company.random.choice(unlinkable)
        scim_id = company.kandji_group(push)
        held = push.held
        company.org.unlink(company.mappings.pop(push.mapping_id))
        del company.ledger.pushes[push.mapping_id]
    else:
        people = company.pick(company.sound, 3)
        held = {company.entry(person).key for person in people}
        accounts = [company.account(person) for person in people]
        scim_id = company.tenant.create_group(company.ink("group", f"Borrowed Macs {company.number()}"), accounts)
    company.ledger.unmanaged_groups[scim_id] = held
    return (Expected(kind="group-unmanaged", subject=f"kandji-group:{scim_id}"),)


def _may_go(company: Company, push: Push) -> bool:
    """Whether unlinking a mapping takes nothing else with it that is to be found."""
    ledger = company.ledger
    people = [ledger.people[person] for person in ledger.members[push.group_id]]
    mine = {entry.key for entry in people}
    return (
        healthy(company, push)
        and push.group_id not in ledger.assigned_groups
        and push.mapping_id not in company.touched
        and push.held <= mine
        and all(company.sound(entry) or entry.status != "ACTIVE" for entry in people)
    )
