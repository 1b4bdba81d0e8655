"""What each side says, as lines of evidence: of a person, of a push mapping, and of the chain between them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from reconciler.findings import Fact

if TYPE_CHECKING:
    from reconciler.world import Person, Push, World


def links(world: World, number: int, push: Push) -> Iterator[tuple[str, bool | None, str]]:
    """Each link of the chain by name, whether it holds (None: unknown), and in words why."""
    person = world.people[number]
    app_user, account = person.app_user, person.account
    member = number in world.members(push.group_id)
    in_group = f"{'in' if member else 'not in'} {push.name}, Okta status {_status(person)}"
    if not push.readable:
        in_group = f"the members of {push.name} were not read"
    elif number not in world.scope:
        in_group += ", outside the scope"
    unknown = not push.readable or (member and number in world.may_be_in)
    must = member and number in world.must_be_in and number in world.scope
    yield "in the Okta group, must be in", None if unknown else must, in_group
    told = f"app user {app_user.status}, scope {app_user.scope}" if app_user else "no app user"
    yield "assigned to the app", number in world.assigned, told
    external = app_user.external_id if app_user else None
    yield "provisioned", number in world.provisioned, f"external id {external}" if external else "no external id"
    yield "present in Kandji", _is_present(world, number), _presence(world, number)
    archived = account is None and number in world.account_inactive
    active = False if archived else account.active if account else None
    yield (
        "active in Kandji",
        active,
        "active not told" if active is None else "archived" if archived else f"active: {str(active).lower()}",
    )
    yield "mapping healthy", _is_healthy(push), push.problem or _health(push)
    if not push.comparable or push.kandji_group is None:
        yield "in the Kandji group", None, push.problem or "members of the Kandji group are not known"
    else:
        inside = number in world.kandji_members(push.kandji_group)
        words = f"{'in' if inside else 'not in'} {push.kandji_group.display_name} ({push.kandji_group.id})"
        if push.perhaps_cut and not inside:
            words = f"not among the members that Kandji tells of {push.kandji_group.display_name}, which may be cut off"
        yield "in the Kandji group", inside or (None if push.perhaps_cut else False), words


def _is_present(world: World, number: int) -> bool | None:
    if number in world.present:
        return True
    return False if number in world.absent or number not in world.provisioned else None


def _presence(world: World, number: int) -> str:
    person = world.people[number]
    external = person.app_user.external_id if person.app_user else None
    if number in world.present:
        return f"account {external} found" if person.account else f"account {external}: only among the archived people"
    if number in world.absent:
        told = f"no account {external}: not in the list, 404 when read by id"
        return f"{told}; re-created as {person.account.id}" if person.account else told
    return "not known" if external else "no account to look for"


def _is_healthy(push: Push) -> bool | None:
    if push.mapping.status != "ACTIVE" or push.absent:
        return False
    return None if push.kandji_group is None or push.problem else True


def _health(push: Push) -> str:
    target = "" if push.kandji_group else f", no Kandji group named {push.target_name}"
    return f"mapping {push.mapping.status}{target}"


def of_push(push: Push) -> tuple[Fact, ...]:
    """A mapping and both its ends."""
    mapping = push.mapping
    pushed = f"{mapping.last_push:%Y-%m-%d %H:%M} UTC" if mapping.last_push else "not told"
    facts = [
        Fact(side="okta", label="group", value=f"{push.name} ({push.group_id})"),
        Fact(side="okta", label="push mapping", value=f"{mapping.status} ({mapping.id})"),
        Fact(side="okta", label="last push", value=pushed),
        Fact(side="okta", label="pushes to", value=push.target_name or "not known"),
    ]
    if mapping.error_summary:
        facts.append(Fact(side="okta", label="error", value=mapping.error_summary))
    group = push.kandji_group
    told = f"{group.display_name} ({group.id})" if group else "no group of that name"
    facts.append(Fact(side="kandji", label="group", value=told))
    if group is not None and group.member_ids is not None:
        facts.append(Fact(side="kandji", label="members", value=str(len(group.member_ids))))
    return tuple(facts)


def _status(person: Person) -> str:
    if person.user is not None:
        return person.user.status or "not told"
    return "deleted" if person.deleted_user_id else "not known to Okta"


def of_person(person: Person) -> Iterator[Fact]:
    """Both records of a person, side by side."""
    user, app_user, account, row = person.user, person.app_user, person.account, person.row
    if user is not None:
        yield Fact(side="okta", label="user", value=f"{user.login} ({user.id})")
        since = f" since {user.status_changed:%Y-%m-%d %H:%M} UTC" if user.status_changed else ""
        yield Fact(side="okta", label="status", value=f"{_status(person)}{since}")
    elif person.deleted_user_id:
        yield Fact(side="okta", label="user", value=f"{person.deleted_user_id}, deleted in Okta")
    else:
        told = "not certain who" if person.candidates else "found nowhere in Okta"
        yield Fact(side="okta", label="user", value=told)
    if app_user is not None:
        yield Fact(side="okta", label="assignment", value=f"{app_user.status}, scope {app_user.scope or 'not told'}")
        yield Fact(side="okta", label="external id", value=app_user.external_id or "none")
    elif user is not None:
        yield Fact(side="okta", label="assignment", value="none")
    if account is None:
        yield Fact(side="kandji", label="account", value="none")
    else:
        yield Fact(side="kandji", label="account", value=f"{account.user_name} ({account.id})")
        active = {True: "yes", False: "no", None: "not told"}[account.active]
        yield Fact(side="kandji", label="active", value=active)
        if person.joined_by:
            yield Fact(side="kandji", label="joined by", value=person.joined_by)
    if row is not None:
        where = f" ({row.integration_name})" if row.integration_name else ""
        archived = ", archived" if row.archived else ""
        yield Fact(
            side="kandji",
            label="directory row",
            value=f"{row.email}{where}{archived}, devices: {row.device_count or 0}",
        )
    if person.likely:
        yield Fact(side="okta", label="same e-mail address", value=", ".join(person.likely))
    if person.candidates:
        yield Fact(side="okta", label="could be", value=", ".join(person.candidates))
