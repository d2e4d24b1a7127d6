"""What comes through agents is noted where it is handed out, for the task that listens and what it starts."""

from __future__ import annotations

import asyncio
import sys
from types import SimpleNamespace
from typing import Any

import agents
import pytest
from agents.stream_events import RawResponsesStreamEvent, RunItemStreamEvent

from chatkit_harness.incell import heard

AGENT: Any = agents.Agent(name="Plain")


def raw(**data: Any) -> RawResponsesStreamEvent:
    return RawResponsesStreamEvent(data=SimpleNamespace(**data))  # type: ignore[arg-type] # stands for an event


def item() -> Any:
    return agents.ReasoningItem(agent=AGENT, raw_item=SimpleNamespace())  # type: ignore[arg-type] # likewise


def run() -> Any:
    """A run that nobody drives: what comes is put into its queue by hand."""
    given = {
        "input": "Hello",
        "new_items": [item()],
        "current_agent": AGENT,
        "raw_responses": [],
        "final_output": None,
        "input_guardrail_results": [],
        "output_guardrail_results": [],
        "tool_input_guardrail_results": [],
        "tool_output_guardrail_results": [],
        "context_wrapper": agents.RunContextWrapper(None),
        "current_turn": 1,
        "max_turns": 10,
        "_current_agent_output_schema": None,
        "trace": None,
    }
    return agents.RunResultStreaming(**given)


def queue_of(streamed: Any) -> Any:
    return vars(streamed)["_event_queue"]


def test_events_of_the_model_are_noted_with_items_parts_and_annotations() -> None:
    kinds = heard.begin(watched=True)
    raw(type="response.output_item.added", item={"type": "web_search_call"})
    raw(type="response.output_text.annotation.added", annotation=SimpleNamespace(type="url_citation"))
    assert kinds == {
        "openai.event/response.output_item.added",
        "openai.item/web_search_call",
        "openai.event/response.output_text.annotation.added",
        "openai.annotation/url_citation",
    }


async def test_what_agents_makes_is_noted_when_it_is_handed_out() -> None:
    kinds = heard.begin(watched=True)
    streamed = run()
    queue = queue_of(streamed)
    queue.put_nowait(RunItemStreamEvent(name="reasoning_item_created", item=item()))
    assert kinds == set()
    await queue.get()
    assert kinds == {"agents.event/reasoning_item_created", "agents.item/ReasoningItem"}


async def test_what_a_cancelled_run_throws_away_is_not_noted() -> None:
    kinds = heard.begin(watched=True)
    cancelled = run()
    queue_of(cancelled).put_nowait(RunItemStreamEvent(name="reasoning_item_created", item=item()))
    cancelled.cancel()
    assert kinds == set()
    raw(type="response.created")
    assert kinds == {"openai.event/response.created"}, "it goes on listening"


async def test_in_the_end_the_items_are_noted_that_no_event_told_of() -> None:
    kinds = heard.begin(watched=True)
    streamed = run()
    queue_of(streamed).put_nowait(object())
    await queue_of(streamed).get()
    assert kinds == {"agents.item/ReasoningItem"}


def test_two_turns_at_once_hear_their_own() -> None:
    async def turn(kind: str) -> set[str]:
        kinds = heard.begin(watched=True)
        await asyncio.sleep(0)
        await asyncio.create_task(later(kind))
        return kinds

    async def later(kind: str) -> None:
        raw(type=kind)

    async def both() -> list[set[str]]:
        return list(await asyncio.gather(turn("response.created"), turn("response.failed")))

    first, second = asyncio.run(both())
    assert "openai.event/response.created" in first - second
    assert "openai.event/response.failed" in second - first


def test_nothing_is_noted_of_a_server_that_is_not_watched() -> None:
    kinds = heard.begin(watched=False)
    raw(type="response.created")
    assert kinds == set()


class Hidden:
    """Stands for chatkit's own, which warns of its widgets when it is imported."""

    type = "hidden_context_item"


def test_what_chatkit_hides_from_clients_is_noted_as_well(monkeypatch: pytest.MonkeyPatch) -> None:
    types: Any = SimpleNamespace(HiddenContextItem=Hidden)
    monkeypatch.setitem(sys.modules, "chatkit.types", types)
    kinds = heard.begin(watched=True)
    Hidden()
    assert kinds == {"chatkit.item/hidden_context_item"}
