"""Answers that were saved from a hosted workflow, one file a scenario and turn, instead of driven ones."""

from __future__ import annotations

import dataclasses
import json
import re
from collections.abc import Iterable, Mapping
from pathlib import Path

from chatkit_harness.core.errors import ConfigurationError, did_you_mean
from chatkit_harness.core.nouns import Cell
from chatkit_harness.core.redaction import redact_text
from chatkit_harness.core.scenario import Budgets, Expectation, Scenario
from chatkit_harness.core.transcript import CellFacts, Transcript, Turn

SERVER = "answers"
_SUFFIXES = (".txt", ".md", ".json")
_NUMBERED = re.compile(r"^(?P<name>.+)\.(?P<turn>[1-9]\d*)$")

Answers = Mapping[str, Mapping[int, Path]]
"""The files of each scenario's id by turn, from 0."""


def saved_answers(folder: Path, known: Iterable[str]) -> Answers:
    """What a folder holds: `ID.txt` (or .md, .json) for a scenario's first turn, `ID.2.txt` for the second.

    A slash of an id is written as a dash. Raises ConfigurationError where the folder cannot be read, where
    a file is named after no scenario, and where a turn has two files.
    """
    if not folder.is_dir():
        raise ConfigurationError(str(folder), "There is no such folder of answers.", "Check --answers.")
    ids = {each.replace("/", "-"): each for each in known}
    found: dict[str, dict[int, Path]] = {}
    for path in sorted(folder.iterdir()):
        is_answer = path.suffix.lower() in _SUFFIXES and path.stem.lower() != "readme"
        if not is_answer or path.name.startswith(".") or path.is_dir():
            continue
        name, turn = _name(path, ids)
        if turn in found.setdefault(name, {}):
            other = found[name][turn].name
            raise ConfigurationError(
                str(path), f"Turn {turn + 1} of {name!r} already has {other}.", "Keep one of the two."
            )
        read_answer(path)  # what cannot be read is told before anything is built
        found[name][turn] = path
    if not found:
        raise ConfigurationError(
            str(folder),
            "It holds no answer (*.txt, *.md or *.json).",
            "Save each answer as SCENARIO.txt; see `chatkit-harness list scenarios`.",
        )
    return found


def _name(path: Path, ids: Mapping[str, str]) -> tuple[str, int]:
    if path.stem in ids:
        return ids[path.stem], 0
    numbered = _NUMBERED.match(path.stem)
    if numbered and numbered["name"] in ids:
        return ids[numbered["name"]], int(numbered["turn"]) - 1
    raise ConfigurationError(
        str(path), "No scenario has the name of this file.", did_you_mean(path.stem, ids)
    )


def missing_turns(scenario: Scenario, files: Mapping[int, Path]) -> list[int]:
    """The turns (from 1) that the user speaks in and no file answers."""
    asked = [number for number, turn in enumerate(scenario.turns) if turn.user is not None]
    return [number + 1 for number in asked if number not in files]


def read_answer(path: Path) -> str:
    """An answer as it was saved; what is not UTF-8 is kept as far as it goes.

    Raises ConfigurationError where the file cannot be read.
    """
    try:
        content = path.read_bytes()
    except OSError as error:
        raise ConfigurationError(
            str(path), f"It cannot be read ({error.strerror}).", "Check the file."
        ) from None
    return content.decode("utf-8-sig", "replace").removesuffix("\n")


def read_examples(path: Path) -> dict[str, tuple[str, str]]:
    """The answers of a file that holds several: `{name: {query, agent_response}}`, each with its question.

    Empty for any other file.
    """
    try:
        document = json.loads(read_answer(path)) if path.suffix == ".json" else None
    except (ValueError, RecursionError):
        return {}
    found = {}
    for name, each in document.items() if isinstance(document, dict) else ():
        if isinstance(each, dict) and "agent_response" in each:
            answer = each["agent_response"]
            said = answer if isinstance(answer, str) else json.dumps(answer, ensure_ascii=False)
            found[str(name)] = (str(each.get("query") or name), said)
    return found


def saved_transcript(scenario: Scenario, cell: Cell, files: Mapping[int, Path]) -> Transcript:
    """The saved answers as a transcript in which nothing was driven and no time is known."""
    turns = tuple(
        Turn(
            index=number,
            user=turn.words,
            request={"type": "saved.answer", "params": {"file": files[number].name}},
            sent_at_ms=0.0,
            end="done",
            ended_at_ms=0.0,
            message=redact_text(read_answer(files[number])),
        )
        for number, turn in enumerate(scenario.turns)
        if number in files
    )
    return Transcript(
        scenario=scenario.id,
        path="agent_builder",
        server=SERVER,
        cell=CellFacts(python=cell.python, platform="", pins=cell.pins),
        turns=turns,
        saved=True,
        notes=("The answers were saved from a hosted workflow; nothing was driven.",),
    )


def as_saved(scenario: Scenario) -> Scenario:
    """The scenario as it can be asked of saved answers.

    Nobody knows their tools, times and stored items, nor what the model was asked and what agents made of it.
    """
    return dataclasses.replace(
        scenario,
        expect=_sayable(scenario.expect),
        budgets=Budgets(),
        turns=tuple(
            dataclasses.replace(turn, expect=_sayable(turn.expect) if turn.expect else None)
            for turn in scenario.turns
        ),
    )


def _sayable(expect: Expectation) -> Expectation:
    return dataclasses.replace(
        expect,
        tools=None,
        client_tool=None,
        items=None,
        error=None,
        response=None,
        passes_on=None,
        told_model=None,
    )
