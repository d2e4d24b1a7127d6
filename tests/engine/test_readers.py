"""Which releases read what a cell has written, and threads that they really read."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from tests.cli.command import call
from tests.made_index import MadeRelease, made_index

from chatkit_harness.core.errors import SelectionError
from chatkit_harness.core.nouns import Finding
from chatkit_harness.core.scenario import Scenario, TurnPlan
from chatkit_harness.engine.cases import plan_cases
from chatkit_harness.engine.own import find_own
from chatkit_harness.engine.plan_cells import make_cells
from chatkit_harness.engine.readers import with_readers
from chatkit_harness.engine.settings import RunSettings
from chatkit_harness.index.index import Index
from chatkit_harness.machine.cache import Cache
from chatkit_harness.results import read_results

MUSEUM = Path(__file__).parents[1] / "projects/museum"
CHATKIT = ("0.0.1", "0.0.2", "1.0.0", "1.1.0", "1.2.0")
AGENTS = ("0.5.0", "0.6.0")


@pytest.fixture(scope="module")
def index(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Index]:
    releases = [MadeRelease(project="openai-chatkit", version=each) for each in CHATKIT]
    releases += [MadeRelease(project="openai-agents", version=each) for each in AGENTS]
    with made_index(releases) as served:
        yield Index(Cache(tmp_path_factory.mktemp("cache")), served.url)


def readers(index: Index, pair: str, *words: str, **more: Any) -> list[str]:
    settings = RunSettings(out=Path(), pairs=(pair,), resolution="today", read_by=words, **more)
    cells, _ = with_readers(make_cells(settings, index), settings, index)
    return [f"{each.pair.chatkit}:{each.pair.agents}" for each in cells[0].readers]


@pytest.mark.parametrize(
    ("pair", "words", "expected"),
    [
        ("1.1.0:0.5.0", ("neighbours",), ["1.0.0:0.5.0", "1.2.0:0.5.0"]),
        ("1.2.0:0.6.0", ("neighbours",), ["1.1.0:0.6.0"]),
        ("0.0.2:0.5.0", ("neighbours",), ["1.0.0:0.5.0"]),
        ("1.2.0:0.5.0", ("1.0.0:0.6.0", "newest"), ["1.0.0:0.6.0", "1.2.0:0.5.0"]),
        ("1.2.0:0.5.0", ("1.0.0", "1.0.0"), ["1.0.0:0.5.0"]),
        ("none:0.5.0", ("neighbours",), []),
        ("1.2.0:0.5.0", (), []),
    ],
)
def test_who_reads_a_cell(index: Index, pair: str, words: tuple[str, ...], expected: list[str]) -> None:
    assert readers(index, pair, *words) == expected


@pytest.mark.parametrize("word", [":", ":0.6.0", " :0.6.0"])
def test_a_reader_without_a_chatkit_release_is_refused(index: Index, word: str) -> None:
    with pytest.raises(SelectionError, match="no chatkit release"):
        readers(index, "1.2.0:0.5.0", word)


def test_a_reader_has_the_python_and_the_resolution_of_its_cell(index: Index) -> None:
    settings = RunSettings(out=Path(), pairs=("1.2.0:0.5.0",), resolution="2026-01-01", read_by=("1.0.0",))
    (cell,), _ = with_readers(make_cells(settings, index), settings, index)
    (reader,) = cell.readers
    assert (reader.interpreter, reader.resolution, reader.as_of) == (
        cell.interpreter,
        cell.resolution,
        cell.as_of,
    )
    assert reader.id == cell.id.replace("1.2.0", "1.0.0")


@pytest.mark.parametrize(
    ("pair", "words", "told"),
    [
        ("1.2.0:0.5.0", ("neighbours",), ["has no release after it: of its neighbours chatkit 1.1.0 alone"]),
        ("0.0.2:0.5.0", ("neighbours",), ["has no release before it: of its neighbours chatkit 1.0.0 alone"]),
        ("1.1.0:0.5.0", ("neighbours",), []),
        ("1.2.0:0.5.0", ("1.1.0",), []),
    ],
)
def test_a_release_at_an_end_is_said_to_have_one_neighbour(
    index: Index, pair: str, words: tuple[str, ...], told: list[str]
) -> None:
    settings = RunSettings(out=Path(), pairs=(pair,), resolution="today", read_by=words)
    _, notes = with_readers(make_cells(settings, index), settings, index)
    assert [each.removeprefix(f"chatkit {pair.partition(':')[0]} ") for each in notes] == [
        f"{each} reads its threads." for each in told
    ]


def test_a_cell_that_nobody_can_read_is_noted(index: Index) -> None:
    settings = RunSettings(out=Path(), pairs=("none:0.5.0",), resolution="today", read_by=("1.0.0",))
    _, notes = with_readers(make_cells(settings, index), settings, index)
    assert "has no chatkit" in notes[0]


@pytest.mark.parametrize(
    ("words", "more", "said"),
    [
        (("1.0.5",), {}, "1.0.0"),
        (("1.0.0:0.9.0",), {}, "0.6.0"),
        (("neighbours",), {"stores": ("memory",)}, "--rollback: Threads in the store memory"),
        (("1.0.0",), {"stores": ("memory",)}, "--read-by: Threads in the store memory"),
        (("neighbors",), {}, "Did you mean 'neighbours'?"),
    ],
)
def test_what_cannot_be_asked_is_refused(index: Index, words: Any, more: Any, said: str) -> None:
    with pytest.raises(SelectionError) as refused:
        readers(index, "1.2.0:0.5.0", *words, **more)
    assert said in str(refused.value)


def test_threads_that_are_read_are_kept_in_a_file_of_their_case() -> None:
    settings = RunSettings(out=Path(), read_by=("neighbours",))
    asked = [
        Scenario(id=each, title=each, turns=(TurnPlan(user="hi"),), script=({"say": "hello"},))
        for each in "ab"
    ]
    cases = plan_cases(settings, asked, find_own(settings).targets)
    words = [case.kept_in.word for case in cases if case.kept_in is not None]
    assert {case.store_name for case in cases if case.path == "native"} == {"sqlite"}
    assert words == ["sqlite:native-a-sqlite.sqlite3", "sqlite:native-b-sqlite.sqlite3"]


def ran(out: Path, *words: str, pair: str = "1.6.5:0.24.0") -> tuple[list[Finding], Any]:
    """What is found of stores when one cell writes and another reads, and the transcript."""
    cache = os.environ.get("CHATKIT_HARNESS_CACHE", str(out / "cache"))
    call("run", "--pair", pair, "--resolution", "contemporary", "--path", "native", *words,
         "--cache", cache, "--out", out / "run")  # fmt: skip
    results = read_results(out / "run")
    (case,) = results.cases
    assert case.transcript is not None
    return [each for each in case.findings if each.rule.startswith("store/")], results.transcript(
        case.transcript
    )


@pytest.mark.cells
@pytest.mark.slow
def test_an_image_of_a_newer_release_is_not_there_for_an_older_one(tmp_path: Path) -> None:
    found, transcript = ran(tmp_path, "--scenario", "hosted-image", "--read-by", "1.2.0,1.6.4")
    keys = [each.key for each in found if each.severity == "error"]
    assert keys == ["store/rollback-unreadable generated_image by an older release"]
    assert [(each.chatkit, each.refused, len(each.turns)) for each in transcript.readings] == [
        ("1.6.5", None, 5),
        ("1.2.0", None, 5),
        ("1.6.4", None, 5),
    ]


@pytest.mark.cells
@pytest.mark.slow
@pytest.mark.parametrize("scenario", ["input-tag", "completions-plain", "thread-hidden-by-chatkit"])
def test_whatever_a_thread_holds_is_gone_on_with(tmp_path: Path, scenario: str) -> None:
    found, transcript = ran(tmp_path, "--scenario", scenario, "--read-by", "1.6.5")
    assert found == []
    assert [each.chatkit for each in transcript.readings] == ["1.6.5"]


@pytest.mark.cells
@pytest.mark.slow
@pytest.mark.parametrize(
    ("store", "keys"),
    [
        ("return ITEMS(", []),
        ("return Page(", ["store/not-read-after-restart unreadable thread PydanticSerializationError"]),
    ],
)
def test_a_page_that_a_new_process_cannot_write_is_no_fault_of_other_releases(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, store: str, keys: list[str]
) -> None:
    museum = Path(shutil.copytree(MUSEUM, tmp_path / "museum"))
    file = museum / "museum/store.py"
    file.write_text(file.read_text().replace("return ITEMS(", store))
    monkeypatch.chdir(museum)
    server = ("--server", "museum.server:create_server", "--context", "museum.contexts:visitor_from")
    found, _ = ran(tmp_path, *server, "--scenario", "orrery", "--rollback", pair="1.2.0:0.5.1")
    assert [each.key.partition("(")[0] for each in found if each.severity == "error"] == keys


FORGETFUL = """
from chatkit_harness.reference.server import create_context, create_server as made

def create_server(options):
    return made({**options, "store": "memory"})
"""


@pytest.mark.cells
@pytest.mark.slow
def test_a_server_that_forgets_is_told_to_keep_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "forgetful.py").write_text(FORGETFUL)
    (tmp_path / "pyproject.toml").write_text('[project]\nname = "forgetful"\nversion = "1"\n')
    (tmp_path / "scenarios").mkdir()
    (tmp_path / "scenarios/hello.yaml").write_text(
        "id: hello\ntitle: Hello\nturns: [{user: Hello}]\nscript: [{say: Hi.}]\n"
    )
    monkeypatch.chdir(tmp_path)
    found, _ = ran(tmp_path, "--server", "forgetful:create_server", "--scenario", "hello", "--rollback")
    assert [(each.rule, each.severity) for each in found] == [("store/does-not-keep", "warning")]
