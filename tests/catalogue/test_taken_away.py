"""Each event of the model's API that the catalogue exercises is taken away for real, and a scenario fails."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
import yaml
from tests.cli.command import call

from chatkit_harness.core.data import data_folder
from chatkit_harness.engine.coverage import named_kinds
from chatkit_harness.results import read_results
from chatkit_harness.scenarios.catalogue import load_folder

EVENT = "openai.event/"


def exercised() -> Mapping[str, str]:
    """For each kind of event the first scenario that names it."""
    found: dict[str, str] = {}
    for name, scenario in load_folder(data_folder("scenarios") / "catalogue").items():
        for kind in sorted(named_kinds(scenario)):
            if kind.startswith(EVENT) and scenario.script:
                found.setdefault(kind, name)
    return found


def answers(script: list[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    for entry in script:
        yield from entry.get("model", [entry])


def lacking(name: str, kind: str) -> dict[str, Any]:
    """The scenario, by a model that never sends events of this kind."""
    document: dict[str, Any] = yaml.safe_load(
        (data_folder("scenarios") / "catalogue" / f"{name}.yaml").read_text()
    )
    for answer in answers(document["script"]):
        answer["without"] = [*answer.get("without", []), kind.removeprefix(EVENT)]
    return {**document, "id": f"{name}.{kind.removeprefix(EVENT)}"}


@pytest.mark.cells
@pytest.mark.slow
def test_no_event_of_the_model_can_go_unnoticed(tmp_path: Path) -> None:
    folder = tmp_path / "scenarios"
    folder.mkdir()
    for kind, name in exercised().items():
        document = lacking(name, kind)
        (folder / f"{document['id']}.yaml").write_text(yaml.safe_dump(document))
    cache = os.environ.get("CHATKIT_HARNESS_CACHE") or tmp_path / "cache"
    named = [word for file in sorted(folder.iterdir()) for word in ("--scenario", file.stem)]
    call("run", "--pair", "1.6.5:0.24.0", "--resolution", "contemporary", "--scenarios", folder, *named,
         "--confirm", "none", "--time-limit", "10", "--cache", cache, "--out", tmp_path / "run")  # fmt: skip
    cases = read_results(tmp_path / "run").cases
    assert len(cases) == len(exercised()) > 40
    assert [case.scenario for case in cases if case.outcome != "fail"] == []
