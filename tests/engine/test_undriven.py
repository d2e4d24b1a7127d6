"""A server, a workflow or a store that was named, and that no case is driven on."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from tests.cli.command import Said, call
from tests.made_index import MadeRelease, made_index

from chatkit_harness.engine.plan import make_plan
from chatkit_harness.engine.settings import RunSettings
from chatkit_harness.engine.undriven import require_driven
from chatkit_harness.environments.layers import Layers
from chatkit_harness.index.index import Index
from chatkit_harness.machine.cache import Cache

CELL = ("--pair", "1.0.0:0.5.0", "--resolution", "today")
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


def notes(url: str, **asked: Any) -> list[str]:
    """What is told as a run begins that is not refused."""
    given = {"paths": ("native",), **asked}
    settings = RunSettings(out=Path("out"), pairs=("1.0.0:0.5.0",), resolution="today", **given)
    cache = Cache(Path("cache"))
    index = Index(cache, url)
    plan = make_plan(settings, index, Layers(cache, index))
    require_driven(settings, plan.own, plan.cases)
    return [each for each in plan.notes if "driven on" in each]


def refused(url: str, *asked: str) -> Said:
    said = call("run", *asked, *CELL, "--index", url, "--out", "out")
    assert said.status == 2
    assert not Path("out/results.jsonl").exists()
    return said


@pytest.mark.parametrize(
    ("asked", "words"),
    [
        (("--server", SERVER, "--scenario", "text-plain"), ["--server shop:make", "text-plain", "catalogue"]),
        (("--server", SERVER, "--scenario", "store-paging"), ["--server shop:make", "the store memory"]),
        (("--server", SERVER, "--scenario", "quote-aapl,text-plain"), ["catalogue", "quote-aapl is skipped"]),
        (("--server", SERVER, "--path", "agent_builder", "--scenario", "hello"), ["for the path native"]),
        (("--workflow", FLOW, "--path", "native", "--scenario", "hello"), ["--workflow flow.py", "the path"]),
        (("--store", "sqlite", "--scenario", "text-plain"), ["--store sqlite", "has a store of its own"]),
        (("--store", "shop:keep", "--path", "agent_builder", "--scenario", "hello"), ["--store shop:keep"]),
        (("--rollback", "--path", "agent_builder", "--scenario", "hello"), ["--rollback", "no threads"]),
        (
            ("--read-by", "0.0.2", "--path", "agent_builder", "--scenario", "hello"),
            ["--read-by", "no threads"],
        ),
    ],
)
def test_what_nothing_is_driven_on_is_refused_before_anything_runs(
    index: str, asked: tuple[str, ...], words: list[str]
) -> None:
    told = refused(index, *asked).err
    assert [each for each in words if each not in " ".join(told.split())] == []
    assert "leave " in told


def test_a_server_of_the_project_s_settings_is_no_other(index: str) -> None:
    with Path("pyproject.toml").open("a") as file:
        file.write(f'[tool.chatkit-harness]\nserver = "{SERVER}"\n')
    assert "--server shop:make" in refused(index, "--scenario", "text-plain").err


def test_of_cases_that_are_driven_elsewhere_it_is_told_once(index: str) -> None:
    asked = ("hello", "text-plain", "text-incomplete")
    (note,) = notes(index, server=SERVER, scenarios=asked)
    assert note == (
        "Not driven on shop:make (--server): text-plain and text-incomplete are driven on the scenario's own "
        "server, catalogue."
    )
    (note,) = notes(index, stores=("sqlite",), scenarios=("quote-aapl", "text-plain"))
    assert note.startswith("Not driven on sqlite (--store): text-plain is driven on catalogue, which has")


def test_one_of_several_things_may_be_driven_alone_and_the_others_are_told(index: str) -> None:
    (note,) = notes(index, server=SERVER, workflow=FLOW, scenarios=("hello",))
    assert note.startswith("No case is driven on flow.py (--workflow): it is for the path agent_builder")


@pytest.mark.parametrize(
    "asked",
    [
        {"server": SERVER, "scenarios": ("hello",)},
        {"server": SERVER, "scenarios": ("conformance",)},
        {"server": SERVER, "scenarios": ("hello",), "paths": ("native", "agent_builder")},
        {"server": SERVER, "stores": ("shop:keep",), "scenarios": ("conformance-rename", "store-paging")},
        {"stores": ("memory",), "scenarios": ("text-plain",)},
        {"scenarios": ("text-plain",)},
        {"server": SERVER, "scenarios": ("quote-aapl",)},
    ],
)
def test_what_is_driven_as_it_was_named_or_tells_itself_why_not_needs_no_note(
    index: str, asked: dict[str, Any]
) -> None:
    assert [each for each in notes(index, **asked) if "(--server)" in each] == []
