"""Group rules, over a stand-in that says what it is told to: what is found before one is touched, and what it did."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from copy import deepcopy
from typing import Any

import pytest
from msgspec.structs import replace

from reconciler.changes import ActivateRule, CreateRule, DeactivateRule, EditRule, Named
from reconciler.commands.applying.procedure import AlreadySo, Ready, Skip
from reconciler.commands.applying.procedures import procedure
from reconciler.commands.applying.rules import expression_of, targets_of
from reconciler.errors import Vanished
from reconciler.journal import Event
from reconciler.model import AppUser, Group
from tests.applies import NOON
from tests.commands.mending import planned

RULE, SALES, MACS = (Named(name=name, id=name.lower()) for name in ("Rule", "Sales", "Macs"))
EDIT = EditRule(rule=RULE, before="old", after="new", group=SALES)
MAKE = CreateRule(name="Rule", expression="new", group=SALES, target=MACS)
ON, AGAIN = (ActivateRule(rule=RULE, expression="old", restart=restart) for restart in (False, True))
OFF = DeactivateRule(rule=RULE, expression="old")


def rule(expression: str = "old", status: str = "ACTIVE", *targets: str) -> dict[str, Any]:
    return {
        "id": "rule",
        "status": status,
        "conditions": {"expression": {"value": expression}},
        "actions": {"assignUserToGroups": {"groupIds": list(targets or ("macs",))}},
    }


class OneOkta:
    """One rule (or several of a name), and who is in which group: ``user`` or, who need not be in, ``user-``."""

    def __init__(
        self,
        *rules: dict[str, Any],
        pushed: bool = False,
        late: bool = False,
        assigned: bool = True,
        **members: Iterable[str],
    ) -> None:
        self.okta, self._rules, self._pushed, self._late, self._assigned = self, rules, pushed, late, assigned
        self._members = {key: set(ids) for key, ids in members.items()}
        self.sent: list[Any] = []
        self.reads = 99
        """After so many reads the rule is gone."""

    async def read_rule(self, rule_id: str) -> dict[str, Any] | None:
        self.reads -= 1
        if self.reads < 0:
            return None
        return next((one for one in self._rules if one["id"] == rule_id), None)

    async def find_rules(self, name: str) -> tuple[dict[str, Any], ...]:
        return self._rules

    async def read_mappings_of(self, group_id: str) -> tuple[str, ...]:
        return ("m",) if self._pushed else ()

    async def read_group_assigned(self, group_id: str) -> bool:
        return self._assigned

    async def app_users(self, ids: Iterable[str]) -> dict[str, AppUser]:
        return {one: AppUser(id=one, status="ACTIVE", external_id=f"k-{one}") for one in ids}

    async def group(self, group_id: str) -> Group | None:
        return Group(id=group_id, name=group_id, type="OKTA_GROUP") if group_id in self._members else None

    async def members(self, group_id: str) -> dict[str, str]:
        ids = self._members.get(group_id, ())
        return {one.rstrip("-"): "SUSPENDED" if one.endswith("-") else "ACTIVE" for one in ids}

    async def is_member(self, group_id: str, user_id: str) -> bool:
        return user_id in self._members.get(group_id, ())

    async def not_in_kandji(self, ids: list[str]) -> list[str]:
        return ids if self._late else []

    async def logins(self, ids: Iterable[str]) -> str:
        return ", ".join(sorted(ids))

    async def replace_rule(self, rule_id: str, body: Any) -> None:
        self.sent.append((rule_id, body))

    async def create_rule(self, body: Any) -> None:
        self.sent.append(body)


def asked(change: Any, okta: OneOkta, joins: Iterable[str] = (), removes: Iterable[str] = ()) -> Any:
    live: Any = okta
    coming, going = (tuple(Named(name=one, id=one) for one in people) for people in (joins, removes))
    return procedure(planned(change, joins=coming, removes=going), live)


GONE = Skip(words="the rule Rule is deleted")
OTHER = Skip(words="the rule Rule has another expression now")
PAUSED, ACTIVE = Skip(words="the rule Rule is INACTIVE now"), Skip(words="the rule Rule is ACTIVE now")
NAMED = Skip(words="there is a rule named Rule now")
MORE = Named(name="More", id="more")
G1, G2 = "00g" + "1" * 17, "00g" + "2" * 17
ONE_IN, BOTH_IN = f'isMemberOfAnyGroup("{G1}")', f'isMemberOfAnyGroup("{G1}", "{G2}")'
BACK = EditRule(rule=RULE, before=BOTH_IN, after=ONE_IN, group=None)
"""An edit that is taken back: whom it brought leaves, unless something else keeps them."""
WITHOUT_DI = {
    "conditions": {"expression": {"value": "old"}, "people": {"users": {"exclude": ["di"]}, "groups": None}},
}
BOTH = {"sales": ("ana", "bo", "cy-"), "macs": ("bo",)}


def ready(*args: str) -> Ready:
    return Ready(image=rule(*args))


@pytest.mark.parametrize(
    ("change", "rules", "members", "found"),
    [
        (EDIT, [rule()], BOTH, ready()),
        (
            EDIT,
            [rule()],
            {"sales": ("ana", "di"), "macs": ()},
            Skip(words="moved: it would now also bring di: plan again"),
        ),
        (
            EDIT,
            [rule("old", "ACTIVE", "macs", "more")],
            {"sales": ("di",), "macs": ("di",), "more": ()},
            "also bring di",
        ),
        (EDIT, [rule("old", "ACTIVE", "macs", "more")], BOTH, "more is deleted"),
        (EDIT, [rule() | WITHOUT_DI], {"sales": ("di",), "macs": ()}, Ready),
        (EDIT, [rule("old", "ACTIVE", "macs", "more")], {"sales": ("di",), "macs": ("di",), "more": ("di",)}, Ready),
        (EDIT, [rule("new")], BOTH, AlreadySo()),
        (EDIT, [rule("new", "INACTIVE")], BOTH, OTHER),
        (EDIT, [rule("old", "INACTIVE")], BOTH, PAUSED),
        (EDIT, [rule("else")], BOTH, OTHER),
        (EDIT, [], BOTH, GONE),
        (replace(EDIT, also=(MORE,)), [rule()], {**BOTH, "more": ("di",)}, "also bring di"),
        (BACK, [rule(BOTH_IN)], {"macs": ("di",), G1: ("di",), G2: ("di",)}, ready(BOTH_IN)),
        (BACK, [rule(BOTH_IN)], {"macs": ("ana",), G2: ("ana", "di")}, ready(BOTH_IN)),
        (BACK, [rule(BOTH_IN)], {"macs": ("ana", "di"), G2: ("ana", "di")}, "also take out di: plan again"),
        (MAKE, [], BOTH, Ready()),
        (MAKE, [], {**BOTH, "sales": ("di",)}, "also bring di"),
        (MAKE, [], {"sales": ()}, "macs is deleted"),
        (MAKE, [], {"macs": ()}, "Sales is deleted"),
        (replace(MAKE, also=(MORE,)), [], BOTH, "More is deleted"),
        (replace(MAKE, also=(MORE,)), [], {**BOTH, "more": ("di",)}, "also bring di"),
        (MAKE, [rule("new")], BOTH, AlreadySo()),
        (MAKE, [rule("new", "INACTIVE")], BOTH, NAMED),
        (MAKE, [rule("new", "ACTIVE", "macs", "more")], BOTH, NAMED),
        (MAKE, [rule("else")], BOTH, NAMED),
        (ON, [rule("old", "INACTIVE")], BOTH, ready("old", "INACTIVE")),
        (ON, [rule("old", "INACTIVE")], {"macs": ("ana",)}, ready("old", "INACTIVE")),
        (ON, [rule()], BOTH, AlreadySo()),
        (ON, [rule("else", "INACTIVE")], BOTH, OTHER),
        (ON, [], BOTH, GONE),
        (AGAIN, [rule()], BOTH, ready()),
        (AGAIN, [rule()], {"macs": ("ana",)}, AlreadySo(words="it has brought everybody meanwhile: nothing was sent")),
        (AGAIN, [rule("old", "ACTIVE", "macs", "more")], {"macs": ("ana",), "more": ()}, Ready),
        (ON, [rule("old", "INACTIVE")], {}, "macs is deleted"),
        (AGAIN, [rule()], {}, "macs is deleted"),
        (AGAIN, [rule("old", "INACTIVE")], BOTH, PAUSED),
        (AGAIN, [rule("old", "INACTIVE")], {"macs": ("ana",)}, PAUSED),
        (AGAIN, [], BOTH, GONE),
        (OFF, [rule()], BOTH, ready()),
        (OFF, [rule("old", "INACTIVE")], BOTH, AlreadySo()),
        (OFF, [rule("else")], BOTH, OTHER),
        (OFF, [], BOTH, GONE),
    ],
)
def test_a_rule_is_touched_only_where_it_is_as_planned_and_brings_nobody_else(
    change: Any, rules: Any, members: Any, found: Any
) -> None:
    told = asyncio.run(asked(change, OneOkta(*rules, **members), ["ana"], ["ana"]).before())
    if isinstance(found, str):
        assert isinstance(told, Skip)
        assert found in told.words
    else:
        assert told == found or (found is Ready and isinstance(told, Ready))


@pytest.mark.parametrize(
    ("change", "rules"), [(MAKE, []), (EDIT, [rule()]), (ON, [rule("old", "INACTIVE")]), (AGAIN, [rule()])]
)
def test_no_rule_fills_a_group_that_is_pushed(change: Any, rules: Any) -> None:
    found = asyncio.run(asked(change, OneOkta(*rules, pushed=True, **BOTH), ["ana"]).before())
    assert found == Skip(words="macs is pushed now: nobody is put into a group that is pushed")


def test_no_rule_is_made_into_a_group_that_is_not_assigned_and_none_is_on_again_for_nobody() -> None:
    found = asyncio.run(asked(MAKE, OneOkta(assigned=False, **BOTH), ["ana"]).before())
    assert found == Skip(words="Macs is not assigned to the app any more")
    assert isinstance(asyncio.run(asked(AGAIN, OneOkta(rule(), **BOTH)).before()), Ready)


@pytest.mark.parametrize(
    ("change", "rules", "holds"),
    [
        (EDIT, [rule("new")], True),
        (EDIT, [rule("new", "INACTIVE")], False),
        (EDIT, [rule()], False),
        (EDIT, [], False),
        (MAKE, [rule("new")], True),
        (MAKE, [rule("new", "INACTIVE")], False),
        (MAKE, [rule("else")], False),
        (MAKE, [], False),
        (ON, [rule()], True),
        (ON, [rule("old", "INACTIVE")], False),
        (ON, [rule("else")], False),
        (OFF, [rule("old", "INACTIVE")], True),
        (OFF, [rule()], False),
        (OFF, [], False),
    ],
)
def test_a_rule_holds_and_is_seen_where_it_is_as_it_was_written(change: Any, rules: Any, holds: bool) -> None:
    one = asked(change, OneOkta(*rules), ["ana"])
    assert (asyncio.run(one.holds()), asyncio.run(one.seen()).shows) == (holds, holds)
    late = asyncio.run(asked(change, OneOkta(*rules, late=True), ["ana"]).seen())
    assert (late.shows, "ana not active" in late.words) == (holds and change is OFF, holds and change is not OFF)


def test_the_steps_of_a_rule_are_safe_in_their_order() -> None:
    steps = {
        change: [(step.name, step.again) for step in asked(change, OneOkta()).steps()]
        for change in (EDIT, MAKE, ON, AGAIN, OFF)
    }
    assert steps == {
        EDIT: [("deactivate", False), ("replace", False), ("activate", True)],
        MAKE: [("create", False), ("activate", False)],
        ON: [("activate", False)],
        AGAIN: [("deactivate", False), ("activate", True)],
        OFF: [("deactivate", False)],
    }


@pytest.mark.parametrize(
    ("rules", "stands", "still"),
    [
        ([rule("old", "INACTIVE")], [True, False, False], None),
        ([rule("new", "INACTIVE")], [True, True, False], OTHER.words),
        ([rule("new")], [False, True, True], OTHER.words),
        ([rule()], [False, False, True], ACTIVE.words),
        ([], [False, False, False], GONE.words),
    ],
)
def test_a_rule_is_replaced_only_while_it_is_off_and_as_it_was(rules: Any, stands: list[bool], still: Any) -> None:
    steps = asked(EDIT, OneOkta(*rules)).steps()
    assert [asyncio.run(step.stands()) for step in steps] == stands
    assert asyncio.run(steps[1].still()) == still


def test_an_edit_sends_the_rule_as_it_was_with_the_new_expression() -> None:
    body = rule("old", "INACTIVE")
    before = deepcopy(body)
    okta = OneOkta(body)
    asyncio.run(asked(EDIT, okta).steps()[1].send())
    assert (okta.sent, body) == ([("rule", rule("new", "INACTIVE"))], before)


def test_a_rule_that_vanished_is_not_replaced_and_brought_nobody() -> None:
    with pytest.raises(Vanished, match="the rule Rule was deleted"):
        asyncio.run(asked(EDIT, OneOkta()).steps()[1].send())
    okta = OneOkta(rule())
    okta.reads = 1
    assert asyncio.run(asked(AGAIN, okta, ["ana"]).before()) == Ready(image={})


def test_a_rule_that_was_made_is_known_by_name_or_from_the_journal() -> None:
    one = asked(MAKE, OneOkta(rule("new", "INACTIVE")))
    create, activate = one.steps()
    assert (create.made(), asyncio.run(activate.stands())) == (None, False)
    assert asyncio.run(create.stands()) is True
    assert create.made() == "rule"
    other = asked(MAKE, OneOkta(rule("else")))
    assert (asyncio.run(other.steps()[0].stands()), other.steps()[0].made()) == (False, None)
    done, more = (Event(apply=1, event=word, at=NOON, who="", after=after) for word, after in WRITTEN)
    other.recall(None, [done, more])
    assert other.steps()[0].made() == "0pr9"


WRITTEN: tuple[tuple[Any, Any], ...] = (("done", {"id": "0pr9"}), ("sent", {"id": "x"}))


@pytest.mark.parametrize(
    ("body", "expression", "targets"),
    [
        (rule("a", "ACTIVE", "x", "y"), "a", ("x", "y")),
        ({}, None, ()),
        ({"conditions": None, "actions": None}, None, ()),
        ({"conditions": {"expression": None}, "actions": {"assignUserToGroups": None}}, None, ()),
        ({"conditions": {"expression": {"value": 1}}, "actions": {"assignUserToGroups": {}}}, None, ()),
    ],
)
def test_of_an_odd_rule_nothing_is_known(body: Any, expression: str | None, targets: tuple[str, ...]) -> None:
    assert (expression_of(body), targets_of(body)) == (expression, targets)
