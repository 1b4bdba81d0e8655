"""The verbs that carry a plan out, or look whether it worked. All changes are made by one way: ``carried_out``."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from shlex import quote
from typing import TYPE_CHECKING

from reconciler.errors import ReconcilerError, UsageError
from reconciler.outside import finish
from reconciler.session import Session

if TYPE_CHECKING:
    from msgspec import Struct

    from reconciler.commands.apply import Applied, Outcome, Terms
    from reconciler.commands.applying.procedure import Look
    from reconciler.config_file import Loaded
    from reconciler.plan import Plan, Planned
    from reconciler.store import Store


class Changing(Session):
    """One method a verb; each returns its exit code."""

    def apply(self, *, file: Path | None, dry_run: bool, resume: int | None, confirm: int | None) -> int:
        from reconciler.commands.plan_file import read

        if (file is None) == (resume is None) or (dry_run and file is None):
            raise UsageError(
                "apply takes the file of a plan, or --resume and no file.",
                next="reconciler apply reconciler-plan.json, or: reconciler apply --resume",
            )
        loaded = self.load()
        made = None if file is None else read(file)
        with self.logged(loaded):
            if made is None:
                return self._resumed(loaded, resume or None)
            if dry_run and file is not None:
                return self._dry(loaded, made, file)
            return self._applied(loaded, made, confirm)

    def _applied(self, loaded: Loaded, made: Plan, confirm: int | None) -> int:
        """Shows the plan, asks, and carries it out."""
        from reconciler.commands import confirming
        from reconciler.commands.applying.fences import refuse_forged, refuse_spoilt, refuse_wrong
        from reconciler.commands.plan_text import lines
        from reconciler.store import Store

        with Store.open(loaded.config.store.path) as store:
            refuse_spoilt(store.journal)
            refuse_wrong(made, self._terms(loaded, store), self.outside.clock())
            refuse_forged(made, store.journal.events())
        ask = None if self.frame.options.get("no_input") else self.outside.ask
        tell = self.screen.say if confirm is not None else self.screen.tell
        tell("\n".join(lines(made, self.outside.clock(), width=self.screen.width, by_hand=False)))
        if not made.changes:
            return self._put_applied(made, None)
        confirming.agreed(made, confirm, None if ask is None else lambda question: ask(question, False))
        with self._locked_store(loaded) as store:
            applied = self.carried_out(loaded, store, made)
        return self._put_applied(made, applied)

    def _resumed(self, loaded: Loaded, number: int | None) -> int:
        from reconciler.commands.plan_file import half_made

        with self._locked_store(loaded) as store:
            number, made = half_made(store.journal, number)
            self.screen.say(f"completing apply {number}, whose plan was made by: {made.by}")
            applied = self.carried_out(loaded, store, made, resume=number)
        return self._put_applied(made, applied)

    def carried_out(self, loaded: Loaded, store: Store, made: Plan, resume: int | None = None) -> Applied:
        """The one way by which anything is changed: with the lock held, and the journal of this database."""
        from reconciler.commands.apply import apply
        from reconciler.session import option_for
        from reconciler.wiring import wired

        keeper, terms = self._with_secrets(loaded), self._terms(loaded, store, made)
        changes = [one.change for one in (*made.changes, *(left.planned for left in store.journal.left_half()))]

        async def carry_out() -> Applied:
            async with wired(loaded, keeper, self.outside, waiting=self.screen.say) as wiring:
                return await apply(
                    made,
                    wiring.writers(made.app_id, changes),
                    store.journal,
                    who=f"{self.outside.who}@{self.outside.host}",
                    terms=terms,
                    clock=self.outside.clock,
                    sleep=self.outside.sleep,
                    tell=_each_once(self.screen.say),
                    resume=resume,
                )

        self.frame.under_way = f"reconciler apply --resume{option_for(loaded.file)}"
        try:
            applied = finish(carry_out())
        except ReconcilerError:
            if store.journal.not_ended():
                self.screen.tell(f"an apply has not ended; to complete it: {self.frame.under_way}")
            raise
        self.frame.under_way = ""
        return applied

    def _terms(self, loaded: Loaded, store: Store, made: Plan | None = None) -> Terms:
        """The app is the configured one, else that of the last complete run, for which its label was looked up.
        ``made``: the plan that is to be judged once more."""
        from msgspec.structs import replace

        from reconciler.commands.basis import known_now
        from reconciler.commands.settings import settings, terms
        from reconciler.wiring import scim_url

        app_id, last = loaded.config.okta.app_id, store.last(complete=True)
        if app_id is None and last is not None:
            app_id = store.around(last.id)[0].okta.app.id
        found = terms(loaded.config, app_id or "", scim_url(loaded.config))
        return found if made is None else replace(found, known=known_now(store, settings(loaded.config), made))

    def _put_applied(self, made: Plan, applied: Applied | None) -> int:
        from reconciler.commands import outcomes

        told = outcomes.of_apply(() if applied is None else applied.outcomes)
        code = outcomes.apply_code(made, applied)
        about = "" if applied is None else f"apply {applied.apply}: "
        stopped = [f"stopped: {applied.stopped}"] if applied is not None and applied.stopped else []
        self._put_outcomes(
            outcomes.document(made, told, code, applied=applied),
            [*outcomes.lines(told, made.withheld, about=about, width=self.screen.width), *stopped],
        )
        self._next("reconciler run" if applied is not None else None)
        return code

    def _put_outcomes(self, document: Struct, lines: Sequence[str]) -> None:
        from msgspec import to_builtins

        if self.screen.format == "json":
            self.screen.document(to_builtins(document))
        else:
            self.screen.result("\n".join(map(self.screen.shown, lines)))

    def _dry(self, loaded: Loaded, made: Plan, file: Path) -> int:
        """Reads what each change rests on, over a transport that lets only reads through."""
        from reconciler.commands import outcomes
        from reconciler.commands.apply import rehearse
        from reconciler.store import Store
        from reconciler.wiring import wired

        keeper, outside = self._with_secrets(loaded), self.outside
        with Store.open(loaded.config.store.path) as store:
            terms = self._terms(loaded, store, made)

            async def look() -> tuple[tuple[Planned, Look], ...]:
                async with wired(loaded, keeper, outside, waiting=self.screen.say) as wiring:
                    live = wiring.live(made.app_id)
                    return await rehearse(
                        made, live, store.journal, terms=terms, clock=outside.clock, sleep=outside.sleep
                    )

            told = outcomes.of_rehearsal(finish(look()))
        code = outcomes.rehearsal_code(made, told)
        about = "dry run, nothing was changed: "
        self._put_outcomes(
            outcomes.document(made, told, code, dry_run=True),
            outcomes.lines(told, made.withheld, about=about, width=self.screen.width),
        )
        if any(one.outcome == outcomes.WOULD for one in told):
            self._next(f"reconciler apply {quote(str(file))}")
        return code

    def verify(self, *, what: str) -> int:
        from reconciler.commands import outcomes
        from reconciler.commands import verify as command
        from reconciler.commands.plan_file import applied_for
        from reconciler.store import Store
        from reconciler.wiring import wired

        loaded = self.load()
        keeper, outside = self._with_secrets(loaded), self.outside
        with self.logged(loaded):
            with Store.open(loaded.config.store.path) as store:
                made = applied_for(store.journal, what)
                terms = self._terms(loaded, store, made)

            async def look() -> tuple[Outcome, ...]:
                async with wired(loaded, keeper, outside, waiting=self.screen.say) as wiring:
                    return await command.verify(made, wiring.live(made.app_id), terms=terms, sleep=outside.sleep)

            came = finish(look())
        told, code = outcomes.of_apply(came), command.exit_code(came)
        self._put_outcomes(outcomes.verified_document(told, code), outcomes.lines(told, width=self.screen.width))
        self._next("reconciler run, which tells what is still wrong" if code else None)
        return code


def _each_once(tell: Callable[[str], None]) -> Callable[[str], None]:
    """Tells a line only where it is another than the one before: what is waited for is said once."""
    last = [""]

    def told(words: str) -> None:
        if words != last[0]:
            last[0] = words
            tell(words)

    return told
