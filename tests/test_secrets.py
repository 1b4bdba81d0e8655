from __future__ import annotations

import os
import pickle
import sys
from pathlib import Path
from typing import Any

import pytest

from reconciler.config import Reference
from reconciler.errors import ConfigError
from reconciler.secrets import HIDDEN, Keeper, Redactor, Secret

CANARY = "00canary-TOKEN_value"


def keeper(folder: Path, **more: Any) -> Keeper:
    return Keeper(environ={"TOKEN": CANARY, "EMPTY": " "}, folder=folder, **more)


def reference(**way: Any) -> Reference:
    return Reference(**way)


def resolved(folder: Path, way: Reference, **more: Any) -> str:
    return keeper(folder, **more).resolve(way, key="okta.token", where="config.toml:5").reveal()


def refused(folder: Path, way: Reference, **more: Any) -> ConfigError:
    with pytest.raises(ConfigError) as caught:
        resolved(folder, way, **more)
    return caught.value


def test_an_environment_variable_is_read(tmp_path: Path) -> None:
    assert resolved(tmp_path, reference(env="TOKEN")) == CANARY


def test_a_file_is_read_without_its_line_end(tmp_path: Path) -> None:
    file = tmp_path / "token"
    file.write_text(CANARY + "\n")
    file.chmod(0o600)
    assert resolved(tmp_path, reference(file=file)) == CANARY


def test_a_credential_of_systemd_is_read(tmp_path: Path) -> None:
    (tmp_path / "okta").write_text(CANARY)
    with_folder = Keeper(environ={"CREDENTIALS_DIRECTORY": str(tmp_path)}, folder=tmp_path)
    assert with_folder.resolve(reference(credential="okta"), key="k", where="w").reveal() == CANARY


def test_what_a_command_prints_is_read(tmp_path: Path) -> None:
    command = (sys.executable, "-c", "import os; print(os.environ['TOKEN'])")
    assert resolved(tmp_path, reference(command=command)) == CANARY


def test_the_terminal_is_asked(tmp_path: Path) -> None:
    assert resolved(tmp_path, reference(prompt="Token"), ask=lambda words: f"{CANARY}-{words}") == f"{CANARY}-Token"


def test_nobody_is_asked_where_nobody_can_answer(tmp_path: Path) -> None:
    assert "nobody is there to answer" in refused(tmp_path, reference(prompt="Token")).what


def test_a_missing_secret_names_the_key_and_the_line_of_the_config(tmp_path: Path) -> None:
    error = refused(tmp_path, reference(env="NOT_THERE"))
    assert error.what == "The secret for okta.token can't be had: the environment variable NOT_THERE is not set."
    assert error.facts == (("set in", "config.toml:5"),)


@pytest.mark.parametrize(
    ("way", "words"),
    [
        ({"env": "EMPTY"}, "is empty"),
        ({"file": Path("/nowhere/token")}, "can't be read"),
        ({"credential": "okta"}, "CREDENTIALS_DIRECTORY is not set"),
        ({"keyring": "no-slash"}, 'must be "service/user"'),
        ({"command": ("/nowhere/program",)}, "can't be started"),
        ({"command": (sys.executable, "-c", "raise SystemExit(3)")}, "ended with 3"),
    ],
)
def test_each_way_that_fails_says_why(tmp_path: Path, way: dict[str, Any], words: str) -> None:
    assert words in refused(tmp_path, reference(**way)).what


def test_what_a_failing_command_printed_is_not_repeated(tmp_path: Path) -> None:
    code = "import os, sys; print(os.environ['TOKEN']); print(os.environ['TOKEN'], file=sys.stderr); sys.exit(1)"
    error = refused(tmp_path, reference(command=(sys.executable, "-c", code)))
    assert CANARY not in "\n".join(error.lines())


@pytest.mark.parametrize("value", [f"{CANARY}\n{CANARY}", f"{CANARY} x", f"{CANARY}é"])
def test_a_token_that_could_not_be_sent_is_refused_and_not_repeated(tmp_path: Path, value: str) -> None:
    file = tmp_path / "token"
    file.write_text(value)
    file.chmod(0o600)
    assert CANARY not in "\n".join(refused(tmp_path, reference(file=file)).lines())


def test_a_key_may_have_several_lines(tmp_path: Path) -> None:
    file = tmp_path / "key.pem"
    file.write_text("-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n")
    file.chmod(0o600)
    key = keeper(tmp_path).resolve(reference(file=file), key="okta.private_key", where="w", lines=True)
    assert key.reveal().count("\n") == 2


@pytest.mark.skipif(os.name != "posix", reason="file modes are POSIX")
def test_a_file_that_others_may_read_is_warned_about(tmp_path: Path) -> None:
    file = tmp_path / "token"
    file.write_text(CANARY)
    file.chmod(0o644)
    warned: list[str] = []
    resolved(tmp_path, reference(file=file), warn=warned.append)
    file.chmod(0o600)
    resolved(tmp_path, reference(file=file), warn=warned.append)
    assert warned == [f"{file} can be read by others (mode 0644); close it with: chmod 600 {file}"]


def test_a_secret_hides_itself() -> None:
    secret = Secret(CANARY)
    assert CANARY not in f"{secret} {secret!r} {secret:>40} {secret!s} {[secret]} %s" % secret
    with pytest.raises(TypeError):
        pickle.dumps(secret)


def test_every_resolved_secret_is_struck_out(tmp_path: Path) -> None:
    redactor = Redactor()
    resolved(tmp_path, reference(env="TOKEN"), redactor=redactor)
    assert redactor.clean(f"sent {CANARY} twice: {CANARY}") == f"sent {HIDDEN} twice: {HIDDEN}"


@pytest.mark.parametrize(
    "text",
    [
        "Authorization: SSWS 00abcdef",
        "authorization: Bearer abc.def",
        "token eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiIx.c2ln",
        "-----BEGIN RSA PRIVATE KEY-----\nMIIE00abcdef\n-----END RSA PRIVATE KEY-----",
    ],
)
def test_whatever_looks_like_a_credential_is_struck_out(text: str) -> None:
    cleaned = Redactor().clean(text)
    assert HIDDEN in cleaned
    assert "00abcdef" not in cleaned
    assert "abc.def" not in cleaned
    assert "eyJ" not in cleaned
