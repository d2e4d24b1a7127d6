"""Whether what comes back is what was stored."""

from __future__ import annotations

from datetime import datetime, timezone
from typing import Any, Optional


def difference(stored: Any, loaded: Any) -> str:
    """The first place where a loaded model is not what was stored, in words; empty where it is the same.

    Times are the same when they are the same instant, in whatever zone. What the store adds is no matter.
    """
    if loaded is None or not hasattr(loaded, "model_dump"):
        return f"came back as {loaded!r}"[:200]
    if not isinstance(loaded, type(stored)) and not isinstance(stored, type(loaded)):
        return f"{type(stored).__name__} came back as {type(loaded).__name__}"
    if not same_time(stored.created_at, loaded.created_at):
        return f"created_at: {stored.created_at.isoformat()} came back as {_iso(loaded.created_at)}"
    left, right = stored.model_dump(mode="json"), loaded.model_dump(mode="json")
    del left["created_at"]
    return _where("", left, {key: value for key, value in right.items() if key in left}) or ""


def plain_difference(stored: Any, loaded: Any) -> str:
    """The same for models without a time of creation, such as attachments."""
    if not hasattr(loaded, "model_dump"):
        return f"came back as {loaded!r}"[:200]
    return _where("", stored.model_dump(mode="json"), loaded.model_dump(mode="json")) or ""


def same_time(stored: datetime, loaded: Any) -> bool:
    """Whether two times are one: a time without a zone may have been given one, with its clock unchanged."""
    if not isinstance(loaded, datetime):
        return False
    if stored.tzinfo is None:
        return stored == loaded.replace(tzinfo=None) or stored.astimezone() == _aware(loaded)
    return loaded.tzinfo is not None and stored == loaded


def _aware(value: datetime) -> datetime:
    return value if value.tzinfo is not None else value.replace(tzinfo=timezone.utc)


def _iso(value: Any) -> str:
    return str(value.isoformat()) if isinstance(value, datetime) else repr(value)


def _where(path: str, left: Any, right: Any) -> Optional[str]:
    """The path of the first difference, with what was stored and what came."""
    if isinstance(left, dict) and isinstance(right, dict):
        for key in [*left, *(each for each in right if each not in left)]:
            found = _where(f"{path}.{key}", left.get(key), right.get(key))
            if found:
                return found
        return None
    if isinstance(left, list) and isinstance(right, list) and len(left) == len(right):
        for number, (one, other) in enumerate(zip(left, right, strict=True)):
            found = _where(f"{path}[{number}]", one, other)
            if found:
                return found
        return None
    return None if left == right else f"{path.lstrip('.')}: {_shown(left)} came back as {_shown(right)}"


def _shown(value: Any) -> str:
    text = repr(value)
    return text if len(text) <= 80 else f"{text[:60]}... ({len(text)} characters)"
