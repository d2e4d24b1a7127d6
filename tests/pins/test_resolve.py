"""What is asked of the resolver beyond plain requirements: pins on top, lock files, constraints, clocks."""

from __future__ import annotations

import datetime as dt
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from tests.made_index import MadeIndex, MadeRelease, made_index

from chatkit_harness.core.errors import SelectionError, UnresolvableError
from chatkit_harness.index.index import Index
from chatkit_harness.machine.cache import Cache
from chatkit_harness.machine.interpreters import select_interpreters
from chatkit_harness.pins.resolve import Ask, Resolver, instant_of

OLD, NEW = "2025-11-01T00:00:00Z", "2026-05-01T00:00:00Z"
THEN = dt.datetime(2025, 12, 1, tzinfo=dt.UTC)


def made(
    project: str, version: str, *requires: str, uploaded: str = OLD, yanked: bool = False
) -> MadeRelease:
    return MadeRelease(project=project, version=version, requires=requires, uploaded=uploaded, yanked=yanked)


RELEASES = [
    made("openai-agents", "1.0", "model>=1,<3", "web"),
    made("openai-agents", "2.0", "model>=3", uploaded=NEW),
    made("model", "1.0"),
    made("model", "2.0", "http2", uploaded=NEW),
    made("model", "3.0", uploaded=NEW),
    made("http2", "1.0"),
    made("http2", "2.0", uploaded=NEW),
    made("web", "1.0"),
    made("web", "1.1"),
    made("tool", "1.0", "model<2"),
]
ASK = Ask(requirements=("openai-agents==1.0",), interpreter=select_interpreters(None)[0], as_of=THEN)
LOCKED = {"openai-agents": "1.0", "model": "1.0", "web": "1.0"}


@pytest.fixture
def served() -> Iterator[MadeIndex]:
    with made_index(RELEASES) as index:
        yield index


@pytest.fixture
def resolver(tmp_path: Path, served: MadeIndex) -> Resolver:
    return Resolver(Cache(tmp_path), Index(Cache(tmp_path), served.url))


def test_a_pin_on_top_may_be_younger_than_the_instant_and_nothing_else(resolver: Resolver) -> None:
    assert resolver.lock(ASK).pins == {"openai-agents": "1.0", "model": "1.0", "web": "1.1"}
    pins = resolver.lock(replace(ASK, on_top=("model==2.0",))).pins
    assert pins == {"openai-agents": "1.0", "model": "2.0", "http2": "1.0", "web": "1.1"}


def test_a_pin_on_top_beats_another_pin_of_the_cell(resolver: Resolver) -> None:
    ask = replace(ASK, requirements=(*ASK.requirements, "web==1.1"), on_top=("Web==1.0",))
    assert resolver.lock(ask).pins["web"] == "1.0"


def test_a_pin_on_top_that_contradicts_the_pair_is_told_with_the_reason(resolver: Resolver) -> None:
    with pytest.raises(UnresolvableError, match="model>=1,<3"):
        resolver.lock(replace(ASK, on_top=("model==3.0",)))


def test_a_range_on_top_stays_within_the_instant(resolver: Resolver) -> None:
    with pytest.raises(UnresolvableError, match="model>=2") as caught:
        resolver.lock(replace(ASK, on_top=("model>=2",)))
    assert "exclude-newer-package" not in caught.value.cause


def test_constraints_bind_what_is_required_and_add_nothing(resolver: Resolver) -> None:
    pins = resolver.lock(replace(ASK, constraints=("web<1.1", "http2>=1"))).pins
    assert pins == {"openai-agents": "1.0", "model": "1.0", "web": "1.0"}


def test_a_lock_goes_in_as_it_is_even_where_nobody_would_choose_it(resolver: Resolver) -> None:
    odd = {**LOCKED, "model": "3.0", "ghost": "9.9"}
    assert resolver.lock(replace(ASK, pinned=odd, as_of=None)).pins == odd
    assert resolver.runs == 0


def test_what_is_put_on_top_of_a_lock_brings_what_it_needs(resolver: Resolver) -> None:
    ask = replace(ASK, pinned=LOCKED, as_of=None, on_top=("model==2.0",))
    assert resolver.lock(ask).pins == {**LOCKED, "model": "2.0", "http2": "2.0"}


def test_the_pair_may_take_the_place_of_the_locks_own(resolver: Resolver) -> None:
    ask = replace(ASK, pinned={"openai-agents": "0.9", "model": "3.0"}, as_of=None)
    with pytest.raises(UnresolvableError, match="model"):
        resolver.lock(ask)
    ask = replace(ask, requirements=("openai-agents==2.0",))
    assert resolver.lock(ask).pins == {"openai-agents": "2.0", "model": "3.0"}


@pytest.mark.parametrize("missing", ["ghost==9.9", "web==9.9"])
def test_a_lock_with_something_that_the_index_lacks_names_it(resolver: Resolver, missing: str) -> None:
    name, _equals, version = missing.partition("==")
    ask = replace(ASK, pinned={**LOCKED, name: version}, as_of=None, on_top=("model==2.0",))
    with pytest.raises(UnresolvableError, match=name):
        resolver.lock(ask)


def test_an_index_without_times_is_named_as_the_reason(tmp_path: Path) -> None:
    undated = MadeRelease(project="openai-agents", version="1.0", uploaded=None)
    with made_index([undated], form="html") as served:
        resolver = Resolver(Cache(tmp_path), Index(Cache(tmp_path), served.url))
        with pytest.raises(UnresolvableError, match="does not say when openai_agents-1"):
            resolver.lock(ASK)


def later(seconds: float) -> Callable[[object], object]:
    return lambda document: (
        {**document, "resolved": time.time() + seconds} if isinstance(document, dict) else 0
    )


@pytest.mark.parametrize(("moved", "runs"), [(-60, 1), (3600, 2), (10**9, 2), (-(10**9), 2)])
def test_an_answer_that_a_moved_clock_dates_wrong_is_asked_for_again(
    tmp_path: Path, resolver: Resolver, moved: float, runs: int
) -> None:
    ask = replace(ASK, as_of=None)
    pins = resolver.lock(ask).pins
    for path in (tmp_path / "resolved").rglob("*.json"):
        cache = Cache(tmp_path)
        cache.write_json(path, later(moved)(cache.read_json(path)))
    assert resolver.lock(ask).pins == pins
    assert resolver.runs == runs


def test_a_question_is_put_to_uv_once(resolver: Resolver) -> None:
    assert resolver.lock(ASK) == resolver.lock(ASK)
    assert resolver.runs == 1


def test_what_comes_to_the_index_is_seen_by_the_next_run(tmp_path: Path, served: MadeIndex) -> None:
    cache, ask = Cache(tmp_path), replace(ASK, as_of=None)
    for version in ("1.2", "1.3"):
        served.releases = [*served.releases, made("web", version)]
        for path in (tmp_path / "resolved").rglob("*.json"):
            path.unlink()
        assert Resolver(cache, Index(cache, served.url)).lock(ask).pins["web"] == version


@pytest.mark.parametrize(
    ("word", "meant"), [("contemporay", "'contemporary'"), ("Lowest ", "'lowest'"), ("now", "2025-11-17")]
)
def test_a_misspelt_resolution_is_answered_with_the_nearest(word: str, meant: str) -> None:
    with pytest.raises(SelectionError, match=meant):
        instant_of(word, [])
