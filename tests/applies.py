"""Plans and applies to write into a journal, in a few words."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import UTC, datetime, timedelta

from reconciler.changes import (
    ActivateRule,
    AddToGroup,
    Change,
    CreateRule,
    DeactivateRule,
    EditRule,
    LinkGroup,
    Named,
    Relink,
    Repush,
    UnlinkGroup,
)
from reconciler.journal import Event, Word
from reconciler.plan import Plan, Planned, change_id, sealed

NOON = datetime(2026, 5, 3, 12, 0, tzinfo=UTC)
WHO = "ops@box"
MACS = Named(name="Macs", id="00gmacs")
SALES = Named(name="Sales", id="00gsales")
RULE = Named(name="Everybody", id="0pr1")

ADD = AddToGroup(group=MACS, person=Named(name="ana@acme.example", id="00uana"))
EDIT = EditRule(rule=RULE, before='isMemberOfAnyGroup("00g1")', after='isMemberOfAnyGroup("00g1", "00gsales")')
CREATE = CreateRule(name="Sales is in", expression='isMemberOfAnyGroup("00gsales")', group=SALES, target=MACS)
RESTART = ActivateRule(rule=RULE, expression='isMemberOfAnyGroup("00g1")', restart=True)
ACTIVATE = ActivateRule(rule=RULE, expression='isMemberOfAnyGroup("00g1")')
STOP = DeactivateRule(rule=RULE, expression='isMemberOfAnyGroup("00g1")')
REPUSH = Repush(mapping_id="gPm1", group=SALES, kandji_group=None)
RELINK = Relink(mapping_id="gPm1", group=SALES, target=None, target_name="Sales", kandji_group=None)
LINK = LinkGroup(group=SALES, target_name="Sales")
UNLINK = UnlinkGroup(mapping_id="gPm1", group=SALES, target=None, kandji_group=None)


def planned(change: Change, *, joins: Iterable[str] = (), removes: Iterable[str] = ()) -> Planned:
    """A change, with the ids of those whom it affects."""
    return Planned(
        id=change_id(change),
        change=change,
        sentence="do it",
        why=("somebody asked for it",),
        joins=tuple(Named(name=one, id=one) for one in joins),
        removes=tuple(Named(name=one, id=one) for one in removes),
    )


def plan(*changes: Change | Planned) -> Plan:
    return sealed(
        Plan(
            made=NOON,
            by="reconciler plan",
            org_url="https://acme.okta.example",
            app_id="0oa1",
            app_label="Kandji",
            scim_url="https://acme.kandji.example/scim",
            run=1,
            run_finished=NOON,
            data_digest="d",
            changes=tuple(one if isinstance(one, Planned) else planned(one) for one in changes),
        )
    )


def began(apply: int, *changes: Change | Planned, at: datetime = NOON) -> Event:
    return Event(apply=apply, event="began", at=at, who=WHO, before=plan(*changes))


def of(
    apply: int,
    change: Change,
    event: Word,
    step: str | None = None,
    *,
    at: datetime = NOON,
    after: object = None,
) -> Event:
    """An event of a change."""
    return Event(apply=apply, change=change_id(change), step=step, event=event, at=at, who=WHO, after=after)


def ended(apply: int, *, at: datetime = NOON) -> Event:
    return Event(apply=apply, event="ended", at=at, who=WHO)


def step(apply: int, change: Change, name: str, *, at: datetime = NOON) -> Iterator[Event]:
    """A step that took effect: intended, sent, done."""
    words: tuple[Word, ...] = ("intended", "sent", "done")
    return (of(apply, change, word, name, at=at + timedelta(seconds=number)) for number, word in enumerate(words))


def short_apply(apply: int = 1) -> tuple[Event, ...]:
    """One change made and verified, one that was skipped."""
    return (
        began(apply, ADD, EDIT),
        *step(apply, ADD, "add"),
        of(apply, ADD, "verified", after={"members": ["00uana"]}),
        of(apply, EDIT, "skipped"),
        ended(apply),
    )
