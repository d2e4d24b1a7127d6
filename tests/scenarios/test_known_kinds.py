"""The kinds of chatkit that a scenario names: what no release knows is refused as the file is read."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
import yaml
from tests.cli.command import call

from chatkit_harness.contracts import catalogue
from chatkit_harness.contracts.strict import Kind
from chatkit_harness.core.data import data_folder
from chatkit_harness.core.errors import ScenarioError
from chatkit_harness.core.scenario import Scenario
from chatkit_harness.scenarios import known_kinds
from chatkit_harness.scenarios.load import load_scenario

HEAD = "id: hello\ntitle: Hello\n"
SCRIPT = "script: [{say: Good morning.}]\n"
TURN = "turns:\n  - user: Hello\n"
ALL = f"{HEAD}{TURN}{SCRIPT}expect:\n  passes_on:\n    - chatkit.event/thread.created\n    - KIND\n"
OF_TURN = f"{HEAD}{TURN}    expect: {{passes_on: [KIND]}}\n{SCRIPT}"
ORDER = f"{HEAD}{TURN}{SCRIPT}expect:\n  order:\n    - chatkit.event/thread.created\n    - KIND\n"
LEFT = f"{HEAD}{TURN}    leaves: {{after: KIND}}\n{SCRIPT}"
WORKFLOW = f"{HEAD}{TURN}paths: [agent_builder]\nagent_builder:\n  {SCRIPT}  expect: {{passes_on: [KIND]}}\n"
SPACES = ("event", "update", "item", "content", "task", "source", "attachment", "widget", "request")


def load(folder: Path, text: str, kind: str) -> Scenario:
    path = folder / "hello.yaml"
    path.write_text(text.replace("KIND", kind), "utf-8")
    return load_scenario(path)


def refused(folder: Path, text: str, kind: str) -> ScenarioError:
    with pytest.raises(ScenarioError) as caught:
        load(folder, text, kind)
    return caught.value


@pytest.mark.parametrize(
    ("text", "line", "place"),
    [
        (ALL, 9, "expect.passes_on[1]"),
        (ORDER, 9, "expect.order[1]"),
        (OF_TURN, 5, "turns[0].expect.passes_on[0]"),
        (LEFT, 5, "turns[0].leaves.after"),
        (WORKFLOW, 8, "agent_builder.expect.passes_on[0]"),
    ],
)
def test_a_misspelt_kind_is_refused_wherever_it_is_named(
    tmp_path: Path, text: str, line: int, place: str
) -> None:
    error = refused(tmp_path, text, "chatkit.event/thread.item.dune")
    assert error.culprit == f"{tmp_path / 'hello.yaml'}:{line}"
    assert error.cause.startswith(f"{place}: 'chatkit.event/thread.item.dune' is known to no chatkit of ")
    assert error.next_step.startswith("Did you mean 'chatkit.event/thread.item.done'?")
    assert load(tmp_path, text, "chatkit.event/thread.item.done").id == "hello"


@pytest.mark.parametrize(
    ("kind", "offer"),
    [
        ("chatkit.widget/Crad", "Did you mean 'chatkit.widget/Card'?"),
        ("chatkit.request/thread.create", "Did you mean 'chatkit.request/threads.create'?"),
        ("chatkit.event/widget.root.updated", "Did you mean 'chatkit.update/widget.root.updated'?"),
        ("chatkit.task/xyz", "Valid: custom, file, image, thought, web_search."),
    ],
)
def test_the_nearest_name_is_offered(tmp_path: Path, kind: str, offer: str) -> None:
    assert refused(tmp_path, ALL, kind).next_step.startswith(offer)


@pytest.mark.parametrize(
    "kind",
    [
        "chatkit.item/structured_input",  # of the newest releases only
        "chatkit.content/output_text",  # the only one of the assistant
        "chatkit.widget/Basic",  # a root alone
        "chatkit.widget/Table.Row",  # which chatkit lets through, and only the client knows
        "openai.event/response.mood.changed",  # of which no list is stored
        "agents.event/handoff_occurred",
    ],
)
def test_what_some_release_may_have_is_no_misspelling(tmp_path: Path, kind: str) -> None:
    assert kind in (load(tmp_path, ALL, kind).expect.passes_on or ())


def test_a_kind_that_only_older_releases_know_stays_valid(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    stored = catalogue.releases()
    monkeypatch.setattr(catalogue, "releases", lambda: stored[::-1])
    assert load(tmp_path, ALL, "chatkit.item/structured_input").id == "hello"


def test_each_release_tells_the_names_of_each_space() -> None:
    for release in catalogue.releases():
        found = {space: known_kinds.of_release(f"chatkit.{space}", release) for space in SPACES}
        assert [space for space, names in found.items() if not names] == [], release
        assert {"thread.created", "error"} <= found["event"]
        assert {"input_text", "input_tag", "output_text"} == found["content"]
        assert {"Card", "Title"} <= found["widget"]


def test_only_the_newest_schemas_are_read_for_what_they_know(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    known_kinds.of_release.cache_clear()
    read: list[str] = []
    schema = catalogue.schema

    def noting(kind: Kind, release: str) -> Mapping[str, Any]:
        read.append(release)
        return schema(kind, release)

    monkeypatch.setattr(catalogue, "schema", noting)
    load(tmp_path, ALL, "agents.event/tool_called")
    load(tmp_path, ALL, "chatkit.event/thread.item.done")
    assert read == [catalogue.releases()[-1]]


def test_a_run_is_refused_before_anything_is_driven(tmp_path: Path) -> None:
    refused(tmp_path, ALL, "chatkit.event/thread.item.dune")
    said = call("run", "--scenario", tmp_path / "hello.yaml", "--out", tmp_path / "out")
    assert (said.status, (tmp_path / "out").exists()) == (2, False)
    assert "hello.yaml:9" in said.err


def test_every_readers_yaml_can_read_the_built_in_scenarios() -> None:
    for file in data_folder("scenarios").rglob("*.yaml"):
        assert yaml.safe_load(file.read_text(encoding="utf-8")), file
