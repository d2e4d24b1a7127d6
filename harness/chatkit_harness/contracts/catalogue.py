"""The stored schemas of every known chatkit release.

`schemas/chatkit/index.json` names, for each release, one file a kind; releases with equal schemas share
the file. A release newer than all of them is judged by the newest, and the answer says so.
"""

from __future__ import annotations

import json
from bisect import bisect
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Any

from packaging.version import InvalidVersion, Version

from chatkit_harness.contracts.strict import Kind
from chatkit_harness.core.data import data_folder
from chatkit_harness.core.errors import ConfigurationError, SelectionError, nearest

INDEX = "index.json"
INDEX_FORMAT = 1
NEWEST = "newest"
_SHOWN = 12


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """The release whose schemas answer for the one that was asked for.

    `exact` is False where that one is newer than the catalogue and `version` is the newest known.
    """

    asked: str
    version: str
    exact: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Index:
    """`index.json`: release to the digest of its schema, kind by kind."""

    generator: int
    releases: Mapping[str, Mapping[str, str]] = field(default_factory=dict)


def file_name(kind: str, digest: str) -> str:
    """The name of a stored schema: `widget-a990a345d0c1.json`."""
    return f"{kind}-{digest}.json"


def read_index(folder: Path) -> Index:
    """The index of a folder of stored schemas; an empty one where there is none yet."""
    path = folder / INDEX
    if not path.is_file():
        return Index(generator=0)
    try:
        return _index_of(json.loads(path.read_text("utf-8")))
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise _unreadable(path, error) from None


def _index_of(document: Any) -> Index:
    if document["format"] != INDEX_FORMAT:
        raise ValueError(f"the index is of format {document['format']}, not {INDEX_FORMAT}")
    releases = dict(document["releases"])
    newest_last(releases)  # what is no version has no place among them
    return Index(generator=document["generator"], releases=releases)


def newest_last(versions: Mapping[str, Any] | list[str]) -> list[str]:
    """Version numbers in their own order."""
    return sorted(versions, key=Version)


@lru_cache(maxsize=1)
def _folder() -> Path:
    return data_folder("schemas") / "chatkit"


@lru_cache(maxsize=1)
def _index() -> Index:
    return read_index(_folder())


def releases() -> tuple[str, ...]:
    """The chatkit releases whose schemas are stored, oldest first."""
    return tuple(newest_last(_index().releases))


def known(version: str) -> Known:
    """Which stored release answers for this one.

    Raises SelectionError for what is no release: neither stored nor newer than everything stored.
    """
    stored = releases()
    if version in stored:
        return Known(asked=version, version=version, exact=True)
    try:
        newer = bool(stored) and Version(version) > Version(stored[-1])
    except InvalidVersion:
        newer = False
    if newer:
        return Known(asked=version, version=stored[-1], exact=False)
    raise _not_stored(version, stored)


def exactly(word: str) -> str:
    """The stored release that is meant: a version number in any spelling (`v1.6.5`), or `newest`.

    `1.3` is a beginning, not a release. Raises SelectionError for whatever is not stored, also for what
    is newer than everything stored.
    """
    stored = releases()
    if word.strip() == NEWEST and stored:
        return stored[-1]
    try:
        version = str(Version(word))
    except InvalidVersion:
        version = word
    if version not in stored:
        raise _not_stored(version, stored)
    return version


def _not_stored(version: str, stored: tuple[str, ...]) -> SelectionError:
    return SelectionError(
        culprit=f"openai-chatkit {version}",
        cause=f"No schemas are stored of chatkit {version}.",
        next_step=f"{_neighbours(version, stored)} `chatkit-harness schemas sync` stores further releases.",
    )


def _neighbours(version: str, stored: tuple[str, ...]) -> str:
    """The stored releases that begin so, or those on either side of one that is not stored.

    Beyond all of them, the two at that end, and apart from those the one that a slip of the pen may have
    meant.
    """
    try:
        place = bisect([Version(each) for each in stored], Version(version))
    except InvalidVersion:
        if close := nearest(version, (*stored, NEWEST), limit=1):
            return f"Did you mean {close[0]!r}?"
        return f"Stored: {_listed(stored)}."
    begun = [each for each in stored if each.startswith(f"{version}.")]
    if begun:
        return f"Stored of {version}: {_listed(begun)}."
    first = max(0, min(place - 1, len(stored) - 2))
    near = stored[first : first + 2]
    alike = nearest(version, stored, limit=1) if place in (0, len(stored)) else []
    if alike and alike[0] not in near:
        return f"Nearest stored: {' and '.join(near)}; spelt most like it: {alike[0]}."
    return f"Nearest stored: {' and '.join(near) or 'none'}."


def _listed(versions: Sequence[str]) -> str:
    """The last of many versions, which are those that are asked for."""
    return f"{'…, ' if len(versions) > _SHOWN else ''}{', '.join(versions[-_SHOWN:])}"


def widget_schema(version: str) -> Mapping[str, Any]:
    """The strict schema of a whole widget (its root) in a release."""
    return schema("widget", version)


def schema(kind: Kind, version: str) -> Mapping[str, Any]:
    """A stored schema, parsed once; the same object for all releases that share it.

    Raises SelectionError for an unknown release and ConfigurationError for a file that is broken.
    """
    return _file(kind, _index().releases[known(version).version][kind])


@lru_cache(maxsize=128)
def _file(kind: str, digest: str) -> Mapping[str, Any]:
    path = _folder() / file_name(kind, digest)
    try:
        document = json.loads(path.read_text("utf-8"))
        return document if isinstance(document, dict) else {}
    except (OSError, ValueError) as error:
        raise _unreadable(path, error) from None


def _unreadable(path: Path, error: Exception) -> ConfigurationError:
    return ConfigurationError(
        culprit=f"stored schemas ({path.name})",
        cause=f"They cannot be read: {error}.",
        next_step=written_again(path),
    )


def written_again(path: Path) -> str:
    """How a stored file that cannot be read is had again; a sync keeps what the index names, and reads it."""
    rest = "with `chatkit-harness schemas sync`, or install chatkit-harness again."
    if path.name == INDEX:
        return f"Delete {path}, and write all releases again {rest}"
    return f"Write them again {rest}"
