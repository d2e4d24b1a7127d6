"""Appends a run's results as they come in, so that whatever stops the run leaves a readable file."""

from __future__ import annotations

import contextlib
import threading
from pathlib import Path
from types import TracebackType
from typing import Self

from chatkit_harness.core.codec import to_document
from chatkit_harness.core.nouns import CaseResult, Cell
from chatkit_harness.core.transcript import Transcript
from chatkit_harness.results.evidence import EvidenceOut
from chatkit_harness.results.files import (
    Appender,
    FolderLock,
    claim,
    mend,
    scratch_files,
    unwritable,
    without_secrets,
)
from chatkit_harness.results.records import RESULTS_FILE, TRANSCRIPTS, RunFooter, RunHeader
from chatkit_harness.results.transcripts import store_transcript


class ResultsWriter:
    """A run folder's `results.jsonl` and `transcripts/`, open for appending.

    Each record is one line, handed to the operating system in one piece before the method returns; where
    that fails nothing of it stays, and the next one may be tried. Secrets in any text are left out of what
    is written. Any thread may write. `packed` stores transcripts as gzip.

    Opening raises OutputError where the folder cannot be written, and ConfigurationError where another run
    has it already and `resume` is not set (an earlier run is never overwritten, and of two at once one gets
    the folder), or where another process is writing to it at this moment. `resume` takes away what a kill
    left unfinished, and goes on behind the last whole record.
    """

    def __init__(self, folder: Path, *, resume: bool = False, packed: bool = False) -> None:
        self.folder = Path(folder)
        self.path = self.folder / RESULTS_FILE
        self._packed = packed
        self._evidence = EvidenceOut()
        self._mutex = threading.Lock()
        try:
            (self.folder / TRANSCRIPTS).mkdir(parents=True, exist_ok=True)
            self._folder_lock = FolderLock(self.folder)
            try:
                self._file = _open(self.path, resume=resume)
            except BaseException:
                self._folder_lock.release()
                raise
        except OSError as error:
            raise unwritable(self.path, error) from error

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Close the file; everything written is in it already."""
        self._file.close()
        self._folder_lock.release()

    def header(self, header: RunHeader) -> None:
        """The run's first record; of a resumed run the last one counts."""
        self._record("header", header)

    def cell(self, cell: Cell) -> None:
        """A cell with its pins, or the reason for having none; of two with one id the last one counts."""
        self._record("cell", cell)

    def case(self, case: CaseResult) -> None:
        """A finished case; its transcript should have been stored before."""
        with self._mutex:
            document, lines = self._evidence.taken_out({"record": "case", **to_document(case)})
            _, line = without_secrets(document)
            self._append(*lines.values(), line)
            self._evidence.written(lines)

    def footer(self, footer: RunFooter) -> None:
        """The run's last record."""
        self._record("footer", footer)

    def transcript(self, transcript: Transcript) -> str:
        """Store a transcript once, whole or not at all, and return the digest of what is stored."""
        return store_transcript(self.folder, transcript, packed=self._packed)

    def _record(self, kind: str, noun: RunHeader | Cell | RunFooter) -> None:
        _, line = without_secrets({"record": kind, **to_document(noun)})
        with self._mutex:
            self._append(line)

    def _append(self, *lines: str) -> None:
        try:
            self._file.append("".join(f"{line}\n" for line in lines).encode("ascii"))
        except OSError as error:
            raise unwritable(self.path, error) from error


def _open(path: Path, *, resume: bool) -> Appender:
    if not resume:
        claim(path)
    elif path.exists():
        mend(path)
        for scratch in scratch_files(path.parent / TRANSCRIPTS):
            with contextlib.suppress(OSError):
                scratch.unlink()
    return Appender(path)
