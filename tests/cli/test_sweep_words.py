"""What a sweep takes where nothing is said, and what it says of words that it cannot take."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.cli.command import Said, call
from tests.made_index import MadeIndex, MadeRelease, made_index

from chatkit_harness.cli import run as run_command
from chatkit_harness.cli import sweep as sweep_command
from chatkit_harness.results import RESULTS_FILE, read_results

EMPTY = {"chatkit/__init__.py": ""}
RELEASES = [
    MadeRelease(project="openai-chatkit", version="1.0.0", requires=["openai-agents>=0.5"], files=EMPTY),
    MadeRelease(project="openai-chatkit", version="1.1.0", requires=["openai-agents>=0.5"], files=EMPTY),
    MadeRelease(project="openai-agents", version="0.4.0", files={"agents/__init__.py": ""}),
    MadeRelease(project="openai-agents", version="0.5.1", files={"agents/__init__.py": ""}),
]


@pytest.fixture
def served(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[MadeIndex]:
    """A small index, asked from an empty folder with a cache of its own."""
    monkeypatch.setenv("CHATKIT_HARNESS_CACHE", str(tmp_path / "cache"))
    monkeypatch.delenv("CHATKIT_HARNESS_DATA", raising=False)
    monkeypatch.chdir(tmp_path)
    with made_index(RELEASES) as index:
        monkeypatch.setenv("CHATKIT_HARNESS_INDEX", index.url)
        yield index


def sweep(*words: object) -> Said:
    return call("sweep", "--scenario", "quote-aapl", "--confirm", "none", "--out", "out", *words)


def pairs() -> set[str]:
    return {f"{cell.chatkit}:{cell.agents}" for cell in read_results(Path("out")).cells}


@pytest.mark.usefixtures("served")
def test_by_itself_a_sweep_takes_the_pairs_that_admit_each_other() -> None:
    assert sweep("--resolution", "today").status == 1
    assert pairs() == {"1.0.0:0.5.1", "1.1.0:0.5.1"}


@pytest.mark.usefixtures("served")
def test_a_sweep_takes_the_options_of_a_run() -> None:
    named = [{each.name for each in module.command.params} for module in (run_command, sweep_command)]
    assert named[0] == named[1]
    assert sweep("--resolution", "today", "--rollback", "--read-by", "1.1.0").status == 1
    assert read_results(Path("out")).header.selection["read_by"] == ["1.1.0", "neighbours"]
    assert call("sweep", "--resume", "out").status == 1
    assert read_results(Path("out")).header.selection["read_by"] == ["1.1.0", "neighbours"]


@pytest.mark.usefixtures("served")
def test_the_project_s_settings_are_a_sweep_s_defaults_too() -> None:
    settings = '[tool.chatkit-harness]\nchatkit = "1.1.0"\nresolution = "today"\n'
    Path("pyproject.toml").write_text(settings)
    assert sweep().status == 1
    assert pairs() == {"1.1.0:0.5.1"}
    assert {cell.resolution for cell in read_results(Path("out")).cells} == {"today"}


@pytest.mark.usefixtures("served")
def test_what_a_file_leaves_open_is_told() -> None:
    Path("loose.txt").write_text("openai-chatkit==1.0.0\nopenai-agents==0.5.1\n")
    assert "loose.txt does not pin everything" in sweep("--resolution", "loose.txt").err


@pytest.mark.usefixtures("served")
@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ((), {"1.0.0:0.4.0"}),  # the file's own, although they do not admit each other
        (("--chatkit", "1.1.0", "--agents", "0.5.1"), {"1.1.0:0.5.1"}),
        (("--chatkit", "all"), {"1.0.0:0.5.1", "1.1.0:0.5.1", "1.0.0:0.4.0"}),
    ],
)
def test_a_lock_has_a_pair_of_its_own_unless_one_is_named(words: tuple[str, ...], expected: set[str]) -> None:
    hashes = " --hash=sha256:" + "0" * 64
    Path("lock.txt").write_text(f"openai-chatkit==1.0.0{hashes}\nopenai-agents==0.4.0{hashes}\n")
    sweep("--resolution", "lock.txt", *words)
    assert pairs() == expected


@pytest.mark.usefixtures("served")
def test_locks_of_one_name_are_told_apart_by_as_many_folders_as_it_takes() -> None:
    names = [
        "shop/backend/uv.txt",
        "stall/backend/uv.txt",
        "backend/uv.txt",
        "alone.txt",
        "x/stall-backend-uv.txt",
    ]
    for name in names:
        Path(name).parent.mkdir(parents=True, exist_ok=True)
        Path(name).write_text("openai-chatkit==1.0.0\nopenai-agents==0.4.0\n")
    said = call("list", "cells", "--resolution", ",".join([*names, "alone.txt"]), "--format", "json")
    told = [cell["resolution"] for cell in json.loads(said.out)["cells"]]
    here = Path.cwd().name
    expected = ["shop-backend-uv.txt", f"{here}-stall-backend-uv.txt", f"{here}-backend-uv.txt", "alone.txt"]
    expected.append("x-stall-backend-uv.txt")
    assert sorted(told) == sorted(expected)


@pytest.mark.usefixtures("served")
def test_without_chatkit_a_sweep_drives_the_path_that_needs_none() -> None:
    sweep("--chatkit", "none", "--agents", "0.5.1", "--resolution", "today")
    assert {case.path for case in read_results(Path("out")).cases} == {"agent_builder"}


@pytest.mark.usefixtures("served")
@pytest.mark.parametrize("name", ["thread", "dask:/scheduler:8786", "loky"])
def test_an_unknown_executor_is_told_before_anything_is_written(name: str) -> None:
    said = sweep("--executor", name)
    assert said.status == 2
    assert "There is no such executor" in said.err
    assert not Path("out").exists()


@pytest.mark.usefixtures("served")
def test_wrong_use_is_no_interruption_of_the_run_that_lies_there() -> None:
    assert sweep("--resolution", "today").status == 1
    before = (Path("out") / RESULTS_FILE).read_text()
    for words in (("--pair", "1.0.0"), ("--shard", "4/3"), ()):
        said = sweep("--resolution", "today", *words)
        assert said.status == 2
        assert "What is finished is kept" not in said.err
    assert (Path("out") / RESULTS_FILE).read_text() == before
