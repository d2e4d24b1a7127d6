"""Writers: each draws a run from its results alone. None runs, judges or changes anything."""

from chatkit_harness.reports.comparison_document import comparison_document
from chatkit_harness.reports.comparison_terminal import print_comparison
from chatkit_harness.reports.document import document_pieces, result_document
from chatkit_harness.reports.own_pair import Mine
from chatkit_harness.reports.progress import listener
from chatkit_harness.reports.terminal import print_report
from chatkit_harness.reports.write import write_comparison, write_reports

__all__ = [
    "Mine",
    "comparison_document",
    "document_pieces",
    "listener",
    "print_comparison",
    "print_report",
    "result_document",
    "write_comparison",
    "write_reports",
]
