"""tox environments, one for each pair of openai-chatkit and openai-agents that a project names.

tox loads this for every project, so what costs time is imported only where a project names pairs, and a hook
that an older tox lacks is left unused instead of failing it.
"""

from __future__ import annotations

import glob
import logging
import re
import shlex
import sys
import tomllib
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import pluggy

if TYPE_CHECKING:
    from tox.config.sets import ConfigSet, EnvConfigSet
    from tox.session.state import State

    from chatkit_harness.cli.sessions import PairSession

OLDEST = "4.29"
"""The first tox that takes environments from plugins."""
PAIRS, OPTIONS = "chatkit_pairs", "chatkit_options"

_Hook = TypeVar("_Hook", bound=Callable[..., Any])
_NAME = re.compile(r"chatkit-.+-agents-.+")
_marker = pluggy.HookimplMarker("tox")


def _hook(function: _Hook) -> _Hook:
    """Marks a hook of tox's, which does no harm to a tox that has no such hook."""
    return _marker(function, optionalhook=True)


class Plugin:
    """What tox is told, and when: names before it reads its settings, the rest as it asks for it."""

    def __init__(self) -> None:
        self._names: list[str] | None = None
        self._pairs: dict[str, PairSession] = {}

    @_hook
    def tox_extend_envs(self) -> Iterable[str]:
        """A list of names that is filled before tox reads it, when the project is known."""
        self._names = []
        return self._names

    @_hook
    def tox_add_core_config(self, core_conf: ConfigSet, state: State) -> None:
        """Find the project's pairs and announce an environment for each."""
        self._pairs = {each.name: each for each in _pairs(core_conf)}
        if not self._pairs:
            return
        if self._names is None:
            told = "chatkit-harness: This tox takes no environments from plugins. Install tox>=%s."
            logging.getLogger(__name__).warning(told, OLDEST)
            self._pairs = {}
            return
        from tox.config.loader.memory import MemoryLoader

        core_conf.add_config(OPTIONS, str, "", "options of `chatkit-harness run` for all of these pairs")
        self._names.extend(self._pairs)
        for name in self._pairs:
            # What the project's own tests install and run is nothing to these: they inherit no [testenv].
            state.conf.memory_seed_loaders[name].append(MemoryLoader(base=[]))

    @_hook
    def tox_add_env_config(self, env_conf: EnvConfigSet, state: State) -> None:
        """Say what an environment is, behind what the project's own section of that name says."""
        name = env_conf.env_name or ""
        pair = self._pairs.get(name)
        if pair is not None:
            env_conf.loaders.append(_settings(pair, state))
        elif self._pairs and _NAME.fullmatch(name) and not _has_section(env_conf):
            # tox combines the parts of names that it knows into others, and would run [testenv] there.
            raise _handled(f"{name}: It is none of the project's pairs: {', '.join(self._pairs)}.")


def _pairs(core: ConfigSet) -> tuple[PairSession, ...]:
    """The pairs of tox's own settings where they stand there, else of the project's pyproject.toml."""
    root, file = core["tox_root"], core["config_file_path"].name
    own = {key for loader in core.loaders for key in loader.found_keys() if key.startswith("chatkit_")}
    if not own and not _has_settings(root / "pyproject.toml"):
        return ()
    from chatkit_harness.cli.sessions import PROJECT_FILE, PROJECT_SETTING, pair_sessions, project_pairs
    from chatkit_harness.core.errors import HarnessError, did_you_mean

    for key in own - {PAIRS, OPTIONS}:
        raise _handled(f"{file}: {key}: There is no such setting. {did_you_mean(key, (PAIRS, OPTIONS))}")
    try:
        if PAIRS in own:
            return pair_sessions(_own_pairs(core), where=f"{file}: {PAIRS}")
        return pair_sessions(project_pairs(root), where=f"{PROJECT_FILE}: {PROJECT_SETTING}")
    except HarnessError as error:
        raise _handled(str(error)) from None


def _has_settings(project: Path) -> bool:
    """Whether there are settings of ours; whether the file is otherwise in order is not judged here."""
    try:
        tool = tomllib.loads(project.read_text(encoding="utf-8")).get("tool")
    except (OSError, ValueError):
        return False
    return isinstance(tool, dict) and "chatkit-harness" in tool


def _own_pairs(core: ConfigSet) -> list[str]:
    core.add_config(PAIRS, list[str], [], "pairs of openai-chatkit and openai-agents to drive scenarios with")
    return list(_value(core, PAIRS, "Write pairs such as 1.6.5:newest, in TOML a list of them."))


def _value(core: ConfigSet, key: str, expected: str) -> Any:
    """A setting of tox's own files, or an error that says what may stand there."""
    from tox.report import HandledError

    try:
        return core[key]
    except (HandledError, TypeError, ValueError) as error:
        file = core["config_file_path"].name
        raise _handled(f"{file}: {key}: It cannot be read ({error}). {expected}") from None


def _settings(pair: PairSession, state: State) -> Any:
    """The settings of an environment, as tox takes them from memory."""
    from tox.config.loader.memory import MemoryLoader
    from tox.config.types import Command

    from chatkit_harness.cli.sessions import TAG

    core, expected = state.conf.core, 'Write "--resolution today", for example, as on a shell.'
    text = _value(core, OPTIONS, expected)
    try:
        options = shlex.split(text)
    except ValueError as error:
        raise _handled(f"{OPTIONS}: {text!r} cannot be read ({error}). {expected}") from None
    options += state.conf.pos_args(core["tox_root"]) or ()
    return MemoryLoader(
        description=pair.description.rstrip("."),
        labels={TAG},
        skip_install=True,
        # The harness runs beside tox, and hands nothing of this on to its cells.
        pass_env=["*"],
        allowlist_externals=[glob.escape(sys.executable)],
        commands=[Command(pair.command(options))],
    )


def _has_section(env_conf: EnvConfigSet) -> bool:
    return any(loader.section.name == env_conf.env_name for loader in env_conf.loaders)


def _handled(message: str) -> Exception:
    """An error that tox tells in one line."""
    from tox.report import HandledError

    return HandledError(message)


plugin = Plugin()
