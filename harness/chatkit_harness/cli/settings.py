"""`[tool.chatkit-harness]` of the project's pyproject.toml: defaults for the flags of every command."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

from chatkit_harness.core.errors import ConfigurationError, did_you_mean

WORDS, PAIRS, PATH, NUMBER, LIST = "words", "pairs", "path", "number", "list"
KEYS = {
    "chatkit": ("chatkit", WORDS),
    "agents": ("agents", WORDS),
    "pairs": ("pair", PAIRS),
    "python": ("python", WORDS),
    "resolution": ("resolution", WORDS),
    "client": ("client", WORDS),
    "widgets-by": ("widgets_by", WORDS),
    "scenarios": ("scenarios", PATH),
    "data": ("data", PATH),
    "path": ("path", LIST),
    "server": ("server", PATH),
    "context": ("server_context", PATH),
    "endpoint": ("endpoint", PATH),
    "header": ("headers", LIST),
    "other-header": ("other_headers", LIST),
    "store": ("store", LIST),
    "upstream": ("upstream", PATH),
    "workflow": ("workflow", PATH),
    "input": ("inputs", LIST),
    "answers": ("answers", PATH),
    "cassettes": ("cassettes", PATH),
    "with": ("extras", LIST),
    "env": ("env", LIST),
    "pacing": ("pacing", NUMBER),
    "time-limit": ("time_limit", NUMBER),
    "memory-limit": ("memory_limit", NUMBER),
    "jobs": ("jobs", NUMBER),
    "index": ("index", PATH),
    "mine": ("mine", PATH),
    "culprit-budget": ("culprit_budget", NUMBER),
}
"""Each key with the option that it is the default of, and what it may hold."""

_OF_THE_GATE = ("culprit_budget",)
_EXPECTED = {
    WORDS: 'Write text in quotes, or a list of such: "3.10", ["3.10", "3.12"].',
    PAIRS: 'Write pairs in quotes: ["1.6.5:newest"].',
    PATH: "Write text in quotes.",
    LIST: 'Write a list of texts: ["one", "two"].',
    NUMBER: "Write a number that is not negative, without quotes.",
}


def project_settings(folder: Path | None = None) -> dict[str, Any]:
    """Click's default map, one entry a command. Raises ConfigurationError naming the key at fault."""
    try:
        path = (folder or Path.cwd()) / "pyproject.toml"
    except FileNotFoundError:
        step = "Change to a folder that exists."
        raise ConfigurationError("the working folder", "It was deleted.", step) from None
    if not path.is_file():
        return {}
    try:
        document = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise ConfigurationError(str(path), f"It cannot be read ({error}).", "Mend the file.") from None
    tool = document.get("tool", {})
    table = tool.get("chatkit-harness", {}) if isinstance(tool, dict) else {}
    if not isinstance(table, dict):
        raise ConfigurationError(
            f"{path}: tool.chatkit-harness", "It is no table.", "Write key = value lines."
        )
    flags = {}
    for key, value in table.items():
        where = f"{path}: tool.chatkit-harness.{key}"
        if key not in KEYS:
            raise ConfigurationError(where, "There is no such setting.", did_you_mean(key, KEYS))
        flag, kind = KEYS[key]
        flags[flag] = _value(value, kind, where)
    commands = ("run", "sweep", "compare", "record", "list", "recheck", "init")
    common = {name: value for name, value in flags.items() if name not in _OF_THE_GATE}
    own = {command: dict(common) for command in commands}
    # Which versions run is what the two sides say; `resolution` is that of a pair there.
    for command in ("gate", "bisect"):
        own[command] = {name: value for name, value in common.items() if name not in ("resolution", "pair")}
    own["gate"] |= {name: flags[name] for name in _OF_THE_GATE if name in flags}
    # Which releases a project runs says nothing about which schemas are written, or which one is served.
    index = {"index": flags["index"]} if "index" in flags else {}
    # Not of `breaks`, which leaves out what the own pair does not show.
    mine = {"mine": flags["mine"]} if "mine" in flags else {}
    return {**own, "report": mine, "schemas": {"sync": index}, "serve": index, "blocker": index}


def _value(value: Any, kind: str, where: str) -> Any:
    """What the option takes. Lists are friendlier in TOML than words with commas."""
    listed = value if isinstance(value, list) else [value]
    texts = all(isinstance(each, str) for each in listed)
    if kind == WORDS and texts:
        return ",".join(listed)
    if kind == PAIRS and texts and all(":" in each for each in ",".join(listed).split(",")):
        return listed
    if kind == LIST and texts:
        return listed
    if kind == PATH and isinstance(value, str):
        return value
    if kind == NUMBER and isinstance(value, (int, float)) and not isinstance(value, bool) and value >= 0:
        return value
    raise ConfigurationError(where, f"{value!r} cannot stand here.", _EXPECTED[kind])
