"""The stored schemas of every known release of the client, `@openai/chatkit`.

`schemas/client/index.json` names, for each release, one file a kind: `widget`, what a whole widget may be,
and `effect`, what an effect carries (null where the release declares none). Releases with equal schemas share
the file. The declarations are all that is published of the client: what a browser makes of a widget is not in
them.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Any, Literal

from chatkit_harness.contracts.allowances import allowing
from chatkit_harness.contracts.catalogue import INDEX, file_name, newest_last, written_again
from chatkit_harness.contracts.validate import Judge
from chatkit_harness.core.data import data_folder
from chatkit_harness.core.errors import ConfigurationError, SelectionError

PACKAGE = "@openai/chatkit"
CLIENT_FORMAT = 1

ClientKind = Literal["widget", "effect"]
CLIENT_KINDS: tuple[ClientKind, ...] = ("widget", "effect")
CLIENT_ROOTS: Mapping[ClientKind, str] = {"widget": "WidgetRoot", "effect": "ClientEffect"}


@dataclass(frozen=True, slots=True, kw_only=True)
class ClientIndex:
    """`index.json`: release to the digest of its schema, kind by kind; None for what it does not declare."""

    generator: int
    releases: Mapping[str, Mapping[str, str | None]] = field(default_factory=dict)


def client_folder() -> Path:
    """Where the schemas of the client are stored."""
    return data_folder("schemas") / "client"


def read_client_index(folder: Path) -> ClientIndex:
    """The index of a folder of stored schemas; an empty one where there is none yet."""
    path = folder / INDEX
    if not path.is_file():
        return ClientIndex(generator=0)
    try:
        return _index_of(json.loads(path.read_text("utf-8")))
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise _unreadable(path, error) from None


def _index_of(document: Any) -> ClientIndex:
    if document["format"] != CLIENT_FORMAT:
        raise ValueError(f"the index is of format {document['format']}, not {CLIENT_FORMAT}")
    releases = dict(document["releases"])
    newest_last(releases)  # what is no version has no place among them
    return ClientIndex(generator=document["generator"], releases=releases)


@lru_cache(maxsize=1)
def _index() -> ClientIndex:
    return read_client_index(client_folder())


def client_releases() -> tuple[str, ...]:
    """The releases of the client whose schemas are stored, oldest first."""
    return tuple(newest_last(list(_index().releases)))


def client_schema(kind: ClientKind, version: str) -> Mapping[str, Any] | None:
    """What a stored release declares, None where it declares nothing of the kind; equal ones are one object.

    Raises SelectionError for a release that is not stored and ConfigurationError for a file that is broken.
    """
    releases = _index().releases
    if version not in releases:
        raise SelectionError(
            f"{PACKAGE} {version}",
            "No schemas are stored of this release of the client.",
            f"Stored: {', '.join(client_releases()) or 'none'}. `chatkit-harness schemas sync` renews them.",
        )
    digest = releases[version].get(kind)
    return None if digest is None else _file(kind, digest)


@lru_cache(maxsize=64)
def _file(kind: str, digest: str) -> Mapping[str, Any]:
    path = client_folder() / file_name(kind, digest)
    try:
        document = json.loads(path.read_text("utf-8"))
    except (OSError, ValueError) as error:
        raise _unreadable(path, error) from None
    return document if isinstance(document, dict) else {}


def alike(versions: Iterable[str], kind: ClientKind) -> list[tuple[str, ...]]:
    """The releases in groups that declare the same, oldest first."""
    groups: dict[str | None, list[str]] = {}
    for version in newest_last(list(versions)):
        groups.setdefault(_index().releases[version].get(kind), []).append(version)
    return [tuple(group) for group in groups.values()]


@lru_cache(maxsize=64)
def client_judge(version: str, kind: ClientKind) -> Judge | None:
    """What tells faults against the declarations of a release, allowances granted; None where it has none."""
    schema = client_schema(kind, version)
    if schema is None:
        return None
    return Judge(allowing(schema, version), release=version, top=kind, package=PACKAGE)


def spans(chosen: Iterable[str], every: Sequence[str]) -> str:
    """Releases in words: `all`, `none`, `1.7.0 on`, `up to 1.6.0`, `1.1.0 to 1.3.0, 1.7.0 on`."""
    wanted = set(chosen)
    if not wanted:
        return "none"
    if wanted >= set(every):
        return "all"
    runs: list[list[str]] = []
    for before, version in zip(("", *every), every, strict=False):
        if version in wanted:
            if runs and runs[-1][-1] == before:
                runs[-1].append(version)
            else:
                runs.append([version])
    return ", ".join(_span(run, every) for run in runs)


def _span(run: Sequence[str], every: Sequence[str]) -> str:
    if run[-1] == every[-1]:
        return f"{run[0]} on" if len(run) > 1 else run[0]
    if run[0] == every[0]:
        return f"up to {run[-1]}" if len(run) > 1 else run[0]
    return run[0] if len(run) == 1 else f"{run[0]} to {run[-1]}"


def _unreadable(path: Path, error: Exception) -> ConfigurationError:
    return ConfigurationError(
        culprit=f"stored schemas of the client ({path.name})",
        cause=f"They cannot be read: {error}.",
        next_step=written_again(path),
    )
