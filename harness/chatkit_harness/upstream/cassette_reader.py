"""Cassettes from files: ours, and whatever vcrpy wrote, read without executing anything."""

from __future__ import annotations

import base64
import binascii
import contextlib
import json
import zlib
from collections.abc import Iterable, Mapping, Sequence
from email.utils import parsedate_to_datetime
from pathlib import Path
from typing import Any

from chatkit_harness.core.codec import CodecError, from_document
from chatkit_harness.core.errors import CassetteError
from chatkit_harness.core.redaction import allowed_headers
from chatkit_harness.documents import LocatedDocument, load_yaml, problems, read_yaml
from chatkit_harness.upstream.cassette import Cassette, Chunk, Fault, Interaction, Provenance
from chatkit_harness.upstream.faults import misplaced_in
from chatkit_harness.upstream.sse import split_events

MAX_BYTES = 100_000_000
MAX_NODES = 2_000_000
_RECORD = "Record it again."

# What reading raises where an entry has another shape than vcrpy's or ours.
_UNREADABLE = (
    ValueError,
    TypeError,
    LookupError,
    AttributeError,
    ArithmeticError,
    RecursionError,
    zlib.error,
)

# Only what reading leans on: a foreign file may hold anything beside it.
_SHAPE: dict[str, Any] = {
    "type": "object",
    "required": ["interactions"],
    "properties": {
        "interactions": {
            "type": "array",
            "items": {
                "type": "object",
                "required": ["request", "response"],
                "properties": {
                    "request": {
                        "type": "object",
                        "required": ["uri"],
                        "properties": {"method": {"type": "string"}, "uri": {"type": "string"}},
                    },
                    "response": {
                        "type": "object",
                        "required": ["status"],
                        "properties": {
                            "status": {"type": "object", "properties": {"code": {"type": "integer"}}},
                        },
                    },
                },
            },
        },
    },
}


def read_cassette(path: Path | str, *, name: str | None = None) -> Cassette:
    """The cassette in a file, ours or any that vcrpy wrote; the file is only read, never executed.

    Raises CassetteError where the file is missing, not YAML, cut, or no recording of HTTP.
    """
    located = read_yaml(path, error=CassetteError, max_bytes=MAX_BYTES, max_nodes=MAX_NODES, binary=True)
    return _cassette(located, name or Path(path).stem)


def parse_cassette(text: str, *, name: str) -> Cassette:
    """The cassette in a text; errors name it as `name`."""
    located = load_yaml(
        text, name=name, error=CassetteError, max_bytes=MAX_BYTES, max_nodes=MAX_NODES, binary=True
    )
    return _cassette(located, name)


def _cassette(located: LocatedDocument, name: str) -> Cassette:
    found = problems(located.data, _SHAPE, limit=1)
    if found:
        cause = f"this is no recording of HTTP: {found[0].place}: {found[0].message}."
        raise CassetteError(
            located.where(found[0].path), cause, "Name a cassette that vcrpy or `record` wrote."
        )
    data = located.data
    # vcrpy never asks for the version, so foreign files without one exist.
    version = data.get("version", 1)
    if version != 1:
        cause = f"its version is {version!r}, and only 1 is known."
        raise CassetteError(located.name, cause, _RECORD)
    own = data.get("harness")
    if isinstance(own, Mapping) and own.get("interactions", -1) != len(data["interactions"]):
        cause = f"it is cut: {len(data['interactions'])} of {own.get('interactions')} interactions are left."
        raise CassetteError(located.name, cause, _RECORD)
    interactions = tuple(
        _interaction(located, number, entry, own=own is not None)
        for number, entry in enumerate(data["interactions"])
    )
    provenance = _provenance(located, own, interactions)
    return Cassette(name=name, provenance=provenance, interactions=interactions)


def _provenance(located: LocatedDocument, own: Any, interactions: Sequence[Interaction]) -> Provenance:
    if own is None:
        models = [each.request.get("model") for each in interactions if each.request.get("model")]
        dates = [each.headers["date"] for each in interactions if "date" in each.headers]
        model = str(models[0]) if models else None
        return Provenance(origin="foreign", recorded=_iso(dates[0]) if dates else None, model=model)
    try:
        return from_document(Provenance, own)
    except CodecError as trouble:
        cause = f"its provenance is not valid: {trouble}."
        raise CassetteError(located.where(("harness",)), cause, _RECORD) from None


def _iso(date: str) -> str | None:
    with contextlib.suppress(ValueError, TypeError):
        return parsedate_to_datetime(date).isoformat()
    return None


def _interaction(
    located: LocatedDocument, number: int, entry: Mapping[str, Any], *, own: bool
) -> Interaction:
    request, response = entry["request"], entry["response"]
    ours = entry.get("harness")
    path = ("interactions", number)
    if own and not isinstance(ours, Mapping):
        raise CassetteError(located.where(path), "the interaction is cut: its chunks are missing.", _RECORD)
    status = response["status"] or {}
    try:
        pairs = _header_pairs(response.get("headers"))
        body = _response_body(response, dict(pairs))
        read = Interaction(
            request=_request_body(request),
            method=str(request.get("method", "POST")).upper(),
            uri=request["uri"],
            status=int(status.get("code", 200)),
            message=str(status.get("message") or ""),
            headers=_kept(pairs, response),
            chunks=_chunks(body, ours),
            **_additions(ours),
        )
    except _UNREADABLE as trouble:
        raise CassetteError(
            located.where(path), f"the interaction cannot be read: {trouble}.", _RECORD
        ) from None
    missed = misplaced_in(read)
    if missed is not None:
        cause = f"its fault has no place in the answer: {missed}."
        raise CassetteError(located.where(path), cause, "Name a place that the answer has.")
    return read


class _CutError(ValueError):
    """Chunks and body do not add up."""


def _additions(ours: Mapping[str, Any] | None) -> dict[str, Any]:
    if ours is None:
        return {}
    fault = from_document(Fault, ours["fault"]) if ours.get("fault") else None
    return {
        "turn": ours.get("turn"),
        "outputs": dict(ours.get("outputs") or {}),
        "unoffered": bool(ours.get("unoffered")),
        "sees": tuple(map(str, ours.get("sees") or ())),
        "cut": bool(ours.get("cut")),
        "without": tuple(map(str, ours.get("without") or ())),
        "fault": fault,
    }


def _chunks(body: bytes, ours: Mapping[str, Any] | None) -> tuple[Chunk, ...]:
    if ours is None:
        return tuple(Chunk(data=piece) for piece in split_events(body))
    lengths = [int(each) for each in ours.get("lengths") or ()]
    times: Sequence[float | None] = ours.get("at_ms") or [None] * len(lengths)
    if sum(lengths) != len(body):
        raise _CutError(f"its chunks add up to {sum(lengths)} bytes, and its body has {len(body)}")
    if len(times) != len(lengths):
        raise _CutError(f"it has {len(lengths)} chunks and {len(times)} offsets")
    chunks, start = [], 0
    for length, time in zip(lengths, times, strict=True):
        chunks.append(Chunk(at_ms=None if time is None else float(time), data=body[start : start + length]))
        start += length
    return tuple(chunks)


def _request_body(request: Mapping[str, Any]) -> dict[str, Any]:
    held = request["parsed_body"] if "parsed_body" in request else request.get("body")
    if isinstance(held, Mapping) and set(held) <= {"string", "encoding", "base64_string"}:
        held = _bytes(held)
    if isinstance(held, bytes):
        held = _unpacked(held, {}).decode("utf-8", "replace")
    if isinstance(held, str):
        try:
            held = json.loads(held)
        except ValueError:
            return {}
    return dict(held) if isinstance(held, Mapping) else {}


def _response_body(response: Mapping[str, Any], headers: Mapping[str, str]) -> bytes:
    if "parsed_body" in response:
        held = response["parsed_body"]
        return held.encode() if isinstance(held, str) else json.dumps(held, ensure_ascii=False).encode()
    return _unpacked(_bytes(response.get("body")), headers)


def _bytes(held: Any) -> bytes:
    if isinstance(held, Mapping):
        if held.get("base64_string") is not None:
            return base64.b64decode(held["base64_string"])
        return _bytes(held.get("string"))
    if held is None:
        return b""
    return held if isinstance(held, bytes) else str(held).encode("utf-8", "surrogatepass")


def _unpacked(body: bytes, headers: Mapping[str, str]) -> bytes:
    """Bodies that were stored compressed; what does not unpack was stored plain."""
    encoding = headers.get("content-encoding", "")
    with contextlib.suppress(zlib.error, binascii.Error):
        if body[:2] == b"\x1f\x8b":
            return zlib.decompress(body, wbits=31)
        if encoding == "deflate":
            return zlib.decompress(body)
    return body


def _header_pairs(headers: Any) -> list[tuple[str, str]]:
    if isinstance(headers, Mapping):
        items: Iterable[tuple[Any, Any]] = headers.items()
    else:
        items = [(each[0], each[1]) for each in headers or () if isinstance(each, list) and len(each) == 2]
    return [
        (str(name).lower(), ", ".join(map(str, value)) if isinstance(value, list) else str(value))
        for name, value in items
    ]


def _kept(pairs: Sequence[tuple[str, str]], response: Mapping[str, Any]) -> dict[str, str]:
    """Headers that still hold for the body as it is kept: plain, and of any length."""
    gone = ("content-encoding", "content-length", "transfer-encoding")
    kept = {name: value for name, value in allowed_headers(pairs).items() if name not in gone}
    if "parsed_body" in response:
        kept.setdefault("content-type", "application/json")
    return kept
