"""What a client gives back for the output items that are for it to carry out or to decide."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

_ANSWERED_BY = {
    "function_call": "function_call_output",
    "custom_tool_call": "custom_tool_call_output",
    "computer_call": "computer_call_output",
    "local_shell_call": "local_shell_call_output",
    "shell_call": "shell_call_output",
    "apply_patch_call": "apply_patch_call_output",
}


def given_back(output: Sequence[Mapping[str, Any]]) -> Iterator[dict[str, Any]]:
    """An empty answer to each item of an output that does not hold the answer itself, as hosted shells do."""
    answered = {item.get("call_id") for item in output if str(item.get("type")).endswith("_output")}
    for item in output:
        kind = item.get("type")
        if kind == "mcp_approval_request":
            yield {"type": "mcp_approval_response", "approval_request_id": item["id"], "approve": True}
        elif kind in _ANSWERED_BY and item.get("call_id") not in answered:
            yield {"type": _ANSWERED_BY[kind], "call_id": item.get("call_id"), "output": ""}
