"""What a search has learnt, kept line by line as it goes, so that an ended one can be gone on with."""

from __future__ import annotations

import contextlib
import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from chatkit_harness.core.codec import CodecError, from_document, to_document
from chatkit_harness.core.errors import OutputError, ResultsError
from chatkit_harness.core.nouns import CaseResult
from chatkit_harness.results.files import mend

from .answers import ANSWERS
from .nouns import Seen

FILE = "bisect.jsonl"
SCHEMA_VERSION = 1


class Log:
    """The answers of a search by question, in a file to which whole lines are added."""

    def __init__(self, folder: Path) -> None:
        self.path = folder / FILE
        self.known: dict[str, Seen] = {}
        self.looks: dict[str, tuple[CaseResult, ...]] = {}
        self._first: Mapping[str, Any] | None = None

    @property
    def driven(self) -> int:
        """How many times a set was driven, before an end of the search and since."""
        return len(self.looks) + sum(seen.times for seen in self.known.values())

    def begin(self, selection: Mapping[str, Any]) -> None:
        """A new search: what it was asked for is written down before its first answer."""
        self._first = {"kind": "search", "schema_version": SCHEMA_VERSION, "selection": dict(selection)}

    def go_on(self) -> Mapping[str, Any]:
        """Read what is there; what the search was asked for. Raises ResultsError for no such file.

        A last line that was cut off, because the search was ended while writing it, is passed over here, and
        taken away before the next answer is added: in the middle it would be no line of a search.
        """
        try:
            lines = self.path.read_text(encoding="utf-8").splitlines()
        except (OSError, UnicodeDecodeError):
            raise ResultsError(
                str(self.path), "There is no search here to go on with.", "Name a folder that holds one."
            ) from None
        selection: Mapping[str, Any] | None = None
        for number, line in enumerate(lines, start=1):
            match _document(line):
                case {"kind": "search", "selection": dict() as found}:
                    selection = found
                case {"kind": "answer", "question": str() as question, "answer": str() as answer, **more}:
                    if answer in ANSWERS:
                        self.known[question] = _seen(answer, more)
                case {"kind": "look", "question": str() as question, "cases": list() as cases}:
                    with contextlib.suppress(CodecError):
                        self.looks[question] = tuple(from_document(CaseResult, case) for case in cases)
                case _ if number < len(lines):
                    raise ResultsError(
                        f"{self.path}:{number}",
                        "This is no line of a search.",
                        "Begin anew, without --resume.",
                    )
        if selection is None:
            raise ResultsError(str(self.path), "It does not say what was searched for.", "Begin anew.")
        return selection

    def answered(self, question: str, tried: str, seen: Seen, pins: Mapping[str, str]) -> None:
        """Keep an answer. Raises OutputError."""
        self._open()
        self.known[question] = seen
        self._add(
            {
                "kind": "answer",
                "question": question,
                "tried": tried,
                "answer": seen.answer,
                "why": seen.why,
                "other": seen.other,
                "seconds": round(seen.seconds, 3),
                "times": seen.times,
                "pins": dict(pins),
            }
        )

    def looked(self, question: str, cases: Sequence[CaseResult]) -> None:
        """Keep what all cases of an end came to. Raises OutputError."""
        self._open()
        self.looks[question] = tuple(cases)
        self._add({"kind": "look", "question": question, "cases": [to_document(case) for case in cases]})

    def _open(self) -> None:
        if self._first is not None:
            self._add(self._first, mode="w")
            self._first = None

    def _add(self, record: Mapping[str, Any], *, mode: str = "a") -> None:
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            if mode == "a":
                with contextlib.suppress(FileNotFoundError):
                    mend(self.path)
            with self.path.open(mode, encoding="utf-8") as file:
                file.write(json.dumps(record) + "\n")
        except OSError as error:
            step = "Free space there, or name another folder with --out."
            raise OutputError(str(self.path), f"It cannot be written ({error.strerror}).", step) from None


def _document(line: str) -> Any:
    try:
        return json.loads(line)
    except ValueError:
        return None


def _seen(answer: Any, more: Mapping[Any, Any]) -> Seen:
    seconds, times = more.get("seconds"), more.get("times")
    return Seen(
        answer=answer,
        why=str(more.get("why", "")),
        other=more.get("other") is True,
        seconds=float(seconds) if isinstance(seconds, int | float) else 0.0,
        times=times if isinstance(times, int) else 1,
    )
