"""Extras: what the reference server needs besides a pair, installed once for each interpreter.

An extra is never part of a cell's lock. Its folder goes behind everything that the cell has itself, so that
where both bring a distribution the cell's own is found.
"""

from __future__ import annotations

import logging
import uuid
from collections import Counter
from collections.abc import Sequence
from functools import partial
from pathlib import Path

from packaging.markers import Marker
from packaging.requirements import InvalidRequirement, Requirement
from packaging.utils import canonicalize_name

from chatkit_harness.core.errors import BuildError, IndexUnreachableError, SelectionError, did_you_mean
from chatkit_harness.core.nouns import digest
from chatkit_harness.index.index import Index
from chatkit_harness.machine.cache import Cache
from chatkit_harness.machine.interpreters import Interpreter
from chatkit_harness.machine.python_facts import holds, marker_environment
from chatkit_harness.machine.uv import UvResult, run_uv, shortened

from .integrity import MADE_BY_UV, STAMP, damage, distribution, first_damage, one_spelling, strange
from .layer_files import disturbed, no_room, publish, remove, written

logger = logging.getLogger("chatkit_harness.extras")

REQUIREMENTS = Path(__file__).resolve().parent.parent / "reference" / "requirements"
PACKAGES = "packages"
LAYOUT = 1
"""Goes up when folders of earlier versions of the harness must not be used any more."""

Pins = dict[str, str]


def known_extras() -> tuple[str, ...]:
    """The extras that there are."""
    return tuple(sorted(path.stem for path in REQUIREMENTS.glob("*.txt")))


def extras_folder(
    cache: Cache,
    index: Index,
    interpreter: Interpreter,
    names: Sequence[str],
    *,
    requirements: Path = REQUIREMENTS,
) -> tuple[Path, ...]:
    """The folder of each extra that is named, for the end of a cell's path; made, or reused as it stands.

    Once made it needs no index, and is made again where it is not whole. Raises SelectionError for an extra
    that there is not, IndexUnreachableError, BuildError with uv's reason, and OutputError where the cache
    cannot be written.
    """
    return tuple(_Extra(cache, index, interpreter, name, requirements).folder() for name in names)


class _Extra:
    """One extra on one interpreter."""

    def __init__(
        self, cache: Cache, index: Index, interpreter: Interpreter, name: str, requirements: Path
    ) -> None:
        self._cache = cache
        self._index = index
        self._interpreter = interpreter
        self._name = name
        self._pins = _pins(name, requirements, interpreter)
        # What a wheel was chosen for: where the interpreter lies makes no difference.
        self._made_for = f"{interpreter.implementation} {interpreter.minor} {interpreter.platform}"
        named = digest({"pins": self._pins, "for": self._made_for, "layout": LAYOUT})[:24]
        self._place = cache.folder("extras") / named

    def folder(self) -> Path:
        """It is looked at again inside the lock: another run may have made it meanwhile."""
        packages = self._place / PACKAGES
        if self._trouble(self._place) is None:
            return packages
        with written(self._cache), self._cache.lock(self._place):
            found = self._trouble(self._place)
            if found is not None:
                logger.info("extra %s is made: %s", self._name, found)
                self._build()
        return packages

    def _build(self) -> None:
        for left in self._place.parent.glob(f".{self._place.name}*"):  # by a run that was killed
            remove(left)
        staging = self._place.with_name(f".{self._place.name}-{uuid.uuid4().hex[:8]}")
        try:
            self._install(staging)
            self._cache.write_json(staging / STAMP, self._stamp())
            found = self._trouble(staging, deep=True)
            if found is not None:
                raise self._refused(f"it is not whole after the installation: {found}")
            publish(staging, self._place)
        finally:
            remove(staging)

    def _install(self, staging: Path) -> None:
        staging.mkdir(parents=True)
        listed = staging / "requirements.txt"
        lines = (f"{name}=={version}\n" for name, version in sorted(self._pins.items()))
        listed.write_text("".join(lines), encoding="utf-8")
        arguments = ["pip", "install", "--quiet", "--python", self._interpreter.path, "--no-deps"]
        arguments += ["--target", str(staging / PACKAGES), "--only-binary", ":all:"]
        arguments += ["--default-index", self._index.url, "-r", str(listed)]
        done = run_uv(arguments, ending=self._cache.ending)
        if done.status != 0 and not done.out_of_reach:
            # What uv remembers of the index may be older than the pins.
            done = run_uv([*arguments, "--refresh"], ending=self._cache.ending)
        self._require(done)

    def _require(self, done: UvResult) -> None:
        if done.no_room:
            raise no_room(self._cache, done)
        if done.status == 0:
            return
        if done.disturbed(self._cache.root):
            raise disturbed(f"extra {self._name}", done)
        reason = shortened(done.stderr, limit=400)
        if done.out_of_reach:
            raise IndexUnreachableError(
                f"extra {self._name}",
                f"A package could not be fetched: {reason}",
                "Check the network, run again.",
            )
        raise self._refused(f"uv could not install the pins: {reason}")

    def _refused(self, reason: str) -> BuildError:
        return BuildError(f"extra {self._name}", reason, "Run again with -v to see more.")

    def _stamp(self) -> dict[str, object]:
        return {"pins": self._pins, "for": self._made_for}

    def _trouble(self, folder: Path, *, deep: bool = False) -> str | None:
        """What is wrong with the folder; None where it is whole."""
        if self._cache.read_json(folder / STAMP) != self._stamp():
            return "it was never finished"
        packages = folder / PACKAGES
        infos = sorted(packages.glob("*.dist-info"))
        wanted = Counter(
            (str(canonicalize_name(name)), one_spelling(pin)) for name, pin in self._pins.items()
        )
        if Counter(distribution(info) for info in infos) != wanted:
            return "other distributions are in it"
        look = partial(first_damage, self._cache) if deep else damage
        owned = {*MADE_BY_UV, "bin", ".lock"}
        for info in infos:
            found = look(packages, info, owned)
            if found is not None:
                return found
        return strange(packages, owned)


def _pins(name: str, requirements: Path, interpreter: Interpreter) -> Pins:
    """The pins of an extra that hold for this interpreter."""
    file = requirements / f"{name}.txt"
    try:
        text = file.read_text(encoding="utf-8")
    except OSError:
        valid = sorted(path.stem for path in requirements.glob("*.txt"))
        raise SelectionError(f"extra {name}", "There is no such extra.", did_you_mean(name, valid)) from None
    pins: Pins = {}
    for line in text.splitlines():
        plain = line.partition("#")[0].strip()
        if plain:
            pinned, version, marker = _pin(plain, file)
            if holds(marker, marker_environment(interpreter)):
                pins[pinned] = version
    return pins


def _pin(line: str, file: Path) -> tuple[str, str, Marker | None]:
    try:
        wanted = Requirement(line)
    except InvalidRequirement:
        wanted = None
    exact = [each.version for each in wanted.specifier if each.operator == "=="] if wanted else []
    if wanted is None or wanted.extras or len(exact) != 1 or len(wanted.specifier) != 1:
        raise BuildError(f"{file.name}: {line}", "This is no exact pin.", "Write name==version.")
    return str(canonicalize_name(wanted.name)), exact[0], wanted.marker


__all__ = ["extras_folder", "known_extras"]
