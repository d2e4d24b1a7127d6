"""What every command says the same way: errors, documents, and where things were put."""

from __future__ import annotations

import contextlib
import errno
import json
import logging
import os
import sys
from collections.abc import Iterable, Mapping
from io import FileIO
from pathlib import Path
from typing import Any

import click
from rich.console import Console

from chatkit_harness.core.errors import HarnessError, OutputError

_PIPE_WIDTH = 120


def tell_error(error: HarnessError, *, as_json: bool = False) -> None:
    """Culprit, cause and next step on standard error; as a document on standard output for scripts."""
    if as_json:
        print_document({"error": error.as_document()})
        return
    label = click.style("Error", fg="red", bold=True)
    click.echo(f"{label}: {error.culprit}\n  {error.cause}\n  {error.next_step}".rstrip(), err=True)


def follow_log(wanted: bool) -> None:
    """Show the log on standard error as it is written, where that is wanted."""
    if not wanted:
        return
    handler = logging.StreamHandler()
    handler.setFormatter(logging.Formatter("%(levelname)s %(message)s"))
    logger = logging.getLogger("chatkit_harness")
    logger.addHandler(handler)
    logger.setLevel(logging.DEBUG)


def print_document(document: Any) -> None:
    """One JSON document on standard output."""
    click.echo(json.dumps(document, indent=2, ensure_ascii=True))


def tell_page(page: str, out: Path | None) -> None:
    """A page into a file, or on standard output where none is named. Raises OutputError."""
    if out is None:
        click.echo(page, nl=False)
        return
    try:
        put(page.encode("utf-8"), out)
    except OSError as error:
        raise _no_page(out, error) from None


def require_page(out: Path | None) -> None:
    """Raise OutputError, before a page is made for long, for a file that it could not be written to."""
    if out is None or os.access(out, os.W_OK):
        return
    if os.path.lexists(out):
        if not out.is_symlink():
            raise _no_page(out, OSError(errno.EACCES, os.strerror(errno.EACCES)))
    elif not out.absolute().parent.is_dir():
        raise _no_page(out, OSError(errno.ENOENT, f"{out.parent} is no folder"))
    elif not os.access(out.absolute().parent, os.W_OK | os.X_OK):
        raise _no_page(out, OSError(errno.EACCES, os.strerror(errno.EACCES)))


def _no_page(out: Path, error: OSError) -> OutputError:
    cause = f"The page cannot be written: {error.strerror or error}."
    return OutputError(str(out), cause, "Name a file that can be written.")


def put(page: bytes, path: Path) -> None:
    """Write a file whole, or leave what is there as it was. Raises OSError.

    A file is written over and not replaced by another: links and modes stay, and its folder need not be
    writable.
    """
    if path.is_file() and os.access(path, os.R_OK):
        _write_over(page, path)
    elif path.exists():
        # A pipe, or /dev/stdout, or what cannot be read: of these nothing could be put back.
        path.write_bytes(page)
    else:
        _write_new(page, path)


def _write_over(page: bytes, path: Path) -> None:
    with path.open("r+b", buffering=0) as file:
        before = file.read()
        try:
            _fill(file, page)
        except BaseException:
            # It still has the room that it had, as nothing was cut off: also where the disk is full.
            with contextlib.suppress(OSError):
                _fill(file, before)
            with contextlib.suppress(OSError):
                file.truncate(len(before))
            raise


def _fill(file: FileIO, content: bytes) -> None:
    file.seek(0)
    rest = memoryview(content)
    while rest:
        rest = rest[file.write(rest) :]
    file.truncate()


def _write_new(page: bytes, path: Path) -> None:
    try:
        path.write_bytes(page)
    except BaseException:
        with contextlib.suppress(OSError):
            if path.is_file():
                path.resolve().unlink()  # of a link that which it names
        raise


def tell_complaints(complaints: Iterable[Mapping[str, str]]) -> None:
    """What of a run could not be done or read, on standard error; its own output stays as it is."""
    for complaint in complaints:
        culprit, *rest = (str(complaint.get(key) or "") for key in ("culprit", "cause", "next_step"))
        click.echo(f"{culprit}: {' '.join(rest)}", err=True)


class _Console(Console):
    """Where a reader goes away early (`| head`), the rest goes nowhere; the exit status stays the run's."""

    def on_broken_pipe(self) -> None:
        self.quiet = True
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def console(*, stderr: bool = False, width: int | None = None) -> Console:
    """A console whose paths and names are never taken for markup."""
    made = _Console(stderr=stderr, markup=False, highlight=False, width=width)
    if width is None and not made.is_terminal and "COLUMNS" not in os.environ:
        # A file or a pipe has no width of its own: rich would take a narrow terminal's for it.
        made.width = _PIPE_WIDTH
    return made
