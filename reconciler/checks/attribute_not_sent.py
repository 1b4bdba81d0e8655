"""One attribute differs for most people: that is a mapping which is missing or sends on create only, not the people."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

from pyroaring import FrozenBitMap

from reconciler.checks.attribute_differs import LEAST, compared, differences, for_most
from reconciler.findings import Fact, Finding, How, Kind
from reconciler.world import World

KIND = Kind(
    slug="attribute-not-sent",
    title="An attribute differs for most people",
    severity="medium",
    means="More than half of the people have another value in Kandji than in Okta's app profile.",
    matters="Whatever Assignment Maps make of this attribute is wrong for most Macs.",
    mend="By hand in Okta: Applications → the app → Provisioning → To App → Attribute Mappings, see that the attribute "
    "is mapped and applied on create and update; then Force Sync.",
    how=How(
        by_hand=(
            "Okta: Applications → Applications → the app → Provisioning → To App, see that Update User Attributes is "
            "on.",
            "Okta: below, under Attribute Mappings, edit the attribute: map it, and choose Create and update.",
            "Okta: Directory → Profile Editor → the app, see that the attribute's external name and namespace are "
            "those that Kandji reads.",
            "Okta: the app → Provisioning → To App, Force Sync.",
            "Run `reconciler run` and see that the values agree.",
        ),
        if_meant="If Kandji is to keep its own values, take the attribute out of [compare] attributes.",
        okta_alone="Never: what a mapping leaves out is not sent.",
        side_effects="Every person's value is replaced by Okta's, and Assignment Maps that look at it move Macs.",
        undo="Map the attribute as before; values that were sent stay.",
    ),
    explains=("attribute-differs",),
    explains_by="people",
)


def find(world: World) -> Iterator[Finding]:
    everybody = compared(world)
    examples: dict[str, list[str]] = defaultdict(list)
    for number, parts in world.once(differences)[1].items():
        for attribute, sent, held in parts:
            examples[attribute].append(f"{world.people[number].name}: {sent or 'empty'}, in Kandji {held or 'empty'}")
    for attribute, numbers in sorted(world.once(for_most).items()):
        people = FrozenBitMap(numbers)
        yield world.about_app(
            KIND,
            f"{attribute} differs for {len(people)} of {len(everybody)} people",
            part=f"attribute:{attribute}",
            people=people,
            evidence=tuple(
                Fact(side="kandji", label=attribute, value=example) for example in sorted(examples[attribute])[:5]
            ),
            changed=world.quiet_since(people, max(LEAST, len(everybody) // 2 + 1)),
        )
