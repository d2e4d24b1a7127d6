"""What everything signed here has in common: how it is spelled in an address, and keys that are kept."""

from __future__ import annotations

import base64
import contextlib
import os
import secrets
from pathlib import Path

SHORTEST_KEY = 32
_SAFE = getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_BINARY", 0) | getattr(os, "O_CLOEXEC", 0)


class KeyFileError(OSError):
    """A key cannot be read, made, or used. The message names its file without the folder."""


def encode(data: bytes) -> str:
    """The data in characters that an address may hold."""
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def decode(text: str) -> bytes:
    """The data again. Raises ValueError for what nobody has encoded."""
    return base64.b64decode(text.encode() + b"=" * (-len(text) % 4), altchars=b"-_", validate=True)


def kept_key(path: Path, new: bytes) -> bytes:
    """The key in a file, which is made of `new` where there is none. Raises KeyFileError.

    Of several processes that start at once one makes it, and all of them get that one.
    """
    try:
        if not os.path.lexists(path):
            _make(path, new)
        key = path.read_bytes()
    except OSError as error:
        raise KeyFileError(f"the key in {path.name} cannot be had: {error.strerror or error}") from None
    if len(key) < SHORTEST_KEY:
        raise KeyFileError(f"there is no key in {path.name}: remove that file, and a new one is made")
    return key


def _make(path: Path, key: bytes) -> None:
    made = path.with_name(f".{path.name}-{secrets.token_hex(8)}")
    try:
        with os.fdopen(os.open(made, os.O_WRONLY | os.O_CREAT | os.O_EXCL | _SAFE, 0o600), "wb") as file:
            file.write(key)
            file.flush()
            os.fsync(file.fileno())
        # A link comes whole, and not at all where another process was first.
        try:
            os.link(made, path)
        except FileExistsError:
            pass
        except OSError:  # a file system without such links
            made.replace(path)
    finally:
        with contextlib.suppress(OSError):
            made.unlink()
