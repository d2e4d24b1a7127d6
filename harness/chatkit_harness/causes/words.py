"""An exception in words, for the title of a cause."""

from __future__ import annotations

import re

from chatkit_harness.core.transcript import Raised

_VALIDATION = re.compile(r"^(\d+) validation errors? for (.+)$")
_VALIDATION_TAIL = re.compile(r"\s*\[type=.*$")


def clip(text: str, limit: int) -> str:
    """One line of at most `limit` characters."""
    flat = " ".join(text.split())
    return flat if len(flat) <= limit else flat[: limit - 1].rstrip() + "…"


def type_name(raised: Raised) -> str:
    """`ValueError`, `pydantic ValidationError`: the type with its package, builtins without."""
    package, _, rest = raised.type.partition(".")
    if not rest or package == "builtins":
        return rest or package
    # pydantic_core._pydantic_core.ValidationError is pydantic's to everybody but pydantic.
    return f"{'pydantic' if package == 'pydantic_core' else package} {rest.rpartition('.')[2]}"


def said(raised: Raised) -> str:
    """What the exception says, in one line; of a validation error the model, the field and the fault."""
    lines = raised.message.strip().splitlines()
    if not lines:
        return ""
    head = _VALIDATION.match(lines[0])
    if head is None or len(lines) < 3:
        return clip(lines[0], 200)
    count, model = int(head[1]), head[2]
    field, fault = lines[1].strip(), _VALIDATION_TAIL.sub("", lines[2].strip())
    how = "missing" if fault == "Field required" else f"refused ({fault})"
    more = f" (and {count - 1} more)" if count > 1 else ""
    return clip(f"{model}.{field} {how}{more}", 200)
