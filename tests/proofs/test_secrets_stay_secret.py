"""No token, key or assertion is ever in anything that the program prints, keeps or leaves behind."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterable, Iterator
from pathlib import Path
from urllib.parse import quote

import httpx
import pytest

from reconciler.simulator import company as companies
from reconciler.simulator.between import Forward
from tests.proofs.child import Child, Served, served
from tests.proofs.harness import installed
from tests.proofs.service_app import CLIENT_ID, SCOPES, key

OKTA_TOKEN = "00CANARY-ssws/token+with%signs=Zq7"  # with signs that are written otherwise in addresses and in JSON
TOKEN_FILES = frozenset({"okta.token", "kandji-scim.token", "kandji-api.token", "okta-key.pem"})
VERBS = (
    ("run", "-vv"),
    ("pull", "-vv", "--record", "recording"),
    ("report",),
    ("report", "--format", "html"),
    ("report", "--format", "json"),
    ("report", "--format", "csv"),
    ("report", "--redact", "--format", "text"),
    ("status",),
    ("findings", "--format", "json"),
    ("doctor", "-vv"),
    ("doctor", "--format", "json"),
    ("config", "show"),
    ("config", "show", "--origin"),
    ("config", "show", "--format", "json"),
    ("config", "validate"),
)


def spellings(secret: str) -> set[str]:
    """A secret as it may be written: as it is, in an address, in JSON, in Python, in base64, and its two halves."""
    half = len(secret) // 2
    plain = base64.b64encode(secret.encode()).decode().rstrip("=")
    return {secret, quote(secret, safe=""), json.dumps(secret)[1:-1], repr(secret)[1:-1], plain} | (
        {secret[:half], secret[half:]} if half >= 12 else set()
    )


def leaks(secrets: Iterable[str], words: Iterable[tuple[str, str]], folder: Path) -> list[str]:
    """Where a secret can be read: in these words (by name), or in any file but the secrets' own."""
    wanted = {one.encode() for secret in secrets for one in spellings(secret)}
    texts = [(name, text.encode("utf-8", "surrogateescape")) for name, text in words]
    texts += [
        (str(path.relative_to(folder)), path.read_bytes())
        for path in folder.rglob("*")
        if path.is_file() and path.name not in TOKEN_FILES
    ]
    assert len(texts) > 5
    return sorted({f"{name}: …{one[-6:].decode()}" for name, text in texts for one in wanted if one in text})


def of(served: Served) -> set[str]:
    """Every secret there is: those of the files, the key line by line, and whatever passed over the wire."""
    tenant = served.company.tenant
    lines = [line for line in key().pem.splitlines() if len(line) > 30 and "KEY" not in line]
    passed = {one for ear in served.ears for one in ear.credentials}
    return {OKTA_TOKEN, tenant.token, tenant.api_token, *lines, *passed}


def words_of(calls: Iterable[tuple[tuple[str, ...], Child]]) -> list[tuple[str, str]]:
    return [
        (f"{' '.join(argv)} {stream}", text)
        for argv, called in calls
        for stream, text in (("stdout", called.out), ("stderr", called.err))
    ]


@pytest.fixture
def company(tmp_path: Path) -> Iterator[Served]:
    with served(tmp_path, okta_token=OKTA_TOKEN) as running:
        running.edit("[kandji]", "[log]\nlevel = 'debug'\n\n[kandji]")
        yield running


def test_a_secret_that_leaks_is_found(tmp_path: Path) -> None:
    for number, text in enumerate([OKTA_TOKEN, quote(OKTA_TOKEN, safe=""), f'{{"a": {json.dumps(OKTA_TOKEN)}}}']):
        folder = tmp_path / str(number)
        folder.mkdir()
        for name in ("log", "b", "c", "d", "e", "f"):
            (folder / name).write_text(text if name == "log" else "", encoding="utf-8")
        assert leaks([OKTA_TOKEN], [], folder)
        (folder / "log").write_text("", encoding="utf-8")
        assert not leaks([OKTA_TOKEN], [], folder)
        assert leaks([OKTA_TOKEN], [("stdout", text)], folder)


def test_no_token_is_in_anything_printed_or_kept(company: Served, tmp_path: Path) -> None:
    calls = [(argv, company.call(*argv)) for argv in VERBS]
    assert {called.code for _, called in calls} == {0}, [called.err for _, called in calls if called.code]
    assert (tmp_path / "reconciler.log").stat().st_size > 1000
    assert list((tmp_path / "recording").glob("*.jsonl"))
    assert OKTA_TOKEN in company.ears[0].credentials
    assert leaks(of(company), words_of(calls), tmp_path) == []


@pytest.mark.parametrize(
    "dpop", [pytest.param(False, id="bearer"), pytest.param(True, id="dpop", marks=pytest.mark.prove)]
)
def test_no_key_assertion_or_access_token_is_in_anything_printed_or_kept(
    company: Served, tmp_path: Path, dpop: bool
) -> None:
    company.okta.oauth.register(CLIENT_ID, [key().public], SCOPES, dpop=dpop)
    (tmp_path / "okta-key.pem").write_text(key().pem, encoding="utf-8")
    (tmp_path / "okta-key.pem").chmod(0o600)
    company.edit(
        '"token" = { "file" = "okta.token" }',
        f'auth = "private_key"\nclient_id = "{CLIENT_ID}"\nkey_id = "proof-key"\ndpop = {json.dumps(dpop)}\n'
        'private_key = { file = "okta-key.pem" }',
    )
    verbs = (("pull", "-vv", "--record", "recording"), ("doctor", "-vv"), ("config", "show", "--origin"))
    calls = [(argv, company.call(*argv)) for argv in verbs]
    assert {called.code for _, called in calls} == {0}, [called.err for _, called in calls if called.code]
    jwts = [one for one in company.ears[0].credentials if one.startswith("eyJ")]
    assert jwts
    assert any(not one.startswith("eyJ") for one in company.ears[0].credentials)
    assert leaks(of(company), words_of(calls), tmp_path) == []


STATUSES = (200, 400, 401, 403, 404, 500)
FORMS = ("json", "html", "text", "long json", "long html")
SAMPLE = ((401, "json"), (403, "long json"), (500, "text"), (200, "html"), (404, "long html"))


@pytest.mark.parametrize(
    ("status", "form"),
    [
        pytest.param(status, form, marks=() if (status, form) in SAMPLE else pytest.mark.prove)
        for status in STATUSES
        for form in FORMS
    ],
)
def test_a_service_that_echoes_the_credential_does_not_make_it_known(
    company: Served, tmp_path: Path, status: int, form: str
) -> None:
    def echo(path: str, credential: str) -> tuple[int, list[tuple[bytes, bytes]], bytes] | None:
        bodies = {
            "json": json.dumps({"errorCode": credential, "errorSummary": f"bad token {credential}"}),
            "html": f"<html><title>no entry for {credential}</title>{credential}</html>",
            "text": f"SSWS {credential} is not welcome",
            "long json": json.dumps({"errorCode": "E" * 35 + credential, "errorSummary": "x" * 275 + credential}),
            "long html": f"<html><title>{'x' * 95}{credential}</title></html>",
        }
        kinds = {"json": b"application/json", "html": b"text/html", "text": b"text/plain"}
        headers = [(b"content-type", kinds[form.rpartition(" ")[2]]), (b"x-okta-request-id", credential.encode())]
        return status, headers, bodies[form].encode()

    company.ears[0].answer = echo
    company.edit("[log]", "[network]\nattempts = 1\n\n[log]")
    calls = [(argv, company.call(*argv)) for argv in (("run", "-vv"), ("pull", "--record", "recording"), ("doctor",))]
    assert {called.code for _, called in calls} <= {2, 4, 5}
    assert all("next" in called.err or "→" in called.out for _, called in calls)
    assert leaks(of(company), words_of(calls), tmp_path) == []


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ('"token" = { "file" = "okta.token" }', f'"token" = "{OKTA_TOKEN}"'),
        ('"token" = { "file" = "okta.token" }', f'"token" = {{ "{OKTA_TOKEN}" = "x" }}'),
        ('"token" = { "file" = "okta.token" }', f'"token" = {{ "value" = "{OKTA_TOKEN}" }}'),
        ('"token" = { "file" = "okta.token" }', f'"token" = {{ "file" = "okta.token" }}\n"api_key" = "{OKTA_TOKEN}"'),
        ('"token" = { "file" = "okta.token" }', f'"token" = {{ "env" = "{OKTA_TOKEN}" '),
        ('"token" = { "file" = "okta.token" }', f'"token" = {{ "env" = "{OKTA_TOKEN}" }}'),
    ],
)
def test_a_token_written_into_the_config_by_mistake_is_not_repeated(
    company: Served, tmp_path: Path, old: str, new: str
) -> None:
    company.edit(old, new)
    calls = [(argv, company.call(*argv)) for argv in (("run", "-vv"), ("config", "show"), ("config", "validate"))]
    assert {called.code for _, called in calls} == {2}
    texts = [(name, text) for name, text in words_of(calls)]
    assert [name for name, text in texts if OKTA_TOKEN in text] == []


def test_a_token_in_a_variable_of_the_wrong_name_is_not_repeated(company: Served) -> None:
    company.environ["RECONCILER_OKTA__TOKEN_VALUE"] = OKTA_TOKEN
    called = company.call("run", "-vv")
    assert called.code == 2
    assert OKTA_TOKEN not in called.out + called.err


def test_an_unexpected_error_that_holds_the_token_is_logged_without_it(tmp_path: Path) -> None:
    company = companies.build(11, people=30, groups=3, injections=())
    with installed(company, tmp_path) as installation:
        credentials: list[str] = []

        async def broken(request: httpx.Request, forward: Forward) -> httpx.Response:
            credentials.append(request.headers["authorization"].rpartition(" ")[2])
            raise ZeroDivisionError(f"while sending {request.headers['authorization']} to {request.url}")

        outcome = installation.call("run -vv", meddling=lambda asked: broken)
        log = (tmp_path / "reconciler.log").read_text(encoding="utf-8")
    assert outcome.code == 1
    assert "Traceback" in log
    assert "Traceback" not in outcome.out + outcome.err
    assert leaks(credentials, [("stdout", outcome.out), ("stderr", outcome.err)], tmp_path) == []
