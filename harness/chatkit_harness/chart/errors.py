"""Why a command cannot be read."""

from __future__ import annotations

SHOWN = 40
"""How much of what was written is quoted in a reason."""


class CommandError(ValueError):
    """A command that cannot be read: `reason`, its `verb` and the `position` of the fault in the text."""

    def __init__(self, reason: str, verb: str = "", position: int = 0) -> None:
        super().__init__(f"{verb}: {reason}" if verb else reason)
        self.reason = reason
        self.verb = verb
        self.position = position


def shown(value: object) -> str:
    """What was written, quoted and short enough for a reason; safe to encode whatever it holds."""
    if not isinstance(value, str):
        return kind(value)
    cut = value[:SHOWN].encode("utf-8", "replace").decode("utf-8")
    visible = cut if cut.isprintable() else "".join(each if each.isprintable() else "�" for each in cut)
    return f"{visible!r}{' …' if len(value) > SHOWN else ''}"


def kind(value: object) -> str:
    """What a JSON value is, in words."""
    names = {bool: "true or false", int: "a number", float: "a number", str: "text", type(None): "null"}
    if isinstance(value, dict):
        return "an object"
    if isinstance(value, list | tuple):
        return "a list"
    return names.get(type(value), type(value).__name__)
