"""What Okta sends about groups: made or taken over by name, then given as a whole; deleted only with their mapping.

Rests on Okta's SCIM 2.0 reference: members are those alone who are in the Okta group, assigned and provisioned. What
rests on nothing better than help articles is a switch.
"""

from __future__ import annotations

from datetime import timedelta
from functools import partial

import httpx

from reconciler.simulator.clock import Clock
from reconciler.simulator.org.org import Org
from reconciler.simulator.org.state import Group, PushMapping, Task, Waiting
from reconciler.simulator.org.system_log import Target
from reconciler.simulator.provisioner import scim_client as wire
from reconciler.simulator.provisioner.scim_client import Body, ScimFailure
from reconciler.simulator.provisioner.sending import Sending

IGNORED = "app.user_management.grouppush.mapping.okta.users.ignored"


class GroupPushes(Sending):
    """Tasks about groups.

    Switches for what is not known for certain, or goes wrong here and there:
    `adopts_groups`: a group that has the name already is taken over; otherwise its mapping goes to ERROR;
    `merges_groups`: a group is read, changed where Okta knows better, and put back, so that members whom Okta does not
    know (or no longer) stay; otherwise it is replaced by what Okta knows.
    """

    adopts_groups: bool = True
    merges_groups: bool = False

    def __init__(self, org: Org, scim: httpx.Client, clock: Clock, token: str) -> None:
        super().__init__(org, scim, clock, token)
        self._late: dict[str, timedelta] = {}

    def delay_next_push(self, mapping: PushMapping, by: timedelta) -> None:
        """The next push of this mapping reaches the SCIM server so much later, with the members as they were."""
        self._late[mapping.id] = by

    def _push_group(self, task: Task, waiting: Waiting) -> None:
        mapping = self.org.app.mappings.get(task.subject)
        source = self.org.groups.get(mapping.source_group_id) if mapping is not None else None
        if mapping is None or source is None or mapping.status != "ACTIVE":
            return
        if "GROUP_PUSH" not in self.org.app.features:
            return
        target = self.org.groups[mapping.target_group_id]
        name = source.name if self.org.app.rename_groups else target.name
        scim_id = target.external_id or self._claim(mapping, target, name)
        members = self._pushable(source, waiting)
        if len(members) < len(source.members):
            self._log(IGNORED, _about(source))
        body = wire.group(name, [*members.items(), *self._kept(source, scim_id)])
        put = partial(self._put, mapping, target, scim_id, body)
        late = self._late.pop(mapping.id, None)
        if late is None:
            put()
        else:
            self.org.agenda.at(self.clock.now() + late, partial(self._attempt, task, waiting, put))

    def _claim(self, mapping: PushMapping, target: Group, name: str) -> str:
        with self._operation("push-group", mapping.id):
            found = self.scim.find("Groups", "displayName", target.name)
            if found is not None and not self.adopts_groups:
                raise ScimFailure(409, f"A group named {target.name} already exists")
            scim_id = str(found["id"]) if found else self.scim.create("Groups", wire.group(name, ()))
        target.external_id = scim_id
        self._tell("group_push.pushed", _about(target))
        return scim_id

    def _pushable(self, source: Group, waiting: Waiting) -> dict[str, str]:
        """User names by SCIM id."""
        races, pushable = self._races(source.id), {}
        for user_id in source.members:
            assigned = self.org.app.users.get(user_id)
            if assigned is None or assigned.external_id is None:
                continue
            if not races or assigned.status_changed <= waiting.posted:
                pushable[assigned.external_id] = assigned.user_name
        return pushable

    def _kept(self, source: Group, scim_id: str) -> list[tuple[str, str]]:
        """Members of the group in the app, as (SCIM id, name), whom Okta leaves alone."""
        if not self.merges_groups and not self._races(source.id):
            return []
        known = {assigned.external_id for assigned in self.org.app.users.values()}
        members = self.scim.read("Groups", scim_id).get("members") or ()
        return [(str(m["value"]), str(m.get("display", ""))) for m in members if m["value"] not in known]

    def _put(self, mapping: PushMapping, target: Group, scim_id: str, body: Body) -> None:
        with self._operation("push-members", mapping.id):
            self.scim.replace("Groups", scim_id, body)
        self._tell("group_push.push_memberships", _about(target))
        if target.name != body["displayName"]:
            target.name, target.last_updated = body["displayName"], self.clock.now()
            self.org.group_changed(target)
            self._tell("group_push.mapping.app.group.renamed", _about(target))
        mapping.last_push = self.clock.now()

    def _delete_group(self, task: Task) -> None:
        if task.external_id is None:
            return
        with self._operation("delete-group", task.subject):
            self.scim.delete("Groups", task.external_id)
        self._tell("group_push.removed", Target(id=task.external_id, type="AppGroup", name=task.external_id))

    def _give_up_group(self, task: Task, waiting: Waiting, failure: ScimFailure) -> None:
        self._tell_group(task, "group_push.mapping.update.or.delete.failed.with.error", failure)
        if task.kind == "delete-group":
            self._fail_task(task, waiting, failure)
            return
        mapping = self.org.app.mappings.get(task.subject)
        if mapping is None or mapping.status != "ACTIVE":
            return  # it was paused while its last push was on the way
        target = self.org.groups[mapping.target_group_id]
        doing = "creating" if target.external_id is None else "updating"
        mapping.status = "ERROR"
        mapping.last_updated = self.clock.now()
        mapping.error_summary = (
            f"Unable to update Group Push mapping target App group {target.name}: "
            f"Error while {doing} user group {target.name}: {failure.summary}"
        )

    def _tell_group(self, task: Task, event: str, failure: ScimFailure) -> None:
        mapping = self.org.app.mappings.get(task.subject)
        about = [_about(self.org.groups[mapping.target_group_id])] if mapping is not None else []
        self._tell(event, *about, failure=failure)


def _about(group: Group) -> Target:
    return Target(id=group.id, type="AppGroup" if group.source_id else "UserGroup", name=group.name)
