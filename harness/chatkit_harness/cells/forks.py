"""The fork tree: what many cells import alike is imported once, and each cell is a fork of that.

    with ForkTree() as tree:
        root = tree.root(python, payload, preload=PRELOAD, environ=cell_environment(""))
        agents = root.child(path=[agents_layer], modules=["agents"])
        worker = agents.cell(environ=..., cwd=..., log=..., path=[chatkit_layer])

The root imports third parties, its children a release of agents each, and a cell what is left. A cell says
and does what a process of its own would: what an import does to a node (ends it, hangs, leaves a thread)
is undone by taking the node's parent instead, so that every cell meets it by itself.
"""

from __future__ import annotations

import logging
import os
import socket
import sys
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import Self

from chatkit_harness.core.errors import BuildError

from .stem import Grown, Stem
from .worker import Worker

PRELOAD = (
    "openai",
    "openai.types.responses",
    "openai.resources.responses",
    "pydantic",
    "mcp",
    "griffe",
    "requests",
    "starlette.applications",
    "starlette.routing",
    "uvicorn",
    "jinja2",
)
"""Modules of third parties that agents or chatkit import in most releases; a cell may lack any of them."""

GROW_LIMIT_S = 120.0

logger = logging.getLogger("chatkit_harness.forks")


def available() -> bool:
    """Whether this system can fork cells at all; Windows cannot."""
    return sys.platform != "win32" and hasattr(os, "fork") and hasattr(socket, "send_fds")


class Node:
    """A process that has imported something, and what is forked from it. Its methods are for any thread.

    `trouble` says in words why what was to be imported was not, or is None. Cells are forked all the same,
    and import it themselves.
    """

    def __init__(
        self,
        stem: Stem,
        *,
        memory_mb: int,
        pending: Sequence[Path] = (),
        trouble: str | None = None,
        owned: bool = True,
    ) -> None:
        self.trouble = trouble
        self._stem = stem
        self._memory_mb = memory_mb
        self._pending = list(pending)
        self._owned = owned
        self._children: list[Node] = []

    @property
    def pid(self) -> int:
        """The id of the process that cells are forked from."""
        return self._stem.pid

    @property
    def alive(self) -> bool:
        """Whether cells can be forked from it, as far as is known."""
        return self._stem.alive

    def child(
        self, *, path: Sequence[Path] = (), modules: Sequence[str], limit_s: float = GROW_LIMIT_S
    ) -> Node:
        """A node that has `path` behind its site-packages and has imported `modules`.

        A module that raises is a result, which cells tell. Raises BuildError where this node is gone.
        """
        if self.trouble is not None:
            return self._in_its_place(path, self.trouble)
        stem = self._stem.fork_node()
        try:
            grown = stem.grow(path, modules, optional=False, memory_mb=self._memory_mb, limit_s=limit_s)
        except BaseException:
            stem.close()
            raise
        if grown.trouble is not None:
            stem.close()
            logger.info("importing %s in a node: %s", ", ".join(modules), grown.trouble)
            return self._in_its_place(path, grown.trouble)
        node = Node(stem, memory_mb=self._memory_mb)
        self._children.append(node)
        return node

    def cell(self, *, environ: Mapping[str, str], cwd: Path, log: Path, path: Sequence[Path] = ()) -> Worker:
        """A cell that has `path` behind its site-packages. Raises BuildError where this node is gone."""
        forked = self._stem.fork_cell(environ=environ, cwd=cwd, path=[*self._pending, *path])
        return Worker(forked, log=log)

    def close(self) -> None:
        """End it, its children and its cells; twice is as good as once."""
        for child in self._children:
            child.close()
        self._children.clear()
        if self._owned:
            self._stem.close()

    def _in_its_place(self, path: Sequence[Path], trouble: str) -> Node:
        pending = [*self._pending, *path]
        return Node(self._stem, memory_mb=self._memory_mb, pending=pending, trouble=trouble, owned=False)


class ForkTree:
    """The roots of one process of the harness. Leave it (a context manager) and all of them are gone."""

    def __init__(self) -> None:
        self._home = tempfile.TemporaryDirectory(prefix="chatkit-harness-nodes-")
        self._roots: list[Node] = []

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def root(
        self,
        python: Path,
        payload: Path,
        *,
        preload: Sequence[str] = PRELOAD,
        environ: Mapping[str, str],
        memory_limit_mb: int = 0,
        limit_s: float = GROW_LIMIT_S,
    ) -> Node:
        """A node that has imported of `preload` what can be imported without a fault.

        `environ` should be that of its cells but for what differs between them: imports read it. Raises
        BuildError where the interpreter does not start.
        """
        names = list(preload)
        while True:
            stem = self._start(python, payload, environ)
            try:
                grown = stem.grow([], names, optional=True, memory_mb=memory_limit_mb, limit_s=limit_s)
            except BaseException:
                stem.close()
                raise
            if grown == Grown():
                node = Node(stem, memory_mb=memory_limit_mb)
                self._roots.append(node)
                return node
            # A failed import leaves traces that a cell must not find: begin again without it.
            stem.close()
            logger.info("preloading %s: %s", ", ".join(names), grown.trouble or f"{grown.failed} failed")
            if not names:
                raise BuildError(str(python), f"No cell can be forked: {grown.trouble}.", "Delete the cache.")
            names = [] if grown.trouble else [each for each in names if each not in grown.failed]

    def close(self) -> None:
        """End every process of the tree, by its id; twice is as good as once."""
        for node in self._roots:
            node.close()
        self._roots.clear()
        self._home.cleanup()

    def _start(self, python: Path, payload: Path, environ: Mapping[str, str]) -> Stem:
        home = Path(self._home.name)
        cwd = home / "cwd"
        cwd.mkdir(exist_ok=True)
        return Stem.start(python, payload, environ=environ, cwd=cwd, log=home / "nodes.log")
