"""Bisect on the command line, over made releases in real environments."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator
from tests.bisect.made_dep import BREAKS, PAIR, broken_from, dep
from tests.cli.command import Said, call
from tests.cli.full_disk import LIMITED, no_room_beyond
from tests.engine.made_matrix import UNHARMED, agents, third

from chatkit_harness.bisect.log import FILE
from chatkit_harness.core.data import data_folder

LATER = "0.7.0"

UNSTEADY = """\
import os
with open({mark!r}, "a+") as file:
    file.write(str(os.getpid()) + " ")
    file.seek(0)
    if len(set(file.read().split())) % 2:
        raise RuntimeError("dep is broken")
"""
"""Breaks every second process that imports it."""


def bisect(*more: object, good: str = "2025-12-02", bad: str = "2025-12-31") -> Said:
    return call("bisect", "--pair", PAIR, "--good", good, "--bad", bad, "--scenario", "hello", *more)


def found(*more: object, **ends: str) -> dict[str, Any]:
    said = bisect("--format", "json", *more, **ends)
    document: dict[str, Any] = json.loads(said.out)
    assert "changes" in document, said
    schema = json.loads((data_folder("schemas") / "bisect.schema.json").read_text())
    Draft202012Validator(schema).validate(document)
    return document


def test_the_first_bad_release_is_found_and_the_constraint_proven(serve: Any) -> None:
    serve(*broken_from(8))
    told = found()
    assert told["changes"] == [{"name": "dep", "good": "1.1", "bad": "1.20"}]
    assert told["turns"] == [{"axis": "dep", "last_good": "1.7", "first_bad": "1.8", "between": []}]
    assert (told["constraint"], told["verified"], told["status"]) == ("dep<1.8", True, 0)
    assert "1.8" in Path(told["reproduce"].split()[3]).read_text()


@pytest.mark.slow
def test_the_cells_on_an_axis_grow_with_the_logarithm(serve: Any) -> None:
    serve(*broken_from(17, last=30))
    driven = found("--repeat", 1)["driven"]
    ends, pared, confirmed = 2, 2, 3
    assert driven <= ends + pared + confirmed + 5, "of 28 releases between at most 5 are driven"


@pytest.mark.slow
def test_what_only_breaks_together_is_told_together(serve: Any) -> None:
    source = "import dep, other\nif dep.VERSION > 3 and other.VERSION > 5: raise RuntimeError('both')\n"
    serve(
        *(dep(n) for n in (1, 2, 3, 4, 5)),
        *(dep(n, name="other") for n in (1, 4, 5, 6, 7)),
        *(dep(n, name=f"bystander{n}") for n in (1, 2)),
        needs="dep",
        source=source,
    )
    Path("good.txt").write_text(f"openai-chatkit==1.0.0\nopenai-agents=={UNHARMED}\ndep==1.1\nother==1.1\n")
    Path("bad.txt").write_text(f"openai-chatkit==1.0.0\nopenai-agents=={UNHARMED}\ndep==1.5\nother==1.7\n")
    told = found(good="good.txt", bad="bad.txt")
    assert [each["name"] for each in told["changes"]] == ["dep", "other"]
    assert {turn["axis"]: turn["first_bad"] for turn in told["turns"]} == {"dep": "1.4", "other": "1.6"}
    assert (told["constraint"], told["verified"]) == ("dep<1.4", True)


def test_what_cannot_be_resolved_is_never_taken_for_bad(serve: Any) -> None:
    held = [dep(n, requires=["ghost==9"]) for n in (5, 6, 7)]
    serve(dep(1), dep(2), *held, *(dep(n, BREAKS) for n in (8, 9)))
    said = bisect("--axis", "dep")
    assert "unsatisfiable  dep 1.5" in said.err
    assert "bad from 1.8; neither is 1.5, 1.6, 1.7" in said.out
    assert "dep<1.5" in said.out


def test_of_what_only_the_bad_end_has_another_release_is_the_way_out(serve: Any) -> None:
    source = "try:\n    import extra\nexcept ModuleNotFoundError:\n    pass\n"
    serve(dep(1), dep(1, name="extra"), dep(2, BREAKS, name="extra"), source=source)
    pair = f"openai-chatkit==1.0.0\nopenai-agents=={UNHARMED}\n"
    Path("good.txt").write_text(pair)
    Path("bad.txt").write_text(f"{pair}extra==1.2\n")
    told = found(good="good.txt", bad="bad.txt")
    assert told["changes"] == [{"name": "extra", "good": None, "bad": "1.2"}]
    assert (told["constraint"], told["verified"], told["status"]) == ("extra!=1.2", True, 0)


def test_what_fails_by_something_else_is_never_taken_for_bad(serve: Any) -> None:
    other = "raise KeyError('something else')\n"
    serve(dep(1), dep(2), dep(3, other), dep(4, BREAKS), dep(5, BREAKS))
    told = found()
    assert told["turns"][0]["between"] == ["1.3"]
    assert told["turns"][0]["first_bad"] == "1.4"


@pytest.mark.slow
def test_a_release_that_comes_along_is_told_apart_from_what_brings_it(serve: Any) -> None:
    later = replace(agents(LATER, "dep"), requires=["dep>=1.3"])
    serve(dep(1), dep(2), dep(3, BREAKS), later)
    Path("good.txt").write_text(f"openai-chatkit==1.0.0\nopenai-agents=={UNHARMED}\ndep==1.1\n")
    told = found(good="good.txt", bad=f"1.0.0:{LATER}")
    assert told["changes"][0]["name"] == "dep"


def test_of_two_that_bind_each_other_the_one_that_can_be_moved_alone_is_told(serve: Any) -> None:
    broken = "raise RuntimeError('agents is broken')\n"
    bound = {"0.6.5": ("openai<1.7", broken), LATER: ("openai>=1.6", "")}
    releases = [replace(agents(name, "dep", source), requires=["dep", needs])
                for name, (needs, source) in bound.items()]  # fmt: skip
    serve(dep(1), *(dep(n, name="openai") for n in (2, 4, 6, 8)), *releases)
    Path("bad.txt").write_text("openai-chatkit==1.0.0\nopenai-agents==0.6.5\ndep==1.1\nopenai==1.2\n")
    told = found(good=f"1.0.0:{LATER}", bad="bad.txt")
    assert told["changes"] == [{"name": "openai-agents", "good": LATER, "bad": "0.6.5"}]
    assert (told["constraint"], told["verified"]) == ("openai-agents>0.6.5", True)


def test_what_comes_along_is_moved_no_further_than_it_must_be(serve: Any) -> None:
    later = replace(agents(LATER, "dep"), requires=["dep>=1.5"])
    former = replace(agents("0.6.5", "dep"), requires=["dep<1.5"])
    serve(*broken_from(8), former, later)
    Path("good.txt").write_text("openai-chatkit==1.0.0\nopenai-agents==0.6.5\ndep==1.4\n")
    told = found(good="good.txt", bad=f"1.0.0:{LATER}")
    assert [each["name"] for each in told["changes"]] == ["dep"]
    assert told["turns"][0]["first_bad"] == "1.8"


def test_a_good_end_that_fails_and_a_bad_one_that_does_not_are_said(serve: Any) -> None:
    serve(*broken_from(8, last=9))
    good = bisect(good="2025-12-31", bad="2025-12-30")
    assert (good.status, "--good 2025-12-31" in good.err, "dep is broken" in good.err) == (3, True, True)
    bad = bisect(bad="2025-12-03")
    assert (bad.status, "Nothing fails with it (1 pass)" in bad.err) == (3, True)


@pytest.mark.slow
def test_what_fails_now_and_then_is_driven_more_often(serve: Any, here: Path) -> None:
    unsteady = UNSTEADY.format(mark=str(here / "mark"))
    serve(dep(1), dep(2), dep(3, unsteady), dep(4, unsteady))
    told = found()
    assert told["flaky"]
    assert told["turns"][0]["first_bad"] == "1.3"
    assert (told["verdict"], told["constraint"], told["status"]) == ("found", "dep<1.3", 0)


@pytest.mark.slow
def test_an_ended_search_goes_on_where_it_was(serve: Any, here: Path) -> None:
    serve(*broken_from(8))
    whole = found("--out", "search")
    log = here / "search" / FILE
    lines = log.read_text().splitlines()
    log.write_text("\n".join(lines[:7]) + '\n{"kind": "ans')
    same = ("--pair", PAIR, "--scenario", "hello")
    again = json.loads(call("bisect", "--resume", "search", *same, "--format", "json").out)
    assert again["turns"] == whole["turns"]
    assert again["driven"] <= whole["driven"] - 5, "neither the ends nor what was answered is driven again"


@pytest.mark.slow
def test_an_ended_search_goes_on_however_often_it_is_ended(serve: Any, here: Path) -> None:
    serve(*broken_from(2, last=3))
    whole = found("--out", "search")
    log = here / "search" / FILE
    for _ in range(2):
        log.write_text(log.read_text()[:-20])  # as a kill leaves it
        said = call("bisect", "--resume", "search", "--format", "json")
        assert said.status == 0, said.err
        assert json.loads(said.out)["turns"] == whole["turns"]
    assert all(json.loads(line) for line in log.read_text().splitlines())


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("--pair", "1.0.0:0.7.0"), f"was asked for with --pair {PAIR}."),
        (("--good", "2025-12-03"), "with --good 2025-12-02."),
        (("--bad", "2025-12-30"), "with --bad 2025-12-31."),
        (("--axis", "date"), "with no --axis."),
        (("--finding", "dep"), "with no --finding."),
        (("--scenario", "hello", "--scenario", "again"), "with --scenario hello."),
    ],
)
def test_another_search_is_not_gone_on_with(here: Path, words: tuple[str, ...], told: str) -> None:
    log = here / "search" / FILE
    log.parent.mkdir()
    asked = {"good": "2025-12-02", "bad": "2025-12-31", "pair": PAIR, "axis": None, "scenario": ["hello"]}
    log.write_text(json.dumps({"kind": "search", "schema_version": 1, "selection": asked}) + "\n")
    before = log.read_text()
    said = call("bisect", "--resume", "search", *words)
    assert (said.status, told in said.err, "another folder with --out" in said.err) == (2, True, True), (
        said.err
    )
    assert [each.name for each in log.parent.iterdir()] == [FILE]
    assert log.read_text() == before


@LIMITED
def test_an_answer_that_cannot_be_written_again_leaves_the_old_one(serve: Any, here: Path) -> None:
    serve(*broken_from(2, last=3))
    found("--out", "search")
    before = {path: path.read_bytes() for path in (here / "search").glob("*.*")}
    bound = len(before[here / "search" / "bisect.json"]) - 1
    with no_room_beyond(bound):
        said = call("bisect", "--resume", "search")
    assert (said.status, "cannot be written" in said.err) == (3, True), said
    assert {path: path.read_bytes() for path in before} == before


def test_a_second_search_in_one_folder_loses_nothing(serve: Any) -> None:
    serve(*broken_from(2, last=3))
    found("--out", "search", good="2025-12-02")
    before = {path: path.read_bytes() for path in Path("search").glob("*.*")}
    said = bisect("--out", "search")
    assert (said.status, "--resume search" in said.err) == (2, True)
    assert {path: path.read_bytes() for path in Path("search").glob("*.*")} == before


def test_a_folder_whose_name_has_a_blank_is_told_as_a_shell_takes_it(here: Path) -> None:
    log = here / "my search" / FILE
    log.parent.mkdir()
    log.touch()
    assert "--resume 'my search';" in bisect("--out", "my search").err


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no SIGINT for one process")
@pytest.mark.usefixtures("heeds_ctrl_c")
def test_an_interrupted_search_tells_how_to_go_on_in_a_folder_with_a_blank(serve: Any, here: Path) -> None:
    serve(*broken_from(8))
    command = [sys.executable, "-m", "chatkit_harness", "bisect", "--pair", PAIR, "--scenario", "hello"]
    command += ["--good", "2025-12-02", "--bad", "2025-12-31", "--out", "my search"]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    deadline = time.monotonic() + 120
    while time.monotonic() < deadline and not (here / "my search" / FILE).exists():
        time.sleep(0.01)
    process.send_signal(signal.SIGINT)
    said, _none = process.communicate(timeout=60)
    assert process.returncode == 130
    assert "Go on: chatkit-harness bisect --resume 'my search'\n" in said


@pytest.mark.slow
def test_days_are_walked_too(serve: Any) -> None:
    serve(*broken_from(8))
    told = found("--axis", "date")
    assert told["turns"][0] == {
        "axis": "date", "last_good": "2025-12-08", "first_bad": "2025-12-09", "between": [],
    }  # fmt: skip
    assert told["constraint"] == "dep<1.8"


def test_releases_of_the_pair_are_walked_too(serve: Any) -> None:
    spoiled = [
        agents(f"0.{n}.0", "dep", "raise RuntimeError('agents')\n" if n > 7 else "") for n in range(6, 10)
    ]
    serve(dep(1), *spoiled)
    told = found("--axis", "agents", good=PAIR, bad="1.0.0:0.9.0")
    assert told["turns"][0]["first_bad"] == "0.8.0"
    assert (told["constraint"], told["verified"]) == ("openai-agents<0.8.0", True)


def locked(name: str, **pins: str) -> str:
    """A lock file that pins everything, whatever its releases require."""
    lines = [f"{each.replace('_', '-')}=={pin} --hash=sha256:{'0' * 64}" for each, pin in pins.items()]
    Path(name).write_text("\n".join(lines) + "\n")
    return name


@pytest.mark.slow
def test_ends_that_break_their_own_requirements_are_taken_as_they_are(serve: Any) -> None:
    serve(dep(1), dep(2), dep(3, BREAKS, requires=["common<0.5"]))
    pair = {"openai_chatkit": "1.0.0", "openai_agents": UNHARMED, "common": "1.0"}
    good, bad = locked("good.txt", dep="1.1", **pair), locked("bad.txt", dep="1.3", **pair)
    told = found(good=good, bad=bad)
    assert (told["literal"], told["verdict"]) == (True, "found")
    assert told["turns"][0]["first_bad"] == "1.3"


@pytest.mark.slow
def test_what_comes_and_goes_as_requirements_want_is_no_culprit(serve: Any) -> None:
    former, later = third("former"), third("later")
    clash = "raise RuntimeError('agents is broken')\n"
    middle = replace(agents("0.6.0", "dep"), requires=["dep", "later"])
    last = replace(agents(LATER, "dep", clash), requires=["dep", "later"])
    first = replace(agents("0.5.2", "dep"), requires=["dep", "former"])
    serve(dep(1), former, later, first, middle, last)
    told = found(good="1.0.0:0.5.2", bad=f"1.0.0:{LATER}")
    assert [each["name"] for each in told["changes"]] == ["openai-agents"]
    assert told["turns"][0]["first_bad"] == LATER
    assert "later" in [each["name"] for each in told["differ"]]


@pytest.mark.parametrize(
    ("more", "told"),
    [
        (("--axis", "dop"), "dep"),
        (("--finding", "nothing like it"), "No new failure is so called"),
        (("--python", "3.11,3.12"), "--python"),
    ],
)
def test_what_names_nothing_is_wrong_use(serve: Any, more: tuple[str, ...], told: str) -> None:
    serve(*broken_from(2, last=3))
    said = bisect(*more)
    assert said.status == 2
    assert told in said.err
    assert "Traceback" not in said.err


@pytest.mark.usefixtures("here")
@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("--good", "contemporary", "--bad", "today"), "Add --pair"),
        (("--pair", PAIR, "--good", "today"), "Add --bad"),
        (("--resume", "nowhere"), "no search here"),
    ],
)
def test_half_a_question_is_wrong_use(words: tuple[str, ...], told: str) -> None:
    said = call("bisect", *words)
    assert (said.status, told in said.err) == (2, True), said.err


@pytest.mark.slow
def test_no_set_of_pins_is_driven_twice_in_one_way(serve: Any, here: Path) -> None:
    serve(*broken_from(8))
    found("--out", "search")
    answers = [json.loads(line) for line in (here / "search" / FILE).read_text().splitlines()]
    questions = [each["question"] for each in answers if each["kind"] == "answer"]
    assert len(questions) == len(set(questions)) > 5
