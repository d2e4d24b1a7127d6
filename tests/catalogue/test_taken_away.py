"""What the catalogue exercises of the model's API is taken away for real, and a scenario fails."""

from __future__ import annotations

import copy
import os
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import yaml
from tests.catalogue.taken_away import NOTICED_BY_PASSES_ON_ALONE
from tests.cli.command import call

from chatkit_harness.core.data import data_folder
from chatkit_harness.core.errors import ScenarioError
from chatkit_harness.core.kinds import named_kinds
from chatkit_harness.core.nouns import CaseResult
from chatkit_harness.core.scenario import Scenario
from chatkit_harness.results import read_results
from chatkit_harness.scenarios.catalogue import load_folder
from chatkit_harness.scenarios.load import load_scenario
from chatkit_harness.upstream.script import render_script

PAIR = "1.6.5:0.24.0"
EVENT, ITEM, CONTENT, NOTE = "openai.event/", "openai.item/", "openai.content/", "openai.annotation/"
MADE = {
    "openai.item/message": ("say", "refuse"),
    "openai.item/function_call": ("call", "calls"),
    "openai.item/reasoning": ("reasoning",),
    "openai.content/output_text": ("say",),
    "openai.content/refusal": ("refuse",),
}
"""What a script says in short, by what that becomes."""

Document = dict[str, Any]


def exercised() -> Iterator[tuple[str, str]]:
    """Each kind of event with the first scenario that names it; items, parts, citations with all of theirs.

    Where hosted tools are mixed with others, the same items are shown once more.
    """
    events: set[str] = set()
    for name, scenario in load_folder(data_folder("scenarios") / "catalogue").items():
        spaces = (EVENT,) if name.startswith("mixed-") else (EVENT, ITEM, CONTENT, NOTE)
        for kind in sorted(named_kinds(scenario) - events):
            if kind.startswith(spaces) and lacking(name, kind):
                events |= {kind} if kind.startswith(EVENT) else set()
                yield kind, name


def answers(script: list[Document]) -> Iterator[Document]:
    for entry in script:
        yield from entry.get("model", [entry])


def lacking(name: str, kind: str) -> Document | None:
    """The scenario, by a model that never sends things of this kind; None where its script says none."""
    file = data_folder("scenarios") / "catalogue" / f"{name}.yaml"
    document: Document = yaml.safe_load(file.read_text(encoding="utf-8"))
    whole = copy.deepcopy(document["script"])
    scenario = load_scenario(file)
    for answer in answers(document["script"]):
        kept = copy.deepcopy(answer)
        take_away(answer, kind)
        if kind.startswith(EVENT) and not is_played(replace(scenario, script=tuple(document["script"]))):
            answer.clear()  # this answer does not stream it
            answer.update(kept)
    space, _, short = kind.partition("/")
    left = f"{name}.{space.removeprefix('openai.')}-{short}"
    return {**document, "id": left} if document["script"] != whole else None


def is_played(scenario: Scenario) -> bool:
    try:
        return bool(render_script(scenario).interactions)
    except ScenarioError:
        return False


def take_away(answer: Document, kind: str) -> None:
    """One answer without things of a kind."""
    space, _, short = kind.partition("/")
    if space == "openai.event":
        answer["without"] = [*answer.get("without", []), short]
        return
    before = copy.deepcopy(answer)
    for key in MADE.get(kind, ()):
        answer.pop(key, None)
    if space == "openai.item" and "items" in answer:
        answer["items"] = [each for each in answer["items"] if each["type"] != short]
    if space == "openai.content":
        for item in answer.get("items", ()):
            item["content"] = [each for each in item.get("content", ()) if each["type"] != short]
    if space == "openai.annotation" and "annotations" in answer:
        answer["annotations"] = [each for each in answer["annotations"] if each["type"] != short]
    if answer != before:  # what went with it has no place any more
        answer.pop("events", None)
        for key in ("arguments", "id") if "call" in before and "call" not in answer else ():
            answer.pop(key, None)
        if not {"say", "say_bytes", "call", "calls", "refuse", "reasoning", "items"} & answer.keys():
            answer["items"] = []


def noticed_elsewhere(case: CaseResult) -> bool:
    """Whether a case fails for more than the kind that it names."""
    return any(each.severity == "error" and each.rule != "expect/not-passed-on" for each in case.findings)


@pytest.mark.cells
@pytest.mark.slow
def test_nothing_of_the_model_can_go_unnoticed(tmp_path: Path) -> None:
    folder, kinds = tmp_path / "scenarios", {}
    folder.mkdir()
    for kind, name in exercised():
        document = lacking(name, kind)
        assert document is not None
        kinds[document["id"]] = kind
        (folder / f"{document['id']}.yaml").write_text(yaml.safe_dump(document), encoding="utf-8")
    cache = os.environ.get("CHATKIT_HARNESS_CACHE") or tmp_path / "cache"
    named = [word for name in kinds for word in ("--scenario", name)]
    more = ("--confirm", "none", "--time-limit", "10", "--cache", cache, "--out", tmp_path / "run")
    said = call("run", "--pair", PAIR, "--resolution", "contemporary", "--scenarios", folder, *named, *more)
    assert said.status == 1, said.err
    cases = read_results(tmp_path / "run").cases
    assert len(cases) == len(kinds) > 80
    assert [kinds[case.scenario] for case in cases if case.outcome != "fail"] == []
    alone = {*kinds.values()} - {kinds[case.scenario] for case in cases if noticed_elsewhere(case)}
    assert alone == {kind for kind in NOTICED_BY_PASSES_ON_ALONE if kind.startswith("openai.")}
