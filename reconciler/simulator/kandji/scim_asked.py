"""What the ways of a SCIM server make of a request before scim2-server sees it: another one, or an answer at once."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable
from dataclasses import replace
from http import HTTPStatus
from typing import Any

from scim2_server.requests import ScimRequest
from scim2_server.responses import ScimResponse

from reconciler.simulator.kandji.scim_store import ScimStore
from reconciler.simulator.kandji.ways import Ways

ERROR = "urn:ietf:params:scim:api:messages:2.0:Error"
NOBODY = 'id eq "nobody has this id"'
CONDITIONS = frozenset({"IF-MATCH", "IF-NONE-MATCH"})
STILL_OWNS = {"detail": "User still assigned to one or more devices."}
_TEXT = re.compile(r'"(?:\\.|[^"\\])*"')
_COMPARED = re.compile(r"([\w.:$-]+)\s+(?:eq|ne|co|sw|ew|gt|ge|lt|le|pr)\b", re.IGNORECASE)
_PICKED = re.compile(r"members\s*\[", re.IGNORECASE)

Body = dict[str, Any]
Read = Callable[[], Body]


def refusal(status: int, detail: str) -> ScimResponse:
    """An error body as RFC 7644 §3.12 has it."""
    return ScimResponse(HTTPStatus(status), {"schemas": [ERROR], "status": str(status), "detail": detail})


def refused(request: ScimRequest, ways: Ways, store: ScimStore, owns: Callable[[str], bool]) -> ScimResponse | None:
    """What is answered at once; None where the request may go on. `owns`: whether a user id has a device."""
    kind, _, resource_id = request.path.strip("/").partition("/")
    if request.method == "GET":
        return _strange_page(request, ways)
    if request.method == "PATCH" and ways.patch == "405":
        answer = refusal(405, "PATCH is not allowed")
        answer.headers["Allow"] = "GET, POST, PUT, DELETE"
        return answer
    if request.method == "DELETE" and kind == "Users" and not ways.deletes_owners and owns(resource_id):
        return ScimResponse(HTTPStatus.BAD_REQUEST, dict(STILL_OWNS))
    body = body_of(request)
    if kind != "Groups":
        return None
    if request.method == "PATCH" and ways.patch == "values" and any(map(_beyond_values, _operations(body))):
        return refusal(501, "Not implemented")
    named = _named(body, request.method, ways) if ways.unknown_members == "refused" else ()
    if not all(store.has_user(member) for member in named):
        return refusal(400, "Can not add a non-existent user to group")
    return None


def _strange_page(request: ScimRequest, ways: Ways) -> ScimResponse | None:
    if ways.start != "refused":
        return None
    try:
        fits = int(request.query.get("startIndex", 1)) >= 1 and int(request.query.get("count", 0)) >= 0
    except ValueError:
        fits = False
    return None if fits else refusal(400, "Invalid pagination values")


def understood(request: ScimRequest, ways: Ways, read: Read) -> ScimRequest:
    """The request as the server behind shall take it. `read` gives the resource as it is."""
    if not ways.etags:
        kept = {name: value for name, value in dict(request.headers).items() if name.upper() not in CONDITIONS}
        request = replace(request, headers=kept)
    if request.method == "GET":
        return replace(request, query=_query(request, ways))
    body = body_of(request)
    if not isinstance(body, dict):
        return request
    body = _without(body, frozenset(ways.ignored))
    if ways.ids == "number":
        body = _with_text_ids(body)
    if request.method in ("POST", "PUT") and request.method not in ways.takes_members and "members" in body:
        body["members"] = read().get("members", []) if request.method == "PUT" else []
    if request.method == "PUT" and ways.put == "keeps":
        body = read() | body
    if request.method == "PATCH" and ways.patch in ("values", "both"):
        body["Operations"] = [one for operation in _operations(body) for one in _by_path(operation)]
    return replace(request, body=json.dumps(body).encode())


def literal(expression: str | None, attribute: str) -> str | None:
    """X of a filter that is just ``attribute eq "X"``; None for every other."""
    name, _, rest = (expression or "").strip().partition(" ")
    operator, _, value = rest.strip().partition(" ")
    if (name.casefold(), operator.casefold()) != (attribute.casefold(), "eq") or not _TEXT.fullmatch(value.strip()):
        return None
    return str(json.loads(value))


def body_of(request: ScimRequest) -> Any:
    """The JSON body; None where there is none, or none that can be read."""
    try:
        return json.loads(request.body) if request.body else None
    except ValueError:
        return None


def _query(request: ScimRequest, ways: Ways) -> dict[str, str]:
    query = dict(request.query)
    if not ways.attributes_honoured:
        query.pop("attributes", None)
        query.pop("excludedAttributes", None)
    if ways.start == "ignored":
        query.pop("startIndex", None)
    if not ways.count_honoured:
        query.pop("count", None)
    if ways.page_default is not None:
        query.setdefault("count", str(ways.page_default))
    if "filter" in query and ways.filters == "ignored":
        query.pop("filter")
    if "filter" in query and ways.filterable is not None:
        compared = _COMPARED.findall(_TEXT.sub('""', query["filter"]))
        if not set(compared) <= set(ways.filterable):
            query["filter"] = NOBODY
    return query


def _without(value: Any, names: frozenset[str]) -> Any:
    if isinstance(value, dict):
        return {key: _without(inner, names) for key, inner in value.items() if key not in names}
    return value


def _with_text_ids(value: Any) -> Any:
    """The ids that this server gave out as numbers, as the text that they are inside."""
    if isinstance(value, list):
        return [_with_text_ids(one) for one in value]
    if not isinstance(value, dict):
        return value
    return {
        key: str(inner) if key in ("id", "value") and type(inner) is int else _with_text_ids(inner)
        for key, inner in value.items()
    }


def _operations(body: Any) -> list[Body]:
    found = body.get("Operations") if isinstance(body, dict) else None
    return [one for one in found if isinstance(one, dict)] if isinstance(found, list) else []


def _is(operation: Body, verb: str) -> bool:
    return str(operation.get("op")).casefold() == verb


def _path(operation: Body) -> str:
    return str(operation.get("path") or "").casefold()


def _beyond_values(operation: Body) -> bool:
    """Whether a server that only knows lists of members does not know this."""
    return _is(operation, "replace") or bool(_PICKED.match(_path(operation)))


def _by_path(operation: Body) -> Iterable[Body]:
    """Removals by a list of values as removals by path, which alone scim2-server takes."""
    value = operation.get("value")
    if not _is(operation, "remove") or _path(operation) != "members" or not isinstance(value, list):
        return [operation]
    ids = [str(member.get("value")) for member in value if isinstance(member, dict)]
    return [{"op": "remove", "path": f"members[value eq {json.dumps(one)}]"} for one in ids]


def _named(body: Any, method: str, ways: Ways) -> Iterable[str]:
    """Ids of the members that a request means to put into a group."""
    if not isinstance(body, dict):
        return []
    if method == "PATCH":
        values = [one.get("value") for one in _operations(body) if _path(one) == "members"]
        members = [member for value in values if isinstance(value, list) for member in value]
    else:
        members = list(body.get("members") or ()) if method in ways.takes_members else []
    return [str(member["value"]) for member in members if isinstance(member, dict) and "value" in member]
