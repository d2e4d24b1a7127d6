"""Which tasks of agents are left when a conversation is over, and which only the garbage collector ends."""

from __future__ import annotations

import asyncio
import gc
import json
import logging
from collections.abc import Callable, Iterator
from contextvars import ContextVar
from typing import Any

import jsonschema
import pytest
from tests.checks import build

from chatkit_harness.core.codec import from_document, to_document
from chatkit_harness.core.data import data_folder
from chatkit_harness.core.transcript import Transcript
from chatkit_harness.engine.assemble import Assembler
from chatkit_harness.incell.standing import Mark, Standing

MARK: Mark = ContextVar("turn", default=None)
CASE = 7.0
SOURCE = """
async def start_streaming(waits):
    await inner(waits)

async def inner(waits):
    await waits()
"""


def of_package(module: str, waits: Callable[[], Any]) -> Any:
    """A coroutine whose function stands in that module."""
    names: dict[str, Any] = {"__name__": module}
    exec(compile(SOURCE, f"/packages/{module.replace('.', '/')}.py", "exec"), names)  # noqa: S102
    return names["start_streaming"](waits)


def told(begin: Callable[[Standing], None], *, turn: int = 1, case: float = CASE) -> list[dict[str, Any]]:
    async def conversation() -> list[dict[str, Any]]:
        standing = Standing(MARK)
        standing.listen()
        MARK.set((case, turn))
        begin(standing)
        MARK.set(None)
        await asyncio.sleep(0)
        return await standing.of_case(CASE)

    return asyncio.run(conversation())


@pytest.fixture(autouse=True)
def collected_only_when_asked() -> Iterator[None]:
    gc.disable()
    yield
    gc.enable()


def held(module: str = "agents.run") -> Callable[[Standing], None]:
    """A run that waits for what somebody else holds."""

    def begin(standing: Standing) -> None:
        never = asyncio.Event()
        standing.holds = asyncio.ensure_future(of_package(module, never.wait)), never  # type: ignore[attr-defined]

    return begin


def garbage(_standing: Standing) -> None:
    """A run that waits for what only itself holds."""
    asyncio.ensure_future(of_package("agents.run", asyncio.Event().wait))  # noqa: RUF006


def test_a_run_that_waits_for_good_is_told_with_its_turn_and_where_it_waits() -> None:
    (found,) = told(held())
    assert (found["turn"], found["task"], found["collected"]) == (1, "start_streaming", False)
    places = [(frame["function"], frame["line"]) for frame in found["frames"]]
    assert places[:3] == [("start_streaming", 3), ("inner", 6), ("wait", places[2][1])]


def test_a_run_that_only_the_garbage_collector_ends_is_told_as_such(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.ERROR, logger="asyncio"):
        (found,) = told(garbage)
    assert (found["turn"], found["task"], found["collected"]) == (1, "start_streaming", True)
    assert [frame["function"] for frame in found["frames"]][:2] == ["start_streaming", "inner"]
    assert "Task was destroyed but it is pending" in caplog.text


def test_a_run_that_is_destroyed_before_anybody_counts_is_told_too() -> None:
    async def conversation() -> list[dict[str, Any]]:
        standing = Standing(MARK)
        standing.listen()
        MARK.set((CASE, 0))
        garbage(standing)
        await asyncio.sleep(0)
        standing.look(CASE)
        gc.collect()
        return await standing.of_case(CASE)

    assert [each["collected"] for each in asyncio.run(conversation())] == [True]


def test_a_run_that_ends_by_itself_is_none() -> None:
    def soon(_standing: Standing) -> None:
        asyncio.ensure_future(of_package("agents.run", lambda: asyncio.sleep(0.01)))  # noqa: RUF006

    assert told(soon) == []


@pytest.mark.parametrize(
    "module", ["agents.mcp.manager", "agents.realtime.session", "chatkit.agents", "server"]
)
def test_what_works_for_the_server_or_is_no_run_is_none(module: str) -> None:
    assert told(held(module)) == []


def test_what_an_earlier_case_left_is_not_of_this_one() -> None:
    assert told(held(), case=CASE - 1) == []


def test_a_server_s_own_handler_of_errors_stays() -> None:
    heard: list[Any] = []

    async def conversation() -> None:
        asyncio.get_running_loop().set_exception_handler(lambda _loop, context: heard.append(context["task"]))
        standing = Standing(MARK)
        standing.listen()
        garbage(standing)
        await asyncio.sleep(0)
        gc.collect()

    asyncio.run(conversation())
    assert len(heard) == 1


def schema(name: str) -> jsonschema.Draft202012Validator:
    document = json.loads((data_folder("schemas") / name).read_text(encoding="utf-8"))
    return jsonschema.Draft202012Validator(document)


def test_what_is_told_becomes_part_of_the_transcript_as_the_schemas_have_it() -> None:
    (found,) = told(held())
    message = {"type": "standing", "at_ms": 12.5, **found}
    schema("cell-messages.schema.json").validate(message)
    assembler = Assembler()
    assembler.take(message)
    made = assembler.transcript(
        scenario="s", path="native", server="reference", cell=build.transcript().cell, imports=()
    )
    document = json.loads(json.dumps(to_document(made)))
    schema("transcript.schema.json").validate(document)
    assert from_document(Transcript, document).standing[0].task == "start_streaming"


def test_a_transcript_from_before_is_read_as_one_that_tells_of_none() -> None:
    document = to_document(build.transcript())
    del document["standing"]
    assert from_document(Transcript, document).standing == ()
