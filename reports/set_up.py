"""The integration as Kandji's guide asks for it, line by line, as far as the findings and notes of a run can tell.

A line is well where the run looked and found nothing against it. What was not looked for is open, with the reason:
it is never called well.
"""

from __future__ import annotations

from typing import Literal

from msgspec import Struct

from reconciler.model import COMPLETE
from reports.lines import Line, Lines
from reports.report import Report
from reports.words import count


class Asked(Struct, frozen=True, kw_only=True):
    """Something the guide asks for."""

    words: str
    kinds: tuple[str, ...]
    """Slugs of the kinds that would tell it."""
    action: str = ""
    """The provisioning action meant, where one kind tells of several, as its notes name it; and its feature."""
    feature: str = ""
    source: str = ""
    """The list without which nobody can tell."""


class SetUpLine(Struct, frozen=True, kw_only=True):
    words: str
    state: Literal["yes", "no", "open"]
    found: tuple[Line, ...] = ()
    """What is found against it."""
    why: str = ""
    """Why it is open, or how it is not well."""


def _action(action: str, feature: str) -> Asked:
    return Asked(words=f"{action} is on", kinds=("provisioning-off",), action=action, feature=feature)


GUIDE: tuple[Asked, ...] = (
    Asked(words="The app is active", kinds=("app-inactive",)),
    Asked(words="Kandji accepts the token that Okta holds", kinds=("credentials-refused",)),
    Asked(words="The app leads to one integration in Kandji, still the same", kinds=("integration-recreated",)),
    Asked(words="Nothing else feeds people into it", kinds=("foreign-people",)),
    _action("Create Users", "PUSH_NEW_USERS"),
    _action("Update User Attributes", "PUSH_PROFILE_UPDATES"),
    _action("Deactivate Users", "PUSH_USER_DEACTIVATION"),
    _action("Push Groups", "GROUP_PUSH"),
    Asked(words="Imports from Kandji into Okta are off", kinds=("import-on",)),
    Asked(words="No changed user name is held back", kinds=("username-push-off",)),
    Asked(words="Every attribute that is compared is sent", kinds=("attribute-not-sent",)),
    Asked(words="People were assigned after provisioning was on", kinds=("assigned-before-provisioning",)),
    Asked(
        words="The group that assigns the app is none of those that are pushed",
        kinds=("assignment-group-pushed",),
        source="okta.app_groups",
    ),
    Asked(
        words="Rules bring the people of every pushed group",
        kinds=("push-group-not-covered", "group-feeds-no-assignment"),
        source="okta.rules",
    ),
    Asked(words="The rules that do so are valid and on", kinds=("rule-invalid", "rule-inactive"), source="okta.rules"),
    Asked(
        words="Every group push is active and works",
        kinds=("mapping-error", "mapping-inactive", "mapping-target-missing", "mapping-source-missing"),
        source="okta.mappings",
    ),
    Asked(
        words="Each pushed group has one group in Kandji, of its own name",
        kinds=("group-name-taken", "group-renamed", "group-linked-wrong"),
        source="okta.mappings",
    ),
)


def set_up(report: Report, lines: Lines) -> tuple[SetUpLine, ...]:
    """A line for each thing the guide asks for."""
    return tuple(_line(asked, report, lines) for asked in GUIDE)


def _line(asked: Asked, report: Report, lines: Lines) -> SetUpLine:
    found = _against(asked, lines.open)
    if found:
        return SetUpLine(words=asked.words, state="no", found=found)
    why = _untold(asked, report)
    for given, how in ((lines.settling, "settling"), (lines.accepted, "accepted")):
        apart = _against(asked, given)
        if apart:
            return SetUpLine(words=asked.words, state="open", found=apart, why=f"{count(len(apart), 'finding')} {how}")
    return SetUpLine(words=asked.words, state="open" if why else "yes", why=why)


def _against(asked: Asked, given: tuple[Line, ...]) -> tuple[Line, ...]:
    mark = f"feature:{asked.feature}" if asked.feature else ""
    return tuple(line for line in given if line.kind in asked.kinds and (not mark or mark in line.key.split(" ")))


def _untold(asked: Asked, report: Report) -> str:
    """Why the run can't tell; empty where it can."""
    if report.data_run is None or report.data_run.id != report.run.id:
        return "this run did not judge it"
    known = {kind.slug for kind in report.kinds}
    if not known.issuperset(asked.kinds):
        return "this run did not look for it"
    abouts = {*asked.kinds, *(f"{kind}: {asked.action}" for kind in asked.kinds if asked.action)}
    for note in report.notes:
        if note.kind == "check-skipped" and note.about in abouts:
            return note.reason
    for source in report.sources:
        if source.name == asked.source and source.state != COMPLETE:
            return f"{source.name} was not read: {source.reason or source.state}"
    return ""
