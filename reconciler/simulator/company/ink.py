"""What a company writes with: plain words, or, to prove that nothing downstream trusts them, hostile ones."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Sequence
from dataclasses import replace

from reconciler.simulator.company.people import Profile

LOCAL_PART = frozenset("!#$%&'*+/=?^_`{|}~-")
"""Signs that a SCIM server takes in an e-mail address beside letters and digits (RFC 5322, atext)."""


class Ink:
    """Writes texts, each behind the next of the hostile strings. Every field goes through all of them by itself."""

    def __init__(self, hostile: Sequence[str] = ()) -> None:
        self.hostile = tuple(hostile)
        self._next: dict[str, Iterator[str]] = {}
        self._cut = itertools.count(1)

    def __call__(self, field: str, text: str, limit: int | None = None) -> str:
        """A text for that field; as it is where nothing hostile is written. One of more than `limit` characters is cut
        and numbered, so that no two are the same."""
        if not self.hostile:
            return text
        hostile = next(self._next.setdefault(field, itertools.cycle(self.hostile)))
        whole = f"{hostile} {text}"
        return whole if limit is None or len(whole) <= limit else f"{whole[: limit - 4]}{next(self._cut):4}"

    def profile(self, plain: Profile) -> Profile:
        """A person's profile, but for the department, by which rules go."""
        return replace(
            plain,
            login=self("login", plain.login),
            first_name=self("first name", plain.first_name),
            last_name=self("last name", plain.last_name),
            title=self("title", plain.title),
            city=self("city", plain.city),
        )

    def email(self, login: str) -> str:
        """The login as an address that a SCIM server takes: of its local part, what an address may hold."""
        local, _, domain = login.rpartition("@")
        kept = [sign for sign in local if sign.isascii() and (sign.isalnum() or sign in LOCAL_PART)]
        return f"{''.join(kept)[-60:]}@{domain}" if self.hostile else login
