"""Whatever Kandji's SCIM server is like: the findings are the same, or the program says what it could not check.

A finding that is not true is never among them.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, fields, replace
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from reconciler.model import Note
from reconciler.simulator import company as companies
from reconciler.simulator.company import Company
from reconciler.simulator.kandji.ways import DJANGO, KANDJI, STRICT, Ways
from reconciler.store import Store
from tests.proofs.harness import Told, difference, installed, truth

INJECTIONS = (
    "member-extra",
    "member-missing",
    "left-still-active",
    "inactive-in-kandji",
    "missing-in-kandji",
    "unassigned-still-active",
    "unmanaged-in-kandji",
    "attribute-differs",
    "mapping-target-missing",
    "group-unmanaged",
)
ROWS_A_PAGE = 17
CUT_AT = 100

Switches = dict[str, Any]

WHOLE: dict[str, Switches] = {
    "small pages": {"page_cap": ROWS_A_PAGE},
    "no pages": {"page_cap": 100_000},
    "a small default": {"page_default": ROWS_A_PAGE},
    "count ignored": {"count_honoured": False, "page_default": ROWS_A_PAGE},
    "start refused below one": {"start": "refused"},
    "archived not listed": {"lists_archived": False, "archives_inactive": True, "frees_devices": True},
    "inactive not listed": {"lists_inactive": False},
    "users name groups": {"user_groups": True},
    "members not in lists": {"members_in_lists": False},
    "empty groups say so": {"empty_members": True},
    "attributes ignored": {"attributes_honoured": False},
    "filters ignored": {"filters": "ignored"},
    "filters refused": {"filters": "refused"},
    "few filters": {"filterable": ("userName",)},
    "no filters": {"filterable": ()},
    "filters mind the case": {"filters_fold": False},
    "no discovery": {"missing": ("ServiceProviderConfig", "Schemas", "ResourceTypes"), "nowhere": "html"},
    "numbers in errors": {"errors": "number"},
    "no versions": {"etags": False},
    "no PATCH": {"patch": "501"},
    "inactive means archived": {"archives_inactive": True, "frees_devices": True},
    "another word for SCIM": {"integration_type": "custom"},
    "rows in any order": {"steady_order": False},
    "limits bite": {"limits_bite": True, "scim_counts": True},
    "tight limits": {"limits_bite": True, "scim_counts": True, "second_limit": 2},
    "tight limits with a date": {"limits_bite": True, "scim_counts": True, "second_limit": 2, "retry_after": "date"},
    "tight limits, no word": {"limits_bite": True, "scim_counts": True, "second_limit": 2, "retry_after": "absent"},
}
"""With these, a reader learns all there is."""
INCOMPLETE: dict[str, Switches] = {
    "every page the first": {"start": "ignored", "page_cap": ROWS_A_PAGE},
    "no total": {"total": "absent"},
    "pages in any order": {"steady_order": False, "page_cap": ROWS_A_PAGE},
    "the total of a page": {"total": "page", "page_cap": ROWS_A_PAGE},
    "a total too high": {"total": "high"},
    "pages of HTML as errors": {"errors": "html"},
    "an hour used up": {"limits_bite": True, "scim_counts": True, "hour_limit": 3},
}
"""With these, it can't know whether it has seen everything."""
READING = WHOLE | INCOMPLETE
BUILT: dict[str, tuple[Ways, Ways | None]] = {
    "ids are decimals": (replace(STRICT, ids="decimal"), None),
    "ids are numbers": (replace(STRICT, ids="number"), None),
    "deleted people leave groups": (replace(STRICT, cleans_references=True), None),
    "user names mind the case": (replace(STRICT, names_fold=False), None),
    "a PUT keeps what it leaves out": (replace(STRICT, put="keeps"), None),
    "external ids are not kept": (replace(STRICT, ignored=("externalId",)), None),
    "Kandji": (KANDJI, None),
    "Django, filled by another": (replace(STRICT, ids="decimal"), DJANGO),
}
"""Ways that a company must have lived with, and those in which it is read, where they are others."""
ELSEWHERE = {"list_members_cap", "members_cap", "refused_token", "pretends", "takes_members", "slow", "late"}
"""Ways with a proof of their own below."""
UNSEEN = {"patch_answers", "unknown_members", "deletes_owners", "names_unique"}
"""Ways that nobody meets who only reads, and of which Okta's provisioner has no use either."""


@dataclass(frozen=True)
class Run:
    """What one run of the program came to."""

    code: int
    err: str
    told: set[Told]
    notes: tuple[Note, ...]


@cache
def company_of(ways: Ways = STRICT) -> Company:
    return companies.build(4, people=60, groups=5, injections=INJECTIONS, ways=ways)


def run(company: Company, ways: Ways, folder: Path) -> Run:
    """A first run beside this company. For its length, the company's time is the program's."""
    company.tenant.ways = ways
    company.clock.follow(lambda: company.now)
    with installed(company, folder) as installation:
        company.clock.follow(installation.time.now)
        outcome = installation.call("run")
        with Store.open(installation.database) as store:
            last = store.last()
            assert last is not None
            notes = store.notes(last.id)
        told = installation.told() if outcome.code == 0 else set()
    return Run(outcome.code, outcome.err, told, notes)


def troubles(found: Run, right: set[Told]) -> list[str]:
    """What must not be: a crash, something untrue, or something left out without a word."""
    if found.code != 0:
        return [] if found.code == 5 else [f"exit code {found.code}: {found.err}"]
    untrue = [f"not true: {row}" for row in found.told - right]
    return untrue if found.notes else [*untrue, *(f"left out: {row}" for row in right - found.told)]


def test_no_way_is_forgotten() -> None:
    lived = {field.name for field in fields(Ways) for ways, _ in BUILT.values() if differs(ways, field.name)}
    read = {name for switches in READING.values() for name in switches}
    assert read | lived | ELSEWHERE | UNSEEN == {field.name for field in fields(Ways)}


def differs(ways: Ways, name: str) -> bool:
    return bool(getattr(ways, name) != getattr(STRICT, name))


@pytest.mark.parametrize("name", WHOLE)
def test_findings_are_the_same_where_everything_can_be_read(name: str, tmp_path: Path) -> None:
    found = run(company_of(), replace(STRICT, **WHOLE[name]), tmp_path)
    assert (found.code, found.notes) == (0, ())
    assert difference(found.told, truth(company_of())) == {}


@pytest.mark.parametrize("name", INCOMPLETE)
def test_there_is_no_verdict_where_something_may_be_missing(name: str, tmp_path: Path) -> None:
    assert run(company_of(), replace(STRICT, **INCOMPLETE[name]), tmp_path).code == 5


def test_a_token_refused_without_a_word_is_told_as_such(tmp_path: Path) -> None:
    company = companies.calm(3, people=20, groups=3, days=1, refused_token="empty")
    with installed(company, tmp_path) as installation:
        company.tenant.rotate_token()
        outcome = installation.call("run")
    assert (outcome.code, "Kandji SCIM refused the token" in outcome.err) == (4, True)


@pytest.mark.parametrize("name", BUILT)
def test_findings_are_the_same_in_a_company_that_lived_with_it(name: str, tmp_path: Path) -> None:
    lived, read = BUILT[name]
    company = company_of(lived)
    found = run(company, lived if read is None else read, tmp_path)
    assert (found.code, found.notes) == (0, ())
    assert difference(found.told, truth(company)) == {}


def test_what_kandji_does_not_keep_is_not_compared_and_named(tmp_path: Path) -> None:
    ways = replace(STRICT, ignored=("externalId", "department", "givenName", "familyName", "locale"))
    company = company_of(ways)
    found = run(company, ways, tmp_path)
    assert troubles(found, truth(company)) == []
    assert [note.about for note in found.notes] == ["attribute-differs: department"]


@pytest.mark.parametrize("cap", ["list_members_cap", "members_cap"])
def test_members_that_are_cut_off_are_nobody_s_finding(cap: str, tmp_path: Path) -> None:
    company = companies.build(4, people=420, groups=3, injections=INJECTIONS, days=5)
    found = run(company, replace(STRICT, **{cap: CUT_AT}), tmp_path)
    cut = {row for row in found.told if row[0] == "group-cut-off"}
    assert troubles(replace(found, told=found.told - cut), truth(company)) == []
    assert bool(found.notes) is bool(cut) is (cap == "members_cap")


def test_a_company_in_step_whose_members_are_cut_off_is_told_that(tmp_path: Path) -> None:
    company = companies.calm(3, people=420, groups=3, days=5)
    company.tenant.ways = replace(STRICT, members_cap=CUT_AT)
    with installed(company, tmp_path) as installation:
        outcome = installation.call("run")
    assert outcome.code == 0, outcome.err
    assert outcome.out.startswith("Kandji cuts a group's members off")


@pytest.mark.prove
@pytest.mark.parametrize("name", READING)
def test_no_pair_of_ways_brings_a_finding_that_is_not_true(name: str, tmp_path: Path) -> None:
    wrong = {}
    for other in list(READING)[list(READING).index(name) + 1 :]:
        ways = replace(STRICT, **(READING[other] | READING[name]))
        found = troubles(run(company_of(), ways, tmp_path / other.replace(" ", "-")), truth(company_of()))
        if found:
            wrong[other] = found
    assert wrong == {}


def after(ways: Switches, deed: Callable[[Company], None]) -> Company:
    """A calm company in which something was done while Kandji behaved so."""

    def lived(company: Company) -> None:
        company.tenant.ways = replace(STRICT, **ways)
        deed(company)
        company.settle()
        company.tenant.ways = STRICT

    return companies.calm(3, people=40, groups=4, days=4, lived=lived)


@cache
def everyday() -> set[str]:
    """Kinds, all low, that the same company has without any deed."""
    return {row.kind for row in companies.calm(3, people=40, groups=4, days=4).truth}


def new_kinds(found: Run) -> set[str]:
    """Kinds that nothing else explains, and that the deed alone has brought."""
    return {kind for kind, _, cause in found.told if cause is None} - everyday()


def test_an_account_that_kandji_only_pretended_to_deactivate_is_found(tmp_path: Path) -> None:
    left = []

    def leave(company: Company) -> None:
        left.extend(company.pick(company.sound))
        company.leave(left[0])

    found = run(after({"pretends": ("PUT",)}, leave), STRICT, tmp_path)
    assert ("left-still-active", f"user:{left[0].id}", None) in found.told
    assert new_kinds(found) == {"left-still-active"}


def test_a_member_that_kandji_did_not_take_is_found(tmp_path: Path) -> None:
    joined = []

    def join(company: Company) -> None:
        joined.append(company.hire(company.drawn(tuple(company.departments))))

    found = run(after({"takes_members": ()}, join), STRICT, tmp_path)
    assert new_kinds(found) == {"member-missing"}
    missing = {subject for kind, subject, _ in found.told if kind == "member-missing"}
    assert {subject.rpartition(" ")[2] for subject in missing} == {f"user:{joined[0].id}"}


@pytest.mark.parametrize("late", [True, False])
def test_a_push_for_which_okta_did_not_wait_is_found_whether_or_not_it_took_effect(late: bool, tmp_path: Path) -> None:
    def join(company: Company) -> None:
        company.hire(company.drawn(tuple(company.departments)))

    found = run(after({"slow": ("PUT",), "late": late}, join), STRICT, tmp_path)
    assert new_kinds(found) == {"mapping-error"}
