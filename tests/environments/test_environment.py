"""Resolving and building with the real uv, on packages made for the test."""

from __future__ import annotations

import datetime as dt
import shutil
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from tests.made_index import MadeIndex, MadeRelease, made_index

from chatkit_harness.core.errors import (
    BuildError,
    IndexUnreachableError,
    OutputError,
    SelectionError,
    UnresolvableError,
)
from chatkit_harness.environments.environment import STAMP, Environments, site_packages, trouble
from chatkit_harness.index.index import Index
from chatkit_harness.machine.cache import Cache
from chatkit_harness.machine.interpreters import Interpreter, select_interpreters
from chatkit_harness.pins.resolve import Resolver, instant_of

OLD, NEW = "2025-11-01T00:00:00Z", "2026-05-01T00:00:00Z"
RELEASES = [
    MadeRelease(project="kit", version="1.0", requires=["agent>=1"], files={"kit/__init__.py": "X = 1\n"}),
    MadeRelease(project="agent", version="1.0", files={"agent.py": "Y = 1\n"}, uploaded=OLD),
    MadeRelease(project="agent", version="2.0", files={"agent.py": "Y = 2\n"}, uploaded=NEW),
]


@pytest.fixture
def served() -> Iterator[MadeIndex]:
    with made_index(RELEASES) as index:
        yield index


@pytest.fixture
def python() -> Interpreter:
    return select_interpreters(None)[0]


def pins(cache: Cache, served: MadeIndex, python: Interpreter, as_of: dt.datetime | None) -> dict[str, str]:
    return dict(Resolver(cache, Index(cache, served.url)).lock(["kit==1.0"], python, as_of).pins)


def test_a_date_chooses_what_was_there_on_it(tmp_path: Path, served: MadeIndex, python: Interpreter) -> None:
    cache = Cache(tmp_path)
    assert pins(cache, served, python, None) == {"kit": "1.0", "agent": "2.0"}
    then = dt.datetime(2025, 11, 14, 12, tzinfo=dt.UTC)
    assert pins(cache, served, python, then) == {"kit": "1.0", "agent": "1.0"}


def test_contemporary_is_a_day_after_the_younger_release(tmp_path: Path, served: MadeIndex) -> None:
    index = Index(Cache(tmp_path), served.url)
    pair = [index.project("kit").releases[0], index.project("agent").releases[0]]
    assert instant_of("contemporary", pair) == dt.datetime(2025, 11, 14, 12, tzinfo=dt.UTC)
    assert instant_of("today", pair) is None
    assert instant_of("2025-11-17", pair) == dt.datetime(2025, 11, 17, tzinfo=dt.UTC)
    with pytest.raises(SelectionError, match="nor an instant"):
        instant_of("yesterday", pair)


def test_no_upload_time_means_no_contemporary(tmp_path: Path) -> None:
    with made_index([MadeRelease(project="kit", version="1.0", uploaded=None)]) as served:
        release = Index(Cache(tmp_path), served.url).project("kit").releases[0]
        with pytest.raises(SelectionError, match="no upload time"):
            instant_of("contemporary", [release])


@pytest.mark.parametrize(
    "damage", [{}, {"pins": {"kit": 1}}, {"pins": []}, {"resolved": "now"}, [], "x", None]
)
def test_a_choice_that_cannot_be_read_is_made_again(
    tmp_path: Path, served: MadeIndex, python: Interpreter, damage: object
) -> None:
    cache = Cache(tmp_path)
    chosen = pins(cache, served, python, None)
    for path in (tmp_path / "resolved").rglob("*.json"):
        cache.write_json(path, {"resolved": time.time(), **damage} if isinstance(damage, dict) else damage)
    assert pins(cache, served, python, None) == chosen


@pytest.mark.parametrize("status", [401, 403, 500])
def test_an_index_that_does_not_answer_is_no_verdict(
    tmp_path: Path, served: MadeIndex, python: Interpreter, monkeypatch: pytest.MonkeyPatch, status: int
) -> None:
    monkeypatch.setenv("UV_HTTP_RETRIES", "0")
    served.status = status
    for _again in range(2):
        with pytest.raises(IndexUnreachableError):
            pins(Cache(tmp_path), served, python, None)


def test_a_lock_that_cannot_be_taken_is_told(tmp_path: Path, served: MadeIndex, python: Interpreter) -> None:
    cache = Cache(tmp_path)
    environments = Environments(cache, Index(cache, served.url))
    name = environments.environment({"agent": "1.0"}, python).folder.name
    shutil.rmtree(tmp_path / "environments")
    (tmp_path / "locks" / f"environments-{name}.lock").unlink(missing_ok=True)
    (tmp_path / "locks" / f"environments-{name}.lock").mkdir()
    with pytest.raises(OutputError, match="cannot be locked"):
        environments.environment({"agent": "1.0"}, python)


def test_no_set_of_pins_is_told_in_the_resolvers_words(
    tmp_path: Path, served: MadeIndex, python: Interpreter
) -> None:
    resolver = Resolver(Cache(tmp_path), Index(Cache(tmp_path), served.url))
    with pytest.raises(UnresolvableError, match="kit depend on agent>=1"):
        resolver.lock(["kit==1.0", "agent<1"], python, None)


def test_a_choice_outlives_the_index_and_says_that_it_is_old(
    tmp_path: Path, python: Interpreter, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("UV_HTTP_RETRIES", "0")
    cache = Cache(tmp_path)
    with made_index(RELEASES) as served:
        resolver = Resolver(cache, Index(cache, served.url))
        resolver.lock(["kit==1.0"], python, None)
    for path in (tmp_path / "resolved").rglob("*.json"):
        cache.write_json(path, {**cache.read_json(path), "resolved": 0})
    resolver = Resolver(cache, Index(cache, served.url))  # another run: it believes no page of an earlier one
    lock = resolver.lock(["kit==1.0"], python, None)
    assert lock.stale is not None
    assert lock.pins["kit"] == "1.0"
    with pytest.raises(IndexUnreachableError):
        resolver.lock(["agent==1.0"], python, None)


def test_an_environment_is_built_once_and_reused(
    tmp_path: Path, served: MadeIndex, python: Interpreter
) -> None:
    environments = Environments(Cache(tmp_path), Index(Cache(tmp_path), served.url))
    wanted = {"kit": "1.0", "agent": "1.0"}
    assert environments.environment(wanted, python).reused is False
    again = environments.environment(wanted, python)
    assert again.reused is True
    assert trouble(again.folder, wanted, python) is None


def rewrite(path: Path, content: bytes) -> None:
    """Write anew, not in place: the file may be a hard link into uv's own cache."""
    path.unlink(missing_ok=True)
    path.write_bytes(content)


def another_version(packages: Path) -> None:
    info = (packages / "agent-1.0.dist-info").rename(packages / "agent-2.0.dist-info")
    rewrite(info / "RECORD", (info / "RECORD").read_bytes().replace(b"agent-1.0", b"agent-2.0"))


def another_of_one_name(packages: Path) -> None:
    shutil.copytree(packages / "agent-1.0.dist-info", packages / "agent-0.9.dist-info")
    rewrite(packages / "agent-0.9.dist-info" / "RECORD", b"")


DAMAGES: dict[str, Callable[[Path], object]] = {
    "a file is gone": lambda packages: (packages / "kit" / "__init__.py").unlink(),
    "a file was changed": lambda packages: rewrite(packages / "agent.py", b"Y = 'changed'\n"),
    "a distribution more": lambda packages: (packages / "other-1.0.dist-info").mkdir(),
    "another version": another_version,
    "two versions": another_of_one_name,
    "a stray module": lambda packages: (packages / "sitecustomize.py").write_text("X = 1\n"),
    "a stray path file": lambda packages: (packages / "host.pth").write_text("/\n"),
    "a size that is no number": lambda packages: rewrite(
        packages / "agent-1.0.dist-info" / "RECORD", b"agent.py,,many\n"
    ),
    "a record that is no text": lambda packages: rewrite(
        packages / "agent-1.0.dist-info" / "RECORD", b"\xff"
    ),
    "a record that is no table": lambda packages: rewrite(
        packages / "agent-1.0.dist-info" / "RECORD", b"a" * 200_000
    ),
    "no record": lambda packages: (packages / "agent-1.0.dist-info" / "RECORD").unlink(),
    "a stamp of other pins": lambda packages: (packages.parents[2] / STAMP).write_text('{"pins": {}}'),
    "a stamp that is no text": lambda packages: (packages.parents[2] / STAMP).write_bytes(b"\xff"),
}


@pytest.mark.parametrize("damage", DAMAGES)
def test_a_broken_environment_is_rebuilt(
    tmp_path: Path, served: MadeIndex, python: Interpreter, damage: str
) -> None:
    environments = Environments(Cache(tmp_path), Index(Cache(tmp_path), served.url))
    wanted = {"kit": "1.0", "agent": "1.0"}
    packages = site_packages(environments.environment(wanted, python).folder)
    assert packages is not None
    DAMAGES[damage](packages)
    rebuilt = environments.environment(wanted, python)
    assert rebuilt.reused is False
    assert trouble(rebuilt.folder, wanted, python) is None
    assert environments.environment(wanted, python).reused is True


def test_a_release_that_is_younger_than_what_uv_remembers_is_installed(
    tmp_path: Path, served: MadeIndex, python: Interpreter
) -> None:
    served.max_age_s = 600
    environments = Environments(Cache(tmp_path), Index(Cache(tmp_path), served.url))
    environments.environment({"kit": "1.0"}, python)
    served.releases = [*RELEASES, MadeRelease(project="kit", version="1.1", files={"kit/__init__.py": ""})]
    made = environments.environment({"kit": "1.1"}, python)
    assert trouble(made.folder, {"kit": "1.1"}, python) is None


def test_pins_that_cannot_be_installed_leave_nothing_behind(
    tmp_path: Path, served: MadeIndex, python: Interpreter
) -> None:
    environments = Environments(Cache(tmp_path), Index(Cache(tmp_path), served.url))
    with pytest.raises(BuildError, match="kit"):
        environments.environment({"kit": "9.9"}, python)
    assert list((tmp_path / "environments").iterdir()) == []


def test_two_runs_at_once_build_an_environment_once(
    tmp_path: Path, served: MadeIndex, python: Interpreter
) -> None:
    wanted = {"kit": "1.0", "agent": "1.0"}

    def build() -> bool:
        # Each with a cache object of its own, as two processes have.
        cache = Cache(tmp_path)
        return Environments(cache, Index(cache, served.url)).environment(wanted, python).reused

    with ThreadPoolExecutor(4) as pool:
        reused = [each.result() for each in [pool.submit(build) for _ in range(4)]]
    assert sorted(reused) == [False, True, True, True]


def test_nobody_waits_for_a_lock_once_the_run_is_to_end(tmp_path: Path) -> None:
    mine, other = Cache(tmp_path), Cache(tmp_path)
    with other.lock(tmp_path / "x"), ThreadPoolExecutor(1) as pool:
        waiting = pool.submit(lambda: mine.lock(tmp_path / "x").__enter__())
        with pytest.raises(TimeoutError):
            waiting.result(timeout=0.5)
        mine.ending.set()
        with pytest.raises(BuildError, match="The run was ended"):
            waiting.result(timeout=30)
