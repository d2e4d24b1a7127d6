"""Prints, as one JSON document, what the installed packages can pass on: kinds of events, items, widgets.

Run by a cell's interpreter as `python -I ground.py`. The document:

    {"format": 1, "versions": {"openai-chatkit": "1.6.5", ...},
     "kinds": {"openai.event": ["response.created", ...], "agents.item": ["ToolCallItem", ...], ...}}

All of it is read from the packages' own types: unions, their members' `type`, literals. Where a package
cannot be imported the document is `{"format": 1, "error": "ModuleNotFoundError: ..."}`, and the exit status
is 1.
"""

import inspect
import json
import sys
import types
import typing
import warnings
from importlib import metadata
from typing import Any, Dict, Iterator, List, Tuple

FORMAT = 1
NAMES = ("openai-chatkit", "openai-agents", "openai")


def members(union: Any) -> Iterator[Any]:
    """The classes of a union, those of unions in it included."""
    if hasattr(union, "__value__"):  # a type alias by statement
        yield from members(union.__value__)
    elif typing.get_origin(union) is typing.Annotated:
        yield from members(typing.get_args(union)[0])
    elif typing.get_origin(union) in (typing.Union, types.UnionType, list):
        for each in typing.get_args(union):
            yield from members(each)
    elif inspect.isclass(union):
        yield typing.get_origin(union) or union
    elif inspect.isclass(typing.get_origin(union)):
        yield typing.get_origin(union)


def kinds(union: Any) -> List[str]:
    """The values that `type` may have among the models of a union."""
    found: List[str] = []
    for model in members(union):
        field = getattr(model, "model_fields", {}).get("type")
        if field is not None:
            found += [str(value) for value in typing.get_args(field.annotation) if value is not None]
    return sorted(set(found))


def field(model: Any, name: str) -> Any:
    """The annotation of a model's field."""
    return model.model_fields[name].annotation


def of_openai() -> Iterator[Tuple[str, List[str]]]:
    """What the Responses API streams, as this openai release types it."""
    from openai.types import responses
    from openai.types.responses import response_output_text

    yield "openai.event", kinds(responses.ResponseStreamEvent)
    yield "openai.item", kinds(responses.ResponseOutputItem)
    yield "openai.content", kinds(field(responses.ResponseContentPartAddedEvent, "part"))
    yield "openai.annotation", kinds(response_output_text.Annotation)


def of_agents() -> Iterator[Tuple[str, List[str]]]:
    """What a run streams, as this agents release types it."""
    from agents import items, stream_events

    names = typing.get_args(typing.get_type_hints(stream_events.RunItemStreamEvent)["name"])
    events = [
        each for each in members(stream_events.StreamEvent) if each is not stream_events.RunItemStreamEvent
    ]
    whole = [typing.get_args(typing.get_type_hints(each)["type"])[0] for each in events]
    yield "agents.event", sorted({*names, *whole})
    yield "agents.item", sorted({each.__name__ for each in members(items.RunItem)})


def of_chatkit() -> Iterator[Tuple[str, List[str]]]:
    """What goes over the wire, as this chatkit release types it."""
    from chatkit import types as wire
    from chatkit import widgets

    for space, unions in (
        ("event", [wire.ThreadStreamEvent]),
        ("update", [wire.ThreadItemUpdate]),
        ("item", [wire.ThreadItem]),
        ("task", [wire.Task]),
        ("source", [wire.Source]),
        ("content", [wire.UserMessageContent, wire.AssistantMessageContent]),
        ("attachment", [wire.Attachment]),
        ("widget", [widgets.WidgetRoot, widgets.WidgetComponent]),
        ("request", [wire.ChatKitReq]),
    ):
        yield f"chatkit.{space}", sorted({kind for union in unions for kind in kinds(union)})


def document() -> Dict[str, Any]:
    """Everything that is printed."""
    found = {space: each for part in (of_openai, of_agents, of_chatkit) for space, each in part()}
    return {"format": FORMAT, "versions": {name: metadata.version(name) for name in NAMES}, "kinds": found}


def main() -> int:
    """Print the document; 0, or 1 where there is none."""
    warnings.simplefilter("ignore")
    try:
        printed, status = document(), 0
    except Exception as error:  # whatever an installation raises: the host tells
        printed, status = {"format": FORMAT, "error": f"{type(error).__name__}: {error}"}, 1
    json.dump(printed, sys.stdout)
    return status


if __name__ == "__main__":
    sys.exit(main())
