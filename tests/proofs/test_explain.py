"""One person whom a rule leaves out is explained from what a run kept, and from what is so now."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from reconciler.simulator import company as companies
from tests.proofs.harness import Installation, installed


def explained(installation: Installation, *words: str) -> Any:
    outcome = installation.call("explain", *words, "--format", "json")
    assert outcome.code == 0, outcome.err
    return json.loads(outcome.out)


def test_whoever_a_rule_excludes_is_told_so_and_that_they_are_assigned_by_now(tmp_path: Path) -> None:
    company = companies.build(3, 90, 8, ("rule-excludes-member",))
    with installed(company, tmp_path) as installation:
        assert installation.call("run").code == 0
        finding = next(one for one in installation.findings() if one.kind == "rule-excludes-member")
        user_id = finding.people[0].removeprefix("user:")
        told = explained(installation, user_id)
        assert finding.id in {one["id"] for one in told["findings"]}
        assert "excluded" in {rule["says"] for rule in told["rules"]}
        broken = {
            link["name"] for chain in told["person"]["chains"] for link in chain["links"] if link["holds"] is False
        }
        assert broken == {"assigned to the app"}
        company.org.assign_user(company.org.users[user_id])
        before = installation.database.read_bytes()
        now = explained(installation, user_id, "--live")["live"]["differences"]
        assert ("assignment", "not there", "there") in {(one["record"], one["stored"], one["now"]) for one in now}
        assert installation.database.read_bytes() == before
