"""The verbs: each reads the config, opens what it needs, calls ``commands`` and puts out the result."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from reconciler.errors import ReconcilerError
from reconciler.mending import Mending
from reconciler.outside import Terminated, finish
from reconciler.session import option_for

if TYPE_CHECKING:
    from reconciler.commands.explain import Explained
    from reconciler.commands.explained import ExplainDocument, Live
    from reconciler.commands.run import FailOn, Written
    from reconciler.config_file import Loaded
    from reconciler.secrets import Keeper
    from reconciler.store import Store
    from reports.report import Report


class Verbs(Mending):
    """One method a verb; each returns its exit code."""

    def init(self, **given: Any) -> int:
        from reconciler.commands import init as command
        from reconciler.config_text import find

        answers = command.Answers(**given)
        self.screen.tell(command.WARNING + "\n")
        command.check(answers)
        path = find(self.chosen, self.outside.environ)
        ask = self.outside.ask
        if ask is not None and not self.frame.options.get("no_input"):
            answers = command.asked(answers, lambda question: ask(question, False))
        command.write(path, command.content(answers))
        if self.screen.format == "json":
            self.screen.document({"schema_version": 1, "file": str(path)})
        else:
            self.screen.result(str(path))
        self.screen.next(f"look it over, set the two secrets it names, then: reconciler doctor{option_for(path)}")
        return 0

    def doctor(self) -> int:
        from reconciler.commands import doctor as command
        from reconciler.commands.doctor_guide import look_at_guide
        from reconciler.commands.settings import settings

        loaded = self.load()
        config = loaded.config
        keeper = self.keeper(loaded)
        with self.logged(loaded):
            lines = [command.Line("config", "ok", f"{loaded.file}, digest {loaded.digest}")]
            lines += command.look_at_files(config.store.path, config.report.folder)
            lines += finish(self._examine(loaded, keeper))
            lines.append(
                command.foretell(
                    self._last_sources(config.store.path),
                    rate_share=config.okta.rate_share,
                    concurrency=config.network.concurrency,
                )
            )
            lines += look_at_guide(config.store.path, settings(config), self.outside.clock())
        if self.screen.format == "json":
            self.screen.document(command.document(lines))
        else:
            self.screen.result(self._shown(command.text(lines).split("\n")))
        code = command.exit_code(lines)
        self._next("reconciler run" if code == 0 else "mend what failed, then: reconciler doctor")
        return code

    async def _examine(self, loaded: Loaded, keeper: Keeper) -> list[Any]:
        from reconciler.commands import doctor as command
        from reconciler.wiring import dates_into, wired

        dates: list[command.Told] = []
        watch = dates_into(dates, self.outside.clock)
        async with wired(loaded, keeper, self.outside, waiting=self.screen.say, watch=watch) as wiring:
            lines = wiring.secrets()
            lines += await command.examine(wiring.sides(), dates)
            return [*lines, *wiring.encryption(frozenset(told.service for told in dates))]

    def _last_sources(self, path: Path) -> tuple[Any, ...]:
        from reconciler.store import Store

        try:
            with Store.open(path) as store:
                last = store.last(complete=True)
                return () if last is None else store.sources(last.id)
        except ReconcilerError:
            return ()  # a line of its own says so

    def pull(self, *, record: Path | None, accept_shrink: Sequence[str]) -> int:
        loaded = self.load()
        with self.logged(loaded), self._locked_store(loaded) as store:
            pulled = self._pulled(loaded, store, record, accept_shrink)
        self._tell_pulled(pulled)
        if self.screen.format == "json":
            from reconciler.commands.documents import pulled_document

            self.screen.document(pulled_document(pulled))
        else:
            self.screen.result(pulled.run.sentence)
        self._next(None if pulled.errors else "reconciler report")
        return pulled.exit_code

    def run(self, *, fail_on: FailOn, accept_shrink: Sequence[str], fix: bool) -> int:
        from reconciler.commands import run as command
        from reconciler.commands.exits import first_code

        loaded = self.load()
        if fix:
            command.check_auto(loaded.config.fix.auto)
        with self.logged(loaded), self._locked_store(loaded) as store:
            written = self._written(loaded, store, accept_shrink)
            self._put_out(written.report)
            for path in written.paths:
                self.screen.say(f"page: {path}")
            codes = [command.exit_code(written, fail_on)]
            if fix and not written.pulled.errors:
                codes.append(self._mended_unattended(loaded, store))
        return first_code(codes)

    def _written(self, loaded: Loaded, store: Store, accept_shrink: Sequence[str] = ()) -> Written:
        """Pulls and writes the pages."""
        from reconciler.checks import KINDS
        from reconciler.commands.run import publish
        from reconciler.commands.status import left_half

        wanted = loaded.config.report
        pulled = self._pulled(loaded, store, accept_shrink=accept_shrink)
        self._tell_pulled(pulled)
        written = publish(store, pulled, KINDS, folder=wanted.folder, formats=wanted.formats, mode=int(wanted.mode, 8))
        for left in left_half(store):
            self.screen.tell(f"warning: {left['words']}; next: {left['next']}")
        for error in written.errors[len(pulled.errors) :]:
            self.screen.error(error)
        return written

    def report(self, *, run_id: int | None, redact: bool) -> int:
        from reconciler.checks import KINDS
        from reconciler.commands import pages
        from reconciler.commands import report as command
        from reconciler.store import Store

        loaded = self.load()
        wanted = loaded.config.report
        with self.logged(loaded), Store.open(loaded.config.store.path) as store:
            report = command.build(store, KINDS, run_id=run_id)
            if redact:
                from reports.redact import redact as redacted

                report = redacted(report)
            options = self.frame.options
            if not options.get("format") and not options.get("output"):
                mode = int(wanted.mode, 8)
                for path in pages.write(report, wanted.folder, formats=wanted.formats, mode=mode):
                    self.screen.say(f"page: {path}")
            self._put_out(report)
        return 0

    def _put_out(self, report: Report) -> None:
        """The report in the format asked for; as text it ends with its own line ``next``."""
        from reconciler.commands import pages

        screen = self.screen
        screen.result(pages.text_of(report, screen.format, width=screen.width, color=screen.color))

    def status(self) -> int:
        from reconciler.commands import status as command
        from reconciler.config_text import store_path
        from reconciler.store import Store

        with Store.open(store_path(self.chosen, self.outside.environ)) as store:
            told = command.status(store, self.outside.clock())
        if self.screen.format == "json":
            self.screen.document(told)
        else:
            self.screen.result(self._shown(command.lines(told)))
        self._next(command.next_step(told))
        return 0

    def findings(self, *, run_id: int | None, **wanted: Any) -> int:
        from reconciler.checks import KINDS
        from reconciler.commands import findings as command
        from reconciler.config_text import store_path
        from reconciler.store import Store
        from reports.text import visible

        wish = command.Filter(**wanted)
        with Store.open(store_path(self.chosen, self.outside.environ)) as store:
            found, lives = command.select(store, wish, run_id=run_id, known=[kind.slug for kind in KINDS])
        self._put_list(
            lambda: command.document(found, lives), lambda: command.table(lives), lambda: command.text(lives, visible)
        )
        self._next("reconciler report" if lives else None)
        return 0

    def accept(self, *, withdraw: str | None, **given: Any) -> int:
        from reconciler.checks import KINDS
        from reconciler.commands import accepting as command
        from reconciler.config_text import store_path
        from reconciler.store import Store

        now, environ = self.outside.clock(), self.outside.environ
        with Store.open(store_path(self.chosen, environ), create=False) as store:
            if withdraw is not None:
                store.withdraw(withdraw, now, self.outside.who)
            else:
                wish = command.Wish(**given)
                command.accept(store, command.acceptances(wish, now, self.outside.who, [kind.slug for kind in KINDS]))
            self._put_accepted(store)
        self._next("it holds from the next run on: reconciler run" if withdraw is None else "reconciler run")
        return 0

    def accepted(self) -> int:
        from reconciler.config_text import store_path
        from reconciler.store import Store

        with Store.open(store_path(self.chosen, self.outside.environ)) as store:
            self._put_accepted(store)
        return 0

    def _put_accepted(self, store: Store) -> None:
        from reconciler.commands import accepting as command

        told = (*command.listed(store), self.outside.clock().date())
        self._put_list(
            lambda: command.document(*told), lambda: command.table(*told), lambda: self._shown(command.lines(*told))
        )

    def _shown(self, lines: Iterable[str]) -> str:
        return "\n".join(map(self.screen.shown, lines))

    def _put_list(
        self,
        document: Callable[[], Any],
        table: Callable[[], tuple[Sequence[str], Sequence[Sequence[str]]]],
        text: Callable[[], str],
    ) -> None:
        """A list in the format asked for; only what that needs is worked out."""
        from reconciler.commands import tables
        from reports.text import visible

        form = self.screen.format
        if form == "json":
            self.screen.document(document())
        elif form == "text":
            self.screen.result(text())
        else:
            write = tables.tsv if form == "tsv" else tables.markdown
            self.screen.result(write(*table(), visible))

    def history(self, *, who: str | None, between: tuple[int, int] | None, limit: int) -> int:
        from reconciler.commands import history as command
        from reconciler.config_text import store_path
        from reconciler.errors import UsageError
        from reconciler.store import Store

        if who is not None and between:
            raise UsageError("history tells of two runs or of somebody, not of both at once.", next="leave one out")
        with Store.open(store_path(self.chosen, self.outside.environ)) as store:
            told = command.shown(store, who=who, pair=between, limit=limit)
        self._put_list(lambda: told, lambda: command.table(told), lambda: self._shown(command.lines(told)))
        return 0

    def explain(self, *, who: str, run_id: int | None, live: bool) -> int:
        from msgspec import to_builtins

        from reconciler.checks import KINDS
        from reconciler.commands import explain as command
        from reconciler.commands.explain_text import as_markdown, text
        from reconciler.commands.explain_words import next_step
        from reconciler.config_text import store_path
        from reconciler.store import Store

        with Store.open(store_path(self.chosen, self.outside.environ)) as store:
            explained = command.explain(store, {kind.slug: kind for kind in KINDS}, who, run_id)
        told = self._with_now(explained) if live else explained.document
        form, screen = self.screen.format, self.screen
        if form == "json":
            screen.document(to_builtins(told))
        elif form == "md":
            screen.result(as_markdown(told))
        else:
            screen.result(text(told, screen.shown, width=screen.width, color=screen.color))
        self._next(next_step(told))
        return 0

    def _with_now(self, explained: Explained) -> ExplainDocument:
        """The document with what is so now; both sides are read, and nothing is written."""
        from msgspec.structs import replace as with_

        from reconciler.commands.explain_live import read_now
        from reconciler.wiring import wired

        loaded = self.load()

        async def read() -> Live:
            async with wired(loaded, keeper, self.outside, waiting=self.screen.say) as wiring:
                clock = self.outside.clock
                return await read_now(wiring.directories(), explained.near, explained.groups, clock)

        with self.logged(loaded):
            keeper = self._with_secrets(loaded)
            return with_(explained.document, live=finish(read()))

    def config_show(self, *, origin: bool) -> int:
        from reconciler.commands import config as command

        loaded = self.load()
        if self.screen.format == "json":
            self.screen.document(command.document(loaded))
        else:
            self.screen.result(command.text(loaded, origin=origin))
        return 0

    def config_validate(self) -> int:
        loaded = self.load()
        if self.screen.format == "json":
            self.screen.document({"schema_version": 1, "file": str(loaded.file), "digest": loaded.digest})
        else:
            self.screen.result(f"{loaded.file}: no mistake found")
        self._next("reconciler doctor")
        return 0

    def config_schema(self, document: str) -> int:
        from reconciler.commands.documents import schema

        self.screen.document(schema(document))
        return 0

    def demo(self, *, serve: bool, people: int, seed: int, days: int, folder: Path, truth: Path | None) -> int:
        from reconciler.commands.demo import running
        from reconciler.commands.exits import first_code

        # what is set for the real tenant must not reach into the simulated one
        environ = {name: value for name, value in self.outside.environ.items() if not name.startswith("RECONCILER_")}
        self.outside = self.frame.outside = replace(self.outside, environ=environ)
        self.screen.say(f"founding a company of {people:,} people, which lives {days} days …")
        clock = self.outside.clock
        with running(people=people, seed=seed, days=days, folder=folder, truth=truth, clock=clock) as company:
            self.frame.options["config"] = company.config
            self._look_back(company.past)
            loaded = self.load()
            with self.logged(loaded), self._locked_store(loaded) as store:
                written = self._written(loaded, store)
            page = next((path for path in written.paths if path.suffix == ".html"), None)
            if self.screen.format == "json":
                told = {"config": str(company.config), "page": str(page), "sentence": written.report.sentence}
                self.screen.document({"schema_version": 1, **told})
            else:
                self._put_out(written.report)
                self.screen.result(str(page))
            if serve:
                self._serve(company.config)
            else:
                self._next("reconciler plan")
        return first_code(error.exit_code for error in written.errors)

    def _serve(self, config: Path) -> None:
        """Keeps the company running until Ctrl-C, which is how it ends as it should; SIGTERM is passed on."""
        import threading

        self.screen.tell(f"the company keeps running; its config file is {config}; end it with Ctrl-C")
        self.screen.next(f"in another terminal: reconciler plan -c {config}")
        try:
            threading.Event().wait()
        except KeyboardInterrupt as error:
            if isinstance(error, Terminated):
                raise
