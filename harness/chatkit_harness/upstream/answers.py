"""What an interaction answers, whatever form it was recorded in: as JSON and as the calls it makes."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from chatkit_harness.upstream.cassette import Api, Interaction
from chatkit_harness.upstream.chat_events import completion_of, stream_completion
from chatkit_harness.upstream.responses_events import response_of, stream_response
from chatkit_harness.upstream.sse import read_events, write_events


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """One call of an answer; `item` is the output item's id, `tool` whether the request offers it by name."""

    id: str
    name: str
    item: str = ""
    tool: bool = True


def answer_of(interaction: Interaction) -> dict[str, Any] | None:
    """The finished answer as one JSON object, None where the body holds none."""
    if interaction.streamed:
        events = list(read_events(interaction.body))
        chat = interaction.api == "chat_completions"
        return completion_of(events) if chat else response_of(events)
    try:
        held = json.loads(interaction.body)
    except ValueError:
        return None
    return held if isinstance(held, dict) else None


def streamed_answer(
    api: Api,
    answer: Mapping[str, Any],
    *,
    piece: int | None = None,
    placed: Sequence[Mapping[str, Any]] = (),
) -> tuple[bytes, ...]:
    """The pieces of a stream that carries a finished answer: word by word, or in deltas of `piece`.

    `placed` are events that a script adds (see `placed_events`); of Chat Completions there are none.
    """
    if api == "responses":
        return write_events(stream_response(answer, placed, piece=piece), named=True)
    return write_events(stream_completion(answer, piece=piece), named=False)


def calls_of(interaction: Interaction) -> tuple[Call, ...]:
    """The calls that an answer makes and that the client has to answer."""
    answer = answer_of(interaction) if interaction.status < 400 else None
    if answer is None:
        return ()
    if interaction.api == "responses":
        items = [item for item in answer.get("output") or () if isinstance(item, dict)]
        return tuple(_called(item) for item in items if item.get("call_id"))
    messages = [choice.get("message") or {} for choice in answer.get("choices") or ()]
    calls = [call for message in messages for call in message.get("tool_calls") or ()]
    return tuple(
        Call(
            id=str(call.get("id") or ""),
            name=str((call.get("function") or call.get("custom") or {}).get("name")),
        )
        for call in calls
    )


def tokens_of(interaction: Interaction) -> tuple[int | None, int | None]:
    """What an answer says of its usage: tokens in and out, None where it says nothing."""
    answer = answer_of(interaction) if interaction.status < 400 else None
    usage = answer.get("usage") if answer else None
    if not isinstance(usage, Mapping):
        return None, None
    found = [
        next((usage[name] for name in names if isinstance(usage.get(name), int)), None)
        for names in (("input_tokens", "prompt_tokens"), ("output_tokens", "completion_tokens"))
    ]
    return found[0], found[1]


def _called(item: Mapping[str, Any]) -> Call:
    return Call(
        id=str(item["call_id"]),
        name=str(item.get("name") or item.get("type")),
        item=str(item.get("id") or ""),
        tool=item.get("type") in ("function_call", "custom_tool_call"),
    )


def empty_answer(api: Api, model: str, number: int) -> dict[str, Any]:
    """A finished answer without a word, for a recording that has no follow-up."""
    usage_chat = {"prompt_tokens": 0, "completion_tokens": 0, "total_tokens": 0}
    if api == "chat_completions":
        message = {"role": "assistant", "content": "", "refusal": None}
        choice = {"index": 0, "message": message, "logprobs": None, "finish_reason": "stop"}
        return {
            "id": f"chatcmpl-exhausted{number}",
            "object": "chat.completion",
            "created": 0,
            "model": model,
            "choices": [choice],
            "usage": usage_chat,
        }
    return response_shell(f"resp_exhausted{number}", model, output=[], usage=usage_of(0, 0))


def response_shell(
    identity: str, model: str, *, output: list[Any], usage: Mapping[str, Any], status: str = "completed"
) -> dict[str, Any]:
    """A Responses API object with every field that releases of the openai package require."""
    return {
        "id": identity,
        "object": "response",
        "created_at": 1735689600,
        "status": status,
        "background": False,
        "error": None,
        "incomplete_details": None,
        "instructions": None,
        "max_output_tokens": None,
        "max_tool_calls": None,
        "model": model,
        "output": output,
        "parallel_tool_calls": True,
        "previous_response_id": None,
        "prompt_cache_key": None,
        "reasoning": {"effort": None, "summary": None},
        "safety_identifier": None,
        "service_tier": "default",
        "store": True,
        "temperature": 1.0,
        "text": {"format": {"type": "text"}, "verbosity": "medium"},
        "tool_choice": "auto",
        "tools": [],
        "top_logprobs": 0,
        "top_p": 1.0,
        "truncation": "disabled",
        "usage": dict(usage),
        "user": None,
        "metadata": {},
    }


def usage_of(given: int, made: int) -> dict[str, Any]:
    """A usage object of the Responses API, with the details that newer releases require."""
    return {
        "input_tokens": given,
        "input_tokens_details": {"cache_write_tokens": 0, "cached_tokens": 0},
        "output_tokens": made,
        "output_tokens_details": {"reasoning_tokens": 0},
        "total_tokens": given + made,
    }
