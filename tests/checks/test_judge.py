"""The judge that asks every check."""

from __future__ import annotations

from msgspec.structs import replace

from reconciler import checks, joining
from reconciler.model import Memory, Note
from reconciler.world import Settings
from tests.worlds import NOW, Company, about, ago, found, only, sales


def drifting() -> Company:
    company = sales(without=["p0"])
    company.person("left", "DEPROVISIONED", assigned=False)
    return company


def test_nothing_is_found_in_two_empty_directories() -> None:
    judged = Company(rows=[]).judge()
    assert (judged.findings, judged.groups, judged.skipped) == ((), (), ())
    assert [note.kind for note in judged.notes] == ["empty"]


def test_a_kind_that_is_switched_off_is_told_and_not_called_fixed() -> None:
    judged = drifting().judge(off=("left-still-active", "unheard-of"))
    assert {finding.kind for finding in judged.findings} == {"member-missing"}
    assert about(judged, "left-still-active") == ["switched off in the configuration"]
    assert "left-still-active" in judged.skipped


def test_a_kind_may_be_given_another_severity_and_another_grace() -> None:
    company = drifting()
    company.users[0] = replace(company.users[0], status_changed=ago(minutes=30))
    judged = company.judge(severity=(("member-missing", "low"),), grace_minutes=(("member-missing", 30),))
    told = only(judged, "member-missing")
    assert (told.severity, told.settling) == ("low", False)
    judged = company.judge(grace_minutes=(("member-missing", 31), ("unheard-of", 5)))
    assert only(judged, "member-missing").settling


def test_what_stood_in_earlier_runs_is_remembered_by_its_id() -> None:
    company = drifting()
    company.users[0] = replace(company.users[0], status_changed=ago(minutes=30))
    told = only(company.judge(), "member-missing")
    assert told.settling
    before = Memory(first=False, seen=((told.id, ago(minutes=120)),))
    assert not only(company.judge(before=before), "member-missing").settling


def test_notes_of_the_reading_and_of_the_checks_are_told_once_and_in_order() -> None:
    company = sales(members=None)
    note = Note(kind="check-skipped", about="rules", reason="refused")
    snapshot = replace(company.snapshot(), notes=(note, note))
    world = joining.join(snapshot, before=Memory(), settings=Settings(), now=NOW)
    notes = checks.run(world).notes
    assert notes.count(note) == 1
    assert notes == tuple(sorted(set(notes)))
    assert len(notes) > 1


def test_members_of_a_group_that_kandji_does_not_tell_are_not_judged() -> None:
    company = sales(members=None)
    company.rows = []
    judged = company.judge()
    assert {one.split(" ")[0] for one in judged.skipped} >= {"group-not-pushed", "member-extra", "member-missing"}
    assert all(" group:" in one or " mapping:" in one or " kandji-group:" in one for one in judged.skipped)


def test_only_the_checks_that_are_given_are_asked() -> None:
    judged = checks.run(drifting().world(), checks=(checks.CHECKS[0],))
    assert judged.findings == ()


def test_findings_come_by_severity() -> None:
    assert list(found(drifting())) == ["left-still-active", "member-missing"]
