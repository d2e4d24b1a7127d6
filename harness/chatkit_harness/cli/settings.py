"""`[tool.chatkit-harness]` of the project's pyproject.toml: defaults for the flags of every command."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

from chatkit_harness.core.errors import ConfigurationError, did_you_mean

KEYS = {
    "chatkit": "chatkit",
    "agents": "agents",
    "pairs": "pair",
    "python": "python",
    "resolution": "resolution",
    "scenarios": "scenarios",
    "data": "data",
    "pacing": "pacing",
    "time-limit": "time_limit",
    "memory-limit": "memory_limit",
    "jobs": "jobs",
    "index": "index",
}


def project_settings(folder: Path | None = None) -> dict[str, Any]:
    """Click's default map, one entry a command. Raises ConfigurationError naming the key at fault."""
    path = (folder or Path.cwd()) / "pyproject.toml"
    if not path.is_file():
        return {}
    try:
        document = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise ConfigurationError(str(path), f"It cannot be read ({error}).", "Mend the file.") from None
    table = document.get("tool", {}).get("chatkit-harness", {})
    if not isinstance(table, dict):
        raise ConfigurationError(
            f"{path}: tool.chatkit-harness", "It is no table.", "Write key = value lines."
        )
    flags = {}
    for key, value in table.items():
        if key not in KEYS:
            raise ConfigurationError(
                f"{path}: tool.chatkit-harness.{key}", "There is no such setting.", did_you_mean(key, KEYS)
            )
        # Lists are friendlier in TOML than words with commas; the flags take the latter.
        joined = ",".join(map(str, value)) if isinstance(value, list) and key != "pairs" else value
        flags[KEYS[key]] = joined
    return {command: dict(flags) for command in ("run", "record", "list")}
