"""Files of a git revision, read without a checkout."""

from __future__ import annotations

import posixpath
import subprocess
from dataclasses import dataclass
from pathlib import Path

from chatkit_harness.core.errors import ConfigurationError, nearest

_GIT_LIMIT_S = 30
_LINK, _LINKS = "120000", 5
"""The mode of a link, and how many are followed, one to the other."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """What a revision has at a path: `blob` (a file), `tree` (a folder), or `commit` (a submodule)."""

    path: str
    kind: str
    hash: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Revision:
    """A commit, as it is named in a folder; `prefix` is the way from the top of the repository to there.

    Paths are from the top, with slashes. `culprit` is what errors speak of.
    """

    culprit: str
    name: str
    commit: str
    folder: Path
    prefix: str

    def find(self, path: str) -> Entry | None:
        """What is at a path, links followed; None for nothing, and for what lies outside."""
        for _ in range(_LINKS):
            listed = self._git("ls-tree", "-z", "--full-tree", self.commit, "--", path)
            line = _text(listed).partition("\0")[0]
            facts, _, found = line.partition("\t")
            if found != path:
                return Entry(path="", kind="tree", hash=self.commit) if path == "." else None
            mode, kind, known = facts.split(" ")
            if mode != _LINK:
                return Entry(path=path, kind=kind, hash=known)
            target = _text(self._git("cat-file", "blob", known))
            path = posixpath.normpath(posixpath.join(posixpath.dirname(path), target))
        return None

    def read(self, path: str) -> bytes | None:
        """A file's content; None where there is no such file."""
        entry = self.find(path)
        if entry is None or entry.kind != "blob":
            return None
        return self._git("cat-file", "blob", entry.hash)

    def like(self, path: str) -> str | None:
        """The path of that revision that is most like this one."""
        listed = self._git("ls-tree", "-rz", "--name-only", "--full-tree", self.commit)
        close = nearest(path, _text(listed).split("\0"), limit=1)
        return close[0] if close else None

    def _git(self, *words: str) -> bytes | None:
        return _git(self.culprit, self.folder, *words)


def open_revision(culprit: str, name: str, folder: Path) -> Revision:
    """The revision of that name, in the repository of a folder.

    Raises ConfigurationError where git has none.
    """
    if not _git(culprit, folder, "rev-parse", "--is-inside-work-tree"):
        raise ConfigurationError(culprit, "This folder is in no git repository.", "Name a file.")
    commit = _git(culprit, folder, "rev-parse", "--verify", "--quiet", f"{name}^{{commit}}")
    if commit is None:
        step = "Fetch it (a CI checkout often has one commit only: fetch-depth: 0), or name another one."
        raise ConfigurationError(culprit, f"git knows no revision {name!r}.", step)
    prefix = _text(_git(culprit, folder, "rev-parse", "--show-prefix")).rstrip("\n")
    return Revision(
        culprit=culprit,
        name=name,
        commit=commit.decode("ascii").strip(),
        folder=folder,
        prefix=prefix,
    )


def _text(said: bytes | None) -> str:
    return (said or b"").decode("utf-8", "surrogateescape")


def _git(culprit: str, folder: Path, *words: str) -> bytes | None:
    """What git says, or None where it says no."""
    try:
        done = subprocess.run(
            ["git", "-C", str(folder), *words],
            capture_output=True,
            timeout=_GIT_LIMIT_S,
            check=False,
        )
    except OSError as error:
        why = (
            "git is not installed." if isinstance(error, FileNotFoundError) else f"git does not run: {error}."
        )
        raise ConfigurationError(culprit, why, "Name a file instead.") from None
    except subprocess.TimeoutExpired:
        raise ConfigurationError(culprit, "git does not answer.", "Name a file instead.") from None
    return done.stdout if done.returncode == 0 else None
