"""An exception in words, for the title of a cause."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache

from packaging.version import InvalidVersion, Version

from chatkit_harness.checks.exceptions import is_advice
from chatkit_harness.checks.refusals import refused
from chatkit_harness.core.nouns import Cell
from chatkit_harness.core.transcript import Raised

# Where the module lies says nothing about the fault; that it has no place does, and so does a hint.
_IMPORT = re.compile(
    r"^(cannot import name '[^']*' from (?:partially initialized module )?'[^']*'(?: \(most likely[^)]*\))?)"
    r" \((?!unknown location\)|consider |most likely ).*\)$"
)

_PYTHON = re.compile(r"\+py(\d[\w.]*)\+")


def clip(text: str, limit: int) -> str:
    """One line of at most `limit` characters."""
    flat = " ".join(text.split())
    return flat if len(flat) <= limit else flat[: limit - 1].rstrip() + "…"


def type_name(raised: Raised) -> str:
    """`ValueError`, `pydantic ValidationError`: the type with its package, builtins without."""
    package, _, rest = raised.type.partition(".")
    if is_advice(raised):
        return "not ready to run"
    if not rest or package == "builtins":
        return rest or package
    # pydantic_core._pydantic_core.ValidationError is pydantic's to everybody but pydantic.
    return f"{'pydantic' if package == 'pydantic_core' else package} {rest.rpartition('.')[2]}"


def said(raised: Raised) -> str:
    """What the exception says, in one line; of a validation error the model, the field and the fault."""
    told = refused(raised.message)
    if is_advice(raised):
        return clip(raised.message, 500)
    if told is not None:
        return clip(told, 200)
    lines = raised.message.strip().splitlines()
    return clip(_IMPORT.sub(r"\1", lines[0].strip()), 200) if lines else ""


def subject_kind(raised: Raised) -> str:
    """`module` where the exception complains of one, else `class`."""
    missing = ("ImportError", "ModuleNotFoundError")
    of_module = raised.type.rpartition(".")[2] in missing or raised.message.startswith("module ")
    return "module" if of_module else "class"


def with_versions(name: str, versions: Iterable[str]) -> str:
    """A distribution with each of a few versions, the first and the last of many."""
    ordered = in_order(set(versions))
    if len(ordered) > 4:
        return f"{name} {ordered[0]} to {ordered[-1]}"
    return f"{name} {', '.join(ordered)}".strip()


def python_words(cell: Cell) -> str:
    """A cell's Python as far as it has to be told from the other Pythons of the run, as its id has it."""
    return _python_told(cell.id) or ".".join(cell.python.split(".")[:2])


@lru_cache(maxsize=20_000)
def _python_told(cell: str) -> str | None:
    found = _PYTHON.search(cell)
    return found[1] if found else None


def in_order(versions: Iterable[str]) -> list[str]:
    """Versions from the oldest to the newest."""
    return sorted(versions, key=version_key)


@lru_cache(maxsize=20_000)
def version_key(text: str) -> tuple[bool, Version, str]:
    """What versions are ordered by; what is none comes before all that are."""
    try:
        return True, Version(text), text
    except InvalidVersion:
        return False, Version("0"), text
