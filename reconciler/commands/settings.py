"""What the rooms below are told of the configuration, as plain values."""

from __future__ import annotations

import shlex
from collections.abc import Sequence

from reconciler.acceptance import acceptance_id
from reconciler.commands.pull import Occasion, display_of
from reconciler.config import Accept, Config
from reconciler.config_file import Loaded
from reconciler.findings import Acceptance
from reconciler.world import Settings


def settings(config: Config) -> Settings:
    """What the checks are told."""
    judged = config.severity.items()
    return Settings(
        scope_groups=config.scope.groups,
        names=tuple(config.match.names.items()),
        also_fed_by=config.match.also_fed_by,
        severity=tuple((slug, level) for slug, level in judged if level != "off"),
        off=tuple(slug for slug, level in judged if level == "off"),
        grace_minutes=tuple(config.settle.items()),
        compare=config.compare.attributes,
        acceptances=tuple(map(_acceptance, config.accept)),
        assignment_group=config.assignment.group,
        filled_by=config.assignment.filled_by,
        suspended=config.fix.suspended,
    )


def _acceptance(told: Accept) -> Acceptance:
    said = (told.finding, told.kind, told.person, told.group, told.reason, told.owner, told.until.isoformat())
    return Acceptance(
        id=acceptance_id(*said),
        reason=told.reason,
        owner=told.owner,
        until=told.until,
        finding=told.finding,
        kind=told.kind,
        person=told.person,
        group=told.group,
    )


def occasion(loaded: Loaded, argv: Sequence[str]) -> Occasion:
    """What a run keeps of how it was started. No option takes a secret, so the line holds none."""
    config = loaded.config
    return Occasion(
        command_line=shlex.join(["reconciler", *argv]),
        config_digest=loaded.digest,
        display=display_of({"title": config.title, "admin_url": config.admin_url, "console_url": config.console_url}),
    )
