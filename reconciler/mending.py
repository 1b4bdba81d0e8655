"""The verbs that make a plan: each writes it to a file, and goes on to apply it where that is asked for."""

from __future__ import annotations

import shlex
from collections.abc import Callable, Sequence
from datetime import timedelta
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from reconciler.changing import Changing
from reconciler.errors import UsageError
from reconciler.outside import finish

if TYPE_CHECKING:
    from reconciler.commands.basis import Basis
    from reconciler.commands.plan import Order
    from reconciler.config_file import Loaded
    from reconciler.plan import Plan
    from reconciler.planning import Asked
    from reconciler.secrets import Keeper
    from reconciler.store import Store
    from reconciler.world import World

Ordered = Callable[["Store", "Basis"], "Order"]
"""What a plan shall do, once the last complete run is known."""


class Mending(Changing):
    """One method a verb; each returns its exit code."""

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
        from reconciler.commands.undo import inverses_of

        lifted = command.ceilings(allow_removals, allow_additions, reason)

        def ordered(store: Store, basis: Basis) -> Order:
            found = inverses_of(store.journal.events(), number)
            for left in found.left_out:
                self.screen.tell(f"left out: {left.planned.sentence}: {left.why}")
            asked = command.taken_back(basis.world, found, number)
            return command.Order(by=self._by, asked=asked, ceilings=lifted, undo_of=number)

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
        """Makes the plan, writes it to its file and shows it; with ``carry_out`` goes on to apply it.

        Raises ``UsageError`` where the file is to be stdout, which ``apply`` could not read."""
        from reconciler.commands.plan_file import DEFAULT_FILE, worth_writing, write
        from reconciler.store import Store

        if str(plan_file) == "-":
            raise UsageError("A plan is written to a file.", next="name one: -o FILE; on stdout: --format json")
        loaded = self.load()
        keeper = self.keeper(loaded)
        with self.logged(loaded):
            with Store.open(loaded.config.store.path) as store:
                made = self._made(loaded, keeper, store, ordered, read)
            path = plan_file or loaded.file.parent / DEFAULT_FILE
            kept = worth_writing(made) or plan_file is not None
            if kept:
                write(path, made)
            if carry_out:
                return self._applied(loaded, made, confirm)
        self._show(made)
        self._tell_needs(loaded, made)
        if kept:
            self.screen.say(f"plan: {path}")
        self._next(f"reconciler apply {shlex.quote(str(path))}" if made.changes else None)
        return 0

    def _made(self, loaded: Loaded, keeper: Keeper, store: Store, ordered: Ordered, read: Sequence[str] = ()) -> Plan:
        from reconciler.commands import basis as known
        from reconciler.commands import plan as command
        from reconciler.commands.settings import policy, settings
        from reconciler.wiring import wired

        config, clock = loaded.config, self.outside.clock
        ttl = timedelta(hours=config.fix.plan_ttl_hours)
        basis = known.basis(store, settings(config), now=clock(), ttl=ttl)
        if basis.stale:
            self.screen.tell(
                f"run {basis.last.id} gave no verdict: this is planned by run {basis.run.id}, "
                f"{known.hours(clock() - basis.run.finished)} old"
            )
        app_id = basis.world.snapshot.okta.app.id

        async def make() -> Plan:
            async with wired(loaded, keeper, self.outside, waiting=self.screen.say) as wiring:
                live = cache(lambda: wiring.live(app_id).okta)
                whole = await known.with_groups(basis, read, live)
                return await command.made(
                    whole,
                    ordered(store, whole),
                    policy(config),
                    scope_set=bool(config.scope.groups),
                    now=clock(),
                    okta=live,
                )

        return finish(make())

    def _show(self, made: Plan) -> None:
        from msgspec import to_builtins

        from reconciler.commands.plan_text import lines

        screen = self.screen
        if screen.format == "json":
            screen.document(to_builtins(made))
        else:
            screen.result("\n".join(map(screen.shown, lines(made, self.outside.clock(), width=screen.width))))

    def _tell_needs(self, loaded: Loaded, made: Plan) -> None:
        """Says what the credential must be allowed, which is not known before something is written by it."""
        from reconciler.wiring import needs

        by_scope = loaded.config.okta.auth == "private_key"
        for need in needs(one.change for one in made.changes):
            scope = f"the scope {need.scope.replace(' ', ' and ')} and " if need.scope and by_scope else ""
            self.screen.say(f"apply needs {scope}{need.role}")

    def _mended_unattended(self, loaded: Loaded, store: Store) -> int:
        """For ``run --fix``: plans what [fix] auto names, keeps the plan beside the pages, and applies it unasked."""
        from reconciler.commands import outcomes
        from reconciler.commands import plan as command
        from reconciler.commands.plan_file import worth_writing, write
        from reconciler.commands.plan_text import lines

        fix = loaded.config.fix

        def ordered(store: Store, basis: Basis) -> Order:
            found = tuple(one for one in basis.findings if one.kind in fix.auto)
            return command.Order(by=self._by, findings=found, removals=fix.auto_removals)

        made = self._made(loaded, self._with_secrets(loaded), store, ordered)
        self.screen.say("\n".join(lines(made, self.outside.clock(), width=self.screen.width, by_hand=False)))
        if worth_writing(made):
            path = loaded.config.report.folder / f"plan-of-run-{made.run}.json"
            write(path, made)
            self.screen.say(f"plan: {path}")
        applied = self.carried_out(loaded, store, made) if made.changes else None
        if applied is not None:
            told = outcomes.of_apply(applied.outcomes)
            self.screen.say(outcomes.lines(told, made.withheld, about=f"apply {applied.apply}: ")[-1])
        return outcomes.apply_code(made, applied)
