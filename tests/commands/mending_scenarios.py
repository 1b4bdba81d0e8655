"""One world in need for each kind of change, and the change that mends it."""

from __future__ import annotations

from dataclasses import replace

from msgspec import structs

from reconciler.changes import (
    ActivateMapping,
    ActivateRule,
    AddMember,
    AddToGroup,
    AssignGroup,
    CreateRule,
    DeactivateRule,
    EditRule,
    LinkGroup,
    Named,
    Relink,
    RemoveFromGroup,
    RemoveMember,
    ReplaceAttributes,
    Repush,
    SetActive,
    UnlinkGroup,
)
from reconciler.plan import Planned
from reconciler.simulator.org.state import Group
from tests.commands.mending import Mending, Scenario, named, person_named, planned


def add_to_group(m: Mending) -> Planned:
    ana = m.world.join("ana", m.world.designers)
    return planned(AddToGroup(group=named(m.world.assigned), person=person_named(ana)), joins=(person_named(ana),))


def remove_from_group(m: Mending) -> Planned:
    ana = m.world.designer("ana")
    m.world.designer("bo")
    m.made(planned(AddToGroup(group=named(m.world.assigned), person=person_named(ana))), "add")
    return planned(
        RemoveFromGroup(group=named(m.world.assigned), person=person_named(ana)), removes=(person_named(ana),)
    )


def assign_group(m: Mending) -> Planned:
    group = m.world.org.create_group("late")
    ana = m.world.join("ana", group)
    return planned(AssignGroup(group=named(group)), joins=(person_named(ana),))


def _ruled(m: Mending, expression: str, *, on: bool) -> Named:
    rule = m.world.org.create_rule("Everybody", expression, [m.world.assigned])
    if on:
        m.world.org.activate_rule(rule)
    return named(rule)


def _member(group: Group) -> str:
    return f'isMemberOfAnyGroup("{group.id}")'


def edit_rule(m: Mending) -> Planned:
    others = m.world.org.create_group("others")
    rule = _ruled(m, _member(others), on=True)
    ana = m.world.join("ana", m.world.designers)
    m.world.settle()
    change = EditRule(
        rule=rule,
        before=_member(others),
        after=f'isMemberOfAnyGroup("{others.id}", "{m.world.designers.id}")',
        group=named(m.world.designers),
    )
    return planned(change, joins=(person_named(ana),))


def edit_rule_that_excludes(m: Mending) -> Planned:
    """The rule leaves ben out, who is in the group by which it is extended."""
    planned_edit = edit_rule(m)
    ben = m.world.join("ben", m.world.designers)
    for rule in m.world.org.rules.values():
        rule.excluded_user_ids.append(ben.id)
    m.world.settle()
    return planned_edit


def create_rule(m: Mending) -> Planned:
    ana = m.world.join("ana", m.world.designers)
    m.world.settle()
    change = CreateRule(
        name="designers are in",
        expression=_member(m.world.designers),
        group=named(m.world.designers),
        target=named(m.world.assigned),
    )
    return planned(change, joins=(person_named(ana),))


def activate_rule(m: Mending) -> Planned:
    rule = _ruled(m, _member(m.world.designers), on=False)
    ana = m.world.join("ana", m.world.designers)
    m.world.settle()
    m.brings(rule, ana)
    change = ActivateRule(rule=rule, expression=_member(m.world.designers))
    return planned(change, joins=(person_named(ana),))


def restart_rule(m: Mending) -> Planned:
    rule = _ruled(m, _member(m.world.designers), on=True)
    m.world.designer("ana")
    m.brings(rule)
    return planned(ActivateRule(rule=rule, expression=_member(m.world.designers), restart=True))


def deactivate_rule(m: Mending) -> Planned:
    rule = _ruled(m, _member(m.world.designers), on=True)
    m.world.designer("ana")
    m.made(planned(ActivateRule(rule=rule, expression=_member(m.world.designers))), "activate")
    return planned(DeactivateRule(rule=rule, expression=_member(m.world.designers)))


def _drifted(m: Mending) -> tuple[Named, Named]:
    """Ana is missing from the Kandji group, and cy should not be in it: their accounts."""
    ana, cy = m.world.designer("ana"), m.world.designer("cy")
    m.world.designer("bo")
    m.world.org.remove_member(m.world.designers, cy)
    m.world.settle()
    group = m.world.tenant.group_id("designers")
    m.world.tenant.remove_member(group, m.account(ana).id)
    m.world.tenant.add_member(group, m.account(cy).id)
    return m.account(ana), m.account(cy)


def repush(m: Mending) -> Planned:
    _, cy = _drifted(m)
    change = Repush(
        mapping_id=m.world.mapping.id, group=named(m.world.designers), kandji_group=m.kandji_group("designers")
    )
    return planned(change, kinds=("member-missing", "member-extra"), removes=(cy,))


def activate_mapping(m: Mending) -> Planned:
    _, cy = _drifted(m)
    m.world.org.pause_mapping(m.world.mapping)
    change = ActivateMapping(
        mapping_id=m.world.mapping.id, group=named(m.world.designers), kandji_group=m.kandji_group("designers")
    )
    return planned(change, removes=(cy,))


def relink(m: Mending) -> Planned:
    _, cy = _drifted(m)
    m.world.mapping.status = "ERROR"
    target = m.world.org.groups[m.world.mapping.target_group_id]
    change = Relink(
        mapping_id=m.world.mapping.id,
        group=named(m.world.designers),
        target=named(target),
        target_name="designers",
        kandji_group=m.kandji_group("designers"),
    )
    return planned(change, removes=(cy,))


def relink_activated(m: Mending) -> Planned:
    m.world.org.mends_errors = True
    return relink(m)


def relink_lost(m: Mending) -> Planned:
    m.world.designer("ana")
    m.world.tenant.delete_group(m.world.tenant.group_id("designers"))
    change = Relink(
        mapping_id=m.world.mapping.id,
        group=named(m.world.designers),
        target=None,
        target_name="designers",
        kandji_group=None,
    )
    return planned(change)


def link(m: Mending) -> Planned:
    painters = m.world.org.create_group("painters")
    ana, cy = m.world.join("ana", m.world.assigned, painters), m.world.designer("cy")
    m.world.settle()
    m.world.tenant.create_group("painters", [m.account(cy).id])
    change = LinkGroup(group=named(painters), target_name="painters", kandji_group=m.kandji_group("painters"))
    return planned(change, joins=(person_named(ana),), removes=(m.account(cy),))


def unlink(m: Mending) -> Planned:
    m.world.designer("ana")
    target = m.world.org.groups[m.world.mapping.target_group_id]
    change = UnlinkGroup(
        mapping_id=m.world.mapping.id,
        group=named(m.world.designers),
        target=named(target),
        kandji_group=m.kandji_group("designers"),
    )
    return planned(change)


def unlink_and_delete(m: Mending) -> Planned:
    change = unlink(m).change
    assert isinstance(change, UnlinkGroup)
    members = m.world.tenant.members(m.world.tenant.group_id("designers"))
    accounts = tuple(account for person in m.people() if (account := m.account(person)).id in members)
    return planned(structs.replace(change, delete_in_kandji=True), removes=accounts)


def set_active(m: Mending) -> Planned:
    ana = m.world.designer("ana")
    m.world.tenant.deactivate_user(m.account(ana).id)
    return planned(SetActive(account=m.account(ana), user_id=ana.id, active=True))


def set_inactive(m: Mending) -> Planned:
    ana = m.world.designer("ana")
    account = m.account(ana)
    m.world.org.deactivate(ana)
    m.world.settle()
    m.world.tenant.activate_user(account.id)
    return planned(SetActive(account=account, user_id=ana.id, active=False), removes=(account,))


def replace_attributes(m: Mending) -> Planned:
    ana = m.world.designer("ana", title="Painter")
    account = m.account(ana)
    m.world.tenant.edit_user(account.id, title="Baker")
    change = ReplaceAttributes(
        account=account, user_id=ana.id, before=(("title", "Baker"),), after=(("title", "Painter"),)
    )
    return planned(change)


def clear_attribute(m: Mending) -> Planned:
    """Okta has no title for Ana, and Kandji has one."""
    ana = m.world.designer("ana")
    m.world.tenant.edit_user(m.account(ana).id, title="Baker")
    change = ReplaceAttributes(
        account=m.account(ana), user_id=ana.id, before=(("title", "Baker"),), after=(("title", None),)
    )
    return planned(change)


def add_member(m: Mending) -> Planned:
    ana, _ = _drifted(m)
    change = AddMember(kandji_group=m.kandji_group("designers"), account=ana, group=named(m.world.designers))
    return planned(change)


def remove_member(m: Mending) -> Planned:
    _, cy = _drifted(m)
    change = RemoveMember(kandji_group=m.kandji_group("designers"), account=cy, group=named(m.world.designers))
    return planned(change, removes=(cy,))


def remove_member_by_values(m: Mending) -> Planned:
    m.world.tenant.ways = replace(m.world.tenant.ways, patch="values")
    return remove_member(m)


def remove_member_by_put(m: Mending) -> Planned:
    m.world.tenant.ways = replace(m.world.tenant.ways, patch="501")
    return remove_member(m)


SCENARIOS: tuple[Scenario, ...] = (
    add_to_group,
    remove_from_group,
    assign_group,
    edit_rule,
    create_rule,
    activate_rule,
    restart_rule,
    deactivate_rule,
    repush,
    activate_mapping,
    relink,
    relink_activated,
    relink_lost,
    link,
    unlink,
    unlink_and_delete,
    set_active,
    set_inactive,
    replace_attributes,
    clear_attribute,
    add_member,
    remove_member,
    remove_member_by_values,
    remove_member_by_put,
)
