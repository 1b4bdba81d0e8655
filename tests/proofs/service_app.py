"""The program as a service app with a private key: registered in the simulated org, its key beside the config."""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cache
from typing import Any

from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from jwt.algorithms import RSAAlgorithm

from tests.proofs.harness import Installation

CLIENT_ID = "0oaServiceApp1234567"
SCOPES = ("okta.apps.read", "okta.groups.read", "okta.users.read", "okta.schemas.read", "okta.logs.read")


@dataclass(frozen=True)
class Key:
    pem: str
    public: dict[str, Any]


@cache
def key() -> Key:
    """A fresh RSA key; one for all tests, because it takes a while to make."""
    made = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    pem = made.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()
    return Key(pem=pem, public=json.loads(RSAAlgorithm.to_jwk(made.public_key())) | {"kid": "proof-key"})


def become_service_app(installation: Installation, *, dpop: bool, scopes: tuple[str, ...] = SCOPES) -> Key:
    """From now on the program signs in with a key. Its org grants ``scopes``."""
    installation.okta.oauth.register(CLIENT_ID, [key().public], scopes, dpop=dpop)
    secret = installation.folder / "okta-key.pem"
    secret.touch(mode=0o600)
    secret.write_text(key().pem, encoding="utf-8")
    installation.edit(
        '"token" = { "file" = "okta.token" }',
        f'auth = "private_key"\nclient_id = "{CLIENT_ID}"\nkey_id = "proof-key"\ndpop = {json.dumps(dpop)}\n'
        'private_key = { file = "okta-key.pem" }',
    )
    return key()
