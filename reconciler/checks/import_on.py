"""Okta imports people from Kandji, which the guide leaves off."""

from __future__ import annotations

from collections.abc import Iterator

from reconciler.findings import Fact, Finding, How, Kind
from reconciler.model import Note
from reconciler.world import World

KIND = Kind(
    slug="import-on",
    title="Okta imports people from Kandji",
    severity="low",
    means="The guide leaves imports off: Okta is to send, and Kandji to receive.",
    matters="An import can match or create people by what Kandji has. As a profile source, Kandji overwrites Okta.",
    mend="By hand in Okta: Applications → the app → General → App Settings → Provisioning, untick the import; and "
    "Provisioning → To Okta → Edit.",
    how=How(
        by_hand=(
            "Okta: Applications → Applications → the app → General → App Settings → Edit, see which of the "
            "provisioning actions are ticked, and untick Import New Users and Profile Updates.",
            "Okta: the app → Provisioning → To Okta → Edit: schedule no import, confirm nobody automatically, and do "
            "not allow the app to source Okta users.",
            "Run `reconciler run` and see that the finding is gone.",
        ),
        if_meant='Switch the kind off: import-on = "off" under [severity]. As a profile source it is best never meant.',
        okta_alone="Never: it is a setting.",
        side_effects="None for people who are assigned; people whom an import created in Okta stay there.",
        undo="Tick the setting again.",
    ),
)

IMPORTS = {
    "IMPORT_NEW_USERS": "new people are imported",
    "IMPORT_PROFILE_UPDATES": "changed profiles are imported",
    "AUTO_CONFIRM_IMPORTS": "imported people are confirmed without asking",
    "PROFILE_MASTERING": "Kandji is the source of profiles, and overwrites Okta's",
}
SOURCE = "PROFILE_MASTERING"


def find(world: World) -> Iterator[Finding | Note]:
    app = world.snapshot.okta.app
    if not app.features:
        yield Note(kind="check-skipped", about=KIND.slug, reason="Okta does not tell this app's features")
    found = [feature for feature in IMPORTS if feature in app.features]
    if found:
        yield world.about_app(
            KIND,
            f"{app.label} imports from Kandji: {', '.join(IMPORTS[feature] for feature in found)}",
            severity="high" if SOURCE in found else "low",
            evidence=(Fact(side="okta", label="features", value=", ".join(found)),),
        )
