"""Foretells the requests and minutes of a full pull, so that nobody is surprised by a rate limit."""

from __future__ import annotations

from dataclasses import dataclass
from math import ceil

APP_USERS_PAGE = 500
APP_GROUPS_PAGE = 200
MAPPINGS_PAGE = 1000
RULES_PAGE = 200
GROUPS_PAGE = 200
MEMBERS_PAGE = 200
"""What Okta grants where it refuses the larger page of 1000; so the forecast errs on the long side."""
LOG_GROUPS = 30
"""Groups that one query of the System Log asks about; two more ask about the app and about everybody's leaving."""
SCIM_PAGE = 100
SCARCE_A_MINUTE = 100
"""Okta's limit for everything under ``/api/v1/apps/{id}``, as last published for workforce orgs."""
OTHER_A_MINUTE = 600
SECONDS_A_REQUEST = 0.5


@dataclass(frozen=True, slots=True)
class Size:
    """How large an integration is."""

    app_users: int
    app_groups: int
    mappings: int
    rules: int
    groups: int
    members: int
    """Memberships, summed over the assigned and pushed groups."""
    accounts: int
    kandji_groups: int
    further: int = 0
    """Requests that the last pull made for the System Log and for groups that rules ask for."""


@dataclass(frozen=True, slots=True)
class Forecast:
    scarce: int
    """Requests to Okta that count against the app's small bucket."""
    okta: int
    """All requests to Okta."""
    kandji: int
    minutes: int
    """Rounded up."""


def forecast(size: Size, *, rate_share: float, concurrency: int) -> Forecast:
    """The cost of one full pull, by Okta's page sizes and limits and SCIM's usual page."""
    scarce = 1 + _pages(size.app_users, APP_USERS_PAGE) + _pages(size.app_groups, APP_GROUPS_PAGE)
    scarce += _pages(size.mappings, MAPPINGS_PAGE)
    read_groups = size.app_groups + size.mappings
    other = _pages(size.rules, RULES_PAGE) + _pages(size.groups, GROUPS_PAGE)
    other += max(read_groups, ceil(size.members / MEMBERS_PAGE) + ceil(read_groups / 2))
    other += max(size.further, 2 + ceil(read_groups / LOG_GROUPS))
    kandji = _pages(size.accounts, SCIM_PAGE) + _pages(size.kandji_groups, SCIM_PAGE)
    seconds = max(
        60 * scarce / (SCARCE_A_MINUTE * rate_share) if scarce > SCARCE_A_MINUTE * rate_share else 0.0,
        60 * other / (OTHER_A_MINUTE * rate_share) if other > OTHER_A_MINUTE * rate_share else 0.0,
        SECONDS_A_REQUEST * (scarce + other) / concurrency,
        SECONDS_A_REQUEST * kandji,
    )
    return Forecast(scarce=scarce, okta=scarce + other, kandji=kandji, minutes=max(1, ceil(seconds / 60)))


def _pages(rows: int, size: int) -> int:
    return max(1, ceil(rows / size))
