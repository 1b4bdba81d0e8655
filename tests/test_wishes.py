"""What an admin asks for by name: what it becomes, what is so already, and what is refused."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from reconciler import joining, wishes
from reconciler.changes import LinkGroup, Named, Relink, Repush, UnlinkGroup
from reconciler.errors import NotKnown, ReconcilerError, Refused, UsageError
from reconciler.fixing import Effect
from reconciler.model import AppGroup, Group, GroupMembers, Mapping, Member, Memory, OktaUser
from reconciler.planning import Asked
from reconciler.world import Settings, World
from tests.worlds import NOW, Company

DESIGN = Named(name="Design", id="design")


def company() -> Company:
    """Sales is pushed and Design is not; ana is in both and assigned, ben in Design alone and not."""
    made = Company()
    made.group("kandji", id="assigned")
    made.group("Sales")
    made.group("Design")
    made.person("ana", groups=["sales", "design", "assigned"])
    made.person("ben", groups=["design"], assigned=False, account=False)
    made.person("eve", "DEPROVISIONED", assigned=False, account=False)
    made.person("zoe", groups=["assigned"])
    made.push("Sales")
    made.rule("Macs", 'isMemberOfAnyGroup("sales")')
    return made


def effects(asked: Asked) -> tuple[Effect, ...]:
    (way,) = asked.ways
    return way.effects


def names(world: World, effect: Effect, what: str) -> list[str]:
    return sorted(world.people[number].name.partition("@")[0] for number in getattr(effect, what))


def test_people_are_assigned_by_login_or_id_and_who_is_in_already_is_told() -> None:
    asked = wishes.assign(company().world(), ["BEN@acme.example", "ana"])
    assert [effect.change.person.id for effect in effects(asked)] == ["ben"]  # type: ignore[union-attr]
    assert asked.told == ("ana@acme.example is in kandji already",)
    assert asked.why == "asked for: assign BEN@acme.example ana"


def test_whoever_is_in_already_needs_nothing() -> None:
    assert wishes.assign(company().world(), ["ana"]).ways == ()


def test_a_rule_is_extended_by_a_group_that_it_does_not_cover_and_a_covered_one_is_told() -> None:
    world = company().world()
    asked = wishes.cover(world, ["Design", "Sales"])
    (effect,) = effects(asked)
    assert effect.change.after == 'isMemberOfAnyGroup("sales", "design")'  # type: ignore[union-attr]
    assert (names(world, effect, "joins"), asked.told) == (["ben"], ("Sales is covered already",))


def test_a_group_is_linked_by_its_name_and_made_in_kandji() -> None:
    world = company().world()
    (effect,) = effects(wishes.link(world, ["design"]))
    assert effect.change == LinkGroup(group=DESIGN, target_name="Design")
    assert effect.expected is not None
    assert (names(world, effect, "expected"), names(world, effect, "removes")) == (["ana"], [])


def test_a_kandji_group_that_has_the_name_is_taken_over_with_the_difference_told() -> None:
    made = company()
    made.kandji_group("DESIGN", ["k-zoe", "ghost"])
    world = made.world()
    (effect,) = effects(wishes.link(world, ["Design"]))
    assert effect.change == LinkGroup(
        group=DESIGN, target_name="Design", kandji_group=Named(name="DESIGN", id="kg-design")
    )
    assert (names(world, effect, "removes"), effect.unknown_members) == (["zoe"], ("ghost",))
    assert effect.side_effects == (
        "linking overwrites DESIGN in Kandji: ana@acme.example comes in, zoe@acme.example goes out",
    )


def test_a_group_may_be_linked_to_a_kandji_group_of_another_name() -> None:
    made = company()
    made.kandji_group("Designers", ["k-ana"])
    (effect,) = effects(wishes.link(made.world(), ["Design"], existing="designers"))
    assert effect.change.kandji_group == Named(name="Designers", id="kg-designers")  # type: ignore[union-attr]


def test_a_group_that_is_pushed_already_is_told() -> None:
    assert wishes.link(company().world(), ["Sales"]).told == ("Sales is pushed to Sales already",)


@pytest.mark.parametrize(("delete", "removes"), [(False, []), (True, ["ana"])])
def test_unlinking_keeps_the_kandji_group_unless_it_is_to_be_deleted(delete: bool, removes: list[str]) -> None:
    world = company().world()
    (effect,) = effects(wishes.unlink(world, "Sales", delete_in_kandji=delete))
    assert effect.change == UnlinkGroup(
        mapping_id="m-sales",
        group=Named(name="Sales", id="sales"),
        target=Named(name="Sales", id="t-sales"),
        kandji_group=Named(name="Sales", id="kg-sales"),
        delete_in_kandji=delete,
    )
    assert names(world, effect, "removes") == removes
    assert len(effect.side_effects) == 1


def test_a_push_whose_okta_group_is_not_visible_can_be_unlinked_by_its_mapping() -> None:
    made = company()
    made.groups = [group for group in made.groups if group.id != "sales"]
    (effect,) = effects(wishes.unlink(made.world(), "m-sales"))
    assert effect.change.mapping_id == "m-sales"  # type: ignore[union-attr]


@pytest.mark.parametrize(("status", "change"), [("ACTIVE", Repush), ("ERROR", Relink)])
def test_a_group_is_pushed_now_and_a_push_in_error_is_mended(status: str, change: type) -> None:
    made = company()
    made.mappings[0] = Mapping(id="m-sales", source_group_id="sales", target_group_id="t-sales", status=status)
    (effect,) = effects(wishes.push_now(made.world(), ["Sales"]))
    assert isinstance(effect.change, change)


def paused() -> Company:
    made = company()
    made.mappings.clear()
    made.push("Design", status="INACTIVE")
    return made


def twins() -> Company:
    made = company()
    made.kandji_group("Design")
    made.kandji_group("design", group_id="kg-2")
    return made


def two_okta_groups() -> Company:
    made = company()
    made.group("DESIGN", id="design2")
    return made


def crossing() -> Company:
    """Sales is pushed to a Kandji group named Design."""
    made = company()
    made.mappings.clear()
    made.push("Sales", target="Design")
    return made


def tied() -> Company:
    made = company()
    made.group("more", id="more")
    made.app_groups.append(AppGroup(id="more"))
    made.rules = []
    return made


@pytest.mark.parametrize(
    ("error", "made", "wish"),
    [
        (NotKnown, company, lambda world: wishes.assign(world, ["nobody"])),
        (Refused, company, lambda world: wishes.assign(world, ["eve"])),
        (Refused, tied, lambda world: wishes.assign(world, ["ben"])),
        (NotKnown, company, lambda world: wishes.cover(world, ["Nowhere"])),
        (NotKnown, two_okta_groups, lambda world: wishes.cover(world, ["Design"])),
        (Refused, company, lambda world: wishes.cover(world, ["kandji"])),
        (Refused, company, lambda world: wishes.link(world, ["kandji"])),
        (Refused, twins, lambda world: wishes.link(world, ["Design"])),
        (Refused, crossing, lambda world: wishes.link(world, ["Design"])),
        (Refused, two_okta_groups, lambda world: wishes.link(world, ["design", "design2"])),
        (NotKnown, company, lambda world: wishes.link(world, ["Design"], existing="Nowhere")),
        (UsageError, company, lambda world: wishes.link(world, ["Design", "Sales"], existing="Design")),
        (NotKnown, company, lambda world: wishes.unlink(world, "Design")),
        (Refused, paused, lambda world: wishes.push_now(world, ["Design"])),
        (NotKnown, company, lambda world: wishes.push_now(world, ["Design"])),
    ],
)
def test_what_can_not_or_must_not_be_is_refused_with_words(
    error: type[ReconcilerError], made: Callable[[], Company], wish: Callable[[World], Asked]
) -> None:
    with pytest.raises(error) as caught:
        wish(made().world(filled_by=None))
    assert caught.value.why or caught.value.next


def test_a_group_that_was_read_because_it_is_asked_for_can_be_linked() -> None:
    made = company()
    group = Group(id="new", name="New", type="OKTA_GROUP")
    members = GroupMembers(group_id="new", members=(Member(user_id="ana"), Member(user_id="max")))
    users = (OktaUser(id="max", status="ACTIVE", login="max@acme.example"), OktaUser(id="ana", status="?", login="?"))
    snapshot = wishes.with_group(made.snapshot(), group, members, users)
    world = joining.join(snapshot, before=Memory(), settings=Settings(), now=NOW)
    (effect,) = effects(wishes.link(world, ["New"]))
    assert effect.expected is not None
    assert names(world, effect, "expected") == ["ana"]
