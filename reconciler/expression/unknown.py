"""What is not known, and what may or may not be the same."""

from __future__ import annotations

import unicodedata

from msgspec import Struct


class Unknown(Struct, frozen=True):
    """Instead of a value, where none can be told: the reasons in words."""

    why: tuple[str, ...]


def unknown(why: str) -> Unknown:
    return Unknown((why,))


def folded(text: str) -> str:
    """Texts that are the same so differ by case or composition alone; whether Okta minds those isn't documented."""
    if text.isascii():
        return text.lower()
    return unicodedata.normalize("NFC", unicodedata.normalize("NFC", text).casefold())


def surely(exact: bool, alike: bool, what: str) -> bool | Unknown:
    """True if exactly so, unknown if so but for case, else false."""
    if exact:
        return True
    if alike:
        return unknown(f"{what} differs by case alone, and whether Okta minds case isn't documented")
    return False
