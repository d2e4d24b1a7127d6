"""The pairs of a project as other tools run them: a nox session or a tox environment each, by one name."""

from __future__ import annotations

import datetime as dt
import re
import sys
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from packaging.specifiers import InvalidSpecifier, SpecifierSet
from packaging.version import InvalidVersion, Version

from chatkit_harness.core.errors import ConfigurationError, nearest

from .folders import REPORTS
from .settings import project_settings

TAG = "compat"
"""What they are all selected by: nox's tag, tox's label."""
PROJECT_FILE = "pyproject.toml"
PROJECT_SETTING = "tool.chatkit-harness.pairs"

_NONE = "none"
_WORDS = ("all", "minor", "newest")
_OPERATORS = {"==": "", ">=": "from-", "<=": "to-", "~=": "like-", "!=": "not-", ">": "above-", "<": "below-"}
_LOOKS_LIKE_PYTHON = re.compile(r"[23]\.[0-9]+")


@dataclass(frozen=True, slots=True, kw_only=True)
class PairSession:
    """A pair as its project words it, and the name under which it is driven."""

    name: str
    pair: str

    @property
    def description(self) -> str:
        """One line for lists."""
        chatkit, _colon, agents = self.pair.partition(":")
        if chatkit == _NONE:
            return f"Drive the scenarios with openai-agents {agents}, without openai-chatkit."
        return f"Drive the scenarios with openai-chatkit {chatkit} and openai-agents {agents}."

    def command(self, options: Iterable[str], *, called: str = "") -> list[str]:
        """The command line that does it, by the Python that runs this.

        Its results go to a folder that tells when, and the name or what it is `called` instead, unless the
        options name one.
        """
        more = list(options)
        # -P: the project's own folder does not come before the harness's dependencies.
        words = [sys.executable, "-P", "-m", "chatkit_harness", "run", "--pair", self.pair]
        if not any(word.partition("=")[0] in ("--out", "--resume") for word in more):
            stamp = dt.datetime.now().strftime("%Y%m%d-%H%M%S")  # noqa: DTZ005 - a folder's name, as those of `run`
            words += ["--out", str(REPORTS / f"{stamp}-{called or self.name}")]
        return [*words, *more]


def project_pairs(folder: Path) -> tuple[str, ...]:
    """What the settings in this folder name, () where they name none. Raises ConfigurationError."""
    return tuple(project_settings(folder).get("run", {}).get("pair", ()))


def pair_sessions(pairs: Iterable[str], *, where: str, prefix: str = "") -> tuple[PairSession, ...]:
    """One for each pair, in their order and each once; no index is asked.

    `where` is the setting to be named in the ConfigurationError that a wrong pair raises.
    """
    found: dict[str, PairSession] = {}
    for pair in (part.strip() for text in pairs for part in text.split(",") if part.strip()):
        chatkit, agents = _halves(pair, where)
        name = f"{prefix}chatkit-{_slug(chatkit)}-agents-{_slug(agents)}"
        found.setdefault(name, PairSession(name=name, pair=f"{chatkit}:{agents}"))
    return tuple(found.values())


def _halves(pair: str, where: str) -> tuple[str, str]:
    halves = [half.strip() for half in pair.split(":", maxsplit=1)]
    if len(halves) != 2 or not all(halves):
        raise ConfigurationError(
            f"{where}: {pair!r}", "A pair is CHATKIT:AGENTS.", 'Write "1.6.5:0.24.0", for example.'
        )
    chatkit, agents = halves
    if agents == _NONE:
        raise ConfigurationError(
            f"{where}: {pair!r}",
            "Only openai-chatkit can be left out.",
            'Write "none:0.24.0", for example, for a workflow in an environment without it.',
        )
    for word in halves:
        if word not in (*_WORDS, _NONE) and not _is_version_or_range(word):
            raise ConfigurationError(
                f"{where}: {pair!r}", f"{word!r} is neither a version nor a word for some.", _meant(word)
            )
    return chatkit, agents


def _is_version_or_range(word: str) -> bool:
    if re.fullmatch(r"newest:0*[1-9][0-9]*", word):
        return True
    try:
        SpecifierSet(word) if word[0] in "<>=!~" else Version(word)
    except (InvalidSpecifier, InvalidVersion):
        return False
    return True


def _meant(word: str) -> str:
    close: Sequence[str] = nearest(word, (*_WORDS, _NONE), limit=1)
    if close:
        return f"Did you mean {close[0]!r}?"
    return "Write a version such as 1.6.5, newest, minor, all, or a range such as >=1.4."


def _slug(word: str) -> str:
    """A version or word as part of a name that is also the name of a folder."""
    for operator, plain in _OPERATORS.items():
        word = word.replace(operator, plain)
    word = re.sub(r"[^\w.+-]+", "-", word.replace("*", "x"))
    # tox takes a part of a name that is two numbers, such as 3.12, for the Python to be used.
    return f"v{word}" if _LOOKS_LIKE_PYTHON.fullmatch(word) else word
