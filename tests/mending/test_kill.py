"""Wherever the program is killed, and again while it resumes: the world becomes what it is without a kill, nothing is
done twice, and each change is closed once."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import count
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from tests.mending.courses import Course, End
from tests.mending.fingerprint import difference
from tests.mending.killing import Program
from tests.mending.scenes import BACKWARDS, SCENES, Scene, sampled

AGAIN = (1, 2, 3, 5, 8, 13, None)
"""Events of the resumed run at which it is killed as well, in turn; None: not at all."""


@pytest.fixture(scope="module")
def program() -> Iterator[Program]:
    made = Program()
    yield made
    made.end()


@pytest.fixture
def memory(tmp_path: Path) -> Iterator[Path]:
    """A folder in memory, where there is such a thing: a kill leaves there what it leaves on a disk."""
    place = Path("/dev/shm")  # noqa: S108 - a folder of its own is made in it
    if not place.is_dir():
        yield tmp_path
        return
    with TemporaryDirectory(dir=place) as folder:
        yield Path(folder)


def trouble(end: End, undisturbed: End) -> list[str]:
    """What is not as it would be without a kill, in words."""
    found = [f"{part}: {row}" for part, rows in difference(undisturbed.world, end.world).items() for row in rows]
    found += [f"taken {times} times: {write}" for write, times in end.writes.items() if times > 1]
    found += [f"not taken: {write}" for write in undisturbed.writes if write not in end.writes]
    if end.closed != undisturbed.closed:
        found.append(f"closing events: {dict(end.closed)} instead of {dict(undisturbed.closed)}")
    if (end.begun, end.ended) != (undisturbed.begun, undisturbed.ended):
        found.append(f"begun {end.begun} times, ended {end.ended} times")
    return found


@pytest.mark.parametrize("scene", sampled([*SCENES, *BACKWARDS]))
def test_a_kill_at_any_event_and_again_while_resuming_changes_nothing(
    scene: Scene, memory: Path, program: Program
) -> None:
    course = Course(scene, memory, program)
    undisturbed = course.gone()
    assert set(undisturbed.closed.values()) == {1}, undisturbed.told
    found = {}
    for number in count(1):
        end = course.gone(number, AGAIN[number % len(AGAIN)])
        if not end.killed:
            break
        wrong = trouble(end, undisturbed)
        if wrong:
            found[number] = [*wrong, end.told]
    assert found == {}
    assert number > 6, "too few events to be an apply"
