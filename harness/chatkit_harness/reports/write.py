"""Draws every report of a run into one folder."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

from chatkit_harness.comparison import Comparison, compare, has_both_paths
from chatkit_harness.reports.comparison_document import comparison_text
from chatkit_harness.reports.comparison_markdown import comparison_markdown
from chatkit_harness.reports.comparison_page import comparison_page
from chatkit_harness.reports.document import document_text
from chatkit_harness.reports.html import html_report
from chatkit_harness.reports.junit import junit_report
from chatkit_harness.reports.markdown import markdown_report
from chatkit_harness.reports.view import view
from chatkit_harness.results import Results, write_whole


def write_comparison(comparison: Comparison, folder: Path) -> list[Path]:
    """Write comparison.md, comparison.json and comparison.html, for a comparison by itself."""
    writers = {**comparison_writers(comparison), "comparison.html": lambda: comparison_page(comparison)}
    return _written(writers, folder)


def comparison_writers(comparison: Comparison) -> dict[str, Callable[[], str]]:
    """The files of a comparison that have no place elsewhere, by name."""
    return {
        "comparison.md": lambda: comparison_markdown(comparison),
        "comparison.json": lambda: comparison_text(comparison),
    }


def write_reports(results: Results, folder: Path) -> list[Path]:
    """Write results.json, summary.md, junit.xml and report.html, each whole or not at all.

    Where both paths were driven, comparison.md and comparison.json as well.
    Raises OutputError where the folder cannot be written; the results file is not touched.
    """
    seen = view(results)
    comparison = compare(results) if has_both_paths(results) else None
    # One at a time: each of a full sweep's texts is tens of megabytes.
    writers: dict[str, Callable[[], str]] = {
        "results.json": lambda: document_text(results),
        "summary.md": lambda: markdown_report(seen),
        "junit.xml": lambda: junit_report(seen),
        "report.html": lambda: html_report(seen, comparison),
    }
    if comparison is not None:
        writers |= comparison_writers(comparison)
    return _written(writers, folder)


def _written(writers: Mapping[str, Callable[[], str]], folder: Path) -> list[Path]:
    folder = Path(folder)
    for name, draw in writers.items():
        write_whole(folder / name, draw())
    return [folder / name for name in writers]
