"""An environment that somebody else made, driven as it stands: made releases, and no index at all."""

from __future__ import annotations

import io
import os
import venv
import zipfile
from pathlib import Path

import pytest
from tests.cli.command import Said, call
from tests.engine.made_matrix import SCENARIO, UNHARMED, agents, chatkit, third
from tests.made_index import MadeRelease, wheel

from chatkit_harness.core.errors import CassetteError
from chatkit_harness.engine.held_run import HeldRun
from chatkit_harness.engine.settings import RunSettings
from chatkit_harness.environments.environment import site_packages
from chatkit_harness.results import Results, read_results
from chatkit_harness.scenarios.load import load_scenario

NOT_SEEN = """\
import importlib.util
from importlib import metadata

import spaces.own

for name in ("toolbox", "toolbox.saw", "spaces.tool", "lonely", "elsewhere"):
    try:
        found = importlib.util.find_spec(name)
    except ModuleNotFoundError:
        found = None
    assert found is None, found
assert not {"toolbox", "chatkit-harness"} & {each.name for each in metadata.distributions()}
"""
"""What a package finds that lives beside the harness and needs nothing of what that brings."""

TOOLBOX = {
    "toolbox/__init__.py": "",
    "toolbox/saw.py": "",
    "spaces/tool.py": "",
    "lonely.py": "",
}


@pytest.fixture
def environment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A project's folder with its environment, in which chatkit-harness is installed, too."""
    (tmp_path / "scenarios").mkdir()
    (tmp_path / "scenarios/hello.yaml").write_text(SCENARIO)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("CHATKIT_HARNESS_CACHE", str(tmp_path / "cache"))
    monkeypatch.setenv("CHATKIT_HARNESS_INDEX", "http://127.0.0.1:9/simple")
    venv.create(tmp_path / ".venv", symlinks=os.name != "nt")
    common = third("common", files={"common/__init__.py": NOT_SEEN, "spaces/own.py": ""})
    releases = [chatkit("1.0.0"), agents(UNHARMED, "good"), common, third("good")]
    releases.append(MadeRelease(project="chatkit-harness", version="9", requires=["toolbox", "editable"]))
    (tmp_path / "checkout").mkdir()
    (tmp_path / "checkout/elsewhere.py").touch()
    releases.append(third("editable", files={"__editable__.editable.pth": f"{tmp_path / 'checkout'}\n"}))
    for release in [*releases, third("toolbox", files=TOOLBOX)]:
        install(tmp_path / ".venv", release)
    return tmp_path / ".venv"


def install(environment: Path, release: MadeRelease) -> None:
    packages = site_packages(environment)
    assert packages is not None
    with zipfile.ZipFile(io.BytesIO(wheel(release))) as archive:
        archive.extractall(packages)


def run(*more: object, python: object = ".venv") -> Said:
    return call("run", "--resolution", "installed", "--python", python, "--scenario", "hello", *more)


def outcome(out: Path) -> Results:
    return read_results(out)


@pytest.mark.usefixtures("environment")
def test_it_is_driven_as_it_stands_without_what_the_harness_brought() -> None:
    said = run("--out", "out")
    assert said.status == 0, said.out
    (cell,) = outcome(Path("out")).cells
    assert (cell.chatkit, cell.agents, cell.resolution) == ("1.0.0", UNHARMED, "installed")
    assert (cell.isolation, set(cell.pins) & {"toolbox", "chatkit-harness"}) == ("installed", set())
    assert cell.environment is not None
    assert cell.environment.startswith(".venv")


@pytest.mark.usefixtures("environment")
def test_what_is_named_is_seen_and_what_is_missing_is_told() -> None:
    said = run("--out", "out", "--with", "toolbox")
    assert said.status == 1, "the package that wants it not to be there finds it"
    assert "toolbox" in outcome(Path("out")).cells[0].pins
    said = run("--with", "toolbox>=2")
    assert said.status == 2
    assert "The environment has toolbox 1.0." in said.err


@pytest.mark.parametrize(
    ("python", "told"),
    [
        (".", "This folder is no environment."),
        (".venv,copy", "Another environment has the same pair and Python"),
        ("nowhere/python", "No Python interpreter runs there."),
    ],
)
def test_what_is_no_environment_or_not_told_from_another_is_refused(
    environment: Path, python: str, told: str
) -> None:
    Path("copy").symlink_to(environment)
    said = run(python=python)
    assert said.status == 2
    assert told in said.err


def test_a_failure_is_reproduced_in_the_same_environment(environment: Path) -> None:
    install(environment, agents(UNHARMED, "nowhere"))
    said = run("--out", "out", "--format", "json")
    assert said.status == 1
    assert "chatkit-harness run --resolution installed --python .venv" in said.out


def test_what_has_not_changed_is_not_driven_again_and_what_has_is(environment: Path) -> None:
    run("--out", "out")
    run("--resume", "out")
    assert [case.attempt for case in outcome(Path("out")).cases] == [1]
    install(environment, third("good", files={"good/__init__.py": "raise RuntimeError('changed')"}))
    assert run("--resume", "out").status == 1, "the versions are the same, the files are not"


def test_one_without_agents_is_for_the_doctor(environment: Path) -> None:
    packages = site_packages(environment)
    assert packages is not None
    (packages / f"openai_agents-{UNHARMED}.dist-info").rename(packages / "gone")
    said = run()
    assert said.status == 2
    assert "openai-agents is not installed there." in said.err
    assert "chatkit-harness doctor --python .venv" in said.err


def test_where_an_import_fails_the_doctor_says_why_and_what_cures_it(environment: Path) -> None:
    packages = site_packages(environment)
    assert packages is not None
    (packages / "good/__init__.py").unlink()
    (packages / "good").rmdir()
    said = run("--out", "out")
    assert said.status == 1
    (case,) = outcome(Path("out")).cases
    (told,) = {finding.evidence["doctor"]["key"] for finding in case.findings if "doctor" in finding.evidence}
    assert told == "half-installed"
    for finding in case.findings:
        if finding.rule == "imports/failed":
            assert "The doctor: " in finding.message
            assert "See chatkit-harness doctor --python .venv" in finding.message
    call("recheck", "out", "--out", "again")
    assert outcome(Path("again")).cases[0].findings == case.findings


@pytest.mark.usefixtures("environment")
def test_versions_cannot_be_named_beside_it_but_settings_do_not_stand_in_its_way() -> None:
    said = run("--pair", "1.0.0:newest")
    assert said.status == 2
    assert "An environment has its own versions" in said.err
    Path("pyproject.toml").write_text('[tool.chatkit-harness]\npairs = ["9.9:newest"]\npython = "3.1"\n')
    assert run("--out", "out").status == 0


@pytest.mark.usefixtures("environment")
@pytest.mark.parametrize("command", ["serve", "record"])
def test_commands_that_make_their_environment_say_so(command: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "made-up-for-a-test")
    words = ["--live", "--base-url", "http://127.0.0.1:9/v1"] if command == "record" else []
    scenario = ["--scenario", "quote-aapl", "--out", "."] if command == "record" else []
    said = call(command, "--resolution", "installed", "--python", ".venv", *scenario, *words)
    assert said.status == 2
    assert "This command makes the environment that it needs." in said.err


def test_cases_are_driven_one_at_a_time_in_whatever_order_they_are_asked_for(environment: Path) -> None:
    again = SCENARIO.replace("id: hello", "id: again")
    Path("cassettes").mkdir()
    Path("cassettes/broken.yaml").write_text("no: cassette\n")
    mute = "id: mute\ntitle: Mute\nturns: [{user: Hello}]\nmodel: cassettes/broken.yaml\n"
    for name, text in (("again", again), ("mute", mute)):
        Path(f"scenarios/{name}.yaml").write_text(text)
    scenarios = [load_scenario(Path(f"scenarios/{name}.yaml")) for name in ("hello", "mute", "again")]
    settings = RunSettings(
        out=Path("out"),
        resolution="installed",
        python=str(environment),
        versions_named=False,
        paths=("native",),
    )
    with HeldRun(settings, scenarios, lambda _: None) as held:
        (cell,) = (each.id for each in held.cells)
        assert held.refused(cell, "again", "native") is None
        driven = [held.drive(cell, name, "native") for name in ("again", "hello", "again")]
        with pytest.raises(CassetteError, match=r"broken\.yaml"):
            held.drive(cell, "mute", "native")
    assert [(case.scenario, case.outcome, case.attempt) for case in driven if case] == [
        ("again", "pass", 1),
        ("hello", "pass", 1),
        ("again", "pass", 2),
    ]
    assert {case.scenario for case in read_results(Path("out")).cases} == {"again", "hello"}
