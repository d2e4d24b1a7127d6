"""What a broken index or disk does to layers: the release at fault is named, and no other is harmed."""

from __future__ import annotations

import contextlib
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from tests.made_index import MadeIndex, MadeRelease, made_index, wheel

from chatkit_harness.core.errors import BuildError, HarnessError, IndexUnreachableError, OutputError
from chatkit_harness.environments.environment import Environments
from chatkit_harness.environments.layers import Layers
from chatkit_harness.environments.stack import Stacks
from chatkit_harness.index.index import Index
from chatkit_harness.machine.cache import Cache
from chatkit_harness.machine.interpreters import Interpreter, select_interpreters
from chatkit_harness.machine.uv import STALL_S, run_uv


def release(project: str, **more: object) -> MadeRelease:
    files = {f"{project}/__init__.py": "X = 1\n" * 4000}
    return MadeRelease(project=project, version="1.0", files=files, **more)  # type: ignore[arg-type] # liars


RELEASES = [release(name) for name in ("aye", "bad", "cee", "dee")]
BAD = wheel(RELEASES[1])
PINS = dict.fromkeys(("aye", "bad", "cee", "dee"), "1.0")


@pytest.fixture
def served(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[MadeIndex]:
    monkeypatch.setenv("UV_CACHE_DIR", str(tmp_path / "uv"))
    monkeypatch.setenv("UV_HTTP_RETRIES", "0")
    monkeypatch.setenv("UV_HTTP_TIMEOUT", "1")
    with made_index(RELEASES) as index:
        yield index


@pytest.fixture
def python() -> Interpreter:
    return select_interpreters(None)[0]


def opened(folder: Path, url: str) -> Layers:
    cache = Cache(folder)
    return Layers(cache, Index(cache, url))


def lacks(index: MadeIndex) -> None:
    index.releases = [each for each in RELEASES if each.project != "bad"]


def lies(index: MadeIndex) -> None:
    index.releases = [each for each in RELEASES if each.project != "bad"] + [release("bad", lies=True)]


def too_new(index: MadeIndex) -> None:
    index.releases = [each for each in RELEASES if each.project != "bad"] + [
        release("bad", requires_python=">=3.99")
    ]


def without_metadata(index: MadeIndex) -> None:
    index.spoiled["bad"] = wheel(release("other"))


Liar = Callable[[MadeIndex], object]
LIARS: dict[str, tuple[Liar, type[HarnessError]]] = {
    "a wheel with flipped bytes": (
        lambda index: index.spoiled.update(bad=BAD[:300] + b"xx" + BAD[302:]),
        BuildError,
    ),
    "half a wheel": (lambda index: index.spoiled.update(bad=BAD[: len(BAD) // 2]), BuildError),
    "a page instead of a wheel": (lambda index: index.spoiled.update(bad=b"<html>no</html>"), BuildError),
    "another wheel": (without_metadata, BuildError),
    "a wheel with a false RECORD": (lies, BuildError),
    "a wheel for a later Python": (too_new, BuildError),
    "no such release": (lambda index: index.spoiled.clear(), BuildError),
    "no such project": (lacks, BuildError),
    "a wheel that is answered with 500": (lambda index: index.spoiled.update(bad=500), IndexUnreachableError),
    "a wheel that stops halfway": (lambda index: index.stalling.add("bad"), IndexUnreachableError),
    "a wheel that is cut off": (lambda index: index.cut.add("bad"), IndexUnreachableError),
}


@pytest.mark.parametrize("liar", LIARS)
def test_one_broken_release_harms_no_other(
    tmp_path: Path, served: MadeIndex, python: Interpreter, liar: str
) -> None:
    spoil, kind = LIARS[liar]
    spoil(served)
    pins = {**PINS, "bad": "9.9"} if liar == "no such release" else PINS
    layers = opened(tmp_path / "cache", served.url)
    with pytest.raises(kind) as caught:
        layers.have(pins, python)
    assert caught.value.culprit == f"bad {pins['bad']}"
    served.status = 500  # the others stand: nobody is asked for them any more
    good = {name: version for name, version in pins.items() if name != "bad"}
    assert all(layer.reused for layer in layers.have(good, python).values())
    assert [path.name for path in (tmp_path / "cache" / "layers").glob(".*")] == []


def test_several_broken_releases_harm_no_other(
    tmp_path: Path, served: MadeIndex, python: Interpreter
) -> None:
    served.spoiled.update(bad=500, cee=b"no wheel")
    layers = opened(tmp_path, served.url)
    with pytest.raises(BuildError, match="cee"):  # what is certain is told before what may pass
        layers.have(PINS, python)
    assert all(layer.reused for layer in layers.have({"aye": "1.0", "dee": "1.0"}, python).values())


def test_a_broken_release_is_not_tried_again_for_each_cell(
    tmp_path: Path, served: MadeIndex, python: Interpreter
) -> None:
    served.spoiled["bad"] = b"no wheel"
    layers = opened(tmp_path, served.url)
    told = []
    for _cell in range(3):
        with pytest.raises(BuildError) as caught:
            layers.release("bad", "1.0", python)
        told.append((str(caught.value), len(served.asked)))
    assert told[0] == told[1] == told[2]


def test_a_stack_lacks_nothing_once_the_release_is_mended(
    tmp_path: Path, served: MadeIndex, python: Interpreter
) -> None:
    served.spoiled["bad"] = 500
    cache = Cache(tmp_path / "cache")
    with pytest.raises(IndexUnreachableError):
        Stacks(cache, opened(tmp_path / "cache", served.url)).stack(PINS, python)
    assert not (tmp_path / "cache" / "stacks").exists()
    served.spoiled.clear()
    stack = Stacks(cache, opened(tmp_path / "cache", served.url)).stack(PINS, python)
    subprocess.run([stack.python, "-I", "-c", "import aye, bad, cee, dee"], check=True)


@pytest.mark.parametrize("status", [401, 403, 500, 503])
def test_an_index_that_does_not_answer_is_told_as_that(
    tmp_path: Path, served: MadeIndex, python: Interpreter, status: int
) -> None:
    served.status = status
    with pytest.raises(IndexUnreachableError):
        opened(tmp_path, served.url).have(PINS, python)


def test_an_index_that_is_gone_is_not_asked_for_each_release(tmp_path: Path, python: Interpreter) -> None:
    with made_index([]) as gone:
        pass
    many = {f"package{number}": "1.0" for number in range(30)}
    with pytest.raises(IndexUnreachableError, match="package"):
        opened(tmp_path, gone.url).have(many, python)


def test_an_environment_too_takes_no_false_record(
    tmp_path: Path, served: MadeIndex, python: Interpreter
) -> None:
    lies(served)
    cache = Cache(tmp_path)
    with pytest.raises(BuildError, match="not what the RECORD says"):
        Environments(cache, Index(cache, served.url)).environment(PINS, python)
    with pytest.raises(BuildError, match="not what the RECORD says"):
        opened(tmp_path, served.url).have(PINS, python)


@pytest.mark.parametrize(("own", "timeout"), [(None, str(STALL_S)), ("77", "77")])
def test_uv_waits_for_a_stalled_index_as_long_as_the_user_says(
    python: Interpreter, monkeypatch: pytest.MonkeyPatch, own: str | None, timeout: str
) -> None:
    monkeypatch.delenv("UV_HTTP_TIMEOUT", raising=False)
    if own is not None:
        monkeypatch.setenv("UV_HTTP_TIMEOUT", own)
    program = "import os; print(os.environ['UV_HTTP_TIMEOUT'])"
    done = run_uv(["run", "--offline", "--no-project", "--python", python.path, "python", "-c", program])
    assert done.stdout.split() == [timeout]


@contextlib.contextmanager
def mounted(folder: Path, options: str) -> Iterator[None]:
    folder.mkdir(exist_ok=True)
    subprocess.run(["mount", "-t", "tmpfs", "-o", options, "tmpfs", str(folder)], check=True)
    try:
        yield
    finally:
        subprocess.run(["umount", "-l", str(folder)], check=True)


def may_mount() -> bool:
    """Whether this user may mount file systems here, which only root outside a container usually may."""
    return sys.platform == "linux" and os.geteuid() == 0 and _mounts()


def _mounts() -> bool:
    probe = ["unshare", "--mount", "mount", "-t", "tmpfs", "tmpfs", "/mnt"]
    return subprocess.run(probe, check=False, capture_output=True).returncode == 0


needs_mount = pytest.mark.skipif(not may_mount(), reason="only who may mount can have a small disk")


@needs_mount
def test_a_full_disk_is_told_and_leaves_nothing(
    tmp_path: Path, served: MadeIndex, python: Interpreter
) -> None:
    big = {"big/__init__.py": "X = 1\n" * 200_000}
    served.releases = [*RELEASES, MadeRelease(project="big", version="1.0", files=big)]
    with mounted(tmp_path / "cache", "size=512k"):
        layers = opened(tmp_path / "cache", served.url)
        with pytest.raises(OutputError, match="cannot be written") as caught:
            layers.have({**PINS, "big": "1.0"}, python)
        assert str(tmp_path / "cache") in caught.value.culprit
        assert list((tmp_path / "cache" / "layers").iterdir()) == []
        assert len(layers.have(PINS, python)) == 4  # there is room for these


@needs_mount
def test_a_cache_that_cannot_be_written_serves_what_it_has(
    tmp_path: Path, served: MadeIndex, python: Interpreter
) -> None:
    with mounted(tmp_path / "cache", "size=20m"):
        cache = Cache(tmp_path / "cache")
        Stacks(cache, opened(tmp_path / "cache", served.url)).stack({"aye": "1.0"}, python)
        subprocess.run(["mount", "-o", "remount,ro", str(tmp_path / "cache")], check=True)
        layers = opened(tmp_path / "cache", served.url)
        stack = Stacks(cache, layers).stack({"aye": "1.0"}, python)
        assert stack.reused is True
        subprocess.run([stack.python, "-I", "-c", "import aye"], check=True)
        with pytest.raises(OutputError):
            layers.have(PINS, python)
        with pytest.raises(OutputError):
            Stacks(cache, layers).stack({}, python)
