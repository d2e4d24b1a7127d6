"""Where the harness keeps what it may reuse: index pages, locks, environments, payloads.

Everything here can be deleted at any time; it is made again.
"""

from __future__ import annotations

import contextlib
import json
import os
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import filelock
import platformdirs

from chatkit_harness.core.errors import BuildError, OutputError

ENVIRONMENT_VARIABLE = "CHATKIT_HARNESS_CACHE"


class Cache:
    """One cache folder, shared by concurrent runs."""

    def __init__(self, root: Path | None = None) -> None:
        chosen = root or Path(
            os.environ.get(ENVIRONMENT_VARIABLE) or platformdirs.user_cache_dir("chatkit-harness")
        )
        self.root = chosen.expanduser().absolute()

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

    @contextlib.contextmanager
    def lock(self, path: Path, *, wait_s: float = 600) -> Iterator[None]:
        """Keep other processes out while `path` is made or mended.

        Raises BuildError where another one keeps it for `wait_s`, OutputError where it cannot be kept at all.
        """
        lock = filelock.FileLock(self.folder("locks") / f"{path.parent.name}-{path.name}.lock")
        try:
            lock.acquire(timeout=wait_s)
        except filelock.Timeout:
            raise BuildError(
                str(path),
                f"Another run has been building it for more than {wait_s:.0f} s.",
                "Wait for that run, or end it, and start again.",
            ) from None
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
