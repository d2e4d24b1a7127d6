"""One run's results: the writer, the reader and the verdict. Nothing here runs or judges a case."""

from chatkit_harness.results.alike import case_form, differences, plain_form, transcript_form
from chatkit_harness.results.believable import believable
from chatkit_harness.results.files import write_whole
from chatkit_harness.results.reader import Results, read_header, read_results, read_so_far
from chatkit_harness.results.records import RESULTS_FILE, SCHEMA_VERSION, Rechecked, RunFooter, RunHeader
from chatkit_harness.results.shared import Shared
from chatkit_harness.results.transcripts import (
    copy_transcript,
    find_transcript,
    load_transcript,
    pack_transcript,
    store_packed,
    store_transcript,
    stored_transcripts,
)
from chatkit_harness.results.verdict import exit_status, summary
from chatkit_harness.results.writer import ResultsWriter

__all__ = [
    "RESULTS_FILE",
    "SCHEMA_VERSION",
    "Rechecked",
    "Results",
    "ResultsWriter",
    "RunFooter",
    "RunHeader",
    "Shared",
    "believable",
    "case_form",
    "copy_transcript",
    "differences",
    "exit_status",
    "find_transcript",
    "load_transcript",
    "pack_transcript",
    "plain_form",
    "read_header",
    "read_results",
    "read_so_far",
    "store_packed",
    "store_transcript",
    "stored_transcripts",
    "summary",
    "transcript_form",
    "write_whole",
]
