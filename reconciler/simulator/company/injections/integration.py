"""What goes wrong with the integration itself, and so explains what goes wrong with many."""

from __future__ import annotations

from itertools import islice

from reconciler.simulator.company.company import Company
from reconciler.simulator.company.entries import Stranger
from reconciler.simulator.company.injections.staff import extras, fed_departments, healthy, swap_members, swappable
from reconciler.simulator.company.people import TITLES, Profile, draw
from reconciler.simulator.company.truth import Cause, Expected

SETTINGS = ("PUSH_USER_DEACTIVATION", "PUSH_NEW_USERS", "GROUP_PUSH", "PUSH_PROFILE_UPDATES")
OTHER_INTEGRATION = "Okta of Fenwick & Co"
OTHER_DOMAIN = "fenwick.example"


def app_inactive(company: Company) -> tuple[Expected, ...]:
    """Somebody deactivates the app; who is hired since is not assigned."""
    company.org.set_app_status("INACTIVE")
    company.ledger.app_active = False
    company.settle()
    company.wait(hours=2)
    cause = ("app-inactive", f"app:{company.ledger.app_id}")
    joined = [company.hire(company.drawn(fed_departments(company))) for _ in range(2)]
    company.settle()
    late = (Expected(kind="member-not-assigned", subject=f"user:{person.id}", cause=cause) for person in joined)
    return Expected(kind=cause[0], subject=cause[1]), *late


def provisioning_off(company: Company, feature: str | None = None) -> tuple[Expected, ...]:
    """Somebody unticks one setting of *Provisioning → To App*; then happens what it would have carried over."""
    feature = feature or company.random.choice(SETTINGS)
    company.org.set_features([name for name in company.org.app.features if name != feature])
    company.ledger.features_off.append(feature)
    company.settle()
    company.wait(hours=2)
    cause = ("provisioning-off", f"app:{company.ledger.app_id} feature:{feature}")
    following = {
        "PUSH_USER_DEACTIVATION": _one_leaves,
        "PUSH_NEW_USERS": _one_joins,
        "GROUP_PUSH": _two_swap,
        "PUSH_PROFILE_UPDATES": _one_rises,
    }[feature]
    found = following(company, cause)
    company.settle()
    return Expected(kind=cause[0], subject=cause[1]), *found


def _one_leaves(company: Company, cause: Cause) -> tuple[Expected, ...]:
    (person,) = company.pick(company.sound)
    company.leave(person)
    left = ("left-still-active", f"user:{person.id}")
    return Expected(kind=left[0], subject=left[1], cause=cause), *extras(company, person, cause=left)


def _one_joins(company: Company, cause: Cause) -> tuple[Expected, ...]:
    person = company.hire(company.drawn(fed_departments(company)))
    return (Expected(kind="assignment-stuck", subject=f"user:{person.id}", cause=cause),)


def _two_swap(company: Company, cause: Cause) -> tuple[Expected, ...]:
    before = {push.mapping_id: set(company.ledger.members[push.group_id]) for push in company.ledger.pushed()}
    (push,) = company.pick_push(lambda push: swappable(company, push))
    swap_members(company, push)
    found: list[Expected] = []
    for push in company.ledger.pushed():
        now = company.ledger.members[push.group_id]
        for kind, people in (
            ("member-missing", now - before[push.mapping_id]),
            ("member-extra", before[push.mapping_id] - now),
        ):
            subjects = (f"group:{push.group_id} user:{person}" for person in people)
            found += (Expected(kind=kind, subject=subject, cause=cause) for subject in subjects)
    return tuple(found)


def _one_rises(company: Company, cause: Cause) -> tuple[Expected, ...]:
    (person,) = company.pick(company.sound)
    company.promote(person, "Vice President of Interim Solutions")
    return (Expected(kind="attribute-differs", subject=f"user:{person.id}", cause=cause),)


def foreign_people(company: Company) -> tuple[Expected, ...]:
    """A company that was bought feeds its own people into the same store; one of them is put into a pushed group."""
    ledger, cause = company.ledger, ("foreign-people", f"app:{company.ledger.app_id}")
    ours = sum(entry.account == "active" for entry in ledger.people.values()) + len(ledger.strangers)
    integration = company.ink("integration", OTHER_INTEGRATION)
    profiles = islice(draw(company.random, tuple(TITLES), set(), OTHER_DOMAIN), max(6, ours // 6))
    strangers = [Stranger(scim_id=_theirs(company, profile, integration), foreign=True) for profile in profiles]
    ledger.foreign = True
    ledger.strangers.update({stranger.key: stranger for stranger in strangers})
    (push,) = company.pick_push(lambda push: healthy(company, push))
    company.tenant.add_member(company.kandji_group(push), strangers[0].scim_id)
    push.held.add(strangers[0].key)
    return (
        Expected(kind=cause[0], subject=cause[1]),
        *(Expected(kind="unmanaged-in-kandji", subject=stranger.key, cause=cause) for stranger in strangers),
        Expected(kind="member-extra", subject=f"group:{push.group_id} {strangers[0].key}", cause=cause),
    )


def _theirs(company: Company, plain: Profile, integration: str) -> str:
    profile = company.ink.profile(plain)
    return company.tenant.create_user(
        profile.login, profile.display_name, email=plain.login, title=profile.title, integration=integration
    )
