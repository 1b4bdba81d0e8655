"""The SCIM server of the tenant: PyPI scim2-server under Kandji's prefix, with a few of Kandji's own ways around it."""

from __future__ import annotations

import io
import json
import random
import uuid
from collections.abc import Callable, Collection, Iterable
from datetime import datetime
from functools import cache
from typing import Any

from scim2_models import ScimProvider
from scim2_server.memory import InMemoryStorage
from scim2_server.testserver.application import BearerTokenApplication
from scim2_server.utils import load_default_provider

PREFIX = "/api/v1/scim"
NOT_FOUND = (
    b'<!doctype html>\n<html lang="en">\n<head>\n  <title>Not Found</title>\n</head>\n<body>\n'
    b"  <h1>Not Found</h1><p>The requested resource was not found on this server.</p>\n</body>\n</html>\n"
)
FIRST_NUMBER = {"User": 29_360, "Group": 810}

Environ = dict[str, Any]
StartResponse = Callable[..., Any]


class ScimStore(InMemoryStorage):
    """scim2-server's own store, with ids by seed, the simulated clock, and people who are left out of lists.

    `numbers`: SCIM id → the number Kandji counts by, users and groups apart. `hidden`: SCIM ids that no list and no
    filter gives, though they can be read by id.
    """

    def __init__(self, clock: Callable[[], datetime], seed: int | str, *, numeric_ids: bool) -> None:
        super().__init__(clock=clock)
        self._random = random.Random(f"scim ids {seed}")
        self._numeric_ids = numeric_ids
        self._next = dict(FIRST_NUMBER)
        self.numbers: dict[str, int] = {}
        self.hidden: set[str] = set()

    def generate_id(self, resource_type: Any, resource: Any) -> str:
        number = self._next[resource_type.name]
        self._next[resource_type.name] = number + 1
        unique = str(uuid.UUID(int=self._random.getrandbits(128), version=4))
        scim_id = str(number) if self._numeric_ids else unique
        self.numbers[scim_id] = number
        return scim_id

    def _candidates(self, names: Any, scim_filter: Any) -> list[Any]:
        found = super()._candidates(names, scim_filter)
        return [resource for resource in found if resource.id not in self.hidden] if self.hidden else found

    def users(self) -> list[Any]:
        """Every user resource, in the order in which they were made."""
        return self._all("User")

    def groups(self) -> list[Any]:
        """Every group resource, likewise."""
        return self._all("Group")

    def _all(self, resource_type: str) -> list[Any]:
        found: list[Any] = [r for r in self.resources if r.meta is not None and r.meta.resource_type == resource_type]
        return sorted(found, key=lambda resource: self.numbers[resource.id])


class ScimServer:
    """The WSGI application: the SCIM server at ``/api/v1/scim``, an HTML 404 elsewhere, as Django gives.

    `ignored`: attributes the server takes without keeping them (``externalId``, ``department``, …): Kandji says that it
    uses no attributes but those on its list.
    """

    def __init__(self, store: ScimStore, *, page_cap: int, ignored: Collection[str] = ()) -> None:
        self._scim = BearerTokenApplication(store, _provider(page_cap), bearer_tokens=["none yet"])
        self.ignored = frozenset(ignored)

    def accept(self, tokens: Collection[str]) -> None:
        """From now on, only these bearer tokens open the door."""
        self._scim.bearer_tokens = set(tokens)

    def __call__(self, environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
        path = environ.get("PATH_INFO", "")
        if not path.startswith(PREFIX + "/"):
            start_response("404 Not Found", [("Content-Type", "text/html"), ("Content-Length", str(len(NOT_FOUND)))])
            return [NOT_FOUND]
        inner = dict(environ)
        inner["SCRIPT_NAME"] = environ.get("SCRIPT_NAME", "") + PREFIX
        inner["PATH_INFO"] = path.removeprefix(PREFIX)
        if self.ignored and environ.get("REQUEST_METHOD") in ("POST", "PUT"):
            self._forget(inner)
        answer: Iterable[bytes] = self._scim(inner, start_response)
        return answer

    def _forget(self, environ: Environ) -> None:
        body = environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0))
        kept = json.dumps(_without(json.loads(body), self.ignored)).encode() if body else body
        environ["wsgi.input"] = io.BytesIO(kept)
        environ["CONTENT_LENGTH"] = str(len(kept))


def _without(value: Any, names: frozenset[str]) -> Any:
    if isinstance(value, dict):
        return {key: _without(inner, names) for key, inner in value.items() if key not in names}
    return value


@cache
def _provider(page_cap: int) -> ScimProvider:
    # Its models take a third of a second to make, and hold nothing of a tenant.
    provider = load_default_provider()
    config: Any = provider.config
    config.filter.max_results = page_cap
    return provider
