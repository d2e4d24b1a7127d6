"""A scripted model, a conversation with a server, and what to look for in its events."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass
class LoopbackModel:
    """A Responses API that answers each request with the next of `answers`, and 400 when there is none.

    An answer is bytes, or items: these are streamed to whoever asks for a stream, else plain JSON.
    """

    url: str = ""
    answers: list[bytes | list[dict[str, Any]]] = field(default_factory=list)
    requests: list[dict[str, Any]] = field(default_factory=list)

    def calls(self, *calls: tuple[str, Mapping[str, Any]]) -> None:
        """The next answer calls these tools."""
        turn = len(self.answers)
        items = [
            {"id": f"fc_{turn}_{n}", "call_id": f"call_{turn}_{n}", "type": "function_call", "name": name}
            | {"arguments": json.dumps(arguments), "status": "completed"}
            for n, (name, arguments) in enumerate(calls)
        ]
        self.answers.append(items)

    def says(self, text: str) -> None:
        """The next answer is this sentence."""
        part = {"type": "output_text", "text": text, "annotations": [], "logprobs": []}
        item = {"id": f"msg_{len(self.answers)}_{text[:3]}", "type": "message", "role": "assistant"}
        self.answers.append([item | {"status": "completed", "content": [part]}])

    def next_answer(self, request: dict[str, Any]) -> tuple[int, bytes]:
        """The status and the body for a request, which is kept."""
        self.requests.append(request)
        answer = next(iter(self.answers[len(self.requests) - 1 :]), None)
        if answer is None:
            return 400, b'{"error": {"message": "no answer left"}}'
        if isinstance(answer, bytes):
            return 200, answer
        return 200, stream(answer) if request.get("stream") else json.dumps(plain(answer)).encode()

    @property
    def outputs(self) -> list[str]:
        """What the tools answered, as the model's last request holds it."""
        return [item["output"] for item in self.requests[-1]["input"] if "output" in item]


class Talkative(LoopbackModel):
    """A model that always has an answer."""

    def next_answer(self, request: dict[str, Any]) -> tuple[int, bytes]:
        self.answers, self.requests = [], []
        self.says("Fine.")
        return super().next_answer(request)


def plain(items: list[dict[str, Any]]) -> dict[str, Any]:
    """One answer as a whole."""
    response = {"id": "resp_1", "object": "response", "created_at": 1, "model": "scripted", "tools": []}
    return response | {
        "parallel_tool_calls": True,
        "tool_choice": "auto",
        "status": "completed",
        "output": items,
    }


def stream(items: list[dict[str, Any]]) -> bytes:
    """The events of one answer; `added` shows a message before it has any words."""
    response = plain(items)
    events: list[dict[str, Any]] = [{"type": "response.created", "response": response | {"output": []}}]
    for index, item in enumerate(items):
        begun: dict[str, Any] = {"content": []} if "content" in item else {"arguments": ""}
        bare = item | begun
        events.append({"type": "response.output_item.added", "output_index": index, "item": bare})
        events.append({"type": "response.output_item.done", "output_index": index, "item": item})
    events.append({"type": "response.completed", "response": response})
    numbered = (event | {"sequence_number": number} for number, event in enumerate(events))
    return "".join(f"event: {e['type']}\ndata: {json.dumps(e)}\n\n" for e in numbered).encode()


@dataclass
class Chat:
    """A conversation with one server: sends requests, keeps the thread's id."""

    server: Any
    context: Any
    thread_id: str = ""

    async def send(self, kind: str, **params: Any) -> list[dict[str, Any]]:
        """Send a request; the events of its stream, or its one answer."""
        body = json.dumps({"type": kind, "params": params}).encode()
        result = await self.server.process(body, self.context)
        if hasattr(result, "json"):
            return [json.loads(result.json)]
        events = [json.loads(chunk.decode().removeprefix("data: ")) async for chunk in result]
        created = [event["thread"]["id"] for event in events if event["type"] == "thread.created"]
        self.thread_id = created[0] if created else self.thread_id
        return events

    async def says(self, words: str) -> list[dict[str, Any]]:
        """Send the user's words: a new thread first, that thread from then on."""
        content = [{"type": "input_text", "text": words}]
        message = {"content": content, "attachments": [], "inference_options": {}}
        if not self.thread_id:
            return await self.send("threads.create", input=message)
        return await self.send("threads.add_user_message", thread_id=self.thread_id, input=message)


def done(events: list[dict[str, Any]], kind: str) -> list[dict[str, Any]]:
    """The finished items of a kind."""
    items = [event["item"] for event in events if event["type"] == "thread.item.done"]
    return [item for item in items if item["type"] == kind]


def words(events: list[dict[str, Any]]) -> list[str]:
    """What the assistant said."""
    return [part["text"] for item in done(events, "assistant_message") for part in item["content"]]
