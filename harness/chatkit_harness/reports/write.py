"""Draws every report of a run into one folder."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from chatkit_harness.reports.document import document_text
from chatkit_harness.reports.html import html_report
from chatkit_harness.reports.junit import junit_report
from chatkit_harness.reports.markdown import markdown_report
from chatkit_harness.reports.view import view
from chatkit_harness.results import Results, write_whole


def write_reports(results: Results, folder: Path) -> list[Path]:
    """Write results.json, summary.md, junit.xml and report.html, each whole or not at all.

    Raises OutputError where the folder cannot be written; the results file is not touched.
    """
    seen = view(results)
    # One at a time: each of a full sweep's texts is tens of megabytes.
    writers: dict[str, Callable[[], str]] = {
        "results.json": lambda: document_text(results),
        "summary.md": lambda: markdown_report(seen),
        "junit.xml": lambda: junit_report(seen),
        "report.html": lambda: html_report(seen),
    }
    folder = Path(folder)
    for name, draw in writers.items():
        write_whole(folder / name, draw())
    return [folder / name for name in writers]
