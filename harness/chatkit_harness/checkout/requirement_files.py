"""Requirements files as pip reads them: includes, constraints, options, and what cannot go into a cell."""

from __future__ import annotations

import codecs
import contextlib
import os
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Self

from chatkit_harness.core.errors import ConfigurationError, did_you_mean
from chatkit_harness.core.redaction import redact_text

_COMMENT = re.compile(r"(^|\s+)#.*$")
_PER_LINE = re.compile(r"\s--(?:hash|config-settings?|global-option|install-option)(?:=|\s+)\S+")
_OPTION = re.compile(r"(--[a-z-]+|-[a-z])(?:\s*=\s*|\s+)?(.*)")
_INCLUDES = ("-r", "--requirement", "-c", "--constraint")
_INDEX = ("-i", "--index-url", "--extra-index-url", "-f", "--find-links", "--no-index", "--trusted-host")
_PLACE = re.compile(r"^(?:\.{0,2}[/\\]|\.{1,2}(?:\[.*\])?$|~|[A-Za-z]:[/\\]|(?:git|hg|svn|bzr)\+|[a-z]+://)")
_ARCHIVES = (".whl", ".zip", ".tar.gz", ".tar.bz2")
_BOMS = ((codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One requirement as it is written, and where."""

    where: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Declared:
    """What a project declares; `constraints` bind only what is required anyway."""

    lines: tuple[Line, ...] = ()
    constraints: tuple[Line, ...] = ()
    notes: tuple[str, ...] = ()

    def noting(self, notes: Iterable[str]) -> Self:
        """The same with these notes first."""
        return replace(self, notes=(*notes, *self.notes))


@dataclass(slots=True)
class _Reading:
    project: Path
    lines: list[Line] = field(default_factory=list)
    constraints: list[Line] = field(default_factory=list)
    notes: dict[str, None] = field(default_factory=dict)
    seen: set[str] = field(default_factory=set)


def read_requirements(file: Path, project: Path) -> Declared:
    """A requirements file with those that it includes; `project` is the checkout that `-e .` means.

    Raises ConfigurationError with the line for a file that is not there or an option without a value.
    """
    reading = _Reading(project=project)
    _read(file, reading, constraint=False)
    return Declared(
        lines=tuple(reading.lines), constraints=tuple(reading.constraints), notes=tuple(reading.notes)
    )


def included(content: bytes) -> list[tuple[int, str]]:
    """The files that a requirements file includes, each with its line: as they are written, addresses not.

    Nothing for what is no text: whoever reads the file tells that.
    """
    try:
        lines = [*_logical_lines(_decoded(content))]
    except UnicodeDecodeError:
        return []
    found = []
    for number, text in lines:
        name, value = _parted(text)
        if name in _INCLUDES and value and "://" not in value:
            found.append((number, value))
    return found


def _read(file: Path, reading: _Reading, *, constraint: bool, asked_by: str = "") -> None:
    place = _real(file)
    if place in reading.seen:
        return
    reading.seen.add(place)
    for number, text in _logical_lines(_text(file, asked_by)):
        where = f"{file}:{number}"
        if text.startswith("-"):
            _option(text, where, file, reading, constraint=constraint)
        elif _PLACE.match(text) or text.partition(" ")[0].lower().endswith(_ARCHIVES):
            _left_out(text, where, file, reading)
        else:
            (reading.constraints if constraint else reading.lines).append(Line(where=where, text=text))


def _text(file: Path, asked_by: str) -> str:
    try:
        content = file.read_bytes()
    except (OSError, ValueError) as error:  # a name with a NUL is a ValueError
        why = error.strerror if isinstance(error, OSError) else error
        raise ConfigurationError(
            asked_by or str(file), f"{file} cannot be read ({why}).", did_you_mean(file.name, _beside(file))
        ) from None
    try:
        return _decoded(content)
    except UnicodeDecodeError as error:
        raise ConfigurationError(
            str(file), f"It is not {error.encoding} text.", "Save it as UTF-8."
        ) from None


def _decoded(content: bytes) -> str:
    return content.decode(next((name for mark, name in _BOMS if content.startswith(mark)), "utf-8"))


def _beside(file: Path) -> list[str]:
    with contextlib.suppress(OSError, ValueError):
        return [each.name for each in file.parent.glob("*.txt")]
    return []


def _real(path: Path) -> str:
    """Where a path leads, also one that leads nowhere or in a circle."""
    try:
        return os.path.realpath(path)
    except (OSError, ValueError):
        return str(path)


def _logical_lines(text: str) -> Iterator[tuple[int, str]]:
    """Lines with the number of their first, without comments and what says how to fetch; empty ones not."""
    waiting, first = "", 0
    for number, line in enumerate([*text.splitlines(), ""], 1):
        first = first or number
        comment = line.lstrip().startswith("#")
        if line.endswith("\\") and not comment:
            waiting += line[:-1] + " "
            continue
        whole = _PER_LINE.sub("", _COMMENT.sub("", waiting + line)).strip()
        if whole:
            yield first, whole
        waiting, first = "", 0


def _option(text: str, where: str, file: Path, reading: _Reading, *, constraint: bool) -> None:
    name, value = _parted(text)
    if name in _INCLUDES:
        if not value:
            raise ConfigurationError(where, f"{name} names no file.", "Write the file's name behind it.")
        if "://" in value:
            reading.notes[f"{where}: {name} {redact_text(value)} is left out: only files are read"] = None
            return
        below = constraint or name in ("-c", "--constraint")
        _read(file.parent / value, reading, constraint=below, asked_by=where)
    elif name in ("-e", "--editable"):
        _left_out(value, where, file, reading)
    elif name in _INDEX:
        reading.notes[
            f"{file.name} names a package index of its own, which is not used: cells come from the "
            "harness's own index"
        ] = None


def _parted(text: str) -> tuple[str, str]:
    """An option and its value."""
    match = _OPTION.match(text)
    name, value = match.groups() if match else (text, "")
    return name, value.strip().strip("\"'")


def _left_out(text: str, where: str, file: Path, reading: _Reading) -> None:
    """A path or an address: the checkout itself is there anyway, all others cannot be built."""
    place = text.partition(";")[0].strip().partition("[")[0].removeprefix("file:")
    if "://" not in place and _real(file.parent / place) == _real(reading.project):
        return
    reading.notes[
        f"{where}: {redact_text(text)} is left out, since nothing is built from source: name a release of it "
        "with --with"
    ] = None
