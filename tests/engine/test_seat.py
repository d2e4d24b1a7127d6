"""A cell at work, with servers that lie: whatever they do is a result, and the next case is unharmed."""

from __future__ import annotations

import contextlib
import json
import os
import select
import signal
import subprocess
import sys
import sysconfig
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from tests.made_index import MadeRelease, made_index

from chatkit_harness.cells.payload import payload
from chatkit_harness.cells.worker import WorkerGoneError, cell_environment, start_worker
from chatkit_harness.core.data import data_folder
from chatkit_harness.core.scenario import Scenario, TurnPlan
from chatkit_harness.core.transcript import Transcript
from chatkit_harness.engine.seat import Driven, Seat
from chatkit_harness.engine.targets import Target
from chatkit_harness.environments.environment import Environment, Environments
from chatkit_harness.index.index import Index
from chatkit_harness.machine.cache import Cache
from chatkit_harness.machine.interpreters import select_interpreters
from chatkit_harness.upstream import ReplayServer

LIARS = Path(__file__).parent / "liars"
LIAR = Target(name="liar", module="lying_server", imports=("lying_server",))
ALIVE = ["raises", "rejects", "prints", "closes_stdout", "no_json", "odd_characters", "phones_home",
         "leaves_work_behind", "cannot_be_made"]  # fmt: skip


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("seat")


@pytest.fixture(scope="module")
def upstream() -> Iterator[ReplayServer]:
    with ReplayServer() as server:
        yield server


def make_seat(
    home: Path,
    upstream: ReplayServer,
    *,
    limit_s: float = 20,
    memory_mb: int = 0,
    python: Path = Path(sys.executable),
) -> Seat:
    environment = Environment(folder=home, python=python, reused=True)
    return Seat(
        environment,
        payload(Cache(home)),
        upstream,
        log=home / "worker.log",
        time_limit_s=limit_s,
        memory_limit_mb=memory_mb,
        pacing=0,
        targets=[LIAR],
        path=[LIARS],
    )


@pytest.fixture(scope="module")
def seat(home: Path, upstream: ReplayServer) -> Iterator[Seat]:
    with make_seat(home, upstream) as made:
        yield made


def drive(seat: Seat, lie: str) -> Driven:
    scenario = Scenario(
        id=lie, title=lie, turns=(TurnPlan(user="hello"),), server="liar", options={"lie": lie}
    )
    return seat.drive(scenario, None, LIAR)


def is_honest(transcript: Transcript) -> bool:
    kinds = [event.data["type"] for event in transcript.turns[0].events if event.data]
    return transcript.ended == "completed" and kinds == ["thread.created", "thread.item.done"]


@pytest.mark.parametrize("lie", ALIVE)
def test_after_every_lie_the_next_case_is_honest(seat: Seat, lie: str) -> None:
    assert drive(seat, lie).transcript.ended == "completed"
    assert is_honest(drive(seat, "none").transcript)


@pytest.mark.parametrize(
    ("lie", "ended", "sign"),
    [
        pytest.param("sys_exit", "exited", 7, marks=pytest.mark.slow),
        pytest.param("hard_exit", "exited", 3, marks=pytest.mark.slow),
        ("segfault", "signalled", "SIGSEGV"),
    ],
)
def test_a_process_that_dies_is_a_result_up_to_its_death(
    seat: Seat, lie: str, ended: str, sign: int | str
) -> None:
    transcript = drive(seat, lie).transcript
    assert transcript.ended == ended
    assert sign in (transcript.exit_code, transcript.signal)
    assert transcript.turns[0].end == "cut"
    assert transcript.turns[0].events[0].data == {"type": "thread.created", "thread": {"id": "thr_1"}}
    assert is_honest(drive(seat, "none").transcript)


def test_what_a_server_prints_is_kept_without_its_secrets(seat: Seat, home: Path) -> None:
    drive(seat, "tells_its_key")
    kept = (home / "worker.log").read_text()
    assert "the key is REDACTED" in kept
    assert "sk-proj-" not in kept


def test_last_words_are_kept(seat: Seat) -> None:
    assert "leaving by the front door" in drive(seat, "sys_exit").transcript.last_words


def test_a_server_that_waits_for_ever_is_told_as_hung_and_its_process_lives_on(
    home: Path, upstream: ReplayServer
) -> None:
    with make_seat(home, upstream, limit_s=1) as seat:
        transcript = drive(seat, "waits").transcript
        assert transcript.ended == "completed"
        assert transcript.turns[0].end == "hung"
        assert is_honest(drive(seat, "none").transcript)


def test_a_server_that_is_never_made_is_told_in_words(home: Path, upstream: ReplayServer) -> None:
    with make_seat(home, upstream, limit_s=1) as seat:
        transcript = drive(seat, "is_never_made").transcript
        (told,) = transcript.log
        assert told.raised is not None
        assert "took longer than the case's time limit" in told.raised.message
        assert is_honest(drive(seat, "none").transcript)


def test_a_server_that_blocks_its_loop_is_killed_at_the_limit(home: Path, upstream: ReplayServer) -> None:
    with make_seat(home, upstream, limit_s=1) as seat:
        transcript = drive(seat, "blocks").transcript
        assert (transcript.ended, transcript.turns[0].end) == ("timeout", "hung")
        assert is_honest(drive(seat, "none").transcript)


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no limit on a process's memory")
def test_a_server_that_eats_all_memory_dies_alone(home: Path, upstream: ReplayServer) -> None:
    with make_seat(home, upstream, memory_mb=2000) as seat:
        turn = drive(seat, "eats_memory").transcript.turns[0]
        assert turn.raised is not None
        assert turn.raised.type == "builtins.MemoryError"


def test_what_is_printed_does_not_reach_the_conversation(seat: Seat) -> None:
    assert is_honest(drive(seat, "prints").transcript)


def test_an_attempt_to_leave_the_machine_is_told_although_it_was_swallowed(seat: Seat) -> None:
    transcript = drive(seat, "phones_home").transcript
    assert transcript.leaks == ("nowhere.invalid:443", "192.0.2.1:9")
    assert [(each.turn, each.means) for each in transcript.attempts] == [(0, "audit hook")] * 2
    assert seat.held.startswith("audit hook")


def test_an_attempt_of_a_process_that_dies_is_told(seat: Seat) -> None:
    transcript = drive(seat, "phones_home_and_dies").transcript
    assert (transcript.ended, transcript.leaks) == ("exited", ("192.0.2.1:9",))


def test_events_that_are_no_json_and_odd_characters_survive(seat: Seat) -> None:
    assert drive(seat, "no_json").transcript.turns[0].events[1].raw == "{not json"
    odd = drive(seat, "odd_characters").transcript.turns[0].events[1].data
    assert odd is not None
    assert odd["text"] == "\0 \ud800 \u00e9"


def test_exceptions_come_with_type_message_and_place(seat: Seat) -> None:
    turn = drive(seat, "raises").transcript.turns[0]
    assert turn.raised is not None
    assert (turn.end, turn.raised.type, turn.raised.message) == ("raised", "builtins.KeyError", "'symbol'")
    assert turn.raised.frames[-1].function == "_raises"
    assert drive(seat, "rejects").transcript.turns[0].end == "rejected"


def test_what_was_stored_is_read_back(seat: Seat) -> None:
    stored = drive(seat, "none").transcript.stored
    assert stored is not None
    assert [item["id"] for item in stored.items] == ["msg_1"]


def test_host_overhead_leaves_out_the_start_of_the_process(home: Path, upstream: ReplayServer) -> None:
    with make_seat(home, upstream) as seat:
        driven = drive(seat, "none")
    assert driven.cell_ms is not None
    assert driven.host_ms is not None
    assert driven.host_ms < 1000  # importing agents alone takes longer than that


@pytest.mark.parametrize("lie", ["nested_900", "nested_5000", "nested_100000"])
def test_an_event_that_would_break_its_readers_is_kept_as_it_came(seat: Seat, lie: str) -> None:
    transcript = drive(seat, lie).transcript
    deep = transcript.turns[0].events[1]
    assert (transcript.ended, deep.data) == ("completed", None)
    assert (deep.raw or "").startswith('{"type": "x", "in": [[[[')
    assert is_honest(drive(seat, "none").transcript)


def test_an_answer_that_would_break_its_readers_is_refused(seat: Seat) -> None:
    stored = drive(seat, "nested_answer").transcript.stored
    assert stored is not None
    assert stored.raised is not None
    assert "nested more than 200 deep" in stored.raised.message


def test_a_log_record_never_harms_the_one_who_made_it(seat: Seat) -> None:
    transcript = drive(seat, "logs_the_unspeakable").transcript
    assert is_honest(transcript)
    told = [record.message for record in transcript.log]
    assert len(told) == 5
    assert "Unspeakable object at" in told[0]
    assert told[1:3] == ["%s", "%d"]
    assert all("cannot be told" in message for message in told[3:])


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no limit on a process's memory")
def test_a_machine_that_grants_less_memory_is_no_reason_to_fail(home: Path, upstream: ReplayServer) -> None:
    python = script(home / "modest", f'ulimit -d 1000000\nexec {sys.executable} "$@"')
    with make_seat(home, upstream, memory_mb=2000, python=python) as seat:
        assert is_honest(drive(seat, "none").transcript)


@pytest.mark.skipif(sys.platform == "win32", reason="the program is a shell script")
def test_a_message_that_would_break_the_host_is_unreadable(home: Path) -> None:
    python = script(home / "deep", "head -c 200000 /dev/zero | tr '\\0' '['\necho\nexec sleep 60")
    worker = start_worker(python, home, environ={"PATH": os.environ["PATH"]}, cwd=home, log=home / "deep.log")
    with pytest.raises(WorkerGoneError) as gone:
        worker.receive(20)
    assert gone.value.how == "unreadable"


def script(path: Path, lines: str) -> Path:
    path.write_text(f"#!/bin/sh\n{lines}\n")
    path.chmod(0o755)
    return path


HOST = """
import sys
from pathlib import Path
from chatkit_harness.machine.cache import Cache
from chatkit_harness.cells.payload import payload
from chatkit_harness.cells.worker import start_worker

home, liars, log = Path(sys.argv[1]), sys.argv[2], Path(sys.argv[3])
worker = start_worker(Path(sys.executable), payload(Cache(home)), environ={}, cwd=home, log=log)
worker.send("setup", modules=["lying_server"], memory_limit_mb=0, fence=True, path=[liars])
turn = {"user": "hi", "words": "hi", "answers_client_tool": False, "client_tool_output": None, "http": None,
        "context": {}}
worker.send("case", case="x", path="native", target={"kind": "module", "module": "lying_server"},
            options={"lie": "blocks"}, context={}, limit_s=600, clock_start=0.0, turns=[turn])
while worker.receive(60)["type"] != "event":
    pass
print(worker.pid, flush=True)
sys.stdin.read()
"""


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no named pipes to watch a process by")
def test_a_cell_does_not_outlive_a_host_that_was_killed(home: Path) -> None:
    log = home / "watched.log"
    os.mkfifo(log)
    watched = os.open(log, os.O_RDONLY | os.O_NONBLOCK)
    command = [sys.executable, "-c", HOST, str(home), str(LIARS), str(log)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as host:
        assert host.stdout is not None
        cell = int(host.stdout.readline())
        host.kill()
    try:
        assert ends(watched, limit_s=20)
    finally:
        os.close(watched)
        with contextlib.suppress(ProcessLookupError):
            os.kill(cell, signal.SIGKILL)


def ends(pipe: int, *, limit_s: float) -> bool:
    """Whether everybody who may write to a pipe is gone in time."""
    deadline = time.monotonic() + limit_s
    while time.monotonic() < deadline:
        if select.select([pipe], [], [], 0.2)[0] and os.read(pipe, 65536) == b"":
            return True
    return False


def converse(
    home: Path,
    case: dict[str, Any],
    *,
    python: Path = Path(sys.executable),
    environ: Mapping[str, str] | None = None,
    modules: Sequence[str] = ("json", "lying_server"),
    copied: Path | None = None,
) -> list[dict[str, Any]]:
    """Every message of a worker that is asked to drive one case, up to where it says that it is done."""
    copied = copied or payload(Cache(home))
    worker = start_worker(python, copied, environ=environ or {}, cwd=home, log=home / "messages.log")
    try:
        messages = [worker.receive(60)]
        setup = {"modules": list(modules), "memory_limit_mb": 0, "fence": True}
        worker.send("setup", **setup, path=[str(LIARS)])
        worker.send("case", **case)
        while messages[-1]["type"] != "case_ended":
            messages.append(worker.receive(60))
    finally:
        worker.close()
    return messages


LYING = {"path": "native", "target": {"kind": "module", "module": "lying_server"}}
NO_TURNS = {"case": "x", **LYING, "options": {}, "context": {}, "limit_s": 9,
            "clock_start": 0.0, "turns": []}  # fmt: skip


@pytest.mark.parametrize("lie", ["none", "raises", "no_json", "cannot_be_made"])
def test_every_message_is_as_its_schema_says(home: Path, lie: str) -> None:
    turn = {
        "user": "hi",
        "words": "hi",
        "answers_client_tool": False,
        "client_tool_output": None,
        "http": None,
        "action": None,
    }
    case = {"case": "x", **LYING, "options": {"lie": lie}, "context": {}, "limit_s": 9,
            "clock_start": 0.0, "turns": [{**turn, "context": {}}]}  # fmt: skip
    schema = json.loads((data_folder("schemas") / "cell-messages.schema.json").read_text())
    validator = jsonschema.Draft202012Validator(schema)
    for message in [*converse(home, case), {"type": "case", **case}, {"type": "quit"}]:
        validator.validate(message)


KIT = [
    MadeRelease(project="Kit.of_-Names", version="1.0", files={"kit/inner.py": "X = 1\n"}),
    MadeRelease(project="agent", version="2.0", files={"agent/__init__.py": "", "agent/deep.py": "Y = 1\n"}),
]


@pytest.fixture(scope="module")
def made(home: Path) -> Environment:
    """An environment with two made packages, one of them a namespace."""
    with made_index(KIT) as served:
        environments = Environments(Cache(home), Index(Cache(home), served.url))
        pins = {release.project: release.version for release in KIT}
        return environments.environment(pins, select_interpreters(None)[0])


def test_no_module_of_a_cell_comes_from_the_host(
    home: Path, made: Environment, monkeypatch: pytest.MonkeyPatch
) -> None:
    host = [str(Path(__file__).parents[2] / "harness"), str(Path(jsonschema.__file__).parents[1])]
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join(host))
    assert "PYTHONPATH" not in cell_environment("http://127.0.0.1:9")
    modules = ["kit.inner", "agent.deep", "lying_server", "jsonschema", "chatkit_harness.cells"]
    # Named once: a payload is a copy of the driver as it is now, and somebody may be working on that.
    copied = payload(Cache(home))
    # All of the host's variables, so that more than the list of those that are passed on keeps it out.
    messages = converse(
        home, NO_TURNS, python=made.python, environ=os.environ, modules=modules, copied=copied
    )
    imported = next(each for each in messages if each["type"] == "imported")
    assert [each["ok"] for each in imported["modules"]] == [True, True, True, False, False]
    standard = sysconfig.get_path("stdlib")
    allowed = [made.folder, copied, LIARS]
    for folder in imported["loaded_from"]:
        of_python = is_below(folder, [standard]) and "site-packages" not in folder
        assert of_python or is_below(folder, allowed), folder
    assert any(is_below(folder, [made.folder]) for folder in imported["loaded_from"])


def is_below(folder: str, roots: Iterable[Path | str]) -> bool:
    return any(Path(folder).resolve().is_relative_to(Path(root).resolve()) for root in roots)


def test_a_cell_names_its_pins_as_a_lock_does(home: Path, made: Environment) -> None:
    hello = converse(home, NO_TURNS, python=made.python)[0]
    assert hello["pins"] == {"kit-of-names": "1.0", "agent": "2.0"}


def test_the_disk_is_not_blamed_for_what_python_lacks(home: Path) -> None:
    modules = ["wants_a_newer_python", "lying_server", "nobody.knows"]
    messages = converse(home, NO_TURNS, modules=modules)
    newer, _liar, nobody = next(each for each in messages if each["type"] == "imported")["modules"]
    assert "cannot import name 'NoSuchEnum' from 'enum'" in newer["raised"]["message"]
    assert newer["disk"] is None
    assert nobody["disk"]["kind"] == "missing"
