from __future__ import annotations

import asyncio
import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import openai
import pytest
from agents.mcp import MCPServerStdio
from tests.reference.loopback import LoopbackModel

from chatkit_harness.reference import market_mcp, probe_workflow, workflow
from chatkit_harness.reference.workflow import WorkflowInput, run_workflow, update_context


def classified(model: LoopbackModel, intent: str, symbol: str | None = "TSLA") -> None:
    model.says(json.dumps({"intent": intent, "symbol": symbol, "confidence": "high"}))


async def ask(question: str, page: str = "", **context: Any) -> dict[str, Any]:
    """Ask in a conversation of its own, or in the one of that page."""
    told = await update_context(page or f"{question} {context}", context)
    return await run_workflow(WorkflowInput(input_as_text=question, **told))


def text(output: Any) -> str:
    """What a tool said, however this agents release wraps it."""
    return output if isinstance(output, str) else str(output[0]["text"])


async def test_the_answer_is_the_classifiers_json_a_blank_line_and_the_specialist(
    model: LoopbackModel,
) -> None:
    classified(model, "educational", None)
    model.says('{"response_text": "A split."}')
    result = await ask("What is a stock split?")
    first, second = result["output_text"].split("\n\n")
    assert json.loads(first) == {"intent": "educational", "symbol": None, "confidence": "high"}
    assert json.loads(second) == {"response_text": "A split."}
    assert result["output_parsed"] == json.loads(first)


async def test_the_classifier_comes_first_and_is_typed(model: LoopbackModel) -> None:
    classified(model, "general_chat", None)
    model.says("Hello.")
    await ask("hi")
    first, second = model.requests
    schema = first["text"]["format"]
    assert (schema["type"], schema["name"]) == ("json_schema", "final_output")
    assert len(schema["schema"]["properties"]["intent"]["enum"]) == 7
    assert "format" not in second.get("text", {})
    assert not first.get("stream")


async def test_a_chart_command_comes_from_chart_control(model: LoopbackModel) -> None:
    classified(model, "chart_command")
    model.calls(("chart_control", {"query": "draw support"}))
    model.says("Drawn.")
    await ask("draw support", symbol="TSLA", timeframe="1W")
    answer = json.loads(text(model.outputs[0]))
    assert answer["chart_commands"][:2] == ["LOAD:TSLA", "TIMEFRAME:1W"]
    assert model.requests[1]["instructions"].endswith("The user's chart shows TSLA at the 1W timeframe.")


@pytest.mark.parametrize("fault", ["timeout", "upstream_502", "unknown_symbol"])
async def test_the_model_reads_why_a_chart_cannot_be_drawn(model: LoopbackModel, fault: str) -> None:
    classified(model, "chart_command")
    model.calls(("chart_control", {"query": "draw support for TSLA"}))
    model.says("Not now.")
    await ask("draw support for TSLA", faults={"market_data": fault})
    answer = json.loads(text(model.outputs[0]))
    assert answer["chart_commands"] == []
    assert "provider" in answer["error"] or answer["error"] == "unknown symbol TSLA"


async def test_market_data_come_over_mcp_and_nothing_is_left_behind(model: LoopbackModel) -> None:
    classified(model, "market_data", "AAPL")
    model.calls(("get_stock_price", {"symbol": "AAPL"}))
    model.says("Up.")
    before = asyncio.all_tasks()
    result = await ask("What is AAPL at?")
    assert result["output_text"].endswith("\n\nUp.")
    assert [tool["name"] for tool in model.requests[1]["tools"]] == [
        "get_stock_price",
        "get_stock_history",
        "get_market_news",
        "get_technical_levels",
    ]
    assert json.loads(text(model.outputs[0]))["price"] == 271.84
    assert asyncio.all_tasks() == before


async def test_a_fault_reaches_the_model_through_mcp(model: LoopbackModel) -> None:
    classified(model, "news")
    model.calls(("get_market_news", {"symbol": "TSLA"}))
    model.says("No news to be had.")
    await ask("news?", faults={"market_data": "upstream_502"})
    assert "the market data provider answered 502" in text(model.outputs[0])


async def test_every_market_tool_answers() -> None:
    program, *arguments = market_mcp.command()
    params: Any = {"command": program, "args": arguments}
    async with MCPServerStdio(params=params, client_session_timeout_seconds=30) as server:

        async def call(name: str, **values: Any) -> Any:
            result = await server.call_tool(name, values)
            return json.loads(getattr(result.content[0], "text", ""))

        history = await call("get_stock_history", symbol="tsla", days=2)
        news = await call("get_market_news", symbol="TSLA")
        levels = await call("get_technical_levels", symbol="NVDA")
        unknown = await server.call_tool("get_stock_price", {"symbol": "ZZZZ"})
    assert [bar["close"] for bar in history["bars"]] == [426.72, 418.36]
    assert (len(news["articles"]), levels["price"]) == (5, 189.27)
    assert "unknown symbol ZZZZ" in getattr(unknown.content[0], "text", "")


def run_alone(code: str) -> str:
    """Run code in a process of its own, with nothing loaded; what it prints."""
    root = Path(market_mcp.__file__).parents[2]
    start = f"import sys; sys.path.insert(0, {str(root)!r})\n{code}"
    return subprocess.run(
        [sys.executable, "-I", "-c", start], capture_output=True, text=True, check=True
    ).stdout


def test_the_market_server_imports_neither_agents_nor_chatkit() -> None:
    loaded = run_alone(
        "from chatkit_harness.reference import market_mcp as m\nm.tool_server('x', [])\nprint(*sys.modules)"
    ).split()
    assert "mcp" in loaded
    assert {"agents", "chatkit", "openai"}.isdisjoint(loaded)


def test_the_workflows_need_no_chatkit() -> None:
    both = (f"import chatkit_harness.reference.{name}" for name in ("workflow", "probe_workflow"))
    run_alone("\n".join(["sys.modules['chatkit'] = None", *both]))


async def test_a_page_is_remembered_until_its_session_expires(model: LoopbackModel) -> None:
    for context in ({"symbol": "TSLA"}, {}, {"hours_later": 25}):
        classified(model, "general_chat")
        model.says("Hello.")
        await ask("hi", page="remembered", **context)
    said = [request["instructions"].splitlines()[-1] for request in model.requests[1::2]]
    assert said == ["The user's chart shows TSLA."] * 2 + ["No chart is loaded."]


async def test_a_session_that_nobody_knows_has_no_chart(model: LoopbackModel) -> None:
    classified(model, "general_chat")
    model.says("Hello.")
    await run_workflow(WorkflowInput(input_as_text="hi", session_id="sess_1"))
    assert model.requests[1]["instructions"].endswith("No chart is loaded.")


@pytest.mark.parametrize("intent", [None, "general_chat", "market_data"])
async def test_a_failing_model_raises(model: LoopbackModel, intent: str | None) -> None:
    if intent:
        classified(model, intent)
    before = asyncio.all_tasks()
    with pytest.raises(openai.BadRequestError):
        await ask("hi")
    assert asyncio.all_tasks() == before


async def test_the_probe_says_what_the_model_says(model: LoopbackModel) -> None:
    saved = '{"intent":"news"}\n\n{"chart_commands":["LOAD"]} and some prose'
    model.says(saved)
    question = probe_workflow.WorkflowInput(input_as_text="play it")
    assert await probe_workflow.run_workflow(question) == {"output_text": saved}
    assert len(model.requests) == 1


def test_the_agents_stand_at_the_top_as_in_an_export() -> None:
    names = [value.name for value in vars(workflow).values() if type(value).__name__ == "Agent"]
    assert names == ["Intent classifier", "Market analyst", "Chart specialist", "Market educator"]
