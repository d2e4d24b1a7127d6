"""The kinds of things that a ChatKit server passes on, in one space of names.

    openai.event/response.output_text.delta     what the model's API streams: events, output items,
    openai.item/web_search_call                 parts of a message, annotations
    openai.content/output_text
    openai.annotation/url_citation
    agents.event/tool_called                    what agents makes of it: stream events, items of the run
    agents.item/ToolCallItem
    chatkit.event/thread.item.updated           what chatkit sends: events, updates of items, items,
    chatkit.update/widget.root.updated          parts of a message, tasks, sources, attachments, components
    chatkit.item/workflow
    chatkit.content/input_tag
    chatkit.task/web_search
    chatkit.source/url
    chatkit.attachment/image
    chatkit.widget/Card
    chatkit.request/threads.create              and what a client asks

The first two come from the cell (`Turn.passed`), the others are read from what went over the wire; but
the items that no client gets (`chatkit.item/hidden_context_item`) come from the cell as well. A request
counts where it was answered, and not where it was refused or ended in an error.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from chatkit_harness.core.transcript import Turn

_WORD = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z0-9]+")
_ALIKE = 0.7
"""How like a word its misspelling is, at least. `delta` and `done` are 0.4, `occurred` and `occured` 0.9."""


def kinds_of(turn: Turn) -> frozenset[str]:
    """All kinds that came through in one turn."""
    found = {*turn.passed, *_of_request(turn)}
    for event in turn.events:
        found.update(kinds_of_event(event.data or {}))
    if isinstance(turn.response, Mapping):
        found.update(_of_items(turn.response))
    return frozenset(found)


def meant_by(kind: str, came: Iterable[str]) -> str | None:
    """The kind that came and that this name misspells, if any: the same words, some of them spelt nearly so.

    Word by word, since right names are much alike as a whole (`response.output_text.delta` and `.done`), and
    one that did not come is not to be taken for a misspelt other.
    """
    space, _, name = kind.partition("/")
    close = {}
    for other in came:
        if other.startswith(f"{space}/"):
            likeness = _likeness(name, other.partition("/")[2])
            if likeness >= _ALIKE:
                close[other] = likeness
    return max(sorted(close), key=close.__getitem__, default=None)


def _likeness(name: str, other: str) -> float:
    """How alike two names are in the word that differs most; 0 where there are more words in one of them."""
    words, others = ([word.lower() for word in _WORD.findall(each)] for each in (name, other))
    if "".join(words) == "".join(others):
        return 1.0
    if len(words) != len(others):
        return 0.0
    return min(map(_likeness_of_words, words, others))


def _likeness_of_words(word: str, other: str) -> float:
    """Who misspells a word begins it rightly: `completed` is not meant by `incomplete`."""
    return difflib.SequenceMatcher(None, word, other).ratio() if word[:1] == other[:1] else 0.0


def _of_request(turn: Turn) -> Iterator[str]:
    """The request, where it was answered."""
    failed = any((event.data or {}).get("type") == "error" for event in turn.events)
    if turn.end in ("done", "left") and not failed:
        yield f"chatkit.request/{turn.request.get('type')}"


def kinds_of_event(event: Mapping[str, Any]) -> Iterator[str]:
    """The kinds that one event of the stream brings."""
    yield f"chatkit.event/{event.get('type')}"
    update = event.get("update")
    if isinstance(update, Mapping):
        yield f"chatkit.update/{update.get('type')}"
        yield from _of_task(update.get("task"))
        yield from _of_annotation(update.get("annotation"))
        yield from _of_part(update.get("content"))
        yield from _of_widget(update.get("widget"))
        yield from _of_widget(update.get("component"))
    if isinstance(event.get("item"), Mapping):
        yield from _of_item(event["item"])


def _of_items(answer: Mapping[str, Any]) -> Iterator[str]:
    """The items that an answer holds which is no stream: a thread, a page, one item."""
    pages = [answer.get("items"), answer]
    for page in pages:
        data = page.get("data") if isinstance(page, Mapping) else None
        for item in data if isinstance(data, list) else ():
            if isinstance(item, Mapping) and "thread_id" in item:
                yield from _of_item(item)
    if isinstance(answer.get("updated_item"), Mapping):
        yield from _of_item(answer["updated_item"])


def _of_item(item: Mapping[str, Any]) -> Iterator[str]:
    yield f"chatkit.item/{item.get('type')}"
    for part in _list(item.get("content")):
        yield from _of_part(part)
    for each in _list(item.get("attachments")):
        if isinstance(each, Mapping):
            yield f"chatkit.attachment/{each.get('type')}"
    yield from _of_task(item.get("task"))
    workflow = item.get("workflow")
    if isinstance(workflow, Mapping):
        for task in _list(workflow.get("tasks")):
            yield from _of_task(task)
    yield from _of_widget(item.get("widget"))


def _of_part(part: Any) -> Iterator[str]:
    if isinstance(part, Mapping):
        yield f"chatkit.content/{part.get('type')}"
        for each in _list(part.get("annotations")):
            yield from _of_annotation(each)


def _of_annotation(annotation: Any) -> Iterator[str]:
    source = annotation.get("source") if isinstance(annotation, Mapping) else None
    if isinstance(source, Mapping):
        yield f"chatkit.source/{source.get('type')}"


def _of_task(task: Any) -> Iterator[str]:
    if not isinstance(task, Mapping):
        return
    yield f"chatkit.task/{task.get('type')}"
    for source in _list(task.get("sources")):
        if isinstance(source, Mapping):
            yield f"chatkit.source/{source.get('type')}"


def _of_widget(widget: Any) -> Iterator[str]:
    """The components of a widget, however deep."""
    left = [widget]
    while left:
        each = left.pop()
        if isinstance(each, Mapping):
            if isinstance(each.get("type"), str) and each["type"][:1].isupper():
                yield f"chatkit.widget/{each['type']}"
            left.extend(each.values())
        elif isinstance(each, list):
            left.extend(each)


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []
