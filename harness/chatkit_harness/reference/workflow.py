"""The demonstration workflow, in the shape in which Agent Builder's "Get code" exports one.

An intent classifier, then the specialist for that intent. It answers with text: the classifier's JSON, a
blank line, and what the specialist says. It needs agents, and no chatkit.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from agents import (
    Agent,
    ModelSettings,
    RunConfig,
    RunContextWrapper,
    Runner,
    TResponseInputItem,
    function_tool,
    trace,
)
from agents.mcp import MCPServerStdio
from pydantic import BaseModel

from .chart_control import ChartContext, control_chart
from .market import (
    FixtureMarketData,
    MarketDataTimeoutError,
    UnknownSymbolError,
    UpstreamError,
    with_fault,
)
from .market_mcp import command
from .page_context import PageContext

MODEL = "gpt-4.1-mini"

PAGE = PageContext()


@dataclass(frozen=True)
class WorkflowContext:
    """What the session knows when the question is asked."""

    symbol: str | None = None
    timeframe: str | None = None
    faults: Mapping[str, str] = field(default_factory=dict)


@function_tool
async def chart_control(ctx: RunContextWrapper[WorkflowContext], query: str) -> str:
    """Work out the chart commands for a question.

    Args:
        ctx: The run that asks.
        query: The user's question in their own words, such as "draw support for TSLA".
    """
    known = ctx.context
    market = with_fault(FixtureMarketData(), known.faults.get("market_data"))
    try:
        answer = await control_chart(query, ChartContext(known.symbol, known.timeframe), market)
    except (UnknownSymbolError, UpstreamError, MarketDataTimeoutError) as failure:
        # Said here: what agents tells the model of an exception differs, since 0.24.0 it is no reason at all.
        return json.dumps({"error": str(failure), "chart_commands": []})
    return json.dumps(answer.as_document())


class ClassifierSchema(BaseModel):
    """What the user wants, of which symbol."""

    intent: Literal[
        "market_data", "chart_command", "educational", "technical", "news", "company-info", "general_chat"
    ]
    symbol: str | None
    confidence: Literal["high", "medium", "low"]


classifier = Agent(
    name="Intent classifier",
    model=MODEL,
    instructions="""\
Classify the user's last message. intent is market_data for prices, news for headlines, technical for levels,
indicators and outlooks that are to be told, chart_command for anything that is to happen on the chart or asks
what it shows, company-info for what a company is and does, educational for how markets work, general_chat for
the rest. symbol is the ticker in question, or null. confidence is high, medium or low.""",
    output_type=ClassifierSchema,
    model_settings=ModelSettings(temperature=0),
)

ANSWER_FORM = """\
Answer with one JSON document and nothing around it: response_text (what the user reads), query_intent,
symbol, widgets (a list of ChatKit widgets) and chart_commands (a list of strings); a list may be empty."""


def with_chart(instructions: str) -> Any:
    """Instructions that end with what the user's chart shows."""

    def complete(ctx: RunContextWrapper[WorkflowContext], agent: Agent[WorkflowContext]) -> str:
        del agent
        known = ctx.context
        shown = f"The user's chart shows {known.symbol}" if known.symbol else "No chart is loaded"
        timeframe = f" at the {known.timeframe} timeframe" if known.symbol and known.timeframe else ""
        return f"{instructions}\n{ANSWER_FORM}\n{shown}{timeframe}."

    return complete


market_analyst = Agent[WorkflowContext](
    name="Market analyst",
    model=MODEL,
    instructions=with_chart("""\
You tell investors what the market does. Figures, headlines and levels come from your tools only; where a tool
fails, say what could not be had."""),
)

chart_specialist = Agent[WorkflowContext](
    name="Chart specialist",
    model=MODEL,
    instructions=with_chart("""\
You control the user's chart. Pass the question to chart_control in the user's words; its chart_commands go
into yours unchanged, its text is what you say in your own words."""),
    tools=[chart_control],
)

educator = Agent[WorkflowContext](
    name="Market educator",
    model=MODEL,
    instructions=with_chart(
        "You explain how markets work and talk with the user. Give no investment advice."
    ),
)


class WorkflowInput(BaseModel):
    """A question, and the session that it is asked in."""

    input_as_text: str
    session_id: str | None = None


async def run_workflow(workflow_input: WorkflowInput) -> dict[str, Any]:
    """Classify the question, then have the specialist answer it.

    Raises whatever the model or an agent raises; a failing tool does not: the model reads what went wrong.
    """
    with trace("Market assistant"):
        context = WorkflowContext(**PAGE.known(workflow_input.session_id))
        conversation_history: list[TResponseInputItem] = [
            {"role": "user", "content": [{"type": "input_text", "text": workflow_input.input_as_text}]}
        ]
        classified = await Runner.run(
            classifier,
            input=[*conversation_history],
            run_config=RunConfig(trace_metadata={"workflow_id": "market-assistant"}),
            context=context,
        )
        found = classified.final_output_as(ClassifierSchema)
        if found.intent in ("market_data", "news", "technical", "company-info"):
            program, *arguments = command(context.faults.get("market_data"))
            async with MCPServerStdio(
                params={"command": program, "args": arguments},
                name="market-data",
                client_session_timeout_seconds=30,
            ) as market_server:
                analyst = market_analyst.clone(mcp_servers=[market_server])
                answer = await run_specialist(analyst, conversation_history, context)
        elif found.intent == "chart_command":
            answer = await run_specialist(chart_specialist, conversation_history, context)
        else:
            answer = await run_specialist(educator, conversation_history, context)
        return {
            "output_text": f"{found.model_dump_json()}\n\n{answer}",
            "output_parsed": found.model_dump(),
        }


async def run_specialist(
    agent: Agent[WorkflowContext], conversation_history: list[TResponseInputItem], context: WorkflowContext
) -> str:
    """What a specialist answers to the conversation."""
    result = await Runner.run(
        agent,
        input=[*conversation_history],
        run_config=RunConfig(trace_metadata={"workflow_id": "market-assistant"}),
        context=context,
    )
    return str(result.final_output)


async def update_context(conversation: str, values: Mapping[str, Any]) -> Mapping[str, Any]:
    """What the page tells before a question; the input fields that the workflow needs besides the question.

    `values` is a scenario's context, see `PageContext.told`.
    """
    return {"session_id": PAGE.told(conversation, values)}
