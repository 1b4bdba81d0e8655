"""Who is who."""

from __future__ import annotations

import pytest

from reconciler.model import Memory, ScimUser
from reconciler.world import Person
from tests.worlds import Company


def person(company: Company, key: str, before: Memory | None = None) -> Person:
    (found,) = [person for person in company.world(before=before).people if person.key == key]
    return found


def account_of(company: Company, key: str, before: Memory | None = None) -> tuple[str | None, str | None]:
    """(account id, how it was joined)."""
    found = person(company, key, before)
    return found.account.id if found.account else None, found.joined_by


def keys(company: Company, before: Memory | None = None) -> list[str]:
    return [person.key for person in company.world(before=before).people]


def test_two_empty_directories_hold_nobody() -> None:
    assert keys(Company()) == []


def test_an_e_mail_address_alone_joins_nobody_and_is_only_a_hint() -> None:
    company = Company()
    company.person("ana", assigned=False, account=False)
    company.account("k1", user_name="someone.else", email="ANA@acme.example")
    assert account_of(company, "user:ana") == (None, None)
    assert person(company, "account:k1").likely == ("ana@acme.example",)
    assert person(company, "account:k1").candidates == ()


def test_the_external_id_joins_before_the_user_name() -> None:
    company = Company()
    company.person("ana", external_id="k1", account=False)
    company.account("k1", user_name="renamed@acme.example")
    company.account("k2", user_name="ana@acme.example")
    assert account_of(company, "user:ana") == ("k1", "external id")
    assert person(company, "account:k2").candidates == ("ana@acme.example",)


def test_an_earlier_run_joins_before_the_user_name() -> None:
    company = Company()
    company.person("ana", assigned=False, account=False)
    company.person("ben", assigned=False, account=False)
    company.account("k1", user_name="ben@acme.example")
    assert account_of(company, "user:ana", Memory(first=False, pointed=(("k1", "ana"),))) == ("k1", "earlier run")


def test_the_accounts_own_external_id_joins_before_the_user_name() -> None:
    company = Company()
    company.person("ana", assigned=False, account=False)
    company.person("ben", assigned=False, account=False)
    company.account("k1", user_name="ben@acme.example", external_id="ana")
    assert account_of(company, "user:ana") == ("k1", "account's external id")


def test_a_user_name_joins_whatever_its_case_and_composition() -> None:
    company = Company()
    company.person("zoë", assigned=False, account=False)
    company.account("k1", user_name=" ZOE\u0308@Acme.Example ")
    assert account_of(company, "user:zoë") == ("k1", "user name")


def test_the_user_name_of_the_assignment_joins_as_the_login_does() -> None:
    company = Company()
    company.person("ana", external_id=None, account=False, app_user={"user_name": "a.smith"})
    company.account("k1", user_name="A.Smith")
    assert account_of(company, "user:ana") == ("k1", "user name")


def test_an_account_whose_name_two_people_have_is_nobodys() -> None:
    company = Company()
    company.person("ana", "DEPROVISIONED", assigned=False, account=False)
    company.person("new", assigned=False, account=False, user={"login": "ANA@acme.example"})
    company.account("k1", user_name="ana@acme.example")
    assert person(company, "account:k1").candidates == ("ANA@acme.example", "ana@acme.example")
    assert not person(company, "account:k1").candidates_left


def test_two_accounts_of_one_name_are_not_guessed_between() -> None:
    company = Company()
    company.person("ana", assigned=False, account=False)
    company.account("k1", user_name="ana@acme.example")
    company.account("k2", user_name="ANA@acme.example")
    assert account_of(company, "user:ana") == (None, None)
    assert [person(company, f"account:{key}").candidates for key in ("k1", "k2")] == [("ana@acme.example",)] * 2


def test_whoever_of_several_leavers_it_is_they_left() -> None:
    company = Company()
    company.person("ana", "DEPROVISIONED", assigned=False, account=False)
    company.account("k1", user_name="ana@acme.example")
    company.account("k2", user_name="ANA@acme.example")
    assert [person(company, f"account:{key}").candidates_left for key in ("k1", "k2")] == [True, True]


def test_an_account_of_somebody_whom_okta_deleted_keeps_that_persons_key() -> None:
    company = Company(absent_users=["gone"])
    company.account("k1")
    before = Memory(first=False, pointed=(("k1", "gone"),))
    assert person(company, "user:gone", before).deleted_user_id == "gone"
    assert keys(company, before) == ["user:gone"]


def test_a_user_whom_one_answer_calls_deleted_and_another_shows_is_there_once() -> None:
    company = Company(absent_users=["ana"])
    company.person("ana", external_id=None, account=False)
    company.account("k1", user_name="other")
    before = Memory(first=False, pointed=(("k1", "ana"),))
    assert keys(company, before) == ["user:ana"]
    assert account_of(company, "user:ana", before) == ("k1", "earlier run")


def test_two_accounts_of_one_deleted_person_are_two() -> None:
    company = Company(absent_users=["gone"])
    company.account("k1")
    company.account("k2")
    before = Memory(first=False, pointed=(("k1", "gone"), ("k2", "gone")))
    assert keys(company, before) == ["account:k1", "account:k2"]
    assert person(company, "account:k1", before).candidates_left


@pytest.mark.parametrize(
    ("status", "assigned"), [("DEPROVISIONED", "DEPROVISIONED"), ("DEPROVISIONED", "ACTIVE"), ("ACTIVE", "INACTIVE")]
)
def test_a_stale_pointer_does_not_hold_the_account_of_somebody_else(status: str, assigned: str) -> None:
    company = Company()
    company.person("old", status, assigned=assigned, external_id="k-new", account=False)
    company.person("new")
    assert account_of(company, "user:old") == (None, None)
    assert account_of(company, "user:new") == ("k-new", "external id")


def test_stale_pointers_alone_hold_the_account() -> None:
    company = Company()
    company.person("old", "DEPROVISIONED", assigned="INACTIVE")
    company.person("older", "DEPROVISIONED", assigned="INACTIVE", external_id="k-old", account=False)
    assert account_of(company, "user:old") == account_of(company, "user:older") == ("k-old", "external id")


def test_two_people_who_are_given_one_account_both_hold_it() -> None:
    company = Company()
    company.person("ana")
    company.person("ben", external_id="k-ana", account=False)
    assert account_of(company, "user:ben") == account_of(company, "user:ana") == ("k-ana", "external id")
    assert [sorted(numbers) for numbers in company.world().shared] == [[0, 1]]


def test_an_empty_external_id_points_nowhere() -> None:
    company = Company()
    company.person("ana", account=False, app_user={"external_id": ""})
    world = company.world()
    assert (len(world.assigned), len(world.provisioned)) == (1, 0)


def test_somebody_whose_record_was_not_read_is_known_with_a_status_not_told() -> None:
    company = Company()
    company.group("Sales")
    company.members["sales"].append("odd")
    world = company.world()
    assert [(person.key, person.name) for person in world.people] == [("user:odd", "odd")]
    assert world.may_be_in == world.members("sales")


def test_a_row_of_kandjis_api_is_found_by_either_id() -> None:
    company = Company()
    company.person("ana")
    company.person("ben")
    company.row("k-ana", integration_name="Okta")
    company.row("other", old_id="k-ben", integration_name="Okta")
    rows = {person.key: person.row for person in company.world().people}
    assert {key: row.id if row else None for key, row in rows.items()} == {"user:ana": "k-ana", "user:ben": "other"}


def test_a_row_of_kandjis_api_is_found_by_an_e_mail_address_that_only_one_has() -> None:
    company = Company()
    company.person("ana", kandji={"email": "Ana@acme.example"})
    company.row("r1", email="ana@acme.example")
    row = person(company, "user:ana").row
    assert row is not None
    assert row.id == "r1"


def test_a_row_whose_address_two_rows_or_two_accounts_have_is_nobodys() -> None:
    company = Company()
    company.person("ana", kandji={"email": "ana@acme.example"})
    company.row("r1", email="ana@acme.example")
    company.row("r2", email="ana@acme.example")
    company.person("ben", kandji={"email": "shared@acme.example"})
    company.person("eve", kandji={"email": "shared@acme.example"})
    company.row("r3", email="shared@acme.example")
    assert [person.row for person in company.world().people] == [None, None, None]


def test_people_are_numbered_in_the_order_of_their_keys_whatever_came_first() -> None:
    company = Company(accounts=[ScimUser(id="k9"), ScimUser(id="k1")])
    company.person("zoe", account=False, assigned=False)
    company.person("ana", account=False, assigned=False)
    assert keys(company) == ["account:k1", "account:k9", "user:ana", "user:zoe"]
