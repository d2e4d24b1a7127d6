"""Environments that the plugin adds to a project, by tox itself."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from tests.engine.made_matrix import CONCERNED, SCENARIO, UNHARMED, instead, third
from tests.made_index import made_index
from tests.projects.copied import Project, copied, written

BROKEN = third("bad", files={"bad/__init__.py": "raise RuntimeError('bad is broken')\n"})
NEWEST = "chatkit-1.6.5-agents-newest"
TODAY = "chatkit_options = --resolution today"
IN_TOML = "chatkit_pairs = ['1.6.5:newest', '1.6.5:0.24.0']\nchatkit_options = '--resolution today'"
TOLD = "Drive the scenarios with openai-chatkit 1.6.5 and openai-agents newest"


@pytest.fixture
def library(tmp_path: Path) -> Project:
    return copied("with_tox", tmp_path, "tox")


def project(place: Path, **files: str) -> Project:
    return written({name.replace("_", "."): text for name, text in files.items()}, place, "tox")


def test_the_pairs_of_the_project_are_listed_without_network(library: Project) -> None:
    said = library.run("list")
    assert said.status == 0, said.text
    listed = dict(line.split(None, 1) for line in said.text.splitlines() if "->" in line)
    assert listed == {
        "about": "-> something else that the library does with tox",
        NEWEST: "-> what readers will have tomorrow",
        "chatkit-1.6.5-agents-0.24.0": f"-> {TOLD.replace('newest', '0.24.0')}",
        "chatkit-1.2.0-agents-0.5.1": f"-> {TOLD.replace('1.6.5', '1.2.0').replace('newest', '0.5.1')}",
    }
    assert not library.cache.exists()


@pytest.mark.parametrize("words", [["-m", "compat"], ["-f", "chatkit-1.6.5"]], ids=["label", "factor"])
def test_they_are_selected_as_others_are(library: Project, words: list[str]) -> None:
    said = library.run("list", "--no-desc", *words)
    assert NEWEST in said.text.split()
    assert "about" not in said.text


def test_they_take_nothing_from_the_testenv_and_what_their_own_section_says(tmp_path: Path) -> None:
    tox_ini = (
        f"[testenv]\ndeps = pytest\nset_env = A=1\n[testenv:{NEWEST}]\nset_env = B=2\ndescription = mine"
    )
    settings = "[tool.chatkit-harness]\npairs = ['1.6.5:newest']\n"
    keys = ("description", "deps", "set_env", "skip_install", "commands")
    said = project(tmp_path, tox_ini=tox_ini, pyproject_toml=settings).run(
        "c", "-e", NEWEST, "-k", *keys, "--", "-v"
    )
    assert "description = mine\ndeps = \n" in said.text
    assert "B=2" in said.text
    assert "A=1" not in said.text
    assert "skip_install = True" in said.text
    assert said.text.splitlines()[-1].endswith(f"-{NEWEST} -v")


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("tox_ini", f"[tox]\nchatkit_pairs = 1.6.5:newest, 1.6.5:0.24.0\n{TODAY}"),
        pytest.param(
            "tox_ini",
            f"[tox]\nchatkit_pairs =\n  1.6.5:newest\n  1.6.5:0.24.0\n{TODAY}",
            marks=pytest.mark.slow,
        ),
        pytest.param("tox_toml", IN_TOML, marks=pytest.mark.slow),
        ("pyproject_toml", f"[tool.tox]\n{IN_TOML}\n[tool.chatkit-harness]\npairs = ['1.2.0:0.5.1']"),
    ],
    ids=["ini line", "ini lines", "tox.toml", "pyproject.toml"],
)
def test_toxs_own_settings_may_name_other_pairs_and_options(name: str, text: str, tmp_path: Path) -> None:
    made = project(tmp_path, **{name: text})
    assert made.run("list", "--no-desc", "-m", "compat").text.split() == [
        NEWEST,
        "chatkit-1.6.5-agents-0.24.0",
    ]
    assert "--resolution today\n" in made.run("config", "-e", NEWEST, "-k", "commands").text


@pytest.mark.parametrize(
    ("files", "told"),
    [
        (
            {"tox_ini": "[tox]\nchatkit_pears = 1"},
            "tox.ini: chatkit_pears: There is no such setting. Did you mean",
        ),
        (
            {"tox_ini": "[tox]\nchatkit_pairs = 1.6.5"},
            "tox.ini: chatkit_pairs: '1.6.5': A pair is CHATKIT:AGENTS.",
        ),
        pytest.param(
            {"tox_toml": "chatkit_pairs = 5"},
            "tox.toml: chatkit_pairs: It cannot be read",
            marks=pytest.mark.slow,  # the one after it is nearly the same
        ),
        (
            {"tox_toml": "chatkit_pairs = ['1.6.5:newest']\nchatkit_options = ['-v']"},
            "tox.toml: chatkit_options: It cannot be read",
        ),
        ({"tox_ini": "[tox]\nchatkit_pairs = 1.6.5:newest\nchatkit_options = '-v"}, "No closing quotation"),
        (
            {"tox_ini": "", "pyproject_toml": "[tool.chatkit-harness]\npairs = ['1.6.5:newst']"},
            "pyproject.toml: tool.chatkit-harness.pairs: '1.6.5:newst': 'newst' is neither a version nor a",
        ),
        ({"tox_ini": "", "pyproject_toml": "[tool.chatkit-harness]\npears = 1"}, "Did you mean 'pairs'?"),
    ],
)
def test_a_wrong_setting_is_told_once(files: dict[str, str], told: str, tmp_path: Path) -> None:
    said = project(tmp_path, **files).run("list")
    assert said.status not in (0, 1)
    assert told in said.text
    assert len(said.text.splitlines()) == 1, said.text


def test_a_pair_that_is_not_the_projects_does_not_run_its_tests(tmp_path: Path) -> None:
    tox_ini = (
        "[tox]\nno_package = true\nchatkit_pairs = 1.6.5:newest, 1.2.0:0.5.1\n[testenv]\ncommands = python"
    )
    said = project(tmp_path, tox_ini=tox_ini).run("-e", "chatkit-1.2.0-agents-newest")
    assert said.status not in (0, 1)
    assert f"It is none of the project's pairs: {NEWEST}, chatkit-1.2.0-agents-0.5.1." in said.text


@pytest.mark.parametrize(
    "settings",
    [
        "",
        "[tool.chatkit-harness",
        "[tool.chatkit-harness]\nresolution = 'today'",
        pytest.param("[tool]\nother = 1", marks=pytest.mark.slow),  # nearly as if there were nothing
    ],
)
def test_projects_that_name_no_pairs_notice_nothing(settings: str, tmp_path: Path) -> None:
    made = project(tmp_path, tox_ini="[tox]\nenv_list = a\n", pyproject_toml=settings)
    assert made.run("list").text == "default environments:\na -> [no description]\n"
    assert "chatkit" not in made.run("config", "--core").text


def test_a_tox_without_such_hooks_loads_the_plugin_and_ignores_it() -> None:
    code = (
        "import sys, pluggy; sys.modules['tox'] = None\n"
        "from chatkit_harness.tox_plugin import plugin\n"
        "manager = pluggy.PluginManager('tox'); manager.register(plugin); manager.check_pending()\n"
        "print(sorted(name for name in sys.modules if name.startswith('chatkit_harness')))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "['chatkit_harness', 'chatkit_harness.tox_plugin']\n"


@pytest.mark.slow
def test_a_red_pair_is_a_red_environment(tmp_path: Path) -> None:
    tox_ini = f"[tox]\nchatkit_pairs = 1.0.0:{UNHARMED}, 1.0.0:{CONCERNED}\n{TODAY}"
    made = written({"tox.ini": tox_ini, "scenarios/hello.yaml": SCENARIO}, tmp_path, "tox")
    with made_index(instead(BROKEN)) as index:
        said = made.run("-m", "compat", "--", "--scenario", "hello", index=index.url)
    assert said.status == 1
    assert f"chatkit-1.0.0-agents-{UNHARMED}: OK" in said.text
    assert f"chatkit-1.0.0-agents-{CONCERNED}: FAIL code 1" in said.text


@pytest.mark.slow
def test_an_environment_fails_where_no_index_is_reached(library: Project) -> None:
    said = library.run("-e", NEWEST, "--", "--scenario", "renew-a-book")
    assert said.status == 3
    assert f"{NEWEST}: FAIL code 3" in said.text


@pytest.mark.slow
@pytest.mark.cells
def test_the_library_works_with_a_pair(library: Project) -> None:
    said = library.run("-e", "chatkit-1.6.5-agents-0.24.0", "--", "--scenario", "renew-a-book", index="")
    assert said.status == 0, said.text
    assert "1 case: 1 pass" in said.text
