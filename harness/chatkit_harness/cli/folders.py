"""Where runs go, and which one is meant where none is named."""

from __future__ import annotations

import contextlib
import datetime as dt
from collections.abc import Iterator
from pathlib import Path

from chatkit_harness.core.errors import OutputError, ResultsError
from chatkit_harness.results import RESULTS_FILE

REPORTS = Path("reports")


@contextlib.contextmanager
def output_folder(named: Path | None) -> Iterator[Path]:
    """The folder named, or one of this run's own that no other run can take.

    Where nothing comes to be written, because the selection was wrong, no folder is left either.
    Raises OutputError where it cannot be made.
    """
    if named is not None:
        yield named
        return
    folder = _reserved()
    try:
        yield folder
    finally:
        with contextlib.suppress(OSError):
            folder.rmdir()  # only an empty folder lets itself be removed
            folder.parent.rmdir()


def _reserved() -> Path:
    stamp = dt.datetime.now().strftime("%Y%m%d-%H%M%S")  # noqa: DTZ005 - a folder's name, in the user's own time
    for number in range(1, 1000):
        folder = REPORTS / (stamp if number == 1 else f"{stamp}-{number}")
        try:
            folder.mkdir(parents=True)
        except FileExistsError:
            continue
        except OSError as error:
            raise OutputError(
                str(folder), f"It cannot be made ({error.strerror}).", "Name a folder with --out."
            ) from None
        return folder
    raise OutputError(str(REPORTS), "It holds a thousand runs of this second.", "Name a folder with --out.")


def newest_run(folder: Path = REPORTS) -> Path:
    """The folder of the newest run below `folder`. Raises ResultsError where there is none."""
    runs = list(folder.glob(f"*/{RESULTS_FILE}"))
    if not runs:
        raise ResultsError(
            str(folder), "There is no run here.", "Name one, or make one: `chatkit-harness run`."
        )
    return max(runs, key=lambda path: path.stat().st_mtime).parent
