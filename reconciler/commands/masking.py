"""Masks names and addresses in recorded answers, consistently: equal before, equal after.

All text is masked but what is listed here as harmless: ids, statuses, types, times. A key that nobody thought of is
therefore masked, never leaked.
"""

from __future__ import annotations

import hashlib
import hmac
import re
from typing import Any
from urllib.parse import parse_qsl, quote, unquote, urlsplit


def words(text: str) -> frozenset[str]:
    return frozenset(text.split())


_HARMLESS_KEYS = words(
    """
    id externalId status scope type objectClass sourceGroupId targetGroupId appInstanceId version schemas
    resourceType syncState signOnMode features method rel errorCode errorId errorLink kid created lastUpdated
    statusChanged activated lastPush lastSync lastLogin lastMembershipUpdated passwordChanged lastModified
    created_at updated_at itemsPerPage startIndex totalResults priority deprecated_user_id uuid groupIds
    scimType platform authScheme eventType result severity
    """
)
_HARMLESS_TEXT = re.compile(
    r"^(?:\d{4}-\d\d-\d\dT[\d:.+Z-]+|00[a-zA-Z0-9]{18}|0oa[a-zA-Z0-9]{17}|urn:[\w:.-]+"
    r"|APP_GROUP|OKTA_GROUP|BUILT_IN|USER_PROVISIONING|INBOUND_PROVISIONING|DEPROVISIONED)?$"
)
_NAMED_BY_ADMINS = frozenset({"appLinks"})
"""Objects whose keys are names, too."""
_PERSONAL = re.compile(r"[@\s]")
"""What an id never holds: some servers use addresses as ids."""
_EMAIL = re.compile(r"[\w.+'%-]+@[\w-]+(?:\.[\w-]+)+")
_QUOTED = re.compile(r'"((?:[^"\\]|\\.)*)"')
_WORDS_KEPT = words(
    """
    a an and api app application be bad by can could create created creating credentials denied error errors
    failed for forbidden found from group has http in integration internal invalid is limit mapping match member
    members method not of okta on or page permission provisioning push pushed rate refused remote request
    response server service target the time timed timeout to token unable unauthorized unavailable unknown
    update updating user users while with
    """
)
_SENTENCE_KEYS = frozenset({"errorSummary", "detail", "message", "error_description", "reason"})
_WHERE_SOMEBODY_IS = frozenset({"lat", "lon", "asNumber"})
"""Numbers that tell a place: the System Log keeps from where a request came."""
_ATTRIBUTES_OF_SOMEBODY = frozenset({"profile", "changeDetails"})


class Mask:
    """One recording's masks. Without ``key`` nobody can compute them again."""

    def __init__(self, key: bytes) -> None:
        self._key = key

    def text(self, value: str) -> str:
        """A name or an address; case alone makes no difference, but an unusual case stays visible."""
        if _HARMLESS_TEXT.match(value):
            return value
        email = _EMAIL.fullmatch(value.strip())
        if email:
            local, _, domain = value.strip().rpartition("@")
            return self._cased(local, "p") + "@" + self._cased(domain, "d") + ".example"
        return self._cased(value, "n")

    def host(self, host: str) -> str:
        return f"{self._cased(host, 'h')}.example"

    def sentence(self, value: str) -> str:
        """A message of a service: common words stay, everything else is masked."""
        return re.sub(
            r"[^\s:,;.()\[\]\"']+",
            lambda match: match[0] if match[0].casefold() in _WORDS_KEPT or match[0].isdigit() else self.text(match[0]),
            _EMAIL.sub(lambda match: self.text(match[0]), value),
        )

    def expression(self, value: str) -> str:
        """A filter or a rule: what stands in quotes is masked."""
        return _QUOTED.sub(lambda match: f'"{self.text(match[1])}"', value)

    def url(self, value: str) -> str:
        """An address with its host masked, and in the query everything but paging."""
        parts = urlsplit(value)
        query = [
            (name, self.expression(text) if '"' in text else text if name in _PAGING else self.text(text))
            for name, text in parse_qsl(parts.query, keep_blank_values=True)
        ]
        asked = "&".join(f"{name}={quote(text, safe='')}" for name, text in query)
        host = f"//{self.host(parts.netloc)}" if parts.netloc else ""
        path = "/".join(self.text(unquote(part)) if "@" in unquote(part) else part for part in parts.path.split("/"))
        return f"{parts.scheme + ':' if parts.scheme else ''}{host}{path}{'?' + asked if asked else ''}"

    def body(self, value: Any, key: str = "", parent: str = "") -> Any:
        """A decoded JSON body, masked whole. Within a profile even times and statuses are somebody's."""
        if isinstance(value, dict):
            if value.get("type") == "urn:okta:expression:1.0" and isinstance(value.get("value"), str):
                return {**value, "value": self.expression(value["value"])}
            inside = "profile" if {key, parent} & _ATTRIBUTES_OF_SOMEBODY else key
            named = {self.text(name) if key in _NAMED_BY_ADMINS else name: inner for name, inner in value.items()}
            return {name: self.body(inner, name, inside) for name, inner in named.items()}
        if isinstance(value, list):
            return [self.body(inner, key, parent) for inner in value]
        if parent == "profile" or key in _WHERE_SOMEBODY_IS:
            return self._of_profile(value)
        return self._leaf(value, key, parent) if isinstance(value, str) else value

    def _leaf(self, value: str, key: str, parent: str) -> str:
        is_id = key in _HARMLESS_KEYS or (parent == "members" and key == "value")
        if is_id and not _PERSONAL.search(value):
            return value
        if value.startswith(("https://", "http://")):
            return self.url(value)
        return self.sentence(value) if key in _SENTENCE_KEYS else self.text(value)

    def _of_profile(self, value: Any) -> Any:
        if isinstance(value, str) and value:
            return self.text(value) if _EMAIL.fullmatch(value.strip()) else self._cased(value, "n")
        return 0 if isinstance(value, int | float) and not isinstance(value, bool) else value

    def _cased(self, value: str, kind: str) -> str:
        folded = value.casefold()
        digest = hmac.new(self._key, folded.encode(), hashlib.sha256).hexdigest()[:10]
        masked = f"{kind}-{digest}"
        return masked if value == folded else masked.capitalize()


_PAGING = frozenset({"limit", "after", "count", "startIndex", "expand", "cursor", "sizePerPage", "offset"})
