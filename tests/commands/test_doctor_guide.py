from __future__ import annotations

from pathlib import Path

from reconciler.commands.doctor import exit_code
from reconciler.commands.doctor_guide import look_at_guide
from reconciler.store import Store
from reconciler.world import Settings
from tests.store import samples


def test_where_nothing_was_read_yet_it_is_said_what_to_type(tmp_path: Path) -> None:
    (line,) = look_at_guide(tmp_path / "r.db", Settings(), samples.NOON)
    assert (line.state, line.next) == ("not checked", "reconciler run")


def test_the_last_complete_run_is_held_to_the_guide_with_its_age_and_no_line_changes_the_code(tmp_path: Path) -> None:
    path = tmp_path / "r.db"
    with Store.open(path) as store:
        samples.save(store, 0, samples.finding("Macs", kind="mapping-error", sentence="Okta has stopped pushing Macs"))
        samples.save_without_data(store, 1)
    lines = {line.name: line for line in look_at_guide(path, Settings(), samples.run_at(3).finished)}
    assert lines["guide"].told == "what follows was so at run 1, 3 h ago"
    broken = lines["guide: mappings healthy"]
    assert (broken.state, broken.told) == ("failed", "Okta has stopped pushing Macs")
    assert broken.next == "reconciler plan --kind mapping-error"
    assert lines["guide: custom app"].state == "ok"
    assert exit_code(tuple(lines.values())) == 0
