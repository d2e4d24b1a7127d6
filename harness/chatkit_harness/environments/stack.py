"""Stacks: a virtual environment whose site-packages links into layers, one for each set of pins."""

from __future__ import annotations

import json
import logging
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from chatkit_harness.core.errors import BuildError
from chatkit_harness.core.nouns import digest
from chatkit_harness.machine.cache import Cache, DisturbedError
from chatkit_harness.machine.interpreters import Interpreter
from chatkit_harness.machine.uv import run_uv, shortened

from .integrity import MADE_BY_UV, STAMP, python_of, site_packages, strange
from .layer_files import disturbed, no_room, publish, remove, written
from .layer_links import Links
from .layers import LAYOUT, Layer, Layers

logger = logging.getLogger("chatkit_harness.layers")


@dataclass(frozen=True, slots=True, kw_only=True)
class Stack:
    """A virtual environment with exactly these pins; `reused` if it stood already.

    It is for reading: what a program writes into a package there, all stacks with that release see.
    """

    folder: Path
    python: Path
    site_packages: Path
    pins: Mapping[str, str]
    reused: bool


class Stacks:
    """The stacks below one cache folder, each named by the hash of its pins and interpreter.

    `copies` makes them of copies instead of links, as happens by itself where links cannot be made.
    """

    def __init__(self, cache: Cache, layers: Layers, *, copies: bool = False) -> None:
        self._cache = cache
        self._layers = layers
        self._copies = copies

    def stack(self, pins: Mapping[str, str], interpreter: Interpreter) -> Stack:
        """The stack for these pins, made or reused.

        Raises what `Layers.have` raises, and BuildError where two distributions bring the same file with
        different contents.
        """
        layers = self._layers.have(pins, interpreter)
        folder = self._folder(pins, interpreter)
        packages = _whole(folder, pins)
        reused = packages is not None
        if packages is None:
            with self._cache.lock(folder):
                packages = _whole(folder, pins)  # another process may have made it meanwhile
                reused = packages is not None
                if packages is None:
                    with written(self._cache):
                        packages = self._build(folder, layers, pins, interpreter)
        return Stack(
            folder=folder, python=python_of(folder), site_packages=packages, pins=dict(pins), reused=reused
        )

    def damage(self, pins: Mapping[str, str], interpreter: Interpreter) -> str | None:
        """What somebody changed in the stack for these pins, or its layers; None where it is whole."""
        found = self._layers.damage(pins, interpreter)
        if found is None and _whole(self._folder(pins, interpreter), pins) is None:
            found = "the stack that links them is not whole"
        return found

    def _folder(self, pins: Mapping[str, str], interpreter: Interpreter) -> Path:
        name = digest({"pins": dict(pins), "interpreter": interpreter.identity, "layout": LAYOUT})[:24]
        return self._cache.folder("stacks") / name

    def _build(
        self, folder: Path, layers: Mapping[str, Layer], pins: Mapping[str, str], interpreter: Interpreter
    ) -> Path:
        for left in folder.parent.glob(f".{folder.name}*"):  # by a run that was killed
            remove(left)
        # A name of its own: the uv of a killed run may still be at work in the folder that it was given.
        staging = folder.with_name(f".{folder.name}-{uuid.uuid4().hex[:8]}")
        try:
            self._skeleton(staging, interpreter)
            links = Links(staging, folder, interpreter, copies=self._copies)
            links.merge({name: layer.folder for name, layer in layers.items()})
            self._cache.write_json(staging / STAMP, {"pins": dict(pins), "links": links.made})
            publish(staging, folder)
        finally:
            remove(staging)
        packages = _whole(folder, pins)
        if packages is None:
            raise DisturbedError(str(folder), "It was damaged as soon as it was made.")
        return packages

    def _skeleton(self, staging: Path, interpreter: Interpreter) -> None:
        # Relocatable: it is made in one place and used in another.
        arguments = ["venv", "--quiet", "--relocatable", "--python", interpreter.path, str(staging)]
        done = run_uv(arguments, ending=self._cache.ending)
        if done.no_room:
            raise no_room(self._cache, done)
        if done.status != 0 and done.disturbed(self._cache.root):
            raise disturbed(str(staging), done)
        if done.status != 0:
            raise BuildError(
                interpreter.path,
                f"uv could not make an environment: {shortened(done.stderr, limit=300)}",
                "Name another interpreter with --python.",
            )


def _whole(folder: Path, pins: Mapping[str, str]) -> Path | None:
    """The site-packages of a stack that is there and whole: each link where it was, and nothing beside."""
    try:
        stamp = json.loads((folder / STAMP).read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError):
        return None
    packages = site_packages(folder)
    if packages is None or not python_of(folder).exists():
        return None
    match stamp:
        case {"pins": dict() as made_for, "links": dict() as links} if made_for == dict(pins):
            owned = set(MADE_BY_UV)
            base = packages.relative_to(folder).parts
            for path, target in links.items():
                if not Links.holds(folder / path, target):
                    return None
                parts = Path(path).parts
                owned.update(parts[len(base) : len(base) + 1])
            return packages if strange(packages, owned) is None else None
    return None
