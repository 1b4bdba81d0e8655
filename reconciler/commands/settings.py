"""What the rooms below are told of the configuration, as plain values."""

from __future__ import annotations

import shlex
from collections.abc import Iterable, Sequence
from datetime import timedelta
from difflib import get_close_matches
from typing import TYPE_CHECKING

from reconciler.acceptance import acceptance_id
from reconciler.commands.pull import Occasion, display_of
from reconciler.config import Accept, Config
from reconciler.config_file import Loaded
from reconciler.errors import UsageError
from reconciler.findings import Acceptance
from reconciler.guards import Bound, Limits
from reconciler.planning import Policy
from reconciler.plausibility import SOURCES
from reconciler.world import Settings, fold

if TYPE_CHECKING:
    from reconciler.commands.apply import Terms


def settings(config: Config, accept_shrink: Iterable[str] = ()) -> Settings:
    """What the checks are told. ``accept_shrink``: names of sources, as ``shrinkable`` gives them."""
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
        max_shrink=config.guard.max_shrink,
        accept_shrink=tuple(accept_shrink),
    )


def policy(config: Config) -> Policy:
    """What plans are held to."""
    return Policy(
        limits=limits(config),
        kandji_writes=config.fix.kandji_writes,
        protected_people=config.protect.people,
        protected_groups=config.protect.groups,
    )


def terms(config: Config, app_id: str, scim_url: str) -> Terms:
    """What an apply is held to. ``app_id`` is that of the app in use, ``scim_url`` as requests have it."""
    from reconciler.commands.apply import Terms

    return Terms(
        org_url=config.okta.org_url,
        app_id=app_id,
        scim_url=scim_url,
        patience=timedelta(minutes=config.fix.patience_minutes),
        ttl=timedelta(hours=config.fix.plan_ttl_hours),
        stop_after=config.fix.stop_after_errors,
        limits=limits(config),
        kandji_writes=config.fix.kandji_writes,
        protected_people=tuple(map(fold, config.protect.people)),
        protected_groups=tuple(map(fold, config.protect.groups)),
    )


def limits(config: Config) -> Limits:
    """``[guard]``; ``removals_most`` bounds every scope of removals."""
    guard = config.guard
    return Limits(
        group=Bound(floor=guard.group_removals, share=guard.removals_share, most=guard.removals_most),
        other=Bound(floor=guard.removals, share=guard.removals_share, most=guard.removals_most),
        additions=Bound(floor=guard.additions, share=guard.additions_share, most=guard.additions_most),
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


def shrinkable(names: Sequence[str]) -> tuple[str, ...]:
    """The names, where each is that of a source whose size is watched. UsageError otherwise."""
    for name in names:
        if name not in SOURCES:
            near = get_close_matches(name, SOURCES, n=1, cutoff=0.5)
            raise UsageError(
                f"There is no source {name} whose size is watched.",
                facts=(("sources", ", ".join(SOURCES)),),
                next=f"did you mean {near[0]}?" if near else "name one of them: reconciler run --accept-shrink SOURCE",
            )
    return tuple(names)


def occasion(loaded: Loaded, argv: Sequence[str]) -> Occasion:
    """What a run keeps of how it was started. No option takes a secret, so the line holds none."""
    config = loaded.config
    return Occasion(
        command_line=shlex.join(["reconciler", *argv]),
        config_digest=loaded.digest,
        display=display_of({"title": config.title, "admin_url": config.admin_url, "console_url": config.console_url}),
    )
