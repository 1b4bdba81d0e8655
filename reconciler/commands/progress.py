"""Shows how a pull gets on: bars where there is a terminal, one plain line a source where there is none."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Protocol, TextIO

from reconciler.commands.screen import Screen
from reconciler.model import Source


class Shown(Protocol):
    """What ``pull`` tells while it reads."""

    def rows(self, source: str, rows: int, total: int | None) -> None: ...

    def waiting(self, words: str) -> None: ...


class Plain:
    """Nothing while reading but waits; ``sources`` tells each source afterwards."""

    def __init__(self, screen: Screen) -> None:
        self._screen = screen

    def rows(self, source: str, rows: int, total: int | None) -> None:
        return None

    def waiting(self, words: str) -> None:
        self._screen.say(words)


class Bars:
    """A line a source that counts up, on a terminal."""

    def __init__(self, stream: TextIO, clean: Screen) -> None:
        from rich.console import Console
        from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

        self._progress = Progress(
            TextColumn("{task.description}", markup=False),
            BarColumn(bar_width=24),
            MofNCompleteColumn(),
            TimeElapsedColumn(),
            console=Console(file=stream, no_color=not clean.color, highlight=False),
            transient=True,
        )
        self._tasks: dict[str, object] = {}
        self._clean = clean

    def __enter__(self) -> Bars:
        self._progress.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._progress.stop()

    def rows(self, source: str, rows: int, total: int | None) -> None:
        from rich.progress import TaskID

        if source not in self._tasks:
            self._tasks[source] = self._progress.add_task(source, total=total)
        task = self._tasks[source]
        assert isinstance(task, int)  # noqa: S101 - TaskID is an int that only the type checker tells apart
        self._progress.update(TaskID(task), completed=rows, total=total)

    def waiting(self, words: str) -> None:
        self._progress.console.print(self._clean.clean(words), markup=False, highlight=False)


@contextmanager
def shown(screen: Screen) -> Iterator[Shown]:
    """Bars on a terminal, plain lines elsewhere, nothing but waits with ``-q``."""
    if screen.stderr.isatty() and not screen.quiet:
        with Bars(screen.stderr, screen) as bars:
            yield bars
    else:
        yield Plain(screen)


def tell_sources(screen: Screen, sources: Iterable[Source]) -> None:
    """One plain line a source: what was read, and how it is known to be whole."""
    for source in sources:
        counted = f"{source.rows:,} rows, {source.pages:,} pages"
        told = source.reason or source.how_known
        screen.say(f"{source.name}: {source.state}, {counted}" + (f" ({told})" if told else ""))
