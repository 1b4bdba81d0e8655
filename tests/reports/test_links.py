from __future__ import annotations

import pytest

from reports import links


@pytest.mark.parametrize(
    "address",
    [
        None,
        "",
        "http://acme.okta.com",
        "javascript:alert(1)",
        "https://",
        "https://user@acme.okta.com",
        "https://a b",
        "//x",
        "https://[::1",
    ],
)
def test_only_an_https_address_of_a_plain_host_is_a_console(address: str | None) -> None:
    assert links.console(address) is None


def test_a_console_loses_its_trailing_slash() -> None:
    assert links.console("https://acme-admin.okta.com/") == "https://acme-admin.okta.com"


@pytest.mark.parametrize("evil", ["../../x", "//evil.example", "a?b#c", '"><b>', "a b"])
def test_an_id_stays_one_piece_of_the_path(evil: str) -> None:
    address = links.okta_user("https://acme-admin.okta.com", evil)
    assert address is not None
    head, _, tail = address.rpartition("/")
    assert head == "https://acme-admin.okta.com/admin/user/profile/view"
    assert not set(tail) & set('/?#"<> ')


def test_a_person_in_a_group_links_to_person_group_and_kandji() -> None:
    found = links.of("group:00g1 user:00u2", (("00g1", "Sales"),), "https://a.example", "https://k.example")
    assert found == (
        ("Open the person in Okta", "https://a.example/admin/user/profile/view/00u2"),
        ("Open Sales in Okta", "https://a.example/admin/group/00g1"),
        ("Open Users in Kandji", "https://k.example/users"),
    )


def test_a_group_that_is_in_kandji_alone_links_to_no_group_in_okta() -> None:
    assert links.of("kandji-group:5", (("5", "Old"),), "https://a.example", None) == ()


def test_without_consoles_there_are_no_links() -> None:
    assert links.of("user:00u2", (("00g1", "Sales"),), None, None) == ()
