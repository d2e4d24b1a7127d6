"""Imports what the server needs, module by module, and says what the disk looked like where it fails."""

from __future__ import annotations

import contextlib
import gc
import importlib
import importlib.machinery
import importlib.util
import os
import re
import sys
import time
from typing import Any, Dict, Iterator, List, Optional

from . import layers, tracebacks

DISTRIBUTIONS = {"agents": "openai-agents", "chatkit": "openai-chatkit", "openai": "openai"}


Documents = Dict[str, Dict[str, Any]]
"""What became of importing each module, by its name."""


def import_all(modules: List[str], known: Documents) -> List[Dict[str, Any]]:
    """One document a module, in order; the first failure does not stop the others.

    What is `known` was imported before this process was forked, and is not imported again.
    """
    return [known[name] if name in known else _import_one(name) for name in modules]


@contextlib.contextmanager
def collected_once() -> Iterator[None]:
    """Collect garbage at the end only, and let what is left then be: nearly all of it stays for good.

    In a forked process a collection would touch, and so copy, every object that it looks at.
    """
    thresholds = gc.get_threshold()
    gc.set_threshold(0)  # not gc.disable(): a library that switches collections on or off means it
    try:
        yield
    finally:
        if gc.get_threshold()[0] == 0:
            gc.set_threshold(*thresholds)
        gc.collect()
        gc.freeze()


def _import_one(name: str) -> Dict[str, Any]:
    started = time.perf_counter()
    raised = None
    try:
        importlib.import_module(name)
    except BaseException as error:  # also SystemExit: a module that exits on import is a finding
        raised = tracebacks.describe(error)
    result: Dict[str, Any] = {
        "module": name,
        "ok": raised is None,
        "ms": round((time.perf_counter() - started) * 1000, 3),
        "raised": raised,
        "disk": None,
    }
    if raised is not None:
        culprit = _culprit(raised, name)
        result["disk"] = None if _is_pythons_own(culprit) else disk_facts(culprit)
    return result


def _culprit(raised: Dict[str, Any], name: str) -> str:
    """The top-level module that the message complains of: that is where the disk has to be looked at."""
    for pattern in (r"from '([\w.]+)'", r"No module named '([\w.]+)'"):
        found = re.search(pattern, raised["message"])
        if found:
            return found.group(1).split(".")[0]
    return name.split(".", maxsplit=1)[0]


def _is_pythons_own(module: str) -> bool:
    """Whether this is a module of the standard library, and not a file that takes its place.

    What such a module lacks, this version of Python lacks: the disk has nothing to do with it.
    """
    if module not in sys.stdlib_module_names:
        return False
    try:
        spec = importlib.util.find_spec(module)
    except (ImportError, ValueError):
        spec = None
    if spec is None or spec.origin in (None, "built-in", "frozen"):
        return True
    home = os.path.dirname(os.path.realpath(os.__file__))
    origin = os.path.realpath(str(spec.origin))
    return origin.startswith(home + os.sep) and "site-packages" not in origin[len(home) :]


def disk_facts(module: str) -> Dict[str, Any]:
    """Where a top-level module is found, as what, and whether its distribution is whole."""
    distribution, version, missing = _recorded(module)
    try:
        spec: Optional[importlib.machinery.ModuleSpec] = importlib.util.find_spec(module)
    except (ImportError, ValueError):
        spec = None
    kind, locations = _kind(spec)
    return {
        "module": module,
        "kind": kind,
        "locations": locations,
        "distribution": distribution,
        "version": version,
        "record_missing": missing[:20],
        "shadowed_by": _shadow(spec, distribution),
    }


def _kind(spec: Optional[importlib.machinery.ModuleSpec]) -> Any:
    if spec is None:
        return "missing", []
    if spec.origin is None:
        return "namespace", [layers.installed_path(each) for each in spec.submodule_search_locations or []]
    kind = "package" if spec.submodule_search_locations is not None else "module"
    return kind, [layers.installed_path(spec.origin)]


def _recorded(module: str) -> Any:
    from importlib import metadata

    name = DISTRIBUTIONS.get(module, module)
    try:
        found = metadata.distribution(name)
    except metadata.PackageNotFoundError:
        return None, None, []
    files = found.files or []
    return name, found.version, [str(f) for f in files if not os.path.exists(str(f.locate()))]


def _shadow(spec: Any, distribution: Optional[str]) -> Optional[str]:
    """The place that is found first although it is not where the distribution put the module."""
    if spec is None or spec.origin is None or distribution is None:
        return None
    from importlib import metadata

    home = os.path.abspath(str(metadata.distribution(distribution).locate_file("")))
    origin = os.path.abspath(spec.origin)
    return None if origin.startswith(home + os.sep) else layers.installed_path(origin)
