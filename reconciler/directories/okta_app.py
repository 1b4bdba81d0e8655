"""Finding the app that provisions Kandji: by id or label, with the candidates where it is not the right one."""

from __future__ import annotations

import re
from collections.abc import Iterable
from urllib.parse import quote

from reconciler.directories.http import Http
from reconciler.directories.okta_pages import read_list
from reconciler.directories.okta_wire import App
from reconciler.errors import ReadFailed, ReconcilerError, UsageError, Vanished

PROVISIONING = frozenset(
    {"GROUP_PUSH", "PUSH_NEW_USERS", "PUSH_PENDING_USERS", "PUSH_PROFILE_UPDATES", "PUSH_USER_DEACTIVATION"}
)
_ADMIN = re.compile(
    r"^(https://[^/.]+)-admin(\.(?:okta|oktapreview|okta-emea|okta-gov|okta\.mil)\b[^/]*)", re.IGNORECASE
)
_MOST_CANDIDATES = 8
_CHOOSE = "set okta.app_id to the one that provisions Kandji, then: reconciler doctor"


def refuse_admin_url(org_url: str) -> None:
    """``UsageError`` for the address of Okta's admin console, which serves pages and no API."""
    found = _ADMIN.match(org_url.strip())
    if found is not None:
        raise UsageError(
            f"{org_url} is the address of Okta's admin console, not of the org.",
            next=f'set okta.org_url to "{found[1]}{found[2]}", then: reconciler doctor',
        )


async def find_app(http: Http, *, app_id: str | None, label: str | None) -> tuple[App, int]:
    """The app and the requests it took. ``UsageError`` with the candidates where there is none, or more than one."""
    if app_id is not None:
        try:
            answer = await http.get(f"/api/v1/apps/{quote(app_id, safe='')}")
        except Vanished as error:
            raise await _no_app(
                http, f"Okta knows no app with the id {app_id}, or hides it from this token."
            ) from error
        return answer.json_as(App), answer.attempts
    if not label:
        raise UsageError("Neither okta.app_id nor okta.app_label is set.", next=_CHOOSE)
    listing = await read_list(
        http.get, "/api/v1/apps", {"limit": 200, "q": label, "includeNonDeleted": "true"}, App, what="apps"
    )
    same = [app for app in listing.rows if app.label.strip().casefold() == label.strip().casefold()]
    if len(same) > 1:
        raise UsageError(f"{len(same)} apps in Okta have the label “{label}”.", facts=_described(same), next=_CHOOSE)
    if not same:
        raise await _no_app(http, f"No app in Okta has the label “{label}”, or it is hidden from this token.")
    return same[0], listing.requests


async def without_provisioning(http: Http, app: App) -> UsageError:
    """The error for an app through which nothing can be provisioned."""
    return await _no_app(
        http,
        f"The app “{app.label}” ({app.id}) has no provisioning: no feature, no push mapping, nobody provisioned.",
        why="Kandji's app of Okta's catalogue is for sign-on only; provisioning runs through a SAML app of your own.",
        but=app.id,
    )


async def _no_app(http: Http, what: str, *, why: str | None = None, but: str | None = None) -> UsageError:
    try:
        listing = await read_list(
            http.get, "/api/v1/apps", {"limit": 200, "includeNonDeleted": "true"}, App, what="apps"
        )
        apps = [app for app in listing.rows if _likely(app) and app.id != but]
        facts = _described(sorted(apps, key=_likeliest_first)) or (
            ("candidates", "none of this org's apps provisions"),
        )
    except (ReadFailed, ReconcilerError) as error:
        facts = (("candidates", f"could not be listed: {error.what}"),)
    return UsageError(what, facts=facts, why=why, next=_CHOOSE)


def _names_kandji(app: App) -> bool:
    return re.search(r"kandji|\biru\b", f"{app.label} {app.name}", re.IGNORECASE) is not None


def _likely(app: App) -> bool:
    return _names_kandji(app) or not PROVISIONING.isdisjoint(app.features or ())


def _likeliest_first(app: App) -> tuple[bool, bool, str]:
    return not _names_kandji(app), PROVISIONING.isdisjoint(app.features or ()), app.label.casefold()


def _described(apps: Iterable[App]) -> tuple[tuple[str, str], ...]:
    lines = []
    for app in list(apps)[:_MOST_CANDIDATES]:
        provisions = "provisioning on" if not PROVISIONING.isdisjoint(app.features or ()) else "no provisioning"
        lines.append(("candidate", f"{app.id}  “{app.label}”  {app.status}, {provisions}"))
    return tuple(lines)
