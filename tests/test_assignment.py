from __future__ import annotations

import pytest

from reconciler.model import AppGroup
from tests.worlds import Company


def two_groups(*targets: str, **more: object) -> Company:
    """Two assigned groups, Laptops and Macs, and an active rule into each of ``targets``."""
    company = Company()
    company.app_groups = [AppGroup(id="laptops"), AppGroup(id="macs")]
    for name in ("Macs", "Laptops"):
        company.group(name)
    for number, name in enumerate(targets):
        company.rule(f"r{number}", 'user.department == "Sales"', name, **more)
    return company


@pytest.mark.parametrize(
    ("targets", "chosen", "name", "why"),
    [
        (("macs",), None, "Macs", "most rules feed it (1 of 1)"),
        (("macs", "laptops", "macs"), None, "Macs", "most rules feed it (2 of 3)"),
        (("macs",), "laptops", "Laptops", "[assignment] group names it"),
        (("macs", "laptops"), None, None, "one rule feeds each of 2 assigned groups"),
        ((), None, None, "no rule feeds any"),
        (("macs", "laptops"), "Macs", "Macs", "[assignment] group names it"),
    ],
)
def test_of_several_assigned_groups_it_is_the_one_named_else_the_one_that_most_rules_feed(
    targets: tuple[str, ...], chosen: str | None, name: str | None, why: str
) -> None:
    target = two_groups(*targets).world(assignment_group=chosen).assignment_target
    assert (target.group.name if target.group else None) == name
    assert target.why.endswith(why)
    assert [group.name for group in target.candidates] == ["Laptops", "Macs"]


@pytest.mark.parametrize("more", [{"status": "INACTIVE"}, {"status": "INVALID"}, {"all_groups_valid": False}])
def test_rules_that_are_off_or_invalid_do_not_decide(more: dict[str, object]) -> None:
    company = two_groups("macs", **more)
    company.rule("on", 'user.department == "Sales"', "laptops")
    group = company.world().assignment_group
    assert group is not None
    assert group.name == "Laptops"


def test_a_tie_tells_the_key_and_the_candidates() -> None:
    told = two_groups("macs", "laptops").world().assignment_target.told
    assert told.startswith("choose one: [assignment] group = …, candidates: Laptops (laptops), Macs (macs)")


def test_of_several_groups_none_is_taken_where_rules_could_not_be_read() -> None:
    company = two_groups()
    company.rules = None
    assert company.world().assignment_group is None


def test_the_only_group_that_fits_is_taken_without_any_rule() -> None:
    company = two_groups()
    company.push("Macs")
    group = company.world().assignment_group
    assert group is not None
    assert group.name == "Laptops"
