"""Where runs go, and which one is meant where none is named."""

from __future__ import annotations

import contextlib
import datetime as dt
import errno
import os
import shutil
from collections.abc import Iterator
from pathlib import Path

from chatkit_harness.core.errors import ConfigurationError, OutputError, ResultsError
from chatkit_harness.results import RESULTS_FILE
from chatkit_harness.results.files import unwritable

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


@contextlib.contextmanager
def claimed(folder: Path, copies: str, *, answers: tuple[str, ...], begun: str) -> Iterator[None]:
    """Keep a folder for one command, which is never to take an older one's answers for its own.

    The command puts what it compares into `copies`, which only one can make; `answers` are the files that
    an older one may have left. Where `begun` has not come to be written in the end, `copies` is taken away
    again. Raises ConfigurationError where the folder is used already, OutputError where it cannot be made.
    """
    found = os.path.exists(folder)  # noqa: PTH110 - False for a name that no folder can have
    try:
        folder.mkdir(parents=True, exist_ok=True)
        if any((folder / name).exists() for name in answers):
            raise _used(folder)
        (folder / copies).mkdir()
    except FileExistsError as error:
        raise (_used(folder) if folder.is_dir() else unwritable(folder, error)) from None
    except OSError as error:
        raise unwritable(folder, error) from None
    try:
        yield
    finally:
        if not (folder / begun).exists():
            shutil.rmtree(folder / copies, ignore_errors=True)
            with contextlib.suppress(OSError):
                if not found:
                    folder.rmdir()


def require_new(folder: Path | None) -> None:
    """What can be known of the folder that a run goes to, before another one is read for minutes.

    Raises ConfigurationError where it holds a run already, OutputError where it cannot be written.
    """
    if folder is not None and os.path.lexists(folder / RESULTS_FILE):
        raise _used(folder)
    require_writable(folder)


def require_writable(folder: Path | None) -> None:
    """Raise OutputError for a folder that cannot be written, or not be made; nothing is made yet."""
    if folder is None:
        return
    whole = folder.absolute()
    there = next(each for each in (whole, *whole.parents) if os.path.exists(each))  # noqa: PTH110 - as above
    if not there.is_dir():
        raise unwritable(folder, OSError(errno.ENOTDIR, f"{there} is no folder"))
    if not os.access(there, os.W_OK | os.X_OK):
        raise unwritable(folder, OSError(errno.EACCES, os.strerror(errno.EACCES)))


def _used(folder: Path) -> ConfigurationError:
    return ConfigurationError(
        str(folder),
        "This folder holds another run, which is never overwritten.",
        "Name another folder with --out, or remove this one.",
    )


def newest_run(folder: Path = REPORTS) -> Path:
    """The folder of the newest run below `folder`. Raises ResultsError where there is none."""
    runs = list(folder.glob(f"*/{RESULTS_FILE}"))
    if not runs:
        raise ResultsError(
            str(folder), "There is no run here.", "Name one, or make one: `chatkit-harness run`."
        )
    return max(runs, key=lambda path: path.stat().st_mtime).parent
