"""Where the result goes: a stream or a file, whole or not at all."""

from __future__ import annotations

import errno
import io
import os
import threading
from pathlib import Path

import pytest

from reconciler.commands.screen import Screen, write_whole
from reconciler.errors import StoreError


class Full(io.StringIO):
    """A stream on a full disk."""

    def write(self, text: str) -> int:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


def test_a_link_keeps_leading_to_its_file(tmp_path: Path) -> None:
    target, link = tmp_path / "page.html", tmp_path / "latest.html"
    target.write_text("old", encoding="utf-8")
    link.symlink_to(target)
    write_whole(link, "new", mode=0o600)
    assert (link.is_symlink(), target.read_text(encoding="utf-8")) == (True, "new")


def test_a_pipe_is_written_to_and_not_replaced(tmp_path: Path) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    got: list[str] = []
    reader = threading.Thread(target=lambda: got.append(pipe.read_text(encoding="utf-8")))
    reader.start()
    write_whole(pipe, "words", mode=0o600)
    reader.join()
    assert (got, pipe.is_fifo()) == (["words"], True)


def test_a_folder_in_the_way_is_told(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match="can't be written"):
        write_whole(tmp_path, "words", mode=0o600)


def test_a_full_disk_behind_stdout_is_told_as_a_file_that_can_t_be_written() -> None:
    with pytest.raises(StoreError, match="stdout"):
        Screen(stdout=Full(), stderr=io.StringIO()).result("words")
