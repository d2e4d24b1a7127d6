"""Draws every report of a run into one folder."""

from __future__ import annotations

import contextlib
import os
import uuid
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path

from chatkit_harness.comparison import Comparison, compare, has_both_paths
from chatkit_harness.core.errors import OutputError
from chatkit_harness.reports.comparison_document import comparison_text
from chatkit_harness.reports.comparison_markdown import comparison_markdown
from chatkit_harness.reports.comparison_page import comparison_page
from chatkit_harness.reports.document import document_pieces
from chatkit_harness.reports.html import html_pieces
from chatkit_harness.reports.junit import junit_pieces
from chatkit_harness.reports.markdown import markdown_report
from chatkit_harness.reports.own_pair import Mine
from chatkit_harness.reports.view import view
from chatkit_harness.results import Results
from chatkit_harness.results.records import TRANSCRIPTS

Pieces = Iterable[str]


def write_comparison(comparison: Comparison, folder: Path) -> list[Path]:
    """Write comparison.md, comparison.json and comparison.html, for a comparison by itself."""
    writers = {**comparison_writers(comparison), "comparison.html": lambda: [comparison_page(comparison)]}
    return _written(writers, folder)


def comparison_writers(comparison: Comparison) -> dict[str, Callable[[], Pieces]]:
    """The files of a comparison that have no place elsewhere, by name."""
    return {
        "comparison.md": lambda: [comparison_markdown(comparison)],
        "comparison.json": lambda: [comparison_text(comparison)],
    }


def write_reports(
    results: Results, folder: Path, *, mine: Mine | None = None, comparison: Comparison | None = None
) -> list[Path]:
    """Write results.json, summary.md, junit.xml and report.html, each whole or not at all.

    Where both paths were driven, comparison.md and comparison.json as well; `comparison` is the one to write
    where it is not that of the results alone. `mine` is the pair that they mark as their reader's own;
    default: as the run was told, or what a file of the reader pinned.
    Raises OutputError where the folder cannot be written; the results file is not touched.
    """
    seen = view(results)
    if comparison is None and has_both_paths(results):
        comparison = compare(results)
    beside = _way(Path(folder), results.folder / TRANSCRIPTS)
    # Piece by piece: a full sweep's texts are tens of megabytes each.
    writers: dict[str, Callable[[], Pieces]] = {
        "results.json": lambda: document_pieces(results),
        "summary.md": lambda: [markdown_report(seen, mine)],
        "junit.xml": lambda: junit_pieces(seen),
        "report.html": lambda: html_pieces(seen, comparison, transcripts=beside, mine=mine),
    }
    if comparison is not None:
        writers |= comparison_writers(comparison)
    return _written(writers, folder)


def _written(writers: Mapping[str, Callable[[], Pieces]], folder: Path) -> list[Path]:
    folder = Path(folder)
    for name, draw in writers.items():
        _write(folder / name, draw())
    return [folder / name for name in writers]


def _write(path: Path, pieces: Pieces) -> None:
    """Write a file as its pieces come: afterwards it is there whole, or it is as it was."""
    scratch = path.with_name(f".{uuid.uuid4().hex}.part")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with scratch.open("x", encoding="utf-8", newline="\n", buffering=1 << 20) as file:
            file.writelines(pieces)
        scratch.replace(path)
    except OSError as error:
        raise OutputError(
            str(path),
            f"It cannot be written: {error.strerror or error}.",
            "Name a folder that can be written with --out, or free some space.",
        ) from error
    finally:
        with contextlib.suppress(OSError):
            scratch.unlink(missing_ok=True)


def _way(page: Path, transcripts: Path) -> str:
    """How a page finds the transcripts: beside itself, wherever both are moved together."""
    try:
        return Path(os.path.relpath(transcripts.resolve(), page.resolve())).as_posix()
    except ValueError:  # on another drive
        return transcripts.resolve().as_uri()
