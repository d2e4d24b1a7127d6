"""What stands in an environment that somebody else made, and what a cell sees of it.

standing = read_standing(interpreter)
share = seen(standing, ["my-project", "rich>=13"])
share.pins, share.hidden
"""

from __future__ import annotations

import json
import subprocess
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from packaging.requirements import InvalidRequirement, Requirement
from packaging.utils import canonicalize_name

from chatkit_harness.core.errors import BuildError
from chatkit_harness.core.nouns import digest
from chatkit_harness.machine.interpreters import Interpreter
from chatkit_harness.machine.python_facts import holds, marker_environment

HARNESS = "chatkit-harness"
TOOLS = (HARNESS, "pytest")
"""What an environment has for its tests' sake; whatever brings a plugin for pytest is one, too."""

_LIMIT_S = 60
# In the order in which the cell itself will find them (incell/distributions.py): the first of a name counts.
_READ = r"""
import csv, hashlib, json, os, re, sys
from importlib import metadata

def mark(distribution):
    hasher = hashlib.sha256()
    record = distribution.read_text("RECORD") or ""
    for row in csv.reader(record.splitlines()):
        if row and not row[0].endswith(".pyc"):
            try:
                found = os.stat(os.path.join(str(distribution.locate_file("")), row[0]))
                told = "%s %d %d" % (row[0], found.st_size, found.st_mtime_ns)
            except OSError:
                told = row[0] + " is missing"
            hasher.update(told.encode("utf-8", "replace") + b"\n")
    return hasher.hexdigest()

found = {}
for folder in sys.path:
    for each in metadata.distributions(path=[folder]):
        name = each.metadata["Name"]
        if not name:
            continue
        key = re.sub(r"[-_.]+", "-", name).lower()
        if key not in found:
            found[key] = {
                "version": str(each.version),
                "requires": each.requires or [],
                "plugin": any(point.group == "pytest11" for point in each.entry_points),
                "mark": mark(each),
            }
print(json.dumps({"folder": sys.prefix, "distributions": found}))
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """What stands in an environment: versions, and what each distribution requires, by normalised names.

    `plugins` are the distributions that bring a plugin for pytest, `marks` differ where a file of a
    distribution was changed. `folder` is the environment's.
    """

    folder: Path
    versions: Mapping[str, str]
    requires: Mapping[str, tuple[str, ...]]
    plugins: frozenset[str]
    marks: Mapping[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Share:
    """Of an environment what a cell sees, and what is hidden from it; `mark` is a digest of the former."""

    pins: Mapping[str, str]
    hidden: tuple[str, ...]
    mark: str


def read_standing(interpreter: Interpreter) -> Standing:
    """What the interpreter finds installed; nothing is changed there.

    Raises BuildError where it does not tell.
    """
    try:
        done = subprocess.run(
            [interpreter.path, "-I", "-B", "-X", "utf8", "-c", _READ],
            capture_output=True, text=True, encoding="utf-8", timeout=_LIMIT_S, check=True,
        )  # fmt: skip
        told = json.loads(done.stdout)
        found = told["distributions"]
    except (OSError, subprocess.SubprocessError, ValueError, KeyError):
        step = f"See what is wrong there: chatkit-harness doctor --python {interpreter.path}"
        raise BuildError(interpreter.path, "It does not tell what is installed.", step) from None
    return Standing(
        folder=Path(told["folder"]),
        versions={name: each["version"] for name, each in found.items()},
        requires={name: tuple(each["requires"]) for name, each in found.items()},
        plugins=frozenset(name for name, each in found.items() if each["plugin"]),
        marks={name: each["mark"] for name, each in found.items()},
    )


def seen(standing: Standing, wanted: Iterable[str], interpreter: Interpreter) -> Share:
    """What a cell sees: `wanted` (requirements), whatever nothing else requires, and what those require.

    Left out is what is there only because chatkit-harness, pytest or a plugin of it requires it.
    """
    graph = _Graph(standing, marker_environment(interpreter))
    tools = {*TOOLS, *standing.plugins} & set(standing.versions)
    tops = set(standing.versions) - graph.required() - tools
    kept = graph.closure([*tops, *wanted], without=[HARNESS])
    hidden = graph.closure(tools) - kept
    pins = {name: version for name, version in sorted(standing.versions.items()) if name not in hidden}
    marks = {name: standing.marks[name] for name in pins}
    return Share(
        pins=pins,
        hidden=tuple(sorted(hidden)),
        mark=digest({"folder": str(standing.folder), "marks": marks, "hidden": sorted(hidden)}),
    )


_State = tuple[str, frozenset[str]]
"""A distribution with the extras that are asked for."""


class _Graph:
    """Who requires whom, as the metadata says it."""

    def __init__(self, standing: Standing, environment: Mapping[str, str]) -> None:
        self._requires = {name: list(_parsed(each)) for name, each in standing.requires.items()}
        self._environment = environment

    def closure(self, starts: Iterable[str], *, without: Collection[str] = ()) -> set[str]:
        """The distributions that requirements need, with all that those need; none through `without`."""
        found: set[str] = set()
        for state in self._states(map(_state, _parsed(starts)), without):
            found.add(state[0])
        return found

    def required(self) -> set[str]:
        """The distributions that another one requires."""
        found = set()
        for name, extras in self._states(((name, frozenset()) for name in self._requires), ()):
            found |= {target for target, _ in self._targets(name, extras) if target != name}
        return found

    def _states(self, starts: Iterable[_State], without: Collection[str]) -> Iterator[_State]:
        done: set[_State] = set()
        left = list(starts)
        while left:
            state = left.pop()
            if state in done or state[0] in without or state[0] not in self._requires:
                continue
            done.add(state)
            yield state
            left += self._targets(*state)

    def _targets(self, name: str, extras: frozenset[str]) -> Iterator[_State]:
        for requirement in self._requires[name]:
            if holds(requirement.marker, self._environment, ("", *extras)):
                target = _state(requirement)
                if target[0] in self._requires:
                    yield target


def _state(requirement: Requirement) -> _State:
    return str(canonicalize_name(requirement.name)), frozenset(requirement.extras)


def _parsed(texts: Iterable[str]) -> Iterator[Requirement]:
    """What is no requirement requires nothing that could be followed."""
    for text in texts:
        try:
            yield Requirement(text)
        except InvalidRequirement:
            continue
