"""What Okta's API does to people: made, changed, moved through their statuses, deleted."""

from __future__ import annotations

from reconciler.simulator.okta import shapes as okta_shapes
from reconciler.simulator.okta.answers import invalid, refusal
from reconciler.simulator.okta.asked import Asked
from reconciler.simulator.okta.roles import GROUPS
from reconciler.simulator.okta.shapes import Body
from reconciler.simulator.org.rule_language import DEFAULT_PROFILE, Value
from reconciler.simulator.org.state import DEPROVISIONED, Person

REQUIRED = ("firstName", "lastName", "email", "login")
SHORTEST_LOGIN, LONGEST_LOGIN = 5, 100
BLANK = "The field cannot be left blank"


def create(asked: Asked) -> Body:
    """POST /api/v1/users: STAGED with activate=false; else PROVISIONED, with a password ACTIVE."""
    profile = _profile(asked, whole=True)
    password = asked.within("credentials", "password") or {}
    activated = "ACTIVE" if password else "PROVISIONED"
    status = activated if asked.flag("activate", default=True) else "STAGED"
    groups = [asked.changeable(asked.group_of(group_id)) for group_id in asked.texts("groupIds")]
    if groups and not asked.role.allows(GROUPS):
        raise refusal("E0000006")
    person = asked.org.add_user(
        str(profile["login"]), str(profile["firstName"]), str(profile["lastName"]), display_name="", status=status
    )
    asked.org.write_profile(person, profile)
    for group in groups:
        asked.org.add_member(group, person)
    return _shown(asked, person)


def update(asked: Asked) -> Body:
    """POST /api/v1/users/{user}: what is not said stays."""
    person = asked.user
    asked.org.write_profile(person, _profile(asked, whole=False))
    return _shown(asked, person)


def replace(asked: Asked) -> Body:
    """PUT /api/v1/users/{user}: what is not said is taken away."""
    person = asked.user
    asked.org.write_profile(person, _profile(asked, whole=True), whole=True)
    return _shown(asked, person)


def delete(asked: Asked) -> None:
    """DELETE /api/v1/users/{user}: the first deactivates, the second deletes for good."""
    person = asked.user
    asked.flag("sendEmail", default=False)
    if person.status == DEPROVISIONED:
        asked.org.delete_user(person)
    else:
        asked.org.deactivate(person)


def activate(asked: Asked) -> Body:
    """POST …/lifecycle/activate: from STAGED, and from DEPROVISIONED."""
    person = asked.user
    (asked.org.reactivate if person.status == DEPROVISIONED else asked.org.activate)(person)
    return {}


def deactivate(asked: Asked) -> Body:
    """POST …/lifecycle/deactivate"""
    asked.org.deactivate(asked.user)
    return {}


def suspend(asked: Asked) -> Body:
    """POST …/lifecycle/suspend: from ACTIVE."""
    asked.org.suspend(asked.user)
    return {}


def unsuspend(asked: Asked) -> Body:
    """POST …/lifecycle/unsuspend: from SUSPENDED."""
    asked.org.unsuspend(asked.user)
    return {}


def _shown(asked: Asked, person: Person) -> Body:
    return okta_shapes.user(asked.org, asked.base, person, alone=True)


def _profile(asked: Asked, *, whole: bool) -> dict[str, Value]:
    profile = asked.within("profile")
    if not isinstance(profile, dict):
        raise invalid("profile", f"profile: {BLANK}")
    causes = [f"{name}: {BLANK}" for name in REQUIRED if (whole or name in profile) and not profile.get(name)]
    odd = [name for name, value in profile.items() if not _fits(name, value)]
    causes += [f"{name}: Does not match required type." for name in odd]
    login = profile.get("login")
    if login and not causes and not SHORTEST_LOGIN <= len(login) <= LONGEST_LOGIN:
        causes.append(f"login: {SHORTEST_LOGIN} to {LONGEST_LOGIN} characters")
    if login and not causes and "@" not in login:
        causes.append("login: Username must be in the form of an email address")
    if causes:
        raise invalid(causes[0].partition(":")[0], *causes)
    return profile


def _fits(name: str, value: object) -> bool:
    """The default profile has texts alone; an attribute of the org's own may be a number, a Boolean or an array."""
    if name in DEFAULT_PROFILE:
        return value is None or isinstance(value, str)
    one_or_many = value if isinstance(value, list) else [value]
    return all(one is None or isinstance(one, str | int | float) for one in one_or_many)
