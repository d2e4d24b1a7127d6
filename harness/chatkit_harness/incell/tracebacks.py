"""Exceptions as documents: qualified type, message, and frames with the distribution they belong to."""

from __future__ import annotations

import linecache
import os
import sys
import traceback
from typing import Any, Dict, List, Optional, Tuple

from . import distributions, layers, subjects

FRAME_LIMIT = 40
MESSAGE_LIMIT = 4000
CAUSE_LIMIT = 5

_Owner = Tuple[str, str]

_owners: Dict[str, _Owner] = {}
_homes: Dict[_Owner, str] = {}
_known_path: List[str] = []


def describe(error: BaseException, depth: int = 0) -> Dict[str, Any]:
    """The exception with its frames (oldest first) and the chain that led to it."""
    try:
        message = layers.installed_text(str(error))
    except Exception:  # a broken __str__ is the server's affair, not ours
        message = "<str() of the exception failed>"
    document: Dict[str, Any] = {
        "type": f"{type(error).__module__}.{type(error).__qualname__}",
        "message": message[:MESSAGE_LIMIT],
        "frames": [_frame(entry) for entry in _entries(error)[-FRAME_LIMIT:]],
        "cause": None,
        "subject": _subject(error),
    }
    earlier = _in_group(error) or error.__cause__
    earlier = earlier or (None if error.__suppress_context__ else error.__context__)
    if earlier is not None and depth < CAUSE_LIMIT:
        document["cause"] = describe(earlier, depth + 1)
    return document


def _in_group(error: BaseException) -> Optional[BaseException]:
    """The first exception of a group, which itself only says how many there are."""
    held = getattr(error, "exceptions", None)  # Python 3.10 has no class for groups, others bring one
    first = held[0] if isinstance(held, tuple) and held and "Group" in type(error).__name__ else None
    return first if isinstance(first, BaseException) else None


def _subject(error: BaseException) -> Optional[Dict[str, Any]]:
    """What the exception is about, where a single distribution can be meant; never raises."""
    try:
        found = subjects.candidates(error)
        owners = {_defining(file) for _, file in found}
        owner = owners.pop() if len(owners) == 1 else None
    except Exception:  # classes and modules of any shape are looked at: a report must not fail over them
        return None
    return {"name": found[0][0], "distribution": owner[0], "version": owner[1]} if owner else None


def _defining(file: str) -> Optional[_Owner]:
    """The distribution that installed a file: a folder of the same name elsewhere is not its own."""
    top = _relative(file)[1] if file else ""
    name, version = _owner(top)
    if name is None or version is None:
        return None
    home = _homes.get((name, version), "")
    return (name, version) if os.path.abspath(file).startswith(home + os.sep) else None


def _entries(error: BaseException) -> List[traceback.FrameSummary]:
    stack = traceback.StackSummary.extract(traceback.walk_tb(error.__traceback__), lookup_lines=False)
    # What the driver itself did on the way is no news to anybody.
    return [entry for entry in stack if f"{os.sep}incell{os.sep}" not in entry.filename]


def _frame(entry: traceback.FrameSummary) -> Dict[str, Any]:
    return place(entry.filename, entry.name, entry.lineno or 0)


def place(path: str, function: str, line: int) -> Dict[str, Any]:
    """One line of a file, with the distribution that the file belongs to."""
    file, top = _relative(path)
    name, version = _owner(top)
    return {
        "file": file,
        "function": function,
        "line": line,
        "distribution": name,
        "version": version,
        "code": linecache.getline(path, line).strip()[:200] or None,
    }


def _relative(path: str) -> Tuple[str, str]:
    """The path below its import root, and the top-level module it belongs to (empty for none)."""
    full = os.path.abspath(path) if not path.startswith("<") else path
    stdlib = layers.paths()["stdlib"]
    roots = sorted((r for r in map(os.path.abspath, sys.path) if r), key=len, reverse=True)
    for root in roots:
        if full.startswith(root + os.sep):
            short = full[len(root) + 1 :].replace(os.sep, "/")
            top = "" if root.startswith(stdlib) and "site-packages" not in root else short.split("/")[0]
            return short, top.removesuffix(".py")
    return os.path.basename(path), ""


def _owner(top: str) -> Tuple[Optional[str], Optional[str]]:
    if not top:
        return None, None
    if _known_path != sys.path:  # reading all metadata takes tens of milliseconds: only when something failed
        _known_path[:] = sys.path
        _learn_owners()
    return _owners.get(top, (None, None))


def _learn_owners() -> None:
    _owners.clear()
    _homes.clear()
    for top, found in distributions.owners():
        owner = _owners.setdefault(top, (found.name.lower().replace("_", "-"), found.version))
        _homes.setdefault(owner, found.home)
