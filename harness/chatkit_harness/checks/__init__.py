"""Checks: pure functions from a transcript and its scenario to findings."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import partial

from chatkit_harness.core.errors import SelectionError, did_you_mean
from chatkit_harness.core.nouns import Finding
from chatkit_harness.core.scenario import Scenario
from chatkit_harness.core.transcript import Transcript

from . import client, commands, exams, expect, imports, latency, run, store, text, widgets

__all__ = ["CHECKS", "Check", "require_known", "run_checks"]

Check = Callable[[Transcript, Scenario], Iterable[Finding]]

CHECKS: Mapping[str, Check] = {
    "imports": imports.check,
    "run": run.check,
    "widgets": widgets.check,
    "client": client.check,
    "expect": expect.check,
    "commands": commands.check,
    "text": text.check,
    "latency": latency.check,
    "store": store.check,
    "contract": exams.contract,
    "conformance": exams.conformance,
}
"""Every check by name, in the order in which findings are told: causes before what follows from them."""


def require_known(names: Iterable[str]) -> None:
    """Raise SelectionError for the first name that no check has, with the nearest one."""
    for name in names:
        if name not in CHECKS:
            cause = "there is no check of that name."
            raise SelectionError(f"check {name!r}", cause, did_you_mean(name, CHECKS))


def run_checks(
    transcript: Transcript,
    scenario: Scenario,
    names: Sequence[str] | None = None,
    *,
    clients: Sequence[str] = (),
    widgets_by: Sequence[str] = (),
) -> tuple[Finding, ...]:
    """What the named checks (all by default) say of a transcript, in the registry's order.

    `clients` are the releases of the client that widgets are judged by; the newest where there are none.
    `widgets_by` are chatkit releases whose schemas judge them besides the cell's own.
    Raises SelectionError for a name that no check has.
    """
    require_known(names or ())
    kind = exams.kind_of(scenario)
    meant = CHECKS if kind is None else (kind, *exams.BESIDES)
    known: dict[str, Check] = {
        **CHECKS,
        "widgets": partial(widgets.check, others=widgets_by),
        "client": partial(client.check, clients=clients),
    }
    chosen = [check for name, check in known.items() if name in meant and (names is None or name in names)]
    return tuple(finding for check in chosen for finding in check(transcript, scenario))
