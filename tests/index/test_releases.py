"""The words that select releases."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

import pytest

from chatkit_harness.core.errors import SelectionError
from chatkit_harness.index.releases import Release
from chatkit_harness.index.releases import select as select_of


def releases(*versions: str, yanked: str = "", no_wheel: str = "") -> list[Release]:
    return [
        Release(
            project="openai-chatkit",
            version=version,
            uploaded=dt.datetime(2025, 11, 1, tzinfo=dt.UTC),
            yanked=version == yanked,
            has_wheel=version != no_wheel,
        )
        for version in versions
    ]


def select(known: list[Release], words: str) -> list[Release]:
    return select_of(known, words, project="openai-chatkit")


KNOWN = releases("1.0.0", "1.0.1", "1.1.0", "1.2.0", "1.3.0", "1.4.0a1", "1.4.0", yanked="1.3.0")


@pytest.mark.parametrize(
    ("words", "versions"),
    [
        ("1.2.0", ["1.2.0"]),
        ("==1.2.0", ["1.2.0"]),
        ("newest", ["1.4.0"]),
        ("all", ["1.0.0", "1.0.1", "1.1.0", "1.2.0", "1.4.0"]),
        ("all,1.3.0", ["1.0.0", "1.0.1", "1.1.0", "1.2.0", "1.3.0", "1.4.0"]),
        ("newest:2", ["1.2.0", "1.4.0"]),
        ("minor", ["1.0.1", "1.1.0", "1.2.0", "1.4.0"]),
        (">=1.0,<1.2", ["1.0.0", "1.0.1", "1.1.0"]),
        (">=1.0,<1.1,newest", ["1.0.0", "1.0.1", "1.4.0"]),
        ("newest,1.0.0,1.0.0", ["1.0.0", "1.4.0"]),
        ("~=1.0.0,newest", ["1.0.0", "1.0.1", "1.4.0"]),
    ],
)
def test_words_select(words: str, versions: list[str]) -> None:
    assert [release.version for release in select(KNOWN, words)] == versions


def test_yanked_releases_and_previews_are_taken_only_by_name() -> None:
    assert [r.version for r in select(KNOWN, "1.3.0,1.4.0a1")] == ["1.3.0", "1.4.0a1"]
    assert "1.3.0" not in [r.version for r in select(KNOWN, ">=1.0")]


def test_newest_as_of_an_instant_is_what_was_newest_then() -> None:
    known = [replace(r, uploaded=dt.datetime(2025, n + 1, 1, tzinfo=dt.UTC)) for n, r in enumerate(KNOWN)]
    then = dt.datetime(2025, 2, 15, tzinfo=dt.UTC)
    chosen = select_of(known, "newest,>=1.0", project="openai-chatkit", as_of=then)
    assert chosen == select_of(known, "all", project="openai-chatkit", as_of=then)
    assert [release.version for release in chosen] == ["1.0.0", "1.0.1"]


def test_an_unknown_version_is_answered_with_its_neighbours() -> None:
    with pytest.raises(SelectionError, match=r"Nearest ones: 1\.1\.0, 1\.2\.0, 1\.3\.0, 1\.4\.0a1"):
        select(KNOWN, "1.2.9")


@pytest.mark.parametrize(("word", "meant"), [("newst", "newest"), ("ALL", "all"), ("minors", "minor")])
def test_a_misspelt_word_is_answered_with_the_nearest(word: str, meant: str) -> None:
    with pytest.raises(SelectionError, match=f"Did you mean '{meant}'"):
        select(KNOWN, word)


def test_all_takes_no_release_that_has_no_wheel() -> None:
    known = releases("1.0.0", "1.1.0", no_wheel="1.1.0")
    assert [release.version for release in select(known, "all")] == ["1.0.0"]


def test_a_release_without_a_wheel_says_so() -> None:
    known = releases("1.0.0", "1.1.0", no_wheel="1.1.0")
    with pytest.raises(SelectionError, match="no wheel"):
        select(known, "1.1.0")


@pytest.mark.parametrize("words", ["1.0.0", "all", "newest", "minor", ">=1", "x"])
def test_a_project_without_releases_is_named(words: str) -> None:
    with pytest.raises(SelectionError, match="openai-chatkit"):
        select([], words)


@pytest.mark.parametrize("words", ["latest", "newest:0", "newest:x", "newest:²", ">=abc", ">9", "1.2.x.y"])
def test_words_that_select_nothing_are_told(words: str) -> None:
    with pytest.raises(SelectionError):
        select(KNOWN, words)
