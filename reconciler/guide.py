"""The integration as Kandji's guide asks for it, line by line, as far as a run can tell.

A line is well where the run looked and found nothing against it. What was not looked for is open, with the reason:
it is never called well. Report and ``doctor`` give the same answers.
"""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterable, Mapping, Sequence
from typing import Literal

from msgspec import Struct

from reconciler.assignment import AssignmentTarget
from reconciler.findings import Finding, Kind, LifeState
from reconciler.model import COMPLETE, App, Note, Source

Answer = Literal["yes", "no", "open"]
APP = "Okta: Applications → Applications → the app"
CUSTOM = re.compile(r".+_.+_\d+")
"""Name of an app that was made with the App Integration Wizard: prefix of the org, label, number. Apps of the catalogue
have a plain name."""
CARRIES_OUT = ("SCIM_PROVISIONING", "PUSH_NEW_USERS", "PUSH_PROFILE_UPDATES", "PUSH_USER_DEACTIVATION", "GROUP_PUSH")


class Asked(Struct, frozen=True, kw_only=True):
    """Something the guide asks for."""

    name: str
    """A few words for a list."""
    words: str
    kinds: tuple[str, ...]
    """Slugs of the kinds that would tell it."""
    action: str = ""
    """The provisioning action meant, where one kind tells of several, as its notes name it; and its feature."""
    feature: str = ""
    source: str = ""
    """The list without which nobody can tell."""
    look: str
    """Where it can be seen by hand."""


class Seen(Struct, frozen=True, kw_only=True):
    """What a run made of both sides. ``judged``: whether this very run gave a verdict."""

    findings: tuple[tuple[Finding, LifeState], ...]
    notes: tuple[Note, ...]
    sources: tuple[Source, ...]
    kinds: tuple[Kind, ...]
    judged: bool = True


class GuideLine(Struct, frozen=True, kw_only=True):
    name: str
    words: str
    state: Answer
    found: tuple[Finding, ...] = ()
    """What is found against it."""
    why: str = ""
    """Why it is open, or how it is not well."""
    mend: str = ""
    """The command or the clicks; empty where it is well."""


def _action(action: str, feature: str) -> Asked:
    return Asked(
        name=action,
        words=f"{action} is on",
        kinds=("provisioning-off",),
        action=action,
        feature=feature,
        look=f"{APP} → Provisioning → To App, see that {action} is ticked",
    )


GUIDE: tuple[Asked, ...] = (
    Asked(name="app active", words="The app is active", kinds=("app-inactive",), look=f"{APP}, see that it is Active"),
    Asked(
        name="token accepted",
        words="Kandji accepts the token that Okta holds",
        kinds=("credentials-refused",),
        look=f"{APP} → Provisioning → Integration → Edit → Test Connector Configuration",
    ),
    Asked(
        name="integration the same",
        words="The app leads to one integration in Kandji, still the same",
        kinds=("integration-recreated",),
        look="Kandji: Settings → Access or Integrations → the SCIM integration, see that it is the one Okta knows",
    ),
    Asked(
        name="no other source",
        words="Nothing else feeds people into it",
        kinds=("foreign-people",),
        look="Kandji: Integrations, see that no other directory feeds people",
    ),
    _action("Create Users", "PUSH_NEW_USERS"),
    _action("Update User Attributes", "PUSH_PROFILE_UPDATES"),
    _action("Deactivate Users", "PUSH_USER_DEACTIVATION"),
    _action("Push Groups", "GROUP_PUSH"),
    Asked(
        name="imports off",
        words="Imports from Kandji into Okta are off",
        kinds=("import-on",),
        look=f"{APP} → General → App Settings, see that Import New Users and Profile Updates is not ticked",
    ),
    Asked(
        name="user names sent",
        words="No changed user name is held back",
        kinds=("username-push-off",),
        look="Okta: Directory → Profile Editor → the app → Mappings, see that userName is applied on create and update",
    ),
    Asked(
        name="attributes sent",
        words="Every attribute that is compared is sent",
        kinds=("attribute-not-sent",),
        look=f"{APP} → Provisioning → To App → Attribute Mappings",
    ),
    Asked(
        name="provisioned from the start",
        words="People were assigned after provisioning was on",
        kinds=("assigned-before-provisioning",),
        look=f"{APP} → Assignments, see whether Provision User is offered",
    ),
    Asked(
        name="assigned group apart",
        words="The group that assigns the app is none of those that are pushed",
        kinds=("assignment-group-pushed",),
        source="okta.app_groups",
        look=f"{APP} → Assignments → Groups, and Push Groups",
    ),
    Asked(
        name="push groups covered",
        words="Rules bring the people of every pushed group",
        kinds=("push-group-not-covered", "group-feeds-no-assignment"),
        source="okta.rules",
        look="Okta: Directory → Groups → Rules, see that each pushed group stands in one that fills the assigned group",
    ),
    Asked(
        name="rules valid and on",
        words="The rules that do so are valid and on",
        kinds=("rule-invalid", "rule-inactive"),
        source="okta.rules",
        look="Okta: Directory → Groups → Rules",
    ),
    Asked(
        name="mappings healthy",
        words="Every group push is active and works",
        kinds=("mapping-error", "mapping-inactive", "mapping-target-missing", "mapping-source-missing"),
        source="okta.mappings",
        look=f"{APP} → Push Groups",
    ),
    Asked(
        name="groups agree in name",
        words="Each pushed group has one group in Kandji, of its own name",
        kinds=("group-name-taken", "group-renamed", "group-linked-wrong"),
        source="okta.mappings",
        look=f"{APP} → Push Groups, and Kandji: Users → Groups",
    ),
)


def answers(seen: Seen) -> tuple[GuideLine, ...]:
    """A line for each thing the guide asks for, by findings and notes."""
    kinds = {kind.slug: kind for kind in seen.kinds}
    return tuple(_answer(asked, seen, kinds) for asked in GUIDE)


def of_app(app: App) -> tuple[GuideLine, ...]:
    """What the app itself tells: how it was made, how people sign on, how it provisions."""
    custom, mode = CUSTOM.fullmatch(app.name) is not None, app.sign_on_mode
    make = "Okta: Applications → Create App Integration → SAML 2.0; the catalogue's app does not provision by SCIM"
    tells = bool(app.features) or app.provisioning_status == "ENABLED"
    scim = app.provisioning_status == "ENABLED" or not set(CARRIES_OUT).isdisjoint(app.features)
    choose = f"{APP} → General → App Settings → Edit → Provisioning: SCIM"
    return (
        _line("custom app", "The app was made with the wizard", custom, "" if custom else f"it is {app.name}", make),
        _line(
            "SAML sign-on",
            "People sign on by SAML 2.0",
            None if mode is None else mode == "SAML_2_0",
            "Okta does not tell the sign-on mode" if mode is None else "" if mode == "SAML_2_0" else f"it is {mode}",
            f"{APP} → Sign On" if mode is None else make,
        ),
        _line(
            "SCIM provisioning",
            "The app provisions by SCIM",
            scim if tells else None,
            "" if scim else "no feature of the app provisions" if tells else "Okta does not tell this app's features",
            choose,
        ),
        _line(
            "unique identifier",
            "People are told apart by their user name",
            None,
            "it can't be seen through the API",
            f"{APP} → Provisioning → Integration → Edit, see that the unique identifier field is userName",
        ),
    )


def of_target(target: AssignmentTarget) -> GuideLine:
    """Whether it is known into which assigned group people are put."""
    known = target.group is not None
    named = " or ".join(f'group = "{group.id}"' for group in target.candidates)
    mend = f"in the configuration, under [assignment]: {named}" if named else f"{APP} → Assignments → Assign to Groups"
    return _line("assignment group", "One assigned group is there to put people into", known, target.told, mend)


def _line(name: str, words: str, well: bool | None, why: str, mend: str) -> GuideLine:
    state: Answer = "open" if well is None else "yes" if well else "no"
    return GuideLine(name=name, words=words, state=state, why=why, mend="" if well else mend)


def _answer(asked: Asked, seen: Seen, kinds: Mapping[str, Kind]) -> GuideLine:
    def line(state: Answer, why: str = "", mend: str = "", found: tuple[Finding, ...] = ()) -> GuideLine:
        return GuideLine(name=asked.name, words=asked.words, state=state, why=why, mend=mend, found=found)

    against = [(finding, state) for finding, state in seen.findings if _against(asked, finding)]
    found = tuple(finding for finding, state in against if state not in ("settling", "accepted"))
    if found:
        return line("no", mend=_mend(found, kinds), found=found)
    why = _untold(asked, seen)
    for apart, mend in (("settling", "reconciler run"), ("accepted", "reconciler accepted")):
        those = tuple(finding for finding, state in against if state == apart)
        if those:
            return line("open", f"{len(those)} finding{'s'[: len(those) != 1]} {apart}", mend, those)
    return line("open", why, asked.look) if why else line("yes")


def _against(asked: Asked, finding: Finding) -> bool:
    mark = f"feature:{asked.feature}" if asked.feature else ""
    return finding.kind in asked.kinds and (not mark or mark in finding.subject.key.split(" "))


def _mend(found: tuple[Finding, ...], kinds: Mapping[str, Kind]) -> str:
    """The command for the first kind of them, which may stand for a finding or the groups of all; else the clicks."""
    kind = kinds[found[0].kind]
    return command(kind, [finding for finding in found if finding.kind == kind.slug]) or kind.mend


def command(kind: Kind, found: Sequence[Finding]) -> str:
    """What to type to mend these findings of one kind: of the first of them, where it takes one by its id. Empty where
    no command does."""
    tool = kind.how.with_tool if kind.how is not None else ""
    if not found:
        return tool
    groups = dict(group for finding in found for group in finding.groups[:1])
    return tool.replace("FINDING", found[0].id).replace("GROUP", " ".join(typed(groups)) or "GROUP")


def typed(groups: Mapping[str, str]) -> Iterable[str]:
    """Groups (name by id) as they are typed: by name, or by id where the name is an odd one or two have it."""
    names = list(groups.values())
    for group_id, name in sorted(groups.items(), key=lambda group: (group[1].casefold(), group[0])):
        plain = name.isprintable() and name == name.strip() and not name.startswith("-") and names.count(name) == 1
        yield shlex.quote(name if plain and name else group_id)


def _untold(asked: Asked, seen: Seen) -> str:
    """Why the run can't tell; empty where it can."""
    if not seen.judged:
        return "this run did not judge it"
    if not {kind.slug for kind in seen.kinds}.issuperset(asked.kinds):
        return "this run did not look for it"
    abouts = {*asked.kinds, *(f"{kind}: {asked.action}" for kind in asked.kinds if asked.action)}
    for note in seen.notes:
        if note.kind == "check-skipped" and note.about in abouts:
            return note.reason
    for source in seen.sources:
        if source.name == asked.source and source.state != COMPLETE:
            return f"{source.name} was not read: {source.reason or source.state}"
    return ""
