"""Predicates on tool outputs: what a recorded answer needs to have been told, never its bytes.

A predicate is text (the output must contain it) or a mapping of

    contains: text or [texts]    each stands in the output, whatever its case
    excludes: text or [texts]    none stands in the output
    matches: regular expression  somewhere in the output
    equals: value                the output, read where it is JSON or a Python literal, equals this
    has: {...}                   the output, read likewise, has at least this
"""

from __future__ import annotations

import ast
import json
import re
from collections.abc import Callable, Mapping
from typing import Any

from chatkit_harness.core.parsing import undisturbed


def failed_predicates(output: str, predicate: Any) -> list[str]:
    """What of a predicate an output does not fulfil, in words; empty where it fulfils all."""
    wanted = {"contains": predicate} if isinstance(predicate, str) else dict(predicate)
    shown = output if len(output) <= 120 else f"{output[:119]}…"
    failed = [word for word, value in wanted.items() if word in _RULES and not _RULES[word](output, value)]
    return [f"{word} {wanted[word]!r} does not hold for {shown!r}" for word in failed]


def _texts(value: Any) -> list[str]:
    return [str(each).lower() for each in (value if isinstance(value, list) else [value])]


def _contains(output: str, value: Any) -> bool:
    return all(each in output.lower() for each in _texts(value))


def _excludes(output: str, value: Any) -> bool:
    return not any(each in output.lower() for each in _texts(value))


def _matches(output: str, value: Any) -> bool:
    return re.search(str(value), output) is not None


def _equals(output: str, value: Any) -> bool:
    return bool(_read(output) == value or output == value)


def _has(output: str, value: Any) -> bool:
    return includes(_read(output), value)


def includes(held: Any, wanted: Any) -> bool:
    """Whether JSON-like data has at least what is wanted: keys of mappings, entries of lists."""
    if isinstance(wanted, Mapping) and isinstance(held, Mapping):
        return all(key in held and includes(held[key], value) for key, value in wanted.items())
    if isinstance(wanted, list) and isinstance(held, list):
        return all(any(includes(each, value) for each in held) for value in wanted)
    return bool(held == wanted)


def _read(output: str) -> Any:
    """The value that an output holds: agents writes what tools return as JSON or as Python's own form."""
    try:
        return json.loads(output)
    except (ValueError, RecursionError):
        pass
    try:
        return undisturbed(lambda: ast.literal_eval(output))
    except (ValueError, SyntaxError, MemoryError, RecursionError, TypeError):
        return output


_RULES: dict[str, Callable[[str, Any], bool]] = {
    "contains": _contains,
    "excludes": _excludes,
    "matches": _matches,
    "equals": _equals,
    "has": _has,
}
