from __future__ import annotations

import tomllib
from pathlib import Path

import pytest

from reconciler.config_file import load
from reconciler.errors import ConfigError
from tests.commands.samples import call

ANSWERS = (
    "--org-url",
    "https://acme.okta.com",
    "--app-id",
    "0oa1",
    "--scim-url",
    "https://acme.api.kandji.io/api/v1/scim",
)


def test_a_configuration_is_written_that_loads(tmp_path: Path) -> None:
    file = tmp_path / "config.toml"
    told = call("init", "--no-input", "-c", file, *ANSWERS)
    assert told.code == 0
    assert told.out == f"{file}\n"
    config = load(file, environ={}).config
    assert config.okta.app_id == "0oa1"
    assert config.okta.token is not None
    assert config.okta.token.parts() == ("env", "OKTA_API_TOKEN")
    assert file.stat().st_mode & 0o777 == 0o600


def test_the_warning_about_the_scim_token_comes_before_anything_else(tmp_path: Path) -> None:
    told = call("init", "--no-input", "-c", tmp_path / "config.toml", "--org-url", "nonsense")
    assert told.err.startswith("Do not make a new SCIM token in Kandji")
    assert told.code == 2
    assert not (tmp_path / "config.toml").exists()


def test_a_file_that_is_there_is_never_overwritten(tmp_path: Path) -> None:
    file = tmp_path / "config.toml"
    file.write_text("mine")
    told = call("init", "--no-input", "-c", file, *ANSWERS)
    assert told.code == 2
    assert file.read_text() == "mine"


def test_without_answers_an_example_is_written_that_no_command_accepts(tmp_path: Path) -> None:
    file = tmp_path / "config.toml"
    assert call("init", "--no-input", "-c", file).code == 0
    with pytest.raises(ConfigError) as caught:
        load(file, environ={})
    assert [words.split(" ")[0] for _, words in caught.value.facts] == [
        "okta.org_url",
        "okta.app_id",
        "kandji.scim_url",
    ]


def test_a_service_app_gets_the_least_scopes(tmp_path: Path) -> None:
    file = tmp_path / "config.toml"
    call("init", "--no-input", "-c", file, *ANSWERS, "--auth", "private_key", "--client-id", "0oa2")
    assert tomllib.loads(file.read_text("utf-8"))["okta"]["scopes"] == [
        "okta.apps.read",
        "okta.groups.read",
        "okta.users.read",
    ]
    load(file, environ={})


def test_what_is_missing_is_asked_and_a_wrong_address_asked_again(tmp_path: Path) -> None:
    file = tmp_path / "config.toml"
    answers = iter(["acme", "https://acme.okta.com", 'The "app"', "https://acme.api.kandji.io/api/v1/scim"])
    asked: list[str] = []

    def ask(question: str, hidden: bool) -> str:
        asked.append(question)
        return next(answers)

    assert call("init", "-c", file, ask=ask).code == 0
    assert asked[1].startswith("It must be an address")
    assert load(file, environ={}).config.okta.app_label == 'The "app"'
