"""A server that turns the model's words into ChatKit's events itself, and not by `stream_agent_response`.

It reads the raw events of the run: citations become sources whatever class they come as, a refusal is read
as it comes, and what nobody knows is passed over. That works with every pair of releases.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from datetime import datetime, timezone
from typing import Any

import chatkit.types
from agents import Agent, Runner
from chatkit.agents import simple_to_agent_input
from chatkit.types import (
    Annotation,
    AssistantMessageContent,
    AssistantMessageContentPartAdded,
    AssistantMessageContentPartDone,
    AssistantMessageContentPartTextDelta,
    AssistantMessageItem,
    FileSource,
    ThreadItemAddedEvent,
    ThreadItemDoneEvent,
    ThreadStreamEvent,
    URLSource,
    UserMessageItem,
)
from chatkit.types import AssistantMessageContentPartAnnotationAdded as AnnotationAdded

from ..conversation import earlier_items
from .part import MODEL, Context, Events, Maker, Options, Part, run_config

# It was ThreadItemUpdated up to chatkit 1.2.0.
_Updated: Any = getattr(chatkit.types, "ThreadItemUpdatedEvent", None) or getattr(
    chatkit.types, "ThreadItemUpdated", None
)
_PIECES = ("response.output_text.delta", "response.refusal.delta")


def _words(options: Options) -> Part:
    agent: Agent[Any] = Agent(name="By hand", model=MODEL, instructions="Answer in a sentence.")

    def respond(context: Context, message: UserMessageItem | None) -> Events:
        del message  # it is in the store
        return _answer(agent, context, options)

    return Part(respond=respond)


async def _answer(agent: Agent[Any], context: Context, options: Options) -> AsyncIterator[ThreadStreamEvent]:
    items = await earlier_items(context.thread, context.store, context.request_context)
    said = await simple_to_agent_input(items)
    result = Runner.run_streamed(agent, said, context=context, run_config=run_config(options))
    refused = False
    try:
        async for event in result.stream_events():
            if event.type == "raw_response_event":
                refused = refused or event.data.type == "response.refusal.done"
                for made in _made(_plain(event.data), context):
                    yield made
    except Exception as error:
        # From agents 0.15.0 on a refusal is raised as well, once the user has read it.
        if not refused or type(error).__name__ != "ModelRefusalError":
            raise


def _made(event: Mapping[str, Any], context: Context) -> list[ThreadStreamEvent]:
    """What a client is told of one event of the model's API."""
    kind = event["type"]
    item = event.get("item") or {}
    if kind == "response.output_item.added" and item.get("type") == "message":
        return [ThreadItemAddedEvent(item=_message(item, context))]
    if kind == "response.output_item.done" and item.get("type") == "message":
        return [ThreadItemDoneEvent(item=_message(item, context))]
    place: Any = {"content_index": event.get("content_index")}
    if kind == "response.content_part.added" and (part := _part(event["part"])) is not None:
        update: Any = AssistantMessageContentPartAdded(content=part, **place)
    elif kind in _PIECES:
        update = AssistantMessageContentPartTextDelta(delta=event["delta"], **place)
    elif (
        kind == "response.output_text.annotation.added" and (note := _source(event["annotation"])) is not None
    ):
        update = AnnotationAdded(annotation=note, annotation_index=event["annotation_index"], **place)
    elif kind == "response.content_part.done" and (part := _part(event["part"])) is not None:
        update = AssistantMessageContentPartDone(content=part, **place)
    else:
        return []
    return [_Updated(item_id=event["item_id"], update=update)]


def _message(item: Mapping[str, Any], context: Context) -> AssistantMessageItem:
    parts = [_part(each) for each in item.get("content") or ()]
    return AssistantMessageItem(
        id=item["id"],
        thread_id=context.thread.id,
        created_at=datetime.now(timezone.utc),
        content=[part for part in parts if part is not None],
    )


def _part(part: Mapping[str, Any]) -> AssistantMessageContent | None:
    if part.get("type") not in ("output_text", "refusal"):
        return None
    found = [_source(each) for each in part.get("annotations") or ()]
    text = part.get("text") or part.get("refusal") or ""
    return AssistantMessageContent(text=text, annotations=[each for each in found if each is not None])


def _source(note: Mapping[str, Any]) -> Annotation | None:
    place = note.get("index", note.get("end_index"))
    if note.get("url"):
        source: Any = URLSource(url=note["url"], title=note.get("title") or note["url"])
    elif note.get("filename"):
        source = FileSource(filename=note["filename"], title=note["filename"])
    else:
        return None
    return Annotation(source=source, index=place)


def _plain(data: Any) -> Mapping[str, Any]:
    """An event as the API sent it, whichever class this release of openai made of it."""
    plain: Mapping[str, Any] = data.model_dump(mode="json", warnings=False)
    return plain


PARTS: dict[str, Maker] = {"words": _words}
