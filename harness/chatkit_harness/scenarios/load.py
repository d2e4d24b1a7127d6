"""One scenario file, read safely, checked against its schema, and turned into a Scenario."""

from __future__ import annotations

import functools
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from packaging.specifiers import InvalidSpecifier, SpecifierSet

from chatkit_harness.core.data import data_folder
from chatkit_harness.core.errors import ScenarioError
from chatkit_harness.core.scenario import (
    Budgets,
    Expectation,
    FindingExpectation,
    Scenario,
    TextExpectation,
    ToolExpectation,
    TurnPlan,
    WidgetExpectation,
)
from chatkit_harness.documents.schema import require_valid
from chatkit_harness.documents.yaml_file import LocatedDocument, read_yaml

_SCRIPT = "script.schema.json"


def load_scenario(path: Path) -> Scenario:
    """The scenario in a YAML file.

    Raises ScenarioError, naming `file:line` and the nearest valid key, for a file that cannot be read,
    is not valid, or contradicts itself.
    """
    located = read_yaml(path, error=ScenarioError)
    require_valid(located, scenario_schema(), error=ScenarioError)
    _require_sense(located)
    return _scenario(located.data, source=str(path.absolute()))


@functools.cache
def scenario_schema() -> Mapping[str, Any]:
    """The published schema with the script's schema inside, so that nothing has to be looked up."""
    folder = data_folder("schemas")
    schema: dict[str, Any] = json.loads((folder / "scenario.schema.json").read_text(encoding="utf-8"))
    script = json.loads((folder / _SCRIPT).read_text(encoding="utf-8"))
    schema["$defs"][_SCRIPT] = {**script, "$id": _SCRIPT}
    return schema


def _require_sense(located: LocatedDocument) -> None:
    """What a schema cannot say well."""
    data = located.data
    if "model" not in data and "script" not in data:
        cause = "neither 'model' (a cassette) nor 'script' is given."
        raise ScenarioError(located.where(()), cause, "Give one of the two: it says what the model answers.")
    for number, turn in enumerate(data["turns"]):
        if ("user" in turn) == ("client_tool_output" in turn):
            cause = f"turns[{number}] needs either 'user' or 'client_tool_output'."
            raise ScenarioError(located.where(("turns", number)), cause, "Give exactly one of the two.")
    if "client_tool_output" in data["turns"][0]:
        cause = "the first turn answers a client tool call, and nothing has been asked yet."
        raise ScenarioError(located.where(("turns", 0)), cause, "Begin with a turn of the user.")
    _require_turns_of_script(located)
    for name, wanted in data.get("requires", {}).items():
        try:
            SpecifierSet(wanted)
        except InvalidSpecifier:
            cause = f"{wanted!r} is not a range of versions."
            raise ScenarioError(
                located.where(("requires", name)), cause, "Write >=1.4.1, for example."
            ) from None


def _require_turns_of_script(located: LocatedDocument) -> None:
    turns, reached = len(located.data["turns"]), 1
    for number, entry in enumerate(located.data.get("script", [])):
        turn = entry.get("turn", reached)
        if not reached <= turn <= turns:
            cause = f"script[{number}] is for turn {turn}, after turn {reached}, of {turns} in all."
            raise ScenarioError(
                located.where(("script", number)), cause, "Number the turns upwards from 1, in their order."
            )
        reached = turn


def _scenario(data: Mapping[str, Any], source: str) -> Scenario:
    return Scenario(
        id=data["id"],
        title=data["title"],
        turns=tuple(_turn(turn) for turn in data["turns"]),
        paths=tuple(data.get("paths", ("native",))),
        server=data.get("server", "reference"),
        options=data.get("options", {}),
        context=data.get("context", {}),
        model=data.get("model"),
        script=tuple(data.get("script", ())),
        expect=_expectation(data.get("expect", {})),
        budgets=Budgets(**data.get("budgets", {})),
        requires=data.get("requires", {}),
        source=source,
        document=data,
    )


def _turn(data: Mapping[str, Any]) -> TurnPlan:
    return TurnPlan(
        user=data.get("user"),
        client_tool_output=data.get("client_tool_output"),
        answers_client_tool="client_tool_output" in data,
        context=data.get("context", {}),
        expect=_expectation(data["expect"]) if "expect" in data else None,
    )


def _expectation(data: Mapping[str, Any]) -> Expectation:
    return Expectation(
        tools=tuple(map(_tool, data["tools"])) if "tools" in data else None,
        widgets=tuple(map(_widget, data["widgets"])) if "widgets" in data else None,
        text=_text(data["text"]) if "text" in data else None,
        client_tool=_tool(data["client_tool"]) if "client_tool" in data else None,
        items=tuple(data["items"]) if "items" in data else None,
        error=data.get("error"),
        findings=tuple(map(_finding, data.get("findings", ()))),
    )


def _tool(data: Any) -> ToolExpectation:
    if isinstance(data, str):
        return ToolExpectation(name=data)
    return ToolExpectation(name=data["name"], arguments=data.get("arguments", {}))


def _widget(data: Mapping[str, Any]) -> WidgetExpectation:
    return WidgetExpectation(
        root=data.get("root"),
        contains=_texts(data.get("contains", ())),
        rows=data.get("rows"),
        has=tuple(data.get("has", ())),
    )


def _text(data: Mapping[str, Any]) -> TextExpectation:
    return TextExpectation(
        contains=_texts(data.get("contains", ())),
        excludes=_texts(data.get("excludes", ())),
        not_json=data.get("not_json", True),
        required=data.get("required", True),
    )


def _texts(data: Any) -> tuple[str, ...]:
    return (data,) if isinstance(data, str) else tuple(data)


def _finding(data: Mapping[str, Any]) -> FindingExpectation:
    return FindingExpectation(
        rule=data.get("rule"),
        component=data.get("component"),
        prop=data.get("prop"),
        any_of=tuple(map(_finding, data.get("any_of", ()))),
        optional=data.get("optional", False),
    )
