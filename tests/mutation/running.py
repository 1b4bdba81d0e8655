"""Runs the tests of one module against each of its mutants, and tells which survive.

The tests are collected once. For each mutant the process forks; the child exchanges the code of the one function, and
runs the tests that pass through the lines in question, quickest first, until one fails. A mistake outside functions
counts on import: there, and where no test seems to pass, the child imports the product and the tests anew. Nothing on
the disk is ever changed.
"""

from __future__ import annotations

import contextlib
import importlib.abc
import importlib.util
import json
import os
import pickle
import resource
import signal
import sys
import tempfile
import threading
import time
import types
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest
from _pytest.runner import runtestprotocol
from hypothesis import HealthCheck, Phase, settings

from tests.mutation.covered import COVERED, WORDING
from tests.mutation.mutants import Mutant, mutants, tree_with

_OPTIONS = ("-o", "addopts=", "-p", "no:cacheprovider", "-p", "no:xdist", "--capture=no", "--assert=plain", "-q", "-q")
_ONLY = ("-m", "not prove and not facts and not browser")
_OURS = ("reconciler", "reports", "tests")
_SECONDS, _TIMES = 5, 4
"""A mutant's tests may take so many seconds of the processor, and so many times what they take without it."""
_MEMORY = 4 * 1024**3


def main() -> None:
    """``module result``: writes the result as JSON, a list of all mutants, each with whether it survived."""
    module, result = sys.argv[1:]
    settings.register_profile(
        "mutation",
        derandomize=True,
        database=None,
        deadline=None,
        phases=(Phase.explicit, Phase.generate),
        suppress_health_check=list(HealthCheck),
    )
    settings.load_profile("mutation")
    plugin = Mutating(module)
    files = COVERED[module]
    code = pytest.main([*_OPTIONS, *_ONLY, *files], plugins=[plugin])
    if code != 0 or plugin.told is None:
        raise SystemExit(f"{module}: the tests did not pass without a mutant ({code})")
    Path(result).write_text(json.dumps(plugin.told), encoding="utf-8")


class Mutating:
    """Takes the place of pytest's own loop over the tests."""

    def __init__(self, module: str) -> None:
        self._file = Path(module).resolve()
        self._name = module.removesuffix(".py").replace("/", ".")
        self._source = self._file.read_text(encoding="utf-8")
        self._mutants = mutants(self._source, WORDING.get(module, ()))
        self._files = COVERED[module]
        self.told: list[dict[str, Any]] | None = None

    def pytest_runtestloop(self, session: pytest.Session) -> bool:
        traces = self._traced(session.items)
        told = []
        for number, mutant in enumerate(self._mutants, start=1):
            asked = self._asked(mutant, traces)
            items = [session.items[at] for at in asked]
            survived = self._survives(mutant, items, sum(traces[at][1] for at in asked or range(len(traces))))
            told.append({"key": mutant.key, "line": mutant.lines[-1], "survived": survived, "asked": len(items)})
            if survived:
                print(
                    f"{self._file.name}:{mutant.lines[-1]} {mutant.where} | {mutant.text} | {mutant.what}"
                    f" | {len(items)} tests",
                    flush=True,
                )
            elif number % 50 == 0:
                print(f"{self._file.name}: {number} of {len(self._mutants)}", flush=True)
        self.told = told
        return True

    def _traced(self, items: Sequence[pytest.Item]) -> list[tuple[frozenset[int], float]]:
        """Lines of the module that each test runs, and its seconds: in a child, so that nothing stays behind."""
        with tempfile.NamedTemporaryFile() as file:
            child = os.fork()
            if child == 0:
                with _ended(0):
                    traces = []
                    for item, following in _in_turn(items):
                        lines: set[int] = set()
                        began = time.process_time()
                        with _tracing(str(self._file), lines):
                            passed = _passes(item, following)
                        if not passed:
                            print(f"fails without a mutant: {item.nodeid}", flush=True)
                            os._exit(1)
                        traces.append((frozenset(lines), time.process_time() - began))
                    Path(file.name).write_bytes(pickle.dumps(traces))
            if os.waitpid(child, 0)[1] != 0:
                raise SystemExit("the tests do not pass without a mutant")
            return list(pickle.loads(Path(file.name).read_bytes()))  # noqa: S301 - our own child wrote it

    def _asked(self, mutant: Mutant, traces: Sequence[tuple[frozenset[int], float]]) -> list[int]:
        """The tests that run its lines; none where it counts on import, or a test file runs them on import."""
        lines = frozenset(mutant.lines) if mutant.where else frozenset[int]()
        asked = [at for at, (seen, _) in enumerate(traces) if seen & lines]
        return sorted(asked, key=lambda at: traces[at][1])

    def _survives(self, mutant: Mutant, items: Sequence[pytest.Item], seconds: float) -> bool:
        child = os.fork()
        if child == 0:
            _bounded(int(_SECONDS + _TIMES * seconds))
            _quiet()
            with _ended(1):
                code = compile(tree_with(self._source, mutant), str(self._file), "exec")
                if items:
                    _exchange(sys.modules[self._name], mutant.where, code)
                    passed = all(_passes(item, following) for item, following in _in_turn(items))
                else:
                    passed = self._passes_anew(code)
                os._exit(0 if passed else 1)
        return os.waitpid(child, 0)[1] == 0

    def _passes_anew(self, code: types.CodeType) -> bool:
        for name in [name for name in sys.modules if name.split(".")[0] in _OURS]:
            if not name.startswith("tests.mutation"):
                del sys.modules[name]
        sys.meta_path.insert(0, _Exchanged(self._name, self._file, code))
        return pytest.main([*_OPTIONS, *_ONLY, "-x", *self._files]) == 0


class _Exchanged(importlib.abc.MetaPathFinder, importlib.abc.Loader):
    """Imports one module from other code than its file's."""

    def __init__(self, name: str, file: Path, code: types.CodeType) -> None:
        self._name, self._file, self._code = name, file, code

    def find_spec(self, fullname: str, path: Any, target: Any = None) -> Any:
        if fullname != self._name:
            return None
        return importlib.util.spec_from_file_location(fullname, self._file, loader=self)

    def create_module(self, spec: Any) -> None:
        return None

    def exec_module(self, module: types.ModuleType) -> None:
        exec(self._code, module.__dict__)  # noqa: S102 - the module's own code with one change


def _in_turn(items: Sequence[pytest.Item]) -> Iterator[tuple[pytest.Item, pytest.Item | None]]:
    return zip(items, [*items[1:], None], strict=True)


def _passes(item: pytest.Item, following: pytest.Item | None) -> bool:
    return not any(report.failed for report in runtestprotocol(item, log=False, nextitem=following))


def _exchange(module: types.ModuleType, where: str, code: types.CodeType) -> None:
    """Gives the function the code that the mutated module has for it; whoever holds the function sees it."""
    found: Any = module
    for name in where.split("."):
        found = vars(found)[name]
        inner = (one for one in code.co_consts if isinstance(one, types.CodeType) and one.co_name == name)
        code = next(inner)
    for wrapper in ("fget", "__func__", "func"):
        found = getattr(found, wrapper, found) if not isinstance(found, types.FunctionType) else found
    while hasattr(found, "__wrapped__"):
        found = found.__wrapped__
    found.__code__ = code


@contextlib.contextmanager
def _tracing(file: str, lines: set[int]) -> Iterator[None]:
    def inside(frame: types.FrameType, event: str, _: Any) -> Any:
        lines.add(frame.f_lineno)
        return inside

    def tracer(frame: types.FrameType, event: str, _: Any) -> Any:
        return inside if frame.f_code.co_filename == file else None

    threading.settrace(tracer)
    sys.settrace(tracer)
    try:
        yield
    finally:
        sys.settrace(None)
        threading.settrace(None)  # type: ignore[arg-type]


@contextlib.contextmanager
def _ended(code: int) -> Iterator[None]:
    """Ends the process, whatever happens."""
    try:
        yield
    except BaseException as error:
        print(repr(error), flush=True)
        os._exit(1)
    os._exit(code)


def _bounded(seconds: int) -> None:
    """An endless loop ends by its own time, an endless wait by the clock's."""
    signal.signal(signal.SIGVTALRM, signal.SIG_DFL)
    signal.signal(signal.SIGALRM, signal.SIG_DFL)
    signal.setitimer(signal.ITIMER_VIRTUAL, seconds)
    signal.alarm(6 * seconds)
    resource.setrlimit(resource.RLIMIT_AS, (_MEMORY, _MEMORY))


def _quiet() -> None:
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, 1)
    os.dup2(nowhere, 2)


if __name__ == "__main__":
    main()
