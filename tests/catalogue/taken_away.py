"""What can go missing without anybody but `passes_on` noticing, kind by kind."""

from __future__ import annotations

from collections.abc import Mapping

CHATKIT = (
    *("chatkit.event/", "chatkit.update/", "chatkit.item/", "chatkit.content/", "chatkit.task/"),
    *("chatkit.source/", "chatkit.attachment/", "chatkit.widget/"),
)
"""The spaces of what chatkit sends."""

_ALONE: Mapping[str, str] = {
    "chatkit.event": """
        thread.created thread.item.added
    """,
    "chatkit.item": """
        hidden_context_item sdk_hidden_context user_message
    """,
    "chatkit.update": """
        assistant_message.content_part.added assistant_message.content_part.annotation_added
        assistant_message.content_part.done assistant_message.content_part.text_delta
    """,
    "openai.annotation": """
        file_path song_citation
    """,
    "openai.content": """
        reasoning_text
    """,
    "openai.event": """
        error response.audio.delta response.audio.done response.audio.transcript.delta
        response.audio.transcript.done response.code_interpreter_call.completed
        response.code_interpreter_call.in_progress response.code_interpreter_call.interpreting
        response.code_interpreter_call_code.delta response.code_interpreter_call_code.done
        response.compaction.compacting response.content_part.added response.content_part.done
        response.created response.custom_tool_call_input.delta response.custom_tool_call_input.done
        response.file_search_call.completed response.file_search_call.in_progress
        response.file_search_call.searching response.function_call_arguments.delta
        response.function_call_arguments.done response.image_generation_call.completed
        response.image_generation_call.generating response.image_generation_call.in_progress
        response.in_progress response.mcp_call.completed response.mcp_call.failed
        response.mcp_call.in_progress response.mcp_call_arguments.delta
        response.mcp_call_arguments.done response.mcp_list_tools.completed
        response.mcp_list_tools.failed response.mcp_list_tools.in_progress response.mood.changed
        response.output_item.added response.output_text.annotation.added response.output_text.delta
        response.output_text.done response.queued response.reasoning_summary_part.added
        response.reasoning_summary_part.done response.reasoning_summary_text.delta
        response.reasoning_summary_text.done response.reasoning_text.delta
        response.reasoning_text.done response.shell_call_command.added
        response.shell_call_command.delta response.shell_call_command.done
        response.shell_call_output_content.delta response.shell_call_output_content.done
        response.web_search_call.completed response.web_search_call.in_progress
        response.web_search_call.searching
    """,
    "openai.item": """
        additional_tools apply_patch_call_output code_interpreter_call compaction
        computer_call_output custom_tool_call_output file_search_call function_call_output
        local_shell_call_output mcp_approval_response mcp_call mcp_list_tools mood_call
        program_output shell_call_output tool_search_call tool_search_output
    """,
}
NOTICED_BY_PASSES_ON_ALONE = frozenset(
    f"{space}/{name}" for space, names in _ALONE.items() for name in names.split()
)
"""Kinds that no user misses, by what else the scenarios look at: without `passes_on` none of them would fail.

Those of the model are taken from its stream for real (events: in the first scenario that names them), those
of chatkit from what was sent.
"""
