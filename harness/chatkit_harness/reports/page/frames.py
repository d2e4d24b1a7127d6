"""Tracebacks in text: the frames of a cause's example, one a line."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any


def traceback_text(source: Mapping[str, Any]) -> str:
    """The frames of a cause's example, the oldest first, and what was raised."""
    frames = [_frame(frame) for frame in source.get("frames") or ()]
    said = f"{source.get('type') or ''}: {source.get('message') or ''}".strip(": ")
    return "\n".join([*frames, said])


def _frame(frame: Mapping[str, Any]) -> str:
    owner = " ".join(str(frame[key]) for key in ("distribution", "version") if frame.get(key))
    place = f"{frame.get('file')}:{frame.get('line')} in {frame.get('function')}"
    code = f"\n    {frame['code']}" if frame.get("code") else ""
    return place + (f"  ({owner})" if owner else "") + code
