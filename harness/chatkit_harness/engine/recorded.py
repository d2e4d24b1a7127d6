"""Recorded Responses streams as scenarios: each file of a folder, played through the probe server."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from chatkit_harness.core.errors import CassetteError, ConfigurationError
from chatkit_harness.core.scenario import Expectation, Scenario, TextExpectation, TurnPlan
from chatkit_harness.upstream import ProbeSpec, probe_spec, read_cassette

GROUP = "recorded-streams"
_FOLDERS = (".", "real_streams")


def recorded_scenarios(folder: Path) -> list[Scenario]:
    """One scenario a recording in `folder`, or in its `real_streams` folder, named by the file.

    A file that cannot be read or played becomes a scenario that says so. Raises ConfigurationError where
    the folder holds none.
    """
    files = sorted(_recordings(folder))
    if not files:
        raise ConfigurationError(
            str(folder),
            "There is no recorded stream (*.yaml) in this folder.",
            "Name a folder of recordings with --data.",
        )
    return [_scenario(file) for file in files]


def _recordings(folder: Path) -> Iterator[Path]:
    if not folder.is_dir():
        raise ConfigurationError(str(folder), "There is no such folder.", "Check --data.")
    for name in _FOLDERS:
        yield from (folder / name).glob("*.yaml")
        yield from (folder / name).glob("*.yml")


def _scenario(file: Path) -> Scenario:
    known: dict[str, Any] = {
        "id": f"{GROUP}/{file.stem}",
        "title": f"Recorded stream {file.stem}",
        "server": "probe",
        "source": str(file),
    }
    try:
        spec = probe_spec(read_cassette(file))
    except CassetteError as error:
        return Scenario(**known, turns=(TurnPlan(user=""),), unreadable=str(error))
    if not spec.playable:
        return Scenario(**known, turns=(TurnPlan(user=""),), unplayable=spec.reason)
    return Scenario(
        **known,
        turns=tuple(TurnPlan(user=words) for words in spec.turns),
        options=_options(spec),
        model=str(file.absolute()),
        expect=_expectation(spec),
    )


def _expectation(spec: ProbeSpec) -> Expectation:
    """What the model said in the recording, the user must read; an error of the API, the user is told."""
    text = TextExpectation(contains=spec.said, not_json=False) if spec.said else None
    return Expectation(text=text, error="" if spec.fails else None)


def _options(spec: ProbeSpec) -> dict[str, object]:
    return {
        "model": spec.model,
        "instructions": spec.instructions,
        "tools": list(spec.tools),
        "outputs": dict(spec.outputs),
        "api": spec.api,
    }
