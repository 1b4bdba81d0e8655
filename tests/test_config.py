from __future__ import annotations

import json
import re
import tomllib
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator  # type: ignore[import-untyped]  # ships no types

from reconciler.addresses import admin_url, console_url, org_trouble, trouble
from reconciler.config import Config, schema
from reconciler.config_file import Loaded, load
from reconciler.config_keys import field_of, variable_of
from reconciler.config_text import store_path
from reconciler.errors import ConfigError
from tests.conftest import REPOSITORY

WHOLE = """
[okta]
org_url = "https://acme.okta.com"
app_id = "0oa1"
token = { env = "OKTA_API_TOKEN" }

[kandji]
scim_url = "https://acme.api.kandji.io/api/v1/scim"
token = { file = "kandji.token" }
"""
KINDS = ("member-missing", "left-still-active")


def loaded(folder: Path, text: str = WHOLE, **environ: str) -> Loaded:
    file = folder / "config.toml"
    file.write_text(text, encoding="utf-8")
    return load(file, environ=environ, kinds=KINDS)


def mistakes(folder: Path, text: str = WHOLE, **environ: str) -> list[tuple[str, str]]:
    with pytest.raises(ConfigError) as caught:
        loaded(folder, text, **environ)
    return list(caught.value.facts)


def test_two_tables_are_enough_and_every_other_key_has_a_default(tmp_path: Path) -> None:
    config = loaded(tmp_path).config
    assert config.okta.rate_share == 0.5
    assert config.report.mode == "0600"
    assert config.severity == {}


def test_every_mistake_is_told_at_once_with_line_and_column(tmp_path: Path) -> None:
    text = """[okta]
org_ulr = "https://acme.okta.com"
app_id = 5
auth = "tokn"
rate_share = "x"

[kandji]
scim_url = "http://acme.api.kandji.io"
  token = { file = "a", env = "B" }

[severity]
member-mising = "high"
[settle]
left-still-active = -1
"""
    assert mistakes(tmp_path, text) == [
        ("config.toml:1:1", "okta.org_url is missing"),
        ("config.toml:2:1", "okta.org_ulr is no key; did you mean org_url?"),
        ("config.toml:3:1", "okta.app_id must be text in quotes"),
        ("config.toml:4:1", "okta.auth must be one of 'token' or 'private_key'"),
        ("config.toml:5:1", "okta.rate_share must be a number"),
        ("config.toml:8:1", "kandji.scim_url must begin with https:// (http is allowed for loopback alone)"),
        ("config.toml:9:3", "kandji.token must name exactly one of env, file, credential, keyring, command, prompt"),
        ("config.toml:12:1", "severity.member-mising is no kind of drift; did you mean member-missing?"),
        ("config.toml:14:1", "settle.left-still-active should be greater than or equal to 0"),
    ]


def test_a_kind_to_mend_that_does_not_exist_is_a_mistake(tmp_path: Path) -> None:
    text = WHOLE + '[fix]\nauto = ["member-missing", "member-mising"]\nkandji_writes = ["no such thing"]\n'
    assert mistakes(tmp_path, text) == [
        ("config.toml:11:27", "fix.auto holds what is no kind of drift; did you mean member-missing?"),
        ("config.toml:12:18", "fix.kandji_writes holds what is no kind of drift"),
    ]


def test_an_unknown_table_is_a_mistake(tmp_path: Path) -> None:
    assert mistakes(tmp_path, WHOLE + "[stor]\npath = 'x'\n") == [
        ("config.toml:10:1", "stor is no key; did you mean store?")
    ]


def test_a_secret_written_into_the_file_is_refused_and_not_repeated(tmp_path: Path) -> None:
    told = mistakes(tmp_path, WHOLE.replace('{ env = "OKTA_API_TOKEN" }', '"00canaryTOKEN"'))
    assert [place for place, _ in told] == ["config.toml:5:1"]
    assert "is a secret: never write it here" in told[0][1]
    assert "canary" not in str(told)


def test_a_secret_written_into_a_variable_is_refused_and_not_repeated(tmp_path: Path) -> None:
    told = mistakes(tmp_path, RECONCILER_OKTA__TOKEN="00canaryTOKEN")
    assert [place for place, _ in told] == ["RECONCILER_OKTA__TOKEN"]
    assert "canary" not in str(told)


@pytest.mark.parametrize(
    ("more", "expected"),
    [
        ('app_label = "Kandji"', "okta.app_label can't stand beside app_id: keep one of them"),
        ('auth = "private_key"', 'okta.client_id is missing: auth = "private_key" needs it'),
    ],
)
def test_what_does_not_go_together_is_told(tmp_path: Path, more: str, expected: str) -> None:
    text = WHOLE.replace('app_id = "0oa1"', f'app_id = "0oa1"\n{more}')
    assert expected in [words for _, words in mistakes(tmp_path, text)]


def test_the_rest_api_needs_address_and_token_together(tmp_path: Path) -> None:
    told = mistakes(tmp_path, WHOLE + 'api_url = "https://acme.api.kandji.io"\n')
    assert told == [("config.toml:7:1", "kandji.api_token is missing: api_url and api_token go together")]


def test_text_that_is_no_toml_is_told_with_its_line(tmp_path: Path) -> None:
    ((place, words),) = mistakes(tmp_path, "[okta]\norg_url = \n")
    assert place == "config.toml:2:11"
    assert words == "invalid value"


def test_an_unfinished_text_is_told_at_its_end(tmp_path: Path) -> None:
    ((place, _),) = mistakes(tmp_path, '[okta]\norg_url = """')
    assert place.startswith("config.toml:2:")


def test_a_file_that_is_not_utf_8_is_told(tmp_path: Path) -> None:
    file = tmp_path / "config.toml"
    file.write_bytes(b'[okta]\norg_url = "\xff"')
    with pytest.raises(ConfigError, match="not UTF-8"):
        load(file, environ={})


def test_a_missing_file_says_how_to_make_one(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="There is no configuration") as caught:
        load(tmp_path / "config.toml", environ={})
    assert "reconciler init" in str(caught.value.next)


def test_a_variable_names_the_config_file(tmp_path: Path) -> None:
    file = tmp_path / "other.toml"
    file.write_text(WHOLE)
    assert load(None, environ={"RECONCILER_CONFIG": str(file)}).file == file


def test_variables_override_keys_and_are_their_origin(tmp_path: Path) -> None:
    found = loaded(
        tmp_path,
        RECONCILER_OKTA__RATE_SHARE="0.25",
        RECONCILER_SCOPE__GROUPS='["Macs"]',
        RECONCILER_SEVERITY__MEMBER_MISSING="low",
        RECONCILER_SETTLE__LEFT_STILL_ACTIVE="5",
        RECONCILER_OKTA__DPOP="false",
        RECONCILER_MATCH__NAMES='{ "Sales EU" = "Sales" }',
    )
    config = found.config
    assert (config.okta.rate_share, config.okta.dpop, config.scope.groups) == (0.25, False, ("Macs",))
    assert config.severity == {"member-missing": "low"}
    assert config.settle == {"left-still-active": 5}
    assert config.match.names == {"Sales EU": "Sales"}
    assert found.where("okta", "rate_share") == "RECONCILER_OKTA__RATE_SHARE"


def test_a_variable_replaces_the_way_to_a_secret(tmp_path: Path) -> None:
    found = loaded(tmp_path, RECONCILER_OKTA__TOKEN__FILE="okta.token")
    assert found.config.okta.token is not None
    assert found.config.okta.token.parts() == ("file", tmp_path / "okta.token")
    assert found.where("okta", "token") == "RECONCILER_OKTA__TOKEN__FILE"


@pytest.mark.parametrize(
    ("variable", "words"),
    [
        ("RECONCILER_OKTA__RATE_SHAR", "sets no key; did you mean RECONCILER_OKTA__RATE_SHARE?"),
        ("RECONCILER_OKTA", "sets no key"),
        ("RECONCILER_OKTA__TOKEN__ENV__MORE", "sets no key"),
        ("RECONCILER_FIX__AUTOMATIC", "sets no key"),
    ],
)
def test_an_unknown_variable_is_an_error(tmp_path: Path, variable: str, words: str) -> None:
    ((where, told),) = mistakes(tmp_path, **{variable: "1"})
    assert where == variable
    assert told.startswith(words)


def test_a_wrong_value_in_a_variable_is_told_under_its_name(tmp_path: Path) -> None:
    assert mistakes(tmp_path, RECONCILER_NETWORK__ATTEMPTS="many") == [
        ("RECONCILER_NETWORK__ATTEMPTS", "network.attempts must be a whole number")
    ]


def test_relative_paths_start_at_the_config_file(tmp_path: Path) -> None:
    config = loaded(tmp_path, WHOLE + '[store]\npath = "data/r.db"\n').config
    assert config.store.path == tmp_path / "data" / "r.db"
    assert config.report.folder == tmp_path / "drift-reports"
    assert config.log.file == tmp_path / "reconciler.log"
    assert config.kandji.token.parts() == ("file", tmp_path / "kandji.token")


def test_origins_say_where_each_value_was_set(tmp_path: Path) -> None:
    found = loaded(tmp_path)
    assert found.where("okta", "token") == "config.toml:5"
    assert found.where("network", "ca") == "default"


def test_the_digest_depends_on_what_was_set_and_on_nothing_else(tmp_path: Path) -> None:
    assert loaded(tmp_path).digest == loaded(tmp_path, "# a comment\n" + WHOLE).digest
    assert loaded(tmp_path).digest != loaded(tmp_path, RECONCILER_OKTA__RATE_SHARE="0.4").digest


def test_a_config_is_frozen(tmp_path: Path) -> None:
    config = loaded(tmp_path, WHOLE + "[severity]\nmember-missing = 'low'\n").config
    with pytest.raises(ValueError, match="frozen"):
        config.okta.app_id = "other"
    with pytest.raises(TypeError):
        config.severity["member-missing"] = "high"  # type: ignore[index]


@pytest.mark.parametrize(
    ("address", "fine"),
    [
        ("https://acme.okta.com", True),
        ("http://127.0.0.1:8080", True),
        ("http://localhost", True),
        ("http://[::1]:80", True),
        ("http://acme.okta.com", False),
        ("ftp://acme.okta.com", False),
        ("https://me:secret@acme.okta.com", False),
        ("https://acme.okta.com?x=1", False),
        ("https://YOUR-ORG.okta.com", False),
        ("https://[", False),
        ("https://acme.okta.com:port", False),
        ("acme.okta.com", False),
    ],
)
def test_only_https_or_loopback_may_be_asked(address: str, fine: bool) -> None:
    assert (trouble(address) is None) is fine


def test_the_admin_console_is_not_the_org() -> None:
    assert org_trouble("https://acme-admin.okta.com") == "is the admin console; the org is https://acme.okta.com"
    assert org_trouble("https://acme.okta.com/api/v1") is not None
    assert org_trouble("https://acme.okta.com/") is None


def test_consoles_are_derived_where_they_are_known() -> None:
    assert admin_url("https://acme.oktapreview.com") == "https://acme-admin.oktapreview.com"
    assert admin_url("https://login.acme.example") is None
    assert console_url("https://acme.api.kandji.io/api/v1/scim") == "https://acme.kandji.io"
    assert console_url("https://acme.api.eu.kandji.io/api/v1/scim") == "https://acme.eu.kandji.io"
    assert console_url("https://acme.clients.us-1.kandji.io/api/v1/scim") == "https://acme.kandji.io"
    assert console_url("https://scim.example/v2") is None


def test_the_database_is_found_without_checking_the_rest(tmp_path: Path) -> None:
    file = tmp_path / "config.toml"
    file.write_text("[okta]\nnonsense = 1\n[store]\npath = 'x.db'\n")
    assert store_path(file, {}) == tmp_path / "x.db"
    assert store_path(file, {"RECONCILER_STORE__PATH": "y.db"}) == tmp_path / "y.db"


def commented_keys(text: str) -> str:
    """The example with every key switched on that stands there as a comment."""
    return re.sub(r"^# (?=[\w\"-]+ +=|\[)", "", text, flags=re.MULTILINE)


EXAMPLE = REPOSITORY / "config.example.toml"


def test_the_example_loads(tmp_path: Path) -> None:
    load(EXAMPLE, environ={})


def keys_of(values: dict[str, Any]) -> set[str]:
    return {f"{table}.{key}" for table, inner in values.items() for key in inner}


def test_the_example_shows_every_key() -> None:
    shown: set[str] = set()
    for line in EXAMPLE.read_text("utf-8").splitlines():
        bare = commented_keys(line)
        if bare.startswith("["):
            table = bare.lstrip("[").split("]")[0]
        elif match := re.match(r"([\w-]+) +=", bare):
            shown.add(f"{table}.{match[1]}")
    known = {
        f"{table}.{key}"
        for table in Config.model_fields
        if (field := field_of((table,))) is not None and field.table is not None
        for key in field.table.model_fields
    }
    assert {key for key in shown if key.split(".")[0] not in ("severity", "settle", "match")} == {
        key for key in known if not key.startswith("match.")
    }
    assert {"match.also_fed_by", "settle.member-missing", "severity.attribute-differs"} <= shown
    assert "# [match.names]" in EXAMPLE.read_text("utf-8")


def test_every_key_of_the_example_has_one_line_of_comment() -> None:
    lines = EXAMPLE.read_text("utf-8").splitlines()
    bare = [
        line for line in lines if re.match(r"(# )?[\w\"-]+ +=", line) and line.count("#") < line.startswith("#") + 1
    ]
    assert bare == []


def test_the_schema_accepts_the_example_and_refuses_a_stranger() -> None:
    validator = Draft202012Validator(schema())
    values = tomllib.loads(EXAMPLE.read_text("utf-8"))
    assert list(validator.iter_errors(values)) == []
    assert list(validator.iter_errors({**values, "stranger": {}})) != []
    json.dumps(schema())


def test_each_key_has_a_variable_that_is_understood(tmp_path: Path) -> None:
    variables = {
        variable_of((table, key))
        for table in Config.model_fields
        if (field := field_of((table,))) is not None and field.table is not None
        for key in field.table.model_fields
    }
    told = mistakes(tmp_path, **dict.fromkeys(variables, "\x00"))
    assert [words for _, words in told if "sets no key" in words] == []
