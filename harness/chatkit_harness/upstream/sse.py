"""Server-sent events as bytes: splitting, reading and writing them."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

_END = re.compile(rb"\r\n\r\n|\n\n|\r\r")
_LINE = re.compile(r"\r\n|\n|\r")
DONE = b"data: [DONE]\n\n"
_LAST = ("response.completed", "response.incomplete", "response.failed")


def split_events(body: bytes) -> tuple[bytes, ...]:
    """The body in pieces, one an event, each with the blank line that ends it; joined they are the body."""
    pieces, start = [], 0
    for match in _END.finditer(body):
        pieces.append(body[start : match.end()])
        start = match.end()
    if body[start:].strip():
        pieces.append(body[start:])
    elif pieces and body[start:]:
        pieces[-1] += body[start:]
    return tuple(pieces)


def read_events(body: bytes) -> Iterator[dict[str, Any]]:
    """The JSON objects that a body's events carry; what is no JSON object is passed over."""
    for piece in split_events(body):
        # Not splitlines(): JSON may hold U+2028 and its like as they are.
        lines = _LINE.split(piece.decode("utf-8", "replace"))
        data = "\n".join(line[5:].removeprefix(" ") for line in lines if line.startswith("data:"))
        try:
            event = json.loads(data)
        except ValueError:
            continue
        if isinstance(event, dict):
            yield event


def is_ended(body: bytes) -> bool:
    """Whether a body's last event is the one that ends a stream of either API."""
    if body.rstrip().endswith(DONE.rstrip()):
        return True
    kinds = [event.get("type") for event in read_events(body)]
    return bool(kinds) and kinds[-1] in _LAST


def write_event(event: Mapping[str, Any], *, named: bool) -> bytes:
    """One event as bytes; the Responses API names its events, Chat Completions does not."""
    text = json.dumps(event, ensure_ascii=False, separators=(",", ":"))
    head = f"event: {event['type']}\n" if named else ""
    return f"{head}data: {text}\n\n".encode("utf-8", "surrogatepass")


def write_events(events: Iterable[Mapping[str, Any]], *, named: bool) -> tuple[bytes, ...]:
    """Events as bytes, one piece each; a Chat Completions stream ends in `[DONE]`."""
    pieces = tuple(write_event(event, named=named) for event in events)
    return pieces if named else (*pieces, DONE)
