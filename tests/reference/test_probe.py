from __future__ import annotations

import json
import logging
from collections.abc import Mapping
from typing import Any

import pytest
from agents.model_settings import MCPToolChoice
from tests.reference.loopback import Chat, LoopbackModel, words

from chatkit_harness.reference.probe import create_context, create_server
from chatkit_harness.reference.probe_tools import (
    NOTHING_RECORDED,
    RecordedOutputs,
    probe_tool_choice,
    probe_tools,
)

SCHEMA = {
    "type": "object",
    "properties": {"country": {"type": "string"}},
    "required": ["country"],
    "additionalProperties": False,
}
CAPITAL = {
    "type": "function",
    "name": "get_capital",
    "parameters": SCHEMA,
    "strict": True,
    "description": None,
}


def probe(**options: Any) -> Chat:
    return Chat(create_server(options), create_context({}))


def made(*raw: Any, hosted: bool = True) -> list[Any]:
    return probe_tools(raw, RecordedOutputs({}), hosted=hosted)


async def test_a_recorded_tool_answers_what_was_recorded(model: LoopbackModel) -> None:
    model.calls(("get_capital", {"country": "PotatoLand"}))
    model.says("Potato City.")
    talk = probe(
        model="gpt-5.5", instructions="Be brief.", tools=[CAPITAL], outputs={"call_0_0": "Potato City"}
    )
    assert words(await talk.says("What is its capital?")) == ["Potato City."]
    assert model.outputs == ["Potato City"]
    request = model.requests[0]
    assert (request["model"], request["instructions"]) == ("gpt-5.5", "Be brief.")
    assert request["tools"][0]["parameters"] == SCHEMA


async def test_a_forced_tool_is_forced_once(model: LoopbackModel) -> None:
    model.calls(("get_capital", {"country": "France"}))
    model.says("Paris.")
    talk = probe(tools=[CAPITAL], tool_choice={"type": "function", "name": "get_capital"})
    await talk.says("What is its capital?")
    choices = [request.get("tool_choice") for request in model.requests]
    assert choices == [{"type": "function", "name": "get_capital"}, None]


async def test_a_name_with_a_slash_is_a_model_like_any_other(model: LoopbackModel) -> None:
    model.says("Hello.")
    assert words(await probe(model="vendor/model").says("hi")) == ["Hello."]


async def test_chat_completions_are_spoken_on_request(model: LoopbackModel) -> None:
    deltas: list[Mapping[str, Any]] = [{"role": "assistant", "content": "It is "}, {"content": "seven."}]
    base = {"id": "c", "object": "chat.completion.chunk", "created": 1, "model": "m"}
    chunks = [base | {"choices": [{"index": 0, "delta": delta, "finish_reason": None}]} for delta in deltas]
    model.answers.append("".join(f"data: {json.dumps(chunk)}\n\n" for chunk in chunks).encode())
    events = await probe(api="chat_completions").says("How much?")
    assert words(events) == ["It is seven."]
    assert model.requests[0]["messages"][-1]["role"] == "user"


def test_another_api_is_refused() -> None:
    with pytest.raises(ValueError, match="responses or chat_completions, not 'smoke'"):
        create_server({"api": "smoke"})


def test_outputs_go_by_call_id_then_in_order_then_neutral() -> None:
    outputs = RecordedOutputs({"call_1": "one", "call_2": {"n": 2}, "call_3": None})
    assert outputs.take("call_2") == '{"n": 2}'
    assert [outputs.take("other"), outputs.take("call_3"), outputs.take("more")] == [
        "one",
        NOTHING_RECORDED,
        NOTHING_RECORDED,
    ]


def test_hosted_tools_are_made() -> None:
    tools = made(
        {"type": "web_search_preview", "search_context_size": "low"},
        {"type": "web_search", "filters": {"allowed_domains": ["example.com"]}},
        {"type": "file_search", "vector_store_ids": ["vs_1"], "max_num_results": 3},
        {"type": "code_interpreter", "container": {"type": "auto"}},
        {"type": "image_generation", "quality": "low"},
        {"type": "mcp", "server_label": "docs", "server_url": "https://example.com/mcp"},
        {"type": "computer_use_preview", "display_width": 9, "display_height": 9, "environment": "browser"},
        {"type": "local_shell"},
        {"type": "shell"},
        {"type": "apply_patch"},
        {"type": "custom", "name": "grammar"},
    )
    assert [type(tool).__name__ for tool in tools] == [
        "WebSearchTool",
        "WebSearchTool",
        "FileSearchTool",
        "CodeInterpreterTool",
        "ImageGenerationTool",
        "HostedMCPTool",
        "ComputerTool",
        "LocalShellTool",
        "ShellTool",
        "ApplyPatchTool",
        "CustomTool",
    ]
    assert (tools[0].search_context_size, tools[2].max_num_results) == ("low", 3)


@pytest.mark.parametrize("raw", [{"type": "quantum"}, {"type": "function"}, {"no": "type"}, "junk", None, 7])
def test_what_is_no_tool_is_left_out_and_named(raw: Any, caplog: pytest.LogCaptureFixture) -> None:
    assert [tool.name for tool in made(raw, CAPITAL)] == ["get_capital"]
    assert [record.levelno for record in caplog.records] == [logging.WARNING]
    assert "left out tool" in caplog.text


def test_chat_completions_have_no_hosted_tools(caplog: pytest.LogCaptureFixture) -> None:
    nested = {"type": "function", "function": {"name": "get_capital", "parameters": SCHEMA}}
    tools = made({"type": "web_search"}, nested, hosted=False)
    assert [tool.name for tool in tools] == ["get_capital"]
    assert "left out tool web_search" in caplog.text


def test_a_schema_that_cannot_be_strict_is_taken_as_it_is(caplog: pytest.LogCaptureFixture) -> None:
    loose = {"type": "object", "additionalProperties": True}
    tool = made({"type": "function", "name": "loose", "parameters": loose, "strict": True})[0]
    assert tool.strict_json_schema is False
    assert "tool loose is not strict here" in caplog.text


def test_the_recorded_schema_is_left_alone() -> None:
    schema = {"type": "object", "properties": {"country": {"type": "string"}}}
    tool = made({"type": "function", "name": "get_capital", "parameters": schema, "strict": True})[0]
    assert tool.params_json_schema == SCHEMA
    assert schema == {"type": "object", "properties": {"country": {"type": "string"}}}


@pytest.mark.parametrize(
    ("raw", "choice"),
    [
        (None, None),
        ("auto", "auto"),
        ("required", "required"),
        ({"type": "function", "name": "get_capital"}, "get_capital"),
        ({"type": "function", "function": {"name": "get_capital"}}, "get_capital"),
        ({"type": "web_search_preview"}, "web_search"),
        ({"type": "allowed_tools", "mode": "required", "tools": []}, "required"),
        (
            {"type": "mcp", "server_label": "docs", "name": "find"},
            MCPToolChoice(server_label="docs", name="find"),
        ),
    ],
)
def test_a_tool_choice_in_the_words_of_agents(raw: Any, choice: Any) -> None:
    assert probe_tool_choice(raw, made(CAPITAL, {"type": "web_search"})) == choice


def test_a_choice_of_a_tool_that_is_not_there_is_dropped(caplog: pytest.LogCaptureFixture) -> None:
    assert probe_tool_choice({"type": "function", "name": "gone"}, made(CAPITAL)) is None
    assert "left out tool_choice" in caplog.text


async def test_the_stand_ins_do_nothing() -> None:
    computer, shell, patch = made({"type": "computer"}, {"type": "local_shell"}, {"type": "apply_patch"})
    await computer.computer.click(1, 2, "left")
    assert (await computer.computer.screenshot()).startswith("iVBOR")
    assert await shell.executor(None) == ""
    assert await patch.editor.update_file(None) == ""
