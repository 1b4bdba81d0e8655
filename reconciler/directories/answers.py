"""What a service answered: its body, or what it says when it refuses.

Error bodies may be JSON (Okta's ``errorCode``, SCIM's ``detail``, OAuth's ``error``), a bare string, a list, HTML or
nothing.
"""

from __future__ import annotations

import json
import re
from html import unescape
from typing import Any, TypeVar

import httpx
import msgspec
from msgspec import Struct

from reconciler.errors import ReconcilerError, UnexpectedAnswer

T = TypeVar("T")

_JWT = re.compile(r"eyJ[\w-]+\.[\w-]+\.[\w-]*")


class Answer(Struct, frozen=True, kw_only=True):
    """A 2xx answer with valid JSON. ``url`` is what was asked; ``headers`` keep repeated lines apart."""

    status: int
    headers: httpx.Headers
    content: bytes
    url: httpx.URL
    request_id: str | None = None
    service: str = ""
    attempts: int = 1
    """Requests it took, the failed ones included."""
    seconds: float = 0.0
    """Of the last attempt."""

    def json_as(self, type: type[T], part: msgspec.Raw | None = None) -> T:
        """The body, or a ``part`` of it, as ``type``.

        A body of another shape is an ``UnexpectedAnswer``, never an empty value.
        """
        try:
            return _decode(self.content if part is None else bytes(part), type)
        except (msgspec.MsgspecError, ValueError, RecursionError) as error:
            raise UnexpectedAnswer(
                f"{self.service} answered in a shape this program does not know: {clean(str(error))}.",
                facts=asked(self.url, self.request_id),
                why="Nothing is concluded from an answer that is not understood.",
                next="check the configured address; if it is right, report this message: reconciler doctor",
                status=self.status,
            ) from error


def _decode(content: bytes, type: type[T]) -> T:
    try:
        return msgspec.json.decode(content, type=type)
    except msgspec.ValidationError:
        raise
    except (msgspec.DecodeError, UnicodeDecodeError):
        # Half a surrogate pair in a name is legal JSON and no Unicode: one odd name must not hide a whole page.
        body = json.dumps(json.loads(content.decode("utf-8", "replace")), ensure_ascii=False)
        return msgspec.json.decode(body.encode("utf-8", "surrogatepass").decode("utf-8", "replace"), type=type)


class Transient(Exception):
    """Worth another attempt; ``error`` is what it is when it lasts.

    ``wait``: seconds that the service asked for and ``Pace`` keeps; ``delay``: seconds that only the retry knows of.
    """

    def __init__(self, error: ReconcilerError) -> None:
        super().__init__(error.what)
        self.error = error
        self.wait: float | None = None
        self.delay: float | None = None


class Complaint(Struct, frozen=True):
    """What an error body says."""

    code: str | None = None
    text: str = ""
    html: bool = False


def clean(text: str, longest: int = 300) -> str:
    """One line without control characters, cut to ``longest``."""
    line = " ".join("".join(sign if sign.isprintable() else " " for sign in text).split())
    return line if len(line) <= longest else line[: longest - 1] + "…"


def _media_type(response: httpx.Response) -> str:
    value: str = response.headers.get("content-type", "")
    return value.partition(";")[0].strip().lower()


def looks_like_html(response: httpx.Response) -> bool:
    kind = _media_type(response)
    return kind in ("text/html", "application/xhtml+xml") or response.content.lstrip()[:1] == b"<"


def is_json_type(response: httpx.Response) -> bool:
    kind = _media_type(response)
    return kind in ("", "application/json") or kind.endswith("+json")


def asked(url: httpx.URL, request_id: str | None = None, method: str = "GET") -> tuple[tuple[str, str], ...]:
    """The line that says what was asked: without the query, which may hold names."""
    line = f"{method} {url.copy_with(query=None, fragment=None)}"
    return (("asked", f"{line}   request id {request_id}" if request_id else line),)


def request_id(headers: httpx.Headers) -> str | None:
    value: str = headers.get("x-okta-request-id") or headers.get("x-request-id") or ""
    return clean(value, 80) or None


def complaint(response: httpx.Response) -> Complaint:
    """Read an error body of any form. A credential that a server echoes is taken out."""
    if looks_like_html(response):
        title = re.search(rb"<title[^>]*>(.*?)</title>", response.content[:65536], re.IGNORECASE | re.DOTALL)
        text = unescape(title[1].decode("utf-8", "replace")) if title else ""
        return Complaint(text=clean(without_credential(text, response.request), 120), html=True)
    try:
        body = msgspec.json.decode(response.content)
    except msgspec.MsgspecError:
        body = response.content.decode("utf-8", "replace")
    code, said = _read(body)
    return Complaint(
        code=None if code is None else clean(without_credential(code, response.request), 60),
        text=clean(without_credential(said, response.request)),
    )


def _read(body: Any) -> tuple[str | None, str]:
    if isinstance(body, list):
        return _read(body[0]) if body else (None, "")
    if not isinstance(body, dict):
        return None, "" if body is None else str(body)
    code = next((body[key] for key in ("errorCode", "error", "scimType") if isinstance(body.get(key), str)), None)
    names = ("errorSummary", "error_description", "detail", "message")
    texts = [body[key] for key in names if isinstance(body.get(key), str)]
    causes = body.get("errorCauses")
    if isinstance(causes, list):
        texts += [
            one["errorSummary"] for one in causes if isinstance(one, dict) and isinstance(one.get("errorSummary"), str)
        ]
    return code, "; ".join(text.rstrip(".") for text in texts)


def without_credential(text: str, request: httpx.Request) -> str:
    """``text`` without the credential that ``request`` carried, should a server echo it, and without any JWT."""
    text = _JWT.sub("•••", text)
    credential = request.headers.get("authorization", "").rpartition(" ")[2]
    return text.replace(credential, "•••") if len(credential) >= 4 else text
