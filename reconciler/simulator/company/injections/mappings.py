"""What goes wrong with push mappings: in error, paused, their target gone or emptied."""

from __future__ import annotations

from reconciler.simulator.company.company import Company
from reconciler.simulator.company.entries import Push
from reconciler.simulator.company.injections.staff import healthy, swap_members, swappable
from reconciler.simulator.company.truth import Expected


def mapping_error(company: Company, push: Push | None = None) -> tuple[Expected, ...]:
    """Kandji answers one group push with an error; Okta stops trying. One person joined the group, one left it."""
    push = push or company.pick_push(lambda push: swappable(company, push))[0]
    _, leaver = swap_members(company, push)
    with company.failing("push-members", "HTTP 500 Internal Server Error", who=[push.mapping_id]):
        company.settle()
    error = ("mapping-error", f"mapping:{push.mapping_id}")
    extra = Expected(kind="member-extra", subject=f"group:{push.group_id} user:{leaver.id}", cause=error)
    return Expected(kind=error[0], subject=error[1]), extra


def mapping_inactive(company: Company) -> tuple[Expected, ...]:
    """A mapping is paused and forgotten. One person joins the group since, one leaves it."""
    (push,) = company.pick_push(lambda push: swappable(company, push))
    company.org.pause_mapping(company.mappings[push.mapping_id])
    push.status = "INACTIVE"
    company.settle()
    company.wait(hours=2)
    _, leaver = swap_members(company, push)
    company.settle()
    paused = ("mapping-inactive", f"mapping:{push.mapping_id}")
    extra = Expected(kind="member-extra", subject=f"group:{push.group_id} user:{leaver.id}", cause=paused)
    return Expected(kind=paused[0], subject=paused[1]), extra


def mapping_target_missing(company: Company) -> tuple[Expected, ...]:
    """Somebody deletes a pushed group in Kandji. Not one in error: the error would be hidden, and can't be redone."""
    (push,) = company.pick_push(lambda push: push.status == "ACTIVE" and push.whole and len(push.held) >= 2)
    company.tenant.delete_group(company.kandji_group(push))
    push.there = False
    push.held.clear()
    return (Expected(kind="mapping-target-missing", subject=f"mapping:{push.mapping_id}"),)


def group_not_pushed(company: Company) -> tuple[Expected, ...]:
    """A pushed group is as good as empty in Kandji: a clean-up there took nearly everybody out."""
    (push,) = company.pick_push(lambda push: healthy(company, push) and len(_active(company, push.held)) >= 4)
    members = _active(company, push.held)
    kept = company.random.sample(members, len(members) // 6)
    accounts = [company.account(company.people[key.removeprefix("user:")]) for key in kept]
    company.tenant.set_members(company.kandji_group(push), accounts)
    push.held = set(kept)
    return (Expected(kind="group-not-pushed", subject=f"mapping:{push.mapping_id}"),)


def _active(company: Company, keys: set[str]) -> list[str]:
    """Of these members of a Kandji group, the people of the org who are as they should be."""
    people = company.ledger.people
    return sorted(key for key in keys if key.startswith("user:") and company.sound(people[key.removeprefix("user:")]))
