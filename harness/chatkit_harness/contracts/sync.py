"""Writing the stored schemas: equal ones once, the index last, what nobody refers to removed."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from chatkit_harness.contracts.catalogue import INDEX, INDEX_FORMAT, file_name, newest_last, read_index
from chatkit_harness.contracts.strict import GENERATOR, KINDS, strict
from chatkit_harness.core.errors import HarnessError, OutputError
from chatkit_harness.core.nouns import digest

Dump = Callable[[str], Mapping[str, Any]]
"""Gives, for a chatkit release, the document that `incell/model_schemas.py` prints in its environment."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SyncReport:
    """What a sync did; `failed` are releases and why, which keep what was stored of them before."""

    releases: tuple[str, ...]
    written: tuple[str, ...] = ()
    removed: tuple[str, ...] = ()
    failed: tuple[tuple[str, str], ...] = ()
    distinct: Mapping[str, int]


def sync(dump: Dump, versions: Iterable[str], folder: Path) -> SyncReport:
    """Store the strict schemas of these releases in a folder, beside those of others already there.

    What another generation of `strict` wrote is not kept, since equal models would not look equal.
    A release that cannot be dumped is reported, not raised. Files appear whole or not at all, and the
    index changes last, so that a sync broken off leaves a folder that can be read. Raises OutputError
    where the folder cannot be written.
    """
    before = read_index(folder)
    stored: dict[str, Mapping[str, str]] = dict(before.releases) if before.generator == GENERATOR else {}
    documents: dict[str, Any] = {}
    failed: list[tuple[str, str]] = []
    for version in versions:
        try:
            fresh = _schemas(dump(version))
        except (HarnessError, LookupError, TypeError, ValueError) as error:
            failed.append((version, str(error)))
            continue
        stored[version] = {kind: digest(each)[:12] for kind, each in fresh.items()}
        documents |= {file_name(kind, stored[version][kind]): each for kind, each in fresh.items()}
    try:
        written, removed = _store(folder, stored, documents)
    except OSError as error:
        raise OutputError(
            culprit=str(folder),
            cause=f"The schemas cannot be written: {error.strerror or error}.",
            next_step="Name a folder that can be written.",
        ) from None
    return SyncReport(
        releases=tuple(newest_last(list(stored))),
        written=written,
        removed=removed,
        failed=tuple(failed),
        distinct={kind: len({each[kind] for each in stored.values()}) for kind in KINDS},
    )


def _schemas(raw: Mapping[str, Any]) -> dict[str, Any]:
    if "error" in raw:
        raise ValueError(str(raw["error"]))
    return {kind: strict(raw, kind) for kind in KINDS}


def _store(
    folder: Path, stored: Mapping[str, Mapping[str, str]], documents: Mapping[str, Any]
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    folder.mkdir(parents=True, exist_ok=True)
    wanted = {file_name(kind, each[kind]) for each in stored.values() for kind in each}
    written = sorted(name for name in wanted & set(documents) if put(folder / name, documents[name]))
    index = {
        "format": INDEX_FORMAT,
        "generator": GENERATOR,
        "releases": {version: stored[version] for version in newest_last(list(stored))},
    }
    put(folder / INDEX, index, sort=False)
    stale = sorted(
        path for kind in KINDS for path in folder.glob(f"{kind}-*.json") if path.name not in wanted
    )
    for path in stale:
        path.unlink()
    return tuple(written), tuple(path.name for path in stale)


def put(path: Path, document: Any, *, sort: bool = True) -> bool:
    """Write a document in one step; False where the file holds it already."""
    text = json.dumps(document, sort_keys=sort, indent=1, ensure_ascii=True) + "\n"
    if path.is_file() and path.read_text("utf-8") == text:
        return False
    aside = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        aside.write_text(text, "utf-8")
        aside.replace(path)
    finally:
        aside.unlink(missing_ok=True)
    return True
