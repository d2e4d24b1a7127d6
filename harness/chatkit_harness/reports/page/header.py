"""What the page says of the run itself: when, how, on which machine, and what its times mean."""

from __future__ import annotations

import shlex
from collections.abc import Iterator

from chatkit_harness.reports.text import clean, runs_elsewhere
from chatkit_harness.results import Results


def told_of_run(results: Results) -> list[tuple[str, str]]:
    """The facts, each with what it is."""
    return [(what, clean(words)) for what, words in _told(results)]


def _told(results: Results) -> Iterator[tuple[str, str]]:
    header, footer = results.header, results.footer
    yield "chatkit-harness", header.harness_version
    yield "started", header.started
    if footer is None:
        yield "finished", "never: the results file has no end"
    else:
        yield "finished", f"{footer.finished}{' (interrupted)' if footer.interrupted else ''}"
    if header.command:
        words = [each for each in header.command if each != "chatkit-harness"]
        yield "command", shlex.join(["chatkit-harness", *words])
    yield "outgoing traffic", header.enforcement or "not told"
    yield "pacing", f"{header.pacing:g}"
    if header.checks:
        yield "checks", ", ".join(header.checks)
    if header.host:
        yield "machine", ", ".join(f"{key} {value}" for key, value in header.host.items())
    if header.index:
        yield "releases", _INDEX.get(header.index, header.index)
    for complaint in results.complaints:
        said = (complaint.get(key) or "" for key in ("cause", "next_step"))
        yield "complaint", f"{complaint.get('culprit') or ''}: {' '.join(said)}"


_INDEX = {
    "fresh": "as the package index named them then",
    "stale": "as the package index had named them earlier: it did not answer",
}


def timing_note(results: Results) -> str:
    """What the times of a run are times of."""
    if any(map(runs_elsewhere, results.cells)):
        return "Medians a case, as seen from here; the processor's time is that of asking alone."
    if results.header.pacing:
        return (
            f"Medians a case at pacing {results.header.pacing:g}: waits of live recordings are in them; "
            "a scripted cassette has no model time at all."
        )
    return (
        "Medians a case, of the server's and the framework's own work: the model on loopback answers at "
        "once, and a scripted cassette has no model time."
    )
