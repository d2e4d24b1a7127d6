"""What is sent for a request: an interaction's chunks, adapted to what was asked, with its fault."""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping
from dataclasses import replace
from typing import Any

from chatkit_harness.upstream.answers import answer_of, empty_answer, streamed_answer
from chatkit_harness.upstream.cassette import Api, Chunk, Fault, Interaction
from chatkit_harness.upstream.faults import spoilt, without_events
from chatkit_harness.upstream.nouns import Reply

STREAM = "text/event-stream; charset=utf-8"
JSON = "application/json"


def recorded_reply(
    interaction: Interaction,
    body: Mapping[str, Any],
    fault: Fault | None = None,
    *,
    without: Collection[str] = (),
) -> Reply:
    """The reply that an interaction gives to a request, streamed or not as the request asks.

    `without` are kinds of events that are left out of a stream, besides the interaction's own.
    """
    fault = fault or interaction.fault
    if fault is not None and fault.status is not None:
        return fault_reply(fault, interaction.body)
    reply = _adapted(interaction, wants_stream=body.get("stream") is True)
    left_out = {*interaction.without, *without}
    if left_out and reply.streamed:
        reply = replace(reply, chunks=without_events(reply.chunks, left_out))
    return spoilt(reply, fault)


def fault_reply(fault: Fault, recorded: bytes = b"") -> Reply:
    """The reply of a fault that answers with a status instead of the model's words."""
    held = fault.body
    if held is None and not recorded:
        held = {"error": {"message": f"Asked for: {fault.status}.", "type": "scripted", "code": None}}
    text = held if isinstance(held, str) else json.dumps(held, ensure_ascii=False)
    data = recorded if held is None else text.encode()
    headers = {"content-type": JSON, **fault.headers}
    return Reply(status=fault.status or 500, headers=headers, chunks=(Chunk(data=data),))


def error_reply(status: int, code: str, message: str) -> Reply:
    """An error of the harness itself, in the API's form, which clients do not try again."""
    error = {"message": message, "type": "invalid_request_error", "param": None, "code": code}
    data = json.dumps({"error": error}, ensure_ascii=False).encode()
    headers = {"content-type": JSON, "x-should-retry": "false"}
    return Reply(status=status, headers=headers, chunks=(Chunk(data=data),))


def exhausted_reply(api: Api, body: Mapping[str, Any], number: int) -> Reply:
    """An empty finished answer, for a recording that goes no further."""
    answer = empty_answer(api, str(body.get("model") or ""), number)
    if body.get("stream") is True:
        chunks = tuple(Chunk(data=piece) for piece in streamed_answer(api, answer))
        return Reply(headers={"content-type": STREAM}, chunks=chunks)
    return Reply(headers={"content-type": JSON}, chunks=(Chunk(data=_json(answer)),))


def _adapted(interaction: Interaction, *, wants_stream: bool) -> Reply:
    plain = Reply(
        status=interaction.status,
        headers={name: value for name, value in interaction.headers.items() if name != "date"},
        chunks=interaction.chunks,
        ending="cut" if interaction.cut else "complete",
    )
    if interaction.status >= 400 or interaction.streamed == wants_stream or interaction.api is None:
        return plain
    answer = answer_of(interaction)
    if answer is None:
        return replace(plain, noted=("the recorded answer cannot be told in the form asked for",))
    at_ms = interaction.model_ms
    if wants_stream:
        pieces = streamed_answer(interaction.api, answer)
        kind, noted = STREAM, "recorded as JSON, streamed here"
    else:
        pieces = (_json(answer),)
        kind, noted = JSON, "recorded as a stream, answered as JSON here"
    chunks = tuple(Chunk(at_ms=at_ms, data=piece) for piece in pieces)
    return replace(plain, headers={**plain.headers, "content-type": kind}, chunks=chunks, noted=(noted,))


def _json(answer: Mapping[str, Any]) -> bytes:
    # ASCII only: a lone surrogate, which a broken model does say, survives as an escape.
    return json.dumps(answer, ensure_ascii=True).encode("ascii")
