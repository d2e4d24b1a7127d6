"""`chatkit-harness init` in a project of somebody's own, as they meet it."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import yaml
from tests.ci_kit.made_repository import AS_OF, PROJECT, lock
from tests.cli.command import Said, call

from chatkit_harness.core.data import data_folder

WRITTEN = ["scenarios/first.yaml", "pyproject.toml", ".github/workflows/chatkit-gate.yml"]


@pytest.fixture(scope="module")
def cache(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One cache for these tests, unless a cache is named."""
    named = os.environ.get("CHATKIT_HARNESS_CACHE")
    return Path(named) if named else tmp_path_factory.mktemp("cache")


def copied(folder: Path) -> Path:
    """The project without what the harness needs of it."""
    shutil.copytree(PROJECT, folder, ignore=shutil.ignore_patterns("scenarios", "__pycache__", "*.lock"))
    settings = (folder / "pyproject.toml").read_text()
    (folder / "pyproject.toml").write_text(settings.partition("[tool.chatkit-harness]")[0].rstrip() + "\n")
    return folder


@pytest.fixture(scope="module")
def locked(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Its lock as of a day on which it worked."""
    folder = copied(tmp_path_factory.mktemp("locked") / "tides")
    lock(folder, "--exclude-newer", AS_OF)
    return folder / "uv.lock"


@pytest.fixture
def tides(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A project with a server, before anybody has thought of testing it."""
    folder = copied(tmp_path / "tides")
    monkeypatch.chdir(folder)
    return folder


def init(cache: Path, *words: object) -> Said:
    said = call("init", "--cache", cache, *words)
    assert "Traceback" not in said.err
    return said


def told(cache: Path, *words: object) -> dict[str, Any]:
    document: dict[str, Any] = json.loads(init(cache, "--format", "json", *words).out)
    jsonschema.validate(document, json.loads((data_folder("schemas") / "init.schema.json").read_text()))
    return document


def files(folder: Path) -> dict[str, bytes]:
    return {str(each.relative_to(folder)): each.read_bytes() for each in folder.rglob("*") if each.is_file()}


@pytest.mark.cells
def test_the_first_scenario_is_what_the_server_was_seen_to_do(tides: Path, locked: Path, cache: Path) -> None:
    shutil.copy2(locked, tides)
    before = (tides / "pyproject.toml").read_bytes()
    document = told(cache)
    assert [(each["path"], each["action"]) for each in document["files"]] == [
        *zip(WRITTEN, ("write", "append", "write"), strict=True)
    ]
    assert document["versions"]["openai-agents"] == "0.5.1"
    scenario = yaml.safe_load((tides / "scenarios/first.yaml").read_text())
    assert scenario["expect"] == {
        "tools": [{"name": "show_tides", "arguments": {"place": "Cuxhaven"}}],
        "widgets": [{"root": "Card", "contains": ["Tides at Cuxhaven", "High", "Low"]}],
        "text": {"contains": "Here is what I found."},
    }
    assert (tides / "pyproject.toml").read_bytes().startswith(before)
    settled = files(tides)
    assert [each["action"] for each in told(cache)["files"]] == ["keep"] * 3
    assert files(tides) == settled


@pytest.mark.cells
def test_a_server_that_cannot_be_imported_is_told_and_nothing_is_written(
    tides: Path, locked: Path, cache: Path
) -> None:
    shutil.copy2(locked, tides)
    server = tides / "src/tides/server.py"
    server.write_text(server.read_text().replace("from .notebook", "from .diary"))
    before = files(tides)
    (finding,) = told(cache)["findings"]
    assert "tides.diary" in finding["message"]
    said = init(cache)
    assert said.status == 1
    assert finding["message"] in said.err
    assert "Nothing was written" in said.err
    assert "bisect" not in said.err
    assert files(tides) == before


@pytest.mark.cells
def test_where_the_lock_breaks_the_server_what_finds_out_why_is_named(tides: Path, cache: Path) -> None:
    (tides / "requirements.txt").write_text("openai-chatkit==1.2.0\nopenai-agents==0.5.1\nopenai==2.54.0\n")
    said = init(cache, "--lock", "requirements.txt")
    assert said.status == 1
    assert "cache_write_tokens" in said.err
    assert "chatkit-harness doctor --python .venv --cwd src --try 'import tides.server'" in said.err
    assert "chatkit-harness bisect --good OLDER --bad requirements.txt" in said.err
    notes = told(cache)["notes"]
    assert any("doctor" in each for each in notes)
    assert any("bisect" in each for each in notes)


@pytest.mark.cells
@pytest.mark.slow  # the words are tested in test_record
def test_where_no_tool_showed_a_widget_it_is_told_and_none_is_forbidden(
    tides: Path, locked: Path, cache: Path
) -> None:
    shutil.copy2(locked, tides)
    server = tides / "src/tides/server.py"
    server.write_text(server.read_text().replace(", such as 'Cuxhaven'", ""))
    note = "No tool showed a widget; show_tides was called with a made-up 'Lisbon'"
    said = init(cache, "--dry-run")
    assert f"note: {note}: give it real arguments in scenarios/first.yaml" in said.out
    assert note in " ".join(told(cache)["notes"])
    assert "widgets" not in yaml.safe_load((tides / "scenarios/first.yaml").read_text())["expect"]


def test_what_a_newcomer_meets_next_is_told(tides: Path, cache: Path) -> None:
    said = init(cache, "--no-drive")
    assert "add reports/ to .gitignore" in said.out
    assert "in no public index yet" in said.out
    assert not (tides / ".gitignore").exists()
    job = (tides / ".github/workflows/chatkit-gate.yml").read_text()
    assert "pip install chatkit-harness # unreleased" in job


def test_what_would_be_written_is_shown_and_not_written(tides: Path, cache: Path) -> None:
    before = files(tides)
    assert all("text" in each for each in told(cache, "--no-drive", "--dry-run")["files"])
    said = init(cache, "--no-drive", "--dry-run")
    assert said.status == 0
    assert "would be written: scenarios/first.yaml" in said.out
    assert '    server = "tides.server:create_server"' in said.out
    assert files(tides) == before


def test_without_driving_the_scenario_says_that_it_was_not_recorded(tides: Path, cache: Path) -> None:
    assert init(cache, "--no-drive", "--with", "pyyaml", "--env", "SEA_TOKEN=abc").status == 0
    text = (tides / "scenarios/first.yaml").read_text()
    assert text.startswith("# Not recorded: ")
    assert "expect" not in yaml.safe_load(text)
    settings = (tides / "pyproject.toml").read_text()
    assert 'resolution = "pyproject.toml"' in settings
    assert 'env = ["SEA_TOKEN"]' in settings


def test_no_secret_is_written_shown_or_told(tides: Path, cache: Path) -> None:
    secrets = ["--env", "MY_PASS=abc123xyz", "--env", "GH_PAT=ghp_x9", "--env", "SEA=pg://ann:pw77@host/sea"]
    requirement = ["--with", "sea @ https://ann:pw88@host/sea.whl"]
    said = init(cache, "--no-drive", "--dry-run", *secrets, *requirement)
    document = json.dumps(told(cache, "--no-drive", *secrets, *requirement))
    written = "".join(text.decode() for text in files(tides).values())
    for told_there in (said.out + said.err, document, written):
        assert not [each for each in ("abc123xyz", "ghp_x9", "pw77", "pw88") if each in told_there]
    assert 'env = ["MY_PASS", "GH_PAT", "SEA"]' in (tides / "pyproject.toml").read_text()
    assert "SEA may be secret" in document
    assert "left out: name it by --with" in document


def test_a_table_that_is_there_is_never_changed(tides: Path, cache: Path) -> None:
    with (tides / "pyproject.toml").open("a") as file:
        file.write('[tool.chatkit-harness]\nserver = "tides.server:create_server"\n')
    before = (tides / "pyproject.toml").read_bytes()
    document = told(cache, "--no-drive")
    assert (tides / "pyproject.toml").read_bytes() == before
    assert [each["action"] for each in document["files"]] == ["write", "keep", "write"]


def changed(name: str, old: str, new: str, into: str | None = None) -> Callable[[], object]:
    """Changes a file of the project, or writes the changed text into another."""
    return lambda: Path(into or name).write_text(Path(name).read_text().replace(old, new))


def made(name: str, text: str) -> Callable[[], object]:
    """Writes a file, in a folder that is made for it."""

    def write() -> None:
        Path(name).parent.mkdir(exist_ok=True)
        Path(name).write_text(text)

    return write


SERVER, SETTINGS = "src/tides/server.py", "pyproject.toml"
OTHER = changed(SERVER, "TideServer", "OtherServer", into="src/tides/other.py")


@pytest.mark.parametrize(
    ("before", "words", "answer"),
    [
        (lambda: Path(SERVER).unlink(), (), (2, "No ChatKitServer was found")),
        (OTHER, (), (2, "several servers: tides.other:create_server (src/tides/other.py:")),
        (
            changed(SERVER, "create_server()", "create_server(store)"),
            (),
            (2, "Write a function without arguments"),
        ),
        (made(SETTINGS, "[project"), (), (2, "cannot be read")),
        (made(SETTINGS, "tool = {x = 1}"), ("--no-drive",), (2, "by hand")),
        (made("scenarios", ""), ("--no-drive",), (3, "is no folder")),
        (made("scenarios/other.yaml", "a: 1"), ("--no-drive",), (2, "other.yaml")),
        (dict, ("--server", "tides.server:make_server", "--no-drive"), (2, "create_server")),
        (dict, ("--lock", "poetry.lock"), (2, "There is no such file")),
        (dict, ("--context", "tides.server:make"), (2, "--server")),
        (changed(SETTINGS, ">=3.11", ">=3.99"), (), (2, "3.99")),
    ],
)
def test_what_cannot_be_is_told_before_anything_is_driven(
    tides: Path, cache: Path, before: Callable[[], object], words: tuple[str, ...], answer: tuple[int, str]
) -> None:
    before()
    there = files(tides)
    said = init(cache, *words)
    assert (said.status, answer[1] in said.err) == (answer[0], True), said.err
    assert files(tides) == there
