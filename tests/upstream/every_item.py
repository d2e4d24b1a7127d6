"""Every output item of the Responses API, as small as it may be."""

from __future__ import annotations

from typing import Any

PIXEL = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
EXIT = {"type": "exit", "exit_code": 0}
FAILED = {"type": "mcp_tool_execution_error", "content": [{"type": "text", "text": "No."}]}
TOOL = {"type": "function", "name": "price", "parameters": {}, "strict": True}
TEXT = {
    "type": "output_text",
    "text": "See the page.",
    "annotations": [
        {
            "type": "url_citation",
            "url": "https://example.org",
            "title": "T",
            "start_index": 0,
            "end_index": 3,
        },
        {"type": "file_citation", "file_id": "f", "filename": "a.txt", "index": 3},
        {"type": "file_path", "file_id": "f", "index": 3},
        {
            "type": "container_file_citation",
            "container_id": "c",
            "file_id": "f",
            "filename": "a.csv",
            "start_index": 0,
            "end_index": 3,
        },
    ],
    "logprobs": [],
}
_ITEMS: list[dict[str, Any]] = [
    {
        "type": "message",
        "role": "assistant",
        "status": "completed",
        "content": [TEXT, {"type": "refusal", "refusal": "I cannot."}],
    },
    {
        "type": "reasoning",
        "summary": [{"type": "summary_text", "text": "A thought."}],
        "content": [{"type": "reasoning_text", "text": "Thinking."}],
    },
    {"type": "function_call", "call_id": "c1", "name": "price", "arguments": '{"symbol": "AAPL"}'},
    {"type": "function_call_output", "call_id": "c1", "output": "213.55", "status": "completed"},
    {"type": "custom_tool_call", "call_id": "c2", "name": "sql", "input": "select 1"},
    {"type": "custom_tool_call_output", "call_id": "c2", "output": "1", "status": "completed"},
    {"type": "web_search_call", "status": "completed", "action": {"type": "search", "query": "q"}},
    {"type": "file_search_call", "status": "completed", "queries": ["q"], "results": []},
    {
        "type": "code_interpreter_call",
        "status": "completed",
        "code": "1 + 1",
        "container_id": "c",
        "outputs": [{"type": "logs", "logs": "2"}],
    },
    {"type": "image_generation_call", "status": "completed", "result": PIXEL},
    {
        "type": "mcp_list_tools",
        "server_label": "s",
        "tools": [{"name": "ask", "input_schema": {}}],
        "error": None,
    },
    {"type": "mcp_list_tools", "server_label": "s", "tools": [], "error": "It cannot be reached."},
    {"type": "mcp_call", "name": "ask", "arguments": "{}", "server_label": "s", "output": "o", "error": None},
    {"type": "mcp_call", "name": "ask", "arguments": "{}", "server_label": "s", "error": FAILED},
    {"type": "mcp_approval_request", "name": "ask", "arguments": "{}", "server_label": "s"},
    {"type": "mcp_approval_response", "approval_request_id": "a", "approve": True},
    {
        "type": "computer_call",
        "call_id": "c3",
        "status": "completed",
        "pending_safety_checks": [],
        "action": {"type": "screenshot"},
    },
    {
        "type": "computer_call_output",
        "call_id": "c3",
        "status": "completed",
        "output": {"type": "computer_screenshot", "image_url": "data:image/png;base64,"},
    },
    {
        "type": "local_shell_call",
        "call_id": "c4",
        "status": "completed",
        "action": {"type": "exec", "command": ["ls"], "env": {}},
    },
    {"type": "local_shell_call_output", "output": "a.txt"},
    {
        "type": "shell_call",
        "call_id": "c5",
        "status": "completed",
        "action": {"commands": ["ls -l"], "timeout_ms": 1000, "max_output_length": 100},
    },
    {
        "type": "shell_call_output",
        "call_id": "c5",
        "status": "completed",
        "max_output_length": 100,
        "output": [{"stdout": "a.txt", "stderr": "no b.txt", "outcome": EXIT}],
    },
    {
        "type": "apply_patch_call",
        "call_id": "c6",
        "status": "completed",
        "operation": {"type": "create_file", "path": "a.txt", "diff": "+a"},
    },
    {"type": "apply_patch_call_output", "call_id": "c6", "status": "completed", "output": "Done."},
    {
        "type": "tool_search_call",
        "call_id": None,
        "execution": "server",
        "status": "completed",
        "arguments": {"paths": ["crm"]},
    },
    {
        "type": "tool_search_output",
        "call_id": None,
        "execution": "server",
        "status": "completed",
        "tools": [TOOL],
    },
    {"type": "additional_tools", "role": "tool", "tools": [TOOL]},
    {"type": "program", "call_id": "c7", "code": "text(1)", "fingerprint": "f"},
    {"type": "program_output", "call_id": "c7", "result": "1", "status": "completed"},
    {"type": "compaction", "encrypted_content": "x"},
]
ITEMS = [{"id": f"item_{number}", **item} for number, item in enumerate(_ITEMS)]
