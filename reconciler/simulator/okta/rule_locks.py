"""Why Okta refuses a write to group rules for a while: others are being written, or rules are not yet set up.

423 E0000239 as recorded of a live org whose rules were written in parallel; 409 E0000249 as in Okta's catalogue.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

from reconciler.simulator.org.state import OrgRefusal


class RuleLocks:
    """Switches, all off. `busy_for`: how long after a rule write another one gets 423; `refuse_next`: so many of the
    next writes get it; `setting_up`: every write gets 409. `clock` (aware UTC) is the org's."""

    def __init__(self, clock: Callable[[], datetime]) -> None:
        self._clock = clock
        self.busy_for: timedelta | None = None
        self.refuse_next = 0
        self.setting_up = False
        self._written: datetime | None = None

    def admit(self) -> None:
        """Lets one write pass. Raises OrgRefusal when it may not."""
        if self.setting_up:
            raise OrgRefusal(409, "E0000249", "Group rules are still being set up. Please try again later.")
        now = self._clock()
        busy = self.busy_for is not None and self._written is not None and now - self._written < self.busy_for
        if busy or self.refuse_next > 0:
            self.refuse_next = max(0, self.refuse_next - (not busy))
            raise OrgRefusal(423, "E0000239", "Policy priorities are being reconciled. Please try again later.")
        self._written = now
