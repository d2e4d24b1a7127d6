"""Recorded material as scenarios: Responses streams through the probe server, answers through a workflow."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from chatkit_harness.causes.needed import RECORDED, is_recorded
from chatkit_harness.core.data import data_folder
from chatkit_harness.core.errors import CassetteError, ConfigurationError
from chatkit_harness.core.scenario import Expectation, Scenario, TextExpectation, TurnPlan
from chatkit_harness.scenarios.catalogue import load_folder
from chatkit_harness.upstream import ProbeSpec, probe_spec, read_cassette

from .answers import read_examples

GROUP, ANSWERS = RECORDED
_STREAM_FOLDERS = (".", "real_streams")
_ANSWER_FOLDERS = (".", "agent_builder")
_NO_ANSWER = ("readme", "license", "licence")


def recorded_scenarios(folder: Path) -> list[Scenario]:
    """One scenario a recording in `folder`, named by the file: streams (*.yaml) and saved answers.

    Streams are looked for in its `real_streams` folder too, answers (*.txt, *.json) in `agent_builder`. A
    file that cannot be read or played becomes a scenario that says so. Raises ConfigurationError where
    the folder holds neither.
    """
    if not folder.is_dir():
        raise ConfigurationError(str(folder), "There is no such folder.", "Check --data.")
    streams = [_scenario(file) for file in sorted(_files(folder, _STREAM_FOLDERS, (".yaml", ".yml")))]
    known = _described()
    files = sorted(_files(folder, _ANSWER_FOLDERS, (".txt", ".json")))
    files = [file for file in files if file.stem.lower() not in _NO_ANSWER]
    answers = [scenario for file in files for scenario in _answers(file, known)]
    if not streams and not answers:
        raise ConfigurationError(
            str(folder),
            "There is no recorded stream (*.yaml) and no answer (*.txt, *.json) in this folder.",
            "Name a folder of recordings with --data.",
        )
    return [*streams, *answers]


def _files(folder: Path, names: tuple[str, ...], suffixes: tuple[str, ...]) -> Iterator[Path]:
    for name in names:
        for suffix in suffixes:
            yield from (file for file in (folder / name).glob(f"*{suffix}") if file.is_file())


def _described() -> dict[str, Scenario]:
    """What is known of answers by their file names: the question, and what a good reader finds.

    Whatever its author calls it, it is of the group: by that `--scenario answers` finds it, and a line that
    shows it again knows what it reads.
    """
    folders = [Path.cwd() / "scenarios" / ANSWERS, data_folder("scenarios") / ANSWERS]
    found: dict[str, Scenario] = {}
    for folder in folders:
        for scenario in load_folder(folder).values() if folder.is_dir() else ():
            if scenario.answer is not None:
                found.setdefault(scenario.answer, _in_the_group(scenario))
    return found


def _in_the_group(scenario: Scenario) -> Scenario:
    return scenario if is_recorded(scenario.id) else replace(scenario, id=f"{ANSWERS}/{scenario.id}")


def _answers(file: Path, known: Mapping[str, Scenario]) -> Iterator[Scenario]:
    """A saved answer, or several in one file: the model says each to a workflow that does nothing else."""
    where = str(file.absolute())
    if file.name in known:
        yield replace(known[file.name], answer=where)
        return
    examples = read_examples(file)
    for name, (question, _) in examples.items():
        described = known.get(f"{file.name}#{name}")
        if described is not None:
            yield replace(described, answer=f"{where}#{name}")
        else:
            yield _answer(f"{file.stem}/{name}", question, f"{where}#{name}", where)
    if not examples:
        words = re.sub(r"^\d+[_-]|[_-]+", " ", file.stem).strip()
        yield _answer(file.stem, words or file.stem, where, where)


def _answer(name: str, question: str, answer: str, source: str) -> Scenario:
    plain = re.sub(r"[^a-z0-9._/-]+", "-", name.lower()).strip("-")
    return Scenario(
        id=f"{ANSWERS}/{plain}",
        title=f"Saved answer {name}",
        turns=(TurnPlan(user=question),),
        paths=("agent_builder",),
        answer=answer,
        source=source,
        expect=Expectation(text=TextExpectation(required=False)),
    )


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
