"""What nobody outside knows of Kandji's SCIM server, one switch each, and three ways that servers have.

STRICT is PyPI scim2-server as it is. DJANGO is PyPI django-scim2 as it was watched, as far as switches reach. KANDJI is
the most plausible of all: what little is documented of Kandji, and the manners of its Django relatives elsewhere.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import Literal

SECOND_LIMIT = 50
HOUR_LIMIT = 10_000
"""Requests of a whole tenant, by Kandji's public collection and the headers saved in it."""


@dataclass(frozen=True, kw_only=True)
class Ways:
    """How a tenant's SCIM server behaves, and its REST API where the two touch. The defaults are scim2-server's."""

    # Pages

    page_cap: int = 1000
    """The most rows on a page."""
    page_default: int | None = None
    """Rows on a page where no `count` is asked for; None: as many as there may be."""
    count_honoured: bool = True
    """Otherwise every page is one of the default size."""
    start: Literal["lenient", "refused", "ignored"] = "lenient"
    """A startIndex below 1 is taken for 1, or refused with 400 (so is a negative count), or every page is the first."""
    total: Literal["right", "absent", "page", "high"] = "right"
    """totalResults: right, absent, of the page alone, one too high."""
    steady_order: bool = True
    """Otherwise each answer has the rows in another order, so that pages overlap and leave rows out."""

    # Rows

    ids: Literal["uuid", "decimal", "number"] = "uuid"
    """Of new resources: UUIDs, decimals as text, decimals as JSON numbers."""
    ignored: Collection[str] = ()
    """Attributes taken and not kept, such as externalId, department, givenName."""
    lists_archived: bool = True
    """Archived people stand in lists and filters. To be read by id they are, always."""
    lists_inactive: bool = True
    """The same of people who are not active."""
    user_groups: bool = False
    """Users name their groups."""
    members_in_lists: bool = True
    """Groups in lists name their members; otherwise the key is absent there."""
    empty_members: bool = False
    """A group with nobody in it says ``members: []``; otherwise the key is absent."""
    list_members_cap: int | None = None
    """In lists, members beyond so many are cut off."""
    members_cap: int | None = None
    """Everywhere, members beyond so many are cut off."""
    attributes_honoured: bool = True
    """attributes and excludedAttributes are heeded."""

    # Filters

    filters: Literal["answered", "ignored", "refused"] = "answered"
    """Answered, or every row comes, or 501."""
    filterable: Collection[str] | None = None
    """Attributes that filters know, written so; another gives 200 and no row. None: all, and 400 for another."""
    filters_fold: bool = True
    """A filter by userName disregards case."""
    names_fold: bool = True
    """userName is unique whatever its case."""
    names_unique: bool = True
    """A userName that is taken is refused with 409."""

    # Elsewhere

    missing: Collection[str] = ()
    """Discovery endpoints that do not exist: a 404 in HTML."""
    nowhere: Literal["scim", "html"] = "scim"
    """How paths are refused that SCIM does not know. Outside of its prefix it is HTML, always."""
    errors: Literal["scim", "number", "html"] = "scim"
    """As RFC 7644 has them, or with `status` as a number, or a page."""
    refused_token: Literal["scim", "empty"] = "scim"
    """The body of a 401."""
    etags: bool = True
    """ETag and meta.version are told, If-Match is heeded."""

    # Writes

    patch: Literal["path", "values", "both", "501", "405"] = "path"
    """Members are removed by a path with a filter, by a list of values (and never replaced), by both; or no PATCH."""
    patch_answers: Literal[200, 204] = 204
    """200 comes with the resource."""
    put: Literal["replaces", "keeps"] = "replaces"
    """What becomes of attributes that it leaves out."""
    takes_members: Collection[str] = ("POST", "PUT")
    """Methods that heed a group's members. PATCH always does."""
    pretends: Collection[str] = ()
    """Of PUT, PATCH and DELETE: those that are answered well, and do nothing."""
    unknown_members: Literal["kept", "refused"] = "kept"
    """Ids that nobody has, as members: kept, or 400."""
    cleans_references: bool = False
    """Who is deleted leaves the groups."""
    deletes_owners: bool = True
    """Somebody with a device can be deleted over SCIM; otherwise 400, as the REST API always answers."""
    slow: Collection[str] = ()
    """Methods that take longer than Okta waits, see Tenant.client."""
    late: bool = False
    """What is slow takes effect all the same."""

    # REST API

    archives_inactive: bool = False
    """An account that is not active is archived."""
    frees_devices: bool = False
    """A device of somebody who is not active is nobody's."""
    integration_type: str = "scim"
    """What it calls a directory that feeds Kandji over SCIM."""

    # Budget

    limits_bite: bool = False
    """What goes beyond the limits gets 429; otherwise they are told in headers, and never used up."""
    second_limit: int = SECOND_LIMIT
    hour_limit: int = HOUR_LIMIT
    scim_counts: bool = False
    """SCIM requests count, too, and tell the budget."""
    retry_after: Literal["seconds", "date", "absent"] = "seconds"
    """How a 429 says when to come again."""


STRICT = Ways()

DJANGO = Ways(
    page_cap=100_000,
    page_default=50,
    start="refused",
    ids="decimal",
    ignored=("title", "department"),
    user_groups=True,
    empty_members=True,
    attributes_honoured=False,
    filterable=("userName",),
    names_fold=False,
    nowhere="html",
    errors="number",
    refused_token="empty",
    etags=False,
    patch="values",
    patch_answers=200,
    takes_members=(),
    unknown_members="refused",
    cleans_references=True,
)

KANDJI = Ways(
    page_cap=10_000,
    page_default=50,
    start="refused",
    ids="number",
    ignored=("externalId", "givenName", "familyName", "locale"),
    empty_members=True,
    attributes_honoured=False,
    filterable=("userName", "displayName"),
    missing=("ServiceProviderConfig", "Schemas", "ResourceTypes"),
    nowhere="html",
    errors="number",
    refused_token="empty",
    etags=False,
    patch="both",
    patch_answers=200,
    cleans_references=True,
    scim_counts=True,
)
"""Its limits are documented, and do not bite here: the provisioner does a whole queue in one simulated moment."""
