"""A folder of stored schemas: equal ones once, the index last, what nobody refers to removed."""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from chatkit_harness.contracts.catalogue import INDEX, file_name, newest_last
from chatkit_harness.core.errors import HarnessError, OutputError


def write_schemas(
    folder: Path,
    header: Mapping[str, Any],
    releases: Mapping[str, Mapping[str, str | None]],
    documents: Mapping[str, Any],
    kinds: Iterable[str],
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The files that were written and removed, so that the folder holds what `releases` names by kind.

    `documents` are those at hand, by file; others are there already. `header` opens the index. Raises
    OutputError where the folder cannot be written.
    """
    wanted = {file_name(kind, one) for each in releases.values() for kind, one in each.items() if one}
    try:
        folder.mkdir(parents=True, exist_ok=True)
        written = sorted(name for name in wanted & set(documents) if _put(folder / name, documents[name]))
        index = {
            **header,
            "releases": {version: releases[version] for version in newest_last(list(releases))},
        }
        _put(folder / INDEX, index, sort=False)
        stale = sorted(
            path for kind in kinds for path in folder.glob(f"{kind}-*.json") if path.name not in wanted
        )
        for path in stale:
            path.unlink()
    except OSError as error:
        cause = f"The schemas cannot be written: {error.strerror or error}."
        raise OutputError(str(folder), cause, "Name a folder that can be written.") from None
    return tuple(written), tuple(path.name for path in stale)


def _put(path: Path, document: Any, *, sort: bool = True) -> bool:
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


def why_not(error: Exception, version: str) -> str:
    """Why a release cannot be had, beside its version: an error of that release names it as well."""
    if isinstance(error, HarnessError) and error.culprit.endswith(f" {version}"):
        return f"{error.cause} {error.next_step}".strip()
    return str(error)
