"""How cells are kept apart: where a cell's process comes from, in each kind of isolation."""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from chatkit_harness.cells import forks
from chatkit_harness.cells.worker import Worker, WorkerGoneError, cell_environment, start_worker
from chatkit_harness.core.errors import BuildError
from chatkit_harness.environments.environment import Environment, Environments, site_packages
from chatkit_harness.environments.layer_files import written
from chatkit_harness.environments.layers import Layer, Layers
from chatkit_harness.environments.stack import Stack, Stacks
from chatkit_harness.index.index import Index
from chatkit_harness.machine.cache import Cache
from chatkit_harness.machine.interpreters import Interpreter

from .pairs import AGENTS, CHATKIT
from .seat import Launch
from .targets import AGENTS_MODULES, WITHOUT_SDK

logger = logging.getLogger("chatkit_harness.ground")


_Key = tuple[Path, Path | None, tuple[object, ...]]
"""A stack, a release's layer behind it, and the marks of all layers in both."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where a cell runs.

    `layers` go on its import path, `hidden` are distributions that it is not to see; `launch` starts its
    process otherwise than by running the environment's interpreter. `chatkit`, `agents` and `openai` are the
    folders that hold their code.
    """

    isolation: str
    environment: Environment
    reused: bool
    layers: tuple[Path, ...] = ()
    hidden: tuple[str, ...] = ()
    launch: Launch | None = None
    chatkit: Path | None = None
    agents: Path | None = None
    openai: Path | None = None


class Ground(Protocol):
    """One kind of isolation. `believed` are failures that were seen where nothing was damaged."""

    believed: set[object]

    def place(self, pins: Mapping[str, str], interpreter: Interpreter) -> Place:
        """A place for a cell with these pins. Raises BuildError, IndexUnreachableError and OutputError."""

    def damage(self, pins: Mapping[str, str], interpreter: Interpreter) -> str | None:
        """What somebody changed in the place for these pins; None where it is whole."""

    def forget(self) -> None:
        """End what was started from packages that were damaged."""

    def close(self) -> None:
        """End what was started for it."""


class VenvGround:
    """A virtual environment for each set of pins, and a fresh process for each cell."""

    def __init__(self, cache: Cache, index: Index) -> None:
        self.believed: set[object] = set()
        self._environments = Environments(cache, index)

    def place(self, pins: Mapping[str, str], interpreter: Interpreter) -> Place:
        """See Ground."""
        environment = self._environments.environment(pins, interpreter)
        packages = site_packages(environment.folder)
        return Place(
            isolation="venv",
            environment=environment,
            reused=environment.reused,
            chatkit=packages if CHATKIT in pins else None,
            agents=packages,
            openai=packages,
        )

    def damage(self, pins: Mapping[str, str], interpreter: Interpreter) -> str | None:
        """See Ground."""
        return self._environments.damage(pins, interpreter)

    def forget(self) -> None:
        """See Ground."""

    def close(self) -> None:
        """See Ground."""


class LayeredGround:
    """Packages that cells share, and a fresh process for each cell."""

    def __init__(self, cache: Cache, index: Index) -> None:
        self.believed: set[object] = set()
        self.layers = Layers(cache, index)
        self._cache = cache
        self._stacks = Stacks(cache, self.layers)

    def place(self, pins: Mapping[str, str], interpreter: Interpreter) -> Place:
        """See Ground."""
        return self._parts(pins, interpreter).place("process")

    def _parts(self, pins: Mapping[str, str], interpreter: Interpreter) -> _Parts:
        third, own = _divided(pins)
        with written(self._cache):
            return _Parts(
                stack=self._stacks.stack(third, interpreter),
                layers=self.layers.have(own, interpreter),
                marks=self.layers.marks({**third, AGENTS: pins[AGENTS]}, interpreter),
            )

    def damage(self, pins: Mapping[str, str], interpreter: Interpreter) -> str | None:
        """See Ground."""
        third, own = _divided(pins)
        with written(self._cache):
            return self._stacks.damage(third, interpreter) or self.layers.damage(own, interpreter)

    def forget(self) -> None:
        """See Ground."""

    def close(self) -> None:
        """See Ground."""


def _divided(pins: Mapping[str, str]) -> tuple[dict[str, str], dict[str, str]]:
    """The third parties, which make up a stack; and those whose own layers are needed."""
    third = {name: version for name, version in pins.items() if name not in (CHATKIT, AGENTS)}
    return third, {name: pins[name] for name in (AGENTS, CHATKIT, "openai") if name in pins}


@dataclass(frozen=True, slots=True, kw_only=True)
class _Parts:
    """What a cell with shared packages is put together from; `layers` are the pair's, and openai's.

    `marks` differ where a layer of the stack, or that of agents, was made again.
    """

    stack: Stack
    layers: Mapping[str, Layer]
    marks: tuple[object, ...]

    @property
    def own(self) -> tuple[Path, ...]:
        """The folders of the pair, in the order of the import path."""
        return tuple(self.layers[name].folder for name in (AGENTS, CHATKIT) if name in self.layers)

    def place(self, isolation: str, launch: Launch | None = None) -> Place:
        folders = {name: layer.folder for name, layer in self.layers.items()}
        reused = self.stack.reused and all(layer.reused for layer in self.layers.values())
        return Place(
            isolation=isolation,
            environment=Environment(
                folder=self.stack.folder, python=self.stack.python, reused=self.stack.reused
            ),
            reused=reused,
            layers=self.own,
            launch=launch,
            chatkit=folders.get(CHATKIT),
            agents=folders.get(AGENTS),
            openai=folders.get("openai"),
        )


class ForkGround(LayeredGround):
    """Packages that cells share, and a child of a process that has imported what is common for each cell.

    It keeps the processes of the last stack and the last agents release: cells come in that order.
    """

    def __init__(self, cache: Cache, index: Index, payload: Path, environ: Mapping[str, str]) -> None:
        super().__init__(cache, index)
        self._tree = forks.ForkTree()
        self._payload = payload
        self._environ = {**cell_environment("http://127.0.0.1:9/no-session/v1"), **environ}
        self._root: tuple[_Key, forks.Node] | None = None
        self._node: tuple[_Key, forks.Node] | None = None
        self._broken: set[_Key] = set()

    def place(self, pins: Mapping[str, str], interpreter: Interpreter) -> Place:
        """See Ground. Where what is common cannot be imported, the cell gets a process of its own."""
        parts = self._parts(pins, interpreter)
        agents = parts.layers[AGENTS].folder
        key = (parts.stack.folder, agents, parts.marks)
        if key not in self._broken:
            try:
                node = self._agents_node(parts, key)
            except (BuildError, WorkerGoneError, OSError) as error:
                logger.info("%s: cells get processes of their own: %s", agents, error)
                self._broken.add(key)
                self.forget()
            else:
                return parts.place("fork", _launch(node, parts.stack, self._payload, parts.own))
        return parts.place("process")

    def _agents_node(self, parts: _Parts, key: _Key) -> forks.Node:
        if self._node is not None and self._node[0] == key:
            return self._node[1]
        shared = (parts.stack.folder, None, parts.marks[:-1])
        if self._root is None or self._root[0] != shared:
            self.forget()
            preload = (*forks.PRELOAD, *WITHOUT_SDK)
            root = self._tree.root(parts.stack.python, self._payload, preload=preload, environ=self._environ)
            self._root = (shared, root)
        if self._node is not None:
            self._node[1].close()
        self._node = None
        agents = parts.layers[AGENTS].folder
        self._node = (key, self._root[1].child(path=[agents], modules=AGENTS_MODULES))
        return self._node[1]

    def forget(self) -> None:
        """End the processes that are kept; whatever is wrong with them, others can be started."""
        for kept in (self._node, self._root):
            if kept is not None:
                kept[1].close()
        self._node = self._root = None

    def close(self) -> None:
        """See Ground."""
        self.forget()
        self._tree.close()


def _launch(node: forks.Node, stack: Stack, payload: Path, layers: Sequence[Path]) -> Launch:
    """Forks a cell; from a node that is gone meanwhile a cell gets a process of its own."""

    def launch(environ: Mapping[str, str], cwd: Path, log: Path) -> Worker:
        try:
            return node.cell(environ=environ, cwd=cwd, log=log, path=layers[1:])
        except BuildError as error:
            logger.info("a cell gets a process of its own: %s", error)
            return start_worker(stack.python, payload, environ=environ, cwd=cwd, log=log, layers=layers)

    return launch


def make_ground(
    isolation: str, cache: Cache, index: Index, payload: Path, environ: Mapping[str, str]
) -> Ground:
    """The kind of isolation that is asked for; without fork on this system, fresh processes stand in."""
    if isolation == "venv":
        return VenvGround(cache, index)
    if isolation == "fork" and forks.available():
        return ForkGround(cache, index, payload, environ)
    return LayeredGround(cache, index)
