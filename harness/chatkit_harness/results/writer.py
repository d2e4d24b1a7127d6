"""Appends a run's results as they come in, so that whatever stops the run leaves a readable file."""

from __future__ import annotations

import contextlib
import json
import os
import threading
import uuid
from pathlib import Path
from types import TracebackType
from typing import Any, BinaryIO, Self

from chatkit_harness.core.codec import to_document
from chatkit_harness.core.errors import ConfigurationError, OutputError
from chatkit_harness.core.nouns import CaseResult, Cell, digest
from chatkit_harness.core.redaction import redact_strings
from chatkit_harness.core.transcript import Transcript
from chatkit_harness.results.records import RESULTS_FILE, TRANSCRIPTS, RunFooter, RunHeader, transcript_path


class ResultsWriter:
    """A run folder's `results.jsonl` and `transcripts/`, open for appending.

    Each record is one line, handed to the operating system in one piece before the method returns.
    Secrets in any text are left out of what is written. Any thread may write. Opening raises OutputError
    where the folder cannot be written, and ConfigurationError where another run has it already and
    `resume` is not set: an earlier run is never overwritten, and of two at once one gets the folder.
    """

    def __init__(self, folder: Path, *, resume: bool = False) -> None:
        self.folder = Path(folder)
        self.path = self.folder / RESULTS_FILE
        self._lock = threading.Lock()
        self._file, self._at_line_start = _open(self.folder, self.path, resume=resume)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Close the file; everything written is in it already."""
        self._file.close()

    def header(self, header: RunHeader) -> None:
        """The run's first record."""
        self._append("header", header)

    def cell(self, cell: Cell) -> None:
        """A cell with its pins, or the reason for having none."""
        self._append("cell", cell)

    def case(self, case: CaseResult) -> None:
        """A finished case; its transcript should have been stored before."""
        self._append("case", case)

    def footer(self, footer: RunFooter) -> None:
        """The run's last record."""
        self._append("footer", footer)

    def transcript(self, transcript: Transcript) -> str:
        """Store a transcript once, whole or not at all, and return the digest of what is stored."""
        document, text = _without_secrets(to_document(transcript))
        # Two halves of a surrogate pair come back from a file as one character: digest what is read.
        name = digest(json.loads(text) if "\\ud" in text else document)
        target = transcript_path(self.folder, name)
        if not target.exists():
            write_whole(target, text + "\n")
        return name

    def _append(self, kind: str, noun: RunHeader | Cell | CaseResult | RunFooter) -> None:
        _, line = _without_secrets({"record": kind, **to_document(noun)})
        data = (line + "\n").encode("ascii")
        with self._lock:
            # A Ctrl-C inside an earlier write may have left half a line: never glue a record to it.
            if not self._at_line_start:
                data = b"\n" + data
            self._at_line_start = False
            try:
                _write_all(self._file, data)
            except OSError as error:
                raise _unwritable(self.path, error) from error
            self._at_line_start = True


def write_whole(path: Path, text: str) -> None:
    """Write a file in one step, folders included: it is there whole or not at all. Raises OutputError."""
    scratch = path.with_name(f".{uuid.uuid4().hex}.part")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with scratch.open("x", encoding="utf-8", newline="\n") as file:
            file.write(text)
        scratch.replace(path)
    except OSError as error:
        raise _unwritable(path, error) from error
    finally:
        with contextlib.suppress(OSError):
            scratch.unlink(missing_ok=True)


def _line(document: Any) -> str:
    # ASCII, so that what a broken server sent (lone surrogates, NUL) survives the way to the disk and back.
    return json.dumps(document, ensure_ascii=True, separators=(",", ":"), default=repr)


def _without_secrets(document: Any) -> tuple[Any, str]:
    """The document as it may be written, and its line."""
    line = _line(document)
    clean = redact_strings(document, line)
    return (document, line) if clean is document else (clean, _line(clean))


def _open(folder: Path, path: Path, *, resume: bool) -> tuple[BinaryIO, bool]:
    try:
        (folder / TRANSCRIPTS).mkdir(parents=True, exist_ok=True)
        if not resume:
            _claim(path)
        file = path.open("ab", buffering=0)
        return file, _ends_a_line(path)
    except OSError as error:
        raise _unwritable(path, error) from error


def _claim(path: Path) -> None:
    """Make the file, which only one of several runs can do."""
    try:
        path.open("xb").close()
    except FileExistsError:
        raise ConfigurationError(
            str(path),
            "This folder holds another run, which is never overwritten.",
            "Name another folder with --out, or remove this one.",
        ) from None


def _ends_a_line(path: Path) -> bool:
    with path.open("rb") as file:
        if not file.seek(0, os.SEEK_END):
            return True
        file.seek(-1, os.SEEK_END)
        return file.read(1) == b"\n"


def _write_all(file: BinaryIO, data: bytes) -> None:
    view = memoryview(data)
    while view:
        view = view[file.write(view) :]


def _unwritable(path: Path, error: OSError) -> OutputError:
    return OutputError(
        str(path),
        f"It cannot be written: {error.strerror or error}.",
        "Name a folder that can be written with --out, or free some space; what was written before stays.",
    )
