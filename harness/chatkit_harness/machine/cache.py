"""Where the harness keeps what it may reuse: index pages, locks, environments, payloads.

Everything here can be deleted at any time; it is made again.
"""

from __future__ import annotations

import contextlib
import errno
import json
import os
import tempfile
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import filelock
import platformdirs

from chatkit_harness.core.errors import BuildError, HarnessError, OutputError

ENVIRONMENT_VARIABLE = "CHATKIT_HARNESS_CACHE"
TRIES = 3
"""So often something is made before it is told that somebody else keeps taking it away."""

PAUSE_S = 0.2
"""So long what was disturbed waits before it is tried again: whoever changes the cache may be done then."""

_NO_ROOM = (errno.ENOSPC, errno.EROFS, errno.EDQUOT)
_CHANGED = (errno.ENOENT, errno.ENOTDIR, errno.EEXIST, errno.ENOTEMPTY, errno.ESTALE)

_PATIENCE_S = 0.2
"""How long a wait for a lock lasts before the run's end is looked for."""


class DisturbedError(BuildError):
    """Something in the cache was changed or deleted by somebody else while it was made or used.

    It may well succeed when it is tried again.
    """

    def __init__(self, culprit: str, cause: str, next_step: str = "") -> None:
        super().__init__(culprit, cause, next_step or "Let nobody else change the cache, and run again.")


def not_written(path: object, error: OSError) -> HarnessError:
    """The error for a path of the cache that cannot be written, or that somebody else took away."""
    why = error.strerror or str(error)
    if error.errno in _CHANGED:
        return DisturbedError(str(path), f"Somebody else changed the cache meanwhile ({why}).")
    return OutputError(
        str(path),
        f"The cache cannot be written ({why}).",
        f"Free space there, or set {ENVIRONMENT_VARIABLE} to another folder.",
    )


class Cache:
    """One cache folder, shared by concurrent runs.

    `ending` is set when this run is to end: nobody waits for a lock then, and no program is started.
    """

    def __init__(self, root: Path | None = None) -> None:
        chosen = root or Path(
            os.environ.get(ENVIRONMENT_VARIABLE) or platformdirs.user_cache_dir("chatkit-harness")
        )
        self.root = chosen.expanduser().absolute()
        self.ending = threading.Event()

    def folder(self, *parts: str) -> Path:
        """A folder below the cache, made if need be. Raises OutputError where it cannot be made."""
        path = self.root.joinpath(*parts)
        try:
            path.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise OutputError(
                str(path),
                f"The cache folder cannot be made ({error.strerror}).",
                f"Set {ENVIRONMENT_VARIABLE} to a folder that can be written.",
            ) from None
        return path

    def read_json(self, path: Path) -> Any:
        """The document at `path`, or None where there is none that can be read."""
        try:
            return json.loads(path.read_text(encoding="utf-8"))
        except (OSError, ValueError, RecursionError):
            return None

    def remember(self, path: Path, document: Any) -> None:
        """As `write_json`, for what can be found out again: that it cannot be written is no trouble."""
        with contextlib.suppress(OutputError, DisturbedError):
            self.write_json(path, document)

    def write_json(self, path: Path, document: Any) -> None:
        """Write whole or not at all, so that a reader never sees half a document."""
        self.write_bytes(path, json.dumps(document, indent=1, sort_keys=True).encode())

    def write_bytes(self, path: Path, content: bytes) -> None:
        """Write whole or not at all. Raises OutputError where the folder cannot be written."""
        for left in reversed(range(TRIES)):
            try:
                _write(path, content)
            except OSError as error:
                if error.errno not in _CHANGED or not left:
                    raise not_written(path, error) from None
            else:
                return

    def _acquire(self, lock: filelock.BaseFileLock, path: Path, wait_s: float) -> None:
        deadline = time.monotonic() + wait_s
        while not self.ending.is_set():
            with contextlib.suppress(filelock.Timeout):
                lock.acquire(timeout=_PATIENCE_S)
                return
            if time.monotonic() > deadline:
                raise BuildError(
                    str(path),
                    f"Another run has been building it for more than {wait_s:.0f} s.",
                    "Wait for that run, or end it, and start again.",
                )
        raise BuildError(str(path), "The run was ended before it was built.", "Run again.")

    @contextlib.contextmanager
    def lock(self, path: Path, *, wait_s: float = 600) -> Iterator[None]:
        """Keep other processes out while `path` is made or mended.

        Raises BuildError where another one keeps it for `wait_s`, OutputError where it cannot be kept at all.
        """
        lock = self._locked(path, wait_s, TRIES)
        try:
            yield
        finally:
            lock.release()

    def _locked(self, path: Path, wait_s: float, tries: int) -> filelock.BaseFileLock:
        lock = filelock.FileLock(self.folder("locks") / f"{path.parent.name}-{path.name}.lock")
        try:
            self._acquire(lock, path, wait_s)
        except (OSError, NotImplementedError) as error:
            if isinstance(error, FileNotFoundError) and tries > 1:  # somebody deleted the folder just now
                return self._locked(path, wait_s, tries - 1)
            if isinstance(error, OSError) and error.errno in _NO_ROOM:
                raise not_written(lock.lock_file, error) from None
            raise OutputError(
                lock.lock_file,
                f"The cache cannot be locked ({error}).",
                f"Delete that file, or set {ENVIRONMENT_VARIABLE} to another folder.",
            ) from None
        return lock


def _write(path: Path, content: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
        Path(temporary).replace(path)
    except BaseException:  # a full disk is not to be filled with what is of no use
        with contextlib.suppress(OSError):
            Path(temporary).unlink()
        raise
