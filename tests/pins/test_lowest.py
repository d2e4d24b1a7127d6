"""The lowest set: nothing outdated a year before the pair, nothing younger than it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest
from packaging.version import Version
from tests.made_index import MadeRelease, made_index

from chatkit_harness.core.errors import SelectionError, UnresolvableError
from chatkit_harness.index.index import Index
from chatkit_harness.machine.cache import Cache
from chatkit_harness.machine.interpreters import select_interpreters
from chatkit_harness.pins.lowest import YEAR
from chatkit_harness.pins.resolve import Ask, Resolver, instant_of

UPLOADED = dt.datetime(2025, 11, 13, 12, tzinfo=dt.UTC)
ASK = Ask(
    requirements=("openai-agents==1.0",),
    interpreter=select_interpreters(None)[0],
    as_of=UPLOADED + dt.timedelta(days=1),
    lowest=True,
    pair_uploaded=UPLOADED,
)
ANCIENT, OLD, HALF, YOUNG = "2020-01-01", "2024-06-01", "2025-06-01", "2026-06-01"


def made(project: str, version: str, day: str | None, *requires: str, yanked: bool = False) -> MadeRelease:
    uploaded = f"{day}T00:00:00Z" if day else None
    return MadeRelease(project=project, version=version, requires=requires, uploaded=uploaded, yanked=yanked)


def agents(*requires: str) -> MadeRelease:
    return made("openai-agents", "1.0", "2025-11-13", *requires)


def lowest(tmp_path: Path, releases: Sequence[MadeRelease], ask: Ask = ASK) -> dict[str, str]:
    with made_index(releases, form="html") as served:
        cache = Cache(tmp_path)
        pins = dict(Resolver(cache, Index(cache, served.url)).lock(ask).pins)
        assert pins.pop("openai-agents") == "1.0"
        return pins


def web(*versions: tuple[str, str]) -> list[MadeRelease]:
    return [made("web", version, day) for version, day in versions]


AGES = web(("1.0", ANCIENT), ("2.0", OLD), ("3.0", HALF), ("4.0", YOUNG))


@pytest.mark.parametrize(
    ("requirement", "version"),
    [("web", "2.0"), ("web>=1", "2.0"), ("web>2", "3.0"), ("web<2", "1.0"), ("web>=3", "3.0")],
)
def test_the_floor_is_what_was_newest_a_year_before(tmp_path: Path, requirement: str, version: str) -> None:
    assert lowest(tmp_path, [agents(requirement), *AGES]) == {"web": version}


@pytest.mark.parametrize(
    "not_counted",
    [
        made("web", "2.5", OLD, yanked=True),
        made("web", "2.5rc1", OLD),
        replace(made("web", "2.5", OLD), sdist_only=True),
    ],
    ids=["yanked", "pre-release", "without a wheel"],
)
def test_what_nobody_would_install_is_no_floor(tmp_path: Path, not_counted: MadeRelease) -> None:
    assert lowest(tmp_path, [agents("web"), *AGES, not_counted]) == {"web": "2.0"}


def test_what_is_younger_than_a_year_begins_at_its_first_release(tmp_path: Path) -> None:
    assert lowest(tmp_path, [agents("web"), *web(("0.1", HALF), ("0.2", HALF))]) == {"web": "0.1"}


def test_what_only_older_releases_need_has_its_floor_too(tmp_path: Path) -> None:
    releases = [agents("web"), made("web", "2.0", OLD, "http"), made("web", "3.0", HALF)]
    http = [made("http", version, day) for version, day in (("1.0", ANCIENT), ("2.0", OLD), ("3.0", HALF))]
    assert lowest(tmp_path, [*releases, *http]) == {"web": "2.0", "http": "2.0"}


def test_where_an_older_release_caps_another_below_its_floor_it_is_not_taken(tmp_path: Path) -> None:
    releases = [agents("web"), made("web", "2.0", OLD, "http<2"), made("web", "3.0", HALF, "http")]
    http = [made("http", version, day) for version, day in (("1.0", ANCIENT), ("2.0", OLD), ("3.0", HALF))]
    assert lowest(tmp_path, [*releases, *http]) == {"web": "3.0", "http": "2.0"}


def test_a_pin_on_top_needs_no_floor(tmp_path: Path) -> None:
    ask = replace(ASK, on_top=("web==1.0",))
    assert lowest(tmp_path, [agents("web"), *AGES], ask) == {"web": "1.0"}


def test_what_never_settles_says_so(tmp_path: Path) -> None:
    chain = [agents("link0")]
    for number in range(25):
        needs = f"link{number + 1}"
        chain += [made(f"link{number}", "1.0", ANCIENT), made(f"link{number}", "2.0", OLD, needs)]
        chain += [made(f"link{number}", "3.0", HALF)]
    with pytest.raises(UnresolvableError, match="does not settle"):
        lowest(tmp_path, chain)


def test_an_index_that_says_no_times_cannot_say_what_is_low(tmp_path: Path) -> None:
    dated = [agents("web"), *AGES]
    with pytest.raises(SelectionError, match="gives no upload time"):
        lowest(tmp_path, dated, replace(ASK, pair_uploaded=None))
    with pytest.raises(UnresolvableError, match="does not say when web-1"):
        lowest(tmp_path / "other", [agents("web"), made("web", "1.0", None)])


def test_the_answer_is_kept(tmp_path: Path) -> None:
    with made_index([agents("web"), *AGES], form="html") as served:
        cache = Cache(tmp_path)
        resolver = Resolver(cache, Index(cache, served.url))
        first, runs = resolver.lock(ASK), resolver.runs
        again = Resolver(cache, Index(cache, served.url))
        assert again.lock(ASK).pins == first.pins
    assert (runs, again.runs) == (2, 0)


@pytest.mark.slow
@pytest.mark.index
def test_no_pin_of_a_real_set_is_outdated_or_younger_than_the_pair(tmp_path: Path) -> None:
    cache = Cache(tmp_path)
    index = Index(cache)
    resolver = Resolver(cache, index)
    pair = {"openai-chatkit": "1.6.5", "openai-agents": "0.24.0"}
    releases = [r for name in pair for r in index.project(name).releases if r.version == pair[name]]
    uploaded = max(r.uploaded for r in releases if r.uploaded is not None)
    ask = Ask(
        requirements=tuple(f"{name}=={version}" for name, version in pair.items()),
        interpreter=select_interpreters(None)[0],
        as_of=instant_of("lowest", releases),
        lowest=True,
        pair_uploaded=uploaded,
    )
    newest = resolver.lock(replace(ask, lowest=False)).pins
    pins = resolver.lock(ask).pins
    assert pins != newest
    assert ask.as_of is not None
    for name in pins.keys() - pair.keys():
        times = {Version(r.version): r.uploaded for r in index.project(name).releases if r.has_wheel}
        mine = times[Version(pins[name])]
        assert mine is not None
        assert mine <= ask.as_of, name
        cap = Version(newest[name]) if name in newest else max(times)
        yanked = {Version(r.version) for r in index.project(name).releases if r.yanked}
        known = [v for v, when in times.items() if when and when <= uploaded - YEAR and v <= cap]
        known = [v for v in known if v not in yanked and not v.is_prerelease]
        assert not known or Version(pins[name]) >= max(known), name
