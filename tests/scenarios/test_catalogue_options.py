"""What a scenario may ask of the catalogue server is what that server knows; the rest is refused unread."""

from __future__ import annotations

import importlib
import pkgutil
import warnings
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from agents import RunHooks
from tests.cli.command import call

from chatkit_harness.core.errors import ScenarioError
from chatkit_harness.core.scenario import Scenario
from chatkit_harness.scenarios.load import load_scenario, scenario_schema

with warnings.catch_warnings():
    # chatkit 1.4.0 and later warn of their own widget classes, already while they are imported.
    warnings.simplefilter("ignore", DeprecationWarning)
    from chatkit_harness.reference import catalogue
    from chatkit_harness.reference.catalogue import functions, guarded, hosted, tool_guards, workflows
    from chatkit_harness.reference.catalogue.server import create_server

    MODULES = {
        each.name: importlib.import_module(f"{catalogue.__name__}.{each.name}")
        for each in pkgutil.iter_modules(catalogue.__path__)
    }

GOOD = "id: a\ntitle: A\nscript: [{say: hello}]\nturns:\n  - user: hello\nserver: catalogue\n"
DEFS = scenario_schema()["$defs"]
OPTIONS: Mapping[str, Any] = DEFS["catalogue_options"]["properties"]
PARTS = [f"{module}/{name}" for module, held in MODULES.items() for name in getattr(held, "PARTS", ())]
GIVEN = {"guards": ["before"], "tools": ["price"], "at": "told", "task": "file", "widget": {}}
"""What some parts cannot be made without."""


def load(folder: Path, more: str) -> Scenario:
    path = folder / "a.yaml"
    path.write_text(GOOD + more, encoding="utf-8")
    return load_scenario(path)


def test_the_parts_are_those_of_the_server_in_both_spellings() -> None:
    dashed = {f"{module.replace('_', '-')}/{name}" for module, _, name in (p.partition("/") for p in PARTS)}
    assert len(PARTS) > 70
    assert sorted(OPTIONS["part"]["enum"]) == sorted(dashed | set(PARTS))


@pytest.mark.parametrize("part", OPTIONS["part"]["enum"])
def test_the_server_makes_each_part_that_may_be_asked_for(part: str) -> None:
    assert create_server({"part": part, **GIVEN}) is not None


def test_the_server_itself_refuses_any_other_part() -> None:
    with pytest.raises(ValueError, match="no part 'text/plian'"):
        create_server({"part": "text/plian"})


def test_the_other_names_are_those_of_the_server() -> None:
    assert DEFS["catalogue_tool"]["enum"] == list(functions.TOOLS)
    assert DEFS["catalogue_hosted_tool"]["enum"] == list(hosted.TOOLS)
    assert DEFS["catalogue_outcome"]["enum"] == list(tool_guards.OUTCOMES)
    assert OPTIONS["task"]["enum"] == list(workflows.tasks())
    assert DEFS["catalogue_guard"]["enum"] == list(guarded.GUARDS)


def test_a_hook_that_may_be_asked_for_is_one_of_agents() -> None:
    told, *hooks = OPTIONS["at"]["enum"]
    assert (told, [name for name in hooks if not hasattr(RunHooks, name)]) == ("told", [])


@pytest.mark.parametrize(
    ("options", "place", "wrong", "near"),
    [
        ("{part: text/plian}", "part", "text/plian", "text/plain"),
        ("{part: hosted/tool}", "part", "hosted/tool", "hosted/tools"),
        ("{part: hosted/tools, tools: [price, web_serch]}", "tools[1]", "web_serch", "web_search"),
        ("{part: functions/tools, tools: [pric]}", "tools[0]", "pric", "price"),
        ("{part: functions/tools, tools: [show], uses: [shows]}", "uses[0]", "shows", "show"),
        ("{part: functions/tools, uses: decides}", "uses", "decides", "decide"),
        ("{part: guarded/agent, guards: [beside, befor]}", "guards[1]", "befor", "before"),
        ("{part: tool_guards/tool, before: alow}", "before", "alow", "allow"),
        ("{part: limits/hooked, at: on_tool_star}", "at", "on_tool_star", "on_tool_start"),
        ("{part: workflows/task, task: thoughts}", "task", "thoughts", "thought"),
    ],
)
def test_what_is_mistyped_is_refused(tmp_path: Path, options: str, place: str, wrong: str, near: str) -> None:
    with pytest.raises(ScenarioError) as caught:
        load(tmp_path, f"options: {options}\n")
    assert caught.value.culprit.endswith("a.yaml:7")
    assert caught.value.cause == f"options.{place}: {wrong!r} is not valid."
    assert caught.value.next_step == f"Did you mean {near!r}?"


@pytest.mark.parametrize(("more", "key"), [("", "options"), ("options: {api: responses}\n", "part")])
def test_a_part_has_to_be_named(tmp_path: Path, more: str, key: str) -> None:
    with pytest.raises(ScenarioError, match=f"the key '{key}' is missing"):
        load(tmp_path, more)


def test_a_scenario_of_a_user_may_name_a_part_and_keys_of_its_own(tmp_path: Path) -> None:
    options = {"part": "by_hand/words", "mine": 1, "tools": ["price"]}
    assert load(tmp_path, f"options: {options}\n").options == options


def test_a_run_ends_as_wrong_use_before_anything_is_driven(tmp_path: Path) -> None:
    path = tmp_path / "a.yaml"
    path.write_text(f"{GOOD}options: {{part: text/plian}}\n", encoding="utf-8")
    out = tmp_path / "out"
    ended = call("run", "--pair", "1.6.5:0.24.0", "--scenario", path, "--out", out)
    assert (ended.status, out.exists()) == (2, False)
    assert "a.yaml:7" in ended.err
    assert "'text/plian' is not valid" in ended.err
    assert "Did you mean 'text/plain'?" in ended.err
