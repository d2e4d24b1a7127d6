"""An export whose tools run at the API: web search, file search, code interpreter and an MCP server."""

from typing import Any

from agents import (
    Agent,
    CodeInterpreterTool,
    FileSearchTool,
    HostedMCPTool,
    ModelSettings,
    RunConfig,
    Runner,
    TResponseInputItem,
    WebSearchTool,
    trace,
)
from pydantic import BaseModel

# Tool definitions
web_search_preview = WebSearchTool(
    search_context_size="medium", user_location={"country": "US", "type": "approximate"}
)
file_search = FileSearchTool(vector_store_ids=["vs_68f0000000008191aaaaaaaaaaaaaaaa"])
code_interpreter = CodeInterpreterTool(
    tool_config={"type": "code_interpreter", "container": {"type": "auto", "file_ids": []}}
)
mcp = HostedMCPTool(
    tool_config={
        "type": "mcp",
        "server_label": "market",
        "allowed_tools": ["get_quote"],
        "require_approval": "never",
        "server_url": "https://mcp.example.com/market",
    }
)
researcher = Agent(
    name="Researcher",
    instructions="Answer from what you find, and name where you found it.",
    model="gpt-4.1",
    tools=[web_search_preview, file_search, code_interpreter, mcp],
    model_settings=ModelSettings(
        temperature=1, top_p=1, parallel_tool_calls=True, max_tokens=2048, store=True
    ),
)


class WorkflowInput(BaseModel):
    input_as_text: str


async def run_workflow(workflow_input: WorkflowInput) -> dict[str, Any]:
    with trace("Research"):
        workflow = workflow_input.model_dump()
        conversation_history: list[TResponseInputItem] = [
            {"role": "user", "content": [{"type": "input_text", "text": workflow["input_as_text"]}]}
        ]
        researcher_result_temp = await Runner.run(
            researcher,
            input=[*conversation_history],
            run_config=RunConfig(
                trace_metadata={"__trace_source__": "agent-builder", "workflow_id": "wf_hosted"}
            ),
        )
        conversation_history.extend([item.to_input_item() for item in researcher_result_temp.new_items])
        researcher_result = {"output_text": researcher_result_temp.final_output_as(str)}
        return researcher_result  # noqa: RET504 - as exports are written
