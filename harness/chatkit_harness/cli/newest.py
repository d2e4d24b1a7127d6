"""The run that is meant where none is named."""

from __future__ import annotations

from pathlib import Path

from chatkit_harness.core.errors import ResultsError
from chatkit_harness.results import RESULTS_FILE


def newest_run(folder: Path = Path("reports")) -> Path:
    """The folder of the newest run below `folder`. Raises ResultsError where there is none."""
    runs = list(folder.glob(f"*/{RESULTS_FILE}"))
    if not runs:
        raise ResultsError(
            str(folder), "There is no finished run here.", "Name one, or make one: `chatkit-harness run`."
        )
    return max(runs, key=lambda path: path.stat().st_mtime).parent
