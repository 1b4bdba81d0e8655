from __future__ import annotations

import importlib
import subprocess
import sys
from pathlib import Path

import pytest

import reports
from tests.reports import factory


@pytest.mark.parametrize("name", reports.FORMATS)
def test_every_format_is_a_module_that_renders_a_report_as_text(name: str) -> None:
    module = importlib.import_module(f"reports.{name}")
    assert isinstance(module.render(factory.report(1)), str)


def test_every_module_with_a_render_is_listed() -> None:
    folder = Path(reports.__file__).parent
    names = {file.stem for file in folder.glob("*.py") if "\ndef render(" in file.read_text(encoding="utf-8")}
    assert names == set(reports.FORMATS)


def test_importing_the_formats_loads_neither_jinja_nor_rich() -> None:
    code = (
        "import sys, reports.html, reports.terminal, reports.json, reports.csv, reports.redact;"
        "print([name for name in ('jinja2', 'markupsafe', 'rich', 'sqlite3', 'httpx', 'click') if name in sys.modules])"
    )
    made = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert made.stdout.strip() == "[]"
