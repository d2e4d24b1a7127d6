"""pylock.toml (PEP 751): what it pins for one interpreter."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from chatkit_harness.core.errors import ConfigurationError
from chatkit_harness.machine.interpreters import Interpreter
from chatkit_harness.machine.python_facts import marker_environment, wheel_tags


def read_pylock(
    path: Path,
    document: Mapping[str, Any],
    interpreter: Interpreter,
    extras: Sequence[str],
    groups: Sequence[str] | None,
) -> tuple[dict[str, str], list[str]]:
    """The pins by name, and notes on what was left out.

    Raises ConfigurationError for what is not valid, and for a lock of another Python or platform.
    """
    try:
        from packaging import pylock  # from packaging 26.1 on
    except ImportError:
        raise ConfigurationError(
            str(path), "The installed packaging cannot read it.", "Run `pip install 'packaging>=26.1'`."
        ) from None
    if str(document["lock-version"]).partition(".")[0] != "1":
        raise ConfigurationError(
            str(path),
            f"Its version {document['lock-version']} is not known, only 1.",
            "Lock with another tool.",
        )
    known = {"extras": extras, "dependency-groups": groups or ()}
    for name, asked in known.items():
        for each in asked:
            if each not in document.get(name, ()):
                raise ConfigurationError(str(path), f"It has no {each!r} among its {name}.", "Lock again.")
    try:
        lock = pylock.Pylock.from_dict(document)
        chosen = lock.select(
            environment=marker_environment(interpreter),  # type: ignore[arg-type]  # the same keys, as a plain mapping
            tags=wheel_tags(interpreter),
            extras=extras,
            dependency_groups=groups,
        )
        pairs = [(package, source) for package, source in chosen]
    except pylock.PylockValidationError as error:
        raise ConfigurationError(str(path), f"It is not valid: {_said(error)}.", "Lock again.") from None
    except pylock.PylockSelectError as error:
        raise ConfigurationError(
            str(path),
            f"It was not made for Python {interpreter.version} on {interpreter.platform}: {_said(error)}.",
            "Name another Python with --python, or lock again.",
        ) from None
    pins: dict[str, str] = {}
    notes = []
    for package, source in pairs:
        if package.version is not None and not isinstance(
            source, (pylock.PackageVcs, pylock.PackageDirectory)
        ):
            pins[str(package.name)] = str(package.version)
        else:
            notes.append(f"{path.name}: {package.name} is left out, since nothing is built from source")
    return pins, notes


def _said(error: Exception) -> str:
    return str(error).strip().rstrip(".")
