"""Whoever can name a person or a group can't harm the admin who reads about it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import httpx
import msgspec
import pytest

from reconciler.simulator import company as companies
from reconciler.simulator.between import Asked, Fault, Forward
from reconciler.simulator.company import NEED_A_LOOK, TOGETHER
from reconciler.store import Store
from tests.proofs.harness import Installation, difference, installed, truth
from tests.proofs.hostile import HOSTILE, acting, calculated
from tests.reports.conftest import ARGUMENTS, Opened

SMALL = ("member-extra", "left-still-active", "member-not-assigned", "mapping-error", "unmanaged-in-kandji")
TEXTS = (
    "run",
    "pull",
    "status",
    "findings",
    "report",
    "report --format text",
    "doctor",
    "config show",
    "report --redact --format text",
)


@pytest.fixture(scope="module")
def attacked(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Installation]:
    """A company with everything wrong that one run can find, each text of which begins with the next hostile string."""
    wrong = [slug for slug in TOGETHER if slug not in NEED_A_LOOK]
    company = companies.build(6, people=170, groups=9, injections=wrong, hostile=tuple(HOSTILE.values()))
    with installed(company, tmp_path_factory.mktemp("attacked")) as installation:
        outcome = installation.call("run")
        assert outcome.code == 0, ascii(outcome.err)
        yield installation


def pages(installation: Installation, ending: str) -> list[Path]:
    found = sorted((installation.folder / "drift-reports").glob(f"*run-*.{ending}"))
    assert found
    return found


def test_hostile_names_change_no_finding(attacked: Installation) -> None:
    assert difference(attacked.told(), truth(attacked.company)) == {}


def test_each_hostile_string_was_read_from_the_services(attacked: Installation) -> None:
    with Store.open(attacked.database) as store:
        kept = msgspec.json.decode(msgspec.json.encode(store.snapshot(1)))
    values = json.dumps(kept, ensure_ascii=False)
    absent = [name for name, text in HOSTILE.items() if json.dumps(text, ensure_ascii=False)[1:-1][:60] not in values]
    assert absent == []


@pytest.mark.parametrize("verb", TEXTS)
def test_no_output_holds_anything_that_acts_on_a_terminal(attacked: Installation, verb: str) -> None:
    outcome = attacked.call(verb)
    assert (acting(outcome.out), acting(outcome.err)) == ([], [])


@pytest.mark.parametrize("verb", ["pull -vv", "run -v"])
def test_what_is_logged_to_a_terminal_does_not_act_on_it(attacked: Installation, verb: str) -> None:
    assert acting(attacked.call(verb).err) == []


@pytest.mark.parametrize("verb", ["run", "pull", "status", "findings", "report", "doctor", "config show"])
def test_json_on_a_terminal_does_not_act_on_it_and_can_be_read_back(attacked: Installation, verb: str) -> None:
    outcome = attacked.call(f"{verb} --format json")
    json.loads(outcome.out)
    assert acting(outcome.out) == []


def test_markdown_neither_acts_nor_links_nor_calls_anybody(attacked: Installation) -> None:
    out = attacked.call("findings --format md").out
    assert acting(out) == []
    assert not [line for line in out.splitlines() if not line.startswith("|")]
    assert len({line.replace("\\|", "").count("|") for line in out.splitlines()}) == 1
    for sign in ("<script", "](", "https://evil", "@everyone", "<!channel", "<@"):
        assert sign not in out


def test_no_cell_of_a_table_is_calculated(attacked: Installation) -> None:
    assert calculated(pages(attacked, "csv")[0].read_bytes().decode("utf-8")) == []
    assert calculated(attacked.call("report --format csv").out) == []


def test_no_cell_of_tab_separated_values_is_calculated(attacked: Installation) -> None:
    out = attacked.call("findings --format tsv").out
    assert acting(out.replace("\t", " ")) == []
    rows = [line.split("\t") for line in out.splitlines()]
    assert {len(row) for row in rows} == {len(rows[0])}
    assert [cell for row in rows for cell in row if cell.startswith(tuple("=+-@＝＋－＠"))] == []


def test_a_hostile_error_message_does_not_act_on_the_terminal(attacked: Installation) -> None:
    said = "".join(HOSTILE.values())
    body = json.dumps({"errorCode": said, "errorSummary": said, "errorCauses": [{"errorSummary": said}]}).encode()

    async def refusal(request: httpx.Request, forward: Forward) -> httpx.Response:
        return httpx.Response(403, headers={"x-okta-request-id": "a\x1b[31mb"}, content=body, request=request)

    async def page(request: httpx.Request, forward: Forward) -> httpx.Response:
        title = f"<title>{said}</title>".encode()
        return httpx.Response(200, headers={"content-type": "text/html"}, content=title, request=request)

    for fault in (refusal, page):
        outcome = attacked.call("run", meddling=lambda asked, fault=fault: fault)  # type: ignore[misc]
        assert outcome.code in (4, 5)
        assert (acting(outcome.out), acting(outcome.err)) == ([], [])


OPEN_ALL = """async () => {
  for (const box of document.querySelectorAll('#fold:checked')) box.click();
  document.querySelectorAll('details').forEach(one => { one.open = true });
  for (const link of document.querySelectorAll('#lines tr[id]:not(.open) th > a')) link.click();
  for (const one of document.querySelectorAll('main *')) {
    for (const kind of ['mouseover', 'mouseenter', 'focus']) one.dispatchEvent(new Event(kind));
  }
  await new Promise(requestAnimationFrame);
  await new Promise(requestAnimationFrame);
}"""


def assert_harmless(chromium: str, page: Path) -> None:
    """Opens a page with everything unfolded: no request, no script but its own, not a word on the console.

    In a thread of its own, because the driver's event loop would be in the way of the program's.
    """
    with ThreadPoolExecutor(1) as pool:
        pool.submit(_open_harmlessly, chromium, page).result()


def _open_harmlessly(chromium: str, page: Path) -> None:
    from playwright.sync_api import sync_playwright

    with sync_playwright() as play:
        browser = play.chromium.launch(executable_path=chromium, args=list(ARGUMENTS))
        context = browser.new_context()
        opened = Opened(context.new_page())
        opened.page.goto(page.as_uri())
        opened.page.wait_for_selector("html[data-ready]", state="attached")
        opened.page.evaluate(OPEN_ALL)
        assert opened.quiet(page.as_uri()), (opened.requests, opened.messages)
        assert opened.page.evaluate("window.hit") is None
        assert opened.page.locator("img, iframe, link, object, embed, base, form:not(.tools)").count() == 0
        assert set(opened.page.evaluate("[...document.links].map(one => one.protocol + '//' + one.host)")) <= {
            "file://",
            "https://acme-admin.okta.com",
            "https://tenant.kandji.io",
        }
        on = "[...document.querySelectorAll('*')].flatMap(one => [...one.attributes].map(a => a.name))"
        assert [name for name in opened.page.evaluate(on) if name.startswith("on") or name == "style"] == []
        browser.close()


@pytest.mark.browser
def test_the_page_of_an_attacked_company_runs_nothing_and_asks_for_nothing(
    attacked: Installation, chromium: str
) -> None:
    assert_harmless(chromium, pages(attacked, "html")[0])


def surrogates(asked: Asked) -> Fault:
    """Every ``SURROGATE`` in a JSON body as the escape of half a pair: legal JSON, and no text."""

    async def fault(request: httpx.Request, forward: Forward) -> httpx.Response:
        response = await forward(request)
        content = response.content.replace(b"SURROGATE", b"\\ud83d<b>\\udc00")
        headers = httpx.Headers(response.headers)
        headers["content-length"] = str(len(content))
        return httpx.Response(response.status_code, headers=headers, content=content, request=request)

    return fault


@pytest.mark.browser
def test_half_a_surrogate_pair_in_every_text_harms_nothing(chromium: str, tmp_path: Path) -> None:
    company = companies.build(8, people=40, groups=4, injections=SMALL, hostile=["SURROGATE"])
    with installed(company, tmp_path) as installation:
        outcome = installation.call("run", meddling=surrogates)
        assert outcome.code == 0, ascii(outcome.err)
        assert (acting(outcome.out), acting(outcome.err)) == ([], [])
        assert calculated(pages(installation, "csv")[0].read_bytes().decode("utf-8")) == []
        assert len(installation.findings()) >= len(SMALL)
        assert_harmless(chromium, pages(installation, "html")[0])


@pytest.mark.prove
@pytest.mark.browser
@pytest.mark.parametrize("name", HOSTILE)
def test_one_hostile_string_in_every_text_of_both_services_harms_nothing(
    name: str, chromium: str, tmp_path: Path
) -> None:
    company = companies.build(9, people=40, groups=4, injections=SMALL, hostile=[HOSTILE[name]])
    with installed(company, tmp_path) as installation:
        for verb in ("run", "findings", "report --format text"):
            outcome = installation.call(verb)
            assert outcome.code == 0, ascii(outcome.err)
            assert (acting(outcome.out), acting(outcome.err)) == ([], [])
        assert difference(installation.told(), truth(company)) == {}
        assert calculated(pages(installation, "csv")[0].read_bytes().decode("utf-8")) == []
        assert_harmless(chromium, pages(installation, "html")[0])
