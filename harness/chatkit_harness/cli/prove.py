"""`chatkit-harness prove`: which pin decides each break of a run, driven instead of suspected."""

from __future__ import annotations

import contextlib
import dataclasses
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import click

from chatkit_harness.bisect.behind import look_behind
from chatkit_harness.bisect.borders import Border, borders
from chatkit_harness.bisect.hidden import hidden
from chatkit_harness.bisect.proving import prove
from chatkit_harness.causes import regroup
from chatkit_harness.core.codec import to_document
from chatkit_harness.core.errors import OutputError, SelectionError
from chatkit_harness.core.nouns import Cause
from chatkit_harness.engine.own import find_own
from chatkit_harness.reports.breaks import Break, breaks
from chatkit_harness.reports.text import count, listed
from chatkit_harness.results import Results, read_results
from chatkit_harness.results.files import FolderLock
from chatkit_harness.results.proofs import Proofs, read_proofs

from . import options
from .chosen_run import chosen_run
from .resume import resumed
from .selection import run_settings
from .tell import follow_log, print_document, tell_complaints


@click.command()
@click.argument("results", required=False, type=click.Path(path_type=Path))
@click.option("--break", "numbers", multiple=True, type=click.IntRange(min=1), metavar="N",
              help="Only this break, numbered as `breaks` numbers them; may be repeated.")  # fmt: skip
@options.SERVER
@options.HEADER
@options.OTHER_HEADER
@options.ENV
@options.DATA
@options.SCENARIOS
@options.CASSETTES
@options.JOBS
@options.INDEX
@options.CACHE
@options.FORMAT
@options.VERBOSE
def command(
    *, results: Path | None, numbers: tuple[int, ...], style: str, verbose: bool, **given: Any
) -> int:
    """Settle which pin decides each break that a finished run found, and at which release.

    RESULTS is a run's folder; default: the newest run in reports/. A run sees which versions fail together;
    where several pins moved at once, or releases lie between the last that works and the first that does not,
    it can only suspect. Of each break the two cells closest to each other on both sides are taken, and what
    lies between is driven as `bisect` does. Where one break is met before another, a cell that nobody could
    tell of is driven with what keeps the first one away. What is found is kept in the run's folder, in
    proofs.json, from which `breaks` tells it; what was settled before is not driven again. Headers and
    variables that the run had are given again: their values are kept nowhere. The exit status is 0 where all
    that was asked is settled, else 3.

    \b
    Example:
      chatkit-harness prove reports/20261121-120000
      chatkit-harness prove --break 4 --break 17
    """
    follow_log(verbose)
    run = read_results(chosen_run(results))
    causes = regroup(run.header, run.cases, run.cells)
    found = breaks(run, causes)
    keys = _keys(found, numbers)
    wanted = list(borders(run, [each for each in causes if each.key in keys]))
    kept = _driven(run, causes, found, keys, wanted, given) if wanted else read_proofs(run.folder)
    proofs = [each for each in kept.proofs if each.cause in keys]
    behind = [each for each in kept.behind if each.cause in keys]
    settled = sum(each.verdict == "found" for each in proofs)
    borders_of = {each.cause for each in wanted}
    whole = settled == len(proofs) and keys <= borders_of and all(each.shows is not None for each in behind)
    if style == "json":
        document = {"settled": settled, "proofs": to_document(proofs), "behind": to_document(behind)}
        print_document(document)
    else:
        told = f"{settled} of {count(len(proofs), 'border')} settled"
        click.echo(f"{told}; {_untold(run, found, wanted, keys)}")
    tell_complaints(run.complaints)
    return 0 if whole else 3


def _driven(  # noqa: PLR0917 - all of it is what is asked
    run: Results,
    causes: Sequence[Cause],
    found: Sequence[Break],
    keys: set[str],
    wanted: Sequence[Border],
    given: dict[str, Any],
) -> Proofs:
    """What is known once all is driven; what the run had, and keeps nowhere, has to be given again."""
    settings = dataclasses.replace(
        resumed(run_settings(given, out=run.folder)),
        isolation="venv", executor="threads", shard=None, sample=None, costs=None, pairs=(), read_by=(),
    )  # fmt: skip
    find_own(settings)  # what does not suit the run's server is told before anything is driven
    by_key = {each.key: each for each in causes}
    failing = [by_key[each.key] for each in found]
    with _held(run.folder):
        kept = prove(run.folder, wanted, settings, say=_say)
        asked = [each for each in hidden(run, failing, kept) if each.cause in keys]
        return look_behind(run.folder, asked, settings, say=_say)


@contextlib.contextmanager
def _held(folder: Path) -> Iterator[None]:
    """The run's folder, while nobody else drives for it. Raises OutputError where it cannot be written."""
    try:
        lock = FolderLock(folder)
    except OSError as error:
        cause = f"It cannot be written ({error.strerror})."
        raise OutputError(str(folder), cause, "Copy the run to a folder that can be.") from None
    try:
        yield
    finally:
        lock.release()


def _keys(found: Sequence[Break], numbers: Sequence[int]) -> set[str]:
    """The causes of the breaks named. Raises SelectionError for a number that none has."""
    for number in numbers:
        if number > len(found):
            step = f"Name one of 1 to {len(found)}." if found else "Leave it out."
            raise SelectionError(f"--break {number}", f"The run has {count(len(found), 'break')}.", step)
    return {each.key for each in found if not numbers or each.number in numbers}


def _untold(run: Results, found: Sequence[Break], wanted: Sequence[Border], keys: set[str]) -> str:
    """Which breaks have no two cells to begin with, and where the others are told."""
    asked = {each.cause for each in wanted}
    without = [str(each.number) for each in found if each.key in keys - asked]
    told = f"see `chatkit-harness breaks {run.folder}`"
    if not without:
        return told
    named = listed([f"break {number}" for number in without])
    return (
        f"{told}. No two cells of the run lie next to each other, all else asked for alike, of which one "
        f"shows {named} and the other passes the same: sweep more releases, or another --resolution, and "
        "prove that run"
    )


def _say(text: str) -> None:
    click.echo(text, err=True)
