"""Addresses of the services: which may be used, and which consoles belong to them."""

from __future__ import annotations

from ipaddress import ip_address
from urllib.parse import urlsplit

OKTA_DOMAINS = ("okta.com", "oktapreview.com", "okta-emea.com", "okta-gov.com", "okta.mil", "trexcloud.com")


def is_loopback(host: str) -> bool:
    """Whether a host name is this machine: ``localhost``, 127.0.0.0/8 or ::1."""
    if host == "localhost" or host.endswith(".localhost"):
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False


def trouble(address: str) -> str | None:
    """Why an address can't be used, in words without the address itself; None when it can."""
    try:
        parts = urlsplit(address)
        host = parts.hostname
        parts.port  # noqa: B018 - reading it is what checks it
    except ValueError:
        return "is not an address"
    if parts.scheme not in ("https", "http") or not host:
        return "must be an address such as https://acme.okta.com"
    if parts.username is not None or parts.password is not None:
        return "must not hold a user name or a password"
    if parts.query or parts.fragment:
        return "must end before ? and #"
    if host.split(".")[0].startswith(("your-", "yoursubdomain")):
        return "is still the example: put your own address here"
    if parts.scheme == "http" and not is_loopback(host):
        return "must begin with https:// (http is allowed for loopback alone)"
    return None


def org_trouble(address: str) -> str | None:
    """The same for an Okta org, which is a bare host and not the admin console."""
    reason = trouble(address)
    if reason:
        return reason
    parts = urlsplit(address)
    if parts.path.strip("/"):
        return "must be the org alone, without a path: https://acme.okta.com"
    name, _, domain = (parts.hostname or "").partition(".")
    if name.endswith("-admin") and domain in OKTA_DOMAINS:
        return f"is the admin console; the org is https://{name.removesuffix('-admin')}.{domain}"
    return None


def admin_url(org_url: str) -> str | None:
    """Okta's admin console of an org; None for a custom domain, whose console can't be derived."""
    parts = urlsplit(org_url)
    name, _, domain = (parts.hostname or "").partition(".")
    return f"https://{name}-admin.{domain}" if domain in OKTA_DOMAINS else None


def console_url(scim_url: str) -> str | None:
    """Kandji's web console of a tenant, from any of its API addresses; None where that is not known.

    ``<sub>.api.kandji.io`` and ``<sub>.clients.us-1.kandji.io`` belong to ``<sub>.kandji.io``.
    """
    host = urlsplit(scim_url).hostname or ""
    for ending, console in (
        (".api.eu.kandji.io", ".eu.kandji.io"),
        (".api.kandji.io", ".kandji.io"),
        (".clients.us-1.kandji.io", ".kandji.io"),
        (".clients.eu.kandji.io", ".eu.kandji.io"),
    ):
        if host.endswith(ending):
            return f"https://{host.removesuffix(ending)}{console}"
    return None
