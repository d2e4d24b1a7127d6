"""Texts and documents without what is never the same twice: times, generated ids, where things lie."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

TIME = "TIME"

_CLOCK = re.compile(r"\b\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d\.\d{3,9}")
_TIME_KEYS = frozenset(
    {
        "created_at",
        "updated_at",
        "completed_at",
        "started_at",
        "expires_at",
        "expires",
        "created",
        "timestamp",
    }
)
_DATE = re.compile(r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d(:\d\d(\.\d+)?)?")
_TOKEN_KEYS = frozenset({"client_secret"})

# What chatkit, the agents SDK, their stores and the servers under test make up: a kind, and hexadecimal.
_KINDS = (
    "thread|thr|cthr|message|msg|cmsg|item|itm|widget|wdg|workflow|wf|task|tsk|tc|ctc|tool_call|call|fc|"
    "attachment|atc|shcx|hidden|resp|rs|run|sess|user|anonymous|req|trace|span|group|evt|cw|id"
)
_ID = re.compile(
    rf"(?<![A-Za-z0-9])(?P<kind>(?:{_KINDS})[_-])[0-9a-f]{{8,64}}(?![A-Za-z0-9])"
    r"|(?<![A-Za-z0-9])[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}(?![A-Za-z0-9])"
    r"|(?<![A-Za-z0-9])[0-9a-f]{32}(?![A-Za-z0-9])"
)
# An id or a time of which a message shows the beginning only.
_CUT = re.compile(
    rf"(?<![A-Za-z0-9])(?:(?:{_KINDS})[_-][0-9a-f]*|(?=[0-9a-f-]*\d)[0-9a-f-]{{4,}}|\d{{4}}-\d\d-\d\dT[\d:.]*)…"
)
_ADDRESS = re.compile(r"\b0x[0-9a-f]{6,16}\b")
_PORT = re.compile(r"((?:127\.0\.0\.1|localhost|\[::1\]):)\d{2,5}\b")

# Where an interpreter, an environment or a layer lies; what is inside of it stays.
_PLACES = (
    (re.compile(r"(?<![\w.])/(?:[^\s'\"():,/]+/)*(?:site-packages|dist-packages)(?=/)"), "PACKAGES"),
    (re.compile(r"(?<![\w.])/(?:[^\s'\"():,/]+/)*lib/python3\.\d+(?=/)"), "PYTHON"),
    (re.compile(r"(?<![\w.])/(?:[^\s'\"():,/]+/)*bin/python[\d.]*(?![\w/])"), "PYTHON"),
    (re.compile(r"(?<![\w.])/(?:[^\s'\"():,/]+/)*chatkit-harness-[a-z]+-\w+"), "FOLDER"),
)


class Plain:
    """Brings a document into its plain form; ids are told apart by the order in which they appear in it."""

    def __init__(self) -> None:
        self._ids: dict[str, str] = {}

    def document(self, value: Any, *, without: frozenset[str] = frozenset()) -> Any:
        """A plain copy of JSON-like data, less the keys in `without` wherever they are."""
        if isinstance(value, str):
            return self.text(value)
        if isinstance(value, Mapping):
            return {
                self.text(str(key)): self._member(str(key), each, without)
                for key, each in value.items()
                if key not in without
            }
        if isinstance(value, list | tuple):
            return [self.document(each, without=without) for each in value]
        return value

    def text(self, text: str) -> str:
        """A text with its times, ids, addresses, ports and places told in general words."""
        text = _CUT.sub("CUT…", _PORT.sub(r"\1PORT", _CLOCK.sub(TIME, text)))
        text = _ID.sub(self._renamed, _ADDRESS.sub("ADDRESS", text))
        for place, name in _PLACES:
            text = place.sub(name, text)
        return text

    def _member(self, key: str, value: Any, without: frozenset[str]) -> Any:
        if key in _TIME_KEYS and _is_time(value):
            return TIME
        if key in _TOKEN_KEYS and isinstance(value, str) and value:
            return self._name("token", value)
        return self.document(value, without=without)

    def _renamed(self, found: re.Match[str]) -> str:
        return self._name(found["kind"] or "", found[0])

    def _name(self, kind: str, value: str) -> str:
        return self._ids.setdefault(value, f"{kind}#{len(self._ids) + 1}")


def _is_time(value: Any) -> bool:
    if isinstance(value, str):
        return _DATE.match(value) is not None
    return isinstance(value, int | float) and value > 1e9
