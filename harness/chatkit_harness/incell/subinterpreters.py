"""Other interpreters in a cell's process: an audit hook holds for the one that has put it up alone."""

from __future__ import annotations

import functools
import importlib
from typing import Any, Callable

from . import belonging, fence
from .ear import Ear

_MODULES = ("_interpreters", "_xxsubinterpreters")
"""Where Python makes them: since 3.13, and before."""

_FIRST = (
    "(lambda place: (exec(compile(open({file!r}, encoding='utf-8').read(), {file!r}, 'exec'), place),"
    " place['raise_up_for']({port}, {word!r})))({{'__name__': 'chatkit_harness_fence'}})"
)


def watch(ear: Ear) -> None:
    """Have each that Python code makes from now on begin with a hook of its own."""
    for name in _MODULES:
        try:
            module = importlib.import_module(name)
        except ImportError:  # of another release
            continue
        if hasattr(module, "create") and hasattr(module, "run_string"):
            module.create = _fenced(ear, module.create, module.run_string)  # type: ignore[attr-defined]


def _fenced(ear: Ear, create: Callable[..., Any], run: Callable[..., Any]) -> Callable[..., Any]:
    @functools.wraps(create)
    def fenced(*args: Any, **kwargs: Any) -> Any:
        made = create(*args, **kwargs)
        ear.open()
        word = fence.said(fence.INSIDE, belonging.current())
        run(made, _FIRST.format(file=fence.__file__, port=ear.port, word=word))
        return made

    return fenced
