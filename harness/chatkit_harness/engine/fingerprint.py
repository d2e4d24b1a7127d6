"""What an outcome rests on, as one digest: where it is the same, a second run would tell nothing new."""

from __future__ import annotations

import functools
import hashlib
import os
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from chatkit_harness import __version__
from chatkit_harness.core.codec import to_document
from chatkit_harness.core.data import data_folder
from chatkit_harness.core.nouns import Cell, digest

from .cases import PlannedCase
from .clients import select_clients, select_schemas
from .settings import RunSettings

_TELLING = ("cli", "reports", "comparison", "causes", "doctor", "gate", "bisect", "pytest_plugin")
"""Rooms that only tell what was found: a change there changes no outcome."""


def fingerprint(cell: Cell, case: PlannedCase) -> str:
    """A digest of everything that a case's outcome in a cell rests on."""
    rests = {"case": case.digest, "pins": dict(cell.pins), "interpreter": cell.interpreter}
    if cell.environment is not None:  # which may change although its versions stay
        rests["environment"] = cell.lock
    return digest(rests)


def with_digests(cases: Iterable[PlannedCase], settings: RunSettings) -> Iterator[PlannedCase]:
    """The cases with their digests; what is under test is read once for all of them."""
    targets: dict[str, dict[str, Any]] = {}
    for case in cases:
        name = f"{case.path} {case.target.name} {case.store_name}"
        if name not in targets:
            targets[name] = _target(case)
        yield replace(case, digest=_case_digest(case, settings, targets[name]))


def _case_digest(case: PlannedCase, settings: RunSettings, target: Mapping[str, Any]) -> str:
    """A digest of all but the cell: scenario, cassette, what is under test, limits, the harness itself."""
    cassette = repr(case.cassette).encode() if case.cassette is not None else b""
    return digest(
        {
            "harness": harness_digest(),
            "path": case.path,
            # Where a scenario lies, and its YAML as it stands, change nothing that is done.
            "scenario": {**to_document(case.scenario), "document": {}, "source": "", "replaces": ""},
            "cassette": hashlib.sha256(cassette).hexdigest(),
            "answers": {str(turn): _content(file) for turn, file in case.answers.items()},
            "target": target,
            "store": [case.store.name, case.store.word] if case.store is not None else None,
            "read_by": list(settings.read_by),
            "context": settings.server_context,
            "checks": list(settings.checks) if settings.checks is not None else None,
            "clients": select_clients(settings.clients),
            **({"widgets_by": select_schemas(settings.widgets_by)} if settings.widgets_by else {}),
            "pacing": settings.pacing,
            "time_limit_s": settings.time_limit_s,
            "memory_limit_mb": settings.memory_limit_mb,
            # What a variable is set to may be secret: a digest does not give it away.
            "env": {name: hashlib.sha256(value.encode()).hexdigest() for name, value in settings.env.items()},
        }
    )


@functools.cache
def harness_digest() -> str:
    """A digest of this harness: its version, its code and the schemas that it checks with."""
    source = Path(__file__).resolve().parent.parent
    hasher = hashlib.sha256(__version__.encode())
    files = [path for path in source.rglob("*.py") if path.relative_to(source).parts[0] not in _TELLING]
    files += data_folder("schemas").rglob("*.json")
    for path in sorted(files):
        hasher.update(path.name.encode() + b"\0" + path.read_bytes() + b"\0")
    return hasher.hexdigest()


def _target(case: PlannedCase) -> dict[str, Any]:
    """What is under test; of the user's own code, the code itself."""
    target = case.target
    files = [target.file] if target.file is not None else []
    for folder in target.path:
        files += sorted(_sources(folder))
    document = {**target.message(), "file": None}
    return {**document, "code": [[path.name, _content(path)] for path in files]}


def _sources(folder: Path) -> Iterator[Path]:
    """The Python files below a folder, but those of environments and tools."""
    for where, folders, files in os.walk(folder):
        folders[:] = [
            name
            for name in folders
            if not name.startswith(".")
            and name not in ("node_modules", "__pycache__")
            and not (Path(where) / name / "pyvenv.cfg").exists()
        ]
        yield from (Path(where) / name for name in files if name.endswith(".py"))


def _content(path: Path) -> str:
    try:
        return hashlib.sha256(path.read_bytes()).hexdigest()
    except OSError:
        return "unreadable"
