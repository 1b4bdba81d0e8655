"""What admins do about drift: each is a click in one of the two consoles, and is written into the ledger.

A mend sets right what it says and no more: whoever was lost on the way stays lost until somebody sees to them, too.
"""

from __future__ import annotations

from reconciler.simulator.company.company import Company
from reconciler.simulator.company.entries import Push
from reconciler.simulator.org.state import Group, Person


def push_now(company: Company, push: Push) -> None:
    """ "Push now" for one group: what was done to its members in Kandji is undone, an error is forgotten."""
    company.retry(push)
    company.settle()


def resume(company: Company, push: Push) -> None:
    """A paused push is switched on again."""
    company.org.resume_mapping(company.mappings[push.mapping_id])
    push.status = "ACTIVE"
    company.ledger.dirty.add(push.group_id)
    company.settle()


def feed_again(company: Company, group: Group) -> None:
    """The forgotten group is put back into the rule that fills the assignment group."""
    feeds = company.ledger.feeds | {group.id}
    company.feed([one for one in company.groups.values() if one.id in feeds])
    company.settle()


def provision(company: Company, person: Person) -> None:
    """ "Provision User", for somebody whose account could not be created."""
    company.provisioner.provision_user(person)
    company.entry(person).tried = False
    company.settle()


def deactivate(company: Company, person: Person) -> None:
    """The account of somebody who should have none is set to inactive in Kandji."""
    company.tenant.deactivate_user(company.account(person))
    company.entry(person).account = "inactive"


def activate(company: Company, person: Person) -> None:
    """The account of somebody who is at work is set to active in Kandji."""
    company.tenant.activate_user(company.account(person))
    company.entry(person).account = "active"


def delete_group(company: Company, scim_id: str) -> None:
    """A group that nothing pushes is deleted in Kandji."""
    company.tenant.delete_group(scim_id)
    company.ledger.unmanaged_groups.pop(scim_id, None)


def switch_on(company: Company, feature: str) -> None:
    """A setting of *Provisioning → To App* is ticked again. What it should have sent meanwhile is not sent."""
    company.org.set_features([*company.org.app.features, feature])
    company.ledger.features_off.remove(feature)


def activate_app(company: Company) -> None:
    """The app is activated again: who waited is assigned, what waited is sent."""
    company.org.set_app_status("ACTIVE")
    company.ledger.activate()
    company.settle()
