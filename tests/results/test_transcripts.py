"""Transcripts beside a results file, plain and packed, from one process or several."""

from __future__ import annotations

import dataclasses
import gzip
import json
import subprocess
import sys
from pathlib import Path

import pytest
from tests.reports import sample

from chatkit_harness.core.errors import OutputError, ResultsError
from chatkit_harness.core.nouns import digest
from chatkit_harness.core.transcript import Event, Transcript
from chatkit_harness.results import (
    ResultsWriter,
    copy_transcript,
    find_transcript,
    load_transcript,
    pack_transcript,
    store_packed,
    store_transcript,
)

ROOT = Path(__file__).parents[2]
ONE = sample.transcript(sample.cell())


def dirty() -> Transcript:
    sent = Event(at_ms=1.0, data={"type": "\ud83d\ude00"}, raw="\ud800 \x00")
    return dataclasses.replace(ONE, turns=(dataclasses.replace(ONE.turns[0], events=(sent,)),))


@pytest.mark.parametrize("transcript", [ONE, dirty()], ids=["clean", "dirty"])
def test_a_packed_transcript_is_the_same_by_the_same_digest(tmp_path: Path, transcript: Transcript) -> None:
    names = [store_transcript(tmp_path / kind, transcript, packed=kind == "gz") for kind in ("gz", "plain")]
    assert names[0] == names[1]
    read = [load_transcript(tmp_path / kind, names[0]) for kind in ("gz", "plain")]
    assert read[0] == read[1]
    (file,) = tmp_path.glob("gz/transcripts/*/*.json.gz")
    assert digest(json.loads(gzip.decompress(file.read_bytes()))) == names[0]


def test_a_transcript_is_stored_in_one_form_only(tmp_path: Path) -> None:
    store_transcript(tmp_path, ONE, packed=True)
    store_transcript(tmp_path, ONE)
    (file,) = tmp_path.glob("transcripts/*/*")
    assert file.name.endswith(".json.gz")


def test_a_writer_packs_where_it_is_told_to(tmp_path: Path) -> None:
    with ResultsWriter(tmp_path, packed=True) as writer:
        name = writer.transcript(ONE)
    assert str(find_transcript(tmp_path, name)).endswith(".json.gz")


def test_what_was_packed_elsewhere_is_stored_as_it_is(tmp_path: Path) -> None:
    name, content = pack_transcript(ONE)
    store_packed(tmp_path, name, content)
    assert load_transcript(tmp_path, name) == ONE
    assert store_transcript(tmp_path, ONE) == name


def test_equal_transcripts_have_equal_bytes_whenever_they_are_packed() -> None:
    assert pack_transcript(ONE) == pack_transcript(ONE)


def test_no_secret_reaches_the_disk_packed(tmp_path: Path) -> None:
    secret = "sk-" + "Ab3" * 16
    store_transcript(tmp_path, dataclasses.replace(ONE, notes=(secret,)), packed=True)
    (file,) = tmp_path.glob("transcripts/*/*.gz")
    assert secret.encode() not in gzip.decompress(file.read_bytes())


@pytest.mark.parametrize(
    "spoilt",
    [b"", b"\x1f\x8b", gzip.compress(b"{")[:-6], gzip.compress(b"{"), gzip.compress(b"{}"), b"no gzip",
     gzip.compress(b'{"a":1}')[:12] + b"\xff" * 20],
    ids=["empty", "cut at once", "cut", "no json", "another", "plain", "garbled"],
)  # fmt: skip
def test_a_spoilt_packed_transcript_is_an_error_that_names_it(tmp_path: Path, spoilt: bytes) -> None:
    name = store_transcript(tmp_path, ONE, packed=True)
    (file,) = tmp_path.glob("transcripts/*/*.gz")
    file.write_bytes(spoilt)
    with pytest.raises(ResultsError, match=name):
        load_transcript(tmp_path, name)


def test_an_empty_file_is_stored_again(tmp_path: Path) -> None:
    name = store_transcript(tmp_path, ONE)
    (file,) = tmp_path.glob("transcripts/*/*.json")
    file.write_bytes(b"")
    assert store_transcript(tmp_path, ONE) == name
    assert load_transcript(tmp_path, name) == ONE


@pytest.mark.parametrize("name", ["../outside", "", "a" * 63, "A" * 64])
def test_what_is_no_digest_names_no_file(tmp_path: Path, name: str) -> None:
    run = tmp_path / "run"
    store_transcript(run, ONE)
    for path in (tmp_path / "outside.json", run / "transcripts" / name[:2] / f"{name}.json"):
        path.parent.mkdir(exist_ok=True)
        path.write_text("{}")
    assert find_transcript(run, name) is None
    assert not copy_transcript(run, tmp_path / "other", name)
    with pytest.raises(ResultsError):
        load_transcript(run, name)


def test_a_transcript_is_given_to_another_run(tmp_path: Path) -> None:
    name = store_transcript(tmp_path / "one", ONE, packed=True)
    for _ in range(2):
        assert copy_transcript(tmp_path / "one", tmp_path / "other", name)
    (tmp_path / "one" / "transcripts" / name[:2] / f"{name}.json.gz").unlink()
    assert load_transcript(tmp_path / "other", name) == ONE


def test_several_processes_store_the_same_ones_at_once(tmp_path: Path) -> None:
    script = (
        "import dataclasses, sys; from pathlib import Path; from tests.reports import sample as s\n"
        "from chatkit_harness.results import store_transcript\n"
        "one = s.transcript(s.cell())\n"
        "for n in range(40):\n"
        "    store_transcript(Path(sys.argv[1]), dataclasses.replace(one, notes=(str(n),)), packed=True)\n"
    )
    command = [sys.executable, "-c", script, str(tmp_path)]
    started = [subprocess.Popen(command, cwd=ROOT) for _ in range(3)]
    assert [process.wait() for process in started] == [0, 0, 0]
    files = [path for path in tmp_path.rglob("*") if path.is_file()]
    assert len(files) == 40
    for file in files:
        assert load_transcript(tmp_path, file.name.partition(".")[0]).scenario == ONE.scenario


def test_a_folder_that_cannot_be_written_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(OutputError, match="cannot be written"):
        store_transcript(tmp_path / "file", ONE)
