"""What users get wrong: one clear error each, the right exit status, nothing lost, no traceback."""

from __future__ import annotations

import json
import sys
import types
from collections.abc import Iterator
from pathlib import Path

import click
import pytest
from tests.cli.command import Said, call
from tests.made_index import MadeIndex, MadeRelease, made_index

from chatkit_harness.cli.main import BUG, COMMANDS, main

RELEASES = [
    MadeRelease(project="openai-chatkit", version="1.2.0", requires=["openai-agents>=0.5"]),
    MadeRelease(project="openai-chatkit", version="1.3.0", sdist_only=True),
    MadeRelease(project="openai-agents", version="0.4.0"),
    MadeRelease(project="openai-agents", version="0.5.1"),
]
GOOD = """\
id: hello
title: Hello
turns:
  - user: hello
script:
  - say: Hello to you.
"""


@pytest.fixture
def served() -> Iterator[MadeIndex]:
    with made_index(RELEASES) as index:
        yield index


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty working directory with a cache of its own."""
    monkeypatch.setenv("CHATKIT_HARNESS_CACHE", str(tmp_path / "cache"))
    monkeypatch.setenv("UV_HTTP_RETRIES", "0")
    monkeypatch.delenv("CHATKIT_HARNESS_DATA", raising=False)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def scenario(place: Path, text: str) -> Path:
    folder = place / "scenarios"
    folder.mkdir()
    (folder / "hello.yaml").write_text(text)
    return folder


def run(served: MadeIndex, *arguments: object) -> Said:
    return call("run", "--index", served.url, "--pair", "1.2.0:0.5.1", "--resolution", "today", *arguments)


def test_an_unknown_version_names_its_neighbours(place: Path, served: MadeIndex) -> None:
    said = call("run", "--index", served.url, "--pair", "1.2.1:0.5.1")
    assert said.status == 2
    assert "openai-chatkit 1.2.1" in said.err
    assert "Nearest ones: 1.2.0, 1.3.0" in said.err
    assert not (place / "reports").exists()


def test_a_version_without_a_wheel_says_so(place: Path, served: MadeIndex) -> None:
    said = call("run", "--index", served.url, "--pair", "1.3.0:0.5.1")
    assert said.status == 2
    assert "no wheel of it" in said.err


def test_an_index_out_of_reach_is_exit_3(place: Path) -> None:
    said = call("run", "--index", "http://127.0.0.1:9/simple/")
    assert said.status == 3
    assert "out of reach" in said.err
    assert "Traceback" not in said.err


def test_no_set_of_pins_is_a_result_with_the_resolvers_reason(place: Path, served: MadeIndex) -> None:
    said = call("run", "--index", served.url, "--pair", "1.2.0:0.4.0", "--resolution", "today",
                "--scenario", "quote-aapl", "--format", "json")  # fmt: skip
    document = json.loads(said.out)
    assert said.status == 3
    assert [case["outcome"] for case in document["cases"]] == ["unresolvable"] * 2  # one a path
    assert "openai-agents>=0.5" in document["cases"][0]["reason"]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (GOOD + "expext: {}\n", ["expext", "expect", "hello.yaml:7"]),
        (GOOD.replace("turns:\n  - user: hello", "turns: hello"), ["expected a list", "hello.yaml:3"]),
        (GOOD + "context: [unclosed\n", ["hello.yaml"]),
        (GOOD + "context: !!python/object/apply:os.system [id]\n", ["hello.yaml:7", "tag"]),
        (
            GOOD + "context:\n  a: &a [1,1,1,1,1,1,1,1,1]\n"
            + "".join(f"  {n}: &{n} [{','.join(['*' + p] * 9)}]\n"
                      for p, n in zip("abcdefgh", "bcdefghi", strict=True)),
            ["hello.yaml"],
        ),
        (GOOD.replace("script:\n  - say: Hello to you.", "model: cassettes/none.yaml"),
         ["none.yaml", "chatkit-harness record --live --scenario hello"]),
    ],
    ids=["wrong-key", "wrong-type", "bad-yaml", "object-tag", "bomb", "missing-cassette"],
)  # fmt: skip
def test_a_scenario_that_is_wrong_names_file_line_and_remedy(
    place: Path, served: MadeIndex, text: str, words: list[str]
) -> None:
    scenario(place, text)
    said = run(served, "--scenario", "hello")
    assert said.status == 2
    assert [word for word in words if word not in said.err] == []
    assert "Traceback" not in said.err


def test_a_cut_cassette_is_refused_before_anything_runs(place: Path, served: MadeIndex) -> None:
    scenario(place, GOOD)
    assert call("record", "--scenario", "hello").status == 0
    path = place / "cassettes" / "hello.yaml"
    path.write_text(path.read_text()[:-300])
    (place / "scenarios" / "hello.yaml").write_text(GOOD + "model: cassettes/hello.yaml\n")
    said = run(served, "--scenario", "hello")
    assert said.status == 2
    assert "hello.yaml" in said.err
    assert not (place / "reports").exists()


def test_a_cassette_of_an_earlier_script_says_how_to_render_it_again(place: Path, served: MadeIndex) -> None:
    folder = scenario(place, GOOD + "model: cassettes/hello.yaml\n")
    folder.joinpath("hello.yaml").write_text(GOOD)
    call("record", "--scenario", "hello")
    folder.joinpath("hello.yaml").write_text(
        GOOD.replace("Hello to you", "Good day") + "model: cassettes/hello.yaml\n"
    )
    said = run(served, "--scenario", "hello")
    assert said.status == 2
    assert "chatkit-harness record --scenario hello" in said.err


def test_a_reports_folder_that_cannot_be_written_is_told_first(place: Path, served: MadeIndex) -> None:
    (place / "taken").write_text("a file")
    said = run(served, "--out", place / "taken")
    assert said.status == 3
    assert "taken" in said.err
    assert (place / "taken").read_text() == "a file"


def test_an_earlier_run_is_never_overwritten(place: Path, served: MadeIndex) -> None:
    first = run(served, "--out", place / "run", "--scenario", "quote-aapl")
    before = (place / "run" / "results.jsonl").read_bytes()
    again = run(served, "--out", place / "run", "--scenario", "quote-aapl")
    assert first.status in (1, 3)
    assert again.status == 2
    assert (place / "run" / "results.jsonl").read_bytes() == before


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["runn"], "Did you mean 'run'?"),
        (["run", "--scenario", "quote-aapll"], "quote-aapl"),
        (["run", "--check", "widgetz"], "widgets"),
        (["run", "--pair", "1.2.0"], "CHATKIT:AGENTS"),
        (["run", "--resolution", "yesterday"], "contemporary"),
        (["run", "--python", "3.99"], "No such CPython"),
        (["run", "--jobs", "0"], "--jobs"),
        (["run", "--data", "nowhere"], "no such folder"),
        (["record"], "--scenario"),
        (["record", "--scenario", "quote-aapl", "--live"], "OPENAI_API_KEY"),
        (["run", "--pair", "1.2.0:0.5.1", "--chatkit", "1.2.0"], "exclude each other"),
        (["list", "scenario"], "'scenarios'"),
        (["report", "nowhere"], "nowhere"),
        (["schemas", "diff", "1.2.0", "1.2.9"], "1.2.0"),
    ],
)
def test_wrong_use_is_exit_2_with_the_nearest_name(
    place: Path, served: MadeIndex, monkeypatch: pytest.MonkeyPatch, arguments: list[str], words: str
) -> None:
    monkeypatch.setenv("CHATKIT_HARNESS_INDEX", served.url)
    monkeypatch.delenv("OPENAI_API_KEY", raising=False)
    versions = ["--chatkit", "1.2.0", "--agents", "0.5.1"]
    said = call(*arguments, *(versions if arguments[0] == "run" and "--pair" not in arguments else []))
    assert said.status == 2
    assert words in said.err
    assert "Traceback" not in said.err


def test_errors_are_documents_for_scripts(place: Path) -> None:
    said = call("report", "nowhere", "--format", "json")
    assert said.status == 2
    assert set(json.loads(said.out)["error"]) == {"code", "culprit", "cause", "next_step"}


def test_a_wrong_setting_names_the_key_and_the_nearest(place: Path) -> None:
    (place / "pyproject.toml").write_text("[tool.chatkit-harness]\npyhton = '3.11'\n")
    said = call("list", "checks")
    assert said.status == 2
    assert "tool.chatkit-harness.pyhton" in said.err
    assert "'python'" in said.err


@pytest.mark.parametrize(
    "line", ["pairs = ['1.6.5']", "python = 3.10", "jobs = 'two'", "index = 3", "pacing = true"]
)
def test_a_setting_of_the_wrong_kind_names_file_and_key(place: Path, line: str) -> None:
    (place / "pyproject.toml").write_text(f"[tool.chatkit-harness]\n{line}\n")
    said = call("list", "checks")
    assert said.status == 2
    assert f"pyproject.toml: tool.chatkit-harness.{line.split(maxsplit=1)[0]}" in said.err


def test_versions_on_the_command_line_beat_pairs_of_the_settings(place: Path, served: MadeIndex) -> None:
    (place / "pyproject.toml").write_text(
        f"[tool.chatkit-harness]\npairs = '1.2.0:0.4.0'\nresolution = 'today'\nindex = '{served.url}'\n"
    )
    said = call("list", "cells", "--chatkit", "1.2.0", "--agents", "0.5.1", "--format", "json")
    assert [cell["agents"] for cell in json.loads(said.out)["cells"]] == ["0.5.1"]


def test_a_release_younger_than_the_instant_says_so(place: Path, served: MadeIndex) -> None:
    said = call("run", "--index", served.url, "--pair", "1.2.0:0.5.1", "--resolution", "2025-11-01",
                "--scenario", "quote-aapl", "--format", "json")  # fmt: skip
    case = json.loads(said.out)["cases"][0]
    assert (said.status, case["outcome"]) == (3, "unresolvable")
    assert "was uploaded on 2025-11-13, after 2025-11-01" in case["reason"]


def test_a_wrong_check_leaves_no_folder_behind(place: Path, served: MadeIndex) -> None:
    assert run(served, "--scenario", "quote-aapl", "--out", place / "run").status in (1, 3)
    said = call("recheck", place / "run", "--check", "widgts")
    assert said.status == 2
    assert not (place / "reports").exists()


def test_a_scripts_rendering_does_not_replace_a_live_recording(place: Path) -> None:
    scenario(place, GOOD)
    call("record", "--scenario", "hello")
    path = place / "cassettes" / "hello.yaml"
    path.write_text(path.read_text().replace("origin: script", "origin: recording"))
    assert call("record", "--scenario", "hello").status == 2
    assert "origin: recording" in path.read_text()
    assert call("record", "--scenario", "hello", "--replace").status == 0
    assert "origin: script" in path.read_text()


def test_recording_again_changes_nothing_but_what_changed(place: Path) -> None:
    scenario(place, GOOD)
    call("record", "--scenario", "hello")
    before = (place / "cassettes" / "hello.yaml").read_bytes()
    assert "unchanged" in call("record", "--scenario", "hello").out
    assert (place / "cassettes" / "hello.yaml").read_bytes() == before


def test_settings_are_defaults_that_flags_beat(place: Path, served: MadeIndex) -> None:
    (place / "pyproject.toml").write_text(
        f"[tool.chatkit-harness]\npairs = ['1.2.0:0.5.1']\nresolution = 'today'\nindex = '{served.url}'\n"
    )
    cells = json.loads(call("list", "cells", "--format", "json").out)["cells"]
    assert [(c["chatkit"], c["agents"], c["resolution"]) for c in cells] == [("1.2.0", "0.5.1", "today")]
    cells = json.loads(call("list", "cells", "--pair", "1.2.0:0.4.0", "--format", "json").out)["cells"]
    assert [c["agents"] for c in cells] == ["0.4.0"]


def test_a_bug_is_no_verdict_on_what_is_tested(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    broken = types.ModuleType("chatkit_harness.cli.broken")
    nothing: dict[str, str] = {}
    monkeypatch.setattr(
        broken, "command", click.Command("broken", callback=lambda: nothing["x"]), raising=False
    )
    monkeypatch.setitem(sys.modules, broken.__name__, broken)
    monkeypatch.setitem(COMMANDS, "broken", "broken")
    with pytest.raises(SystemExit) as leaving:
        main(["broken"])
    assert leaving.value.code == BUG == 70
    said = capsys.readouterr().err
    assert "KeyError: 'x'" in said
    assert "This is a bug of chatkit-harness" in said


@pytest.mark.parametrize(
    "settled", ["--index", "CHATKIT_HARNESS_INDEX", "pyproject.toml", "UV_DEFAULT_INDEX"]
)
def test_an_index_that_is_no_address_is_told_by_where_it_stands(
    place: Path, monkeypatch: pytest.MonkeyPatch, settled: str
) -> None:
    if settled == "pyproject.toml":
        (place / settled).write_text('[tool.chatkit-harness]\nindex = "index.example"\n')
    elif settled.isupper():
        monkeypatch.setenv(settled, "index.example")
    said = call("list", "releases", *(["--index", "index.example"] if settled == "--index" else []))
    assert said.status == 2
    assert said.err.startswith(f"Error: {settled}")
    assert "no address of a package index" in said.err
