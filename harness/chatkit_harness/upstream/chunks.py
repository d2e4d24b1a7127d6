"""Recorded chunks made fit to be kept: unpacked, and without secrets, split where they were."""

from __future__ import annotations

import zlib

from chatkit_harness.core.redaction import REDACTED, secret_spans
from chatkit_harness.upstream.cassette import Chunk


def clean_chunks(chunks: list[Chunk], key: str | None = None) -> tuple[Chunk, ...]:
    """Chunks without secrets, split where they were; one that held nothing else is left out.

    A secret that two chunks share is replaced in the first of them.
    """
    body = b"".join(chunk.data for chunk in chunks)
    text = body.decode("latin-1")  # one character a byte, so that places are places of bytes
    spans = secret_spans(text)
    start = text.find(key) if key else -1
    while key and start >= 0:
        spans.append((start, start + len(key)))
        start = text.find(key, start + len(key))
    cleaned, place = [], 0
    for chunk in chunks:
        end = place + len(chunk.data)
        data = _without(chunk.data, place, _merged(spans))
        if data:
            cleaned.append(Chunk(at_ms=chunk.at_ms, data=data))
        place = end
    return tuple(cleaned)


def _without(data: bytes, place: int, spans: list[tuple[int, int]]) -> bytes:
    kept, at = [], 0
    for start, end in spans:
        low, high = max(start - place, 0), min(end - place, len(data))
        if low >= high:
            continue
        kept.append(data[at:low])
        if start >= place:
            kept.append(REDACTED.encode())
        at = high
    return b"".join([*kept, data[at:]])


def _merged(spans: list[tuple[int, int]]) -> list[tuple[int, int]]:
    merged: list[tuple[int, int]] = []
    for start, end in sorted(spans):
        if merged and start < merged[-1][1]:
            merged[-1] = (merged[-1][0], max(end, merged[-1][1]))
        else:
            merged.append((start, end))
    return merged


def plain_chunks(chunks: list[Chunk], encoding: str) -> list[Chunk]:
    """Chunks of an API that compressed although it was asked not to, unpacked one by one."""
    bits = {"gzip": 31, "deflate": 15}.get(encoding)
    if bits is None:
        return chunks
    unpack = zlib.decompressobj(wbits=bits)
    return [Chunk(at_ms=chunk.at_ms, data=unpack.decompress(chunk.data)) for chunk in chunks]
