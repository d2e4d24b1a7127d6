"""The model's words for a scenario: its cassette file, or its script rendered on the spot."""

from __future__ import annotations

from chatkit_harness.core.scenario import Scenario
from chatkit_harness.scenarios.catalogue import cassette_path
from chatkit_harness.upstream import Cassette, read_cassette, render_script


def cassette_for(scenario: Scenario) -> Cassette | None:
    """The cassette that a scenario names, else its script's; None where it has no model at all.

    Raises CassetteError where the file is missing, cut or not valid.
    """
    if scenario.model is not None:
        return read_cassette(cassette_path(scenario))
    if scenario.script:
        return render_script(scenario)
    return None
