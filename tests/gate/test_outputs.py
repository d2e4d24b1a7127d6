"""What a gate leaves, over made releases: its files, its words to GitHub, the baseline that it writes."""

from __future__ import annotations

import json
import xml.etree.ElementTree as ET
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from tests.cli.command import Said, call
from tests.engine.made_matrix import CONCERNED, SCENARIO, UNHARMED, instead, third
from tests.gate.answers import answer as hand_made
from tests.gate.answers import require_valid
from tests.made_index import MadeIndex, made_index

from chatkit_harness.core.errors import OutputError
from chatkit_harness.gate.markdown import MARKER
from chatkit_harness.gate.outputs import write_outputs

BROKEN = third("bad", files={"bad/__init__.py": "raise RuntimeError('bad is broken')\n"})
BASELINE = Path("chatkit-baseline.yaml")


@pytest.fixture(scope="module")
def index() -> Iterator[MadeIndex]:
    with made_index(instead(BROKEN)) as served:
        yield served


@pytest.fixture(scope="module")
def cache(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One cache for what that index has: environments are made once."""
    return tmp_path_factory.mktemp("cache")


@pytest.fixture(autouse=True)
def shop(tmp_path: Path, index: MadeIndex, cache: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A project with an old and a new requirements file; what the new one asks for breaks an import."""
    (tmp_path / ".git").mkdir()
    (tmp_path / "scenarios").mkdir()
    (tmp_path / "scenarios/hello.yaml").write_text(SCENARIO)
    for name, agents in {"old.txt": UNHARMED, "new.txt": CONCERNED}.items():
        (tmp_path / name).write_text(f"# the shop\nopenai-chatkit==1.0.0\nopenai-agents=={agents}\n")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("CHATKIT_HARNESS_CACHE", str(cache))
    monkeypatch.setenv("CHATKIT_HARNESS_INDEX", index.url)
    for name in ("CHATKIT_HARNESS_DATA", "GITHUB_ACTIONS", "GITHUB_STEP_SUMMARY"):
        monkeypatch.delenv(name, raising=False)


def gate(*more: object, candidate: str = "new.txt", out: str = "out") -> Said:
    asked = ("--base", "old.txt", "--candidate", candidate, "--scenario", "hello", "--culprit-budget", 0)
    return call("gate", *asked, "--out", out, *more)


def document(out: str = "out") -> dict[str, Any]:
    """The answer, which is valid."""
    told: dict[str, Any] = json.loads(Path(out, "gate.json").read_text())
    require_valid(told, "gate")
    return told


def test_every_form_of_the_answer_says_the_same() -> None:
    said = gate()
    assert said.status == document()["status"] == 1
    place = {"file": "new.txt", "line": 3}
    assert document()["problems"][0]["place"] == place, "no culprit was looked for: the pair's changed half"
    assert Path("out/summary.md").read_text().startswith(f"{MARKER}\n## ❌ BREAKS")
    assert ET.parse("out/gate-junit.xml").getroot().get("failures") == "1"  # noqa: S314  # our own
    (result,) = json.loads(Path("out/gate.sarif").read_text())["runs"][0]["results"]
    assert result["locations"][0]["physicalLocation"]["region"]["startLine"] == 3
    assert "Reports: out" in said.out


def test_under_github_it_annotates_and_adds_to_the_summary(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GITHUB_ACTIONS", "true")
    monkeypatch.setenv("GITHUB_STEP_SUMMARY", "summary")
    said = gate()
    commands = [line for line in said.out.splitlines() if line.startswith("::")]
    assert [line.split(",title=")[0] for line in commands] == ["::error file=new.txt,line=3"]
    assert Path("summary").read_text() == Path("out/summary.md").read_text()
    monkeypatch.setenv("GITHUB_STEP_SUMMARY", "no/such/folder")
    again = gate("--format", "json", out="again")
    assert json.loads(again.out)["verdict"] == "breaks", "nothing but the document"
    assert "\n::error file=new.txt,line=3,title=" in again.err
    assert "cannot be written" in again.err


def test_a_baseline_is_written_with_which_the_same_gate_passes() -> None:
    said = gate("--update-baseline")
    assert (said.status, document()["verdict"]) == (0, "safe")
    assert {each["rule"] for each in document()["update"]["added"]} == {"imports/failed"}
    assert "nobody has said yet why" in said.out
    assert gate(out="again").status == 0
    assert document("again")["accepted"][0]["place"] == {"file": "chatkit-baseline.yaml", "line": 4}
    before = BASELINE.read_text()
    assert gate("--update-baseline", out="third").status == 0
    assert BASELINE.read_text() == before


def test_a_reason_and_a_file_may_be_given() -> None:
    assert gate("--update-baseline", "--reason", "mended upstream", "--baseline", "ours.yaml").status == 0
    assert "reason: mended upstream" in Path("ours.yaml").read_text()
    assert not BASELINE.exists()
    assert document()["notes"] == []


def test_what_cannot_be_told_stays_so() -> None:
    Path("ghost.txt").write_text(Path("old.txt").read_text() + "ghost==9.9\n")
    assert gate("--update-baseline", candidate="ghost.txt").status == 3
    assert not BASELINE.exists()


def test_a_folder_that_cannot_be_written_is_told() -> None:
    Path("taken").write_text("")
    with pytest.raises(OutputError, match="cannot be written"):
        write_outputs(hand_made(), Path("taken"))


def test_wrong_use_is_told_before_anything_is_driven() -> None:
    assert "Add --update-baseline" in gate("--reason", "mended").err
    assert "says nothing" in gate("--update-baseline", "--reason", " ").err
    unwritable = gate("--update-baseline", "--baseline", "no/folder.yaml")
    assert (unwritable.status, "cannot be written" in unwritable.err) == (3, True)
    assert gate("--baseline", "nope.yaml").status == 2
    assert not Path("out").exists()
