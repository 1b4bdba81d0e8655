"""The two signatures that are hard to write well, made by Okta's own package: client assertions and DPoP proofs.

``okta.jwt`` and ``okta.dpop`` are imported when the first key is used, never before: they cost half a second. Their
clock is the machine's.
"""

from __future__ import annotations

import json
from typing import Any

from reconciler.errors import UsageError

_RSA_PARTS = ("kty", "n", "e", "d", "p", "q", "dp", "dq", "qi", "kid", "alg", "use")
_NEXT = "give the RSA private key of the service app (PEM or JWK) by [okta] private_key, then: reconciler doctor"


class Signer:
    """Signs client assertions with an RSA key given as PEM (PKCS#1 or PKCS#8) or JWK; else ``UsageError``."""

    def __init__(self, private_key: str, key_id: str | None = None) -> None:
        self._key, named = _readable(private_key)
        self._key_id = key_id or named

    def assertion(self, org_url: str, client_id: str) -> str:
        """A JWT for the token endpoint of ``org_url``, good for fifty minutes."""
        from okta.jwt import JWT

        signer: Any = JWT  # the package ships annotations in part only
        try:
            token: str = signer.create_token(org_url, client_id, self._key, self._key_id)
        except Exception:
            # Whatever the libraries say of a key may quote it, so neither the error nor its cause is kept.
            raise _unusable("it is not an RSA key, or damaged") from None
        return token


class ProofMaker:
    """Makes DPoP proofs with a key of its own, which lives as long as this object."""

    def __init__(self) -> None:
        from okta.dpop import DPoPProofGenerator

        self._generator: Any = DPoPProofGenerator({})

    def __call__(self, method: str, url: str, token: str | None, nonce: str | None) -> str:
        proof: str = self._generator.generate_proof_jwt(method, url, access_token=token, nonce=nonce)
        return proof


def _readable(text: str) -> tuple[str | dict[str, str], str | None]:
    """The key in a form that ``okta.jwt`` takes, and its key id where it names one."""
    text = text.strip().replace("\\n", "\n") if "-----BEGIN" in text else text.strip()
    if text.startswith("{"):
        return _jwk(text)
    if "-----BEGIN" not in text:
        raise _unusable("it is neither PEM nor JWK")
    if "ENCRYPTED" in text:
        raise _unusable("it is protected by a passphrase, and nobody would be there to type it")
    if "BEGIN EC PRIVATE KEY" in text:
        raise _unusable("it is an elliptic-curve key, and Okta's package signs with RSA only")
    if "PRIVATE KEY" not in text:
        raise _unusable("it is not a private key")
    return text, None


def _jwk(text: str) -> tuple[dict[str, str], str | None]:
    try:
        key = json.loads(text)
    except ValueError:
        raise _unusable("it begins like a JWK and is no JSON") from None
    keys = key.get("keys")
    if isinstance(keys, list):
        if len(keys) != 1 or not isinstance(keys[0], dict):
            raise _unusable(f"it is a set of {len(keys)} keys, and it is not known which one to use")
        key = keys[0]
    if key.get("kty") != "RSA":
        raise _unusable("it is not an RSA key, and Okta's package signs with RSA only")
    if not isinstance(key.get("d"), str):
        raise _unusable("it is the public half of a key")
    parts = {name: key[name] for name in _RSA_PARTS if isinstance(key.get(name), str)}
    return parts, parts.get("kid")


def _unusable(reason: str) -> UsageError:
    return UsageError(f"The private key can't be used: {reason}.", next=_NEXT)
