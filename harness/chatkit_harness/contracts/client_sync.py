"""Writing what the releases of the client declare."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from chatkit_harness.contracts.catalogue import file_name, newest_last
from chatkit_harness.contracts.clients import CLIENT_FORMAT, CLIENT_KINDS, read_client_index
from chatkit_harness.contracts.declared import CLIENT_GENERATOR, declared
from chatkit_harness.contracts.schema_folder import why_not, write_schemas
from chatkit_harness.core.errors import HarnessError
from chatkit_harness.core.nouns import digest

Generate = Callable[[str], Mapping[str, Mapping[str, Any] | None]]
"""Gives, for a client release, the generator's document of each kind, None for what it does not declare."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ClientSyncReport:
    """What a sync did; `failed` are releases and why, which keep what was stored of them before."""

    releases: tuple[str, ...]
    written: tuple[str, ...] = ()
    removed: tuple[str, ...] = ()
    failed: tuple[tuple[str, str], ...] = ()
    distinct: Mapping[str, int]


def sync_clients(generate: Generate, versions: Iterable[str], folder: Path, *, tool: str) -> ClientSyncReport:
    """Store what these releases declare in a folder, beside those of others already there.

    `tool` names the generator, for the index. A release that cannot be had is reported, not raised. The
    index changes last, so that a sync broken off leaves a folder that can be read. Raises OutputError where
    the folder cannot be written, and ConfigurationError where its index cannot be read: written anew for a
    few releases, it would forget the others.
    """
    before = read_client_index(folder)
    stored = dict(before.releases) if before.generator == CLIENT_GENERATOR else {}
    documents: dict[str, Any] = {}
    failed: list[tuple[str, str]] = []
    for version in versions:
        try:
            given = generate(version)
            fresh = {kind: None if raw is None else declared(raw) for kind, raw in given.items()}
        except (HarnessError, LookupError, TypeError, ValueError) as error:
            failed.append((version, why_not(error, version)))
            continue
        stored[version] = {kind: digest(each)[:12] if each else None for kind, each in fresh.items()}
        documents |= {file_name(kind, digest(each)[:12]): each for kind, each in fresh.items() if each}
    header = {"format": CLIENT_FORMAT, "generator": CLIENT_GENERATOR, "made_with": tool}
    written, removed = write_schemas(folder, header, stored, documents, CLIENT_KINDS)
    return ClientSyncReport(
        releases=tuple(newest_last(list(stored))),
        written=written,
        removed=removed,
        failed=tuple(failed),
        distinct={kind: len({each[kind] for each in stored.values()} - {None}) for kind in CLIENT_KINDS},
    )
