"""Prove over the real packages: two pins that moved at once, and a break that another one hides."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from tests.cli.command import call

DAY = "2026-11-20T00:00:00Z"


@pytest.mark.slow
@pytest.mark.cells
def test_the_pin_that_decides_is_told_apart_and_what_it_hides_is_seen(tmp_path: Path) -> None:
    run = tmp_path / "run"
    pairs = "1.1.2:0.20.0,1.2.0:0.20.0,1.1.2:0.21.0,1.2.0:0.21.0"
    call("run", "--pair", pairs, "--resolution", DAY, "--path", "native", "--confirm", "none", "--out", run,
         "--scenario", "annotation-file,annotation-unknown", "--store", "sqlite")  # fmt: skip
    said = call("prove", run, "--format", "json")
    assert said.status == 0, said.err
    told = json.loads(call("breaks", run, "--format", "json").out)["breaks"]
    by_scenario = {tuple(each["id"] for each in found["scenarios"]): found for found in told}
    any_citation = by_scenario["annotation-file", "annotation-unknown"]
    assert any_citation["decided"]["words"] == (
        "chatkit >= 1.2.0 (green: 1.1.2) and openai >= 3.1.0 (green: 3.0.0)"
    )
    assert any_citation["proven"] == ["openai<3.1.0"]
    unknown = by_scenario[("annotation-unknown",)]
    assert unknown["decided"]["words"] == "chatkit >= 1.2.0 (green: 1.1.2)"
    assert [line.partition(" (")[0] for line in unknown["behind"]] == [
        f"behind break {any_citation['number']}: it shows there, too"
    ]
