"""The verbs that mend: each makes a plan and writes it to a file, and all that carry one out do it by the same way."""

from __future__ import annotations

import shlex
from collections.abc import Callable, Sequence
from datetime import timedelta
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from reconciler.errors import UsageError
from reconciler.outside import finish
from reconciler.session import Session

if TYPE_CHECKING:
    from msgspec import Struct

    from reconciler.commands.apply import Applied, Terms
    from reconciler.commands.applying.procedure import Look
    from reconciler.commands.plan import Basis, Order
    from reconciler.config_file import Loaded
    from reconciler.plan import Plan, Planned
    from reconciler.planning import Asked
    from reconciler.secrets import Keeper
    from reconciler.store import Store
    from reconciler.world import World

Ordered = Callable[["Store", "Basis"], "Order"]
"""What a plan shall do, once the last complete run is known."""


class Mending(Session):
    """One method a verb; each returns its exit code."""

    # --- verbs that make a plan

    def plan(
        self,
        *,
        plan_file: Path | None,
        allow_removals: int | None,
        allow_additions: int | None,
        reason: str | None,
        **wanted: Any,
    ) -> int:
        from reconciler.commands import plan as command

        lifted, wish = command.ceilings(allow_removals, allow_additions, reason), command.Wish(**wanted)

        def ordered(store: Store, basis: Basis) -> Order:
            found = command.chosen(store, basis, wish)
            named = frozenset(one.id for one in found) if wish.findings else frozenset()
            return command.Order(by=self._by, findings=found, named=named, ceilings=lifted)

        return self._planned(ordered, plan_file=plan_file)

    def undo(
        self, *, number: int, allow_removals: int | None, allow_additions: int | None, reason: str | None, **given: Any
    ) -> int:
        from reconciler.commands import plan as command

        lifted = command.ceilings(allow_removals, allow_additions, reason)

        def ordered(store: Store, basis: Basis) -> Order:
            return command.Order(
                by=self._by, asked=self._inverses(store, basis, number), ceilings=lifted, undo_of=number
            )

        return self._planned(ordered, **given)

    def assign(self, *, people: Sequence[str], **given: Any) -> int:
        from reconciler import wishes

        return self._asked(lambda world: wishes.assign(world, people), **given)

    def cover(self, *, groups: Sequence[str], **given: Any) -> int:
        from reconciler import wishes

        return self._asked(lambda world: wishes.cover(world, groups), **given)

    def link(self, *, groups: Sequence[str], existing: str | None, **given: Any) -> int:
        from reconciler import wishes

        return self._asked(lambda world: wishes.link(world, groups, existing=existing), read=groups, **given)

    def unlink(self, *, group: str, delete_in_kandji: bool, **given: Any) -> int:
        from reconciler import wishes

        return self._asked(lambda world: wishes.unlink(world, group, delete_in_kandji=delete_in_kandji), **given)

    def push_now(self, *, groups: Sequence[str], **given: Any) -> int:
        from reconciler import wishes

        return self._asked(lambda world: wishes.push_now(world, groups), **given)

    @property
    def _by(self) -> str:
        """The command line; no option takes a secret, so it holds none."""
        return shlex.join(["reconciler", *self.frame.argv])

    def _asked(
        self,
        wish: Callable[[World], Asked],
        *,
        read: Sequence[str] = (),
        allow_removals: int | None,
        allow_additions: int | None,
        reason: str | None,
        **given: Any,
    ) -> int:
        """Plans what a command itself asks for. ``read``: groups that are read now where no run has read them."""
        from reconciler.commands import plan as command

        lifted = command.ceilings(allow_removals, allow_additions, reason)

        def ordered(store: Store, basis: Basis) -> Order:
            asked = wish(basis.world)
            for words in asked.told:
                self.screen.say(words)
            return command.Order(by=self._by, asked=(asked,), ceilings=lifted)

        return self._planned(ordered, read=read, **given)

    def _planned(
        self,
        ordered: Ordered,
        *,
        plan_file: Path | None,
        carry_out: bool = False,
        confirm: int | None = None,
        read: Sequence[str] = (),
    ) -> int:
        """Makes the plan, writes it to its file and shows it; with ``carry_out`` goes on to apply it."""
        from reconciler.commands import plan as command
        from reconciler.store import Store

        loaded = self.load()
        keeper = self.keeper(loaded)
        with self.logged(loaded):
            with Store.open(loaded.config.store.path) as store:
                made = self._made(loaded, keeper, store, ordered, read)
            path = plan_file or command.DEFAULT_FILE
            kept = command.worth_writing(made) or plan_file is not None
            if kept:
                command.write(path, made)
            if carry_out:
                return self._applied(loaded, made, confirm)
        self._show(made)
        self._tell_needs(loaded, made)
        if kept:
            self.screen.say(f"plan: {path}")
        self._next(f"reconciler apply {shlex.quote(str(path))}" if made.changes else None)
        return 0

    def _made(self, loaded: Loaded, keeper: Keeper, store: Store, ordered: Ordered, read: Sequence[str] = ()) -> Plan:
        from reconciler.commands import plan as command
        from reconciler.commands.settings import policy, settings
        from reconciler.wiring import wired

        config, clock = loaded.config, self.outside.clock
        ttl = timedelta(hours=config.fix.plan_ttl_hours)
        basis = command.basis(store, settings(config), now=clock(), ttl=ttl)
        if basis.stale:
            self.screen.tell(
                f"run {basis.last.id} gave no verdict: this is planned by run {basis.run.id}, "
                f"{command.hours(clock() - basis.run.finished)} old"
            )
        app_id = basis.world.snapshot.okta.app.id

        async def make() -> Plan:
            async with wired(loaded, keeper, self.outside, waiting=self.screen.say) as wiring:
                live = cache(lambda: wiring.live(app_id).okta)
                known = await command.with_groups(basis, read, live)
                return await command.made(
                    known,
                    ordered(store, known),
                    policy(config),
                    scope_set=bool(config.scope.groups),
                    now=clock(),
                    okta=live,
                )

        return finish(make())

    def _show(self, made: Plan) -> None:
        from msgspec import to_builtins

        from reconciler.commands.plan_text import lines

        if self.screen.format == "json":
            self.screen.document(to_builtins(made))
        else:
            self.screen.result("\n".join(map(self.screen.shown, lines(made, self.outside.clock()))))

    def _tell_needs(self, loaded: Loaded, made: Plan) -> None:
        """Says what the credential must be allowed, which is not known before something is written by it."""
        from reconciler.wiring import needs

        by_scope = loaded.config.okta.auth == "private_key"
        for need in needs(one.change for one in made.changes):
            scope = f"the scope {need.scope.replace(' ', ' and ')} and " if need.scope and by_scope else ""
            self.screen.say(f"apply needs {scope}{need.role}")

    # --- verbs that carry one out, or look whether it worked

    def apply(self, *, file: Path | None, dry_run: bool, resume: int | None, confirm: int | None) -> int:
        from reconciler.commands import plan as command

        if (file is None) == (resume is None) or (dry_run and file is None):
            raise UsageError(
                "apply takes the file of a plan, or --resume and no file.",
                next="reconciler apply reconciler-plan.json, or: reconciler apply --resume",
            )
        loaded = self.load()
        made = None if file is None else command.read(file)
        with self.logged(loaded):
            if made is None:
                return self._resumed(loaded, resume or None)
            if dry_run:
                return self._dry(loaded, made)
            return self._applied(loaded, made, confirm)

    def _applied(self, loaded: Loaded, made: Plan, confirm: int | None) -> int:
        """Shows the plan, asks, and carries it out."""
        from reconciler.commands import confirming
        from reconciler.commands.applying.fences import refuse_wrong
        from reconciler.commands.plan_text import lines
        from reconciler.store import Store

        with Store.open(loaded.config.store.path) as store:
            refuse_wrong(made, self._terms(loaded, store), self.outside.clock())
        ask = None if self.frame.options.get("no_input") else self.outside.ask
        tell = self.screen.say if confirm is not None else self.screen.tell
        tell("\n".join(lines(made, self.outside.clock())))
        if not made.changes:
            return self._put_applied(made, None)
        confirming.agreed(made, confirm, None if ask is None else lambda question: ask(question, False))
        with self._locked_store(loaded) as store:
            applied = self._carried_out(loaded, store, made)
        return self._put_applied(made, applied)

    def _resumed(self, loaded: Loaded, number: int | None) -> int:
        from reconciler.commands.plan import half_made

        with self._locked_store(loaded) as store:
            number, made = half_made(store.journal, number)
            self.screen.say(f"completing apply {number}, whose plan was made by: {made.by}")
            applied = self._carried_out(loaded, store, made, resume=number)
        return self._put_applied(made, applied)

    def _carried_out(self, loaded: Loaded, store: Store, made: Plan, resume: int | None = None) -> Applied:
        """The one way by which anything is changed: with the lock held, and the journal of this database."""
        from reconciler.commands.apply import apply
        from reconciler.session import option_for
        from reconciler.wiring import wired

        keeper, terms = self._with_secrets(loaded), self._terms(loaded, store)

        async def carry_out() -> Applied:
            async with wired(loaded, keeper, self.outside, waiting=self.screen.say) as wiring:
                return await apply(
                    made,
                    wiring.writers(made.app_id, [one.change for one in made.changes]),
                    store.journal,
                    who=f"{self.outside.who}@{self.outside.host}",
                    terms=terms,
                    clock=self.outside.clock,
                    sleep=self.outside.sleep,
                    tell=self.screen.say,
                    resume=resume,
                )

        self.frame.under_way = f"reconciler apply --resume{option_for(loaded.file)}"
        applied = finish(carry_out())
        self.frame.under_way = ""
        return applied

    def _terms(self, loaded: Loaded, store: Store) -> Terms:
        """The app is the configured one, else that of the last complete run, for which its label was looked up."""
        from reconciler.commands.settings import terms
        from reconciler.wiring import scim_url

        app_id, last = loaded.config.okta.app_id, store.last(complete=True)
        if app_id is None and last is not None:
            app_id = store.around(last.id)[0].okta.app.id
        return terms(loaded.config, app_id or "", scim_url(loaded.config))

    def _put_applied(self, made: Plan, applied: Applied | None) -> int:
        from reconciler.commands import outcomes

        told = outcomes.of_apply(() if applied is None else applied.outcomes)
        code = outcomes.apply_code(made, applied)
        about = "" if applied is None else f"apply {applied.apply}: "
        stopped = [f"stopped: {applied.stopped}"] if applied is not None and applied.stopped else []
        self._put_outcomes(
            outcomes.document(made, told, code, applied=applied),
            [*outcomes.lines(told, made.withheld, about=about), *stopped],
        )
        self._next("reconciler run" if applied is not None else None)
        return code

    def _put_outcomes(self, document: Struct, lines: Sequence[str]) -> None:
        from msgspec import to_builtins

        if self.screen.format == "json":
            self.screen.document(to_builtins(document))
        else:
            self.screen.result("\n".join(map(self.screen.shown, lines)))

    def _dry(self, loaded: Loaded, made: Plan) -> int:
        """Reads what each change rests on, over a transport that lets only reads through."""
        from reconciler.commands import outcomes
        from reconciler.commands.apply import rehearse
        from reconciler.store import Store
        from reconciler.wiring import wired

        keeper, outside = self._with_secrets(loaded), self.outside
        with Store.open(loaded.config.store.path) as store:
            terms = self._terms(loaded, store)

        async def look() -> tuple[tuple[Planned, Look], ...]:
            async with wired(loaded, keeper, outside, waiting=self.screen.say) as wiring:
                live = wiring.live(made.app_id)
                return await rehearse(made, live, terms=terms, clock=outside.clock, sleep=outside.sleep)

        told = outcomes.of_rehearsal(finish(look()))
        code = outcomes.rehearsal_code(made, told)
        about = "dry run, nothing was changed: "
        self._put_outcomes(
            outcomes.document(made, told, code, dry_run=True), outcomes.lines(told, made.withheld, about=about)
        )
        return code

    def verify(self, *, what: str) -> int:
        raise NotImplementedError

    def _mended_unattended(self, loaded: Loaded, store: Store) -> int:
        """For ``run --fix``: plans what [fix] auto names, keeps the plan beside the pages, and applies it unasked."""
        from reconciler.commands import outcomes
        from reconciler.commands import plan as command
        from reconciler.commands.plan_text import lines

        fix = loaded.config.fix

        def ordered(store: Store, basis: Basis) -> Order:
            found = tuple(one for one in basis.findings if one.kind in fix.auto)
            return command.Order(by=self._by, findings=found, removals=fix.auto_removals)

        made = self._made(loaded, self._with_secrets(loaded), store, ordered)
        self.screen.say("\n".join(lines(made, self.outside.clock())))
        if command.worth_writing(made):
            path = loaded.config.report.folder / f"plan-of-run-{made.run}.json"
            command.write(path, made)
            self.screen.say(f"plan: {path}")
        applied = self._carried_out(loaded, store, made) if made.changes else None
        told = outcomes.of_apply(() if applied is None else applied.outcomes)
        for line in outcomes.lines(told, made.withheld):
            self.screen.say(line)
        return outcomes.apply_code(made, applied)
