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
    ActionPlan,
    AskPlan,
    Budgets,
    CommandsExpectation,
    Expectation,
    FindingExpectation,
    HttpCall,
    LeavePlan,
    MessagePlan,
    ModelExpectation,
    PathPlan,
    ResponseExpectation,
    Scenario,
    TextExpectation,
    ToolExpectation,
    TurnPlan,
    WidgetExpectation,
)
from chatkit_harness.documents.schema import require_valid
from chatkit_harness.documents.yaml_file import LocatedDocument, read_yaml

from .known_kinds import require_known_kinds

_SCRIPT = "script.schema.json"
DOES = ("user", "client_tool_output", "http", "action", "attach", "ask")
"""What a turn does: one of these."""


_NATIVE_ONLY = {
    "action": "is an action",
    "attach": "is a file",
    "ask": "is a request of ChatKit's protocol",
    "leaves": "is left by the client",
    "together": "is sent together with the one before",
    "message": "has tags, a quote or a composer's choices",
}
"""What a turn does or has that no workflow is asked, in words."""


def load_scenario(path: Path) -> Scenario:
    """The scenario in a YAML file.

    Raises ScenarioError, naming `file:line` and the nearest valid key, for a file that cannot be read,
    is not valid, contradicts itself, or names a kind that no chatkit has.
    """
    located = read_yaml(path, error=ScenarioError)
    require_valid(located, scenario_schema(), error=ScenarioError)
    _require_sense(located)
    require_known_kinds(located)
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
    _require_exam_or_turns(located)
    for number, turn in enumerate(data.get("turns", ())):
        if sum(each in turn for each in DOES) != 1:
            cause = f"turns[{number}] needs either {' or '.join(map(repr, DOES))}."
            raise ScenarioError(located.where(("turns", number)), cause, "Give exactly one of them.")
        if "message" in turn and "user" not in turn:
            cause = f"turns[{number}] has 'message', which goes with the user's words, and says nothing."
            raise ScenarioError(located.where(("turns", number)), cause, "Add 'user', or leave it out.")
    _require_something_to_click(located)
    _require_to_leave_alone(located)
    _require_model(located)
    if "client_tool_output" in next(iter(data.get("turns", ())), ()):
        cause = "the first turn answers a client tool call, and nothing has been asked yet."
        raise ScenarioError(located.where(("turns", 0)), cause, "Begin with a turn of the user.")
    _require_turns_of_script(located, ("script",))
    _require_turns_of_script(located, ("agent_builder", "script"))
    for name, wanted in data.get("requires", {}).items():
        try:
            SpecifierSet(wanted)
        except InvalidSpecifier:
            cause = f"{wanted!r} is not a range of versions."
            raise ScenarioError(
                located.where(("requires", name)), cause, "Write >=1.4.1, for example."
            ) from None


def _require_something_to_click(located: LocatedDocument) -> None:
    """Widgets come with answers, and those that a workflow gives lead to no server."""
    turns = located.data.get("turns", ())
    if "action" in next(iter(turns), ()):
        cause = "the first turn clicks on a widget, and none has been shown yet."
        raise ScenarioError(located.where(("turns", 0)), cause, "Begin with a turn of the user.")
    if "agent_builder" in located.data.get("paths", ()):
        for number, turn in enumerate(turns):
            kind = next((_NATIVE_ONLY[each] for each in _NATIVE_ONLY if each in turn), None)
            if kind is not None:
                cause = f"turns[{number}] {kind}, which is for the native path only."
                raise ScenarioError(
                    located.where(("turns", number)), cause, "Write paths: [native], or leave it out."
                )


def _require_to_leave_alone(located: LocatedDocument) -> None:
    """Of what the model is asked it is known when, and not for which of the turns that are sent together."""
    turns = located.data.get("turns", ())
    for number, turn in enumerate(turns):
        beside = turn.get("together") or (number + 1 < len(turns) and turns[number + 1].get("together"))
        if "leaves" in turn and beside:
            cause = f"turns[{number}] is left by the client while another turn is sent together with it."
            raise ScenarioError(
                located.where(("turns", number)), cause, "Have the other turn come before it, or after it."
            )


def _require_exam_or_turns(located: LocatedDocument) -> None:
    """An exam knows by itself what is asked; anything else is a conversation."""
    data = located.data
    if ("exam" in data) == ("turns" in data):
        cause = "it has both 'exam' and 'turns'." if "exam" in data else "it has no 'turns'."
        raise ScenarioError(located.where(()), cause, "Give the user's turns, or the exam, and not both.")
    if "exam" in data and data.get("paths", ["native"]) != ["native"]:
        cause = "an exam is for the native path only."
        raise ScenarioError(located.where(("paths",)), cause, "Leave out 'paths'.")


def _require_model(located: LocatedDocument) -> None:
    """Each path needs the model's words, unless nobody asks the model anything."""
    data = located.data
    paths = data.get("paths", ("native",))
    if "agent_builder" in data and "agent_builder" not in paths:
        cause = "'agent_builder' is given, and the scenario is not for that path."
        raise ScenarioError(located.where(("agent_builder",)), cause, "Write paths: [native, agent_builder].")
    if "answer" in data or not any("user" in turn for turn in data.get("turns", ())):
        return
    cause = "neither 'model' (a cassette) nor 'script' is given"
    step = "Give one of the two: it says what the model answers (`script: []` where nobody asks it)."
    if "native" in paths and not {"model", "script"} & set(data):
        raise ScenarioError(located.where(()), f"{cause}.", step)
    if "agent_builder" in paths and not {"model", "script"} & set(data.get("agent_builder", ())):
        raise ScenarioError(
            located.where(("agent_builder",) if "agent_builder" in data else ()),
            f"{cause} under 'agent_builder' for that path.",
            step,
        )


def _require_turns_of_script(located: LocatedDocument, place: tuple[str, ...]) -> None:
    turns, reached = len(located.data.get("turns", [{}])), 1
    script: Any = located.data
    for key in place:
        script = script.get(key, {})
    for number, entry in enumerate(script):
        turn = entry.get("turn", reached)
        if not reached <= turn <= turns:
            name = ".".join(place)
            cause = f"{name}[{number}] is for turn {turn}, after turn {reached}, of {turns} in all."
            raise ScenarioError(
                located.where((*place, number)), cause, "Number the turns upwards from 1, in their order."
            )
        reached = turn


def _scenario(data: Mapping[str, Any], source: str) -> Scenario:
    return Scenario(
        id=data["id"],
        title=data["title"],
        description=data.get("description", ""),
        turns=tuple(_turn(turn) for turn in data.get("turns", ())),
        paths=tuple(data.get("paths", ("native",))),
        server=data.get("server", "reference"),
        options=data.get("options", {}),
        context=data.get("context", {}),
        model=data.get("model"),
        script=tuple(data.get("script", ())),
        expect=_expectation(data.get("expect", {})),
        budgets=Budgets(**data.get("budgets", {})),
        requires=data.get("requires", {}),
        agent_builder=_path_plan(data["agent_builder"]) if "agent_builder" in data else None,
        answer=data.get("answer"),
        exam=data.get("exam"),
        extras=tuple(data.get("extras", ())),
        on_request=data.get("on_request", False),
        by_hand=data.get("by_hand", False),
        source=source,
        document=data,
    )


def _path_plan(data: Mapping[str, Any]) -> PathPlan:
    return PathPlan(
        model=data.get("model"),
        script=tuple(data.get("script", ())),
        expect=_expectation(data["expect"]) if "expect" in data else None,
        budgets=Budgets(**data["budgets"]) if "budgets" in data else None,
    )


def _turn(data: Mapping[str, Any]) -> TurnPlan:
    return TurnPlan(
        user=data.get("user"),
        message=_message(data.get("message", {})),
        ask=AskPlan(**data["ask"]) if "ask" in data else None,
        leaves=LeavePlan(**data["leaves"]) if "leaves" in data else None,
        together=data.get("together", False),
        http=_http(data),
        action=ActionPlan(**data["action"]) if "action" in data else None,
        client_tool_output=data.get("client_tool_output"),
        answers_client_tool="client_tool_output" in data,
        context=data.get("context", {}),
        expect=_expectation(data["expect"]) if "expect" in data else None,
    )


def _message(data: Mapping[str, Any]) -> MessagePlan:
    return MessagePlan(**{**data, "tags": tuple(data.get("tags", ()))})


def _http(data: Mapping[str, Any]) -> HttpCall | None:
    if "attach" in data:
        return HttpCall(path="/attachments", body=dict(data["attach"]), attaches=True)
    return HttpCall(**data["http"]) if "http" in data else None


def _expectation(data: Mapping[str, Any]) -> Expectation:
    return Expectation(
        tools=tuple(map(_tool, data["tools"])) if "tools" in data else None,
        widgets=tuple(map(_widget, data["widgets"])) if "widgets" in data else None,
        text=_text(data["text"]) if "text" in data else None,
        client_tool=_tool(data["client_tool"]) if "client_tool" in data else None,
        items=tuple(data["items"]) if "items" in data else None,
        error=data.get("error"),
        commands=_commands(data["commands"]) if "commands" in data else None,
        response=ResponseExpectation(**data["response"]) if "response" in data else None,
        progress=_texts(data["progress"]) if "progress" in data else None,
        title=data.get("title"),
        passes_on=tuple(data["passes_on"]) if "passes_on" in data else None,
        shows=tuple(data["shows"]) if "shows" in data else None,
        events=tuple(data["events"]) if "events" in data else None,
        order=tuple(data["order"]) if "order" in data else None,
        hides=_texts(data["hides"]) if "hides" in data else None,
        told_model=_told_model(data["told_model"]) if "told_model" in data else None,
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


def _told_model(data: Mapping[str, Any]) -> ModelExpectation:
    return ModelExpectation(
        contains=_texts(data.get("contains", ())),
        excludes=_texts(data.get("excludes", ())),
        has=data.get("has", {}),
    )


def _texts(data: Any) -> tuple[str, ...]:
    return (data,) if isinstance(data, str) else tuple(data)


def _commands(data: Mapping[str, Any]) -> CommandsExpectation:
    lists = {name: tuple(data[name]) for name in ("none_of", "exactly", "indicators") if name in data}
    return CommandsExpectation(**{**data, **lists})


def _finding(data: Mapping[str, Any]) -> FindingExpectation:
    return FindingExpectation(
        rule=data.get("rule"),
        component=data.get("component"),
        prop=data.get("prop"),
        contains=_texts(data.get("contains", ())),
        any_of=tuple(map(_finding, data.get("any_of", ()))),
        optional=data.get("optional", False),
    )
