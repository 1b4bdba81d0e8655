"""The verbs that mend: each makes a plan and writes it to a file, and all that carry one out do it by the same way."""

from __future__ import annotations

import shlex
from collections.abc import Callable, Sequence
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

from reconciler.errors import Refused, UsageError
from reconciler.outside import finish
from reconciler.session import Session

if TYPE_CHECKING:
    from reconciler.commands.apply import Applied, Outcome
    from reconciler.commands.plan import Basis, Order
    from reconciler.config_file import Loaded
    from reconciler.fixing import Way
    from reconciler.plan import Plan
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

        return self._planned(ordered, plan_file)

    def undo(self, *, apply: int, plan_file: Path | None, carry_out: bool, confirm: int | None) -> int:
        from reconciler.commands import plan as command

        def ordered(store: Store, basis: Basis) -> Order:
            return command.Order(by=self._by, asked=self._inverses(store, apply), undo_of=apply)

        return self._planned(ordered, plan_file, carry_out=carry_out, confirm=confirm)

    def assign(self, *, people: Sequence[str], **given: Any) -> int:
        def wish(store: Store, basis: Basis) -> Asked:
            from reconciler import wishes
            from reconciler.commands.who import people_named

            return wishes.assign(basis.world, people_named(store, basis.run.id, basis.world, people))

        return self._asked(wish, **given)

    def cover(self, *, groups: Sequence[str], **given: Any) -> int:
        return self._asked(lambda store, basis: self._of_groups("cover", store, basis, groups), **given)

    def link(self, *, groups: Sequence[str], **given: Any) -> int:
        return self._asked(lambda store, basis: self._of_groups("link", store, basis, groups), **given)

    def push_now(self, *, groups: Sequence[str], **given: Any) -> int:
        return self._asked(lambda store, basis: self._of_groups("push_now", store, basis, groups), **given)

    def unlink(self, *, group: str, delete_in_kandji: bool, **given: Any) -> int:
        return self._asked(
            lambda store, basis: self._of_groups("unlink", store, basis, [group], delete_in_kandji=delete_in_kandji),
            **given,
        )

    def _of_groups(self, verb: str, store: Store, basis: Basis, names: Sequence[str], **more: Any) -> Asked:
        raise NotImplementedError

    def _inverses(self, store: Store, apply: int) -> tuple[Asked, ...]:
        raise NotImplementedError

    @property
    def _by(self) -> str:
        """The command line; no option takes a secret, so it holds none."""
        return shlex.join(["reconciler", *self.frame.argv])

    def _asked(
        self,
        wish: Callable[[Store, Basis], Asked],
        *,
        plan_file: Path | None,
        carry_out: bool,
        confirm: int | None,
        allow_removals: int | None,
        allow_additions: int | None,
        reason: str | None,
    ) -> int:
        from reconciler.commands import plan as command

        lifted = command.ceilings(allow_removals, allow_additions, reason)
        return self._planned(
            lambda store, basis: command.Order(by=self._by, asked=(wish(store, basis),), ceilings=lifted),
            plan_file,
            carry_out=carry_out,
            confirm=confirm,
        )

    def _planned(
        self, ordered: Ordered, plan_file: Path | None, *, carry_out: bool = False, confirm: int | None = None
    ) -> int:
        """Makes the plan, writes it to its file and shows it; with ``carry_out`` goes on to apply it."""
        from reconciler.commands import plan as command
        from reconciler.store import Store

        loaded = self.load()
        keeper = self.keeper(loaded)
        with self.logged(loaded):
            with Store.open(loaded.config.store.path) as store:
                made = self._made(loaded, keeper, store, ordered)
            path = plan_file or command.DEFAULT_FILE
            kept = command.worth_writing(made) or plan_file is not None
            if kept:
                command.write(path, made)
            if carry_out and made.changes:
                return self._applied_from(loaded, keeper, made, confirm=confirm)
        self._show(made)
        if kept:
            self.screen.say(f"plan: {path}")
        self._next(f"reconciler apply {shlex.quote(str(path))}" if made.changes else None)
        return 0

    def _made(self, loaded: Loaded, keeper: Keeper, store: Store, ordered: Ordered) -> Plan:
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
        order = ordered(store, basis)

        async def make() -> Plan:
            async with wired(loaded, keeper, self.outside, waiting=self.screen.say) as wiring:
                return await command.made(
                    basis,
                    order,
                    policy(config),
                    scope_set=bool(config.scope.groups),
                    now=clock(),
                    okta=lambda: wiring.live().okta,
                )

        return finish(make())

    def _show(self, made: Plan) -> None:
        from msgspec import to_builtins

        from reconciler.commands.plan_text import lines

        if self.screen.format == "json":
            self.screen.document(to_builtins(made))
        else:
            self.screen.result("\n".join(map(self.screen.shown, lines(made, self.outside.clock()))))
        self._tell_needs(made)

    def _tell_needs(self, made: Plan) -> None:
        raise NotImplementedError

    # --- verbs that carry one out, or look whether it was

    def apply(self, *, file: Path | None, dry_run: bool, resume: int | None, confirm: int | None) -> int:
        from reconciler.commands import plan as command

        if (file is None) == (resume is None):
            raise UsageError(
                "apply takes the file of a plan, or --resume and no file.",
                next="reconciler apply reconciler-plan.json, or: reconciler apply --resume",
            )
        made = None if file is None else command.read(file)
        loaded = self.load()
        keeper = self._with_secrets(loaded)
        with self.logged(loaded):
            if dry_run:
                return self._dry(loaded, keeper, made, resume)
            return self._applied_from(loaded, keeper, made, resume=resume, confirm=confirm)

    def _applied_from(
        self, loaded: Loaded, keeper: Keeper, made: Plan | None, *, confirm: int | None, resume: int | None = None
    ) -> int:
        raise NotImplementedError

    def _dry(self, loaded: Loaded, keeper: Keeper, made: Plan | None, resume: int | None) -> int:
        raise NotImplementedError
