"""What goes wrong with a mapping's two ends: lost pushes, and groups that are renamed, doubled, deleted, mixed up."""

from __future__ import annotations

from reconciler.simulator.company.company import Company
from reconciler.simulator.company.entries import Push
from reconciler.simulator.company.injections.staff import healthy, new_team, swap_members, team
from reconciler.simulator.company.truth import Cause, Expected


def mapping_stale(company: Company) -> tuple[Expected, ...]:
    """A team changes while Okta has an outage of its own, which eats the push; nobody changes the team since."""
    push = team(company)
    joiner, leaver = swap_members(company, push)
    company.lose_pending()
    cause: Cause = ("mapping-stale", f"mapping:{push.mapping_id}")
    return (
        Expected(kind=cause[0], subject=cause[1]),
        Expected(kind="member-missing", subject=f"group:{push.group_id} user:{joiner.id}", cause=cause),
        Expected(kind="member-extra", subject=f"group:{push.group_id} user:{leaver.id}", cause=cause),
    )


def mapping_source_missing(company: Company) -> tuple[Expected, ...]:
    """A team is taken out of the rule and deleted in Okta, and its push is forgotten."""
    push = team(company)
    left = company.ledger.feeds - {push.group_id}
    company.feed([company.groups[group] for group in company.groups if group in left])
    company.settle()
    company.wait(hours=1)
    group = company.groups[push.group_id]
    company.delete_group(group)
    company.by_hand.remove(group)
    company.settle()
    return (Expected(kind="mapping-source-missing", subject=f"mapping:{push.mapping_id}"),)


def _large(company: Company, push: Push, least: int = 5) -> bool:
    return healthy(company, push) and len(push.held) >= least


def group_renamed(company: Company) -> tuple[Expected, ...]:
    """Somebody renames a pushed group in Kandji. By its name it is gone, but for those who know its id from an earlier
    look; Okta's next push would name it back."""
    (push,) = company.pick_push(lambda push: _large(company, push))
    scim_id = company.kandji_group(push)
    name = company.ink("group", f"{company.ledger.group_names[push.group_id]} (Macs)")
    company.tenant.rename_group(scim_id, name)
    push.renamed = scim_id
    cause: Cause = ("group-renamed", f"mapping:{push.mapping_id}")
    if push.seen is not None:
        return (Expected(kind=cause[0], subject=cause[1]),)
    push.there = False
    company.ledger.unmanaged_groups[scim_id], push.held = push.held, set()
    return (
        Expected(kind=cause[0], subject=cause[1]),
        Expected(kind="mapping-target-missing", subject=cause[1], cause=cause),
        Expected(kind="group-unmanaged", subject=f"kandji-group:{scim_id}", cause=cause),
    )


def group_name_taken(company: Company) -> tuple[Expected, ...]:
    """Somebody makes a group in Kandji that has the name of a pushed one, but for capitals."""
    (push,) = company.pick_push(lambda push: healthy(company, push))
    name, push.twin_of = company.ledger.group_names[push.group_id], company.kandji_group(push)
    company.tenant.create_group(name.upper() if name != name.upper() else name.lower())
    return (Expected(kind="group-name-taken", subject=f"mapping:{push.mapping_id}"),)


def group_linked_wrong(company: Company) -> tuple[Expected, ...]:
    """A new group is linked to one that was made in Kandji for others, who lose it by the first push; an admin there
    puts them back by hand."""
    theirs = company.pick(company.sound, 6)
    taken = {person.id for person in theirs}
    ours = company.pick(lambda entry: company.sound(entry) and entry.id not in taken, 6)
    accounts = [company.account(person) for person in theirs]
    scim_id = company.tenant.create_group("Kiosk Macs", accounts)
    company.org.set_rename_groups(False)
    push = new_team(company, "Field Macs", ours, "Kiosk Macs")
    company.wait(hours=2)
    company.tenant.set_members(scim_id, accounts)
    push.held = {company.entry(person).key for person in theirs}
    subject = f"mapping:{push.mapping_id}"
    return (
        Expected(kind="group-linked-wrong", subject=subject),
        Expected(kind="group-not-pushed", subject=subject),
        *(Expected(kind="member-extra", subject=f"group:{push.group_id} {key}") for key in sorted(push.held)),
    )
