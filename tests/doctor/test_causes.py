"""Each known cause, made with the real packages: its message to the letter, its diagnosis and its cure."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from tests.doctor.patients import (
    AGENTS,
    BLOCKER,
    apply,
    copy,
    doctor,
    files,
    fill,
    packages_of,
    pip,
    python_of,
    rewrite,
    venv,
)

pytestmark = pytest.mark.cells
OTHER_PROJECT = "agents==1.4.0"


@pytest.fixture
def patient(good: Path, tmp_path: Path) -> Path:
    return copy(good, tmp_path / "patient")


def test_the_other_project_was_installed_and_uninstalled(patient: Path) -> None:
    pip(patient, "install", "--no-deps", OTHER_PROJECT)
    pip(patient, "uninstall", "agents")
    before = files(patient)
    said = doctor(patient)
    assert said.status == 1
    assert said.cause["key"] == "agents-uninstalled"
    assert said.cause["message"] == BLOCKER
    assert files(patient) == before
    assert doctor(patient, "--fix").status == 0


def test_the_other_project_is_still_there(patient: Path) -> None:
    pip(patient, "install", "--no-deps", OTHER_PROJECT)
    said = doctor(patient)
    assert said.cause["key"] == "agents-on-top"
    assert "No module named 'tensorflow'" in said.cause["message"]
    assert any("__init__.py: RECORD says sha256=" in each for each in said.cause["evidence"])
    cured = doctor(patient, "--fix")
    assert cured.status == 0
    assert [each["key"] for each in cured.document["cured"]] == ["agents-on-top"]
    assert [each["status"] for each in cured.document["done"]] == [0, 0]


def test_an_upgrade_was_interrupted(patient: Path) -> None:
    packages = packages_of(patient)
    (packages / "agents" / "__init__.py").unlink()
    (packages / "agents" / "run.py").unlink()
    (packages / "~penai_agents-0.5.1.dist-info").mkdir()
    said = doctor(patient)
    assert said.cause["key"] == "half-installed"
    assert said.cause["message"] == BLOCKER
    assert any("put aside by a pip" in each for each in said.cause["evidence"])
    assert said.cause["cure"]["commands"][0][-3:] == ["--reinstall", "--no-deps", AGENTS]


def test_a_removal_was_interrupted(patient: Path) -> None:
    packages = packages_of(patient)
    shutil.rmtree(packages / "openai_agents-0.5.1.dist-info")
    (packages / "agents" / "__init__.py").unlink()
    said = doctor(patient)
    assert said.keys == ["half-installed"]
    assert said.cause["message"] == BLOCKER
    assert "openai-agents" in said.cause["cure"]["commands"][0]


@pytest.mark.parametrize("which", ["put aside", "gone"])
def test_a_package_without_metadata_is_nobodys_own(patient: Path, which: str) -> None:
    packages = packages_of(patient)
    info = packages / "openai_agents-0.5.1.dist-info"
    if which == "put aside":
        info.rename(packages / f"~{info.name[1:]}")
        (packages / "agents" / "run.py").unlink()
    else:
        shutil.rmtree(info)
    said = doctor(patient)
    assert said.keys == ["half-installed"]
    cause = said.cause
    assert ("No module named 'agents.run'" in cause["message"]) is (which == "put aside")
    assert any("put aside by a pip" in each for each in cause["evidence"]) is (which == "put aside")
    assert (cause["cure"]["by"], "openai-agents" in cause["cure"]["commands"][0]) == ("doctor", True)


def test_packages_that_work_without_any_metadata_are_healthy(patient: Path) -> None:
    for each in packages_of(patient).glob("*.dist-info"):
        shutil.rmtree(each)
    said = doctor(patient)
    assert (said.status, said.keys) == (0, [])


def test_pip_serves_another_python(
    good: Path, patient: Path, place: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pip(patient, "uninstall", "openai-agents")
    (place / "agents").mkdir()
    served = venv(tmp_path / "served", "--seed")
    fill(packages_of(served), good)
    monkeypatch.setenv("PATH", f"{served / 'bin'}")
    said = doctor(patient)
    assert said.cause["key"] == "missing-here"
    assert said.cause["message"] == BLOCKER
    assert f"{AGENTS}, with what it requires, is installed in" in said.cause["cure"]["changes"][0]
    assert any(f"installs into {packages_of(served)}" in each for each in said.cause["evidence"])
    assert AGENTS in said.cause["cure"]["commands"][0]


@pytest.mark.parametrize("name", ["agents.py", "agents/__init__.py", "openai.py"])
def test_a_module_of_the_users_own_is_ahead(good: Path, place: Path, name: str) -> None:
    own = place / name
    own.parent.mkdir(exist_ok=True)
    own.write_text("")
    said = doctor(good, "--fix")
    assert said.cause["key"] == "own-module-ahead"
    assert str(own) in said.cause["message"]
    assert said.document["done"] == []
    assert own.exists()
    apply(said.cause)
    assert not own.exists()


def test_something_that_runs_at_the_start_puts_a_module_ahead(patient: Path, tmp_path: Path) -> None:
    (tmp_path / "agents.py").write_text("")
    line = f"import sys; sys.path.insert(0, {str(tmp_path)!r})\n"
    (packages_of(patient) / "ours.pth").write_text(line)
    said = doctor(patient)
    assert said.cause["key"] == "own-module-ahead"
    assert "something that runs at the start of Python" in said.cause["evidence"][0]


def test_a_release_below_the_range_was_forced_in(patient: Path) -> None:
    pip(patient, "install", "--no-deps", "openai-agents==0.3.0")
    said = doctor(patient)
    assert said.keys == ["range-unmet"]
    assert "openai-chatkit 1.2.0 requires openai-agents>=0.3.2" in said.cause["title"]
    assert "cannot import name" in said.cause["message"]


def test_a_module_that_no_release_has_is_imported(good: Path, place: Path) -> None:
    (place / "server.py").write_text("import os\nfrom openai_agents import Agent\n")
    said = doctor(good)
    assert said.cause["key"] == "wrong-module-name"
    assert said.cause["message"] == "ModuleNotFoundError: No module named 'openai_agents'"
    assert said.cause["evidence"] == [f"{place}/server.py:2: from openai_agents import Agent"]
    apply(said.cause)
    assert "from agents import" in (place / "server.py").read_text()


@pytest.mark.slow  # the import blocker has it too
def test_a_third_party_is_too_new_for_what_is_right(patient: Path) -> None:
    pip(patient, "install", "--no-deps", "openai==2.45.0")
    said = doctor(patient)
    assert said.cause["key"] == "wrong-third-party"
    assert said.cause["message"].startswith(
        "ValidationError: 1 validation error for InputTokensDetails\ncache_write_tokens\n  Field required"
    )
    assert any("agents/usage.py:" in each for each in said.cause["evidence"])
    assert doctor(patient, "--fix").status == 0


@pytest.mark.slow  # the import blocker has it too
def test_one_folder_holds_two_records(patient: Path) -> None:
    pip(patient, "install", "--no-deps", "--target", patient / "older", "openai-agents==0.4.0")
    old = packages_of(patient) / "openai_agents-0.4.0.dist-info"
    shutil.copytree(patient / "older" / old.name, old)
    said = doctor(patient)
    assert said.cause["key"] == "installed-twice"
    assert any(each.endswith("113 of its 113 files are as it says") for each in said.cause["evidence"])
    assert said.cause["cure"]["commands"][-1][-1] == AGENTS
    assert doctor(patient, "--fix").status == 0
    assert not old.exists()


def test_another_copy_hides_that_of_the_environment(
    good: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    hiding = tmp_path / "hiding"
    pip(good, "install", "--no-deps", "--target", hiding, "openai-agents==0.3.0")
    monkeypatch.setenv("PYTHONPATH", str(hiding))
    said = doctor(good)
    assert said.cause["key"] == "installed-twice"
    assert "0.3.0 (PYTHONPATH) hides 0.5.1" in said.cause["title"]
    assert str(hiding) in said.cause["message"]
    apply(said.cause)
    assert not (hiding / "agents").exists()


def test_a_file_was_changed(patient: Path) -> None:
    rewrite(packages_of(patient) / "chatkit" / "store.py", "raise RuntimeError('patched')\n")
    said = doctor(patient)
    assert said.cause["key"] == "files-changed"
    assert said.cause["message"] == "RuntimeError: patched"
    assert said.cause["cure"]["commands"][0][-1] == "openai-chatkit==1.2.0"


def test_a_trouble_that_is_not_known_says_so_and_what_to_send(good: Path, place: Path) -> None:
    (place / "shop.py").write_text("raise RuntimeError('key sk-abcdefghijklmnop1234567')\n")
    said = doctor(good, "--try", "import shop")
    assert (said.status, said.keys, said.document["verdict"]) == (1, [], "unknown")
    assert said.document["send"]["failed"][0]["message"] == "key REDACTED"
    assert "abcdefghijklmnop" not in str(said.document)


def test_a_module_that_ends_the_process_is_survived(good: Path, place: Path) -> None:
    (place / "shop.py").write_text("import os\nos.kill(os.getpid(), 9)\n")
    said = doctor(good, "--try", "import shop", "--try", "import chatkit")
    tried = {each["statement"]: each for each in said.document["imports"]}
    assert tried["import shop"]["ended"] == "the process was ended by signal 9"
    assert tried["import chatkit"]["ok"] is True


def test_an_empty_environment_has_nothing(tmp_path: Path) -> None:
    said = doctor(python_of(venv(tmp_path / "empty")))
    assert said.keys == ["missing-here"]
    assert {"openai-agents", "openai-chatkit"} <= set(said.cause["cure"]["commands"][0])
