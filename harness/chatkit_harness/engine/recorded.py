"""Recorded Responses streams as scenarios: each file of a folder, played through the probe server."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from chatkit_harness.core.errors import ConfigurationError
from chatkit_harness.core.scenario import Scenario, TurnPlan
from chatkit_harness.upstream import ProbeSpec, probe_spec, read_cassette

GROUP = "recorded-streams"
_FOLDERS = (".", "real_streams")


def recorded_scenarios(folder: Path) -> list[Scenario]:
    """One scenario a recording in `folder`, or in its `real_streams` folder, named by the file.

    Raises ConfigurationError where the folder holds none, CassetteError where a file cannot be read.
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
    spec = probe_spec(read_cassette(file))
    return Scenario(
        id=f"{GROUP}/{file.stem}",
        title=f"Recorded stream {file.stem}",
        turns=tuple(TurnPlan(user=words) for words in spec.turns),
        server="probe",
        options=_options(spec),
        model=str(file.absolute()),
        source=str(file),
    )


def _options(spec: ProbeSpec) -> dict[str, object]:
    return {
        "model": spec.model,
        "instructions": spec.instructions,
        "tools": list(spec.tools),
        "outputs": dict(spec.outputs),
        "api": spec.api,
    }
