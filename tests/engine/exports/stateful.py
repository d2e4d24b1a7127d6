"""An export with a state, a trace around all of it, agents that reason, a context and a tool."""

from typing import Any

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
from openai.types.shared.reasoning import Reasoning
from pydantic import BaseModel


# Tool definitions
@function_tool
def chart_control(query: str) -> str:
    """Tell the chart what to draw."""
    return f'{{"chart_commands": ["LOAD:TSLA"], "text": "Asked for: {query}"}}'


class SymbolFinderSchema(BaseModel):
    symbol: str


symbol_finder = Agent(
    name="Symbol Finder",
    instructions="Name the symbol that the user asks for.",
    model="gpt-5-mini",
    output_type=SymbolFinderSchema,
    model_settings=ModelSettings(store=True, reasoning=Reasoning(effort="minimal", summary="auto")),
)


class BriefingWriterContext:
    def __init__(self, state_symbol: str, state_asked: int) -> None:
        self.state_symbol = state_symbol
        self.state_asked = state_asked


def briefing_writer_instructions(
    run_context: RunContextWrapper[BriefingWriterContext], _agent: Agent[BriefingWriterContext]
) -> str:
    state_symbol = run_context.context.state_symbol
    state_asked = run_context.context.state_asked
    return f"Write a short briefing about {state_symbol}. It is question {state_asked} of this user."


briefing_writer = Agent(
    name="Briefing Writer",
    instructions=briefing_writer_instructions,
    model="gpt-5",
    tools=[chart_control],
    model_settings=ModelSettings(
        parallel_tool_calls=True, store=True, reasoning=Reasoning(effort="low", summary="auto")
    ),
)


editor = Agent(
    name="Editor",
    instructions="Make the briefing shorter. Keep commands to the chart in lines of their own.",
    model="gpt-5-mini",
    model_settings=ModelSettings(store=True, reasoning=Reasoning(effort="low")),
)


class WorkflowInput(BaseModel):
    input_as_text: str


# Main code entrypoint
async def run_workflow(workflow_input: WorkflowInput) -> dict[str, Any]:
    with trace("Morning briefing"):
        state: dict[str, Any] = {"symbol": None, "asked": 0}
        workflow = workflow_input.model_dump()
        conversation_history: list[TResponseInputItem] = [
            {"role": "user", "content": [{"type": "input_text", "text": workflow["input_as_text"]}]}
        ]
        symbol_finder_result_temp = await Runner.run(
            symbol_finder,
            input=[*conversation_history],
            run_config=RunConfig(
                trace_metadata={"__trace_source__": "agent-builder", "workflow_id": "wf_stateful"}
            ),
        )
        symbol_finder_result = {
            "output_text": symbol_finder_result_temp.final_output.json(),
            "output_parsed": symbol_finder_result_temp.final_output.model_dump(),
        }
        state["symbol"] = symbol_finder_result["output_parsed"]["symbol"]
        state["asked"] = state["asked"] + 1
        briefing_writer_result_temp = await Runner.run(
            briefing_writer,
            input=[*conversation_history],
            run_config=RunConfig(
                trace_metadata={"__trace_source__": "agent-builder", "workflow_id": "wf_stateful"}
            ),
            context=BriefingWriterContext(state_symbol=state["symbol"], state_asked=state["asked"]),
        )
        conversation_history.extend([item.to_input_item() for item in briefing_writer_result_temp.new_items])
        editor_result_temp = await Runner.run(
            editor,
            input=[*conversation_history],
            run_config=RunConfig(
                trace_metadata={"__trace_source__": "agent-builder", "workflow_id": "wf_stateful"}
            ),
        )
        conversation_history.extend([item.to_input_item() for item in editor_result_temp.new_items])
        editor_result = {"output_text": editor_result_temp.final_output_as(str)}
        return editor_result  # noqa: RET504 - as exports are written
