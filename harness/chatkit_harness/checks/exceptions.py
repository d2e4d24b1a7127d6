"""Exceptions by name: which place raised, over which missing thing, and a key that versions do not change."""

from __future__ import annotations

import re
import sys
from dataclasses import dataclass

from chatkit_harness.core.transcript import Frame, Raised

from . import refusals

VALIDATORS = frozenset({"pydantic", "pydantic-core", "pydantic-settings"})
"""Distributions that raise on behalf of whoever called them, and are not named while a caller is known."""

_CONTROL_FLOW = frozenset(
    {"KeyError", "IndexError", "StopIteration", "StopAsyncIteration", "CancelledError", "GeneratorExit"}
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where an exception came from; `distribution` is None for the server's own code."""

    module: str
    function: str
    distribution: str | None = None
    version: str | None = None

    def __str__(self) -> str:
        where = f"{self.module}:{self.function}"
        return (
            f"{self.distribution} {self.version or '(version unknown)'}, {where}"
            if self.distribution
            else where
        )

    @property
    def key(self) -> str:
        """The place without its version."""
        return f"{self.distribution or 'server'}:{self.module}:{self.function}"


def short_type(raised: Raised) -> str:
    """The exception's type without its module."""
    return raised.type.rsplit(".", 1)[-1]


def is_advice(raised: Raised) -> bool:
    """Whether the driver says in words what the user's own server or workflow lacks."""
    return short_type(raised) == "UserServerError"


def root(raised: Raised) -> Raised:
    """The deepest cause that means something.

    A cause may be just the lookup that failed before the real work began (`except KeyError:`), since
    Python chains those too: lookups and cancellations end the way down.
    """
    while (
        raised.cause is not None and not is_advice(raised) and short_type(raised.cause) not in _CONTROL_FLOW
    ):
        raised = raised.cause
    return raised


def place(raised: Raised) -> Place | None:
    """The innermost frame that is neither the standard library nor a validator; None without frames.

    Of a missing attribute it is who asked for it: a class that looks attributes up by itself
    (`__getattr__`) only passes on that there is none.
    """
    own = [frame for frame in _asking(raised) if not _is_library(frame)]
    blamed = [frame for frame in own if frame.distribution not in VALIDATORS] or own
    # Some Pythons have no frame for a comprehension: what is in one belongs to the function around it.
    while len(blamed) > 1 and blamed[-1].function in _INLINED and blamed[-1].file == blamed[-2].file:
        blamed = blamed[:-1]
    if not blamed:
        return None
    frame = blamed[-1]
    return Place(
        module=_module(frame.file),
        function=_function(frame),
        distribution=frame.distribution,
        version=frame.version,
    )


_INLINED = frozenset({"<listcomp>", "<dictcomp>", "<setcomp>"})
_LOOKUPS = frozenset({"__getattr__", "__getattribute__"})


def _asking(raised: Raised) -> tuple[Frame, ...]:
    """The frames without the lookup of an attribute in which they end."""
    frames = raised.frames
    if short_type(raised) != "AttributeError":
        return frames
    looked_up = 0
    while looked_up < len(frames) and _function(frames[-1 - looked_up]) in _LOOKUPS:
        looked_up += 1
    return frames[: len(frames) - looked_up] or frames


def _function(frame: Frame) -> str:
    return frame.function.rsplit(".", 1)[-1]


def _is_library(frame: Frame) -> bool:
    if frame.distribution is not None:
        return False
    top = frame.file.replace("\\", "/").split("/")[0].removesuffix(".py")
    return top.startswith("<") or top in sys.stdlib_module_names


def _module(file: str) -> str:
    dotted = file.replace("\\", "/").removesuffix(".py").strip("/").replace("/", ".")
    return dotted.removesuffix(".__init__") or "unknown"


_Q = r"['\"]([^'\"]*)['\"]"
_FORMS: tuple[tuple[re.Pattern[str], str], ...] = (
    (re.compile(rf"cannot import name {_Q} from (?:partially initialized module )?{_Q}"), "{1}.{0}"),
    (re.compile(rf"No module named {_Q}"), "{0}"),
    (re.compile(rf"(?:module|type object) {_Q} has no attribute {_Q}"), "{0}.{1}"),
    (re.compile(rf"{_Q} object has no attribute {_Q}"), "{0}.{1}"),
    (re.compile(rf"([\w.<>]+)\(\) got an unexpected keyword argument {_Q}"), "{0}({1})"),
    (re.compile(rf"([\w.<>]+)\(\) missing \d+ required (?:[\w-]+ )?arguments?: {_Q}"), "{0}({1})"),
    (re.compile(rf"abstract class (\w+) .*?methods? {_Q}"), "{0}.{1}"),
    (re.compile(r"abstract class (\w+) with abstract methods? (\w+)"), "{0}.{1}"),
    (re.compile(rf"name {_Q} is not defined"), "{0}"),
)


def missing_name(raised: Raised) -> str | None:
    """The field, attribute, argument or module that the message complains of, in one form for each kind."""
    message = raised.message
    refused = invalid_fields(raised)
    if refused is not None:
        model, fields = refused
        return f"{model}.{','.join(fields)}" if fields else model
    for pattern, form in _FORMS:
        found = pattern.search(message)
        if found:
            return form.format(*found.groups())
    if short_type(raised) == "KeyError" and message:
        return normalised(message).strip("'\"")
    return None


def invalid_fields(raised: Raised) -> tuple[str, tuple[str, ...]] | None:
    """The model that refused its data, and its fields, as `refusals.invalid_fields` reads them."""
    return refusals.invalid_fields(raised.message)


_VARYING: tuple[tuple[re.Pattern[str], str], ...] = (
    (re.compile(r"\b[a-z][a-z0-9+.-]*://[^\s'\"<>)\]}]+"), "URL"),
    (re.compile(r"0x[0-9a-fA-F]+"), "ADDRESS"),
    (re.compile(r"\b[0-9a-fA-F]{8}-[0-9a-fA-F-]{27}\b"), "ID"),
    (re.compile(r"\b[a-z]{2,8}_(?=[a-zA-Z]*\d)[0-9a-zA-Z]{6,}\b"), "ID"),
    (re.compile(r"\b[0-9a-f]{12,}\b"), "ID"),
    (re.compile(r"(?:[A-Za-z]:)?(?:[/\\][\w.+@-]+){2,}"), "PATH"),
    (re.compile(r"\bv?\d+(?:\.\d+)+(?:[a-z]+\d*)?\b"), "VERSION"),
    (re.compile(r"\d+"), "N"),
)


def normalised(message: str, limit: int = 80) -> str:
    """The first line of a message without what differs between two runs of one fault."""
    text = next((line.strip() for line in message.splitlines() if line.strip()), "")
    for pattern, stand_in in _VARYING:
        text = pattern.sub(stand_in, text)
    return " ".join(text.split())[:limit]


def key(raised: Raised) -> str:
    """A key that is equal for one fault in all versions, paths and runs."""
    deepest = root(raised)
    what = missing_name(deepest) or normalised(deepest.message)
    where = place(deepest) or place(raised)
    return f"{short_type(deepest)}({what})@{where.key if where else 'unknown'}"


def title(raised: Raised) -> str:
    """One line for people: what was raised, over what, and by which release."""
    deepest = root(raised)
    if is_advice(deepest):
        return first_line(deepest, 500)
    where = place(deepest) or place(raised)
    refused, missing = refusals.refused(deepest.message), missing_name(deepest)
    if refused is None and missing:
        what = f"{short_type(deepest)} over {missing}"
    else:
        what = f"{short_type(deepest)}: {_clipped(refused, 200) if refused else first_line(deepest)}"
    return f"{what}, raised in {where}" if where else what


def first_line(raised: Raised, limit: int = 160) -> str:
    """The first line of an exception's message."""
    line = next((each.strip() for each in raised.message.splitlines() if each.strip()), "(no message)")
    return _clipped(line, limit)


def _clipped(line: str, limit: int) -> str:
    return line if len(line) <= limit else f"{line[: limit - 1]}…"
