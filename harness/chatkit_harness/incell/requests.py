"""ChatKit requests as a client sends them, from the turns of a scenario."""

from __future__ import annotations

import json
import re
from typing import Any, Dict, List, Mapping, Optional

from .offered import SYNC_ACTION, Offered

DEPTH = 200
"""How deeply a JSON document may be nested: far beyond any honest one, far below what ends a reader."""

# By the standard a line ends in \n, \r\n or \r. Of the \r\n before a blank line its \n is enough to find it.
_BLANK = re.compile(rb"\n\n|\n\r\n?|\r\r\n?")


class Conversation:
    """Remembers what a client remembers between requests: the thread, its widgets, what HTTP answers held."""

    def __init__(self) -> None:
        self.thread_id: Optional[str] = None
        self.offered = Offered()
        self.attached: List[str] = []
        self._known: Dict[str, Any] = {}
        self._newest: Dict[str, str] = {}
        self._ids: Dict[str, List[str]] = {}

    def request(self, turn: Mapping[str, Any]) -> Dict[str, Any]:
        """The request of one turn: the first user turn creates the thread, later ones add to it."""
        if turn.get("ask"):
            return {"type": turn["ask"]["type"], "params": self._named(turn["ask"]["params"])}
        if turn.get("answers_client_tool"):
            return {
                "type": "threads.add_client_tool_output",
                "params": {"thread_id": self.thread_id, "result": turn.get("client_tool_output")},
            }
        if turn.get("action"):
            return self.offered.request(self.thread_id, turn["action"])
        message = _message(str(turn.get("user") or ""), self.attached, turn.get("message") or {})
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

    def _named(self, value: Any) -> Any:
        """`$thread`, `$user_message`, `$attachment` stand for ids; what is not known stays as it is."""
        if isinstance(value, str) and value[:1] == "$":
            known = self.thread_id if value == "$thread" else self._newest.get(value[1:])
            return value if known is None else known
        if isinstance(value, dict):
            return {key: self._named(each) for key, each in value.items()}
        return [self._named(each) for each in value] if isinstance(value, list) else value

    def observe(self, event: Mapping[str, Any]) -> None:
        """Learn from an event of the stream what the next request needs."""
        self.offered.observe(event)
        if event.get("type") == "thread.created":
            thread = event.get("thread")
            if isinstance(thread, Mapping) and isinstance(thread.get("id"), str):
                self.thread_id = thread["id"]
        item = event.get("item")
        if isinstance(item, dict) and isinstance(item.get("id"), str):
            self._seen(str(item.get("type")), item["id"])

    def _seen(self, kind: str, identity: str) -> None:
        """An item is known by its type while it is the newest, and by type and number from then on."""
        ids = self._ids.setdefault(kind, [])
        if identity not in ids:
            ids.append(identity)
            self._newest[f"{kind}_{len(ids)}"] = identity
        self._newest[kind] = identity

    def answered(self, request: Mapping[str, Any], response: Any) -> None:
        """Learn from an answer that is no stream what the next request needs."""
        kind, document = request["type"], response if isinstance(response, dict) else {}
        if kind == SYNC_ACTION:
            self.offered.shown(document.get("updated_item"))
        elif kind == "attachments.create" and isinstance(document.get("id"), str):
            # It goes with the next message, as in the composer.
            self._newest["attachment"] = document["id"]
            self.attached.append(document["id"])
        elif kind == "attachments.delete":
            gone = request["params"].get("attachment_id")
            self.attached = [each for each in self.attached if each != gone]
        elif isinstance(document.get("after"), str):
            self._newest["after"] = document["after"]
        elif kind == "threads.delete" and request["params"].get("thread_id") == self.thread_id:
            self.thread_id = None


def _message(text: str, attached: List[str], more: Mapping[str, Any]) -> Dict[str, Any]:
    """The user's words, and what the composer adds: tags stand behind them, with the data that they have."""
    content: List[Dict[str, Any]] = [{"type": "input_text", "text": text}]
    plain = {"type": "input_tag", "data": {}, "interactive": False}
    content += [{**plain, **tag} for tag in more.get("tags") or ()]
    options: Dict[str, Any] = {}
    if more.get("model") is not None:
        options["model"] = more["model"]
    if more.get("tool_choice") is not None:
        options["tool_choice"] = {"id": more["tool_choice"]}
    message: Dict[str, Any] = {"content": content, "attachments": attached, "inference_options": options}
    if more.get("quote") is not None:
        message["quoted_text"] = more["quote"]
    return message


def body(request: Mapping[str, Any]) -> bytes:
    """The request as bytes on the wire."""
    return json.dumps(request, ensure_ascii=True).encode("ascii")


def split_events(buffer: bytes) -> Any:
    """Whole SSE events of a buffer (their data lines joined), and what is left of it.

    An event is not held back until it is known whether its last CR has an LF: one that comes later is an
    empty line, of which there may be any number.
    """
    events: List[bytes] = []
    begin = 0
    for blank in _BLANK.finditer(buffer):
        block, begin = buffer[begin : blank.start()], blank.end()
        lines = [line[5:].lstrip(b" ") for line in block.splitlines() if line.startswith(b"data:")]
        if lines:
            events.append(b"\n".join(lines))
    return events, buffer[begin:]


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
