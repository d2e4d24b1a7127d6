"""One cause, from a working project to a spoilt one and back: made, seen, diagnosed, cured, seen again."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import replace

from chatkit_harness.core.errors import HarnessError

from .bench import Bench
from .consult import apply, consult
from .drive import Driver
from .judge import judge
from .nouns import CauseResult, Patient, Tried
from .observe import started
from .recipes import Recipe
from .shop import Shop

Tell = Callable[[str], None]


def tried(bench: Bench, driver: Driver) -> Tried:
    """The project's program and its first message in this environment. Raises BuildError.

    The server that is driven is the program: where it answers, it was started.
    """
    talk = driver.talk(bench)
    return Tried(message="" if talk.answered else started(bench), talk=talk)


def show(recipe: Recipe, shop: Shop, driver: Driver, tell: Tell) -> CauseResult:
    """Make the cause and cure it. What stops it early is told, and is no verdict on the cause."""
    began = time.monotonic()
    patient = _treated(recipe, shop, driver, tell)
    verdict, why = judge(recipe.key, patient)
    return CauseResult(
        id=recipe.id,
        number=recipe.number,
        key=recipe.key,
        title=recipe.title,
        story=recipe.story,
        patient=patient,
        verdict=verdict,
        why=why,
        seconds=round(time.monotonic() - began, 2),
    )


def _treated(recipe: Recipe, shop: Shop, driver: Driver, tell: Tell) -> Patient:
    patient = Patient(expected=recipe.says)
    try:
        tell("making it")
        bench = Bench(shop, recipe.id)
        recipe.make(bench)
        expected = recipe.expected(bench)
        patient = replace(patient, expected=expected, folder=str(bench.folder), steps=tuple(bench.steps))
        tell("the message")
        patient = replace(patient, before=tried(bench, driver))
        tell("doctor")
        patient = replace(patient, diagnosis=consult(bench))
        tell("the cure")
        patient = _cured(bench, patient)
        tell("a message again")
        return replace(patient, after=tried(bench, driver))
    except (HarnessError, OSError) as error:
        return replace(patient, reason=str(error))


def _cured(bench: Bench, patient: Patient) -> Patient:
    """Apply what doctor named: by its own `--fix`, and by hand what it leaves to the user."""
    assert patient.diagnosis is not None  # noqa: S101 - it was made just before
    causes = patient.diagnosis.causes
    done = apply(bench, causes)
    by_doctor = any(each.cure.by == "doctor" for each in causes)
    healthy = consult(bench, fix=by_doctor)
    return replace(patient, done=(*done, *healthy.done), healthy=healthy)
