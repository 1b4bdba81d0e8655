"""What is done to accounts in Kandji behind Okta's back."""

from __future__ import annotations

from reconciler.simulator.company.company import Company
from reconciler.simulator.company.entries import Entry, Stranger
from reconciler.simulator.company.injections.staff import extras, healthy
from reconciler.simulator.company.truth import Expected
from reconciler.simulator.org.state import Person

EDITS: tuple[tuple[str, ...], ...] = (
    ("title",),
    ("department",),
    ("display_name", "formatted_name", "given_name", "family_name"),
    ("email",),
    ("user_name",),
    ("title", "email"),
)
"""What an admin in Kandji changes about somebody; a name only differs if every form of it does."""


def _there(entry: Entry) -> bool:
    return entry.must_be_in and entry.there and not entry.kept


def missing_in_kandji(company: Company) -> tuple[Expected, ...]:
    """Somebody deletes an account in Kandji; in one case of two, it is made again by hand and so gets a new id."""
    (person,) = company.pick(_there)
    account = company.account(person)
    if person.id in company.devices:
        company.tenant.assign_device(company.devices.pop(person.id), None)
    company.tenant.delete_user(account)
    company.entry(person).account, company.entry(person).lost = "gone", account
    if company.random.random() < 0.5:
        name = person.display_name or person.login
        company.tenant.create_user(
            person.login, name, email=person.email, title=person.title, department=person.department
        )
    return (Expected(kind="missing-in-kandji", subject=f"user:{person.id}"),)


def inactive_in_kandji(company: Company, person: Person | None = None) -> tuple[Expected, ...]:
    """Somebody sets an account to inactive in Kandji; no profile push will ever mend that."""
    person = person or company.pick(company.sound)[0]
    company.tenant.deactivate_user(company.account(person))
    company.entry(person).account = "inactive"
    return (Expected(kind="inactive-in-kandji", subject=f"user:{person.id}"),)


def attribute_differs(company: Company) -> tuple[Expected, ...]:
    """Somebody edits two people in Kandji, or a profile push is lost on the day on which Okta's token is dead."""
    edited, promoted = company.pick(_there, 2)
    edits = company.random.choice(EDITS)
    company.tenant.edit_user(company.account(edited), **{name: _other(company, edited, name) for name in edits})
    company.entry(edited).differs.update(edits)
    rows = tuple(Expected(kind="attribute-differs", subject=f"user:{person.id}") for person in (edited, promoted))
    if company.ledger.flows and company.random.random() < 0.5:
        with company.outage():
            company.promote(promoted, "Head of Everything Else")
            company.settle()
        rows += (Expected(kind="profile-push-failed", subject=f"user:{promoted.id}"),)
    else:
        company.tenant.edit_user(company.account(promoted), department=company.ink("department", "Skunk Works"))
        company.entry(promoted).differs.add("department")
    return rows


def _other(company: Company, person: Person, attribute: str) -> str:
    """Another value than Okta's for an attribute."""
    if attribute == "email":
        return f"former.{person.email}"
    if attribute == "user_name":
        return f"former.{person.login}"
    value = {"title": "Interim Lead", "department": "Skunk Works"}.get(attribute, f"Former {attribute}")
    return company.ink(attribute, value)


def unmanaged_in_kandji(company: Company) -> tuple[Expected, ...]:
    """An account that nobody in Okta belongs to: made by hand, or its owner was deleted before Kandji heard of it."""
    return _deleted(company) if company.random.random() < 0.4 else _by_hand(company)


def _by_hand(company: Company) -> tuple[Expected, ...]:
    number = company.number()
    address, name = f"front.desk{number}@kiosk.example", company.ink("display name", f"Front Desk {number}")
    title = company.ink("title", "Kiosk")
    scim_id = company.tenant.create_user(company.ink("login", address), name, email=address, title=title)
    stranger = company.ledger.strangers[f"account:{scim_id}"] = Stranger(scim_id=scim_id)
    (push,) = company.pick_push(lambda push: healthy(company, push))
    company.tenant.add_member(company.kandji_group(push), scim_id)
    push.held.add(stranger.key)
    return (
        Expected(kind="unmanaged-in-kandji", subject=stranger.key),
        Expected(kind="member-extra", subject=f"group:{push.group_id} {stranger.key}"),
    )


def _deleted(company: Company) -> tuple[Expected, ...]:
    (person,) = company.pick(company.sound)
    stranger = Stranger(scim_id=company.account(person))
    company.leave(person)
    with company.failing("deactivate", "Error while updating user: HTTP 503", who=[person.id]):
        company.settle()
    company.delete(person)
    company.settle()
    if company.ledger.looked_at:
        left = ("left-still-active", f"user:{person.id}")
        return Expected(kind=left[0], subject=left[1]), *extras(company, person, left)
    company.ledger.estrange(company.entry(person), stranger)
    holding = [push for push in company.ledger.pushes.values() if stranger.key in push.held]
    return (
        Expected(kind="unmanaged-in-kandji", subject=stranger.key),
        *(Expected(kind="member-extra", subject=f"group:{push.group_id} {stranger.key}") for push in holding),
    )
