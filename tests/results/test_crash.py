"""Whatever ends a run, and whenever: its folder reads, tells what it has, and can be gone on with."""

from __future__ import annotations

import signal
import subprocess
import sys
from pathlib import Path

import pytest
from tests.reports import sample
from tests.results.killed import CASES, check, check_whole, go_on

from chatkit_harness.core.errors import ConfigurationError, ResultsError
from chatkit_harness.results import (
    RESULTS_FILE,
    ResultsWriter,
    RunFooter,
    believable,
    read_header,
    read_results,
    read_so_far,
)

ROOT = Path(__file__).parents[2]
POSIX = pytest.mark.skipif(sys.platform == "win32", reason="Windows has no fork, SIGKILL or file size limit")


def python(*arguments: object) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, *map(str, arguments)]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)


@POSIX
@pytest.mark.parametrize("seed", [1, 2])
def test_a_run_that_is_killed_forty_times_loses_nothing(tmp_path: Path, seed: int) -> None:
    ended = python("-m", "tests.results.killed", tmp_path / "run", seed)
    assert (ended.returncode, ended.stderr) == (0, "")


@pytest.mark.parametrize("kept", range(41))
def test_a_file_cut_anywhere_is_gone_on_with(tmp_path: Path, kept: int) -> None:
    go_on(tmp_path)
    file = tmp_path / RESULTS_FILE
    whole = file.read_bytes()
    file.write_bytes(whole[: len(whole) * kept // 40])
    before = check(read_so_far(tmp_path))
    go_on(tmp_path)
    check_whole(tmp_path)
    assert before <= len(CASES)


@pytest.mark.parametrize("beyond", [-1, 0, 1])
def test_a_file_cut_at_a_line_end_is_gone_on_with(tmp_path: Path, beyond: int) -> None:
    go_on(tmp_path)
    file = tmp_path / RESULTS_FILE
    whole = file.read_bytes()
    ends = [n + 1 for n, byte in enumerate(whole) if byte == ord("\n")]
    for end in ends[::5]:
        file.write_bytes(whole[: end + beyond])
        go_on(tmp_path)
        check_whole(tmp_path)


@pytest.mark.parametrize("rest", [b"\x00" * 300, b"\xff\xfe", b"[1, 2", b'"', b"[" * 100_000])
def test_what_a_power_cut_leaves_at_the_end_is_taken_away(tmp_path: Path, rest: bytes) -> None:
    go_on(tmp_path)
    with (tmp_path / RESULTS_FILE).open("ab") as file:
        file.write(rest)
    assert check(read_so_far(tmp_path)) == len(CASES)
    go_on(tmp_path)
    check_whole(tmp_path)


def test_before_anything_is_recorded_there_is_nothing_to_go_on_with(tmp_path: Path) -> None:
    assert read_so_far(tmp_path / "nowhere") is None
    with ResultsWriter(tmp_path):
        assert read_so_far(tmp_path) is None
    (tmp_path / RESULTS_FILE).write_text('{"record":"head')
    assert read_so_far(tmp_path) is None
    (tmp_path / RESULTS_FILE).write_text("shopping list\n")
    with pytest.raises(ResultsError, match="not a results file"):
        read_so_far(tmp_path)


def test_a_case_without_its_transcript_is_not_believed(tmp_path: Path) -> None:
    results = sample.write(tmp_path)
    lost, emptied = (str(case.transcript) for case in results.cases[:2])
    next(tmp_path.glob(f"transcripts/*/{lost}.json")).unlink()
    next(tmp_path.glob(f"transcripts/*/{emptied}.json")).write_bytes(b"")
    believed = believable(results)
    gone = {case.id for case in results.cases if case.transcript in (lost, emptied)}
    assert gone
    assert set(believed) == {case.id for case in results.cases} - gone


def test_a_verdict_without_anything_to_show_is_not_believed(tmp_path: Path) -> None:
    cell = sample.cell()
    cases = [sample.case(cell, outcome, outcome) for outcome in ("pass", "fail", "skipped", "error")]
    with ResultsWriter(tmp_path) as writer:
        writer.header(sample.HEADER)
        for case in cases:
            writer.case(case)
    assert believable(read_results(tmp_path)) == {}  # nor without their cell
    with ResultsWriter(tmp_path, resume=True) as writer:
        writer.cell(cell)
    believed = believable(read_results(tmp_path)).values()
    assert [case.outcome for case in believed] == ["skipped", "error"]


def test_the_header_and_the_footer_of_a_resumed_run_supersede_the_first(tmp_path: Path) -> None:
    sample.write(tmp_path, interrupted=True)
    with ResultsWriter(tmp_path, resume=True) as writer:
        writer.header(sample.judged_by("run").header)
        assert read_results(tmp_path).header.checks == read_header(tmp_path).checks == ("run",)
        writer.case(sample.case(sample.cell(), "one-more"))
        assert read_results(tmp_path).footer is None
        writer.footer(RunFooter(finished="2027-01-01T00:00:00Z"))
    results = read_results(tmp_path)
    assert not results.interrupted
    assert results.footer is not None
    assert results.footer.finished.startswith("2027")


def test_a_stray_header_of_another_version_costs_only_itself(tmp_path: Path) -> None:
    sample.write(tmp_path)
    file = tmp_path / RESULTS_FILE
    lines = file.read_text().splitlines()
    lines.insert(9, lines[0].replace('"schema_version":1', '"schema_version":7', 1))
    file.write_text("\n".join(lines) + "\n")
    results = read_results(tmp_path)
    assert (len(results.cases), len(results.complaints)) == (64, 1)


@POSIX
def test_while_a_process_writes_no_other_goes_on_with_its_run(tmp_path: Path) -> None:
    script = (
        "import sys, time; from pathlib import Path; from chatkit_harness.results import ResultsWriter\n"
        "w = ResultsWriter(Path(sys.argv[1])); print('open', flush=True); time.sleep(60)"
    )
    command = [sys.executable, "-c", script, str(tmp_path)]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "open\n"
        with pytest.raises(ConfigurationError, match="Another process is writing"):
            ResultsWriter(tmp_path, resume=True)
        process.send_signal(signal.SIGKILL)
    with ResultsWriter(tmp_path, resume=True):
        pass
    assert {path.name for path in tmp_path.iterdir()} == {RESULTS_FILE, "transcripts"}


FULL_DISK = """
import resource, sys
from pathlib import Path
from tests.results.killed import *
from chatkit_harness.core.errors import OutputError
from chatkit_harness.results import read_results

folder, room = Path(sys.argv[1]), int(sys.argv[2])
hard = resource.getrlimit(resource.RLIMIT_FSIZE)[1]
writer = ResultsWriter(folder, packed=True)
resource.setrlimit(resource.RLIMIT_FSIZE, (room, hard))
written, failed = 0, []
for write, noun in [(writer.header, sample.HEADER), *((writer.cell, cell) for cell in CELLS)]:
    try:
        write(noun)
        written += 1
    except OutputError:
        failed.append((write, noun))
for case in CASES:
    try:
        _drive = sample.transcript(CELLS[0], case.scenario)
        done = replace(case, transcript=writer.transcript(replace(_drive, notes=(case.id,))))
        writer.case(done)
        written += 1
    except OutputError as error:
        assert error.exit_status == 3
        failed.append((writer.case, case))
assert failed and written, (len(failed), written)
if failed[0][0] != writer.header:
    results = read_results(folder)
    assert len(results.cells) + len(results.cases) + 1 == written
    (complaint,) = results.complaints
    assert "has no end" in complaint["cause"]
resource.setrlimit(resource.RLIMIT_FSIZE, (hard, hard))
if sys.argv[3] == "same":
    for write, noun in failed:
        if noun in CASES:
            noun = replace(noun, transcript=writer.transcript(replace(_drive, notes=(noun.id,))))
        write(noun)
    writer.footer(RunFooter(finished="2026-11-20T09:31:10Z"))
    writer.close()
else:
    writer.close()
    go_on(folder)
check_whole(folder)
"""


@POSIX
@pytest.mark.parametrize("room", [9_000, 14_321, 20_000])
@pytest.mark.parametrize("who", ["same", "resumed"])
def test_a_full_disk_loses_only_what_did_not_fit(tmp_path: Path, room: int, who: str) -> None:
    ended = python("-c", FULL_DISK, tmp_path / "run", room, who)
    assert (ended.returncode, ended.stderr) == (0, "")
