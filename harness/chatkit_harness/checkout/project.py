"""What a project declares that it needs apart from the pair: what else a cell gets."""

from __future__ import annotations

import configparser
import os
import tomllib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from packaging.requirements import InvalidRequirement, Requirement
from packaging.specifiers import SpecifierSet
from packaging.utils import canonicalize_name

from chatkit_harness.core.errors import ConfigurationError
from chatkit_harness.core.redaction import redact_text
from chatkit_harness.machine.python_facts import holds

from .layout import read_pyproject, table
from .poetry import poetry_declared
from .requirement_files import Declared, Line, read_requirements

PAIR = ("openai-chatkit", "openai-agents")
_BESIDES = "name what the server needs with --with, or in a requirements.txt"


@dataclass(frozen=True, slots=True, kw_only=True)
class ProjectRequirements:
    """What a cell gets besides the pair, from `source` (a file's name, empty for none).

    `pair_constraints` are the project's own ranges for openai-chatkit and openai-agents (empty text for any
    version), which the pair under test takes the place of. `notes` say what was left out, and why.
    """

    requirements: tuple[str, ...]
    source: str
    notes: tuple[str, ...] = ()
    pair_constraints: Mapping[str, str] = field(default_factory=dict)


def project_requirements(project: Path, environment: Mapping[str, str] | None = None) -> ProjectRequirements:
    """The requirements that a project's files declare: pyproject.toml, else requirements.txt, else setup.cfg.

    `environment` are the variables of markers: without it a range of the pair that has one is left out.
    Nothing of the project is run. Raises ConfigurationError with the place for what cannot be read.
    """
    document = read_pyproject(project)
    source, declared = _declared(project, document)
    left_out = {str(canonicalize_name(name)) for name in table(document, "tool", "uv", "sources")}
    own = table(document, "project").get("name") or table(document, "tool", "poetry").get("name")
    found = _sorted_out(source, declared, left_out, str(own or ""), environment)
    # An error names its file in full; a note is read by somebody who knows the project.
    return replace(found, notes=tuple(note.replace(f"{project}{os.sep}", "") for note in found.notes))


def pair_notes(found: ProjectRequirements, pair: Mapping[str, str | None]) -> tuple[str, ...]:
    """Where the project's own range excludes the pair under test; `pair` maps the two names to versions."""
    return tuple(
        f"{found.source} allows {name}{wanted}; {pair[name]} is driven all the same"
        for name, wanted in found.pair_constraints.items()
        if pair.get(name) and not SpecifierSet(wanted).contains(str(pair[name]), prereleases=True)
    )


def _declared(project: Path, document: Mapping[str, Any]) -> tuple[str, Declared]:
    """The name of the file that says it, and what it says."""
    own = table(document, "project")
    dynamic = own.get("dynamic")
    notes: list[str] = []
    if "dependencies" in own:
        return "pyproject.toml", _static(own["dependencies"], project / "pyproject.toml")
    if isinstance(dynamic, list) and "dependencies" in dynamic:
        named = _setuptools_files(document)
        if named:
            return _from_files(project, named)
        notes.append(f"pyproject.toml computes its dependencies when it is built: {_BESIDES}")
    elif table(document, "tool", "poetry", "dependencies"):
        return "pyproject.toml", poetry_declared(document, str(project / "pyproject.toml"))
    if (project / "requirements.txt").is_file():
        source, declared = _from_files(project, ["requirements.txt"])
        return source, declared.noting(notes)
    installed = _setup_cfg(project)
    if installed is not None:
        return "setup.cfg", installed.noting(notes)
    if not notes and not own:
        notes.append(f"{project.name or project} declares no dependencies: {_BESIDES}")
    return "pyproject.toml" if own else "", Declared(notes=tuple(notes))


def _static(given: Any, file: Path) -> Declared:
    if not isinstance(given, list) or not all(isinstance(each, str) for each in given):
        raise ConfigurationError(
            str(file), "[project] dependencies is not a list of texts.", 'Write ["name>=1", ...].'
        )
    return Declared(lines=tuple(Line(where=f"{file} [project] dependencies", text=each) for each in given))


def files_beside(content: bytes) -> list[str]:
    """The files beside a pyproject.toml that may declare what it does not, relative to its folder."""
    try:
        document = tomllib.loads(content.decode("utf-8"))
    except ValueError:
        return []
    if "dependencies" in table(document, "project"):
        return []
    return [*dict.fromkeys([*_setuptools_files(document), "requirements.txt", "setup.cfg"])]


def _setuptools_files(document: Mapping[str, Any]) -> list[str]:
    named = table(document, "tool", "setuptools", "dynamic", "dependencies").get("file")
    found = [named] if isinstance(named, str) else named
    return [each for each in found if isinstance(each, str)] if isinstance(found, list) else []


def _from_files(project: Path, names: Sequence[str]) -> tuple[str, Declared]:
    read = [read_requirements(project / name, project) for name in names]
    return ", ".join(names), Declared(
        lines=tuple(line for each in read for line in each.lines),
        constraints=tuple(line for each in read for line in each.constraints),
        notes=tuple(note for each in read for note in each.notes),
    )


def _setup_cfg(project: Path) -> Declared | None:
    file = project / "setup.cfg"
    parser = configparser.ConfigParser(interpolation=None)
    try:
        parser.read(file, encoding="utf-8")
    except (configparser.Error, UnicodeDecodeError) as error:
        why = " ".join(str(error).split()).rstrip(".")
        raise ConfigurationError(str(file), f"It cannot be read: {why}.", "Correct it.") from None
    text = parser.get("options", "install_requires", fallback=None)
    if text is None:
        return None
    if text.strip().startswith("file:"):
        return read_requirements(project / text.partition(":")[2].split(",")[0].strip(), project)
    lines = [each.strip() for each in text.replace(";\n", "\n").splitlines()]
    kept = [Line(where=f"{file} install_requires", text=each) for each in lines if each]
    return Declared(lines=tuple(each for each in kept if not each.text.startswith("#")))


def _sorted_out(
    source: str, declared: Declared, left_out: set[str], own: str, environment: Mapping[str, str] | None
) -> ProjectRequirements:
    """What the resolver is to be asked for; the pair, the project itself and what has to be built apart."""
    kept: dict[str, None] = {}
    notes = list(declared.notes)
    ranges: dict[str, list[str]] = {}
    named: set[str] = set()
    for line in declared.lines:
        requirement = _requirement(line)
        name = str(canonicalize_name(requirement.name))
        if name == canonicalize_name(own):
            notes.append(f"{requirement} is the project itself: {_BESIDES}")
        elif name in PAIR:
            _constrain(ranges, name, requirement, environment)
            if requirement.extras and not requirement.url:
                kept[_without_range(requirement)] = None
        elif requirement.url or name in left_out:
            notes.append(_not_released(line, requirement, name))
        else:
            named.add(name)
            kept[str(requirement)] = None
    unused = 0
    for line in declared.constraints:
        requirement = _requirement(line)
        name = str(canonicalize_name(requirement.name))
        if name in PAIR:
            _constrain(ranges, name, requirement, environment)
        elif name in named and not requirement.url:
            kept[str(requirement)] = None
        else:
            unused += 1
    if unused:
        notes.append(f"{unused} constraints of {source} name what it does not require: they are not applied")
    return ProjectRequirements(
        requirements=tuple(kept),
        source=source,
        notes=tuple(dict.fromkeys(notes)),
        pair_constraints={name: ",".join(dict.fromkeys(each)) for name, each in ranges.items()},
    )


def _requirement(line: Line) -> Requirement:
    try:
        return Requirement(line.text)
    except InvalidRequirement as error:
        why = str(error).splitlines()[0].rstrip(".")
        raise ConfigurationError(
            line.where,
            f"{redact_text(line.text)!r} is no requirement ({why}).",
            "Write it as name, or name>=1.2,<2.",
        ) from None


def _constrain(
    ranges: dict[str, list[str]],
    name: str,
    requirement: Requirement,
    environment: Mapping[str, str] | None,
) -> None:
    # Without an interpreter, one that holds on some platforms only says nothing certain.
    marker = requirement.marker
    if marker is None or (environment is not None and holds(marker, environment)):
        ranges.setdefault(name, []).extend(_in_order(requirement.specifier))


def _in_order(specifier: Iterable[object]) -> list[str]:
    """The clauses as people write them: lower bounds first."""
    return sorted(map(str, specifier), key=lambda each: (each[0] in "<!", each))


def _without_range(requirement: Requirement) -> str:
    extras = ",".join(sorted(requirement.extras))
    marker = f" ; {requirement.marker}" if requirement.marker else ""
    return f"{requirement.name}[{extras}]{marker}"


def _not_released(line: Line, requirement: Requirement, name: str) -> str:
    what = redact_text(f"{requirement.name} @ {requirement.url}") if requirement.url else name
    return (
        f"{line.where}: {what} is left out, since a cell takes only what the package index holds: where a "
        f"release of it would do, add --with {name}"
    )
