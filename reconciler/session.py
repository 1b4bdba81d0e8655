"""What one command needs at hand: config, secrets, log, lock, database, and a pull with all of these."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from reconciler.commands.screen import Screen
from reconciler.errors import ReconcilerError, TokenRefused, UsageError
from reconciler.outside import Frame, finish

if TYPE_CHECKING:
    from reconciler.commands.demo import Moment
    from reconciler.commands.pull import Pulled
    from reconciler.config_file import Loaded
    from reconciler.findings import Foreseen, Judgement
    from reconciler.secrets import Keeper
    from reconciler.store import Store
    from reconciler.world import World


class Session:
    """What every verb has at hand."""

    def __init__(self, frame: Frame, verb: str, formats: tuple[str, ...]) -> None:
        self.frame = frame
        self.outside = frame.outside
        self._resolved: tuple[Loaded, Keeper] | None = None
        self.screen: Screen = frame.screen()
        if frame.format not in formats:
            raise UsageError(
                f"{verb} can't be written as {frame.format}.", next=f"choose one of {', '.join(formats)}: --format"
            )

    @property
    def chosen(self) -> Path | None:
        """The config file that was named."""
        chosen: Path | None = self.frame.options.get("config")
        return chosen

    def load(self) -> Loaded:
        """The configuration; errors about its secrets then say where they are set."""
        from reconciler.checks import KINDS
        from reconciler.config_file import load

        loaded = load(self.chosen, environ=self.outside.environ, kinds=[kind.slug for kind in KINDS])
        self.frame.placed = lambda error: placed(error, loaded)
        return loaded

    def keeper(self, loaded: Loaded) -> Keeper:
        """Resolves the secrets of a configuration; from now on every output is cleaned of them."""
        from reconciler.secrets import Keeper

        ask = self.outside.ask
        keeper = Keeper(
            environ=self.outside.environ,
            folder=loaded.file.resolve().parent,
            ask=None if ask is None or self.frame.options.get("no_input") else lambda question: ask(question, True),
            warn=lambda words: self.screen.tell(f"warning: {words}"),
        )
        self.frame.clean = keeper.redactor.clean
        self.screen = self.frame.screen()
        return keeper

    @contextmanager
    def logged(self, loaded: Loaded) -> Iterator[None]:
        """With the log open; an error that leaves is in it with its traceback."""
        import logging

        from reconciler.commands.logs import logging_to

        log = loaded.config.log
        with logging_to(
            file=log.file,
            level=log.level,
            stderr=self.outside.stderr,
            verbose=self.frame.options.get("verbose", 0),
            clean=lambda text: self.frame.clean(text),
            warn=self.screen.tell,
        ):
            try:
                yield
            except ReconcilerError as error:
                logging.getLogger("reconciler").warning("%s", error.what, exc_info=error)
                raise
            except Exception as error:
                logging.getLogger("reconciler").error("unexpected", exc_info=error)
                self.frame.log = log.file
                raise

    def _next(self, command: str | None) -> None:
        """The one line that says what to type, with the config file where it is not the default one."""
        from reconciler.config_text import find

        if command:
            self.screen.next(command + option_for(find(self.chosen, {})))

    def _with_secrets(self, loaded: Loaded) -> Keeper:
        """Every secret resolved: whoever is asked for one is asked before anything is read, and once."""
        if self._resolved is not None and self._resolved[0] is loaded:
            return self._resolved[1]
        keeper = self.keeper(loaded)
        self._resolved = (loaded, keeper)
        for table, key, reference in loaded.config.references():
            where = loaded.where(table, key)
            keeper.resolve(reference, key=f"{table}.{key}", where=where, lines=key == "private_key")
        return keeper

    def _pulled(
        self, loaded: Loaded, store: Store, record: Path | None = None, accept_shrink: Sequence[str] = ()
    ) -> Pulled:
        from reconciler.commands.foresee import foresee
        from reconciler.commands.progress import shown
        from reconciler.commands.pull import pull
        from reconciler.commands.settings import occasion, policy, settings, shrinkable
        from reconciler.wiring import wired

        wanted, how = settings(loaded.config, shrinkable(accept_shrink)), occasion(loaded, self.frame.argv)

        def foretold(world: World, judgement: Judgement) -> tuple[Foreseen, ...]:
            return foresee(world, judgement, policy(loaded.config), store, how, self.outside.clock())

        keeper = self._with_secrets(loaded)
        watch: Callable[[str], Callable[[Any], None]] | None = None
        if record is not None:
            from reconciler.commands.record import Recorder

            watch = Recorder(record, clean=keeper.redactor.clean).watch

        async def read() -> Pulled:
            with shown(self.screen) as progress:
                async with wired(loaded, keeper, self.outside, waiting=progress.waiting, watch=watch) as wiring:
                    return await pull(
                        wiring.directories(),
                        store,
                        wanted,
                        how,
                        clock=self.outside.clock,
                        progress=progress.rows,
                        foresee=foretold,
                    )

        return finish(read())

    def _look_back(self, past: Iterator[Moment]) -> None:
        """The runs of the past: kept in the database like any other, told in one line each, without a page."""
        from reports.words import moment as told

        now, say, loaded = self.outside, self.screen.say, self.load()
        quiet = self.frame.options.get("quiet")
        self.frame.options["quiet"] = True
        try:
            with self.logged(loaded), self._locked_store(loaded) as store:
                for moment in past:
                    self._resolved = None  # a token may be another one by now
                    self.outside = replace(now, clock=moment.clock, sleep=moment.sleep, transport=moment.transport)
                    run = self._pulled(loaded, store, None).run
                    say(f"run {run.id} · {told(run.finished)} · {run.sentence}")
        finally:
            self.outside = now
            self.frame.options["quiet"] = quiet
            self.screen = self.frame.screen()

    def _tell_pulled(self, pulled: Pulled) -> None:
        from reconciler.commands.progress import tell_sources

        tell_sources(self.screen, pulled.sources)
        for error in pulled.errors:
            self.screen.error(self.frame.placed(error))

    @contextmanager
    def _locked_store(self, loaded: Loaded) -> Iterator[Store]:
        import shlex

        from reconciler.store import Store, lock

        path = loaded.config.store.path
        with lock(path, command=shlex.join(["reconciler", *self.frame.argv])), Store.open(path) as store:
            yield store


def placed(error: ReconcilerError, loaded: Loaded) -> ReconcilerError:
    """The error with the very line of the config file where the refused token is set."""
    key = {
        "Okta": ("okta", "token" if loaded.config.okta.auth == "token" else "private_key"),
        "Kandji SCIM": ("kandji", "token"),
        "Kandji API": ("kandji", "api_token"),
    }
    if isinstance(error, TokenRefused) and error.next:
        for service, path in key.items():
            if error.what.startswith(f"{service} ") or error.what.startswith(f"{service}'"):
                error.next = error.next.replace("where the config file says", f"where {loaded.where(*path)} says")
                break
    return error


def option_for(path: Path) -> str:
    """The option that names this config file again, where it is not the default one."""
    import shlex

    from reconciler.config_text import DEFAULT_FILE

    return "" if str(path) == DEFAULT_FILE else f" -c {shlex.quote(str(path))}"
