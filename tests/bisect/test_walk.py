"""A walk along the releases of one package: what is announced of it, and what avoids what it finds."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any, cast

import pytest
from packaging.version import Version
from tests.bisect.made_dep import dep
from tests.made_index import made_index

from chatkit_harness.bisect.constraint import proposed
from chatkit_harness.bisect.mixing import Mixer
from chatkit_harness.bisect.nouns import Seen, Target, Turn
from chatkit_harness.bisect.search import Search
from chatkit_harness.index.index import Index
from chatkit_harness.machine.cache import Cache
from chatkit_harness.pins.resolve import Lock

TARGET = Target(case="native/hello", roots=frozenset({"broken"}), title="broken")


class Answering:
    """An oracle to which every release from the first one on is bad; it proves no constraint."""

    times = 1
    asked = 0

    def __init__(self, first: str) -> None:
        self.first, self.tried = Version(first), list[str]()

    def answer(self, lock: Lock, _target: object, tried: str, **_how: object) -> Seen:
        self.tried.append(tried)
        return Seen(answer="bad" if Version(lock.pins["dep"]) >= self.first else "good")

    def counted(self, seen: Seen) -> Any:
        return seen.answer

    def constraint(self, *_more: object) -> None:
        return None


def walked(index: Index, last: int, first: int) -> tuple[list[str], int]:
    """What is said of a walk from 1.1 to the last release, and how many releases are tried on it."""
    oracle, said = Answering(f"1.{first}"), list[str]()
    mixer = Mixer(
        resolver=cast("Any", None), interpreter=cast("Any", None), literal=True,
        good={"dep": "1.1"}, bad={"dep": f"1.{last}"},
    )  # fmt: skip
    made = cast("Any", oracle)
    found = Search(
        oracle=made, mixer=mixer, index=index, target=TARGET, avoiding=made, say=said.append
    ).find()
    assert found.turns == (Turn(axis="dep", good=f"1.{first - 1}", bad=f"1.{first}"),)
    return said, sum(re.fullmatch(r"dep 1\.\d+", tried) is not None for tried in oracle.tried)


@pytest.mark.parametrize(
    ("last", "most", "told"),
    [
        (2, 0, []),
        (3, 1, ["dep: 1 release between 1.1 and 1.3: it is tried."]),
        (5, 2, ["dep: 3 releases between 1.1 and 1.5: at most 2 are tried, "]),
        (6, 3, ["dep: 4 releases between 1.1 and 1.6: at most 3 are tried, "]),
        (10, 4, ["dep: 8 releases between 1.1 and 1.10: at most 4 are tried, "]),
    ],
)
def test_as_many_releases_are_announced_as_are_tried_at_most(
    tmp_path: Path, last: int, most: int, told: list[str]
) -> None:
    with made_index([dep(minor) for minor in range(1, last + 1)]) as served:
        index = Index(Cache(tmp_path), served.url)
        walks = [walked(index, last, first) for first in range(2, last + 1)]
    assert max(tried for _, tried in walks) == most
    for said, _ in walks:
        assert [each.removesuffix("more where one is neither good nor bad.") for each in said] == told


@pytest.mark.parametrize(
    ("good", "bad", "told"),
    [("1.7", "1.8+cpu", "dep<1.8"), ("1.8", "1.7+cpu", "dep>1.7"), ("1.7", "1.10", "dep<1.10")],
)
def test_a_constraint_names_no_local_version_where_none_may_stand(good: str, bad: str, told: str) -> None:
    assert proposed(Turn(axis="dep", good=good, bad=bad)) == told
