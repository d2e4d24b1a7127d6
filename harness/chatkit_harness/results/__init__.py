"""One run's results: the writer, the reader and the verdict. Nothing here runs or judges a case."""

from chatkit_harness.results.reader import Results, read_results
from chatkit_harness.results.records import RESULTS_FILE, SCHEMA_VERSION, RunFooter, RunHeader
from chatkit_harness.results.verdict import exit_status, summary
from chatkit_harness.results.writer import ResultsWriter, write_whole

__all__ = [
    "RESULTS_FILE",
    "SCHEMA_VERSION",
    "Results",
    "ResultsWriter",
    "RunFooter",
    "RunHeader",
    "exit_status",
    "read_results",
    "summary",
    "write_whole",
]
