"""A rule that has to do with assigned or pushed groups is switched off.

Retired and pilot rules are normal: it is grave where somebody lacks the app whom the rule would surely bring.
"""

from __future__ import annotations

from collections.abc import Iterator

from reconciler.about_rules import about_rule
from reconciler.checks.member_not_assigned import missing
from reconciler.feeding import started
from reconciler.findings import Finding, How, Kind, with_severity
from reconciler.fixing import GONE, Fix, offered
from reconciler.world import EMPTY, World

KIND = Kind(
    slug="rule-inactive",
    title="A group rule is switched off",
    severity="high",
    means="The rule is inactive: it brings nobody into its group any more.",
    matters="Whoever joins from now on is not assigned, and gets no account in Kandji.",
    mend="In Okta: Directory → Groups → Rules → the rule → Actions → Activate.",
    how=How(
        by_hand=(
            "Okta: Directory → Groups → Rules, and ask whoever switched the rule off: Reports → System Log names them.",
            "Okta: the rule → Actions → Preview, and see for somebody who is left out that it is true.",
            "Okta: the rule → Actions → Activate.",
            "Run `reconciler run` and see that the people are assigned.",
        ),
        if_meant="A rule that has served can be deleted: its members stay, if you choose so.",
        okta_alone="Never: an inactive rule waits until somebody activates it.",
        side_effects="Activating looks at everybody: all for whom the rule is true join its group.",
        undo="Deactivate it again. Whom it has brought stays in the group, and can be taken out by hand.",
        with_tool="reconciler plan FINDING",
    ),
    explains=("member-not-assigned",),
    explains_by="people",
)


def find(world: World) -> Iterator[Finding]:
    left_out = missing(world)
    for one in world.rules or ():
        if one.rule.status != "INACTIVE" or one.invalid:
            continue  # an invalid one can't be activated: rule-invalid tells it
        people = one.brings & left_out if one.feeds(world.assigned_groups) else EMPTY
        found = about_rule(world, KIND, one, f"The rule {one.rule.name} is switched off", people=people)
        yield with_severity(found, None if people else "low")


def fix(finding: Finding, world: World) -> Fix:
    """By id alone: retired rules are switched off for good."""
    one = next((one for one in world.rules or () if f"rule:{one.rule.id}" == finding.subject.key), None)
    return offered(GONE if one is None else started(world, one, restart=False), only_by_id=True)
