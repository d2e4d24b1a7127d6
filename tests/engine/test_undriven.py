"""A server, a workflow or a store that was named, and that no case is driven on."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from tests.cli.command import call
from tests.made_index import MadeRelease, made_index

from chatkit_harness.core.errors import SelectionError
from chatkit_harness.core.scenario import Scenario
from chatkit_harness.engine.plan import known_scenarios, make_plan
from chatkit_harness.engine.settings import RunSettings
from chatkit_harness.engine.undriven import require_driven
from chatkit_harness.environments.layers import Layers
from chatkit_harness.index.index import Index
from chatkit_harness.machine.cache import Cache
from chatkit_harness.results import read_results
from chatkit_harness.scenarios.load import load_scenario

SERVER, FLOW = "shop:make", "flow.py"
FLOW_CODE = "async def run_workflow(workflow_input):\n    return {'output_text': 'Hi.'}\n"
HELLO = """
id: hello
title: Hello
paths: [native, agent_builder]
turns: [{user: Hello}]
script: [{say: Hi.}]
agent_builder: {script: [{say: Hi.}]}
"""


@pytest.fixture
def index(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """A project with a server, a workflow and a scenario for both, and the releases that there are."""
    (tmp_path / "shop.py").write_text("def make(): ...\ndef keep(): ...\n")
    (tmp_path / FLOW).write_text(FLOW_CODE)
    (tmp_path / "pyproject.toml").write_text('[project]\nname = "shop"\nversion = "1"\n')
    (tmp_path / "scenarios").mkdir()
    (tmp_path / "scenarios/hello.yaml").write_text(HELLO)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("CHATKIT_HARNESS_CACHE", str(tmp_path / "cache"))
    monkeypatch.delenv("CHATKIT_HARNESS_DATA", raising=False)
    names = {"openai-chatkit": ("0.0.2", "1.0.0"), "openai-agents": ("0.5.0",)}
    releases = [MadeRelease(project=name, version=each) for name, some in names.items() for each in some]
    with made_index(releases) as served:
        yield served.url


@pytest.fixture(scope="module")
def shipped() -> dict[str, Scenario]:
    return known_scenarios(RunSettings(out=Path()))


Notes = Callable[..., list[str]]


@pytest.fixture
def notes(index: str, shipped: dict[str, Scenario]) -> Notes:
    """What is told as a run of these scenarios begins. Raises what a run that is refused raises."""
    known = {**shipped, "hello": load_scenario(Path("scenarios/hello.yaml"))}

    def told(names: str, path: str = "native", **asked: Any) -> list[str]:
        settings = RunSettings(
            out=Path("out"), pairs=("1.0.0:0.5.0",), resolution="today", paths=(path,), **asked
        )
        cache = Cache(Path("cache"))
        releases = Index(cache, index)
        chosen = [known[each] for each in names.split()]
        plan = make_plan(settings, releases, Layers(cache, releases), None, chosen)
        require_driven(settings, plan.own, plan.cases)
        return [each for each in plan.notes if "driven on" in each]

    return told


def test_a_server_that_nothing_is_driven_on_is_refused_before_anything_runs(index: str) -> None:
    cell = ("--pair", "1.0.0:0.5.0", "--resolution", "today", "--index", index, "--out", "out")
    said = call("run", "--server", SERVER, "--scenario", "text-plain", *cell)
    with Path("pyproject.toml").open("a") as file:
        file.write(f'[tool.chatkit-harness]\nserver = "{SERVER}"\n')
    assert call("run", "--scenario", "text-plain", *cell) == said  # the project's settings name it likewise
    assert said.status == 2
    assert "--server shop:make" in said.err
    assert not Path("out/results.jsonl").exists()


@pytest.mark.parametrize(
    ("names", "asked", "words"),
    [
        ("text-plain", {"server": SERVER}, "text-plain is driven on the scenario's own server, catalogue"),
        ("store-paging", {"server": SERVER}, "store-paging is driven on the store memory, and on no server"),
        ("quote-aapl text-plain", {"server": SERVER}, "quote-aapl is skipped (quote-aapl: the model's words"),
        ("hello", {"server": SERVER, "path": "agent_builder"}, "it is for the path native"),
        (
            "hello",
            {"workflow": FLOW},
            "--workflow flow.py: No case is driven on it: it is for the path agent",
        ),
        ("text-plain", {"stores": ("sqlite",)}, "driven on catalogue, which has a store of its own"),
        ("hello", {"stores": ("shop:keep",), "path": "agent_builder"}, "--store shop:keep"),
        (
            "hello",
            {"read_by": ("neighbours",), "path": "agent_builder"},
            "--rollback: The path agent_builder",
        ),
        ("hello", {"read_by": ("0.0.2",), "path": "agent_builder"}, "--read-by: The path agent_builder"),
    ],
)
def test_what_nothing_is_driven_on_is_told_with_what_is_driven(
    notes: Notes, names: str, asked: dict[str, Any], words: str
) -> None:
    with pytest.raises(SelectionError) as refused:
        notes(names, **asked)
    assert words in str(refused.value)
    assert "leave " in refused.value.next_step


def test_of_cases_that_are_driven_elsewhere_it_is_told_once(notes: Notes) -> None:
    assert notes("hello text-plain text-incomplete", server=SERVER) == [
        (
            "Not driven on shop:make (--server): text-plain and text-incomplete are driven on "
            "the scenario's own server, catalogue."
        )
    ]
    (note,) = notes("quote-aapl text-plain", stores=("sqlite",))
    assert note.startswith("Not driven on sqlite (--store): text-plain is driven on catalogue, which has")


def test_one_of_several_things_may_be_driven_alone_and_the_others_are_told(notes: Notes) -> None:
    (note,) = notes("hello", server=SERVER, workflow=FLOW)
    assert note.startswith("No case is driven on flow.py (--workflow): it is for the path agent_builder")


@pytest.mark.parametrize(
    ("names", "asked"),
    [
        ("hello", {"server": SERVER}),
        ("conformance-rename", {"server": SERVER}),
        ("hello store-paging", {"server": SERVER, "read_by": ("0.0.2",)}),
        ("text-plain", {"stores": ("memory",)}),
        ("text-plain", {}),
        ("quote-aapl", {"server": SERVER}),
    ],
)
def test_what_is_driven_as_it_was_named_or_tells_itself_why_not_needs_no_note(
    notes: Notes, names: str, asked: dict[str, Any]
) -> None:
    assert notes(names, **asked) == []


def test_answers_that_were_saved_need_nothing_to_be_driven_on(index: str, notes: Notes) -> None:
    del index
    Path("answers").mkdir()
    Path("answers/hello.txt").write_text("Hi.")
    (note,) = notes("hello", server=SERVER, answers=Path("answers"), path="agent_builder")
    assert note.startswith("No case is driven on shop:make (--server)")


def test_a_run_keeps_what_a_project_put_into_every_cell(index: str) -> None:
    Path("pyproject.toml").write_text('[project]\nname = "shop"\nversion = "1"\ndependencies = ["dye<2"]\n')
    chosen = ["--pair", "1.0.0:0.5.0", "--resolution", "today", "--scenario", "hello", "--path", "native"]
    call("run", *chosen, "--server", SERVER, "--with", "hue", "--index", index, "--out", "kept")
    selection = read_results(Path("kept")).header.selection
    assert (selection["with"], selection["brought"]) == (["hue"], ["dye<2"])
