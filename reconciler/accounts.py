"""What may be written to an account in Kandji itself, where that is allowed: Okta's next push wins over it."""

from __future__ import annotations

from pyroaring import FrozenBitMap

from reconciler.changes import Named, SetActive
from reconciler.fixing import Effect, Way
from reconciler.model import ScimUser
from reconciler.world import World


def switched(world: World, number: int, *, active: bool) -> Way | str:
    """Activates or deactivates somebody's account; else why it must not be told by this program."""
    person, account = world.people[number], world.people[number].account
    if account is None:
        return "Kandji shows the account among its archived people alone"
    if person.user is None and person.deleted_user_id is None:
        return "which person in Okta it belongs to is not sure"
    if (doubt := shared(world, number)) is not None:
        return doubt
    change = SetActive(account=named(account), user_id=person.user.id if person.user else None, active=active)
    whom = FrozenBitMap([number])
    effect = Effect(change=change, joins=whom) if active else Effect(change=change, removes=whom)
    return Way(effects=(effect,), words=f"{'activate' if active else 'deactivate'} {person.name} in Kandji")


def shared(world: World, number: int) -> str | None:
    """Why an account is not written to: it is several people's."""
    holders = next((people for people in world.shared if number in people), None)
    return None if holders is None else f"several people share the account: {world.names(holders)}"


def named(account: ScimUser) -> Named:
    return Named(name=account.user_name or account.id, id=account.id)
