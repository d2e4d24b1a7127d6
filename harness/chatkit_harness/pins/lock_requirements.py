"""Requirements files as locks: `pip freeze`, `pip-compile`, `uv export`, and looser ones."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import unquote, urlsplit

from packaging.requirements import InvalidRequirement, Requirement
from packaging.utils import parse_sdist_filename, parse_wheel_filename

from chatkit_harness.checkout.project import PAIR
from chatkit_harness.checkout.requirement_files import Line, read_requirements
from chatkit_harness.core.errors import ConfigurationError
from chatkit_harness.core.redaction import redact_text
from chatkit_harness.machine.interpreters import Interpreter
from chatkit_harness.machine.python_facts import holds, marker_environment

from .pins import exact_version, normal

_HASH = re.compile(r"--hash[=\s]\s*([A-Za-z0-9_]+):?([0-9a-fA-F]*)")
_ITSELF = re.compile(r"^\s*(?:-e|--editable)?[=\s]*(?:file:)?\.{1,2}/?(?:\[.*\])?\s*(?:#.*)?$")
_NOBODY_WRITES = frozenset({"annotated-types", "anyio", "h11", "idna", "pydantic-core"})
"""What every cell needs and nobody names by hand: a file that pins these was written by a tool, whole."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PinnedRequirements:
    """What a requirements file says for one interpreter; `complete` where it pins all that it needs."""

    pins: Mapping[str, str]
    requirements: tuple[str, ...]
    constraints: tuple[str, ...]
    pair_constraints: Mapping[str, str]
    notes: tuple[str, ...]
    complete: bool


def read_pinned_requirements(path: Path, interpreter: Interpreter) -> PinnedRequirements:
    """The pins of a requirements file and of those that it includes.

    Raises ConfigurationError with file and line for what is no requirement, what is cut off, and what is
    pinned twice.
    """
    declared = read_requirements(path, path.parent)
    text = path.read_bytes().decode("utf-8", "replace")
    hashed = _checked_hashes(path, text)
    reading = _Reading(marker_environment(interpreter))
    for line in declared.lines:
        reading.add(line)
    binding = [each for each in map(reading.applied, declared.constraints) if each is not None]
    if not reading.every and not declared.notes:
        raise ConfigurationError(str(path), "It names nothing for this Python.", "Name another file.")
    whole = not reading.is_open and (hashed or reading.pins.keys() >= _NOBODY_WRITES)
    return PinnedRequirements(
        pins={name: version for name, (version, _where) in reading.pins.items()},
        requirements=tuple(dict.fromkeys(_asked(reading.every))),
        constraints=tuple(str(each) for each in binding if normal(each.name) not in PAIR),
        pair_constraints=_ranges([*reading.every, *binding]),
        notes=(*declared.notes, *_itself(path, text), *reading.notes),
        complete=whole,
    )


@dataclass(slots=True)
class _Reading:
    environment: Mapping[str, str]
    pins: dict[str, tuple[str, str]] = field(default_factory=dict)
    every: list[Requirement] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    is_open: bool = False

    def add(self, line: Line) -> None:
        wanted = self.applied(line)
        if wanted is None:
            return
        if wanted.url:
            version = _version_in(wanted.url)
            self.notes.append(_not_released(line, wanted, version))
            if version is None:
                return
            wanted = Requirement(f"{wanted.name}=={version}")
        self.every.append(wanted)
        version = exact_version(wanted)
        if version is None:
            self.is_open = True
        else:
            self._pin(normal(wanted.name), version, line)

    def applied(self, line: Line) -> Requirement | None:
        """The requirement of a line without its marker; None where that does not hold here."""
        try:
            wanted = Requirement(line.text)
        except InvalidRequirement as error:
            why = str(error).splitlines()[0].rstrip(".")
            raise ConfigurationError(
                line.where,
                f"{redact_text(line.text)!r} is no requirement, or it is cut off ({why}).",
                "Write it as name==1.2.3, or make the file anew.",
            ) from None
        if not holds(wanted.marker, self.environment):
            return None
        wanted.marker = None
        return wanted

    def _pin(self, name: str, version: str, line: Line) -> None:
        known, where = self.pins.setdefault(name, (version, line.where))
        if known != version:
            raise ConfigurationError(
                line.where, f"{name} is pinned to {version}, and to {known} at {where}.", "Leave one of them."
            )


def _asked(every: Iterable[Requirement]) -> Iterator[str]:
    """What a resolver is to be asked for: the pair is named apart."""
    for wanted in every:
        if normal(wanted.name) not in PAIR:
            yield str(wanted)
        elif wanted.extras:
            yield f"{wanted.name}[{','.join(sorted(wanted.extras))}]"


def _ranges(every: Iterable[Requirement]) -> dict[str, str]:
    """What is said of the pair's two; empty text for one that may have any version."""
    found: dict[str, list[str]] = {}
    for wanted in every:
        if normal(wanted.name) in PAIR:
            said = found.setdefault(normal(wanted.name), [])
            said += [str(wanted.specifier)] if wanted.specifier else []
    return {name: ",".join(dict.fromkeys(each)) for name, each in found.items()}


def _checked_hashes(path: Path, text: str) -> bool:
    """Whether the file holds hashes, which then are held by every line of it; a cut one is an error."""
    found = False
    for number, line in enumerate(text.splitlines(), 1):
        for kind, given in _HASH.findall(line.partition(" #")[0]):
            found = True
            size = hashlib.new(kind).digest_size * 2 if kind in hashlib.algorithms_guaranteed else 0
            if size and len(given) != size:
                raise _cut(f"{path}:{number}", f"this {kind} is {len(given)} digits long, not {size}")
    if text.rstrip("\n").endswith("\\"):
        raise _cut(f"{path}:{len(text.splitlines())}", "its last line goes on, but nothing follows")
    return found


def _cut(where: str, why: str) -> ConfigurationError:
    return ConfigurationError(where, f"The file is cut off: {why}.", "Make the file anew.")


def _itself(path: Path, text: str) -> Iterator[str]:
    for number, line in enumerate(text.splitlines(), 1):
        if line.strip() and _ITSELF.match(line):
            yield f"{path}:{number}: {line.strip()} is the project itself, which no cell needs installed"


def _version_in(url: str) -> str | None:
    """The version that an archive's name tells."""
    name = unquote(urlsplit(url).path).rpartition("/")[2]
    try:
        if name.endswith(".whl"):
            return str(parse_wheel_filename(name)[1])
        return str(parse_sdist_filename(name)[1])
    except ValueError:
        return None


def _not_released(line: Line, wanted: Requirement, version: str | None) -> str:
    shown = redact_text(f"{wanted.name} @ {wanted.url}")
    if version is not None:
        return f"{line.where}: {shown}: {wanted.name} {version} is taken from the package index in its place"
    return (
        f"{line.where}: {shown} is left out, since a cell takes only what the package index holds: where a "
        f"release of it would do, add --with {wanted.name}"
    )
