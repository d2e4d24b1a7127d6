"""Layers: each release of a distribution installed once, alone, in a folder that all environments share.

A layer is what uv installs from one wheel into an empty prefix. The first import leaves bytecode in it,
and whoever links it or has it on its path finds that bytecode.
"""

from __future__ import annotations

import contextlib
import logging
import time
from collections.abc import Generator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from packaging.utils import InvalidName, canonicalize_name
from packaging.version import InvalidVersion, Version

from chatkit_harness.core.errors import BuildError, HarnessError, IndexUnreachableError
from chatkit_harness.core.nouns import digest
from chatkit_harness.index.index import Index
from chatkit_harness.machine.cache import Cache, DisturbedError
from chatkit_harness.machine.interpreters import Interpreter

from .integrity import MADE_BY_UV, STAMP, damage, distribution, site_packages, strange
from .layer_build import Builder, Wanted, stamped
from .layer_files import publish, remove, written

LAYOUT = 1
"""Counted up when layers or stacks are laid out in another way: all are made again then."""

FAILED_S = 120
"""So long what could not be installed is not tried again: many cells may want the same broken release."""

logger = logging.getLogger("chatkit_harness.layers")


@dataclass(frozen=True, slots=True, kw_only=True)
class Layer:
    """One installed distribution.

    `folder` is what belongs on sys.path: `.../lib/pythonX.Y/site-packages`. `requires` are its
    Requires-Dist lines, `requires_python` its Requires-Python. `reused` if it stood already.
    """

    name: str
    version: str
    folder: Path
    requires: tuple[str, ...]
    requires_python: str | None
    reused: bool


_Mark = tuple[int, int]
"""What tells one stamp file from one that took its place."""


class Layers:
    """The layers below one cache folder, for threads and processes at once.

    A layer is looked at closely once for each object of this kind: its stamp, and each file of its RECORD
    with its size. A broken one is made again. Later only its stamp's presence is looked at.
    """

    def __init__(self, cache: Cache, index: Index) -> None:
        self._cache = cache
        self._index = index
        self._seen: dict[Path, tuple[_Mark, Layer]] = {}
        self._failed: dict[Path, tuple[float, HarnessError]] = {}

    def release(self, name: str, version: str, interpreter: Interpreter) -> Layer:
        """The layer of one distribution. Raises what `have` raises."""
        return self.have({name: version}, interpreter)[name]

    def have(self, pins: Mapping[str, str], interpreter: Interpreter) -> dict[str, Layer]:
        """The layers of all pins, by the names given; what is missing is installed.

        All that can be installed is, also where something else cannot. Raises then, for the distribution
        at fault: BuildError where it can never be installed, IndexUnreachableError where it could not be
        fetched. Raises OutputError where the cache cannot be written.
        """
        wanted = self._wanted(pins, interpreter)
        found = {name: self._look(each, interpreter) for name, each in wanted.items()}
        missing = [each for name, each in wanted.items() if found[name] is None]
        if missing:
            made = self._make(missing, interpreter)
            found |= {name: made[each.folder] for name, each in wanted.items() if each.folder in made}
        return {name: layer for name, layer in found.items() if layer is not None}

    def damage(self, pins: Mapping[str, str], interpreter: Interpreter) -> str | None:
        """What somebody changed in the layers of these pins since they were made; None where they are whole.

        A changed one is made again when it is asked for next.
        """
        for each in self._wanted(pins, interpreter).values():
            self._seen.pop(each.folder, None)
            if self._look(each, interpreter) is None:
                return f"the layer of {each.title} is not whole"
        return None

    def marks(self, pins: Mapping[str, str], interpreter: Interpreter) -> tuple[object, ...]:
        """Another value where one of the layers of these pins was made again."""
        return tuple(_mark(each.folder) for each in self._wanted(pins, interpreter).values())

    def _wanted(self, pins: Mapping[str, str], interpreter: Interpreter) -> dict[str, Wanted]:
        root = self._cache.folder("layers")
        suffix = digest({"interpreter": interpreter.identity, "layout": LAYOUT})[:12]
        wanted = {}
        for name, version in pins.items():
            try:
                stem = f"{canonicalize_name(name, validate=True)}-{Version(version)}"
            except (InvalidName, InvalidVersion):
                raise BuildError(
                    f"{name} {version}", "This is no name and version of a distribution.", "Correct the pin."
                ) from None
            wanted[name] = Wanted(name=name, version=version, folder=root / f"{stem}-{suffix}")
        return wanted

    def _look(self, wanted: Wanted, interpreter: Interpreter) -> Layer | None:
        """The layer if it is there and whole."""
        mark = _mark(wanted.folder)
        seen = self._seen.get(wanted.folder)
        if mark is not None and seen is not None and seen[0] == mark:
            return seen[1]
        layer, found = self._read(wanted, interpreter)
        if layer is None or mark is None:
            self._seen.pop(wanted.folder, None)
            if mark is not None:
                logger.info("layer %s is made again: %s", wanted.folder.name, found)
            return None
        self._seen[wanted.folder] = (mark, layer)
        return layer

    def _read(self, wanted: Wanted, interpreter: Interpreter) -> tuple[Layer | None, str | None]:
        stamp = self._cache.read_json(wanted.folder / STAMP)
        packages = site_packages(wanted.folder)
        infos = sorted(packages.glob("*.dist-info")) if packages else []
        if packages is None or not isinstance(stamp, dict) or [*map(distribution, infos)] != [wanted.key]:
            return None, "it was never finished, or other distributions are in it"
        try:
            due = stamped(wanted, interpreter, infos[0])
        except OSError as error:
            return None, f"its RECORD cannot be read ({error})"
        if {name: stamp.get(name) for name in due} != due:
            return None, "it was made for something else"
        owned = set(MADE_BY_UV)
        found = damage(packages, infos[0], owned) or strange(packages, owned)
        match stamp:
            case {"requires": [*requires], "requires_python": str() | None as python} if found is None:
                return Layer(
                    name=wanted.name,
                    version=wanted.version,
                    folder=packages,
                    requires=tuple(str(line) for line in requires),
                    requires_python=python,
                    reused=True,
                ), None
        return None, found or "its stamp is incomplete"

    def _make(self, missing: Sequence[Wanted], interpreter: Interpreter) -> dict[Path, Layer]:
        """Make them, each under its lock; raises the gravest of the errors when all is done."""
        made: dict[Path, Layer] = {}
        errors: list[HarnessError] = []
        # In one order everywhere, so that no two processes wait for each other.
        due = sorted({each.folder: each for each in missing}.values(), key=lambda each: each.folder)
        locks: dict[Path, contextlib.ExitStack] = {}
        with contextlib.ExitStack() as all_locks, written(self._cache):
            for each in due:
                locks[each.folder] = all_locks.enter_context(contextlib.ExitStack())
                locks[each.folder].enter_context(self._cache.lock(each.folder))
            with contextlib.closing(self._outcomes(due, interpreter)) as outcomes:
                for each, outcome in outcomes:
                    if isinstance(outcome, Layer):
                        made[each.folder] = outcome
                    else:
                        errors.append(outcome)
                    locks[each.folder].close()  # others may have it while the rest is made
        if errors:
            raise min(errors, key=lambda error: isinstance(error, IndexUnreachableError))
        return made

    def _outcomes(
        self, due: Sequence[Wanted], interpreter: Interpreter
    ) -> Generator[tuple[Wanted, Layer | HarnessError], None, None]:
        """Each one with its layer, which stands in its place, or the reason why it has none."""
        left = []
        for each in due:
            # Another process may have made it meanwhile.
            known = self._look(each, interpreter) or self._known_failure(each)
            if known is None:
                left.append(each)
            else:
                yield each, known
        if not left:
            return
        try:
            with contextlib.closing(Builder(self._cache, self._index, interpreter).build(left)) as outcomes:
                for each, error in outcomes:
                    if error is None:
                        outcome = self._published(each, interpreter)
                    else:
                        outcome = self._failure(each, error)
                    left.remove(each)
                    yield each, outcome  # its lock is let go: from here on its files may be another's
        finally:
            for each in left:
                remove(each.staging)

    def _published(self, each: Wanted, interpreter: Interpreter) -> Layer | HarnessError:
        publish(each.staging, each.folder)
        layer = self._look(each, interpreter)
        if layer is None:
            return DisturbedError(each.title, "Its layer was damaged as soon as it was made.")
        return replace(layer, reused=False)

    def _failure(self, each: Wanted, error: HarnessError) -> HarnessError:
        remove(each.staging)
        if not isinstance(error, DisturbedError):
            self._failed[each.folder] = (time.monotonic(), error)
        return error

    def _known_failure(self, each: Wanted) -> HarnessError | None:
        """Why it could not be made before, where that is worth no second try."""
        moment, error = self._failed.get(each.folder, (0.0, None))
        if error is None or time.monotonic() - moment > FAILED_S:
            return None
        return type(error)(error.culprit, error.cause, error.next_step)  # raised anew each time


def _mark(folder: Path) -> _Mark | None:
    try:
        stat = (folder / STAMP).stat()
    except OSError:
        return None
    return stat.st_ino, stat.st_mtime_ns
