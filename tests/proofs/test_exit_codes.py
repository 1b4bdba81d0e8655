"""Bad input and bad luck: each has its own code and a message that ends with what to do; nothing is half written."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from reconciler.simulator import company as companies
from reconciler.simulator.between import Fault, Meddling, nothing
from reconciler.simulator.company import Company
from reconciler.simulator.faults import answers, breaks
from reconciler.store import Store
from tests.proofs import faults
from tests.proofs.harness import Installation, installed

Break = Callable[[Installation], None]


@pytest.fixture(scope="module")
def company() -> Company:
    return companies.build(12, people=30, groups=3, injections=("left-still-active", "member-not-assigned"))


@pytest.fixture
def installation(company: Company, tmp_path: Path) -> Iterator[Installation]:
    """With one good run behind it."""
    with installed(company, tmp_path) as installation:
        assert installation.call("run").code == 0
        yield installation


def kept(installation: Installation) -> Any:
    """All that is known of the world, as of the last run."""
    with Store.open(installation.database) as store:
        last = store.last()
        assert last is not None
        return store.findings(last.id), store.snapshot(last.id), store.groups(last.id), store.memory()


def assert_nothing_is_half(installation: Installation) -> None:
    """No temporary file, and each page is whole."""
    folder = installation.folder / "drift-reports"
    assert [path.name for path in installation.folder.rglob("*") if path.name.startswith(".")] == []
    for path in folder.iterdir():
        text = path.read_text(encoding="utf-8")
        if path.suffix == ".json":
            json.loads(text)
        if path.suffix == ".html":
            assert text.rstrip().endswith("</html>")


def on(part: str, fault: Fault) -> Meddling:
    """This fault at every address with this part."""
    return lambda asked: fault if part in asked.url else None


def line_of(installation: Installation, key: str, table: str = "okta") -> int:
    """The line of the config file on which a key stands."""
    lines = installation.config.read_text(encoding="utf-8").splitlines()
    start = lines.index(f"[{table}]")
    return next(number for number, line in enumerate(lines[start:], start + 1) if line.startswith(f'"{key}" ='))


def test_a_dead_token_is_told_as_promised(installation: Installation) -> None:
    before = kept(installation)
    installation.okta.tokens.clear()
    outcome = installation.call("run -q")
    assert outcome.code == 4
    lines = outcome.err.splitlines()
    assert lines[0] == 'Error: Okta refused the token (401, E0000011 "Invalid token provided").'
    address = re.escape(f"https://acme.okta.com/api/v1/apps/{installation.company.org.app.id}")
    assert re.fullmatch(rf"  asked  GET {address}\S*   request id \S+", lines[1])
    assert lines[2:] == [
        "  why    API tokens die after 30 days without use, or when their admin is deactivated.",
        f"  next   make a new one, put it where config.toml:{line_of(installation, 'token')} says, "
        "then: reconciler doctor",
    ]
    assert installation.state() == "incomplete"
    assert kept(installation) == before
    assert_nothing_is_half(installation)


def test_a_dead_scim_token_says_before_all_else_that_it_is_the_one_okta_uses(installation: Installation) -> None:
    (installation.folder / "kandji-scim.token").write_text("another", encoding="utf-8")
    outcome = installation.call("run -q")
    assert outcome.code == 4
    assert outcome.err.startswith("Error: Kandji SCIM refused the token (401")
    assert "This token is the one Okta uses." in outcome.err
    assert "stops Okta's provisioning until Okta has it, too" in outcome.err


CASES: dict[str, tuple[int, str, str, Meddling, Break]] = {
    "no permission for the app users": (
        4,
        "Okta does not allow this (403, E0000006",
        "reconciler doctor",
        nothing,
        lambda one: one.okta.deny("app_users"),
    ),
    "no permission for the mappings": (
        4,
        "Okta does not allow this (403, E0000006",
        "reconciler doctor",
        nothing,
        lambda one: one.okta.deny("mappings"),
    ),
    "no permission for groups": (
        4,
        "Okta does not allow this (403, E0000006",
        "reconciler doctor",
        nothing,
        lambda one: one.okta.deny("groups"),
    ),
    "no permission for members": (
        4,
        "Okta does not allow this (403, E0000006",
        "reconciler doctor",
        nothing,
        lambda one: one.okta.deny("members"),
    ),
    "a wrong SCIM address": (
        5,
        "Kandji SCIM has nothing at this address: it answered with a web page (404",
        "set kandji.scim_url to",
        nothing,
        lambda one: one.edit("/api/v1/scim", "/api/v1/people"),
    ),
    "a wrong org": (
        5,
        "Okta has nothing at this address: it answered with a web page (404",
        "set okta.org_url to",
        on("acme.okta.com", answers(404, b"<html><title>404</title></html>", content_type="text/html")),
        lambda one: None,
    ),
    "a login page in place of Okta": (
        5,
        "Okta answered with a web page titled “Sign in - Acme” instead of JSON",
        "set okta.org_url to",
        on("acme.okta.com", faults.FOR_GOOD["HTML with 200"]),
        lambda one: None,
    ),
    "a login page in place of Kandji": (
        5,
        "Kandji SCIM answered with a web page titled “Sign in - Acme” instead of JSON",
        "set kandji.scim_url to",
        on("/scim", faults.FOR_GOOD["HTML with 200"]),
        lambda one: None,
    ),
    "a redirect to a login page": (
        5,
        "Okta sends us elsewhere, and no redirect is followed with a token",
        "set okta.org_url to",
        on("acme.okta.com", faults.FOR_GOOD["redirect to a login page"]),
        lambda one: None,
    ),
    "a host that does not exist": (
        5,
        "Okta can't be reached",
        "check the address and the network",
        on("acme.okta.com", breaks(httpx.ConnectError, "[Errno -2] Name or service not known")),
        lambda one: None,
    ),
    "an answer that never comes": (
        5,
        "Kandji SCIM can't be reached",
        "check the address and the network",
        on("/scim", breaks(httpx.ReadTimeout, "timed out")),
        lambda one: None,
    ),
    "a service that is down": (
        5,
        "Okta gave no usable answer (503",
        "try again later",
        on("acme.okta.com", faults.ONCE["503 in HTML"]),
        lambda one: None,
    ),
}


@pytest.mark.parametrize("name", CASES)
def test_each_trouble_has_its_own_message_and_leaves_what_was_known(installation: Installation, name: str) -> None:
    code, what, way_out, meddling, break_it = CASES[name]
    before = kept(installation)
    break_it(installation)
    outcome = installation.call("run -q", meddling=meddling)
    assert (outcome.code, installation.state()) == (code, "incomplete")
    error, *facts = outcome.err.splitlines()
    assert what in error
    assert facts[-1].strip().startswith("next")
    assert way_out in facts[-1]
    assert len(outcome.err.splitlines()) <= 8
    assert kept(installation) == before
    assert_nothing_is_half(installation)


@pytest.mark.parametrize("name", CASES)
def test_the_page_of_a_run_without_verdict_shows_the_old_data_and_says_so(
    installation: Installation, name: str
) -> None:
    known = {finding.id for finding in installation.findings()}
    _, _, _, meddling, break_it = CASES[name]
    break_it(installation)
    installation.call("run", meddling=meddling)
    page = json.loads((installation.folder / "drift-reports" / "latest.json").read_text(encoding="utf-8"))
    assert (page["state"], page["run"]["id"], page["data_run"]["id"]) == ("incomplete", 2, 1)
    assert page["sentence"].startswith("Could not read ")
    assert {finding["id"] for finding in page["findings"]} == known
    assert page["fixed"] == []


@pytest.mark.parametrize("name", CASES)
def test_doctor_ends_with_the_code_that_run_would_give(installation: Installation, name: str) -> None:
    code, _, _, meddling, break_it = CASES[name]
    break_it(installation)
    outcome = installation.call("doctor", meddling=meddling)
    assert outcome.code == code
    assert "FAILED" in outcome.out
    assert "→ " in outcome.out


@pytest.mark.parametrize("name", CASES)
def test_with_format_json_a_failure_is_one_document(installation: Installation, name: str) -> None:
    code, what, _, meddling, break_it = CASES[name]
    break_it(installation)
    told = json.loads(installation.call("pull --format json", meddling=meddling).out)
    assert told["exit_code"] == code
    assert any(what in error["what"] and error["next"] for error in told["errors"])


def test_not_allowed_comes_before_unreachable(installation: Installation) -> None:
    installation.okta.tokens.clear()
    outcome = installation.call("run", meddling=on("/scim", faults.FOR_GOOD["reset"]))
    assert outcome.code == 4
    assert "Okta refused the token" in outcome.err
    assert "Kandji SCIM can't be reached" in outcome.err


def test_the_rest_api_is_optional(installation: Installation) -> None:
    (installation.folder / "kandji-api.token").write_text("another", encoding="utf-8")
    told = installation.told()
    outcome = installation.call("run")
    assert outcome.code == 0
    assert installation.told() == told
    assert "Kandji's REST API" in outcome.out


@pytest.mark.parametrize(("wish", "code"), [("never", 0), ("new", 0), ("critical", 3), ("high", 3), ("any", 3)])
def test_drift_is_an_exit_code_only_where_it_is_asked_for(installation: Installation, wish: str, code: int) -> None:
    assert installation.call(f"run --fail-on {wish}").code == code


def test_drift_of_earlier_data_is_no_exit_code_of_a_run_that_failed(installation: Installation) -> None:
    installation.okta.tokens.clear()
    assert installation.call("run --fail-on any").code == 4


def test_an_app_that_is_not_there_is_told_with_those_that_are(installation: Installation) -> None:
    before = kept(installation)
    installation.edit(installation.company.org.app.id, "0oaNobodyHasThis1234")
    outcome = installation.call("run")
    assert outcome.code == 2
    assert "Okta knows no app with the id 0oaNobodyHasThis1234" in outcome.err
    assert installation.company.org.app.label in outcome.err
    assert outcome.err.splitlines()[-1].strip().startswith("next")
    assert kept(installation) == before


def test_all_mistakes_of_a_config_are_told_at_once_with_file_and_line(installation: Installation) -> None:
    installation.edit('"app_id"', 'rate_share = 7\n"app_id"')
    installation.edit("[kandji]", "[kandji]\nconsole_ur = 'https://acme.kandji.io'")
    installation.edit("[okta]", "[reports]\nx = 1\n\n[okta]")
    outcome = installation.call("run")
    assert outcome.code == 2
    assert outcome.asked == ()
    for told in (
        r"config.toml:1:1\s+reports is no key; did you mean report\?",
        r"okta.rate_share",
        r"kandji.console_ur is no key",
    ):
        assert re.search(told, outcome.err)
    assert "3 mistakes" in outcome.err
    assert outcome.err.splitlines()[-1].strip().startswith("next")


def test_a_page_that_can_not_be_written_is_told_and_the_run_is_kept(installation: Installation) -> None:
    installation.edit("[okta]", '[report]\nfolder = "okta.token/pages"\n\n[okta]')
    outcome = installation.call("run")
    assert outcome.code == 9
    assert "can't be written" in outcome.err
    with Store.open(installation.database) as store:
        assert [run.state for run in store.runs()] == ["drift", "drift"]


def test_a_database_that_can_not_be_opened_is_told_before_anything_is_asked(installation: Installation) -> None:
    installation.edit("[okta]", '[store]\npath = "okta.token/r.db"\n\n[okta]')
    outcome = installation.call("run")
    assert (outcome.code, outcome.asked) == (9, ())
    assert "next" in outcome.err


@pytest.mark.parametrize("verb", ["status", "findings", "report"])
def test_before_the_first_run_there_is_nothing_to_show_and_it_is_said(
    company: Company, tmp_path: Path, verb: str
) -> None:
    with installed(company, tmp_path) as installation:
        outcome = installation.call(verb)
    assert outcome.code == 10
    assert "reconciler run" in outcome.err
