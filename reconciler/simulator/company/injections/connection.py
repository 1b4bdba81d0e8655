"""What goes wrong between Okta and Kandji as a whole: settings, the token, an outage, the integration itself."""

from __future__ import annotations

from reconciler.simulator.company.company import Company
from reconciler.simulator.company.injections.staff import (
    extras,
    fed_departments,
    memberships,
    new_name,
    stopped,
    swap_members,
    swappable,
    team,
)
from reconciler.simulator.company.ledger import SEVERAL
from reconciler.simulator.company.truth import Cause, Expected

NO_USER_NAME = "EXCLUDE_USERNAME_UPDATE_ON_PROFILE_PUSH"
IMPORTS = ("IMPORT_NEW_USERS", "IMPORT_PROFILE_UPDATES", "AUTO_CONFIRM_IMPORTS", "PROFILE_MASTERING")


def _app(company: Company, kind: str) -> Cause:
    return kind, f"app:{company.ledger.app_id}"


def username_push_off(company: Company) -> tuple[Expected, ...]:
    """The user name is applied on create only; then somebody marries, and keeps the old one in Kandji."""
    company.org.set_features([*company.org.app.features, NO_USER_NAME])
    company.ledger.on_create_only.add("login")
    (person,) = company.pick(company.sound)
    company.marry(person, *new_name(company, person))
    kind, subject = _app(company, "username-push-off")
    return Expected(kind=kind, subject=subject), Expected(kind="attribute-differs", subject=f"user:{person.id}")


def import_on(company: Company) -> tuple[Expected, ...]:
    """Somebody ticks an import in *Provisioning → To Okta*."""
    company.org.set_features([*company.org.app.features, company.random.choice(IMPORTS)])
    company.ledger.imports = True
    kind, subject = _app(company, "import-on")
    return (Expected(kind=kind, subject=subject),)


def credentials_refused(company: Company) -> tuple[Expected, ...]:
    """A new SCIM token is made in Kandji, and nobody tells Okta: a team changes, somebody joins, somebody leaves."""
    cause = _app(company, "credentials-refused")
    push = team(company)
    company.lose_token()
    before = memberships(company)
    swapped = {person.id for person in swap_members(company, push)}
    joined = company.hire(company.drawn(fed_departments(company)))
    (leaver,) = company.pick(lambda entry: company.sound(entry) and entry.id not in swapped)
    company.leave(leaver)
    company.settle()
    left: Cause = ("left-still-active", f"user:{leaver.id}")
    return (
        Expected(kind=cause[0], subject=cause[1]),
        Expected(kind="assignment-stuck", subject=f"user:{joined.id}", cause=cause),
        Expected(kind=left[0], subject=left[1], cause=cause),
        *extras(company, leaver, cause=left),
        *stopped(company, before, cause),
    )


def pushes_failing(company: Company) -> tuple[Expected, ...]:
    """For an hour Kandji answers every group push with an error; people change groups, and Okta stops pushing those."""
    cause, before = _app(company, "pushes-failing"), memberships(company)
    with company.failing("push-members", "HTTP 504 Gateway Timeout"):
        while len(company.ledger.dirty) < SEVERAL:
            (push,) = company.pick_push(lambda push: swappable(company, push))
            swap_members(company, push)
        company.settle()
    return Expected(kind=cause[0], subject=cause[1]), *stopped(company, before, cause)


def integration_recreated(company: Company) -> tuple[Expected, ...]:
    """The SCIM integration is deleted in Kandji and made anew, with all it held; Okta gets the new token, and that is
    all. In one case of two, a second app of Okta's has filled the new one meanwhile with the same people."""
    ledger, cause = company.ledger, _app(company, "integration-recreated")
    company.recreate_integration()
    gone = [entry for entry in ledger.people.values() if entry.must_be_in and entry.provisioned]
    if company.random.random() < 0.5:
        for person in (company.people[entry.id] for entry in gone):
            name = person.display_name or person.login
            company.tenant.create_user(person.login, name, email=person.email, external_id=person.id)
    return (
        Expected(kind=cause[0], subject=cause[1]),
        *(Expected(kind="missing-in-kandji", subject=entry.key, cause=cause) for entry in gone),
        *(
            Expected(kind="mapping-target-missing", subject=f"mapping:{push.mapping_id}", cause=cause)
            for push in ledger.pushed("ACTIVE", "ERROR")
        ),
    )
