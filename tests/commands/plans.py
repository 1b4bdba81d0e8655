"""Plans for tests: changes of no company in particular."""

from __future__ import annotations

from typing import Any

from reconciler.changes import AddToGroup, Change, Named
from reconciler.plan import Plan, Planned, change_id, sealed
from tests.commands.samples import NOW, ORG, SCIM

ASSIGNMENT = Named(name="kandji_apple_users", id="00gassign")


def planned(change: Change, **more: Any) -> Planned:
    return Planned(id=change_id(change), change=change, sentence="change something", why=("it is wrong",), **more)


def adding(name: str, **more: Any) -> Planned:
    """Puts somebody into the assignment group."""
    person = Named(name=f"{name}@acme.example", id=f"00u{name}")
    return planned(AddToGroup(group=ASSIGNMENT, person=person), joins=(person,), **more)


def plan_of(*changes: Planned, **more: Any) -> Plan:
    """A sealed plan of the samples' integration."""
    return sealed(
        Plan(
            made=NOW,
            by="reconciler plan",
            org_url=ORG,
            app_id="0oaapp",
            app_label="Kandji",
            scim_url=SCIM,
            run=1,
            run_finished=NOW,
            data_digest="d" * 64,
            changes=changes,
            **more,
        )
    )
