"""What Okta's API answers about the org itself."""

from __future__ import annotations

from reconciler.simulator.okta.asked import Asked
from reconciler.simulator.okta.shapes import Body, moment


def settings(asked: Asked) -> Body:
    """GET /api/v1/org: its name and status. Addresses and telephone numbers, which it has not, are left out."""
    org = asked.org
    begun = moment(org.everyone.created)
    return {
        "id": org.id,
        "subdomain": org.name,
        "companyName": org.name.title(),
        "status": "ACTIVE",
        "created": begun,
        "lastUpdated": begun,
        "_links": {"contacts": {"href": f"{asked.base}/api/v1/org/contacts"}},
    }
