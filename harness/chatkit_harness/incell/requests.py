"""ChatKit requests as a client sends them, from the turns of a scenario."""

from __future__ import annotations

import json
import re
from typing import Any, Dict, List, Mapping, Optional

from .offered import Offered

DEPTH = 200
"""How deeply a JSON document may be nested: far beyond any honest one, far below what ends a reader."""


class Conversation:
    """Remembers what a client remembers between requests: the thread, its widgets, what HTTP answers held."""

    def __init__(self) -> None:
        self.thread_id: Optional[str] = None
        self.offered = Offered()
        self.attached: List[str] = []
        self._known: Dict[str, Any] = {}

    def request(self, turn: Mapping[str, Any]) -> Dict[str, Any]:
        """The request of one turn: the first user turn creates the thread, later ones add to it."""
        if turn.get("answers_client_tool"):
            return {
                "type": "threads.add_client_tool_output",
                "params": {"thread_id": self.thread_id, "result": turn.get("client_tool_output")},
            }
        if turn.get("action"):
            return self.offered.request(self.thread_id, turn["action"])
        message = _message(str(turn.get("user") or ""), self.attached)
        self.attached = []
        if self.thread_id is None:
            return {"type": "threads.create", "params": {"input": message}}
        return {
            "type": "threads.add_user_message",
            "params": {"thread_id": self.thread_id, "input": message},
        }

    def http(self, call: Mapping[str, Any]) -> Dict[str, Any]:
        """A call of the page: `$name` in it is replaced by what an earlier answer held as `name`."""
        return {
            "type": "http",
            "method": call["method"],
            "path": re.sub(r"\$(\w+)", lambda found: str(self._filled(found[0])), call["path"]),
            "body": self._filled(call["body"]),
        }

    def learn(self, document: Any) -> None:
        """Remember the fields of an HTTP answer."""
        if isinstance(document, dict):
            self._known.update(document)

    def _filled(self, value: Any) -> Any:
        if isinstance(value, str) and value.startswith("$"):
            return self._known.get(value[1:], value)
        if isinstance(value, dict):
            return {key: self._filled(each) for key, each in value.items()}
        return [self._filled(each) for each in value] if isinstance(value, list) else value

    def observe(self, event: Mapping[str, Any]) -> None:
        """Learn from an event of the stream what the next request needs."""
        self.offered.observe(event)
        if event.get("type") == "thread.created":
            thread = event.get("thread")
            if isinstance(thread, Mapping) and isinstance(thread.get("id"), str):
                self.thread_id = thread["id"]


def _message(text: str, attached: List[str]) -> Dict[str, Any]:
    content = [{"type": "input_text", "text": text}]
    return {"content": content, "attachments": attached, "inference_options": {}}


def body(request: Mapping[str, Any]) -> bytes:
    """The request as bytes on the wire."""
    return json.dumps(request, ensure_ascii=True).encode("ascii")


def split_events(buffer: bytes) -> Any:
    """Whole SSE events of a buffer (their data lines joined), and what is left of it."""
    events: List[bytes] = []
    while True:
        end = buffer.find(b"\n\n")
        if end < 0:
            return events, buffer
        block, buffer = buffer[:end], buffer[end + 2 :]
        lines = [line[5:].lstrip(b" ") for line in block.split(b"\n") if line.startswith(b"data:")]
        if lines:
            events.append(b"\n".join(lines))


def parse(data: bytes) -> Dict[str, Any]:
    """An event as the fields of a message: `data` where it is a JSON object, `raw` where it is not."""
    text = data.decode("utf-8", "surrogateescape")
    try:
        document = json.loads(text)
    except (ValueError, RecursionError):
        return {"raw": text}
    # What opens fewer brackets than that is not so deep: most events need not be walked through.
    deep = text.count("{") + text.count("[") > DEPTH and too_deep(document)
    return {"data": document} if isinstance(document, dict) and not deep else {"raw": text}


def answer(data: bytes) -> Any:
    """The document of an answer that is no stream. Raises ValueError where it cannot be read."""
    try:
        document = json.loads(data)
        deep = too_deep(document)
    except RecursionError:
        document, deep = None, True
    if deep:
        raise ValueError(f"the answer is nested more than {DEPTH} deep")
    return document


def too_deep(document: Any) -> bool:
    """Whether a JSON document is nested more than DEPTH deep; found without recursion."""
    level = [document]
    for _depth in range(DEPTH + 1):
        level = [
            child
            for each in level
            if isinstance(each, (dict, list))
            for child in (each.values() if isinstance(each, dict) else each)
        ]
        if not level:
            return False
    return True
