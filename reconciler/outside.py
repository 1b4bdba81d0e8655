"""The world around one command: its streams, clock, environment and wire; and what becomes of errors and signals."""

from __future__ import annotations

import os
import platform
import signal
import sys
from collections.abc import Awaitable, Callable, Coroutine, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, TextIO, TypeVar

import click

from reconciler.errors import ReconcilerError, UsageError

if TYPE_CHECKING:
    from datetime import datetime

    import httpx

    from reconciler.commands.screen import Screen
    from reconciler.config import Config

T = TypeVar("T")

_NO_COMMAND: Any = getattr(click.exceptions, "NoArgsIsHelpError", ())
"""click before 8.2 prints the help by itself and raises nothing."""

INTERRUPTED = 130
TERMINATED = 143
UNEXPECTED = 1


class Terminated(KeyboardInterrupt):
    """SIGTERM; treated like Ctrl-C, but for the exit code."""


@dataclass(frozen=True, slots=True)
class Outside:
    """Everything that a command takes from the outside. Tests hand in their own."""

    environ: Mapping[str, str]
    stdin: TextIO
    stdout: TextIO
    stderr: TextIO
    clock: Callable[[], datetime]
    sleep: Callable[[float], Awaitable[None]]
    transport: Callable[[Config], httpx.AsyncBaseTransport] | None = None
    """What requests are sent by; None: the system's TLS, proxies and ``[network] ca``."""
    ask: Callable[[str, bool], str] | None = None
    """Puts a question on the terminal (hidden: without echo); None where nobody answers."""
    host: str = ""
    """Name of this machine: the journal says where a change was asked for."""

    @classmethod
    def real(cls) -> Outside:
        """This process's own."""
        for stream in (sys.stdout, sys.stderr):
            if hasattr(stream, "reconfigure"):
                stream.reconfigure(errors="backslashreplace")  # a terminal without UTF-8 must not end a run
        return cls(
            environ=os.environ,
            stdin=sys.stdin,
            stdout=sys.stdout,
            stderr=sys.stderr,
            clock=_now,
            sleep=_sleep,
            ask=_ask if sys.stdin is not None and sys.stdin.isatty() else None,
            host=platform.node(),
        )

    @property
    def who(self) -> str:
        """The account that runs this command, as the environment names it."""
        named = (self.environ.get(name) for name in ("USER", "LOGNAME", "USERNAME"))
        return next(filter(None, named), "not told")


def _now() -> datetime:
    from datetime import UTC, datetime

    return datetime.now(UTC)


async def _sleep(seconds: float) -> None:
    import asyncio

    await asyncio.sleep(seconds)


def _ask(question: str, hidden: bool) -> str:
    text: str = click.prompt(question, hide_input=hidden, err=True, default="", show_default=False)
    return text


@dataclass(slots=True)
class Frame:
    """One call of the program: what was typed, and what must be known when it ends badly."""

    outside: Outside
    argv: list[str]
    options: dict[str, Any] = field(default_factory=dict)
    clean: Callable[[str], str] = str
    """Strikes out the secrets known so far."""
    placed: Callable[[ReconcilerError], ReconcilerError] = lambda error: error
    """Puts the place of a secret in the config file into an error about it."""
    log: Path | None = None
    """Where the traceback of the error that is under way was put."""
    under_way: str = ""
    """The command that completes what ends half-way, while something is being changed."""

    @property
    def format(self) -> str:
        """The format asked for, by option or by the ending of ``-o``."""
        chosen: str | None = self.options.get("format")
        output: Path | None = self.options.get("output")
        by_ending = {".json": "json", ".tsv": "tsv", ".md": "md", ".html": "html", ".csv": "csv"}
        return chosen or by_ending.get(output.suffix.lower() if output else "", "text")

    def screen(self) -> Screen:
        from reconciler.commands.screen import Screen

        outside, options = self.outside, self.options
        wish = options.get("color") or ("never" if outside.environ.get("NO_COLOR") else "auto")
        output: Path | None = options.get("output")
        return Screen(
            stdout=outside.stdout,
            stderr=outside.stderr,
            format=self.format,
            output=None if output is None or str(output) == "-" else output,
            quiet=bool(options.get("quiet")),
            color=wish == "always" or (wish == "auto" and output is None and outside.stdout.isatty()),
            width=_width(outside),
            clean=self.clean,
        )


def _width(outside: Outside) -> int:
    from shutil import get_terminal_size

    return get_terminal_size((100, 24)).columns if outside.stdout.isatty() else 100


def guarded(group: click.Group, argv: list[str], outside: Outside) -> int:
    """Runs the grammar and turns whatever happens into words and an exit code; never a traceback on the screen."""
    frame = Frame(outside=outside, argv=argv)
    if "json" in argv or "--format=json" in argv:  # so that a mistake in the grammar is told as JSON, too
        frame.options["format"] = "json"
    with _terminable():
        try:
            code = group.main(args=argv, prog_name="reconciler", standalone_mode=False, obj=frame)
            return code if isinstance(code, int) else 0
        except _NO_COMMAND as error:
            outside.stderr.write(error.format_message() + "\n")
            return UsageError.exit_code
        except click.ClickException as error:
            return _told(frame, _usage(error))
        except ReconcilerError as error:
            return _told(frame, frame.placed(error))
        except (KeyboardInterrupt, click.Abort) as error:
            # click turns every KeyboardInterrupt into Abort and keeps it as the cause
            terminated = isinstance(error, Terminated) or isinstance(error.__cause__, Terminated)
            return _told(frame, _interrupted(frame), TERMINATED if terminated else INTERRUPTED)
        except BrokenPipeError:
            _drop_stdout()
            return 0
        except Exception as error:
            return _told(frame, _unexpected(frame, error), UNEXPECTED)


def _told(frame: Frame, error: ReconcilerError, code: int | None = None) -> int:
    from reconciler.commands.screen import error_document

    code = error.exit_code if code is None else code
    screen = frame.screen()
    screen.error(error)
    if frame.format == "json":
        import json

        from reports.text import escaped

        told = escaped(json.dumps(error_document((error,), code), ensure_ascii=False))
        frame.outside.stdout.write(frame.clean(told) + "\n")
    return code


def _usage(error: click.ClickException) -> UsageError:
    context = getattr(error, "ctx", None)
    path = context.command_path if context is not None else "reconciler"
    message = " ".join(error.format_message().split())
    return UsageError(message if message.endswith((".", "?")) else message + ".", next=f"see: {path} --help")


def _interrupted(frame: Frame) -> ReconcilerError:
    return ReconcilerError("Interrupted.", why=_left(frame), next=frame.under_way or None)


def _left(frame: Frame) -> str:
    if frame.under_way:
        return "changes were being made; the journal holds how far each came, and nothing is done twice."
    return "nothing was written half; what earlier runs found is still there."


def _unexpected(frame: Frame, error: Exception) -> ReconcilerError:
    from reconciler.commands.logs import keep_traceback

    where = frame.log or keep_traceback(error, frame.clean)
    facts = (("log", str(where)),) if where is not None else ()
    return ReconcilerError(
        f"Unexpected: {type(error).__name__}. This is a mistake of the program.",
        facts=facts,
        why=_left(frame),
        next="; and ".join(filter(None, (frame.under_way, "report it with the log; it holds no secret, but names"))),
    )


def _drop_stdout() -> None:
    """Whoever read our output went away; Python would complain again when it closes the stream."""
    with open(os.devnull, "w") as nowhere:
        os.dup2(nowhere.fileno(), sys.stdout.fileno())


def finish(work: Coroutine[Any, Any, T]) -> T:
    """Runs ``work`` to its end. SIGTERM cancels it, so that connections close, and is raised as Terminated."""
    import asyncio

    ended = False

    async def cancellable() -> T:
        nonlocal ended
        loop, task = asyncio.get_running_loop(), asyncio.current_task()

        def end() -> None:
            nonlocal ended
            ended = True
            if task is not None:
                task.cancel()

        with suppress(NotImplementedError, RuntimeError, ValueError):  # Windows; a thread that is not the main one
            loop.add_signal_handler(signal.SIGTERM, end)
        return await work

    before = signal.getsignal(signal.SIGTERM)
    try:
        return asyncio.run(cancellable())
    except asyncio.CancelledError:
        if ended:
            raise Terminated from None
        raise
    finally:
        with suppress(ValueError):
            signal.signal(signal.SIGTERM, before)


@contextmanager
def _terminable() -> Iterator[None]:
    """SIGTERM ends the program like Ctrl-C does; outside the main thread nothing can be set, and nothing is."""

    def end(number: int, stack: object) -> None:
        raise Terminated

    try:
        before = signal.signal(signal.SIGTERM, end)
    except ValueError:
        yield
        return
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)
