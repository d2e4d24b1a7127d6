"""The folder of the files: one folder a user, one record a file, names that only this server gives.

    UPLOAD_DIR/secret
    UPLOAD_DIR/<digest of the user>/<id>.json     what is known of it
    UPLOAD_DIR/<digest of the user>/<id>.file     its content
    UPLOAD_DIR/<digest of the user>/<id>.preview  its small picture

Everything appears whole or not at all, and no link in the folder is ever followed.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import re
import secrets
import stat
from collections.abc import Iterator
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import BinaryIO

from ..signing import kept_key

ID = re.compile(r"atc_[0-9a-f]{32}")
HOME = re.compile(r"[0-9a-f]{40}")
PARTS = (".json", ".file", ".preview")
_SAFE = getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_BINARY", 0) | getattr(os, "O_CLOEXEC", 0)


@dataclass(frozen=True)
class Record:
    """What is known of one attachment. `size` is the announced one until the file is there (`ready`).

    `created` is in seconds since the epoch; `sent` says that a message holds it.
    """

    id: str
    user: str
    name: str
    mime_type: str
    size: int
    created: float
    ready: bool = False
    preview_type: str | None = None
    sent: bool = False


def home_of(user: str) -> str:
    """The name of a user's folder: a name of their own choice is nobody's path."""
    return hashlib.sha256(b"user:" + user.encode("utf-8", "surrogatepass")).hexdigest()[:40]


class AttachmentFolder:
    """Reads and writes below one folder, which is made if need be, for this user of the machine only.

    Raises OSError where the folder, or the key of signed links in it, cannot be had.
    """

    def __init__(self, root: Path) -> None:
        root.mkdir(parents=True, exist_ok=True, mode=0o700)
        self.root = root.resolve()
        # Kept here, so that links outlive the process.
        self.secret = kept_key(self.root / "secret", secrets.token_bytes(32))

    def record(self, home: str, attachment_id: str) -> Record | None:
        """What is known of a file; None where there is no such one in this home."""
        content = self._read(home, attachment_id, ".json")
        try:
            known = json.loads(content or b"null")
            return Record(**known) if known else None
        except (ValueError, TypeError):
            return None

    def records(self, home: str) -> list[Record]:
        """All that is known of one user's files."""
        found = (self.record(home, each) for each in sorted(self._ids(home)))
        return [record for record in found if record is not None]

    def homes(self) -> list[str]:
        """The homes that there are."""
        return sorted(each.name for each in os.scandir(self.root) if HOME.fullmatch(each.name))

    def write_record(self, record: Record) -> None:
        """Create or replace what is known of a file."""
        self._write(record, ".json", json.dumps(asdict(record)).encode())

    def keep(self, record: Record, content: bytes, small: tuple[str, bytes] | None) -> Record:
        """Keep a file whole with its small picture; its record says so last."""
        if small is not None:
            self._write(record, ".preview", small[1])
        self._write(record, ".file", content)
        kept = replace(record, ready=True, size=len(content), preview_type=small[0] if small else None)
        self.write_record(kept)
        return kept

    def content(self, record: Record) -> bytes | None:
        """A file's content; None where it is not there."""
        return self._read(home_of(record.user), record.id, ".file")

    def small(self, record: Record) -> bytes | None:
        """A file's small picture; None where it has none."""
        return self._read(home_of(record.user), record.id, ".preview")

    def remove(self, home: str, attachment_id: str) -> None:
        """Let go of a file with all that belongs to it; what is not there is fine."""
        for part in PARTS:
            path = self._path(home, attachment_id, part)
            if path is not None:
                path.unlink(missing_ok=True)

    @contextlib.contextmanager
    def incoming(self, home: str) -> Iterator[tuple[Path, BinaryIO]]:
        """A new file for what comes in, with its path; gone when the block ends, unless it was moved."""
        path = self._home(home) / f".incoming-{secrets.token_hex(8)}"
        with os.fdopen(os.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL | _SAFE, 0o600), "w+b") as file:
            try:
                yield path, file
            finally:
                file.close()
                path.unlink(missing_ok=True)

    def left_behind(self, home: str, before: float) -> list[Path]:
        """Files of a crash that no record knows, last written before that time."""
        folder = self._home(home)
        found = []
        for each in os.scandir(folder):
            stem = each.name.partition(".")[0]
            known = ID.fullmatch(stem) and self.record(home, stem) is not None
            if not known and each.stat(follow_symlinks=False).st_mtime < before:
                found.append(folder / each.name)
        return found

    def _ids(self, home: str) -> set[str]:
        if not (self.root / home).exists():
            return set()
        names = (each.name for each in os.scandir(self._home(home)))
        return {name[: -len(".json")] for name in names if name.endswith(".json")}

    def _home(self, home: str) -> Path:
        """A user's folder, made if need be. Raises OSError where something else stands in its place."""
        if not HOME.fullmatch(home):
            raise ValueError("no name of a user's folder")
        path = self.root / home
        path.mkdir(mode=0o700, exist_ok=True)
        if not stat.S_ISDIR(os.lstat(path).st_mode):
            raise NotADirectoryError(f"{home} is no folder")
        return path

    def _path(self, home: str, attachment_id: str, part: str) -> Path | None:
        """Where a part of a file lies; None for what is no id of this server's."""
        if not ID.fullmatch(attachment_id) or not HOME.fullmatch(home):
            return None
        folder = self.root / home
        try:
            return folder / f"{attachment_id}{part}" if stat.S_ISDIR(os.lstat(folder).st_mode) else None
        except FileNotFoundError:
            return None

    def _read(self, home: str, attachment_id: str, part: str) -> bytes | None:
        path = self._path(home, attachment_id, part)
        if path is None:
            return None
        try:
            descriptor = os.open(path, os.O_RDONLY | _SAFE)
        except OSError:  # not there, or a link
            return None
        with os.fdopen(descriptor, "rb") as file:
            return file.read() if stat.S_ISREG(os.fstat(descriptor).st_mode) else None

    def _write(self, record: Record, part: str, content: bytes) -> None:
        folder = self._home(home_of(record.user))
        target = self._path(folder.name, record.id, part)
        if target is None:
            raise ValueError("no id of this server's")
        with self.incoming(folder.name) as (path, file):
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
            file.close()
            path.replace(target)
