"""Pairs that share a run of the resolver get what they would get by themselves."""

from __future__ import annotations

import random
import threading
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import pytest
from tests.made_index import MadeIndex, MadeRelease, made_index

from chatkit_harness.core.errors import BuildError, IndexUnreachableError, UnresolvableError
from chatkit_harness.core.nouns import Pair
from chatkit_harness.index.index import Index
from chatkit_harness.index.releases import select
from chatkit_harness.machine.cache import Cache
from chatkit_harness.machine.interpreters import select_interpreters
from chatkit_harness.machine.once import Once
from chatkit_harness.pins.resolve import Ask, Resolver, instant_of
from chatkit_harness.pins.shared_locks import PublishedFacts, ReleaseFacts, SharedLocks

PYTHON = select_interpreters(None)[0]
ANYWHERE = "python_version >= '3.8'"
NOWHERE = "sys_platform == 'amiga'"


def made(project: str, version: str, *requires: str) -> MadeRelease:
    return MadeRelease(project=project, version=version, requires=requires)


RELEASES = [
    made("openai-chatkit", "1.0", "openai-agents>=1", "web"),
    made("openai-chatkit", "1.1", "openai-agents>=2", "web"),
    made("openai-chatkit", "1.2", "openai-agents>=1", "web", "template"),
    made("openai-agents", "1.0", "model<2"),
    made("openai-agents", "1.1", f"model<2; {ANYWHERE}", f"ghost; {NOWHERE}", "speech; extra == 'voice'"),
    made("openai-agents", "2.0", "model>=2"),
    made("model", "1.0"),
    made("model", "2.0"),
    made("web", "1.0"),
    made("template", "1.0"),
    made("speech", "1.0"),
    made("guard", "1.0"),
    made("guard", "2.0", "openai-agents>=1.1"),
    made("helper", "1.0", "tool"),
    made("tool", "1.0"),
    made("late", "1.0"),
    made("late", "2.0", "web<1"),
]
PAIRS = [Pair(chatkit=c, agents=a) for c in ("1.0", "1.1", "1.2") for a in ("1.0", "1.1", "2.0")]


def ask_for(pair: Pair, *extras: str) -> Ask:
    own = (f"openai-chatkit=={pair.chatkit}",) if pair.chatkit else ()
    return Ask(requirements=(*own, f"openai-agents=={pair.agents}", *extras), interpreter=PYTHON)


@pytest.fixture
def served() -> Iterator[MadeIndex]:
    with made_index(RELEASES, form="html") as index:
        yield index


@pytest.fixture
def resolver(tmp_path: Path, served: MadeIndex) -> Resolver:
    return Resolver(Cache(tmp_path / "shared"), Index(Cache(tmp_path / "shared"), served.url))


@pytest.fixture
def shared(resolver: Resolver, tmp_path: Path) -> SharedLocks:
    return SharedLocks(resolver, PublishedFacts(Cache(tmp_path / "shared"), resolver.index))


def pins(locks: SharedLocks | Resolver, pair: Pair, ask: Ask) -> dict[str, str] | str:
    try:
        found = locks.lock(pair, ask) if isinstance(locks, SharedLocks) else locks.lock(ask)
    except UnresolvableError as error:
        return error.cause
    return dict(found.pins)


@pytest.mark.parametrize("extras", [(), ("guard",), ("helper",), ("late",), ("openai-agents[voice]",)])
def test_shared_pins_are_the_pairs_own(
    tmp_path: Path, served: MadeIndex, shared: SharedLocks, extras: Sequence[str]
) -> None:
    own = Resolver(Cache(tmp_path / "own"), Index(Cache(tmp_path / "own"), served.url))
    for pair in PAIRS:
        ask = ask_for(pair, *extras)
        assert pins(shared, pair, ask) == pins(own, pair, ask), pair


def test_equal_declarations_are_asked_about_once(resolver: Resolver, shared: SharedLocks) -> None:
    same = [Pair(chatkit="1.0", agents=agents) for agents in ("1.0", "1.1")]
    found = [shared.lock(pair, ask_for(pair)).pins for pair in same]
    assert [each["openai-agents"] for each in found] == ["1.0", "1.1"]
    assert resolver.runs == 1
    assert {name: version for name, version in found[0].items() if name != "openai-agents"} == {
        "openai-chatkit": "1.0",
        "model": "1.0",
        "web": "1.0",
    }


def test_a_pair_that_does_not_admit_itself_is_told_its_own_reason(shared: SharedLocks) -> None:
    pair = Pair(chatkit="1.1", agents="1.0")
    assert "openai-agents>=2" in str(pins(shared, pair, ask_for(pair)))


def test_a_release_for_another_python_is_asked_for_itself(resolver: Resolver) -> None:
    shared = SharedLocks(resolver, lambda _name, _version: ReleaseFacts(requires_python=">=4"))
    for pair in PAIRS[:2]:
        shared.lock(pair, ask_for(pair))
    assert resolver.runs == 2


def test_where_nothing_says_what_a_release_declares_each_pair_is_asked_for(resolver: Resolver) -> None:
    def unknown(name: str, version: str) -> ReleaseFacts:
        raise BuildError(f"{name} {version}", "Nothing says it.", "Look elsewhere.")

    shared = SharedLocks(resolver, unknown)
    assert [shared.lock(pair, ask_for(pair)).pins["openai-agents"] for pair in PAIRS[:2]] == ["1.0", "1.1"]
    assert resolver.runs == 2


def test_a_pair_without_chatkit_shares_with_others_of_its_kind(
    resolver: Resolver, shared: SharedLocks
) -> None:
    for agents in ("1.0", "1.1"):
        pair = Pair(chatkit=None, agents=agents)
        assert shared.lock(pair, ask_for(pair)).pins == {"openai-agents": agents, "model": "1.0"}
    assert resolver.runs == 1


def test_pins_on_top_are_shared_where_they_leave_the_pair_alone(
    resolver: Resolver, shared: SharedLocks
) -> None:
    for pair in PAIRS[:2]:
        ask = replace(ask_for(pair), on_top=("web==1.0",))
        assert shared.lock(pair, ask).pins["web"] == "1.0"
    assert resolver.runs <= 2


def test_many_threads_with_one_question_make_one_run(resolver: Resolver, shared: SharedLocks) -> None:
    start = threading.Barrier(8)

    def one(number: int) -> str:
        start.wait(30)
        pair = PAIRS[number % 2]
        return shared.lock(pair, ask_for(pair)).pins["model"]

    with ThreadPoolExecutor(8) as pool:
        assert set(pool.map(one, range(8))) == {"1.0"}
    assert resolver.runs == 1


def test_todays_answer_holds_for_the_whole_run(
    tmp_path: Path, resolver: Resolver, shared: SharedLocks, served: MadeIndex
) -> None:
    first = shared.lock(PAIRS[0], ask_for(PAIRS[0])).pins
    served.releases = [*served.releases, made("web", "1.1")]
    for path in (tmp_path / "shared" / "resolved").rglob("*.json"):
        path.unlink()
    assert shared.lock(PAIRS[1], ask_for(PAIRS[1])).pins["web"] == first["web"] == "1.0"
    assert resolver.runs == 1


@pytest.mark.parametrize(("trouble_s", "asked"), [(3600, 1), (0, 2)])
def test_an_index_out_of_reach_is_asked_again_after_a_while(trouble_s: float, asked: int) -> None:
    tries: list[str] = []

    def ask() -> str:
        tries.append("once more")
        raise IndexUnreachableError("the index", "It does not answer.", "Run again.")

    once: Once[str] = Once(trouble_s=trouble_s)
    for _again in range(2):
        with pytest.raises(IndexUnreachableError):
            once.get("a question", ask)
    assert len(tries) == asked


def test_what_a_release_declares_is_read_once(tmp_path: Path, served: MadeIndex) -> None:
    cache = Cache(tmp_path)
    declared = PublishedFacts(cache, Index(cache, served.url))("openai-agents", "2.0")
    assert declared == ReleaseFacts(requires=("model>=2",))

    def again(name: str, version: str) -> ReleaseFacts:
        raise BuildError(f"{name} {version}", "It is known already.", "Look there.")

    later = PublishedFacts(cache, Index(cache, served.url), again)
    assert later("openai-agents", "2.0") == declared
    with pytest.raises(BuildError, match="It is known already"):
        later("openai-agents", "1.0")
    with pytest.raises(BuildError, match="no wheel of it"):
        later("openai-agents", "9.0")


@pytest.mark.slow
@pytest.mark.index
def test_eight_real_pairs_have_the_pins_that_they_would_have_alone(tmp_path: Path) -> None:
    cache, own = Cache(tmp_path / "shared"), Cache(tmp_path / "own")
    resolver, alone = Resolver(cache, Index(cache)), Resolver(own, Index(own))
    shared = SharedLocks(resolver, PublishedFacts(cache, resolver.index))
    draw = random.Random(20261121)  # noqa: S311 - a sample, not a secret
    known = {
        name: select(resolver.index.project(name).releases, words, project=name)
        for name, words in (("openai-chatkit", ">=0.0.2"), ("openai-agents", ">=0.3.2"))
    }
    for number in range(8):
        releases = [draw.choice(found) for found in known.values()]
        pair = Pair(chatkit=releases[0].version, agents=releases[1].version)
        as_of = instant_of(("contemporary", "today")[number % 2], releases)
        ask = replace(ask_for(pair), as_of=as_of)
        assert shared.lock(pair, ask).pins == alone.lock(ask).pins, pair
    assert resolver.runs < alone.runs
