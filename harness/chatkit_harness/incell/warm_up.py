"""What a first case would pay for once and for all, done before cases are timed.

Lazy imports of openai's client, the models and adapters that it builds when they are first needed, and the
HTTP client that agents shares: all of it is what a first conversation does; it needs no event loop, starts no
thread and opens nothing, so that a process may be forked after it.
"""

from __future__ import annotations

import contextlib
import importlib
import json
import sys
from typing import Any, Dict, Iterator, List, Set

_MESSAGE = {"type": "message", "id": "m", "role": "assistant", "status": "completed", "content": []}
_TEXT = {"type": "output_text", "text": "", "annotations": []}
_CALL = {"type": "function_call", "id": "f", "call_id": "c", "name": "n", "arguments": "{}"}
_USAGE = {
    "input_tokens": 0,
    "input_tokens_details": {"cached_tokens": 0},
    "output_tokens": 0,
    "output_tokens_details": {"reasoning_tokens": 0},
    "total_tokens": 0,
}
_RESPONSE = {
    "id": "r",
    "object": "response",
    "created_at": 0,
    "status": "completed",
    "model": "warm-up",
    "output": [{**_MESSAGE, "content": [_TEXT]}, _CALL],
    "parallel_tool_calls": True,
    "tool_choice": "auto",
    "tools": [],
    "usage": _USAGE,
}
_TOOL = {"type": "function", "name": "n", "parameters": {"type": "object"}, "strict": False}
_SAID = [
    {"type": "message", "role": "user", "content": [{"type": "input_text", "text": ""}]},
    _CALL,
    {"type": "function_call_output", "call_id": "c", "output": ""},
]


def warm_up(done: Set[str]) -> None:
    """Warm up what is imported by now, and add it to what is done."""
    for name, step in (("openai", _openai), ("agents", _agents)):
        if name in sys.modules and name not in done:
            done.add(name)
            step()


def _openai() -> None:
    """Hold a conversation with a model that is a function; whatever is wrong, the first case will show."""
    try:
        from openai import AsyncOpenAI, DefaultHttpxClient, OpenAI

        importlib.import_module("anyio._backends._asyncio")
        client = AsyncOpenAI(api_key="warm-up")
        _ = client.responses, client.chat.completions
        http = _module_of_client(DefaultHttpxClient)

        def answer(request: Any) -> Any:
            streams = json.loads(request.content).get("stream")
            kind = "text/event-stream" if streams else "application/json"
            body = b"".join(_events()) if streams else json.dumps(_RESPONSE).encode()
            return http.Response(200, headers={"content-type": kind}, content=body)

        with DefaultHttpxClient(transport=http.MockTransport(answer)) as spoken:
            model: Any = OpenAI(api_key="warm-up", base_url="http://127.0.0.1", http_client=spoken).responses
            asked: Dict[str, Any] = {"model": "warm-up", "input": _SAID, "tools": [_TOOL]}
            for _ in model.create(**asked, stream=True):
                pass
            for item in model.create(**asked).output:
                item.model_dump(exclude_unset=True)
    except Exception:
        return


def _agents() -> None:
    """Make the HTTP client and the trace provider that agents shares among all that runs in a process."""
    for module, name in (("models.openai_provider", "shared_http_client"), ("tracing", "get_trace_provider")):
        with contextlib.suppress(Exception):  # not every release has it
            getattr(sys.modules[f"agents.{module}"], name)()


def _module_of_client(client: type) -> Any:
    """The HTTP library that this release of openai speaks through."""
    base = next(each for each in client.__mro__ if each.__name__ == "Client")
    return sys.modules[base.__module__.partition(".")[0]]


def _events() -> Iterator[bytes]:
    place: Dict[str, Any] = {"output_index": 0, "item_id": "m", "content_index": 0}
    events: List[Dict[str, Any]] = [
        {"type": "response.created", "response": {**_RESPONSE, "status": "in_progress", "output": []}},
        {"type": "response.output_item.added", "output_index": 0, "item": _MESSAGE},
        {"type": "response.content_part.added", "part": _TEXT, **place},
        {"type": "response.output_text.delta", "delta": "", "logprobs": [], **place},
        {"type": "response.output_text.done", "text": "", "logprobs": [], **place},
        {"type": "response.content_part.done", "part": _TEXT, **place},
        {"type": "response.output_item.done", "output_index": 0, "item": _MESSAGE},
        {"type": "response.output_item.done", "output_index": 1, "item": _CALL},
        {"type": "response.completed", "response": _RESPONSE},
    ]
    for number, event in enumerate(events):
        yield b"data: " + json.dumps({**event, "sequence_number": number}).encode() + b"\n\n"
