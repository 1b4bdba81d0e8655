from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from reports import html
from reports.report import Report

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

ARGUMENTS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)


@pytest.fixture(scope="module")
def browser(chromium: str) -> Iterator[Browser]:
    """The system's Chromium, driven by playwright; no browser is ever downloaded.

    While it runs, an event loop runs in this thread: it must end before tests that start their own.
    """
    from playwright.sync_api import sync_playwright

    with sync_playwright() as play:
        running = play.chromium.launch(executable_path=chromium, args=list(ARGUMENTS))
        yield running
        running.close()


class Opened:
    """A page in the browser, and everything it did that it should not: requests, messages, errors, dialogs."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.requests: list[str] = []
        self.answers: list[str] = []
        self.messages: list[str] = []
        page.on("request", lambda request: self.requests.append(request.url))
        page.on("response", lambda response: self.answers.append(response.url))
        page.on("console", lambda message: self.messages.append(message.text))
        page.on("pageerror", lambda error: self.messages.append(str(error)))
        page.on("dialog", lambda dialog: self.messages.append(dialog.message))

    def quiet(self, address: str) -> bool:
        """Nothing but the file itself was asked for, and nothing was said."""
        return {request.partition("#")[0] for request in self.requests} == {address} and self.messages == []


class Opener:
    def __init__(self, browser: Browser, folder: Path) -> None:
        self._browser = browser
        self._folder = folder
        self.address = ""

    def __call__(self, report: Report | str, fragment: str = "", *, script: bool = True, **options: Any) -> Opened:
        text = report if isinstance(report, str) else html.render(report)
        file = self._folder / "report.html"
        file.write_text(text, encoding="utf-8", newline="")
        self.address = file.as_uri()
        options = {"viewport": {"width": 1120, "height": 900}, "reduced_motion": "reduce"} | options
        context = self._browser.new_context(java_script_enabled=script, **options)
        opened = Opened(context.new_page())
        opened.page.set_default_timeout(20_000)
        opened.page.goto(self.address + fragment)
        if script:
            opened.page.wait_for_selector("html[data-ready]", state="attached")
        return opened


@pytest.fixture
def open_page(browser: Browser, tmp_path: Path) -> Iterator[Opener]:
    """Opens a report (or the text of a page) as a file, and closes it after the test."""
    yield Opener(browser, tmp_path)
    for context in browser.contexts:
        context.close()
