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
    """How a tenant's SCIM server, and the REST API where the two touch, behave. The defaults are scim2-server's.

    Pages. `page_cap`: the most rows on one. `page_default`: rows where no `count` is asked for. `count_honoured`:
    otherwise every page is one of the default size. `start`: a startIndex below 1 is taken for 1, refused with 400, or
    every page is the first. `total`: totalResults is right, absent, that of the page, or one too high.

    Rows. `ids`: of new resources: UUIDs, decimals as text, or decimals as JSON numbers. `ignored`: attributes taken and
    not kept, such as externalId. `lists_archived`, `lists_inactive`: whether such people stand in lists and filters
    (to be read by id they are, always). `user_groups`: users name their groups. `members_in_lists`: groups in lists
    have the key ``members``. `list_members_cap`, `members_cap`: members beyond are cut off in lists, and everywhere.
    `attributes_honoured`: attributes and excludedAttributes are heeded.

    Filters. `filters`: answered, ignored (every row comes), or refused with 501. `filterable`: the attributes that they
    know, written exactly so; another gives 200 and no row. None is all of them, and 400 for an unknown one.
    `filters_fold`, `names_fold`: a filter by userName, and its uniqueness, disregard case. `names_unique`: a second one
    is refused with 409.

    Elsewhere. `missing`: discovery endpoints that are a 404 in HTML. `errors`: as SCIM has them, with `status` as a
    number, or a page of HTML. `refused_token`: what a 401 carries. `etags`: ETag, meta.version, If-Match.

    Writes. `patch`: scim2-server's own (members are removed by a path filter), by a list of values alone, by either, or
    501 or 405 to all. `patch_answers`: 204, or 200 and the resource. `put`: what it leaves out is cleared or kept.
    `takes_members`: of POST and PUT, those which heed a group's members. `pretends`: of PUT, PATCH and DELETE, those
    which are answered well and do nothing. `unknown_members`: ids that nobody has are kept, or refused with 400.
    `cleans_references`: who is deleted leaves the groups. `deletes_owners`: somebody with a device can be deleted over
    SCIM; otherwise 400, as the REST API always answers.
    `slow`: methods for which Okta gives up after a minute, see Tenant.client. `late`: they took effect all the same.

    REST. `archives_inactive`: active=false makes an account archived. `frees_devices`: it then has no device.

    Budget. `limits_bite`: 429 where the tenant's `second_limit` or `hour_limit` is used up; otherwise headers alone,
    always the same. `scim_counts`: SCIM requests count, too, and tell it. `retry_after`: how a 429 says when.
    """

    page_cap: int = 1000
    page_default: int | None = None
    count_honoured: bool = True
    start: Literal["lenient", "refused", "ignored"] = "lenient"
    total: Literal["right", "absent", "page", "high"] = "right"

    ids: Literal["uuid", "decimal", "number"] = "uuid"
    ignored: Collection[str] = ()
    lists_archived: bool = True
    lists_inactive: bool = True
    user_groups: bool = False
    members_in_lists: bool = True
    list_members_cap: int | None = None
    members_cap: int | None = None
    attributes_honoured: bool = True

    filters: Literal["answered", "ignored", "refused"] = "answered"
    filterable: Collection[str] | None = None
    filters_fold: bool = True
    names_fold: bool = True
    names_unique: bool = True

    missing: Collection[str] = ()
    errors: Literal["scim", "number", "html"] = "scim"
    refused_token: Literal["scim", "empty"] = "scim"
    etags: bool = True

    patch: Literal["path", "values", "both", "501", "405"] = "path"
    patch_answers: Literal[200, 204] = 204
    put: Literal["replaces", "keeps"] = "replaces"
    takes_members: Collection[str] = ("POST", "PUT")
    pretends: Collection[str] = ()
    unknown_members: Literal["kept", "refused"] = "kept"
    cleans_references: bool = False
    deletes_owners: bool = True
    slow: Collection[str] = ()
    late: bool = False

    archives_inactive: bool = False
    frees_devices: bool = False

    limits_bite: bool = False
    second_limit: int = SECOND_LIMIT
    hour_limit: int = HOUR_LIMIT
    scim_counts: bool = False
    retry_after: Literal["seconds", "date", "absent"] = "seconds"


STRICT = Ways()

DJANGO = Ways(
    page_cap=100_000,
    page_default=50,
    start="refused",
    ids="decimal",
    ignored=("title", "department"),
    user_groups=True,
    attributes_honoured=False,
    filterable=("userName",),
    names_fold=False,
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
    attributes_honoured=False,
    filterable=("userName", "displayName"),
    missing=("ServiceProviderConfig", "Schemas", "ResourceTypes"),
    errors="number",
    refused_token="empty",
    etags=False,
    patch="both",
    patch_answers=200,
    cleans_references=True,
    scim_counts=True,
)
"""Its limits are documented, and do not bite here: the provisioner does a whole queue in one simulated moment."""
