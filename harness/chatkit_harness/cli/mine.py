"""The reader's own pair: named with `--mine`, or found in a lock file where the command is given."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from packaging.version import InvalidVersion, Version

from chatkit_harness.core.errors import ConfigurationError, HarnessError, SelectionError
from chatkit_harness.machine.interpreters import select_interpreters
from chatkit_harness.pins.lock_files import read_lock

LOCKS = ("uv.lock", "pylock.toml", "requirements.txt")
"""Where a pair is looked for that nobody names."""


def named_pair(word: str | None) -> dict[str, str]:
    """What `--mine C:A|FILE` names, as `{chatkit, agents, source}`; empty without a word.

    Raises SelectionError for what is neither a pair nor a file, ConfigurationError for a file without a pair.
    """
    if not word:
        return {}
    chatkit, colon, agents = word.partition(":")
    if colon and _is_version(chatkit) and _is_version(agents):
        return {"chatkit": chatkit, "agents": agents, "source": ""}
    path = Path(word).expanduser()
    if not path.exists():
        raise SelectionError(f"--mine {word}", *_neither(chatkit, agents if colon else None))
    found = _pinned(path)
    if not found:
        step = "Name a file that does, or the pair: --mine 1.6.5:0.24.0."
        raise ConfigurationError(str(path), "It does not pin both openai-chatkit and openai-agents.", step)
    return found


def _neither(chatkit: str, agents: str | None) -> tuple[str, str]:
    """What is wrong with a word that is neither a pair nor a file, and what to write."""
    cause = "It is neither a pair of releases nor a file"
    step = "Write --mine 1.6.5:0.24.0, or --mine uv.lock."
    if agents is None:
        return f"{cause}.", step
    word = agents if _is_version(chatkit) else chatkit
    return f"{cause}: both releases are named by their numbers, and {word!r} is none.", step


def own_pair(word: str | None, told: Mapping[str, str] | None = None) -> dict[str, str]:
    """The pair that `--mine` names, else the one that is `told` already, else that of a lock file here."""
    return named_pair(word) or dict(told or {}) or _found_here()


def _found_here() -> dict[str, str]:
    """The pair of the first lock file here that pins one; nobody asked, so no error is told."""
    for name in LOCKS:
        try:
            found = _pinned(Path(name)) if Path(name).is_file() else {}
        except HarnessError:
            continue
        if found:
            return found
    return {}


def _pinned(path: Path) -> dict[str, str]:
    lock = read_lock(path, select_interpreters(None)[0])
    if not (lock.chatkit and lock.agents):
        return {}
    return {"chatkit": lock.chatkit, "agents": lock.agents, "source": path.name}


def _is_version(word: str) -> bool:
    try:
        Version(word)
    except InvalidVersion:
        return False
    return True
