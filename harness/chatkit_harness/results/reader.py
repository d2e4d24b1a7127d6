"""Reads a results file, whole or cut, and the transcripts beside it."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from chatkit_harness.core.codec import CodecError, from_document
from chatkit_harness.core.errors import ResultsError, did_you_mean
from chatkit_harness.core.nouns import CaseResult, Cell, Finding
from chatkit_harness.core.transcript import Transcript
from chatkit_harness.results import evidence
from chatkit_harness.results.held import enforcement
from chatkit_harness.results.records import RESULTS_FILE, SCHEMA_VERSION, RunFooter, RunHeader
from chatkit_harness.results.shared import Shared
from chatkit_harness.results.transcripts import load_transcript

_HEADER = b'{"record":"header"'


@dataclass(frozen=True, slots=True, kw_only=True)
class Results:
    """A run as its file tells it.

    `footer` is None where the run never came to its end. `complaints` are error documents: the run's
    own, and what was wrong with the file. `notes` are things told that put nothing in doubt. `incomplete`
    are the ids of cases whose evidence is not all there.
    """

    header: RunHeader
    cells: tuple[Cell, ...] = ()
    cases: tuple[CaseResult, ...] = ()
    footer: RunFooter | None = None
    complaints: tuple[Mapping[str, str], ...] = ()
    notes: tuple[str, ...] = ()
    incomplete: frozenset[str] = frozenset()
    folder: Path = field(default_factory=Path)

    @property
    def interrupted(self) -> bool:
        """Whether the run ended before its plan did."""
        return self.footer is None or self.footer.interrupted

    def transcript(self, name: str) -> Transcript:
        """The transcript of that digest. Raises ResultsError where it is missing or not what was stored."""
        return load_transcript(self.folder, name)


def read_results(path: Path, *, shared: Shared | None = None) -> Results:
    """The run in a folder or a results file.

    Lines that are cut or damaged are left out and complained about. Of a case that is there twice the
    last attempt counts. Equal evidence is held once, also among several runs that are read with one
    `shared`. Raises ResultsError where there is no results file, or one of a newer version.
    """
    file = _locate(Path(path))
    reading = _Reading(file, shared or Shared())
    try:
        with file.open("rb") as lines:
            for number, line in enumerate(lines, start=1):
                reading.take(number, line)
    except OSError as error:
        raise _unreadable(file, error) from error
    return reading.results()


def read_header(path: Path) -> RunHeader:
    """What a run set out to do (a resumed one: when it was last resumed), without reading the rest.

    Raises ResultsError where there is no results file, or one of a newer version.
    """
    file = _locate(Path(path))
    reading = _Reading(file, Shared())
    try:
        with file.open("rb") as lines:
            for number, line in enumerate(lines, start=1):
                if number == 1 or line.startswith(_HEADER):
                    reading.take(number, line)
    except OSError as error:
        raise _unreadable(file, error) from error
    if reading.header is None:
        raise _not_results(file)
    return reading.header


def read_so_far(folder: Path) -> Results | None:
    """What a run that goes on finds in its folder; None where it was stopped before anything was recorded.

    Raises ResultsError as `read_results` does where the file is none of a run.
    """
    file = Path(folder) / RESULTS_FILE
    try:
        with file.open("rb") as lines:
            if not lines.readline().endswith(b"\n"):
                return None
    except FileNotFoundError:
        return None
    except OSError:
        pass  # told by who reads it
    return read_results(file)


class _Reading:
    """What has been read of a file so far."""

    def __init__(self, file: Path, shared: Shared) -> None:
        self.file = file
        self.header: RunHeader | None = None
        self.footer: RunFooter | None = None
        self.cells: dict[str, Cell] = {}
        self.cases: dict[str, CaseResult] = {}
        self.complaints: list[Mapping[str, str]] = []
        self.notes: list[str] = []
        self.incomplete: set[str] = set()
        self._shared = shared
        self._evidence = evidence.EvidenceIn()

    def take(self, number: int, line: bytes) -> None:
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
            cut = not line.endswith(b"\n")
            what = "The last line is cut." if cut else f"The record cannot be read: {error}."
            self._complain(f"{self.file}:{number}", what)

    def _record(self, document: dict[str, Any]) -> None:
        kind = document.pop("record", None)
        if kind == "header":
            if self.header is None:
                _check_version(self.file, document.get("schema_version"))
            elif document.get("schema_version") != SCHEMA_VERSION:
                raise CodecError("a header of another version of the format")
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
            cell = self._shared.cell(from_document(Cell, document))
            self.cells[cell.id] = cell
        elif kind == "case":
            self._case(document)
        elif kind == evidence.RECORD:
            self._evidence.record(document, self._shared.value(document.get("value")))
        else:
            raise CodecError(f"no such kind of record: {kind!r}")

    def _case(self, document: dict[str, Any]) -> None:
        findings = document.pop("findings", [])
        case = from_document(CaseResult, document)
        if not isinstance(findings, list):
            raise CodecError("the findings are no array")
        whole = [self._evidence.put_back(each) for each in findings]
        case = dataclasses.replace(case, findings=tuple(from_document(Finding, each) for each in findings))
        if self._counts(case):
            self.cases[case.id] = self._shared.case(case)
            (self.incomplete.discard if all(whole) else self.incomplete.add)(case.id)

    def _counts(self, case: CaseResult) -> bool:
        """Whether a case is not outdone by a later attempt that is there already."""
        before = self.cases.get(case.id)
        if before is None:
            return True
        if case.attempt > before.attempt and case.outcome == before.outcome:
            return True  # it was looked at again, and it is as it was
        if case.attempt > before.attempt and case.fingerprint != before.fingerprint:
            return True  # what it rests on was changed, and it was driven anew
        self.notes.append(
            f"{case.id} is recorded twice: {before.outcome} (attempt {before.attempt}), then "
            f"{case.outcome} (attempt {case.attempt}); the last attempt counts."
        )
        return case.attempt >= before.attempt

    def _complain(self, culprit: str, cause: str) -> None:
        error = ResultsError(culprit, cause, "What could be read is told; run again for the rest.")
        self.complaints.append(error.as_document())

    def results(self) -> Results:
        if self.header is None:
            raise _not_results(self.file)
        if self.incomplete:
            cases = f"{len(self.incomplete)} of the cases, {min(self.incomplete)} among them"
            self._complain(str(self.file), f"Evidence is missing for findings of {cases}.")
        if self.footer is None:
            self._complain(
                str(self.file),
                "The file has no end: the run is under way still, or was ended before it was done.",
            )
        own = self.footer.complaints if self.footer else ()
        held = enforcement(self.cells.values())
        return Results(
            header=dataclasses.replace(self.header, enforcement=held) if held else self.header,
            cells=tuple(self.cells.values()),
            cases=tuple(self.cases.values()),
            footer=self.footer,
            complaints=(*own, *self.complaints),
            notes=tuple(self.notes),
            incomplete=frozenset(self.incomplete),
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


def _unreadable(file: Path, error: OSError) -> ResultsError:
    return ResultsError(str(file), f"It cannot be read: {error.strerror or error}.", "Check its permissions.")


def _not_results(file: Path) -> ResultsError:
    return ResultsError(
        str(file),
        "It is not a results file: the first line is no header of a run.",
        f"Name a run's folder, or the {RESULTS_FILE} in it.",
    )
