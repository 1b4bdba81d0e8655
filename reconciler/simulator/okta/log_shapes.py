"""How a line of the System Log looks in Okta's JSON: keys and nulls as in the example of Okta's description."""

from __future__ import annotations

import uuid

from reconciler.simulator.okta.shapes import Body, moment
from reconciler.simulator.org.org import Org
from reconciler.simulator.org.system_log import FAILURE, OKTA, LogEvent, Target

MESSAGES = {
    "application.user_membership.add": "Add user to application membership",
    "application.user_membership.remove": "Remove user's application membership",
    "application.user_membership.update": "Update user's application membership",
    "app.user_management.grouppush.mapping.okta.users.ignored": "Okta users ignored while pushing group to AppInstance",
    "group.application_assignment.add": "Add assigned application to group",
    "group.application_assignment.remove": "Remove assigned application from group",
    "group.lifecycle.create": "Create Okta group",
    "group.lifecycle.delete": "Delete Okta group",
    "group.user_membership.add": "Add user to group membership",
    "group.user_membership.remove": "Remove user from group membership",
    "user.lifecycle.activate": "Activate Okta user",
    "user.lifecycle.create": "Create Okta user",
    "user.lifecycle.deactivate": "Deactivate Okta user",
    "user.lifecycle.suspend": "Suspend Okta user",
    "user.lifecycle.unsuspend": "Unsuspend Okta user",
}

CLIENT = {
    "userAgent": {"rawUserAgent": "unknown", "os": "Unknown", "browser": "UNKNOWN"},
    "device": "Unknown",
    "ipAddress": "192.0.2.1",
}
"""Where requests come from: an address that nobody has."""


def event(org: Org, record: LogEvent) -> Body:
    """A line. Somebody's request is a WEB transaction, Okta's own work a JOB."""
    by_request = record.actor != OKTA
    return {
        "actor": _somebody(record.actor),
        "client": dict(CLIENT) if by_request else {},
        "authenticationContext": {
            "authenticationProvider": None,
            "credentialProvider": None,
            "credentialType": None,
            "issuer": None,
            "interface": None,
            "authenticationStep": 0,
            "externalSessionId": "unknown",
        },
        "displayMessage": message(record),
        "eventType": record.event_type,
        "outcome": {"result": record.outcome, "reason": record.reason},
        "published": moment(record.published),
        "securityContext": {"asNumber": None, "asOrg": None, "isp": None, "domain": None, "isProxy": None},
        "severity": severity(record),
        "debugContext": {"debugData": {}},
        "transaction": {"type": "WEB" if by_request else "JOB", "id": f"tx{record.number:022d}", "detail": {}},
        "uuid": identity(org, record),
        "version": "0",
        "request": {"ipChain": []},
        "target": [_somebody(target) for target in record.targets],
    }


def identity(org: Org, record: LogEvent) -> str:
    """The event's uuid."""
    return str(uuid.uuid5(uuid.NAMESPACE_URL, f"{org.id}/{record.number}"))


def message(record: LogEvent) -> str:
    """Okta's words for the kind of event, or its name where we know none."""
    return MESSAGES.get(record.event_type, record.event_type)


def severity(record: LogEvent) -> str:
    """INFO, or WARN for a failure."""
    return "WARN" if record.outcome == FAILURE else "INFO"


def _somebody(target: Target) -> Body:
    return {
        "id": target.id,
        "type": target.type,
        "alternateId": target.alternate,
        "displayName": target.name,
        "detailEntry": None,
    }
