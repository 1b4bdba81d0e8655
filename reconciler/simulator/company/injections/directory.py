"""What goes wrong with people in Kandji: doubles, attributes, archives, and whose Mac is whose."""

from __future__ import annotations

from reconciler.simulator.company.company import Company
from reconciler.simulator.company.entries import Stranger
from reconciler.simulator.company.truth import Cause, Expected

GOOGLE = "Google Workspace"


def duplicate_in_kandji(company: Company) -> tuple[Expected, ...]:
    """Somebody in Kandji makes a second account by hand, with the address of somebody who has one."""
    (person,) = company.pick(company.sound)
    company.entry(person).kept = True
    login = company.login(f"mac.{person.login.partition('@')[0]}")
    name = person.display_name or person.login
    scim_id = company.tenant.create_user(login, company.ink("display name", name), email=person.email)
    stranger = company.ledger.strangers[f"account:{scim_id}"] = Stranger(scim_id=scim_id, double=person.id)
    return (
        Expected(kind="duplicate-in-kandji", subject=f"user:{person.id}"),
        Expected(kind="unmanaged-in-kandji", subject=stranger.key),
    )


def attribute_not_sent(company: Company) -> tuple[Expected, ...]:
    """The title is mapped to be applied on create only; then HR gives nearly everybody another one."""
    company.org.set_on_create_only(["title"])
    company.ledger.on_create_only.add("title")
    there = [entry for entry in company.ledger.people.values() if entry.provisioned and company.sound(entry)]
    promoted = there[: len(there) * 4 // 5]
    for number, entry in enumerate(promoted):
        company.promote(company.people[entry.id], f"Associate, Level {number % 5 + 1}")
    company.settle()
    cause: Cause = ("attribute-not-sent", f"app:{company.ledger.app_id} attribute:title")
    rows = (Expected(kind="attribute-differs", subject=entry.key, cause=cause) for entry in promoted)
    return Expected(kind=cause[0], subject=cause[1]), *rows


def archived_with_device(company: Company) -> tuple[Expected, ...]:
    """Somebody leaves and is archived in Kandji, and nobody collects their Mac."""
    (person,) = company.pick(lambda entry: company.sound(entry) and entry.id in company.devices)
    company.leave(person)
    company.settle()
    company.tenant.archive(company.account(person))
    company.entry(person).archived_with_mac = company.account(person)
    return (Expected(kind="archived-with-device", subject=f"user:{person.id}"),)


def device_on_other_account(company: Company) -> tuple[Expected, ...]:
    """Another directory of Kandji's knows the same people, and a Mac is on somebody's row there."""
    (person,) = company.pick(lambda entry: company.sound(entry) and entry.id in company.devices)
    name = person.display_name or person.login
    row = company.tenant.add_directory_user(person.email, company.ink("directory", name), GOOGLE)
    company.tenant.assign_device(company.devices[person.id], row)
    company.entry(person).mac_elsewhere = company.entry(person).kept = True
    return (Expected(kind="device-on-other-account", subject=f"user:{person.id}"),)
