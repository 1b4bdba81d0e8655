"""People in Okta's JSON, with exactly those profile attributes that group rules read.

Nothing else of a profile is kept, and which attributes rules read is known at run time only. So the profile's type is
made for one reading: decoding fills it without a dictionary for each of hundreds of thousands of rows.
"""

from __future__ import annotations

from collections.abc import Iterable
from collections.abc import Mapping as Dict
from sys import intern
from typing import Any, ClassVar, Generic, TypeVar

from msgspec import UNSET, UnsetType, defstruct, field

from reconciler import model
from reconciler.directories.okta_wire import ALIASES, Time, Wire, moment

Text = str | None | UnsetType


class UserProfile(Wire, frozen=True, kw_only=True, gc=False):
    login: str
    email: Text = UNSET
    first_name: Text = UNSET
    last_name: Text = UNSET
    display_name: Text = UNSET

    asked: ClassVar[tuple[tuple[str, str], ...]] = ()
    """Okta's name of each attribute that rules read → the field that holds it."""

    def attributes(self) -> model.Attributes:
        """Those of ``asked`` that the answer held. One whose value no rule can compare (an object) is left out."""
        told = ((name, getattr(self, place)) for name, place in self.asked)
        return tuple((name, _scalars(value)) for name, value in told if _is_told(value))


_FIELDS = {name: name for name in ("login", "email")}
_FIELDS |= {"firstName": "first_name", "lastName": "last_name", "displayName": "display_name"}
_SCALARS = (str, int, float)
ProfileT = TypeVar("ProfileT", bound=UserProfile)


class Named(Wire, frozen=True, kw_only=True, gc=False):
    """A rule that brought a member, or a user type: of both only the id is kept."""

    id: str


class UserEmbedded(Wire, frozen=True, kw_only=True, gc=False):
    group_rules: tuple[Named, ...] | None = field(name="group-rules", default=None)


class User(Wire, Generic[ProfileT], frozen=True, kw_only=True, gc=False):
    """``GET /users/{id}``, ``/users``, ``/groups/{id}/users`` (there with ``_embedded["group-rules"]``)."""

    id: str
    status: str
    profile: ProfileT
    created: Time = None
    activated: Time = None
    status_changed: Time = None
    type: Named | None = None
    realm_id: str | None = None
    embedded: UserEmbedded | None = field(name="_embedded", default=None)

    def value(self, attributes: model.Attributes = ()) -> model.OktaUser:
        profile = self.profile
        return model.OktaUser(
            id=self.id,
            status=self.status,
            login=profile.login,
            email=_text(profile.email),
            first_name=_text(profile.first_name),
            last_name=_text(profile.last_name),
            display_name=_text(profile.display_name),
            created=moment(self.created),
            activated=moment(self.activated),
            status_changed=moment(self.status_changed),
            type_id=None if self.type is None else intern(self.type.id),
            realm_id=None if self.realm_id is None else intern(self.realm_id),
            attributes=attributes,
        )

    def rule_ids(self) -> tuple[str, ...] | None:
        """() put in by hand; None where the org did not say which rules brought them."""
        rules = None if self.embedded is None else self.embedded.group_rules
        if rules is None:
            return None
        return (rules[0].id,) if len(rules) == 1 else tuple(sorted([rule.id for rule in rules]))


class AppUserCredentials(Wire, frozen=True, kw_only=True, gc=False):
    user_name: str | None = None


class AppUserEmbedded(Wire, Generic[ProfileT], frozen=True, kw_only=True, gc=False):
    user: User[ProfileT] | None = None


class AppUser(Wire, Generic[ProfileT], frozen=True, kw_only=True, gc=False):
    """``GET /apps/{id}/users?expand=user``; ``id`` is the Okta user's id."""

    id: str
    status: str
    scope: str | None = None
    external_id: str | None = None
    sync_state: str | None = None
    created: Time = None
    status_changed: Time = None
    credentials: AppUserCredentials | None = None
    profile: dict[str, Any] | None = None
    embedded: AppUserEmbedded[ProfileT] | None = field(name="_embedded", default=None)

    def value(self) -> model.AppUser:
        return model.AppUser(
            id=self.id,
            status=self.status,
            scope=self.scope,
            external_id=self.external_id or None,
            user_name=None if self.credentials is None else self.credentials.user_name,
            sync_state=self.sync_state,
            created=moment(self.created),
            status_changed=moment(self.status_changed),
            profile=scim_names(self.profile or {}),
        )

    @property
    def user(self) -> User[ProfileT] | None:
        """The Okta user that ``expand=user`` embeds, where the org does."""
        return None if self.embedded is None else self.embedded.user


class People:
    """How one reading decodes people: ``user`` and ``app_user`` are the types, with these profile attributes."""

    user: type[User[Any]]
    app_user: type[AppUser[Any]]

    def __init__(self, attributes: Iterable[str] = ()) -> None:
        asked = [(name, _FIELDS.get(name, f"asked{number}")) for number, name in enumerate(sorted(set(attributes)))]
        profile = defstruct(
            "UserProfile",
            [(place, Any, field(default=UNSET, name=name)) for name, place in asked if name not in _FIELDS],
            bases=(UserProfile,),
            namespace={"asked": tuple(asked)},
            frozen=True,
            kw_only=True,
            gc=False,
        )
        self.user = User[profile]  # type: ignore[valid-type]  # a type that is known at run time only
        self.app_user = AppUser[profile]  # type: ignore[valid-type]
        self._seen: dict[model.Attributes, model.Attributes] = {}

    def value(self, user: User[Any]) -> model.OktaUser:
        """The person; attributes that many share are kept once, as long as they are texts: 1 equals True."""
        attributes = user.profile.attributes()
        if attributes and all(value is None or isinstance(value, str) for _, value in attributes):
            attributes = self._seen.setdefault(attributes, attributes)
        return user.value(attributes)


def _text(value: Text) -> str | None:
    return None if isinstance(value, UnsetType) else value


def _is_told(value: Any) -> bool:
    if isinstance(value, list):
        return all(isinstance(one, _SCALARS) for one in value)
    return value is None or isinstance(value, _SCALARS)


def _scalars(value: Any) -> model.Value | None:
    return tuple(value) if isinstance(value, list) else value


PROFILE_NAMES = ("displayName", "givenName", "familyName", "email", "title", "department")


def scim_names(profile: Dict[str, Any]) -> model.Pairs:
    """The compared attributes that the app profile has, in a fixed order; a SCIM name wins over its aliases."""
    found: dict[str, str | None] = {}
    for key, value in profile.items():
        name = ALIASES.get(key, key)
        if name not in PROFILE_NAMES or (name in found and key != name):
            continue
        if value is None or isinstance(value, str):
            found[name] = value
        elif isinstance(value, (int, float)) and not isinstance(value, bool):
            found[name] = str(value)
    return tuple((name, found[name]) for name in PROFILE_NAMES if name in found)
