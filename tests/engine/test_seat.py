"""A cell at work, with servers that lie: whatever they do is a result, and the next case is unharmed."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from chatkit_harness.cells.cache import Cache
from chatkit_harness.cells.environment import Environment
from chatkit_harness.cells.payload import payload
from chatkit_harness.cells.worker import Worker
from chatkit_harness.core.data import data_folder
from chatkit_harness.core.scenario import Scenario, TurnPlan
from chatkit_harness.core.transcript import Transcript
from chatkit_harness.engine.seat import Driven, Seat
from chatkit_harness.upstream import ReplayServer

LIARS = Path(__file__).parent / "liars"
ALIVE = ["raises", "rejects", "prints", "closes_stdout", "no_json", "odd_characters", "phones_home",
         "leaves_work_behind", "cannot_be_made"]  # fmt: skip


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("seat")


@pytest.fixture(scope="module")
def upstream() -> Iterator[ReplayServer]:
    with ReplayServer() as server:
        yield server


def make_seat(home: Path, upstream: ReplayServer, *, limit_s: float = 20, memory_mb: int = 0) -> Seat:
    environment = Environment(folder=home, python=Path(sys.executable), reused=True)
    return Seat(
        environment,
        payload(Cache(home)),
        upstream,
        log=home / "worker.log",
        time_limit_s=limit_s,
        memory_limit_mb=memory_mb,
        pacing=0,
        servers={"liar": "lying_server"},
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
    return seat.drive(scenario, None)


def is_honest(transcript: Transcript) -> bool:
    kinds = [event.data["type"] for event in transcript.turns[0].events if event.data]
    return transcript.ended == "completed" and kinds == ["thread.created", "thread.item.done"]


@pytest.mark.parametrize("lie", ALIVE)
def test_after_every_lie_the_next_case_is_honest(seat: Seat, lie: str) -> None:
    assert drive(seat, lie).transcript.ended == "completed"
    assert is_honest(drive(seat, "none").transcript)


@pytest.mark.parametrize(
    ("lie", "ended", "sign"),
    [("sys_exit", "exited", 7), ("hard_exit", "exited", 3), ("segfault", "signalled", "SIGSEGV")],
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
    assert drive(seat, "phones_home").transcript.leaks == ("nowhere.invalid:443", "192.0.2.1:9")


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


def converse(home: Path, case: dict[str, Any]) -> list[dict[str, Any]]:
    """Every message of a worker that drives one case."""
    worker = Worker(
        Path(sys.executable), payload(Cache(home)), environ={}, cwd=home, log=home / "messages.log"
    )
    try:
        messages = [worker.receive(60)]
        setup = {"modules": ["json", "lying_server"], "memory_limit_mb": 0, "fence": True}
        worker.send("setup", **setup, path=[str(LIARS)])
        worker.send("case", **case)
        while messages[-1]["type"] != "case_ended":
            messages.append(worker.receive(60))
    finally:
        worker.close()
    return messages


@pytest.mark.parametrize("lie", ["none", "raises", "no_json", "cannot_be_made"])
def test_every_message_is_as_its_schema_says(home: Path, lie: str) -> None:
    turn = {"user": "hi", "words": "hi", "answers_client_tool": False, "client_tool_output": None}
    case = {"case": "x", "server": "lying_server", "options": {"lie": lie}, "context": {}, "limit_s": 9,
            "clock_start": 0.0, "turns": [{**turn, "context": {}}]}  # fmt: skip
    schema = json.loads((data_folder("schemas") / "cell-messages.schema.json").read_text())
    validator = jsonschema.Draft202012Validator(schema)
    for message in [*converse(home, case), {"type": "case", **case}, {"type": "quit"}]:
        validator.validate(message)


def test_no_module_of_a_cell_comes_from_the_host(home: Path) -> None:
    case = {"case": "x", "server": "lying_server", "options": {}, "context": {}, "limit_s": 9,
            "clock_start": 0.0, "turns": []}  # fmt: skip
    imported = next(each for each in converse(home, case) if each["type"] == "imported")
    host = str(Path(__file__).parents[2] / "harness")
    assert any(str(home) in folder for folder in imported["loaded_from"])
    assert not [folder for folder in imported["loaded_from"] if folder.startswith(host)]
