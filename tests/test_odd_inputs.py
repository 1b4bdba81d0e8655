"""Words nobody knows, sources that may not be read, and what is not there, in any combination: a report that says what
was not checked and why, never a crash, and nothing called fixed that was not looked at."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from itertools import combinations
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

import reports.csv
import reports.html
import reports.json
import reports.terminal
from reconciler import checks, joining
from reconciler.commands import report
from reconciler.findings import Judgement, skips
from reconciler.joining import MAPPING_STATES
from reconciler.model import Memory, Rule, Snapshot
from reconciler.world import MAY_BE_IN, MUST_BE_IN, MUST_NOT, Settings
from tests.bench import large
from tests.store import samples

Change = Callable[[Snapshot], Snapshot]

WORDS = ("", "HIBERNATING", "active", "アクティブ", "<b>", "\x00", "'; --")
EXPRESSIONS = (None, "", "user.", 'isMemberOfAnyGroup("nowhere")', "T(java.lang.Runtime)", 'user.department=="Mars"')


def _okta(**fields: Any) -> Change:
    return lambda snapshot: replace(snapshot, okta=replace(snapshot.okta, **fields))


def _scim(**fields: Any) -> Change:
    return lambda snapshot: replace(snapshot, scim=replace(snapshot.scim, **fields))


def _each(side: str, records: str, **fields: Any) -> Change:
    """Every record of a list with other values; ``_each("okta", "users", status="")``."""

    def change(snapshot: Snapshot) -> Snapshot:
        told = getattr(snapshot, side)
        changed = tuple(replace(record, **fields) for record in getattr(told, records) or ())
        return replace(snapshot, **{side: replace(told, **{records: changed})})

    return change


def _app(**fields: Any) -> Change:
    return lambda snapshot: _okta(app=replace(snapshot.okta.app, **fields))(snapshot)


def _without_rule_ids(snapshot: Snapshot) -> Snapshot:
    groups = snapshot.okta.members
    told = tuple(replace(g, members=tuple(replace(one, rule_ids=None) for one in g.members)) for g in groups)
    return _okta(members=told)(snapshot)


UNREAD: dict[str, Change] = {
    "group rules": _okta(rules=None),
    "the System Log": _okta(events=None, events_since=None),
    "Kandji's REST API": lambda snapshot: replace(snapshot, kandji=None),
    "features": _app(features=()),
    "schema and connection": _app(schema_attributes=None, provisioning_status=None),
    "look-ups": _okta(looked_up_scim_ids=()),
    "Kandji's members": _each("scim", "groups", member_ids=None),
    "who brought whom": _without_rule_ids,
}
"""What may not be read, or is not told, while all that is required is."""

BARE: dict[str, Change] = {
    "no attributes": _each("okta", "users", attributes=()),
    "no app profiles": _each("okta", "app_users", profile=()),
    "nobody in groups": _each("okta", "members", members=()),
    "no members read": _okta(members=()),
    "no groups": _okta(groups=()),
    "no mappings": _okta(mappings=()),
    "nobody assigned": _okta(app_users=()),
    "no assigned groups": _okta(app_groups=()),
    "no users": _okta(users=()),
    "no accounts": _scim(users=()),
    "no names": _each("scim", "groups", display_name=None),
    "no Kandji groups": _scim(groups=()),
    "activity not told": _each("scim", "users", active=None),
    "cut off": _each("scim", "groups", perhaps_cut=True),
    "times not told": _each("okta", "users", created=None, status_changed=None),
}
"""Lists that are empty and fields that are not told."""


@cache
def company() -> tuple[Snapshot, Memory]:
    made = large.Company(people=1_200, groups=18)
    return made.snapshot(), made.memory()


def judge(snapshot: Snapshot) -> Judgement:
    return checks.run(joining.join(snapshot, before=company()[1], settings=Settings(), now=large.NOW))


def subsets(most: int) -> list[tuple[str, ...]]:
    return [chosen for size in range(most + 1) for chosen in combinations(UNREAD, size)]


def _nothing_is_passed_over(unread: tuple[str, ...]) -> None:
    snapshot = company()[0]
    whole = judge(snapshot)
    for name in unread:
        snapshot = UNREAD[name](snapshot)
    told = judge(snapshot)
    found, skipped = {finding.id for finding in told.findings}, set(told.skipped)
    called_fixed = [finding for finding in whole.findings if finding.id not in found]
    assert [f.id for f in called_fixed if not skipped.intersection(skips(f.kind, f.subject.key))] == []
    named = {note.about.partition(":")[0] for note in told.notes}
    assert {slug for slug in skipped if " " not in slug} <= named


@pytest.mark.parametrize("unread", [*subsets(1), tuple(UNREAD)], ids=lambda unread: " and ".join(unread) or "nothing")
def test_what_was_not_read_is_noted_and_nothing_that_rests_on_it_is_called_fixed(unread: tuple[str, ...]) -> None:
    _nothing_is_passed_over(unread)


@pytest.mark.prove
def test_any_combination_of_what_was_not_read_is_noted_and_nothing_that_rests_on_it_is_called_fixed() -> None:
    for unread in subsets(len(UNREAD)):
        _nothing_is_passed_over(unread)


def _odd(draw: st.DrawFn, records: tuple[Any, ...], **words: st.SearchStrategy[Any]) -> tuple[Any, ...]:
    """A few of the records with words that nobody expects."""
    chosen = draw(st.lists(st.integers(0, max(0, len(records) - 1)), max_size=4)) if records else []
    changed = dict(enumerate(records))
    for number in chosen:
        changed[number] = replace(changed[number], **{name: draw(strategy) for name, strategy in words.items()})
    return tuple(changed.values())


@st.composite
def odd_snapshots(draw: st.DrawFn) -> Snapshot:
    """The company with unknown words in any field that holds one, bare and unread in any combination."""
    snapshot = company()[0]
    okta, scim, word = snapshot.okta, snapshot.scim, st.sampled_from(WORDS)
    rules = tuple(
        Rule(id=f"odd{number}", name="Odd", status="ACTIVE", expression=expression, target_group_ids=(large.ASSIGNED,))
        for number, expression in enumerate(draw(st.lists(st.sampled_from(EXPRESSIONS), max_size=3)))
    )
    snapshot = _okta(
        app=replace(okta.app, status=draw(word), features=(*okta.app.features, draw(word))),
        users=_odd(draw, okta.users, status=word, login=word, type_id=word, realm_id=word),
        app_users=_odd(draw, okta.app_users, status=word, scope=word, sync_state=word, external_id=word),
        mappings=_odd(draw, okta.mappings, status=word, target_group_id=word, error_summary=word),
        rules=(*_odd(draw, okta.rules or (), status=word, name=word), *rules),
        groups=_odd(draw, okta.groups, type=word, name=word),
        members=tuple(group for group in okta.members if draw(st.integers(0, 9))),
        events=_odd(draw, okta.events or (), type=word, outcome=word, reason=word),
    )(snapshot)
    groups = _odd(draw, scim.groups, display_name=st.none() | word, member_ids=st.none() | st.just(("nobody",)))
    snapshot = _scim(users=_odd(draw, scim.users, user_name=word, email=word), groups=groups)(snapshot)
    changes = UNREAD | BARE
    for name in draw(st.lists(st.sampled_from(sorted(changes)), unique=True, max_size=5)):
        snapshot = changes[name](snapshot)
    return snapshot


def _gives_a_report(snapshot: Snapshot) -> None:
    judged = judge(snapshot)
    about = {note.about for note in judged.notes}
    statuses = {user.status for user in snapshot.okta.users if user.status} - MUST_BE_IN - MAY_BE_IN - MUST_NOT
    assert {f"Okta user status {status}" for status in statuses} <= about
    states = {mapping.status for mapping in snapshot.okta.mappings} - MAPPING_STATES
    assert {f"push mapping status {state}" for state in states} <= about
    with samples.hasty() as store:
        run = store.save(
            samples.run_at(0), sources=samples.sources(0), notes=judged.notes, snapshot=snapshot, judgement=judged
        )
        shown = report.build(store, checks.KINDS, run_id=run.id)
    assert len(shown.rows) == len(judged.findings)
    assert all((reports.html.render(shown), reports.json.render(shown), reports.csv.render(shown)))
    assert reports.terminal.render(shown, width=80, color=False)


def thorough(examples: int) -> settings:
    return settings(
        max_examples=examples,
        derandomize=True,
        deadline=None,
        database=None,
        suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
    )


@thorough(12)
@given(snapshot=odd_snapshots())
def test_odd_words_and_bare_lists_give_a_report_that_names_the_words(snapshot: Snapshot) -> None:
    _gives_a_report(snapshot)


@pytest.mark.prove
@thorough(400)
@given(snapshot=odd_snapshots())
def test_odd_words_and_bare_lists_in_hundreds_of_combinations_give_a_report(snapshot: Snapshot) -> None:
    _gives_a_report(snapshot)
