"""Cases as JSON, in which what several of them hold alike stands once.

A conversation's requests repeat the same instructions, tools and earlier messages, and cells the same pins:
each such value stands in a list before the cases of a block, and `{"$shared": 3}` in its place. Of a
transcript's own nouns what is empty is left out; documents of servers and models are kept to the letter.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Mapping, Sequence
from typing import Any

LEAST = 120
"""What is shorter than so many characters is written where it stands."""
_MARK = "$shared"
_NUMBER = re.compile(r'\{"\$shared":(\d+)\}')
_NOUNS = frozenset(
    {
        "turns",
        "events",
        "exchanges",
        "log",
        "imports",
        "ran",
        "streamed",
        "standing",
        "readings",
        "attempts",
        "stages",
        "authored",
    }
)
_MAY_BE_EMPTY = frozenset({"response", "data", "message"})
"""What says something by being empty."""


class Shelf:
    """The values that cases share, as JSON, each with its number."""

    def __init__(self) -> None:
        self.texts: dict[str, int] = {}
        self._put_here = 0

    def entry(self, case: Mapping[str, Any], transcript: Mapping[str, Any] | None, about: Any) -> str:
        """A case with all that is known of it, as JSON, its large parts on the shelf.

        `shared` says that there are such parts: where somebody's document looks like one, there are none.
        """
        self._put_here = 0
        told = None if transcript is None else self._transcript(lean_transcript(transcript))
        text = as_json({"shared": True, "case": self._case(case), "transcript": told, "about": about})
        if text.count(_MARK) == self._put_here:
            return text
        lean = None if transcript is None else lean_transcript(transcript)
        return as_json({"case": case, "transcript": lean, "about": about})

    def _transcript(self, told: dict[str, Any]) -> dict[str, Any]:
        if "pins" in told.get("cell", {}):
            told["cell"] = told["cell"] | {"pins": self._put(told["cell"]["pins"])}
        for turn in told.get("turns", ()):
            if "passed" in turn:
                turn["passed"] = self._put(turn["passed"])
        for exchange in told.get("exchanges", ()):
            if "request" in exchange:
                exchange["request"] = {key: self._asked(each) for key, each in exchange["request"].items()}
        return told

    def _case(self, case: Mapping[str, Any]) -> dict[str, Any]:
        findings = [
            {**each, "evidence": {key: self._put(value) for key, value in each["evidence"].items()}}
            for each in case["findings"]
        ]
        return {**case, "findings": findings}

    def _asked(self, value: Any) -> Any:
        """A part of a request; of messages each by itself, since the next request repeats them."""
        return [self._put(each) for each in value] if isinstance(value, list) else self._put(value)

    def _put(self, value: Any) -> Any:
        if not isinstance(value, str | Mapping | list):
            return value
        text = as_json(value)
        if len(text) < LEAST:
            return value
        self._put_here += 1
        return {_MARK: self.texts.setdefault(text, len(self.texts))}


def block_text(entries: Sequence[str], texts: Sequence[str]) -> str:
    """A block of entries as JSON: what of `texts` (a shelf's, by number) they share, then the entries."""
    local: dict[int, int] = {}

    def numbered(found: re.Match[str]) -> str:
        return f'{{"{_MARK}":{local.setdefault(int(found.group(1)), len(local))}}}'

    told = [_NUMBER.sub(numbered, each) if '"shared":true' in each[:60] else each for each in entries]
    return f"[[{','.join(texts[number] for number in local)}],{','.join(told)}]"


def as_json(document: Any) -> str:
    """JSON that any reader takes: numbers that JSON has none for become words."""
    try:
        return json.dumps(document, separators=(",", ":"), ensure_ascii=False, allow_nan=False)
    except ValueError:
        return json.dumps(_finite(document), separators=(",", ":"), ensure_ascii=False)


def _finite(value: Any) -> Any:
    if isinstance(value, float) and not math.isfinite(value):
        return str(value)
    if isinstance(value, Mapping):
        return {key: _finite(each) for key, each in value.items()}
    return [_finite(each) for each in value] if isinstance(value, list | tuple) else value


def lean_transcript(noun: Mapping[str, Any]) -> dict[str, Any]:
    """A noun's document without what is empty; `False`, 0 and the documents of others stay."""
    told: dict[str, Any] = {}
    for key, value in noun.items():
        if value is None or (key not in _MAY_BE_EMPTY and value in ([], "", {})):
            continue
        many = key in _NOUNS and isinstance(value, list)
        told[key] = (
            [lean_transcript(each) if isinstance(each, Mapping) else each for each in value]
            if many
            else value
        )
    return told
