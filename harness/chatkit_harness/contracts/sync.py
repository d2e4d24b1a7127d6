"""Writing the strict schemas of chatkit's releases, as their own models tell them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from chatkit_harness.contracts.catalogue import INDEX_FORMAT, file_name, newest_last, read_index
from chatkit_harness.contracts.schema_folder import why_not, write_schemas
from chatkit_harness.contracts.strict import GENERATOR, KINDS, strict
from chatkit_harness.core.errors import HarnessError
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
            failed.append((version, why_not(error, version)))
            continue
        stored[version] = {kind: digest(each)[:12] for kind, each in fresh.items()}
        documents |= {file_name(kind, stored[version][kind]): each for kind, each in fresh.items()}
    header = {"format": INDEX_FORMAT, "generator": GENERATOR}
    written, removed = write_schemas(folder, header, stored, documents, KINDS)
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
