"""Tracebacks in text: the frames of an exception, or of a cause's example, one a line."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from chatkit_harness.core.codec import to_document
from chatkit_harness.core.transcript import Raised


def raised_text(raised: Raised) -> str:
    """An exception with what led to it, oldest first."""
    above = f"{raised_text(raised.cause)}\n\nwhich led to\n\n" if raised.cause else ""
    frames = [_frame(to_document(frame)) for frame in raised.frames]
    return above + "\n".join([*frames, f"{raised.type}: {raised.message}"])


def traceback_text(source: Mapping[str, Any]) -> str:
    """The same of a cause's example, which has the frames as a document."""
    frames = [_frame(frame) for frame in source.get("frames") or ()]
    said = f"{source.get('type') or ''}: {source.get('message') or ''}".strip(": ")
    return "\n".join([*frames, said])


def _frame(frame: Mapping[str, Any]) -> str:
    owner = " ".join(str(frame[key]) for key in ("distribution", "version") if frame.get(key))
    place = f"{frame.get('file')}:{frame.get('line')} in {frame.get('function')}"
    code = f"\n    {frame['code']}" if frame.get("code") else ""
    return place + (f"  ({owner})" if owner else "") + code
