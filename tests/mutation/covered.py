"""Which modules are mutated, and the tests that are asked about each."""

from __future__ import annotations

_PLANNING = (
    "tests/test_holding.py",
    "tests/test_choosing.py",
    "tests/test_drafts.py",
    "tests/test_effects.py",
    "tests/test_planning.py",
    "tests/checks/test_fixes.py",
    "tests/test_wishes.py",
)
_APPLYING = (
    "tests/commands/test_apply_preconditions.py",
    "tests/commands/test_apply_kinds.py",
    "tests/commands/test_apply_undo.py",
)
_SENDING = (
    "tests/proofs/test_never.py",
    "tests/directories/test_gate.py",
    "tests/directories/test_sending.py",
    "tests/directories/test_scim_writes.py",
)
COVERED: dict[str, tuple[str, ...]] = {
    "reconciler/guards.py": ("tests/test_guards.py",),
    "reconciler/plan.py": ("tests/test_plan.py",),
    "reconciler/fitting.py": ("tests/test_fitting.py", "tests/commands/test_fences.py"),
    "reconciler/holding.py": _PLANNING,
    "reconciler/protection.py": _PLANNING,
    "reconciler/effects.py": _PLANNING,
    "reconciler/choosing.py": _PLANNING,
    "reconciler/drafts.py": _PLANNING,
    "reconciler/planning.py": _PLANNING,
    "reconciler/commands/applying/fences.py": ("tests/commands/test_fences.py",),
    "reconciler/commands/applying/kandji_members.py": (
        "tests/commands/test_apply_members.py",
        "tests/commands/test_apply_kinds.py",
    ),
    "reconciler/commands/applying/pushed.py": ("tests/commands/test_apply_pushed.py",),
    "reconciler/commands/applying/bodies.py": ("tests/commands/test_bodies.py",),
    "reconciler/commands/applying/rules.py": (
        "tests/commands/test_apply_rules.py",
        "tests/commands/test_apply_kinds.py",
    ),
    "reconciler/commands/applying/accounts.py": _APPLYING,
    "reconciler/commands/applying/memberships.py": _APPLYING,
    "reconciler/directories/implied.py": (*_SENDING, "tests/commands/test_apply_kinds.py"),
    "reconciler/directories/written_bodies.py": ("tests/directories/test_written_bodies.py", *_SENDING),
    "reconciler/directories/forbidden.py": _SENDING,
    "reconciler/journal.py": ("tests/test_journal.py", "tests/store/test_journal.py"),
}

WORDING: dict[str, tuple[str, ...]] = {
    "reconciler/guards.py": ("_words",),
    "reconciler/choosing.py": ("_instead",),
    "reconciler/journal.py": ("words_of",),
}
"""Functions that only make sentences: what they say is a matter of the tests of texts."""
