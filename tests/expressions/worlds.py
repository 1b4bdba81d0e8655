"""Three people, and what is known of each: everything, a part, next to nothing."""

from __future__ import annotations

from typing import Any, TypedDict


class Known(TypedDict):
    """`attributes`: None is null, absent is not known. `groups` hold the person, `not_in` don't: names by id."""

    attributes: dict[str, Any]
    groups: dict[str, str]
    not_in: dict[str, str]
    all_groups_known: bool
    user_id: str


ENGINEERING = "00gengmacs0000000001"
SALES = "00gsalesmacs00000001"
ADMINS = "00gitadmins000000001"
EVERYONE = "00geveryone000000001"
UNHEARD = "00gunheard0000000001"

ENGINEER: Known = {
    "attributes": {
        "login": "wren.tolliver@acme.example",
        "email": "wren.tolliver@acme.example",
        "firstName": "Wren",
        "lastName": "Tolliver",
        "middleName": "",
        "displayName": "Wren Tolliver",
        "nickName": None,
        "department": "Engineering",
        "title": "Staff Engineer",
        "city": "San Francisco",
        "countryCode": "US",
        "userType": "Employee",
        "employeeNumber": "1042",
        "costCenter": "4100-EU",
        "division": "Product",
        "organization": "Acme",
        "salary": 1200000,
        "level": 4,
        "fte": 0.8,
        "balance": -12,
        "isContractor": False,
        "hasBadge": True,
        "favoriteColors": ["blue", "green"],
        "officeCodes": [10, 20, 30],
        "order": "first",
        "notes": "keep",
        "android": True,
        "equipment": "laptop",
        "trueName": "Wren",
        "nullable": "kept",
        "not_started": "soon",
        "region": "Zürich",
        "motto": 'it\'s "日本" time',
        "domainName": "ACME\\wren",
    },
    "groups": {ENGINEERING: "Engineering Macs", ADMINS: "IT-admins", EVERYONE: "Everyone"},
    "not_in": {},
    "all_groups_known": True,
    "user_id": "00uwren0000000000001",
}
SELLER: Known = {
    "attributes": {
        "login": "ilse.marchetti@acme.example",
        "email": "ilse.marchetti@acme.example",
        "firstName": "Ilse",
        "lastName": "Marchetti",
        "middleName": "Jo",
        "displayName": "Ilse Marchetti",
        "nickName": "Il",
        "department": "Sales",
        "title": None,
        "city": "Rome",
        "countryCode": "IT",
        "userType": "Contractor",
        "employeeNumber": "2077",
        "salary": 90000,
        "level": 2,
        "isContractor": None,
        "hasBadge": False,
        "favoriteColors": [],
        "order": None,
    },
    "groups": {SALES: "Sales Macs", EVERYONE: "Everyone"},
    "not_in": {ENGINEERING: "Engineering Macs"},
    "all_groups_known": False,
    "user_id": "00uilse0000000000001",
}
STRANGER: Known = {
    "attributes": {
        "login": "pax.duvall@partner.example",
        "email": "pax.duvall@partner.example",
        "firstName": "Pax",
        "lastName": "Duvall",
        "department": "engineering",
        "city": None,
        "salary": None,
        "isContractor": True,
        "favoriteColors": None,
    },
    "groups": {},
    "not_in": {ADMINS: "IT-admins"},
    "all_groups_known": False,
    "user_id": "00upax00000000000001",
}
WORLDS = (ENGINEER, SELLER, STRANGER)
