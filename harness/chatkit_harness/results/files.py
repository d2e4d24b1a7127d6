"""How a run's files are written: no kill at any moment and no full disk costs more than what was at hand."""

from __future__ import annotations

import contextlib
import json
import os
import sys
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Any, BinaryIO

from chatkit_harness.core.errors import ConfigurationError, OutputError
from chatkit_harness.core.redaction import redact_strings

LOCK = ".results.lock"
SCRATCH = ".part"


def write_whole(path: Path, content: str | bytes) -> None:
    """Write a file in one step, folders included: it is there whole or not at all. Raises OutputError."""
    scratch = path.with_name(f".{uuid.uuid4().hex}{SCRATCH}")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with scratch.open("xb") as file:
            file.write(content.encode("utf-8") if isinstance(content, str) else content)
        scratch.replace(path)
    except OSError as error:
        raise unwritable(path, error) from error
    finally:
        with contextlib.suppress(OSError):
            scratch.unlink(missing_ok=True)


def line_of(document: Any) -> str:
    """A document on one line of ASCII, so that what a broken server sent (lone surrogates, NUL) survives."""
    return json.dumps(document, ensure_ascii=True, separators=(",", ":"), default=repr)


def without_secrets(document: Any) -> tuple[Any, str]:
    """The document as it may be written, and its line."""
    line = line_of(document)
    clean = redact_strings(document, line)
    return (document, line) if clean is document else (clean, line_of(clean))


def claim(path: Path) -> None:
    """Make the file, which only one of several runs can do."""
    try:
        path.open("xb").close()
    except FileExistsError:
        raise ConfigurationError(
            str(path),
            "This folder holds another run, which is never overwritten.",
            "Name another folder with --out, or remove this one.",
        ) from None


def mend(path: Path) -> None:
    """Take away what a kill left of a last line that holds no record; a whole one gets its line end."""
    with path.open("r+b") as file:
        size = file.seek(0, os.SEEK_END)
        start = _last_line(file, size)
        file.seek(start)
        tail = file.read()
        if not tail:
            return
        try:
            whole = isinstance(json.loads(tail), dict)
        except (ValueError, RecursionError):
            whole = False
        if whole:
            file.write(b"\n")
        else:
            file.truncate(start)


def _last_line(file: BinaryIO, size: int) -> int:
    """Where what follows the last line end begins."""
    end = size
    while end > 0:
        begin = max(0, end - 65536)
        file.seek(begin)
        found = file.read(end - begin).rfind(b"\n")
        if found >= 0:
            return begin + found + 1
        end = begin
    return 0


class Appender:
    """A file that whole lines are added to; what fails or is interrupted leaves nothing behind."""

    def __init__(self, path: Path) -> None:
        self._file = path.open("ab", buffering=0)
        self._at_line_start = True

    def append(self, data: bytes) -> None:
        """Hand data to the operating system. Raises OSError where there is no room for all of it."""
        if not self._at_line_start:
            data = b"\n" + data
        before = os.fstat(self._file.fileno()).st_size
        try:
            view = memoryview(data)
            while view:
                view = view[self._file.write(view) :]
            self._at_line_start = True
        except BaseException:
            # Where even this fails, the next record begins on a line of its own.
            self._at_line_start = False
            with contextlib.suppress(OSError):
                os.ftruncate(self._file.fileno(), before)
                self._at_line_start = True
            raise

    def close(self) -> None:
        """Nothing more will be added."""
        self._file.close()


class FolderLock:
    """Held by the one process that appends to a run's results; whatever ends the process releases it.

    Raises ConfigurationError where another process holds it. Where the system or the file system has no
    such locks there is none.
    """

    def __init__(self, folder: Path) -> None:
        self._path = folder / LOCK
        self._file: BinaryIO | None = None
        while self._file is None and sys.platform != "win32":
            file = self._path.open("ab")
            if not _lock(file, self._path):
                file.close()
                return
            if _is_at(file, self._path):
                self._file = file
            else:  # its holder was just removing it: the next one is ours to make
                file.close()

    def release(self) -> None:
        """Let others have it; it may be called again."""
        if self._file is not None:
            with contextlib.suppress(OSError):
                self._path.unlink()
            self._file.close()
            self._file = None


def _lock(file: BinaryIO, path: Path) -> bool:
    """Whether the file is locked now; False where there are no locks."""
    if sys.platform == "win32":
        return False
    import fcntl  # there is none on Windows

    try:
        # Not flock: forked cells would inherit that one and hold it for as long as they live.
        fcntl.lockf(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except (BlockingIOError, PermissionError):
        file.close()
        raise ConfigurationError(
            str(path.parent),
            "Another process is writing to this run now.",
            "Wait for it to end, or name another folder with --out.",
        ) from None
    except OSError:
        return False
    return True


def _is_at(file: BinaryIO, path: Path) -> bool:
    with contextlib.suppress(OSError):
        return os.path.samestat(os.fstat(file.fileno()), path.stat())
    return False


def scratch_files(folder: Path) -> Iterator[Path]:
    """What writers that were killed left unfinished in a folder and the folders in it."""
    yield from folder.glob(f".*{SCRATCH}")
    yield from folder.glob(f"*/.*{SCRATCH}")


def unwritable(path: Path, error: OSError) -> OutputError:
    """The error of a file that cannot be written."""
    return OutputError(
        str(path),
        f"It cannot be written: {error.strerror or error}.",
        "Name a folder that can be written with --out, or free some space; what was written before stays.",
    )
