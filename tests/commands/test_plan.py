from __future__ import annotations

import asyncio
import json
import stat
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator  # type: ignore[import-untyped]  # ships no types
from msgspec import to_builtins
from msgspec.structs import replace

from reconciler.changes import Named, UnlinkGroup
from reconciler.commands.basis import basis, with_groups
from reconciler.commands.plan import adding_only
from reconciler.commands.plan_file import read
from reconciler.errors import NotKnown, Unreachable
from reconciler.journal import PUSH_REPLACES, Event
from reconciler.model import Group, GroupMembers, Member, OktaUser
from reconciler.store import Store
from reconciler.world import Settings
from tests.commands.conftest import Keep
from tests.commands.plans import adding, plan_of, planned
from tests.commands.samples import NOW, PEOPLE, TOKENS, Called, SomeOkta, SomeScim, call, config_in, okta, scim

MISSING = SomeScim(scim(PEOPLE[:3]))
"""di is missing in the Kandji group."""
LONGER_THAN_ANY_PLAN = timedelta(hours=25)


@pytest.fixture
def file(keep: Keep, config: Path) -> Path:
    """A plan of one change, in the default file."""
    keep(scim_side=MISSING)
    assert call("plan", "-c", config).code == 0
    return config.parent / "reconciler-plan.json"


def asked(config: Path, *argv: str | Path, answer: str | None = None) -> Called:
    """A call at which the question is answered so; None: nobody answers."""
    return call(*argv, "-c", config, environ=TOKENS, ask=None if answer is None else lambda question, hidden: answer)


# --- plan ------------------------------------------------------------------------------------------------------------


def test_a_plan_is_written_for_its_owner_alone_and_says_how_it_is_applied(keep: Keep, config: Path) -> None:
    keep(scim_side=MISSING)
    file = config.parent / "of mine"
    told = call("plan", "-c", config, "-o", file)
    assert (told.code, stat.S_IMODE(file.stat().st_mode)) == (0, 0o600)
    assert f"next: reconciler apply '{file}'" in told.err
    assert [one.sentence for one in read(file).changes] == ["push Macs again"]
    assert "push Macs again" in told.out


def test_a_plan_is_not_written_to_stdout_which_apply_could_not_read(config: Path) -> None:
    told = call("plan", "-c", config, "-o", "-")
    assert (told.code, Path("-").exists()) == (2, False)
    assert "-o FILE" in told.err


def test_the_document_is_what_the_file_holds(keep: Keep, config: Path) -> None:
    keep(scim_side=MISSING)
    told = call("plan", "-c", config, "--format", "json")
    assert json.loads(told.out) == json.loads((config.parent / "reconciler-plan.json").read_text("utf-8"))


def test_it_fits_its_schema(keep: Keep, config: Path) -> None:
    keep(scim_side=MISSING)
    told = json.loads(call("plan", "-c", config, "--format", "json").out)
    validator = Draft202012Validator(json.loads(call("config", "schema", "plan").out))
    assert [error.message for error in validator.iter_errors(told)] == []


def test_nothing_to_mend_is_no_file_and_no_error(keep: Keep, config: Path) -> None:
    keep()
    told = call("plan", "-c", config)
    assert (told.code, "Nothing to mend." in told.out) == (0, True)
    assert not (config.parent / "reconciler-plan.json").exists()


def test_a_file_that_was_asked_for_is_written_even_where_there_is_nothing(keep: Keep, config: Path) -> None:
    keep()
    assert call("plan", "-c", config, "-o", config.parent / "p").code == 0
    assert read(config.parent / "p").changes == ()


@pytest.mark.parametrize(
    ("argv", "changes"),
    [
        (("--kind", "member-missing"), 1),
        (("--kind", "mapping-error"), 0),
        (("--person", "di@acme.example"), 1),
        (("--person", "ana@acme.example"), 0),
        (("--group", "macs"), 1),
        (("--group", "kandji_apple_users"), 0),
        (("--kind", "member-missing", "--person", "ana@acme.example"), 0),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, tuple) else "",
)
def test_a_plan_is_made_of_the_findings_that_were_named(
    keep: Keep, config: Path, argv: tuple[str, ...], changes: int
) -> None:
    keep(scim_side=MISSING)
    told = call("plan", "-c", config, *argv, "--format", "json")
    assert (told.code, len(json.loads(told.out)["changes"])) == (0, changes)


@pytest.mark.parametrize(
    ("argv", "code", "words"),
    [
        (("F-000000000000",), 10, "No run ever found"),
        (("nonsense",), 10, "No run ever found"),
        (("--person", "nobody"), 10, "Nobody is called nobody"),
        (("--group", "nothing"), 10, "No group is called nothing"),
        (("--kind", "member-mising"), 2, "did you mean member-missing?"),
        (("--allow-removals", "3"), 2, "say why"),
        (("--allow-additions", "3", "--reason", " "), 2, "say why"),
        (("--reason", "why not"), 2, "lifts nothing"),
        (("-o", "/dev/null/p.json"), 9, "can't be written"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, tuple) else "",
)
def test_what_can_not_be_planned_is_told_with_a_way_out(
    keep: Keep, config: Path, argv: tuple[str, ...], code: int, words: str
) -> None:
    keep(scim_side=MISSING)
    told = call("plan", "-c", config, *argv)
    assert (told.code, words in told.err) == (code, True)
    assert told.err.splitlines()[-1].strip().startswith("next")


def test_a_kind_that_is_switched_off_still_forbids_what_it_forbids(keep: Keep, config: Path) -> None:
    switched_off = replace(okta().app, features=("PUSH_NEW_USERS", "PUSH_USER_DEACTIVATION", "PUSH_PROFILE_UPDATES"))
    keep(SomeOkta(replace(okta(), app=switched_off)), MISSING, settings=Settings(off=("provisioning-off",)))
    config.write_text(config.read_text("utf-8") + '[severity]\nprovisioning-off = "off"\n', "utf-8")
    told = json.loads(call("plan", "-c", config, "--format", "json").out)
    assert [held["guards"] for held in told["withheld"]] == [["not arriving"]]


def test_before_the_first_run_there_is_nothing_to_plan_by(config: Path) -> None:
    told = call("plan", "-c", config)
    assert (told.code, "reconciler run" in told.err) == (10, True)


@pytest.mark.parametrize(("age", "code"), [(timedelta(hours=24), 0), (LONGER_THAN_ANY_PLAN, 6)])
def test_data_that_is_older_than_a_plan_may_be_is_refused(keep: Keep, config: Path, age: timedelta, code: int) -> None:
    keep(scim_side=MISSING)
    told = call("plan", "-c", config, now=lambda: NOW + age)
    assert (told.code, "next  reconciler run" in told.err) == (code, code == 6)


def test_what_an_apply_learnt_of_the_tenant_is_known_to_the_next_plan(keep: Keep, config: Path) -> None:
    keep(scim_side=MISSING)
    with Store.open(config.parent / "reconciler.db") as store:
        store.journal.write(Event(apply=1, event="began", at=NOW, who="ops", before=to_builtins(plan_of())))
        store.journal.write(Event(apply=1, event="learnt", at=NOW, who="ops", step=PUSH_REPLACES, after=False))
        known = basis(store, Settings(), now=NOW, ttl=timedelta(hours=1))
    assert known.world.settings.push_replaces is False


def test_after_a_run_without_verdict_the_age_of_the_data_is_told(keep: Keep, config: Path) -> None:
    keep(scim_side=MISSING)
    keep(SomeOkta(error=Unreachable("Okta can't be reached.")), now=NOW + timedelta(hours=3))
    told = call("plan", "-c", config, now=lambda: NOW + timedelta(hours=3))
    assert (told.code, "run 2 gave no verdict: this is planned by run 1, 3 hours old" in told.err) == (0, True)


@dataclass
class SomeLiveGroups:
    """An org that has these groups, with ana in each."""

    groups: tuple[Group, ...] = ()

    async def read_group(self, group_id: str) -> Group | None:
        return next((one for one in self.groups if one.id == group_id), None)

    async def find_groups(self, name: str) -> tuple[Group, ...]:
        return tuple(one for one in self.groups if one.name.casefold() == name.casefold())

    async def read_members(self, group_id: str) -> tuple[GroupMembers, tuple[OktaUser, ...]]:
        return GroupMembers(group_id=group_id, members=(Member(user_id="00uana"),)), ()

    async def read_apps_of_group(self, group_id: str) -> tuple[tuple[str, str], ...]:
        return ()


SALES = Group(id="00gsales000000000000", name="Sales", type="OKTA_GROUP")


@pytest.mark.parametrize("name", ["sales", SALES.id])
def test_a_group_that_no_run_has_read_is_read_when_somebody_names_it(keep: Keep, tmp_path: Path, name: str) -> None:
    keep()
    with Store.open(tmp_path / "reconciler.db") as store:
        known = basis(store, Settings(), now=NOW, ttl=timedelta(hours=1))
    found = asyncio.run(with_groups(known, [name, "Macs"], lambda: SomeLiveGroups((SALES,))))
    assert [found.world.people[number].name for number in found.world.members(SALES.id)] == ["ana@acme.example"]
    for groups in ((), (SALES, replace(SALES, id="00gother000000000000", name="SALES"))):
        with pytest.raises(NotKnown):
            asyncio.run(with_groups(known, ["Sales"], lambda groups=groups: SomeLiveGroups(groups)))  # type: ignore[misc]


def test_only_what_takes_something_away_is_held_back_where_nothing_may_be() -> None:
    unlink = planned(UnlinkGroup(mapping_id="m", group=Named(name="Macs", id="g"), target=None, kandji_group=None))
    push = replace(adding("cy"), removes=(Named(name="di", id="k-di"),))
    plan = adding_only(plan_of(adding("ana"), unlink, push), "only so", "a key")
    assert plan.changes == (adding("ana"),)
    assert [(held.planned, held.reasons, held.lift) for held in plan.withheld] == [
        (unlink, ("only so.",), "a key"),
        (push, ("only so.",), "a key"),
    ]


# --- before an apply -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("argv", "answer", "code", "words"),
    [
        (("{file}",), None, 2, "--confirm 1"),
        (("{file}", "--no-input"), "y", 2, "--confirm 1"),
        (("{file}", "--confirm", "2"), None, 6, "the plan holds 1 change"),
        (("{file}",), "n", 6, "the answer was no"),
        (("{file}",), "", 6, "the answer was no"),
        (("{file}.gone",), "y", 10, "There is no plan"),
        (("{file}", "--resume"), "y", 2, "or --resume and no file"),
        (("--resume", "--dry-run"), "y", 2, "or --resume and no file"),
        ((), "y", 2, "takes the file of a plan"),
        (("--resume",), "y", 10, "No apply was ended half-way"),
        (("--resume", "7"), "y", 10, "No apply 7 was ended half-way"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, tuple) else "",
)
def test_nothing_is_applied_that_nobody_agreed_to(
    file: Path, config: Path, argv: tuple[str, ...], answer: str | None, code: int, words: str
) -> None:
    told = asked(config, "apply", *(one.format(file=file) for one in argv), answer=answer)
    assert (told.code, words in told.err) == (code, True)
    assert told.err.splitlines()[-1].strip().startswith("next")


def test_a_plan_shows_itself_before_it_asks(file: Path, config: Path) -> None:
    assert "push Macs again" in asked(config, "apply", file, answer="n").err


@pytest.mark.parametrize("moved", ["app", "org", "tenant", "age", "edited"])
def test_a_wrong_plan_is_refused_before_anybody_is_asked(file: Path, config: Path, moved: str) -> None:
    old, new = {
        "app": ("0oa1", "0oa2"),
        "org": ("//acme.okta", "//other.okta"),
        "tenant": ("//acme.api", "//b.api"),
    }.get(moved, ("", ""))
    config.write_text(config.read_text("utf-8").replace(old, new) if old else config.read_text("utf-8"), "utf-8")
    if moved == "edited":
        file.write_text(file.read_text("utf-8").replace("push Macs again", "push Macs away"), "utf-8")
    late = NOW + (LONGER_THAN_ANY_PLAN if moved == "age" else timedelta())

    def ask(question: str, hidden: bool) -> str:
        raise AssertionError("it asked")

    told = call("apply", file, "-c", config, environ=TOKENS, ask=ask, now=lambda: late)
    assert (told.code, told.err.splitlines()[-1].strip().startswith("next")) == (6, True)


@pytest.mark.parametrize(
    ("argv", "words"),
    [
        (("verify", "F-000000000000"), "Nothing was ever applied for"),
        (("verify", "gone.json"), "There is no plan"),
        (("undo", "3"), "no apply 3"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, tuple) else "",
)
def test_what_was_never_applied_is_neither_verified_nor_undone(
    keep: Keep, config: Path, argv: tuple[str, ...], words: str
) -> None:
    keep()
    told = asked(config, *argv)
    assert (told.code, words in told.err) == (10, True)


def test_run_fix_needs_the_flag_and_the_key(tmp_path: Path) -> None:
    told = asked(config_in(tmp_path), "run", "--fix")
    assert (told.code, "[fix] auto" in told.err) == (2, True)
    assert not (tmp_path / "reconciler.db").exists()
