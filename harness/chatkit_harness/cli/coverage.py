"""`chatkit-harness list coverage`: what a cell's packages can pass on, and which scenario exercises it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import click

from chatkit_harness.core.errors import SelectionError
from chatkit_harness.engine.coverage import CellCoverage, KindCoverage, coverage, ground_in
from chatkit_harness.engine.run import run
from chatkit_harness.engine.targets import NATIVE
from chatkit_harness.reports import listener
from chatkit_harness.results import read_results

from .folders import output_folder
from .named import require_named, require_no_selection, words
from .selection import NEWEST, from_command_line, run_settings
from .tell import console, print_document, tell_complaints

NAMED = 3
"""How many scenarios a row of the table names."""

_OF_A_RUN = ("what", "source", "style", "cache", "index")
"""What may be said beside a run that was."""


def tell_coverage(given: dict[str, Any], style: str, source: Path | None) -> int:
    """Print the coverage of a run that was, or of one that is done for it.

    0, whatever is left open; 3 where a part of the results, or a cell's packages, cannot be read, or a cell
    drove nothing natively, so that more may be exercised. Raises UsageError for a selection beside a run that
    was, and for a run without a native case.
    """
    if source is not None:
        require_no_selection(_OF_A_RUN, "finished runs are told")
        return _tell(source, given, style)
    require_named(given)
    _require_native(given)
    with output_folder(None) as out:
        # What is driven today is what a user would install today.
        # A workflow of the project's settings has no part in the one path that is asked.
        asked = {**given, "path": ("native",), "workflow": None}
        asked["resolution"] = given.get("resolution") or "today"
        settings = run_settings(asked, pairs=NEWEST, out=out)
        with listener(console(stderr=True)) as heard:
            run(settings, heard)
        return _tell(out, given, style)


def _require_native(given: dict[str, Any]) -> None:
    """Raise SelectionError for another path of the command line: what an answer of its shows is no kind."""
    asked = words(given["path"])
    if asked and asked != (NATIVE,) and from_command_line("path"):
        cause = "What a cell can pass on is what its chatkit gives to a client: the native path alone."
        raise SelectionError(f"--path {','.join(asked)}", cause, "Leave it out.")


def _tell(source: Path, given: dict[str, Any], style: str) -> int:
    results = read_results(source)
    found = coverage(results, ground_in(given.get("cache"), given.get("index")))
    if style == "json":
        print_document({"coverage": [_document(each) for each in found]})
    else:
        for each in found:
            click.echo("\n".join(_lines(each)))
    tell_complaints(results.complaints)
    return 3 if results.complaints or any(each.unreadable for each in found) else 0


def _document(found: CellCoverage) -> dict[str, Any]:
    return {
        "cell": found.cell.id,
        "unreadable": found.unreadable,
        "failing": list(found.failing),
        "spaces": [
            {
                "space": space,
                "kinds": len(kinds),
                "exercised": _exercised(kinds),
                "by_hand": _by_hand(kinds),
            }
            for space, kinds in found.by_space().items()
        ],
        "kinds": [
            {
                "kind": each.kind,
                "exercised_by": list(each.exercised_by),
                "seen_in": list(each.seen_in),
                "by_hand": each.by_hand,
                "gap": not each.exercised_by,
                "failing": list(each.failing),
                "skipped": [{"scenario": name, "reason": why} for name, why in each.skipped.items()],
            }
            for each in found.kinds
        ],
    }


def _lines(found: CellCoverage) -> Iterator[str]:
    yield found.cell.id
    if found.unreadable is not None:
        yield f"  {found.unreadable}"
    for space, kinds in found.by_space().items():
        yield f"\n{space}: {_exercised(kinds)} of {len(kinds)} exercised ({_share(kinds)})"
        rows = [_row(each) for each in kinds]
        width = max(len(name) for name, _ in rows)
        yield from (f"{name:{width}}  {told}" for name, told in rows)
    if found.failing:
        yield f"\nDid not pass, and so exercise nothing: {', '.join(found.failing)}"


def _row(each: KindCoverage) -> tuple[str, str]:
    name = each.kind.partition("/")[2]
    if each.by_hand:
        return f"  ✓ {name}", f"by hand only: {_some(each.exercised_by)}"
    if each.exercised_by:
        return f"  ✓ {name}", _some(each.exercised_by)
    return f"  {'○' if each.seen_in else '✗'} {name}", f"gap: {_why(each)}"


def _why(each: KindCoverage) -> str:
    """Why nothing exercises a kind: what would, and did not; or that nothing would."""
    told = [f"did not pass: {_some(each.failing)}"] if each.failing else []
    for reason in dict.fromkeys(each.skipped.values()):
        names = tuple(name for name, why in each.skipped.items() if why == reason)
        told.append(f"{_some(names)} {'is' if len(names) == 1 else 'are'} skipped ({reason})")
    if told:
        return "; ".join(told)
    if each.seen_in:
        return f"came through in {_some(each.seen_in)}, and none would miss it"
    return "shown by no scenario of this run"


def _some(names: tuple[str, ...]) -> str:
    more = f" and {len(names) - NAMED} more" if len(names) > NAMED else ""
    return f"{', '.join(names[:NAMED])}{more}"


def _exercised(kinds: tuple[KindCoverage, ...]) -> int:
    return sum(1 for each in kinds if each.exercised_by)


def _by_hand(kinds: tuple[KindCoverage, ...]) -> int:
    return sum(1 for each in kinds if each.by_hand)


def _share(kinds: tuple[KindCoverage, ...]) -> str:
    """How much of a space is exercised, and how many kinds of that no package makes by itself."""
    share, by_hand = f"{_exercised(kinds) / max(len(kinds), 1):.0%}", _by_hand(kinds)
    return f"{share}, {by_hand} by hand only" if by_hand else share


RUN = click.argument("source", metavar="[RUN]", type=click.Path(path_type=Path), required=False)
