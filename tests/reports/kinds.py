"""Kinds as the checks declare them, in the words of the catalogue; enough of them to fill every corner of a page."""

from __future__ import annotations

from reconciler.findings import How, Kind


def _how(*clicks: str, with_tool: str = "") -> How:
    return How(
        by_hand=(*clicks, "Run `reconciler run` and see that it is gone."),
        if_meant=f"Accept it, with a reason and a day: {clicks[0].partition(':')[0]} keeps it as it is.",
        okta_alone="Never: what was not sent once is not sent again by itself.",
        side_effects="The Macs concerned get what the group gives at their next check-in.",
        undo="Yes, by the same clicks the other way round.",
        with_tool=with_tool,
    )


KINDS: tuple[Kind, ...] = (
    Kind(
        slug="member-not-assigned",
        title="In a pushed group, not assigned to the app",
        severity="high",
        means="The person is in an Okta group that is pushed to Kandji, but the app is not assigned to them.",
        matters="Okta silently leaves them out of the pushed group: their Mac gets none of what the group gives.",
        mend="Okta: add them to the group that assigns the app, or extend the rule that feeds it.",
        how=_how(
            "Okta: Directory → Groups → the group that assigns the app → Assign people.",
            "Okta: choose the person, Done.",
        ),
    ),
    Kind(
        slug="group-feeds-no-assignment",
        title="Most people of a pushed group are not assigned",
        severity="high",
        means="More than half of a pushed group has no assignment of the app, and nothing brings it to them.",
        matters="One gap in a rule keeps a whole team out.",
        mend="Okta: extend the rule that feeds the assigned group with this group, or create one.",
        how=_how(
            "Okta: Directory → Groups → Rules → the rule → Actions → Edit.",
            "Okta: add the group to the condition, Save.",
        ),
        explains=("member-not-assigned",),
        explains_by="group",
    ),
    Kind(
        slug="assignment-stuck",
        title="Assigned, but never provisioned",
        severity="high",
        means="The app is assigned, but Okta never learnt an id from Kandji.",
        matters="The person does not exist in Kandji, so no Mac can be given to them.",
        mend="Okta: Dashboard → Tasks, open the failed provisioning task and retry it.",
        how=_how("Okta: Dashboard → Tasks → the failed task → Retry."),
    ),
    Kind(
        slug="mapping-error",
        title="Group push failed",
        severity="high",
        means="Okta gave up pushing this group after an error.",
        matters="Joiners and leavers of the group no longer reach Kandji.",
        mend="Okta: the app → Push Groups → Active → Push now, after the cause named in the error is gone.",
        how=_how("Okta: Applications → the app → Push Groups → the group → Push now."),
        grace_minutes=120,
        explains=("member-missing", "member-extra"),
        explains_by="group",
    ),
    Kind(
        slug="left-still-active",
        title="Left the company, still active in Kandji",
        severity="critical",
        means="The person is deactivated in Okta, but their account in Kandji is active.",
        matters="Somebody who left may keep access to a Mac and to what Kandji gives it.",
        mend="Kandji: Users → the person → Deactivate. Then find out why Okta did not send it.",
        how=_how("Kandji: Users → the person → Deactivate.", with_tool="reconciler plan --kind left-still-active"),
        grace_minutes=15,
        explains=("member-extra",),
        explains_by="people",
    ),
    Kind(
        slug="unmanaged-in-kandji",
        title="In Kandji, found nowhere in Okta",
        severity="high",
        means="An active account in Kandji that no Okta person stands behind.",
        matters="Nobody will deactivate it when the person leaves.",
        mend="Kandji: find out whose it is; deactivate it if it is nobody's.",
    ),
    Kind(
        slug="attribute-differs",
        title="Name, title or department differs",
        severity="low",
        means="Okta and Kandji show different values for the same person.",
        matters="Assignment rules in Kandji that look at it decide by an old value.",
        mend="Okta: the app → Provisioning → Force Sync.",
    ),
    Kind(
        slug="member-missing",
        title="Missing from the group in Kandji",
        severity="high",
        means="Everything before the group is well, but the person is not in Kandji's group.",
        matters="Their Mac gets none of what the group gives.",
        mend="Okta: the app → Push Groups → Push now.",
        grace_minutes=120,
    ),
    Kind(
        slug="member-extra",
        title="In the group in Kandji, but should not be",
        severity="high",
        means="Kandji's group holds somebody whom Okta does not push.",
        matters="Their Mac gets what it should not.",
        mend="Okta: the app → Push Groups → Push now; whether that removes people is not known for every tenant.",
        grace_minutes=120,
    ),
    Kind(
        slug="group-unmanaged",
        title="Group in Kandji that nothing pushes",
        severity="medium",
        means="No push mapping reaches this group.",
        matters="Its members are frozen as they were.",
        mend="Kandji: delete it if nothing refers to it, or push an Okta group of that name.",
    ),
)
