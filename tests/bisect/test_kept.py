"""What is found for a run is on disk at once, beside what was there, and nothing is written for nothing."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from chatkit_harness.bisect.behind import look_behind
from chatkit_harness.bisect.borders import Border
from chatkit_harness.bisect.hidden import Hiding
from chatkit_harness.bisect.proving import prove
from chatkit_harness.core.nouns import Cell
from chatkit_harness.engine.settings import RunSettings
from chatkit_harness.results.proofs import PROOFS_FILE, Behind, Proof, Proofs, read_proofs, write_proofs

SETTLED = Proof(
    cause="settled", axis="agents", good="a", bad="b", case="native/hello", verdict="found", driven=7
)
SEEN = Behind(cause="settled", by="other", cell="b", case="native/hello", constraint="dep<2", shows=True)


@pytest.fixture
def run(tmp_path: Path) -> Path:
    """A run's folder with what was found before."""
    write_proofs(tmp_path, Proofs(proofs=(SETTLED,), behind=(SEEN,)))
    return tmp_path


def cell(name: str, **pins: str) -> Cell:
    pair = {"openai-chatkit": "1.0.0", "openai-agents": "0.5.1"}
    return Cell(
        id=name,
        chatkit="1.0.0",
        agents="0.5.1",
        python="2.6",
        resolution="today",
        pins={**pair, **pins},
    )


def border(cause: str) -> Border:
    """Two cells of which nothing can be driven: nobody has their Python."""
    return Border(
        cause=cause, axis="agents", case="native/hello", root="broken", confirmed=False,
        good=cell("a", dep="1.0"), bad=cell("b", dep="2.0"),
    )  # fmt: skip


def hiding(cause: str) -> Hiding:
    one = cell("b", dep="2.0")
    return Hiding(
        cause=cause, by="other", cell=one, like=one, case="native/hello", root="broken", constraint="dep<2"
    )


Say = Callable[[str], None]
LATER: dict[str, Callable[[Path, Say], Proofs]] = {
    "prove": lambda run, say: prove(run, [border("one"), border("two")], settings(run), say=say),
    "look behind": lambda run, say: look_behind(run, [hiding("one"), hiding("two")], settings(run), say=say),
}


def settings(run: Path) -> RunSettings:
    return RunSettings(out=run, index="http://127.0.0.1:9/", cache=run / "cache", jobs=1)


def causes(kept: Proofs) -> list[str]:
    """What was asked, but for what was known before."""
    found = *(each.cause for each in kept.proofs), *(each.cause for each in kept.behind)
    return [cause for cause in found if cause != SETTLED.cause]


@pytest.mark.parametrize("find", LATER.values(), ids=LATER)
def test_what_is_found_is_on_disk_before_it_is_told(run: Path, find: Callable[[Path, Say], Proofs]) -> None:
    at_each: list[int] = []

    def say(text: str) -> None:
        if "[" in text:
            at_each.append(len(causes(read_proofs(run))))

    assert sorted(causes(find(run, say))) == ["one", "two"]
    assert at_each == [1, 2]


@pytest.mark.parametrize("find", LATER.values(), ids=LATER)
def test_what_was_found_before_stays(run: Path, find: Callable[[Path, Say], Proofs]) -> None:
    find(run, print)
    kept = read_proofs(run)
    assert (kept.proofs[0], kept.behind[0]) == (SETTLED, SEEN)


@pytest.mark.parametrize("find", LATER.values(), ids=LATER)
def test_a_file_that_holds_it_all_is_not_written_anew(run: Path, find: Callable[[Path, Say], Proofs]) -> None:
    first = find(run, print)
    before = (run / PROOFS_FILE).stat()
    assert find(run, print) == first
    after = (run / PROOFS_FILE).stat()
    assert (after.st_ino, after.st_mtime_ns) == (before.st_ino, before.st_mtime_ns)


def test_one_border_that_has_to_be_driven_is_told_as_one(run: Path) -> None:
    said: list[str] = []
    prove(run, [border("one")], settings(run), say=said.append)
    assert said[0] == "1 border, of which 1 has to be driven."
