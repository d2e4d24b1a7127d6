"""Exams: what broke a rule that a store (`contract`) or a server (`conformance`) has to keep."""

from __future__ import annotations

from collections.abc import Iterator

from chatkit_harness.core.codec import to_document
from chatkit_harness.core.nouns import Finding
from chatkit_harness.core.scenario import Scenario
from chatkit_harness.core.transcript import Transcript

from . import incidents

BESIDES = ("imports",)
"""The other checks that say something of an exam: it provokes errors on purpose, and asks for no answer."""

KINDS = ("contract", "conformance")
"""The checks that exams are for."""

ONE_ROOT = ("durable",)
"""Rules whose breach has the same root in whichever exam it is met."""


def contract(transcript: Transcript, scenario: Scenario) -> Iterator[Finding]:
    """Contract: what broke a rule that stores have to keep (exams)."""
    return _breaches(transcript, scenario, "contract")


def conformance(transcript: Transcript, scenario: Scenario) -> Iterator[Finding]:
    """Conformance: what broke a rule that ChatKit servers have to keep (exams)."""
    return _breaches(transcript, scenario, "conformance")


def kind_of(scenario: Scenario) -> str | None:
    """The check that an exam is for; None for a conversation."""
    return scenario.exam.partition("/")[0] if scenario.exam is not None else None


def _breaches(transcript: Transcript, scenario: Scenario, kind: str) -> Iterator[Finding]:
    if kind_of(scenario) != kind:
        return
    exam = transcript.exam
    if exam is None:  # what is examined could not be made ready, which was logged
        yield from incidents.outside(transcript)
        return
    name = exam.name.partition("/")[2]
    for breach in exam.breaches:
        yield Finding(
            rule=f"{kind}/{breach.rule}",
            severity="warning" if breach.advice else "error",
            key=f"{kind}/{breach.rule}" if breach.rule in ONE_ROOT else f"{kind}/{breach.rule} {name}",
            message=breach.message,
            evidence={**to_document(breach)["evidence"], "turn": None, "exam": name},
        )
