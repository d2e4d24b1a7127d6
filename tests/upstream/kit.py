"""What the tests of this room share: requests, cassettes and the look-alike of a recorded stream."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from chatkit_harness.upstream import Cassette, Chunk, Interaction, Provenance, read_cassette, render

LOOK_ALIKE = Path(__file__).parent / "data" / "look_alike.yaml"
SSE = {"content-type": "text/event-stream; charset=utf-8"}
TOOL = {"type": "function", "name": "quote", "parameters": {"type": "object", "properties": {}}}
WORDS = "What's AAPL trading at?"
SCRIPT: list[dict[str, Any]] = [
    {"call": "quote", "arguments": {"symbol": "AAPL"}},
    {"say": "AAPL trades at 213.55 dollars."},
]


def look_alike() -> Cassette:
    return read_cassette(LOOK_ALIKE)


def recorded_streams() -> list[Path]:
    """The recorded real streams where CHATKIT_HARNESS_DATA names them, else the look-alike."""
    folder = os.environ.get("CHATKIT_HARNESS_DATA")
    found = sorted(Path(folder).rglob("real_streams/*.yaml")) if folder else []
    return [*found, LOOK_ALIKE]


def scripted(script: Sequence[dict[str, Any]] = SCRIPT, *words: str | None, **more: Any) -> Cassette:
    return render(script, scenario="quote-aapl", words=words or (WORDS,), **more)


def recording(*interactions: Interaction, origin: Any = "recording") -> Cassette:
    provenance = Provenance(origin=origin, recorded="2026-01-02T03:04:05+00:00", model="gpt-x")
    return Cassette(name="made", provenance=provenance, interactions=interactions)


def chunks(*parts: bytes, times: Sequence[float] | None = None) -> tuple[Chunk, ...]:
    at: Sequence[float | None] = times or [None] * len(parts)
    return tuple(Chunk(at_ms=each, data=part) for each, part in zip(at, parts, strict=True))


def user(text: str) -> dict[str, Any]:
    return {"role": "user", "content": [{"type": "input_text", "text": text}]}


def called(call_id: str, name: str = "quote") -> dict[str, Any]:
    return {"type": "function_call", "call_id": call_id, "name": name, "arguments": "{}"}


def output(call_id: str, text: str = "213.55") -> dict[str, Any]:
    return {"type": "function_call_output", "call_id": call_id, "output": text}


def request(*items: Any, **more: Any) -> dict[str, Any]:
    return {"model": "gpt-other", "input": list(items), "tools": [TOOL], "stream": True, **more}


def call_id(cassette: Cassette, interaction: int = 0) -> str:
    """The id under which a scripted answer calls its tool."""
    history = cassette.interactions[interaction + 1].request["input"]
    return str(next(item["call_id"] for item in reversed(history) if "call_id" in item))
