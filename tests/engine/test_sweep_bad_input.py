"""Sweeps with something broken around them: each cell concerned says so, no other is harmed."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import time
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

import pytest
from tests.engine.made_matrix import (
    BAD,
    CONCERNED,
    RELEASES,
    UNHARMED,
    agents,
    instead,
    started,
    sweep,
    third,
)
from tests.index.test_broken_index import mounted, needs_mount
from tests.made_index import MadeIndex, made_index, wheel

from chatkit_harness.cells import forks, payload
from chatkit_harness.results import differences, read_results

pytestmark = pytest.mark.skipif(not forks.available(), reason="this system has no fork")
ALL_PASS = {UNHARMED: {"pass"}, CONCERNED: {"pass"}}
ONE_ERRS = {UNHARMED: {"pass"}, CONCERNED: {"error"}}
QUICKLY = ("--executor", "threads", "--isolation", "process")
"""For sweeps in which it does not matter how cells are run."""


@pytest.fixture(scope="module")
def warm(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A cache in which everything but what the cells concerned need is installed already."""
    place = tmp_path_factory.mktemp("warm")
    with pytest.MonkeyPatch.context() as patch, made_index(RELEASES) as index:
        patch.setenv("UV_CACHE_DIR", str(place / "uv"))
        assert sweep(index, place, "--agents", UNHARMED, *QUICKLY).status == 0
    return place / "cache"


@pytest.fixture
def place(tmp_path: Path, warm: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A working folder with a cache of its own, and a uv that does not wait long."""
    monkeypatch.setenv("UV_CACHE_DIR", str(tmp_path / "uv"))
    monkeypatch.setenv("UV_HTTP_RETRIES", "0")
    monkeypatch.setenv("UV_HTTP_TIMEOUT", "1")
    monkeypatch.chdir(tmp_path)
    shutil.copytree(warm, tmp_path / "cache", symlinks=True)
    return tmp_path


@pytest.fixture
def index() -> Iterator[MadeIndex]:
    with made_index(RELEASES) as served:
        yield served


LIARS: dict[str, tuple[Callable[[MadeIndex], object], str]] = {
    "half a wheel": (lambda index: index.spoiled.update(bad=wheel(BAD)[:999]), "bad 1.0: Its wheel cannot"),
    "flipped bytes": (
        lambda index: index.spoiled.update(bad=wheel(BAD).replace(b"X = 1\nX", b"X = 2\nX", 1)),
        "Bad CRC",
    ),
    "another checksum": (lambda index: index.told.update(bad="0" * 64), "Hash mismatch for `bad==1.0`"),
    "a wheel answered with 500": (lambda index: index.spoiled.update(bad=500), "/bad-1.0-py3-none-any.whl"),
    "a wheel that stalls": (lambda index: index.stalling.add("bad"), "bad 1.0: Its wheel cannot be read"),
    "a page answered with 500": (lambda index: index.ailing.update(bad=500), "/simple/bad/"),
    "a page that stalls": (lambda index: index.mute.add("bad"), "/simple/bad/"),
}


SEEN_BY_WORKERS = ("flipped bytes", "another checksum")
"""The others are seen when pins are chosen already, in the host."""


@pytest.mark.parametrize("liar", LIARS)
def test_a_broken_release_is_named_in_its_cells_and_harms_no_other(
    place: Path, index: MadeIndex, liar: str
) -> None:
    spoil, words = LIARS[liar]
    spoil(index)
    swept = sweep(index, place, *(() if liar in SEEN_BY_WORKERS else QUICKLY))
    assert (swept.status, swept.outcomes()) == (3, ONE_ERRS)
    assert words in swept.reasons()
    assert "run again" in swept.reasons().lower() or "mend it in the index" in swept.reasons()


def test_a_broken_wheel_is_not_passed_over_in_silence_for_an_older_one(place: Path, index: MadeIndex) -> None:
    newer = third("bad", version="1.1")
    index.releases = instead(newer)
    index.spoiled[newer.filename] = wheel(newer)[:999]
    swept = sweep(index, place, *QUICKLY)
    assert (swept.status, swept.outcomes()) == (3, ONE_ERRS)
    assert "bad 1.1: Its wheel cannot be read" in swept.reasons()


def test_of_releases_that_declare_the_same_only_the_broken_one_is_left_out(
    place: Path, index: MadeIndex
) -> None:
    index.spoiled["openai_chatkit-1.1.0-py3-none-any.whl"] = b"no wheel"
    shutil.rmtree(next((place / "cache" / "layers").glob("openai-chatkit-1.1.0-*")))
    swept = sweep(index, place, "--agents", UNHARMED, *QUICKLY)
    reached = {cell.chatkit: cell.unavailable is None for cell in swept.results.cells}
    assert (swept.status, reached) == (3, {"1.0.0": True, "1.1.0": False})
    assert "openai-chatkit 1.1.0: Its wheel cannot be read" in swept.reasons()


def test_once_it_is_mended_the_run_goes_on_with_what_it_lacked(place: Path, index: MadeIndex) -> None:
    index.cut.add("bad")
    assert sweep(index, place, *QUICKLY).outcomes() == ONE_ERRS
    index.cut.clear()
    swept = sweep(index, place, "--resume", place / "run")
    assert (swept.status, swept.outcomes()) == (0, ALL_PASS)
    assert swept.err.count("1 kept") == 2


def test_an_index_that_is_ill_is_told_before_anything_is_written(place: Path, index: MadeIndex) -> None:
    index.status = 500
    swept = sweep(index, place)
    assert (swept.status, swept.out.exists()) == (3, False)
    assert "out of reach (it answers 500)" in swept.err


@needs_mount
def test_a_cache_on_a_full_disk_costs_the_cells_that_need_more_room(place: Path, index: MadeIndex) -> None:
    index.releases = instead(third("bad", files={"bad/__init__.py": "X = 1\n" * 500_000}))
    with mounted(place / "small", "size=2300k"):
        swept = sweep(index, place, "--cache", place / "small")
        assert (swept.status, swept.outcomes()) == (3, ONE_ERRS)
    assert "The cache cannot be written (No space left on device)" in swept.reasons()
    assert "Free space there" in swept.reasons()


@needs_mount
def test_a_cache_without_room_for_the_driver_is_told(place: Path, index: MadeIndex) -> None:
    with mounted(place / "small", "size=100k"):
        swept = sweep(index, place, "--cache", place / "small")
        assert list((place / "small" / "payloads").iterdir()) == []
    assert swept.status == 3
    assert "The cache cannot be written (No space left on device)" in swept.err


@needs_mount
def test_a_full_disk_under_the_results_loses_nothing_that_was_recorded(place: Path, index: MadeIndex) -> None:
    with mounted(place / "small", "size=24k"):
        cut = sweep(index, place, name="small/run")
        kept = by_id(cut.out)
        assert (cut.status, 0 < len(kept) < 4) == (3, True)
        assert "No space left on device" in cut.err
        assert f"sweep --resume {cut.out}" in cut.err
        subprocess.run(["mount", "-o", "remount,size=9m", str(place / "small")], check=True)
        swept = sweep(index, place, "--resume", cut.out, name="small/run")
        assert (swept.status, swept.outcomes()) == (0, ALL_PASS)
        assert {name: case for name, case in by_id(swept.out).items() if name in kept} == kept


def by_id(out: Path) -> dict[str, object]:
    return {case.id: case for case in read_results(out).cases}


@needs_mount
def test_a_cache_that_is_read_only_serves_what_it_has(place: Path, index: MadeIndex) -> None:
    with mounted(place / "cache", "size=20m"):
        assert sweep(index, place, "--agents", UNHARMED, *QUICKLY, name="first").status == 0
        dated(place / "cache", time.time() - 3600)  # so that the index is asked again
        subprocess.run(["mount", "-o", "remount,ro", str(place / "cache")], check=True)
        swept = sweep(index, place)
        assert (swept.status, swept.outcomes()) == (3, ONE_ERRS)
    assert "Read-only file system" in swept.reasons()


def dated(cache: Path, moment: float) -> None:
    """Have everything in a cache come from another moment, as a clock that jumped leaves it."""
    for path in cache.rglob("*"):
        if not path.is_symlink():
            os.utime(path, (moment, moment))
    for folder, name in (("index", "fetched"), ("resolved", "resolved")):
        for path in (cache / folder).rglob("*.json"):
            path.write_text(json.dumps({**json.loads(path.read_text()), name: moment}))


def test_after_a_clock_jumped_nobody_believes_old_pages(place: Path, index: MadeIndex) -> None:
    one = ("--agents", UNHARMED, "--chatkit", "1.1.0", *QUICKLY)
    assert sweep(index, place, *one, name="1.0").status == 0
    for version, off in (("2.0", -(10**8)), ("3.0", 10**9)):
        dated(place / "cache", time.time() + off)
        index.releases = instead(third("good", version=version))
        swept = sweep(index, place, *one, name=version)
        assert (swept.status, swept.outcomes()) == (0, {UNHARMED: {"pass"}})
        assert [cell.pins["good"] for cell in swept.results.cells] == [version]


VANDAL = """\
import pathlib, shutil
mark = pathlib.Path({mark!r})
if {always} or not mark.exists():
    mark.touch()
    for folder in pathlib.Path({cache!r}).glob({what!r}):
        shutil.rmtree(folder, ignore_errors=True)
"""
"""Part of a cell that deletes from the cache at a known moment: just before it needs what lies there."""


def vandal(place: Path, what: str, *, always: bool) -> str:
    cache, mark = str(place / "cache"), str(place / "mark")
    return VANDAL.format(cache=cache, what=what, mark=mark, always=always)


@pytest.mark.parametrize(
    ("isolation", "what"),
    [
        ("fork", "*"),
        pytest.param("fork", "layers/bad*", marks=pytest.mark.slow),
        pytest.param("process", "layers/bad*", marks=pytest.mark.slow),
        ("venv", "environments/*"),
    ],
)
def test_a_cache_deleted_in_the_middle_is_made_again_and_no_release_is_blamed(
    place: Path, index: MadeIndex, isolation: str, what: str
) -> None:
    index.releases = instead(agents(CONCERNED, "bad", vandal(place, what, always=False)))
    swept = sweep(index, place, "--isolation", isolation)
    assert (place / "mark").exists()
    assert (swept.status, swept.outcomes()) == (0, ALL_PASS)


def test_who_deletes_again_and_again_is_told_and_harms_no_other_cell(place: Path, index: MadeIndex) -> None:
    index.releases = instead(agents(CONCERNED, "bad", vandal(place, "layers/bad*", always=True)))
    swept = sweep(index, place)
    assert (swept.status, swept.outcomes()) == (3, ONE_ERRS)
    assert "Somebody else changed it while a cell was driven: the layer of bad 1.0" in swept.reasons()
    assert "Let nobody else change the cache, and run again" in swept.reasons()


EDITOR = """\
import pathlib
file = pathlib.Path({file!r})
file.write_text(file.read_text() + "# changed\\n")
raise RuntimeError("not this time")
"""
"""Part of a cell in which somebody saves a file of the harness, and which fails."""


def test_the_harness_that_is_edited_while_it_runs_is_named_and_the_cache_is_not_blamed(
    place: Path, index: MadeIndex, monkeypatch: pytest.MonkeyPatch
) -> None:
    own = Path(shutil.copytree(Path(payload.__file__).parents[1], place / "harness"))
    monkeypatch.setattr(payload, "__file__", str(own / "cells/payload.py"))
    editor = EDITOR.format(file=str(own / "reference/server.py"))
    index.releases = instead(agents(CONCERNED, "bad", editor))
    swept = sweep(index, place, *QUICKLY)
    assert (swept.status, swept.outcomes()) == (3, ONE_ERRS)
    assert f"chatkit-harness ({own}): The harness's own code changed while the run went on" in swept.reasons()
    assert "start it again, or go on with --resume" in swept.reasons()
    assert "cache" not in swept.reasons()


def test_files_that_are_cut_short_are_made_again(place: Path, index: MadeIndex) -> None:
    assert sweep(index, place, *QUICKLY, name="first").status == 0
    cut = [*place.glob("cache/payloads/*/*/*/main.py"), *place.glob("cache/layers/*/chatkit-harness.json")]
    cut += [*place.glob("cache/stacks/*/chatkit-harness.json"), *place.glob("cache/layers/bad*/**/RECORD")]
    cut += [*place.glob("cache/layers/bad*/**/METADATA"), *place.glob("cache/layers/good*/**/good/*.py")]
    for path in [*cut, *(place / "cache" / "index").rglob("*"), *(place / "cache" / "resolved").rglob("*")]:
        if path.is_file():
            os.truncate(path, path.stat().st_size // 2)
    swept = sweep(index, place)
    assert (swept.status, swept.outcomes()) == (0, ALL_PASS)


def requirements(pins: Mapping[str, str]) -> str:
    return "".join(f"{name}=={version}\n" for name, version in pins.items())


def pylock(pins: Mapping[str, str]) -> str:
    text = 'lock-version = "1.0"\ncreated-by = "a test"\n'
    for name, version in pins.items():
        file = f"{name.replace('-', '_')}-{version}-py3-none-any.whl"
        text += f'[[packages]]\nname = "{name}"\nversion = "{version}"\n[[packages.wheels]]\n'
        text += f'name = "{file}"\npath = "{file}"\nhashes = {{sha256 = "{"0" * 64}"}}\n'
    return text


@pytest.mark.parametrize("form", [requirements, pylock])
@pytest.mark.parametrize("wrong", ["ghost", "good"])
def test_a_lock_that_names_what_the_index_lacks_concerns_its_own_cells(
    place: Path, index: MadeIndex, form: Callable[[Mapping[str, str]], str], wrong: str
) -> None:
    lock = place / ("pylock.toml" if form is pylock else "requirements.txt")
    lock.write_text(
        form(
            {
                "openai-chatkit": "1.1.0",
                "openai-agents": UNHARMED,
                "common": "1.0",
                "good": "1.0",
                wrong: "9.9",
            }
        )
    )
    one = ("--agents", UNHARMED, "--chatkit", "1.1.0", *QUICKLY)
    swept = sweep(index, place, *one, "--resolution", f"today,{lock}")
    assert swept.outcomes() == {UNHARMED: {"pass"}}
    assert swept.outcomes(lock.name)[UNHARMED] <= {"error", "unresolvable"}
    assert f"{wrong}==9.9" in swept.reasons()


@pytest.mark.slow
def test_two_sweeps_at_once_on_an_empty_cache_give_what_one_gives(place: Path, index: MadeIndex) -> None:
    assert sweep(index, place, name="single").status == 0
    shutil.rmtree(place / "cache")
    both = [started(index, place, name) for name in ("one", "other")]
    said = [process.communicate(timeout=120)[1] for process in both]
    assert [process.returncode for process in both] == [0, 0], said
    for name in ("one", "other"):
        assert differences(read_results(place / "single"), read_results(place / name)) == []
    assert [path.name for path in (place / "cache" / "layers").glob(".*")] == []
