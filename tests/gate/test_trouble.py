"""Trouble with files and folders is told in three sentences, is never "breaks", and costs no older answer."""

from __future__ import annotations

import json
import resource
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from tests.cli.command import Said, call
from tests.engine.made_matrix import CONCERNED, RELEASES, SCENARIO, UNHARMED, third
from tests.made_index import MadeRelease, made_index

PAIR = f"1.0.0:{UNHARMED}"
PINS = f"openai-chatkit==1.0.0\nopenai-agents=={UNHARMED}\n"
NOWHERE = "http://127.0.0.1:9/simple/"
NEWEST = MadeRelease(
    project="openai-agents", version="0.7.0", requires=["common>=2"], files={"agents/__init__.py": ""}
)
SIDES = {"gate": ("--base", "--candidate"), "bisect": ("--good", "--bad")}


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A project whose package index is out of reach."""
    folder = tmp_path / "project"
    (folder / "scenarios").mkdir(parents=True)
    (folder / "scenarios/hello.yaml").write_text(SCENARIO)
    (folder / "requirements.txt").write_text(PINS)
    monkeypatch.chdir(folder)
    monkeypatch.setenv("CHATKIT_HARNESS_CACHE", str(tmp_path / "cache"))
    monkeypatch.setenv("CHATKIT_HARNESS_INDEX", NOWHERE)
    monkeypatch.delenv("CHATKIT_HARNESS_DATA", raising=False)
    return folder


@pytest.fixture
def served(project: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """The project in a repository, with an index of made releases, all of which work."""
    with made_index([*RELEASES, NEWEST, third("common", version="2.0")]) as index:
        monkeypatch.setenv("CHATKIT_HARNESS_INDEX", index.url)
        git("init", "-qb", "main")
        yield project


def git(*words: str) -> None:
    """In the working folder, which has to be one that a test made: never this project's own."""
    assert not Path.cwd().is_relative_to(Path(__file__).resolve().parents[2])
    identity = ["-c", "user.name=a", "-c", "user.email=a@b.invalid"]
    subprocess.run(["git", *identity, *words], check=True)


def commit(files: dict[str, str]) -> None:
    for name, text in files.items():
        Path(name).parent.mkdir(parents=True, exist_ok=True)
        Path(name).write_text(text)
    git("add", ".")
    git("commit", "-qm", "more")


def ask(command: str, one: str, other: str, *more: object) -> Said:
    base, candidate = SIDES[command]
    return call(command, base, one, candidate, other, "--scenario", "hello", *more)


def answer(one: str, other: str) -> dict[str, Any]:
    said = ask("gate", one, other, "--culprit-budget", 0, "--format", "json")
    document: dict[str, Any] = json.loads(said.out)
    return document


def pair_of(side: dict[str, Any]) -> tuple[str | None, str]:
    return side["chatkit"], side["agents"]


@contextmanager
def no_room() -> Iterator[None]:
    """No file can be longer than a few bytes, which is how a full disk fails."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (8, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


@pytest.mark.usefixtures("project")
@pytest.mark.parametrize("side", [PAIR, "requirements.txt"])
@pytest.mark.parametrize("out", ["/proc/x", "requirements.txt", "requirements.txt/x", "x" * 300])
@pytest.mark.parametrize("command", SIDES)
def test_a_folder_that_cannot_be_written_is_told(command: str, out: str, side: str) -> None:
    said = ask(command, side, PAIR, "--out", out)
    assert said.status == 3
    assert "cannot be written" in said.err


@pytest.mark.usefixtures("project")
@pytest.mark.parametrize("command", SIDES)
def test_a_full_disk_is_told(command: str) -> None:
    with no_room():
        said = ask(command, "requirements.txt", PAIR, "--out", "report")
    assert said.status == 3
    assert "cannot be written" in said.err
    assert not Path("report").exists()


@pytest.mark.usefixtures("project")
@pytest.mark.parametrize("side", ["/proc/self/mem", "x" * 300, "~nobody-of-that-name/uv.lock", "scenarios"])
@pytest.mark.parametrize("command", SIDES)
def test_a_side_that_cannot_be_read_is_wrong_use(command: str, side: str) -> None:
    said = ask(command, side, PAIR)
    assert said.status == 2
    assert f"{SIDES[command][0]} {side}" in said.err
    assert not Path("reports").exists()


@pytest.mark.usefixtures("served")
@pytest.mark.parametrize("line", ["-r loop.txt", f"-r {'x' * 300}", f"-r {'x' * 300}/r.txt", "-r ."])
def test_an_include_that_cannot_be_read_is_told_with_its_line(line: str) -> None:
    Path("loop.txt").symlink_to("loop.txt")
    Path("r.txt").write_text(f"attrs\n{line}\n")
    said = ask("gate", "r.txt", PAIR)
    assert said.status == 2
    assert "--base r.txt:2" in said.err


@pytest.mark.usefixtures("project")
@pytest.mark.parametrize("name", ["results.jsonl", "gate.json", "summary.md", "gate.sarif"])
def test_a_used_folder_is_refused_before_anything_is_copied(name: str) -> None:
    kept = Path("report/sides/candidate/requirements.txt")
    kept.parent.mkdir(parents=True)
    kept.write_text("what was compared")
    Path("report", name).write_text("safe")
    said = ask("gate", PAIR, "requirements.txt", "--out", "report")
    assert said.status == 2
    assert "never overwritten" in said.err
    assert kept.read_text() == "what was compared"
    assert sorted(path.name for path in Path("report").iterdir()) == sorted([name, "sides"])


@pytest.mark.usefixtures("project")
@pytest.mark.parametrize("command", SIDES)
def test_a_folder_with_the_sides_of_another_run_is_refused(command: str) -> None:
    Path("report/sides").mkdir(parents=True)
    said = ask(command, PAIR, PAIR, "--out", "report")
    assert (said.status, "never overwritten" in said.err) == (2, True)
    assert Path("report/sides").is_dir()


@pytest.mark.usefixtures("project")
@pytest.mark.parametrize("command", SIDES)
def test_what_never_began_leaves_a_folder_that_can_be_used(command: str) -> None:
    Path("report").mkdir()
    for _ in range(2):
        said = ask(command, "requirements.txt", PAIR, "--out", "report")
        assert said.status == 3, said.err
        assert [*Path("report").iterdir()] == []


@pytest.mark.usefixtures("served")
def test_a_run_is_kept_when_it_is_asked_for_again() -> None:
    assert ask("gate", PAIR, "requirements.txt", "--out", "report").status == 0
    before = Path("report/gate.json").read_bytes()
    Path("requirements.txt").write_text("openai-agents==9\n")
    assert ask("gate", PAIR, "requirements.txt", "--out", "report").status == 2
    assert Path("report/gate.json").read_bytes() == before
    assert Path("report/sides/candidate/requirements.txt").read_text() == PINS


@pytest.mark.usefixtures("served")
def test_what_a_requirements_file_includes_is_of_the_same_side(monkeypatch: pytest.MonkeyPatch) -> None:
    files = {"sub/requirements.txt": "-r ../pins.txt\n", "sub/scenarios/hello.yaml": SCENARIO}
    commit({"pins.txt": PINS, **files})
    Path("pins.txt").write_text(PINS.replace("1.0.0", "1.1.0"))
    monkeypatch.chdir("sub")
    found = answer("HEAD:sub/requirements.txt", "requirements.txt")
    assert found["verdict"] == "safe"
    assert (pair_of(found["base"])[0], pair_of(found["candidate"])[0]) == ("1.0.0", "1.1.0")
    assert found["candidate"]["place"]["file"] == "sub/requirements.txt"


@pytest.mark.usefixtures("project")
@pytest.mark.parametrize("command", SIDES)
def test_two_locks_of_which_no_python_suits_both_are_told_at_once(command: str) -> None:
    for name, python in (("old.lock", ">=3.10,<3.12"), ("new.lock", ">=3.13")):
        Path(name).write_text(f'version = 1\nrequires-python = "{python}"\n')
    one, other = SIDES[command]
    for python in ("3.11", "3.12"):
        said = call(command, one, "old.lock", other, "new.lock", "--python", python)
        assert said.status == 2
        assert f"{one} old.lock, {other} new.lock" in said.err
        assert "The two are locked for different Pythons: >=3.10,<3.12 and >=3.13." in said.err
        assert ("Lock one of them again." in said.err, "--python" in said.err) == (True, False)


@pytest.mark.usefixtures("served")
@pytest.mark.parametrize(
    ("text", "culprit", "cause"),
    [
        ("-r ../gone.txt\n", "sub/r.txt:1", "gone.txt cannot be read"),
        ("-r ../more.txt\n", "more.txt:2", "no requirement"),
        ("openai-agents==0.5.1\nopenai_agents==0.6.0\n", "sub/r.txt:2", "and to 0.5.1 at"),
    ],
)
@pytest.mark.parametrize("revision", ["", "HEAD:"])
def test_an_error_names_the_user_s_own_file(text: str, culprit: str, cause: str, revision: str) -> None:
    commit({"sub/r.txt": text, "more.txt": "attrs\n???\n"})
    said = ask("gate", f"{revision}sub/r.txt", PAIR, "--out", "report")
    assert said.status == 2
    told = said.err.splitlines()
    assert told[0].endswith(f"{revision}{culprit}") or told[0].endswith(f"sub/../{culprit}")
    assert cause in told[1]
    assert "sides" not in said.err
    assert str(Path.cwd()) not in said.err


@pytest.mark.usefixtures("served")
@pytest.mark.parametrize("line", ["", ', "common<2"'])
def test_an_unpinned_project_is_what_would_be_installed_today(line: str) -> None:
    text = (
        f'[project]\nname = "app"\nversion = "1"\ndependencies = ["openai-chatkit", "openai-agents"{line}]\n'
    )
    commit({"pyproject.toml": text, "r.txt": "openai-agents\nopenai-chatkit<1.1\n"})
    found = answer("r.txt", "HEAD:pyproject.toml")
    assert pair_of(found["base"]) == ("1.0.0", NEWEST.version)
    assert pair_of(found["candidate"]) == ("1.1.0", CONCERNED if line else NEWEST.version)


@pytest.mark.usefixtures("served")
def test_a_range_beside_a_pin_is_not_left_out() -> None:
    Path("r.txt").write_text(f"openai-agents=={UNHARMED}\nopenai-chatkit>=1.0\n")
    found = answer("r.txt", "r.txt")
    assert pair_of(found["candidate"]) == ("1.1.0", UNHARMED)


@pytest.mark.usefixtures("served")
def test_a_project_of_a_revision_is_read_with_what_it_names_there() -> None:
    project = '[project]\nname = "app"\ndynamic = ["dependencies"]\n'
    project += '[tool.setuptools.dynamic]\ndependencies = {file = ["needs/all.txt"]}\n'
    commit({"pyproject.toml": project, "needs/all.txt": "-r pins.txt\n", "needs/pins.txt": PINS})
    Path("needs/pins.txt").write_text("openai-agents==9\n")
    found = answer("HEAD:pyproject.toml", PAIR)
    assert pair_of(found["base"]) == ("1.0.0", UNHARMED)


@pytest.mark.usefixtures("served")
def test_a_file_without_the_pair_is_told() -> None:
    Path("r.txt").write_text("attrs\n")
    said = ask("gate", "r.txt", PAIR)
    assert said.status == 2
    assert "names neither openai-agents nor openai-chatkit" in said.err
    assert "--pair" not in said.err
