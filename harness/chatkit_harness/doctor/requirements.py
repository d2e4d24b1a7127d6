"""Reads what a distribution requires (PEP 508) and evaluates the markers in it."""

from __future__ import annotations

import re
from typing import List, Mapping, NamedTuple, Optional, Tuple

from .versions import version, within

_HEAD = re.compile(r"\s*([A-Za-z0-9](?:[\w.-]*[A-Za-z0-9])?)\s*(?:\[([^\]]*)\])?\s*(.*)", re.DOTALL)
_TOKEN = re.compile(
    r"""\s*(?: (?P<text> '[^']*' | "[^"]*" )
      | (?P<operator> === | ~= | == | != | <= | >= | < | > | not\s+in\b | in\b )
      | (?P<word> and\b | or\b | \( | \) )
      | (?P<name> [a-z_.]+ ) )""",
    re.VERBOSE,
)
_OF_VERSIONS = ("python_version", "python_full_version", "implementation_version")


class Requirement(NamedTuple):
    """One line of what a distribution requires: `ranges` as written, `marker` empty where it always holds."""

    name: str
    ranges: str
    marker: str


class _UnknownError(Exception):
    """A marker that this reader does not know."""


def normal(name: str) -> str:
    """One spelling for all spellings of a distribution's name."""
    return re.sub(r"[-_.]+", "-", name).lower()


def requirement(text: str) -> Optional[Requirement]:
    """A requirement in its parts; None for one by address, or one that cannot be read."""
    found = _HEAD.fullmatch(text)
    if found is None:
        return None
    ranges, _semicolon, marker = found[3].partition(";")
    ranges = ranges.strip()
    if ranges.startswith("("):
        ranges = ranges[1:].rstrip().rstrip(")")
    if ranges.startswith("@"):
        return None
    return Requirement(normal(found[1]), ranges.strip(), marker.strip())


def holds(marker: str, variables: Mapping[str, str]) -> Optional[bool]:
    """Whether a marker holds, without extras; None where that cannot be judged."""
    if not marker:
        return True
    try:
        return _Markers(marker, {**variables, "extra": ""}).whole()
    except _UnknownError:
        return None


class _Markers:
    """Walks through the words of a marker: `or` binds weaker than `and`."""

    def __init__(self, text: str, variables: Mapping[str, str]) -> None:
        self._words: List[Tuple[str, str]] = []
        self._variables = variables
        text = text.strip()
        while text:
            found = _TOKEN.match(text)
            if found is None:
                raise _UnknownError(text)
            kind = str(found.lastgroup)
            self._words.append((kind, " ".join(found[kind].split()) if kind != "text" else found[kind]))
            text = text[found.end() :].lstrip()

    def whole(self) -> bool:
        result = self._any()
        if self._words:
            raise _UnknownError(self._words[0][1])
        return result

    def _any(self) -> bool:
        result = self._every()
        while self._words[:1] == [("word", "or")]:
            self._words.pop(0)
            result = self._every() or result  # the right side is walked through in any case
        return result

    def _every(self) -> bool:
        result = self._one()
        while self._words[:1] == [("word", "and")]:
            self._words.pop(0)
            result = self._one() and result
        return result

    def _one(self) -> bool:
        if self._words[:1] == [("word", "(")]:
            self._words.pop(0)
            result = self._any()
            if self._words[:1] != [("word", ")")]:
                raise _UnknownError("a bracket that is not closed")
            self._words.pop(0)
            return result
        if len(self._words) < 3 or self._words[1][0] != "operator":
            raise _UnknownError("no comparison")
        left, operator, right = self._words[0], self._words[1][1], self._words[2]
        del self._words[:3]
        return self._compare(left, operator, right)

    def _compare(self, left: Tuple[str, str], operator: str, right: Tuple[str, str]) -> bool:
        names = [each[1] for each in (left, right) if each[0] == "name"]
        if len(names) != 1:
            raise _UnknownError("a comparison without exactly one variable")
        first, second = self._value(left), self._value(right)
        if names[0] == "extra":
            first, second = normal(first), normal(second)
        if names[0] in _OF_VERSIONS and operator not in ("in", "not in"):
            verdict = within(first, f"{operator}{second}")
            if verdict is not None:
                return verdict
        return _as_text(first, operator, second)

    def _value(self, word: Tuple[str, str]) -> str:
        kind, text = word
        if kind == "text":
            return text[1:-1]
        name = text.replace(".", "_")
        if kind != "name" or name not in self._variables:
            raise _UnknownError(text)
        return self._variables[name]


def _as_text(first: str, operator: str, second: str) -> bool:
    if operator in ("==", "==="):
        return first == second
    if operator == "!=":
        return first != second
    if operator in ("in", "not in"):
        return (first in second) == (operator == "in")
    if version(first) is not None and version(second) is not None:
        return bool(within(first, f"{operator}{second}"))
    raise _UnknownError(operator)
