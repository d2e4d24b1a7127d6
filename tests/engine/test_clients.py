"""`--client`: the same transcripts judged by several releases of the client, at no further cell."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator
from tests.cli.command import Said, call
from tests.made_index import MadeRelease, made_index

from chatkit_harness.contracts.clients import client_releases
from chatkit_harness.core.data import data_folder
from chatkit_harness.core.errors import SelectionError
from chatkit_harness.engine.clients import select_clients
from chatkit_harness.results import read_results

SCENARIO = """\
id: bordered
title: A card with a border
paths: [agent_builder]
turns: [{user: Draw a card}]
agent_builder: {script: [{say: x}]}
"""
ANSWER = {"type": "Card", "border": 1, "children": [{"type": "Text", "value": "A card"}]}
RELEASES = [
    MadeRelease(project="openai-agents", version="0.9.3"),
    MadeRelease(project="openai-chatkit", version="1.6.5"),
]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A run of one answer that holds a widget, which only newer clients declare, and where it was made."""
    place = tmp_path_factory.mktemp("clients")
    (place / "scenarios").mkdir()
    (place / "scenarios" / "bordered.yaml").write_text(SCENARIO, "utf-8")
    (place / "answers").mkdir()
    (place / "answers" / "bordered.txt").write_text(json.dumps(ANSWER), "utf-8")
    with pytest.MonkeyPatch.context() as patch, made_index(RELEASES) as index:
        patch.chdir(place)
        patch.setenv("CHATKIT_HARNESS_CACHE", str(place / "cache"))
        patch.delenv("CHATKIT_HARNESS_DATA", raising=False)
        patch.setenv("CHATKIT_HARNESS_INDEX", index.url)
        assert run("--out", "plain").status == 0
        yield place


def run(*more: object) -> Said:
    asked = ("--answers", "answers", "--scenario", "bordered", "--path", "agent_builder")
    cell = ("--pair", "none:0.9.3", "--resolution", "today", "--check", "client")
    return call("run", *asked, *cell, *more)


def again(folder: Path, out: Path, *more: object) -> Said:
    return call("recheck", folder, "--check", "client", "--out", out, *more)


def in_one_line(said: Said) -> str:
    """What was said, however narrow the terminal."""
    return " ".join(said.out.split())


def told(folder: Path) -> list[tuple[str, str, list[str]]]:
    (case,) = read_results(folder).cases
    return [(each.severity, each.key, each.evidence["clients"]) for each in case.findings]


BORDER = "client/unknown-prop:Card.border"


def test_without_a_name_the_newest_is_asked(folder: Path) -> None:
    assert told(folder / "plain") == []


def test_named_clients_cost_no_cell_and_are_kept_for_a_run_that_goes_on(folder: Path) -> None:
    assert run("--out", "named", "--client", "1.5.0,newest").status == 1
    assert told(folder / "named") == [("error", BORDER, ["1.5.0"])]
    assert [case.client for case in read_results(folder / "named").cases] == ["1.5.0,1.9.0"]
    assert len(read_results(folder / "named").cells) == 1
    assert call("run", "--resume", "named", "--client", "newest").status == 0
    assert told(folder / "named") == []


def test_a_recheck_judges_by_other_clients_and_drives_nothing(folder: Path, tmp_path: Path) -> None:
    assert again(folder / "plain", tmp_path / "all", "--client", "all").status == 1
    (finding,) = told(tmp_path / "all")
    assert finding == ("error", BORDER, [each for each in client_releases() if each < "1.7"])
    assert again(tmp_path / "all", tmp_path / "same").status == 1, "by the clients that the run named"
    assert told(tmp_path / "same") == [finding]


def test_a_recheck_says_what_fails_newly_and_what_no_longer(folder: Path, tmp_path: Path) -> None:
    said = again(folder / "plain", tmp_path / "old", "--client", "1.5.0")
    assert "Judged again: 0 cases failed before, 1 now: 1 newly." in in_one_line(said)
    where = "in chatkit none agents 0.9.3"
    assert f" new: bordered (agent_builder, 1.5.0) (client/unknown-prop) {where}" in in_one_line(said)
    assert call("report", tmp_path / "old").out.count("Judged again: ") == 1
    same = again(tmp_path / "old", tmp_path / "same")
    assert "Judged again: 1 case failed before, 1 now: the same cases." in in_one_line(same)
    mended = again(tmp_path / "old", tmp_path / "mended", "--client", "newest")
    assert "Judged again: 1 case failed before, 0 now: 1 no longer." in in_one_line(mended)
    assert f" no longer: bordered (agent_builder, 1.9.0) {where}" in in_one_line(mended)


def test_what_was_not_asked_again_is_not_taken_for_mended(folder: Path, tmp_path: Path) -> None:
    again(folder / "plain", tmp_path / "old", "--client", "1.5.0")
    said = call("recheck", tmp_path / "old", "--check", "text", "--out", tmp_path / "other")
    assert "0 now: 1 no longer (not asked again: client)." in in_one_line(said)


def test_what_cannot_be_judged_again_is_not_taken_for_mended(folder: Path, tmp_path: Path) -> None:
    again(folder / "plain", tmp_path / "old", "--client", "1.5.0")
    shutil.rmtree(tmp_path / "old" / "transcripts")
    said = again(tmp_path / "old", tmp_path / "lost")
    assert "Judged again: 1 case failed before, 0 now: 1 cannot be judged any more." in in_one_line(said)


def test_a_document_has_the_cases_that_a_recheck_judges_otherwise(folder: Path, tmp_path: Path) -> None:
    said = again(folder / "plain", tmp_path / "old", "--client", "1.5.0", "--format", "json")
    document = json.loads(said.out)
    schema = json.loads((data_folder("schemas") / "results.schema.json").read_text("utf-8"))
    Draft202012Validator(schema).validate(document)
    told = document["run"]["rechecked"]
    assert (told["failed_before"], told["failed_now"]) == (0, 1)
    assert told["new_failures"] == [document["cases"][0]["id"]]
    assert told["no_longer"] == []
    assert json.loads((tmp_path / "old" / "results.json").read_text("utf-8")) == document
    drawn = json.loads(call("report", folder / "plain", "--format", "json").out)
    assert "rechecked" not in drawn["run"], "of a run that was driven nothing is said"


def test_widgets_are_judged_by_other_chatkit_releases_where_somebody_asks(
    folder: Path, tmp_path: Path
) -> None:
    asked = ("--check", "widgets", "--widgets-by", "0.0.2,newest")
    said = call("recheck", folder / "plain", *asked, "--out", tmp_path / "others")
    results = read_results(tmp_path / "others")
    assert results.header.selection["widgets_by"] == "0.0.2,newest"
    assert said.status == 1, said.err
    wrong = call("recheck", folder / "plain", "--widgets-by", "9.9.9", "--out", tmp_path / "wrong")
    assert (wrong.status, "What is stored has no such release" in wrong.err) == (2, True)
    unheard = call("recheck", folder / "plain", "--check", "text", "--widgets-by", "1.2.0")
    assert "Add --check widgets" in unheard.err


def test_the_document_says_who_was_asked_and_who_declares_it(folder: Path, tmp_path: Path) -> None:
    said = again(folder / "plain", tmp_path / "out", "--client", "1.5.0", "--format", "json")
    document: dict[str, Any] = json.loads(said.out)
    (finding,) = document["cases"][0]["findings"]
    assert finding["evidence"]["clients"] == ["1.5.0"]
    assert document["cases"][0]["client"] == "1.5.0"
    assert finding["evidence"]["declared_by"] == ["1.7.0", "1.9.0"]
    assert read_results(tmp_path / "out").header.selection["clients"] == "1.5.0"


def test_a_project_may_name_its_clients(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings = '[tool.chatkit-harness]\nclient = ["1.5.0", "1.9.0"]\n'
    (tmp_path / "pyproject.toml").write_text(settings, "utf-8")
    monkeypatch.chdir(tmp_path)
    assert again(folder / "plain", tmp_path / "out").status == 1


@pytest.mark.parametrize(
    ("words", "chosen"),
    [
        ("newest", ["1.9.0"]),
        ("newest:2", ["1.7.0", "1.9.0"]),
        ("v1.5.0,newest", ["1.5.0", "1.9.0"]),
        (">=1.1,<1.4", ["1.1.0", "1.2.0", "1.3.0"]),
        ("minor", ["0.0.0", "1.0.3", *client_releases()[5:]]),
    ],
)
def test_words_are_those_of_other_versions(words: str, chosen: list[str]) -> None:
    assert select_clients(words) == tuple(chosen)
    assert select_clients("all") == client_releases()
    assert select_clients(None) == ()


@pytest.mark.parametrize(
    ("words", "hint"),
    [("1.8.0", "Nearest ones: 1.6.0, 1.7.0, 1.9.0"), ("newst", "'newest'"), (">=2", "0.0.0 to 1.9.0")],
)
def test_a_release_that_is_not_stored_is_answered_with_the_nearest(words: str, hint: str) -> None:
    with pytest.raises(SelectionError) as caught:
        select_clients(words)
    assert hint in str(caught.value)


@pytest.mark.parametrize("command", [run, partial(again, Path("plain"), Path("other"))])
def test_a_wrong_client_is_wrong_use(folder: Path, command: Callable[..., Said]) -> None:
    said = command("--client", "1.8.0", "--out", "other")
    assert (said.status, "@openai/chatkit 1.8.0" in said.err) == (2, True)
    assert not (folder / "other").exists()
