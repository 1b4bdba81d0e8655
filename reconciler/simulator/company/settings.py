"""The configuration with which the program reads a simulated company."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from pathlib import Path

from reconciler.simulator.kandji.tenant import Tenant
from reconciler.simulator.okta.api import TOKEN
from reconciler.simulator.server import IN_MEMORY, Addresses

Tables = Mapping[str, Mapping[str, object]]


def configuration(
    tenant: Tenant,
    app_id: str,
    folder: Path,
    *,
    addresses: Addresses = IN_MEMORY,
    more: Tables,
    okta_token: str = TOKEN,
    rest_api: bool = True,
) -> str:
    """The text of a config file for these addresses. Writes the tokens it refers to into `folder`, mode 0600.

    `more` are further tables; a key there wins. Without `rest_api`, Kandji's REST API is not named.
    """
    tables: dict[str, dict[str, object]] = {
        "okta": {
            "org_url": addresses.okta,
            "app_id": app_id,
            "token": {"file": _keep(folder / "okta.token", okta_token)},
        },
        "kandji": {
            "scim_url": addresses.scim,
            "token": {"file": _keep(folder / "kandji-scim.token", tenant.token)},
        },
    }
    if rest_api:
        api_token = _keep(folder / "kandji-api.token", tenant.api_token)
        tables["kandji"] |= {"api_url": addresses.kandji, "api_token": {"file": api_token}}
    for name, keys in more.items():
        tables[name] = tables.get(name, {}) | dict(keys)
    return "\n".join(f"[{name}]\n{_lines(keys)}" for name, keys in tables.items())


def _keep(path: Path, secret: str) -> str:
    """Writes a secret for its owner alone and returns the file's name, relative to the config file beside it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.touch(mode=0o600)
    os.chmod(path, 0o600)
    path.write_text(secret, encoding="utf-8")
    return path.name


def _lines(keys: Mapping[str, object]) -> str:
    return "".join(f"{_text(name)} = {_value(value)}\n" for name, value in keys.items())


def _text(text: str) -> str:
    """A basic string of TOML; it writes control characters as JSON does, and DEL as well."""
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")


def _value(value: object) -> str:
    if isinstance(value, Mapping):
        return "{ " + ", ".join(f"{_text(str(name))} = {_value(inner)}" for name, inner in value.items()) + " }"
    if isinstance(value, (list, tuple)):
        return "[" + ", ".join(_value(inner) for inner in value) + "]"
    return _text(value) if isinstance(value, str) else json.dumps(value)
