"""The main job on real packages: a handful of cells, driven end to end."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from tests.cli.command import Said, call

from chatkit_harness.core.data import data_folder
from chatkit_harness.results import read_results

pytestmark = pytest.mark.cells
OLD = "1.2.0:0.5.1"


@pytest.fixture(scope="module")
def cache(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One cache for these tests, unless a cache is named: environments are made once."""
    named = os.environ.get("CHATKIT_HARNESS_CACHE")
    return Path(named) if named else tmp_path_factory.mktemp("cache")


@pytest.fixture(scope="module")
def old_pair(cache: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Said]:
    """The pair of the import blocker, as of its own time and as of today."""
    out = tmp_path_factory.mktemp("runs") / "old"
    asked = ("--scenario", "everyday", "--scenario", "conformance-others-*")
    said = call("run", "--cache", cache, "--pair", OLD, *asked, "--out", out, "--format", "json")
    return out, said


MODEL_SAYS_NOTHING = {"model-500", "session-expired", "attachment-too-large"}
"""Scenarios in which no answer of the model is ever read."""
NOT_THERE = {"refresh-quote-at-once"}
"""Scenarios of what the old pair's chatkit has not."""


def outcomes(document: dict[str, Any], resolution: str) -> set[str]:
    return {
        case["outcome"]
        for case in document["cases"]
        if case["cell"].endswith(f"+{resolution}")
        and case["scenario"] not in MODEL_SAYS_NOTHING | NOT_THERE
        and not case["scenario"].startswith("conformance-")  # whose rules depend on no answer
    }


def test_the_old_pair_works_as_of_its_own_time_and_fails_today(old_pair: tuple[Path, Said]) -> None:
    _out, said = old_pair
    document = json.loads(said.out)
    assert outcomes(document, "contemporary") == {"pass"}
    assert outcomes(document, "today") == {"fail"}
    assert said.status == 1


def test_the_package_that_raised_is_named_and_the_pins_can_be_read(old_pair: tuple[Path, Said]) -> None:
    document = json.loads(old_pair[1].out)
    failing = [cause for cause in document["causes"] if cause["culprit"]]
    assert [cause["culprit"] for cause in failing] == ["openai-agents 0.5.1"]
    assert "contemporary" in failing[0]["advice"]
    for cell in document["cells"]:
        assert {"openai", "pydantic", "openai-chatkit", "openai-agents"} <= set(cell["pins"])


def test_the_document_and_every_transcript_are_as_their_schemas_say(old_pair: tuple[Path, Said]) -> None:
    out, said = old_pair
    schemas = data_folder("schemas")
    jsonschema.validate(json.loads(said.out), json.loads((schemas / "results.schema.json").read_text()))
    transcript = json.loads((schemas / "transcript.schema.json").read_text())
    jsonschema.Draft202012Validator.check_schema(transcript)
    validator = jsonschema.Draft202012Validator(transcript)
    files = list((out / "transcripts").rglob("*.json"))
    assert files
    for file in files:
        validator.validate(json.loads(file.read_text()))


def test_every_report_is_there(old_pair: tuple[Path, Said]) -> None:
    names = {path.name for path in old_pair[0].iterdir()}
    assert {"report.html", "summary.md", "junit.xml", "results.json", "results.jsonl", "run.log"} <= names


def test_recheck_comes_to_the_same_without_a_second_run(old_pair: tuple[Path, Said], tmp_path: Path) -> None:
    out, said = old_pair
    again = call("recheck", out, "--out", tmp_path / "again", "--format", "json")
    assert again.status == said.status
    keys = ("id", "outcome", "findings", "transcript")
    before, after = (json.loads(each.out)["cases"] for each in (said, again))
    assert [[case[key] for key in keys] for case in before] == [[case[key] for key in keys] for case in after]
    # What was `today` is the day of the conversations, and not that of the second look.
    first, second = (
        json.loads(call("breaks", each, "--format", "json").out) for each in (out, tmp_path / "again")
    )
    assert [each["reproduce"] for each in second["breaks"]] == [each["reproduce"] for each in first["breaks"]]


def test_the_documented_widgets_are_caught_by_component_and_prop(cache: Path, tmp_path: Path) -> None:
    said = call("run", "--cache", cache, "--pair", "1.6.5:0.24.0", "--resolution", "contemporary",
                "--scenario", "*-as-documented", "--out", tmp_path / "run", "--format", "json")  # fmt: skip
    cases = json.loads(said.out)["cases"]
    assert said.status == 0
    for case in cases:
        found = {(f["rule"], f["evidence"]["component"], f["evidence"]["prop"]) for f in case["findings"]}
        assert ("widgets/dropped-prop", "Card", "status.icon") in found
        assert "widgets/not-allowed-here" in {rule for rule, _component, _prop in found}


@pytest.mark.slow
@pytest.mark.parametrize("pair", ["0.0.2:0.3.2", "1.4.1:0.14.8"])
def test_other_pairs_work_as_of_their_own_time(cache: Path, tmp_path: Path, pair: str) -> None:
    said = call("run", "--cache", cache, "--pair", pair, "--resolution", "contemporary", "--scenario",
                "everyday,conformance", "--out", tmp_path / "run", "--format", "json")  # fmt: skip
    assert (said.status, json.loads(said.out)["summary"]["fail"]) == (0, 0)


def test_recorded_streams_play_through_the_probe_server(cache: Path, tmp_path: Path) -> None:
    data = os.environ.get("CHATKIT_HARNESS_DATA") or Path(__file__).parents[1] / "upstream" / "data"
    said = call("run", "--cache", cache, "--pair", OLD, "--resolution", "contemporary", "--data", data,
                "--scenario", "recorded-streams", "--out", tmp_path / "run", "--format", "json")  # fmt: skip
    document = json.loads(said.out)
    assert {case["outcome"]: case["findings"] for case in document["cases"]}.keys() == {"pass"}
    assert said.status == 0


def test_with_the_index_out_of_reach_what_is_cached_still_runs(
    cache: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, old_pair: tuple[Path, Said]
) -> None:
    for path in [*cache.glob("index/*/*.json"), *cache.glob("resolved/*/*.json")]:
        document = json.loads(path.read_text())
        path.write_text(json.dumps({**document, **{k: 0 for k in ("fetched", "resolved") if k in document}}))
    for variable in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "http_proxy", "https_proxy"):
        monkeypatch.setenv(variable, "http://127.0.0.1:9")
    monkeypatch.setenv("UV_HTTP_RETRIES", "0")
    said = call("run", "--cache", cache, "--pair", OLD, "--resolution", "contemporary",
                "--scenario", "quote-aapl", "--out", tmp_path / "run", "--format", "json")  # fmt: skip
    document = json.loads(said.out)
    assert {case["path"]: case["outcome"] for case in document["cases"]} == {
        "native": "pass",
        "agent_builder": "pass",
    }
    assert said.status == 3
    assert "out of reach" in said.err


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no SIGINT for a group of processes")
@pytest.mark.usefixtures("heeds_ctrl_c")
@pytest.mark.parametrize("after_s", [0.5, 2.0])
@pytest.mark.slow
def test_ctrl_c_while_a_cell_is_built_is_no_trouble_of_that_cell(tmp_path: Path, after_s: float) -> None:
    out = tmp_path / "run"
    command = [sys.executable, "-m", "chatkit_harness", "run", "--cache", str(tmp_path / "cache")]
    command += ["--pair", OLD, "--scenario", "everyday", "--out", str(out)]
    process = subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, start_new_session=True
    )
    assert process.stdout is not None
    process.stdout.readline()  # it has begun: nobody can say so much while it is being imported
    time.sleep(after_s)
    os.killpg(process.pid, signal.SIGINT)  # as a terminal does: to everything in the foreground
    said, _none = process.communicate(timeout=60)
    assert process.returncode == 130
    assert "Traceback" not in said
    if (out / "results.jsonl").exists():
        assert {case.outcome for case in read_results(out).cases} <= {"pass", "fail"}


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no SIGINT for one process")
@pytest.mark.usefixtures("old_pair", "heeds_ctrl_c")
@pytest.mark.parametrize(
    "how",
    [
        pytest.param(signal.SIGINT, id="Ctrl-C"),
        pytest.param(signal.SIGTERM, id="the end of a CI job", marks=pytest.mark.slow),
    ],
)
def test_what_is_finished_is_kept_when_a_run_is_ended(
    cache: Path, tmp_path: Path, how: signal.Signals
) -> None:
    out = tmp_path / "run"
    command = [sys.executable, "-m", "chatkit_harness", "run", "--cache", str(cache), "--jobs", "1"]
    command += ["--pair", OLD, "--scenario", "everyday", "--out", str(out)]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    deadline = time.monotonic() + 120
    while time.monotonic() < deadline and not any(out.glob("transcripts/*/*.json")):
        time.sleep(0.01)
    process.send_signal(how)
    said, _none = process.communicate(timeout=60)
    assert process.returncode == 130
    assert "Traceback" not in said
    assert f"chatkit-harness report {out}" in said
    results = read_results(out)
    assert results.interrupted
    assert 0 < len(results.cases) < 16
    assert call("report", out).status in (1, 3)
