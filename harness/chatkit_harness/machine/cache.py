"""Where the harness keeps what it may reuse: index pages, locks, environments, payloads.

Everything here can be deleted at any time; it is made again.
"""

from __future__ import annotations

import contextlib
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

from chatkit_harness.core.errors import BuildError, OutputError

ENVIRONMENT_VARIABLE = "CHATKIT_HARNESS_CACHE"

_PATIENCE_S = 0.2
"""How long a wait for a lock lasts before the run's end is looked for."""


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

    def write_json(self, path: Path, document: Any) -> None:
        """Write whole or not at all, so that a reader never sees half a document."""
        self.write_bytes(path, json.dumps(document, indent=1, sort_keys=True).encode())

    def write_bytes(self, path: Path, content: bytes) -> None:
        """Write whole or not at all. Raises OutputError where the folder cannot be written."""
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
            with os.fdopen(handle, "wb") as file:
                file.write(content)
            Path(temporary).replace(path)
        except OSError as error:
            raise OutputError(
                str(path),
                f"The cache cannot be written ({error.strerror}).",
                f"Free space there, or set {ENVIRONMENT_VARIABLE} to another folder.",
            ) from None

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
        lock = filelock.FileLock(self.folder("locks") / f"{path.parent.name}-{path.name}.lock")
        try:
            self._acquire(lock, path, wait_s)
        except (OSError, NotImplementedError) as error:
            raise OutputError(
                lock.lock_file,
                f"The cache cannot be locked ({error}).",
                f"Delete that file, or set {ENVIRONMENT_VARIABLE} to another folder.",
            ) from None
        try:
            yield
        finally:
            lock.release()
