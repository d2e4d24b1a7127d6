"""Today's checks over yesterday's transcripts: no server, no model and no second run."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from chatkit_harness import __version__
from chatkit_harness.causes.reproduce import options_of_run
from chatkit_harness.checks import CHECKS, require_known, run_checks
from chatkit_harness.checks.judge import judge
from chatkit_harness.core import events
from chatkit_harness.core.codec import CodecError, from_document, to_document
from chatkit_harness.core.errors import ResultsError
from chatkit_harness.core.nouns import CaseResult
from chatkit_harness.core.scenario import Scenario, on_path
from chatkit_harness.reports import write_reports
from chatkit_harness.results import Rechecked, Results, ResultsWriter, read_results

from .answers import as_saved
from .clients import judged_by, select_clients, select_schemas
from .recorder import Recorder


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class _Judges:
    """The checks (None: all), and by which releases besides the cell's own they judge."""

    checks: Sequence[str] | None
    clients: Sequence[str]
    widgets_by: Sequence[str]


def recheck(
    source: Path,
    out: Path,
    listener: events.Listener,
    *,
    checks: Sequence[str] | None = None,
    clients: str | None = None,
    widgets_by: str | None = None,
    scenarios: Mapping[str, Scenario] | None = None,
    as_today: bool = False,
) -> Results:
    """Judge every transcript of the run at `source` again and write a results folder of its own.

    The scenarios are the run's own, as they were; with `as_today` those of `scenarios` take their place,
    without it they only serve to tell which have changed since. `clients` are words for the releases of the
    client that widgets are judged by, `widgets_by` words for chatkit releases whose schemas judge them
    besides the cell's own, both by default as the run named them. The old run is not changed. Raises
    ResultsError where it cannot be read.
    """
    require_known(checks or ())
    select_clients(clients)  # a release that there is not is told before a sweep is read
    select_schemas(widgets_by)
    old = read_results(source)
    asked = {"clients": clients, "widgets_by": widgets_by}
    selection = {**old.header.selection, **{name: words for name, words in asked.items() if words}}
    judges = _Judges(
        checks=checks,
        clients=select_clients(selection.get("clients")),
        widgets_by=select_schemas(selection.get("widgets_by")),
    )
    then = recorded_scenarios_of(old)
    known = {**then, **(scenarios or {})} if as_today else then
    with ResultsWriter(out) as writer:
        writer.header(
            dataclasses.replace(
                old.header,
                harness_version=__version__,
                checks=tuple(checks or CHECKS),
                selection=selection,
            )
        )
        listener(events.RunPlanned(cells=len(old.cells), cases=len(old.cases)))
        # What was out of reach then still is not known today.
        recorder = Recorder(
            writer,
            listener,
            old.footer.complaints if old.footer else (),
            started=old.header.started,
            options=options_of_run(selection),
        )
        changed = [] if as_today else _changed(then, scenarios or {})
        if changed:
            listener(
                events.Note(text=f"Changed since that run: {', '.join(changed)}. --today judges by them.")
            )
        for cell in old.cells:
            recorder.cell(cell)
            listener(events.CellResolved(cell=cell))
        for case in old.cases:
            recorder.case(_again(old, case, known, recorder, judges))
        footer = recorder.footer(interrupted=old.footer is None or old.footer.interrupted)
        writer.footer(dataclasses.replace(footer, rechecked=_rechecked(old, recorder, checks)))
    results = read_results(out)
    write_reports(results, out)
    return results


def _rechecked(old: Results, now: Recorder, checks: Sequence[str] | None) -> Rechecked:
    """What changed against what the run had said."""
    changed = [(case.id, case.outcome, now.outcome(case.id)) for case in old.cases]
    asked = frozenset(checks or CHECKS)
    return Rechecked(
        failed_before=sum(before == "fail" for _, before, _ in changed),
        failed_now=sum(after == "fail" for _, _, after in changed),
        new_failures=tuple(name for name, before, after in changed if after == "fail" != before),
        no_longer=tuple(name for name, before, after in changed if before == "fail" and after == "pass"),
        unasked=tuple(check for check in old.header.checks if check not in asked),
    )


def recorded_scenarios_of(results: Results) -> dict[str, Scenario]:
    """The scenarios that a run was made with. Raises ResultsError where the header does not hold them."""
    try:
        return {
            name: from_document(Scenario, document) for name, document in results.header.scenarios.items()
        }
    except CodecError as error:
        raise ResultsError(
            "results file", f"A scenario in its header cannot be read ({error}).", "Run the scenarios again."
        ) from None


def _changed(then: Mapping[str, Scenario], now: Mapping[str, Scenario]) -> list[str]:
    def said(scenario: Scenario) -> Any:
        # Where a scenario came from, and its YAML as it stood, do not change what it expects.
        return to_document(dataclasses.replace(scenario, document={}, source="", replaces=""))

    return [name for name in then if name in now and said(then[name]) != said(now[name])]


def _again(
    old: Results,
    case: CaseResult,
    scenarios: Mapping[str, Scenario],
    recorder: Recorder,
    judges: _Judges,
) -> CaseResult:
    if case.transcript is None or case.scenario not in scenarios:
        return case
    scenario = on_path(scenarios[case.scenario], case.path)
    try:
        transcript = old.transcript(case.transcript)
    except ResultsError as error:
        return dataclasses.replace(case, outcome="error", reason=str(error), findings=(), transcript=None)
    scenario = as_saved(scenario) if transcript.saved else scenario
    found = run_checks(
        transcript, scenario, judges.checks, clients=judges.clients, widgets_by=judges.widgets_by
    )
    judgement = judge(transcript, scenario, found, names=judges.checks)
    return dataclasses.replace(
        case,
        client=judged_by(judges.clients),
        outcome=judgement.outcome,
        reason=judgement.reason,
        findings=judgement.findings,
        timing={**case.timing, **judgement.timing},
        transcript=recorder.transcript(transcript),
    )
