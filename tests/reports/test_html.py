from __future__ import annotations

import os
import re
import subprocess
import sys
from base64 import b64encode
from hashlib import sha256
from html.parser import HTMLParser
from importlib.resources import files

import pytest
from msgspec.structs import replace

from reconciler.findings import How
from reports import html
from reports.report import Report
from tests.reports import factory
from tests.reports.hostile import hostile

KILOBYTE = 1000


class Reader(HTMLParser):
    """Start tags with their attributes, and the text of style and script elements."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.inside: list[tuple[dict[str, str | None], str]] = []
        self.text: list[str] = []
        self._open: dict[str, str | None] | None = None
        self.feed(page)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        self._open = dict(attrs) | {"tag": tag} if tag in ("style", "script") else None

    def handle_endtag(self, tag: str) -> None:
        if tag in ("style", "script"):
            self._open = None

    def handle_data(self, data: str) -> None:
        if self._open is None:
            self.text.append(data)
        else:
            self.inside.append((self._open, data))


@pytest.mark.parametrize("state", factory.FOUR)
def test_the_page_begins_with_the_sentence_in_title_and_heading(state: str) -> None:
    report = factory.FOUR[state]()
    page = html.render(report)
    assert f"<title>{report.sentence} · {report.title}</title>" in page
    assert re.search(rf"<h1>{re.escape(report.sentence)}</h1>", page)


def test_only_a_complete_run_in_step_is_green() -> None:
    for state, make in factory.FOUR.items():
        assert f'<body class="{state}">' in html.render(make())
    sheet = files("reports").joinpath("templates", "page.css").read_text(encoding="utf-8")
    assert re.search(r"\.in-step \{ --state: var\(--well\)", sheet)
    assert len(re.findall(r"--state: var\(--well\)", sheet)) == 1


def test_the_same_report_gives_the_same_bytes_whatever_the_clock_the_zone_and_the_hash_seed() -> None:
    code = (
        "import hashlib; from reports import html; from tests.reports import factory;"
        "print(hashlib.sha256(html.render(factory.report(300)).encode()).hexdigest())"
    )
    here = sha256(html.render(factory.report(300)).encode()).hexdigest()
    for seed, zone in (("1", "Asia/Tokyo"), ("2", "America/New_York")):
        environment = os.environ | {"PYTHONHASHSEED": seed, "TZ": zone, "LC_ALL": "C"}
        made = subprocess.run([sys.executable, "-c", code], env=environment, capture_output=True, text=True, check=True)
        assert made.stdout.strip() == here


def test_the_policy_allows_nothing_but_the_own_style_and_script_by_their_hashes() -> None:
    page = Reader(html.render(factory.report(40)))
    policy = next(a["content"] for tag, a in page.tags if a.get("http-equiv") == "Content-Security-Policy")
    style, script = (
        b64encode(sha256(text.encode()).digest()).decode()
        for a, text in page.inside
        if a.get("type") != "application/json"
    )
    assert policy == (
        f"default-src 'none'; style-src 'sha256-{style}'; script-src 'sha256-{script}'; "
        "base-uri 'none'; form-action 'none'"
    )


@pytest.mark.parametrize("report", [factory.report(120), factory.incomplete(), hostile(factory.report(120))])
def test_there_is_no_inline_handler_no_style_attribute_and_nothing_to_load(report: Report) -> None:
    page = Reader(html.render(report))
    for tag, attributes in page.tags:
        assert not [name for name in attributes if name.startswith("on") or name in ("style", "src", "srcset", "data")]
        assert tag not in ("img", "iframe", "link", "object", "embed", "base", "use")
    assert [tag for tag, _ in page.tags].count("script") == 4


@pytest.mark.parametrize("report", [factory.report(120), hostile(factory.report(120))])
def test_links_lead_into_the_page_or_to_the_two_consoles(report: Report) -> None:
    page = Reader(html.render(report))
    addresses = [attributes["href"] or "" for tag, attributes in page.tags if "href" in attributes]
    outside = {re.match(r"https?://[^/]+", address)[0] for address in addresses if not address.startswith("#")}  # type: ignore[index] # all others are absolute
    assert outside == {"https://acme-admin.okta.com", "https://acme.kandji.io"}


def test_an_identifier_stands_once_and_every_link_in_the_page_has_its_place() -> None:
    page = Reader(html.render(factory.report(60)))
    ids = [attributes["id"] for _, attributes in page.tags if "id" in attributes]
    assert len(ids) == len(set(ids))
    inner = {(a["href"] or "")[1:] for _, a in page.tags if (a.get("href") or "").startswith("#")}
    apart = {row.finding.id for row in factory.report(60).rows if not row.life.stands}
    assert inner - set(ids) <= apart


def test_the_first_hundred_findings_are_plain_html_and_the_rest_is_said_with_number_and_file() -> None:
    report = factory.report(500)
    page = html.render(report)
    assert len(re.findall(r'<tr id="F-', page)) == 100
    assert f"first 100 of {report.counts.open} open findings. All of them are in 2026-11-23-run-41.csv (or type" in page


def test_findings_that_do_not_fit_are_said_with_number_and_files() -> None:
    page = html.render(factory.report(500), room=5_000)
    found = re.search(
        r"(\d+) findings of 500 do not fit in this page. All of them are in 2026-11-23-run-41.csv and", page
    )
    assert found is not None
    assert 0 < int(found[1]) < 500


def test_evidence_that_does_not_fit_is_said_with_number_and_file() -> None:
    page = html.render(factory.report(500), room=38_000)
    found = re.search(r"The evidence of (\d+) findings, the last in this order, does not fit", page)
    assert found is not None
    assert 0 < int(found[1]) < 500
    assert "do not fit in this page. All of them" not in page


def test_causes_come_first_and_what_they_explain_is_folded_behind_the_rest() -> None:
    report = factory.report(40)
    page = html.render(report)
    order = re.findall(r'<tr id="(F-\w+)"', page)
    by_id = {row.finding.id: row for row in report.rows}
    assert by_id[order[0]].explains
    folded = [bool(by_id[one].finding.cause) for one in order]
    assert folded == sorted(folded)
    assert "<h2>Causes <small>1 cause, 14 people</small></h2>" in page
    assert page.index("14 findings about 14 people in 1 group") < page.index(order[0] + '"><td>')


def test_every_kind_says_what_it_means_why_it_matters_and_how_to_mend_it() -> None:
    report = factory.report(40)
    page = html.render(report)
    for slug in {row.finding.kind for row in report.rows}:
        kind = factory.KIND[slug]
        assert f'id="kind-{slug}"' in page
        told = (kind.means, kind.matters, *(answers(kind.how) if kind.how else (kind.mend,)))
        assert all(text.replace("'", "&#39;") in page for text in told)


def answers(how: How) -> tuple[str, ...]:
    return (how.by_hand[0], how.if_meant, how.okta_alone, how.side_effects, how.undo)


def test_what_no_command_mends_says_which_one_shows_where_the_chain_breaks() -> None:
    page = html.render(factory.report(40))
    assert "<code>reconciler plan --kind left-still-active</code>" in page
    assert re.search(r"This version only tells\. [^<]+<code>reconciler explain F-[0-9a-f]{12}</code>", page)
    assert "<li>Run <code>reconciler run</code> and see" in page


def test_rules_are_told_in_words_with_what_they_cover_and_miss() -> None:
    page = section(html.render(factory.report(40)), "rules")
    assert "people in kandji-sales or Design, unless their type is contractor" in page
    assert "<bdi>kandji-engineering</bdi>, if <bdi>their type is not contractor</bdi>" in page
    assert '<dt>Misses<dd class="no"><bdi>kandji-legal</bdi>, <bdi>kandji-finance</bdi>' in page
    assert "INVALID: a group it names is gone" in page


def test_a_pushed_group_says_which_rule_brings_its_people() -> None:
    page = section(html.render(factory.report(40)), "groups")
    assert "<small><bdi>covered if their type is not contractor</bdi></small>" in page


def test_an_acceptance_is_told_with_reason_owner_last_day_and_how_many_findings_stand_under_it() -> None:
    report = factory.report(40)
    page = html.render(report)
    told = section(page, "accepted")
    for text in ("Their Macs arrive in January", "IT operations", "2 Dec 2026", "2 findings stand under it"):
        assert text in told
    assert told.count("<code>F-") == report.counts.accepted == 2


def test_what_changed_says_which_acceptances_end_soon_and_which_have_ended() -> None:
    page = section(html.render(factory.report(40)), "changed")
    assert "<b>Ends in 9 days</b> <bdi>Their Macs arrive in January</bdi>" in page
    assert "<b>Ended 3 days ago</b> <bdi>Pilot</bdi> (<bdi>IT operations</bdi>): 2 findings are findings again" in page


def test_a_finding_that_comes_and_goes_says_how_often() -> None:
    assert "comes and goes: 3 times in 30 days" in section(html.render(factory.report(40)), "findings")


def section(page: str, name: str) -> str:
    found = re.search(rf'<section id="{name}">.*?(?=<section id=|</main>)', page, re.DOTALL)
    assert found is not None
    return found[0]


def test_a_baseline_calls_nothing_new() -> None:
    page = html.render(factory.baseline())
    assert "first complete run: everything is at first sight, nothing is new" in page
    assert "<small>first sight</small>" in page


def test_an_incomplete_run_says_how_old_the_data_are_and_what_is_missing() -> None:
    page = html.render(factory.incomplete())
    assert "Data of run 41, read Sun 22 Nov 2026, 06:02 UTC: 24 h old" in page
    assert "okta.app_users was not read whole (1 of 7 lists): no verdict" in page
    assert "really missing" not in page


def test_a_run_without_data_shows_no_empty_sections() -> None:
    page = html.render(factory.failed())
    assert "There are no data yet" in page
    assert not re.search(r'id="(findings|groups|changed|fall-out)"', page)


def test_leaks_are_scaled_to_the_largest_and_told_in_a_table_too() -> None:
    page = html.render(factory.report(40))
    widths = re.findall(r'class="leak"><svg[^>]*><rect class="track"[^>]*/><rect width="([\d.]+)%"', page)
    assert widths == ["43.8", "6.8", "2.7", "1.4", "100.0"]
    assert '<th scope="row">In Kandji<td class="n">4,775<td>2 deleted in Kandji; 1 inactive in Kandji' in page


def test_sources_say_how_they_are_known_to_be_whole_and_notes_what_was_not_checked() -> None:
    report = factory.report(1)
    page = html.render(report)
    for source in report.sources:
        assert (source.reason or source.how_known).replace("'", "&#39;") in page
    for note in report.notes:
        assert note.reason in page


def test_five_hundred_findings_stay_under_three_hundred_kilobytes() -> None:
    assert len(html.render(factory.report(500)).encode()) < 300 * KILOBYTE


@pytest.mark.prove
def test_a_hundred_thousand_findings_stay_under_seven_megabytes() -> None:
    assert len(html.render(factory.report(100_000)).encode()) < 7_000 * KILOBYTE


def test_every_number_of_findings_makes_a_page() -> None:
    for size in (0, 1, 2, 9, 10, 99, 100, 101):
        assert html.render(factory.report(size)).endswith("</html>\n")


def test_who_is_outside_the_scope_has_a_column_where_there_is_somebody() -> None:
    report = factory.report(20)
    assert "Outside scope" not in html.render(report)
    some = (replace(report.groups[0], outside_scope=4_711), *report.groups[1:])
    page = html.render(replace(report, groups=some))
    assert '<th scope="col" class="n">Outside scope' in page
    assert 'data-is="outside scope">4,711' in page


def test_a_settling_finding_says_since_when_it_settles() -> None:
    report = factory.report(60)
    assert "since the change" in html.render(report)
    rows = tuple(replace(row, finding=replace(row.finding, youngest=None)) for row in report.rows)
    page = html.render(replace(report, rows=rows))
    assert "since it was first seen" in page
    assert "since the change" not in page
