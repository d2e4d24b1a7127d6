"""Reads a results file, whole or cut, and the transcripts beside it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from chatkit_harness.core.codec import CodecError, from_document
from chatkit_harness.core.errors import ResultsError, did_you_mean
from chatkit_harness.core.nouns import CaseResult, Cell, digest
from chatkit_harness.core.transcript import Transcript
from chatkit_harness.results.records import (
    RESULTS_FILE,
    SCHEMA_VERSION,
    RunFooter,
    RunHeader,
    transcript_path,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Results:
    """A run as its file tells it.

    `footer` is None where the run never came to its end. `complaints` are error documents: the run's
    own, and what was wrong with the file. `notes` are things told that put nothing in doubt.
    """

    header: RunHeader
    cells: tuple[Cell, ...] = ()
    cases: tuple[CaseResult, ...] = ()
    footer: RunFooter | None = None
    complaints: tuple[Mapping[str, str], ...] = ()
    notes: tuple[str, ...] = ()
    folder: Path = field(default_factory=Path)

    @property
    def interrupted(self) -> bool:
        """Whether the run ended before its plan did."""
        return self.footer is None or self.footer.interrupted

    def transcript(self, name: str) -> Transcript:
        """The transcript of that digest. Raises ResultsError where it is missing or not what was stored."""
        path = transcript_path(self.folder, name)
        try:
            document = json.loads(path.read_text("utf-8"))
            transcript = from_document(Transcript, document)
        except OSError as error:
            raise _bad_transcript(path, f"It cannot be read: {error.strerror or error}.") from error
        except (ValueError, RecursionError) as error:
            raise _bad_transcript(path, f"It is not a transcript: {error}.") from error
        if digest(document) != name:
            raise _bad_transcript(path, "Its contents do not have the digest that it was stored by.")
        return transcript


def read_results(path: Path) -> Results:
    """The run in a folder or a results file.

    Lines that are cut or damaged are left out and complained about. Of a case that is there twice the
    last attempt counts. Raises ResultsError where there is no results file, or one of a newer version.
    """
    file = _locate(Path(path))
    try:
        lines = file.read_bytes().split(b"\n")
    except OSError as error:
        raise ResultsError(
            str(file), f"It cannot be read: {error.strerror or error}.", "Check its permissions."
        ) from error
    reading = _Reading(file)
    for number, line in enumerate(lines, start=1):
        reading.take(number, line, last=number == len(lines))
    return reading.results()


class _Reading:
    """What has been read of a file so far."""

    def __init__(self, file: Path) -> None:
        self.file = file
        self.header: RunHeader | None = None
        self.footer: RunFooter | None = None
        self.cells: dict[str, Cell] = {}
        self.cases: dict[str, CaseResult] = {}
        self.complaints: list[Mapping[str, str]] = []
        self.notes: list[str] = []

    def take(self, number: int, line: bytes, *, last: bool) -> None:
        if not line.strip():
            return
        try:
            document = json.loads(line)
            if not isinstance(document, dict):
                raise CodecError("a record is an object")
            self._record(document)
        except (ValueError, RecursionError) as error:
            if self.header is None:
                raise _not_results(self.file) from error
            what = "The last line is cut." if last else f"The record cannot be read: {error}."
            self._complain(f"{self.file}:{number}", what)

    def _record(self, document: dict[str, Any]) -> None:
        kind = document.pop("record", None)
        if kind == "header":
            _check_version(self.file, document.get("schema_version"))
            self.header = from_document(RunHeader, document)
            return
        if self.header is None:
            raise _not_results(self.file)
        if kind == "footer":
            self.footer = from_document(RunFooter, document)
            return
        # What follows a footer belongs to a resumed run, whose own footer is still to come.
        self.footer = None
        if kind == "cell":
            cell = from_document(Cell, document)
            self.cells[cell.id] = cell
        elif kind == "case":
            self._case(from_document(CaseResult, document))
        else:
            raise CodecError(f"no such kind of record: {kind!r}")

    def _case(self, case: CaseResult) -> None:
        before = self.cases.get(case.id)
        if before is not None:
            self.notes.append(
                f"{case.id} is recorded twice: {before.outcome} (attempt {before.attempt}), then "
                f"{case.outcome} (attempt {case.attempt}); the last attempt counts."
            )
            if case.attempt < before.attempt:
                return
        self.cases[case.id] = case

    def _complain(self, culprit: str, cause: str) -> None:
        error = ResultsError(culprit, cause, "What could be read is told; run again for the rest.")
        self.complaints.append(error.as_document())

    def results(self) -> Results:
        if self.header is None:
            raise _not_results(self.file)
        if self.footer is None:
            self._complain(str(self.file), "The file has no end: the run was stopped before it was done.")
        own = self.footer.complaints if self.footer else ()
        return Results(
            header=self.header,
            cells=tuple(self.cells.values()),
            cases=tuple(self.cases.values()),
            footer=self.footer,
            complaints=(*own, *self.complaints),
            notes=tuple(self.notes),
            folder=self.file.parent,
        )


def _locate(path: Path) -> Path:
    if path.is_dir():
        if (path / RESULTS_FILE).is_file():
            return path / RESULTS_FILE
        offer = did_you_mean(path.name, _runs_in(path)) if _runs_in(path) else "Name the folder of a run."
        raise ResultsError(str(path), f"This folder holds no {RESULTS_FILE}.", offer)
    if path.exists():
        return path
    runs = _runs_in(path.parent)
    offer = did_you_mean(path.name, runs) if runs else f"Name a run's folder or its {RESULTS_FILE}."
    raise ResultsError(str(path), "There is no such file or folder.", offer)


def _runs_in(folder: Path) -> list[str]:
    """Names in a folder that could have been meant: folders of runs, and JSON Lines files."""
    try:
        return sorted(
            each.name
            for each in folder.iterdir()
            if each.suffix == ".jsonl" or (each.is_dir() and (each / RESULTS_FILE).is_file())
        )
    except OSError:
        return []


def _check_version(file: Path, version: Any) -> None:
    if not isinstance(version, int) or isinstance(version, bool):
        raise _not_results(file)
    if version > SCHEMA_VERSION:
        raise ResultsError(
            str(file),
            f"It was written in version {version} of the format; this chatkit-harness reads version "
            f"{SCHEMA_VERSION}.",
            "Upgrade chatkit-harness to read it.",
        )


def _not_results(file: Path) -> ResultsError:
    return ResultsError(
        str(file),
        "It is not a results file: the first line is no header of a run.",
        f"Name a run's folder, or the {RESULTS_FILE} in it.",
    )


def _bad_transcript(path: Path, cause: str) -> ResultsError:
    return ResultsError(str(path), cause, "Copy the run's folder again whole, or run the case again.")
