"""The rules that a scenario may name, as its schema lists them for editors and for whoever misspells one."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from chatkit_harness.checks.rules import RULES
from chatkit_harness.core.errors import ScenarioError
from chatkit_harness.scenarios.load import load_scenario

SCHEMA = Path(__file__).parents[2] / "schemas" / "scenario.schema.json"


def test_the_schema_lists_every_rule_and_every_family() -> None:
    known = {rule for rules in RULES.values() for rule in rules}
    families = {f"{rule.partition('/')[0]}/*" for rule in known}
    listed = json.loads(SCHEMA.read_text(encoding="utf-8"))["$defs"]["rule"]["enum"]
    assert sorted(listed) == sorted(known | families)


@pytest.mark.parametrize(
    ("wrong", "near"),
    [
        ("run/asked-after-leavin", "run/asked-after-leaving"),
        ("store/lst", "store/lost"),
        ("stor/*", "store/*"),
    ],
)
def test_a_misspelt_rule_is_refused_with_the_nearest_one(tmp_path: Path, wrong: str, near: str) -> None:
    path = tmp_path / "odd.yaml"
    path.write_text(
        "id: odd\ntitle: Odd\nturns: [{user: hello}]\nscript: [{say: Hello.}]\n"
        f"expect:\n  findings: [{{rule: {wrong}}}]\n"
    )
    with pytest.raises(ScenarioError, match=r"odd\.yaml:6") as told:
        load_scenario(path)
    assert near in told.value.next_step
