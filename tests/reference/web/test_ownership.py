"""Each operation of the protocol, tried on somebody else's things: refused, without a trace and without a
word of theirs. An operation that chatkit gains is missing here, and fails.
"""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any, get_args

import pytest
from chatkit import types
from tests.reference.loopback import LoopbackModel
from tests.reference.web.conftest import Page, Said
from tests.reference.web.world import ON_NOBODYS, ON_WHAT_IS_ADAS, PRIVATE, THREAD, World, a_world


@pytest.fixture(params=["memory", "sqlite"])
async def world(request: pytest.FixtureRequest, tmp_path: Path, model: LoopbackModel) -> AsyncIterator[World]:
    """Ada's things, and who wants to have them."""
    async with a_world(
        "memory" if request.param == "memory" else f"sqlite:{tmp_path / 'own.sqlite3'}"
    ) as made:
        yield made


def names(union: Any) -> set[str]:
    return {each.model_fields["type"].default for each in get_args(union)}


def test_every_operation_of_this_chatkit_is_tried() -> None:
    tried = set(ON_WHAT_IS_ADAS) | set(ON_NOBODYS)
    assert tried == names(types.StreamingReq) | names(types.NonStreamingReq)


@pytest.mark.parametrize("operation", ON_WHAT_IS_ADAS)
async def test_what_is_somebody_elses_is_refused_and_stays_as_it_is(world: World, operation: str) -> None:
    before = await world.adas()
    said = await world.bob.sdk(operation, **ON_WHAT_IS_ADAS[operation])
    assert (said.status, said.error["code"]) == (403, "not_yours")
    assert PRIVATE not in told(said)
    assert await world.adas() == before
    bobs = (await world.bob.sdk("threads.list")).body["data"]
    assert [thread["id"] for thread in bobs] == ["thr_bob"], "nor is anything begun"


@pytest.mark.parametrize("operation", ON_WHAT_IS_ADAS)
async def test_its_owner_is_not_refused(world: World, operation: str, model: LoopbackModel) -> None:
    model.says("Fine.")
    said = await world.ada.sdk(operation, **ON_WHAT_IS_ADAS[operation])
    assert said.status == 200


@pytest.mark.parametrize("operation", ON_WHAT_IS_ADAS)
async def test_nobody_is_refused_sooner(world: World, operation: str) -> None:
    before = await world.adas()
    for token in ("", "x", world.ada.token[:-3] + "AAA"):
        said = await Page(world.ada.app, token).sdk(operation, **ON_WHAT_IS_ADAS[operation])
        assert said.status == 401
        assert said.headers["www-authenticate"].startswith('Bearer realm="chatkit"')
    assert await world.adas() == before


@pytest.mark.parametrize("operation", [name for name in ON_WHAT_IS_ADAS if name != "threads.create"])
async def test_what_is_not_there_is_told_from_what_is_somebody_elses(world: World, operation: str) -> None:
    made_up = json.loads(json.dumps(ON_WHAT_IS_ADAS[operation]).replace("_ada", "_none"))
    said = await world.bob.sdk(operation, **made_up)
    kind = "attachment" if operation.startswith("attachments") else "thread"
    assert (said.status, said.error["code"]) == (404, f"unknown_{kind}")


@pytest.mark.parametrize("operation", ON_NOBODYS)
async def test_what_names_nothing_shows_nothing_of_others(world: World, operation: str) -> None:
    before = await world.adas()
    said = await world.bob.sdk(operation, **ON_NOBODYS[operation])
    assert said.status in (200, 501)
    assert PRIVATE not in told(said)
    assert await world.adas() == before


WITH_ITEMS = [name for name, params in ON_WHAT_IS_ADAS.items() if "item_id" in str(params)]


@pytest.mark.parametrize("operation", WITH_ITEMS)
async def test_an_item_of_another_thread_is_not_found(world: World, operation: str) -> None:
    params = {**ON_WHAT_IS_ADAS[operation], "thread_id": "thr_bob"}
    said = await world.bob.sdk(operation, **params)
    assert (said.status, said.error["code"]) == (404, "unknown_item")


@pytest.mark.parametrize("item", ["hid_ada", "none"])
async def test_what_is_hidden_is_not_there(world: World, item: str) -> None:
    said = await world.ada.sdk("items.feedback", **THREAD, item_ids=[item], kind="positive")
    assert (said.status, said.error["code"]) == (404, "unknown_item")


WRONG = [
    ("threads.retry_after_item", {"item_id": "wid_ada"}),
    ("threads.custom_action", {"item_id": "msg_ada"}),
    ("threads.sync_custom_action", {"item_id": "msg_ada"}),
    ("threads.add_structured_input", {"item_id": "msg_ada"}),
]


@pytest.mark.parametrize(("operation", "changed"), WRONG)
async def test_an_item_of_the_wrong_kind_is_a_conflict(world: World, operation: str, changed: Any) -> None:
    before = await world.adas()
    said = await world.ada.sdk(operation, **{**ON_WHAT_IS_ADAS[operation], **changed})
    assert (said.status, said.error["code"]) == (409, "wrong_item")
    assert await world.adas() == before


@pytest.mark.parametrize("operation", ["threads.add_client_tool_output", "threads.add_structured_input"])
async def test_what_is_answered_once_is_not_asked_any_more(
    world: World, operation: str, model: LoopbackModel
) -> None:
    model.says("Fine.")
    assert (await world.ada.sdk(operation, **ON_WHAT_IS_ADAS[operation])).status == 200
    said = await world.ada.sdk(operation, **ON_WHAT_IS_ADAS[operation])
    assert (said.status, said.error["code"]) == (409, "not_pending")


def told(said: Said) -> str:
    return json.dumps([said.body, said.events, dict(said.headers)])
