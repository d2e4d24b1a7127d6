"""What the plugin costs everybody else: nothing is imported, taken or said where there is no scenario."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

LOADED = """\
import sys

def pytest_sessionfinish():
    heavy = ("chatkit_harness.engine", "chatkit_harness.core", "yaml", "rich", "httpx", "click")
    print("loaded:", [name for name in heavy if name in sys.modules])
"""
SCENARIO = "id: hello\ntitle: Hello\nturns: [{user: Hello}]\nscript: [{say: Hello}]\n"


def session(folder: Path, *words: str) -> str:
    """All that a session says in which no other plugin is loaded than this one."""
    command = [sys.executable, "-m", "pytest", "-p", "chatkit_harness.pytest_plugin", "-q", "-s", *words]
    environment = {**os.environ, "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1", "PYTEST_ADDOPTS": ""}
    environment["PYTEST_DEBUG_TEMPROOT"] = str(folder)  # elsewhere it would clear away what others left
    done = subprocess.run(
        command, cwd=folder, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
        check=False,
    )  # fmt: skip
    return done.stdout


@pytest.fixture
def project(tmp_path: Path) -> Path:
    (tmp_path / "pytest.ini").write_text("[pytest]\nfilterwarnings = error\n")
    (tmp_path / "conftest.py").write_text(LOADED)
    (tmp_path / "test_own.py").write_text("def test_own(): pass\n")
    (tmp_path / "scenarios").mkdir()
    (tmp_path / "scenarios/play.yaml").write_text("- scene: one\n")
    return tmp_path


def test_a_project_without_scenarios_pays_for_nothing(project: Path) -> None:
    said = session(project)
    assert "1 passed" in said
    assert "loaded: []" in said
    assert "chatkit" not in said.replace("chatkit_harness.pytest_plugin", "")


def test_a_folder_that_is_named_and_holds_none_is_left_alone_too(project: Path) -> None:
    (project / "pyproject.toml").write_text("[tool.other]\n")
    assert "loaded: []" in session(project, "scenarios", "test_own.py")


def test_collecting_a_scenario_builds_and_asks_nothing(project: Path) -> None:
    (project / "pyproject.toml").write_text("[tool.chatkit-harness]\n")
    (project / "scenarios/play.yaml").write_text(SCENARIO)
    said = session(project, "--collect-only")
    assert "scenarios/play.yaml::native[installed]" in said
    assert "httpx" not in said


ITEM = "scenarios/play.yaml::native[installed]"


@pytest.fixture
def linked(project: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The same project with a scenario, in a folder that a link leads to."""
    (project / "pyproject.toml").write_text("[tool.chatkit-harness]\n")
    (project / "scenarios/play.yaml").write_text(SCENARIO)
    shared = (project / "scenarios").rename(tmp_path_factory.mktemp("shared") / "scenarios")
    (project / "scenarios").symlink_to(shared)
    return project


def test_scenarios_in_a_linked_folder_are_collected(
    linked: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    for words in ((), ("scenarios",), ("scenarios/play.yaml",)):
        assert ITEM in session(linked, "--collect-only", *words)
    link = tmp_path_factory.mktemp("links") / "project"
    link.symlink_to(linked)
    assert ITEM in session(linked, "--collect-only", str(link / "scenarios"))


def test_linked_scenarios_that_nothing_but_their_name_tells_are_collected(linked: Path) -> None:
    (linked / "pyproject.toml").unlink()
    (linked / "again.yaml").symlink_to(linked / "scenarios/play.yaml")
    assert ITEM in session(linked, "--collect-only", "scenarios")
    assert ITEM in session(linked, "--collect-only", "scenarios/play.yaml")
    assert "again.yaml::native[installed]" in session(linked, "--collect-only", "again.yaml")


def test_a_scenario_that_a_link_leads_to_twice_is_one(linked: Path) -> None:
    (linked / "qa").symlink_to((linked / "scenarios").resolve())
    assert session(linked, "--collect-only").count("play.yaml::native[installed]") == 1


def test_linked_scenarios_among_the_testpaths_are_not_told_to_be_passed_over(linked: Path) -> None:
    for paths, told in (("test_own.py", True), ("test_own.py scenarios", False), (".", False)):
        (linked / "pytest.ini").write_text(f"[pytest]\ntestpaths = {paths}\n")
        said = session(linked, "--collect-only", "-v")
        assert ("chatkit-harness: scenarios is not among pytest's testpaths" in said) is told, said
        assert ("play.yaml" in said) is not told, said


def test_looking_at_what_there_is_costs_no_results(project: Path) -> None:
    (project / "pyproject.toml").write_text("[tool.chatkit-harness]\n")
    (project / "scenarios/play.yaml").write_text(SCENARIO)
    kept = project / ".pytest_cache/d/chatkit-harness"
    for name in ("one", "two", "three"):
        (kept / name).mkdir(parents=True)
    assert ITEM in session(project, "-p", "cacheprovider", "--collect-only")
    assert len(list(kept.iterdir())) == 3


def test_two_files_with_one_id_and_settings_that_are_wrong_are_told(project: Path) -> None:
    (project / "pyproject.toml").write_text("[tool.chatkit-harness]\n")
    for name in ("play", "replay"):
        (project / f"scenarios/{name}.yaml").write_text(SCENARIO)
    assert "scenarios/replay.yaml: the id 'hello' is already that of scenarios/play.yaml." in session(project)
    (project / "pyproject.toml").write_text("[tool.chatkit-harness]\nsever = 'x:y'\n")
    assert "Did you mean 'server'?" in session(project)


def test_a_server_that_runs_is_for_another_command_where_there_are_scenarios(project: Path) -> None:
    address = "http://127.0.0.1:8000/chatkit"
    for name in ("play", "replay"):
        (project / f"scenarios/{name}.yaml").write_text(SCENARIO.replace("hello", name))
    (project / "pyproject.toml").write_text(f"[tool.chatkit-harness]\nserver = '{address}?key=4711'\n")
    said = session(project)
    assert f"ERROR: --server {address}: pytest drives a server in its own environment" in said
    assert "`chatkit-harness run --server http://...`" in said
    assert not [word for word in ("4711", "--python", "Traceback", "passed") if word in said]
    assert "1 passed" in session(project, "test_own.py"), "its other tests are none the worse"
    assert "ERROR: --server" in session(project, "--scenario", "play")


def test_a_server_of_the_command_line_leaves_the_projects_other_kind_behind(project: Path) -> None:
    (project / "scenarios/play.yaml").write_text(SCENARIO)
    (project / "shop.py").write_text("app = make = print\n")
    table = "[tool.chatkit-harness]\nserver = 'asgi:shop:app'\nendpoint = '/x'\nheader = ['a: b']\n"
    (project / "pyproject.toml").write_text(table)
    said = session(project, "--collect-only", "--server", "shop:make")
    assert "scenarios/play.yaml::native[installed]" in said


def test_rules_are_asked_by_another_command(project: Path) -> None:
    (project / "pyproject.toml").write_text("[tool.chatkit-harness]\n")
    (project / "scenarios/play.yaml").write_text(SCENARIO)
    said = session(project, "--scenario", "conformance-*")
    assert "are asked by `chatkit-harness run --scenario 'conformance-*'`" in said


def test_an_option_of_a_conftest_stays_its_own(project: Path) -> None:
    (project / "conftest.py").write_text(
        "def pytest_addoption(parser): parser.addoption('--pair', type=int)\n"
    )
    (project / "test_own.py").write_text(
        "def test_own(pytestconfig):\n"
        "    assert pytestconfig.getoption('--pair') == 7\n"
        "    assert pytestconfig.getoption('--path') == ['native']\n"
    )
    assert "1 passed" in session(project, "--pair", "7", "--path", "native", "test_own.py")


def test_a_conftest_that_is_found_later_may_have_it_too(project: Path) -> None:
    (project / "more/deep").mkdir(parents=True)
    owns = "def pytest_addoption(parser): parser.addoption('--server', type=int)\n"
    (project / "more/deep/conftest.py").write_text(owns)
    (project / "more/deep/test_deep.py").write_text("def test_deep(): pass\n")
    assert "2 passed" in session(project)


def test_a_path_elsewhere_that_pytest_would_take_for_the_project_is_refused(
    project: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    elsewhere = tmp_path_factory.mktemp("elsewhere")
    said = session(project, "--chatkit-harness-out", str(elsewhere))
    assert f"Write --chatkit-harness-out={elsewhere}" in said
