"""The page in a real browser."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
from axe_playwright_python.sync_playwright import Axe
from msgspec.structs import replace
from playwright.sync_api import expect

from reports import html
from reports.report import Row
from reports.text import ODD
from tests.reports import factory
from tests.reports.hostile import hostile

if TYPE_CHECKING:
    from playwright.sync_api import Page

    from tests.reports.conftest import Opener

pytestmark = pytest.mark.browser

WIDE, PHONE = {"width": 1120, "height": 900}, {"width": 390, "height": 844}


def names(page: Page) -> list[str]:
    """Names in the rows that can be seen."""
    return page.locator("#lines tr[id] th bdi").all_inner_texts()


def status(page: Page) -> str:
    return page.locator("#status").inner_text()


OPEN_ALL = """async () => {
  document.querySelectorAll('#lines tr[id]:not(.open) th > a').forEach(a => a.click());
  while ([...document.querySelectorAll('tr.open + .card > td')].some(td => !td.childNodes.length))
    await new Promise(requestAnimationFrame);
  const on = document.getElementById('on');
  if (!on.disabled) on.click();
  return on.disabled;
}"""


def open_every_card(page: Page) -> None:
    """On this page of the table and all that follow."""
    for _ in range(20):
        if page.evaluate(OPEN_ALL):
            page.evaluate(OPEN_ALL)
            return


@pytest.mark.parametrize("state", factory.FOUR)
def test_a_page_asks_for_nothing_and_says_nothing_on_the_console(open_page: Opener, state: str) -> None:
    opened = open_page(factory.FOUR[state]())
    assert opened.quiet(open_page.address)


def test_hostile_names_run_no_script_and_reach_no_host(open_page: Opener) -> None:
    opened = open_page(hostile(factory.report(150)))
    page = opened.page
    page.locator("#fold").uncheck()
    open_every_card(page)
    page.locator("#state").select_option("settling")
    open_every_card(page)
    assert opened.quiet(open_page.address)
    assert page.evaluate("window.hit") is None
    assert page.locator("img, iframe, link, object, embed, base").count() == 0
    assert page.locator("script").count() == 4
    assert page.locator("style").count() == 1


def test_hostile_ids_lead_to_no_other_host(open_page: Opener) -> None:
    rows = factory.report(150).rows
    evil = tuple(
        replace(
            row,
            finding=replace(
                row.finding,
                subject=replace(
                    row.finding.subject, key=f"user:../../..//evil.example/{at}?x=<b>&\"' group:javascript:1"
                ),
                groups=((f'//evil.example/{at}"><script>', "Sales"),),
                cause=None,
            ),
        )
        for at, row in enumerate(rows)
    )
    page = open_page(replace(factory.report(150), rows=evil)).page
    open_every_card(page)
    found = set(page.evaluate("[...document.links].map(a => a.protocol + '//' + a.host)"))
    assert found == {"file://", "https://acme-admin.okta.com", "https://acme.kandji.io"}


def test_a_console_that_is_not_https_is_never_linked(open_page: Opener) -> None:
    report = replace(factory.report(150), admin_url="javascript:alert(1)//", console_url="http://acme.kandji.io")
    page = open_page(report).page
    open_every_card(page)
    assert set(page.evaluate("[...document.links].map(a => a.protocol)")) == {"file:"}


def test_no_odd_character_of_a_name_is_left_in_what_the_browser_shows(open_page: Opener) -> None:
    page = open_page(hostile(factory.report(150))).page
    page.locator("#fold").uncheck()
    open_every_card(page)
    seen = page.evaluate(
        "document.title + document.querySelector('main').innerText + document.querySelector('header').innerText"
    )
    assert set(ODD.findall(seen)) <= {"\n", "\t"}
    assert "U+202E" in seen


def test_markup_that_got_past_the_escaping_is_stopped_by_the_policy(open_page: Opener) -> None:
    evil = '<script>window.hit=1</script><img src="https://evil.example/x" onerror="window.hit=1"></main>'
    opened = open_page(html.render(factory.report(3)).replace("</main>", evil, 1))
    assert opened.page.evaluate("window.hit") is None
    assert set(opened.answers) <= {open_page.address}
    assert len([said for said in opened.messages if "Content Security Policy" in said]) == 3


def axe(page: Page) -> list[tuple[str, list[str]]]:
    """What axe-core objects to, with everything unfolded and three cards open."""
    page.evaluate("document.querySelectorAll('details').forEach(d => { d.open = true })")
    for link in page.locator("#lines tr[id] th > a").all()[:3]:
        link.click()
    found = Axe().run(page).response["violations"]
    return [(one["id"], [node["html"][:120] for node in one["nodes"][:3]]) for one in found]


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_in_either_theme(open_page: Opener, scheme: str) -> None:
    assert axe(open_page(factory.report(40), color_scheme=scheme, bypass_csp=True).page) == []


@pytest.mark.prove
@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("state", ["in-step", "incomplete", "failed"])
def test_axe_finds_nothing_in_the_other_states(open_page: Opener, state: str, scheme: str) -> None:
    assert axe(open_page(factory.FOUR[state](), color_scheme=scheme, bypass_csp=True).page) == []


@pytest.mark.prove
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_on_a_phone(open_page: Opener, scheme: str) -> None:
    assert axe(open_page(factory.report(40), viewport=PHONE, color_scheme=scheme, bypass_csp=True).page) == []


@pytest.mark.parametrize("width", [390, 768, 900])
def test_no_page_scrolls_sideways(open_page: Opener, width: int) -> None:
    for state in factory.FOUR:
        page = open_page(factory.FOUR[state](), viewport={"width": width, "height": 844}).page
        if page.locator("#lines").count():
            open_every_card(page)
        assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_a_phone_never_scrolls_sideways_for_a_hostile_name(open_page: Opener) -> None:
    page = open_page(hostile(factory.report(120)), viewport=PHONE).page
    open_every_card(page)
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]


def test_without_scripts_the_first_hundred_findings_and_their_evidence_can_be_read(open_page: Opener) -> None:
    report = factory.report(500)
    first = next(row.finding for row in report.rows if row.finding.kind == "left-still-active")
    page = open_page(report, f"#{first.id}", script=False).page
    assert page.locator("h1").inner_text() == report.sentence
    assert page.locator("#lines tr[id]").count() == 100
    assert page.locator(f"#{first.id} + .card").is_visible()
    assert "Okta says" in page.locator(f"#{first.id} + .card").inner_text()
    assert page.locator(".card:visible").count() == 1
    assert not page.locator("#q").is_visible()
    assert "All of them are in 2026-11-23-run-41.csv (or type" in page.locator("#findings").inner_text()


def test_search_finds_names_without_their_accents_and_tells_how_many(open_page: Opener) -> None:
    page = open_page(factory.report(500)).page
    page.keyboard.press("/")
    page.keyboard.type("muller bjorn")
    assert names(page)
    assert all(name.startswith("björn.müller") for name in names(page))
    assert status(page) == f"1–{len(names(page))} of {len(names(page))} finding{'s' if len(names(page)) > 1 else ''}"


def test_search_finds_what_is_folded_and_escape_ends_it(open_page: Opener) -> None:
    page = open_page(factory.report(500)).page
    before = status(page)
    page.locator("#q").fill("oneil1002@")
    assert len(names(page)) == 1
    page.keyboard.press("Escape")
    assert status(page) == before


def test_what_a_cause_explains_is_folded_and_can_be_shown(open_page: Opener) -> None:
    page = open_page(factory.report(500)).page
    assert "folded under their cause" in status(page)
    page.locator("#fold").uncheck()
    assert status(page) == f"1–100 of {factory.report(500).counts.open} findings"


def test_the_cause_leads_to_what_it_explains(open_page: Opener) -> None:
    report = factory.report(500)
    cause = next(row for row in report.rows if row.explains)
    page = open_page(report, f"#{cause.finding.id}").page
    page.locator(f"#{cause.finding.id} + .card a[data-filter]").click()
    assert f"of {cause.explains} findings" in status(page)
    assert cause.finding.subject.name in status(page)


def test_a_critical_finding_is_never_folded(open_page: Opener) -> None:
    report = factory.report(40)
    rows = tuple(
        replace(row, finding=replace(row.finding, cause=report.rows[0].finding.id))
        if row.finding.severity == "critical"
        else row
        for row in report.rows
    )
    page = open_page(replace(report, rows=rows)).page
    assert page.locator("#lines .sev.critical").count() == 2


def test_a_tile_filters_the_table_and_again_shows_all(open_page: Opener) -> None:
    page = open_page(factory.report(500)).page
    before = status(page)
    tile = page.locator(".tile.critical")
    tile.click()
    assert status(page) == "1–3 of 3 findings"
    assert set(page.locator("#lines tr[id] .sev").all_inner_texts()) == {"critical"}
    tile.click()
    assert status(page) == before


def test_filters_narrow_one_another(open_page: Opener) -> None:
    page = open_page(factory.report(500)).page
    before = status(page)
    page.locator("#kind").select_option("member-not-assigned")
    many = page.locator("#lines tr[id]").count()
    page.locator("#group").select_option(label="kandji-legal")
    rows = page.locator("#lines tr[id]")
    assert 0 < rows.count() < many
    assert set(page.locator("#lines tr[id] td:nth-child(4)").all_inner_texts()) == {"kandji-legal"}
    page.locator("#clear").click()
    assert status(page) == before


def test_settling_findings_stand_apart_until_asked_for(open_page: Opener) -> None:
    report = factory.report(500)
    page = open_page(report).page
    assert page.locator("#settling tbody tr").count() == report.counts.settling
    page.locator("#state").select_option("settling")
    assert f"of {report.counts.settling} findings" in status(page)


def test_accepted_findings_stand_apart_until_asked_for_and_say_who_answers(open_page: Opener) -> None:
    report = factory.report(500)
    page = open_page(report).page
    assert page.locator("#lines .chip.accepted").count() == 0
    page.locator(".counts a[data-filter='state:accepted']").click()
    assert f"1–{report.counts.accepted} of {report.counts.accepted} findings" in status(page)
    page.locator("#lines tr[id] th a").first.click()
    page.locator("tr.open + .card .said").wait_for()
    said = page.locator("tr.open + .card").inner_text()
    assert "until 2 Dec 2026, by IT operations: Their Macs arrive in January (A-00000001)" in said


def test_a_card_leads_to_the_clicks_that_mend_its_kind(open_page: Opener) -> None:
    page = open_page(factory.report(40)).page
    page.locator("#lines tr[id] th a").first.click()
    page.locator("tr.open + .card a[href^='#kind-']").click()
    assert page.locator("#kind-group-feeds-no-assignment ol.clicks").is_visible()


def test_columns_sort_up_down_and_back(open_page: Opener) -> None:
    page = open_page(factory.report(500)).page
    first = names(page)
    button = page.get_by_role("button", name="Who or what")
    head = page.locator("th[data-sort=name]")
    button.click()
    up = names(page)
    assert up[0].startswith("ana.")
    assert first[0].startswith("kandji-")
    assert head.get_attribute("aria-sort") == "ascending"
    button.click()
    assert head.get_attribute("aria-sort") == "descending"
    assert names(page)[0] > up[0]
    button.click()
    assert head.get_attribute("aria-sort") is None
    assert names(page) == first


def test_pages_hold_a_hundred_each_and_together_everything(open_page: Opener) -> None:
    report = factory.report(500)
    page = open_page(report).page
    page.locator("#fold").uncheck()
    seen = list(names(page))
    for _ in range(4):
        page.locator("#on").click()
        seen += names(page)
    assert page.locator("#on").is_disabled()
    assert len(seen) == report.counts.open
    assert page.locator("#where").inner_text() == "page 5 of 5"


def test_a_link_to_a_single_finding_opens_it_wherever_it_is(open_page: Opener) -> None:
    report = factory.report(300)
    for finding in (report.rows[0].finding, report.rows[-40].finding, report.rows[200].finding):
        page = open_page(report, f"#{finding.id}").page
        card = page.locator(f"#{finding.id} + .card")
        card.locator(".said").wait_for()
        assert finding.sentence in card.inner_text()
        expect(page.locator(f"#{finding.id} th a").first).to_be_focused()


TOLD = "[...document.querySelectorAll('#lines tr[id]')].map(r => [r.id, r.textContent + r.nextSibling.textContent])"


def told(page: Page) -> dict[str, str]:
    """What rows and cards say, by finding."""
    page.locator("#fold").uncheck()
    open_every_card(page)
    texts = dict(page.evaluate(TOLD))
    if page.locator("#back").is_enabled():
        page.locator("#back").click()
        texts |= page.evaluate(TOLD)
    return {key: re.sub(r"\s+", "", text) for key, text in texts.items()}


def test_evidence_made_by_the_script_says_the_same_as_the_static_one(open_page: Opener) -> None:
    """The same findings twice: once among the first hundred, once behind them."""
    report = factory.report(60)
    static = told(open_page(report).page)
    made = told(open_page(replace(report, rows=(*_others(100), *report.rows))).page)
    compared = [key for key in static if "Explainedby" not in static[key]]
    assert len(compared) > 30
    assert [static[key] for key in compared] == [made[key] for key in compared]


def _others(size: int) -> tuple[Row, ...]:
    return tuple(
        Row(finding=factory.person_finding("assignment-stuck", 9_000_000 + n), life=factory.life(n))
        for n in range(size)
    )


def test_everything_can_be_done_from_the_keyboard(open_page: Opener) -> None:
    page = open_page(factory.report(40)).page
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.textContent") == "Skip to the content"
    page.keyboard.press("/")
    assert page.evaluate("document.activeElement.id") == "q"
    page.keyboard.type("dubois0@")
    link = page.locator("#lines th a").first
    link.focus()
    page.keyboard.press("Enter")
    page.locator("tr.open + .card .said").wait_for()
    assert link.get_attribute("aria-expanded") == "true"
    page.keyboard.press("Enter")
    assert link.get_attribute("aria-expanded") == "false"
    assert page.locator(".card:visible").count() == 0


def test_paper_shows_the_findings_and_none_of_the_tools(open_page: Opener) -> None:
    page = open_page(factory.report(40), color_scheme="dark").page
    page.emulate_media(media="print")
    assert page.locator("h1").is_visible()
    assert page.locator("#lines tr[id]").first.is_visible()
    assert not page.locator("nav").is_visible()
    assert not page.locator("#q").is_visible()
    assert page.locator("#kinds dd").first.is_visible()
    assert page.evaluate("getComputedStyle(document.body).color") == "rgb(28, 33, 40)"


@pytest.mark.prove
def test_a_hundred_thousand_findings_are_unpacked_searched_and_opened(open_page: Opener) -> None:
    report = factory.report(100_000)
    opened = open_page(report)
    page = opened.page
    assert "more are folded under their cause" in status(page)
    page.locator("#q").fill("zoe novak")
    assert names(page)
    finding = report.rows[-1].finding
    page.evaluate(f"location.hash = '#{finding.id}'")
    page.locator(f"#{finding.id} + .card .said").wait_for()
    assert finding.sentence in page.locator(f"#{finding.id} + .card").inner_text()
    assert opened.quiet(open_page.address)
