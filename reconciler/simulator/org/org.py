"""A simulated Okta org: its state, its verbs and its background jobs."""

from __future__ import annotations

from reconciler.simulator.agenda import Lags
from reconciler.simulator.clock import Clock
from reconciler.simulator.org.apps import Apps
from reconciler.simulator.org.assignments import Assignments
from reconciler.simulator.org.mappings import Mappings
from reconciler.simulator.org.people import People
from reconciler.simulator.org.rules import Rules
from reconciler.simulator.org.state import FEATURES


class Org(People, Rules, Apps, Assignments, Mappings):
    """An Okta org with one app that provisions to Kandji (`org.app`, made with the app wizard, all features on).

    Verbs act at once and take and return records (Person, Group, …). What Okta does later (rules, assignments,
    provisioning, pushes) happens when the clock comes to it, `lags` behind. A verb that Okta would refuse raises
    OrgRefusal. `everyone` is the built-in group of all people. The same seed gives the same ids.

    `renames_at_once`: a group's new name is pushed by itself, not only with the next change of its members.
    `shows_sync_state` and `shows_last_push`: whether the API tells them; orgs are known that do not.
    """

    def __init__(
        self,
        clock: Clock,
        seed: int | str = 0,
        *,
        name: str = "acme",
        label: str = "Kandji SCIM",
        lags: Lags | None = None,
    ) -> None:
        super().__init__(clock, seed, lags)
        self.name = name
        self.id = self.new_id("00o")
        self.realm_id = self.new_id("guo")
        self.user_type_id = self.new_id("oty")
        self.user_schema_id = self.new_id("osc")
        self.renames_at_once = True
        self.shows_sync_state = True
        self.shows_last_push = True
        self.everyone = self.create_group("Everyone", description="All users in your organization", type="BUILT_IN")
        self.app = self.add_app(label, features=FEATURES)

    @property
    def access_policy_id(self) -> str:
        """The sign-in policy that all its apps share."""
        return f"rst{self.id[3:]}"

    @property
    def enrolment_policy_id(self) -> str:
        """The profile enrolment policy that all its apps share."""
        return f"rst{self.realm_id[3:]}"
