"""The model's words for a scenario: its cassette file, or its script rendered on the spot."""

from __future__ import annotations

import dataclasses
from pathlib import Path

from chatkit_harness.core.errors import CassetteError
from chatkit_harness.core.scenario import Scenario
from chatkit_harness.scenarios.catalogue import cassette_path
from chatkit_harness.upstream import Cassette, played, probe_spec, read_cassette, render_script

from .answers import read_answer, read_examples

PROBE = "probe"


def cassette_for(scenario: Scenario) -> Cassette | None:
    """The cassette that a scenario names, else its script's; None where it has no model at all.

    Raises CassetteError where the file is missing, cut or not valid, or where it was rendered from a
    script that the scenario has no longer.
    """
    if scenario.answer is not None:
        said = {"say": answer_of(scenario.answer)}
        return render_script(dataclasses.replace(scenario, script=(said,)))
    if scenario.model is not None:
        path = cassette_path(scenario)
        cassette = read_cassette(path)
        scripted = cassette.provenance.origin == "script" and scenario.script
        if scripted and cassette.interactions != render_script(scenario).interactions:
            raise CassetteError(
                str(path),
                f"It was rendered from an earlier script of scenario {scenario.id!r}.",
                f"Render it again: chatkit-harness record --scenario {scenario.id}",
            )
        return played(cassette, probe_spec(cassette)) if scenario.server == PROBE else cassette
    if scenario.exam is not None:
        return always(scenario) if scenario.script else None
    if scenario.script:
        return render_script(scenario)
    return None


def always(scenario: Scenario) -> Cassette:
    """What the model says to whatever it is asked, and at either endpoint, as in an exam."""
    first, second = (
        render_script(dataclasses.replace(scenario, options={**scenario.options, "api": api}))
        for api in ("responses", "chat_completions")
    )
    interactions = (*first.interactions, *second.interactions)
    return dataclasses.replace(first, interactions=interactions, always=True)


def answer_of(name: str) -> str:
    """The text of a saved answer: a file, or `FILE#NAME` for one of several in it."""
    file, sign, example = name.rpartition("#")
    return read_examples(Path(file))[example][1] if sign else read_answer(Path(name))
