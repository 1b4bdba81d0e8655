"""What a refusal, or an answer that can't be used, means in our error tree: translated here, once."""

from __future__ import annotations

import json

import httpx
import msgspec

from reconciler.directories.answers import (
    Complaint,
    Transient,
    asked,
    clean,
    complaint,
    is_json_type,
    looks_like_html,
    request_id,
)
from reconciler.errors import NotAllowed, ReconcilerError, TokenRefused, UnexpectedAnswer, Unreachable, Unsure, Vanished

_RETRIED = frozenset({408, 429, 500, 502, 503, 504})
_RETRIED_CODES = {423: frozenset({None, "E0000239"}), 409: frozenset({"E0000249"})}
"""Refusals that pass by themselves: "Policy priorities are being reconciled", "Group rules are still being set up"."""
_READ_ONLY_MODE = "E0000010"
_FEATURE_MISSING = "E0000015"


def refusal(response: httpx.Response, service: str) -> ReconcilerError | Transient:
    """What an answer that is not 2xx means. ``Transient`` where another attempt may help."""
    said = complaint(response)
    status = response.status_code
    passes = status in _RETRIED or said.code in _RETRIED_CODES.get(status, frozenset())
    error = _translated(response, service, said, passes=passes)
    return Transient(error) if passes else error


def write_refusal(response: httpx.Response, service: str) -> ReconcilerError | Transient:
    """What an answer to a write means that is not 2xx. ``Transient`` where the service surely did nothing and another
    attempt may help, ``Unsure`` where it may have done it: a gateway can say 503 of what went through.
    """
    said = complaint(response)
    status = response.status_code
    nothing_done = status == 429 or (status == 503 and said.code == _READ_ONLY_MODE)
    if nothing_done or said.code in _RETRIED_CODES.get(status, frozenset()):
        return Transient(_translated(response, service, said, passes=True))
    if 300 <= status < 400 or status == 408 or (status >= 500 and status != 501):
        words = f'{status}, {said.code} "{said.text}"' if said.code else str(status)
        return unsure(response.request, service, f"it answered with {words}", response)
    return _translated(response, service, said, passes=False)


def untaken(response: httpx.Response, service: str) -> Unsure | None:
    """Why a 2xx answer to a write does not tell that it was taken: a web page, or a body cut short; None if it does."""
    if not response.content and response.headers.get("content-length", "0") == "0":
        return None
    problem = unusable(response, service)
    if problem is None:
        return None
    what = problem.what if isinstance(problem, UnexpectedAnswer) else str(problem)
    return unsure(response.request, service, what, response)


def unsure(request: httpx.Request, service: str, what: str, response: httpx.Response | None = None) -> Unsure:
    """A write of which it is not known whether it took effect, and ``what`` came instead of an answer."""
    named = None if response is None else request_id(response.headers)
    return Unsure(
        f"It is not known whether {service} did what it was asked: {clean(what).rstrip('.')}.",
        facts=asked(request.url, named, request.method),
        why="The request may have taken effect before its answer was lost.",
        next="read back what stands now: reconciler apply --resume",
        status=None if response is None else response.status_code,
    )


def _translated(response: httpx.Response, service: str, said: Complaint, *, passes: bool) -> ReconcilerError:
    status = response.status_code
    quoted = f' "{said.text}"' if said.text else ""
    says = f"{status}, {said.code}{quoted}" if said.code else f"{status}{quoted}"
    kind, what, why, next_step = _meaning(response, service, said, passes)
    return kind(
        f"{what} ({says}).",
        facts=asked(response.request.url, request_id(response.headers), response.request.method),
        why=why,
        next=next_step,
        status=status,
        code=said.code,
    )


_Meaning = tuple[type[ReconcilerError], str, str | None, str]


def _meaning(response: httpx.Response, service: str, said: Complaint, passes: bool) -> _Meaning:
    status = response.status_code
    if status == 401 and said.code == _FEATURE_MISSING:
        what = f"{service} does not offer this feature to this org"
        return NotAllowed, what, None, "see which reads are allowed: reconciler doctor"
    if status == 401:
        return TokenRefused, f"{service} refused the token", *_TOKEN[service]
    if status == 403:
        why = "The answer is a web page: something in front of the service may have refused." if said.html else None
        return NotAllowed, f"{service} does not allow this", why or _PERMISSION.get(service), _ASK_DOCTOR
    if status == 404 and said.html:
        what = f"{service} has nothing at this address: it answered with a web page"
        return (
            UnexpectedAnswer,
            what,
            "The configured base URL is wrong, or belongs to something else.",
            _CHECK_URL[service],
        )
    if status == 404:
        why = "It was deleted, is hidden from this token, or this org does not have it."
        return Vanished, f"{service} does not find it", why, _ASK_DOCTOR
    if 300 <= status < 400:
        what = f"{service} sends us elsewhere, and no redirect is followed with a token"
        return UnexpectedAnswer, what, "The configured address is not the service's own.", _CHECK_URL[service]
    if passes:
        return Unreachable, f"{service} gave no usable answer", _BUSY.get(status), "try again later: reconciler run"
    return (
        UnexpectedAnswer,
        f"{service} refused the request",
        None,
        "report this message if it stays: reconciler doctor",
    )


def unreachable(service: str, url: httpx.URL, what: str, *, code: str, method: str = "GET") -> Unreachable:
    """No answer at all; ``code`` is ``timeout``, ``network``, ``cut`` or ``tls``."""
    return Unreachable(
        f"{service} can't be reached: {clean(what)}.",
        facts=asked(url, None, method),
        next="check the address and the network, then: reconciler doctor",
        code=code,
    )


def unusable(response: httpx.Response, service: str) -> UnexpectedAnswer | Transient | None:
    """Why a 2xx answer can't be used: a web page, or a body cut short; None if it can."""
    url = response.request.url
    facts = asked(url, request_id(response.headers))
    if looks_like_html(response):
        title = complaint(response).text
        return UnexpectedAnswer(
            f"{service} answered with a web page{f' titled “{title}”' if title else ''} instead of JSON.",
            facts=facts,
            why="A sign-in page, a proxy or a portal stands where the service should be.",
            next=_CHECK_URL[service],
            status=response.status_code,
        )
    length = response.headers.get("content-length", "")
    told = int(length) if length.isdigit() and "content-encoding" not in response.headers else None
    if told is not None and told != len(response.content):
        return Transient(unreachable(service, url, "its answer was cut short", code="cut"))
    if _is_json(response.content):
        return None
    if is_json_type(response):
        return Transient(unreachable(service, url, "its answer was cut short or is no JSON", code="cut"))
    return UnexpectedAnswer(
        f"{service} answered with something that is not JSON.",
        facts=facts,
        next=_CHECK_URL[service],
        status=response.status_code,
    )


def _is_json(content: bytes) -> bool:
    try:
        msgspec.json.decode(content, type=msgspec.Raw)
    except msgspec.MsgspecError:
        try:
            json.loads(content)  # forgives half surrogate pairs
        except (ValueError, RecursionError):
            return False
    return True


_ASK_DOCTOR = "see what this token may read: reconciler doctor"
_TOKEN = {
    "Okta": (
        "API tokens die after 30 days without use, or when their admin is deactivated.",
        "make a new one, put it where the config file says, then: reconciler doctor",
    ),
    "Kandji SCIM": (
        "This token is the one Okta uses. A new one made in Kandji stops Okta's provisioning until Okta has it, too.",
        "use the token that is in Okta now; make a new one only together with Okta, then: reconciler doctor",
    ),
    "Kandji API": (
        "The token was deleted, or belongs to another tenant or region.",
        "make one in Kandji (Settings, Access), put it where the config file says, then: reconciler doctor",
    ),
}
_PERMISSION = {
    "Okta": "The admin role or the scope of this token does not cover it.",
    "Kandji SCIM": "The token is not one of this SCIM integration.",
    "Kandji API": "The API token lacks the permission for this endpoint (Settings, Access, Manage API permissions).",
}
_CHECK_URL = {
    "Okta": 'set okta.org_url to "https://<org>.okta.com" (not the -admin address), then: reconciler doctor',
    "Kandji SCIM": (
        'set kandji.scim_url to "https://<tenant>.api.kandji.io/api/v1/scim" '
        "(EU: .api.eu.kandji.io), then: reconciler doctor"
    ),
    "Kandji API": (
        'set kandji.api_url to "https://<tenant>.api.kandji.io" (EU: .api.eu.kandji.io), then: reconciler doctor'
    ),
}
_BUSY = {
    429: "Its rate limit stayed used up: by us or by others with this token.",
    423: "It is busy with its own changes.",
    409: "It is busy with its own changes.",
    503: "It is down or being maintained.",
}
