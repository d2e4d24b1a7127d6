"""The parts that the blocker is made of, and what it is wrongly asked for."""

from __future__ import annotations

import sys
import threading
from collections import UserList
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.cli.command import call

from chatkit_harness.blocker.observe import exception_text
from chatkit_harness.blocker.pool import Tell, do_all
from chatkit_harness.blocker.programs import Programs
from chatkit_harness.blocker.recipes import RECIPES, chosen
from chatkit_harness.blocker.surroundings import put_temporary, surroundings
from chatkit_harness.core.errors import BuildError

FRAMES = 'Traceback (most recent call last):\n  File "server.py", line 3, in <module>\n    import agents\n'


def test_the_message_is_what_follows_the_last_traceback() -> None:
    assert exception_text(FRAMES + "ImportError: no name\n") == "ImportError: no name"
    chained = FRAMES + "KeyError: 1\n\nDuring handling:\n\n" + FRAMES + "E: one\ntwo\n  three\n"
    assert exception_text(chained) == "E: one\ntwo\n  three"
    assert exception_text("a warning\nand more") == "a warning\nand more"


def test_causes_are_chosen_by_key_id_or_number() -> None:
    assert [each.id for each in chosen(["7", "missing-here/python-path"])] == [
        "missing-here/python-path", "wrong-third-party",
    ]  # fmt: skip
    assert [each.id for each in chosen(["half-installed"])] == [
        "half-installed/removal",
        "half-installed/upgrade",
        "half-installed/upgrade-later",
    ]
    assert chosen([]) == RECIPES
    assert {each.number for each in RECIPES} == set(range(1, 9))


@pytest.mark.parametrize(
    ("arguments", "status", "told"),
    [
        (["--cause", "agents-unistalled"], 2, "Did you mean 'agents-uninstalled'?"),
        (["--cause", "9"], 2, "No cause is called so."),
        (["--cause", ","], 2, "No cause is named."),
        (["--python", "3.9.99"], 2, "No such CPython"),
        (["--python", "three"], 2, "This is neither a version nor a path."),
        (["--out", "a-file/below"], 3, "It cannot be written"),
        (["--cause", "1", "--index", "http://127.0.0.1:9/simple"], 3, "The package index is out of reach"),
    ],
)
def test_what_cannot_be_done_is_told_in_three_sentences(
    arguments: list[str], status: int, told: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("UV_HTTP_RETRIES", "0")
    (tmp_path / "a-file").write_text("")
    said = call("blocker", "--cache", tmp_path / "cache", *arguments)
    assert said.status == status
    assert told in said.err
    assert "Traceback" not in said.err
    if status == 2:
        assert not (tmp_path / "reports").exists()


def test_programs_get_nothing_that_would_lead_them_astray(tmp_path: Path) -> None:
    mine = {
        "PYTHONPATH": "/x", "VIRTUAL_ENV": "/y", "PIP_INDEX_URL": "https://mirror", "OPENAI_API_KEY": "key",
        "UV_INDEX_STRATEGY": "z", "UV_CACHE_DIR": "/cache", "HOME": "/me", "PATH": "/bin",
        "PIP_CERT": "/ca.pem",
    }  # fmt: skip
    given = surroundings(tmp_path, "https://index/simple/", "2025-11-17T00:00:00Z", mine)
    assert not {"PYTHONPATH", "VIRTUAL_ENV", "OPENAI_API_KEY", "UV_INDEX_STRATEGY"} & set(given)
    assert (given["PATH"], given["HOME"], given["UV_CACHE_DIR"]) == (str(tmp_path), "/me", "/cache")
    assert given["UV_DEFAULT_INDEX"] == given["PIP_INDEX_URL"] == "https://index/simple/"
    assert given["SSL_CERT_FILE"] == "/ca.pem"


def test_what_a_killed_program_leaves_is_in_a_folder_that_goes(tmp_path: Path) -> None:
    given = put_temporary(tmp_path / "temporary")
    asks = [sys.executable, "-c", "import tempfile; print(tempfile.mkdtemp())"]
    made = Programs(threading.Event()).run(asks, cwd=tmp_path, environ=given).out.strip()
    assert Path(made).parent == tmp_path / "temporary"


def test_what_is_finished_is_kept_after_ctrl_c() -> None:
    ending, told = threading.Event(), list[str]()

    def quick(tell: Tell) -> tuple[str, str]:
        tell("a step")
        return "found", "cured"

    def interrupted(_tell: Tell) -> tuple[str, str]:
        raise KeyboardInterrupt

    work = {"quick": quick, "stops": interrupted, "late": quick}
    found, early = do_all(work, jobs=1, tell=told.append, ending=ending, interruptible=[])
    assert (found["quick"], early, ending.is_set()) == ("found", True, True)
    assert told[:2] == ["quick: a step", "[1/3] quick: cured"]


def test_programs_are_ended_together(tmp_path: Path) -> None:
    ending = threading.Event()
    programs = Programs(ending)
    sleeps = [sys.executable, "-c", "import sys, time; sys.stdout.write('x'); time.sleep(600)"]
    raised: list[BaseException] = []

    def run() -> None:
        try:
            programs.run(sleeps, cwd=tmp_path, environ={})
        except BuildError as error:
            raised.append(error)

    thread = threading.Thread(target=run)
    thread.start()
    ending.set()
    while thread.is_alive():
        programs.interrupt()
        thread.join(0.05)
    assert len(raised) == 1
    with pytest.raises(BuildError, match="ending"):
        programs.run(sleeps, cwd=tmp_path, environ={})


def test_a_program_that_starts_while_ctrl_c_comes_is_ended_too(tmp_path: Path) -> None:
    ending = threading.Event()
    programs = Programs(ending)

    class Late(UserList[str]):
        """A command that is read after the look at `ending`: then Ctrl-C comes."""

        def __iter__(self) -> Iterator[str]:
            ending.set()
            programs.interrupt()
            return iter(self.data)

    marks = "import pathlib, time; time.sleep(5); pathlib.Path('came-to-its-end').touch()"
    with pytest.raises(BuildError, match="ended because the run was"):
        programs.run(Late([sys.executable, "-c", marks]), cwd=tmp_path, environ={})
    assert list(tmp_path.iterdir()) == []
