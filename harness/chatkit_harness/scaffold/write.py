"""Writes what a project gets. Nothing that exists is changed; pyproject.toml may get a table at its end."""

from __future__ import annotations

import contextlib
import os
import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from chatkit_harness.core.errors import ConfigurationError, OutputError

Action = Literal["write", "append", "keep"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Piece:
    """A file, or the end of one: `what` it is in words, `why` it is left as it is where that is so."""

    path: Path
    what: str
    text: str
    action: Action = "write"
    why: str = ""


def new_file(path: Path, what: str, text: str) -> Piece:
    """A file to be written, unless something of that name exists."""
    if path.exists() or path.is_symlink():
        return Piece(path=path, what=what, text=text, action="keep", why="it exists already")
    return Piece(path=path, what=what, text=text)


def table(path: Path, what: str, text: str, *, there: bool) -> Piece:
    """A table at the end of pyproject.toml, which is otherwise left byte for byte as it is.

    `text` has plain line ends. Raises ConfigurationError where the file is such that nothing can be added.
    """
    if there:
        return Piece(
            path=path, what=what, text=text, action="keep", why="it has [tool.chatkit-harness] already"
        )
    if not path.exists():
        return Piece(path=path, what=what, text=text.lstrip("\n"))
    before = path.read_bytes()
    newline = b"\r\n" if b"\r\n" in before else b"\n"
    if before and not before.endswith(b"\n"):
        text = f"\n{text}"
    apart = not before.strip() or before.replace(b"\r\n", b"\n").endswith(b"\n\n")
    added = text.lstrip("\n") if apart else text
    _require_addable(path, before, added)
    return Piece(path=path, what=what, text=added.replace("\n", newline.decode()), action="append")


def _require_addable(path: Path, before: bytes, added: str) -> None:
    try:
        tool = tomllib.loads(before.decode("utf-8") + added)["tool"]
    except ValueError:
        tool = None
    if not isinstance(tool, dict):
        raise ConfigurationError(
            str(path),
            "Its `tool` is written in a way to which no table can be added at the end.",
            f"Add this by hand: {' '.join(added.split())}",
        )


def write(pieces: Sequence[Piece]) -> None:
    """Write each piece. Raises OutputError, which tells what was written before, where one cannot be."""
    done: list[str] = []
    for piece in pieces:
        if piece.action == "keep":
            continue
        try:
            _put(piece)
        except OSError as error:
            before = f"Written before: {', '.join(done)}." if done else "Nothing was written."
            raise OutputError(
                str(piece.path),
                f"It cannot be written ({error.strerror}). {before}",
                "Make the folder writable, or free some space, and run init again: what is there is kept.",
            ) from None
        done.append(str(piece.path))


def _put(piece: Piece) -> None:
    """Write one piece whole, or leave its file as it was. Raises OSError."""
    piece.path.parent.mkdir(parents=True, exist_ok=True)
    # "x": what came into being meanwhile is not replaced either.
    file = piece.path.open("ab" if piece.action == "append" else "xb")
    size = os.fstat(file.fileno()).st_size
    try:
        with file:
            file.write(piece.text.encode("utf-8"))
    except BaseException:
        # No tool could read a file with half a table, and the next init would keep half a file for good.
        with contextlib.suppress(OSError):
            if piece.action == "append":
                os.truncate(piece.path, size)
            else:
                piece.path.unlink()
        raise


def require_writable(pieces: Sequence[Piece]) -> None:
    """Raise OutputError where a piece cannot be written for sure: before anything is driven."""
    for piece in pieces:
        if piece.action == "keep":
            continue
        place = piece.path if piece.action == "append" else piece.path.parent
        while not place.exists() and place != place.parent:
            place = place.parent
        if piece.action != "append" and not place.is_dir():
            raise OutputError(str(piece.path), f"{place} is no folder. Nothing was written.", "Rename it.")
        if not os.access(place, os.W_OK):
            raise OutputError(
                str(piece.path),
                f"{place} is read-only. Nothing was written.",
                "Make it writable, or work elsewhere.",
            )
