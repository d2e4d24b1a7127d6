"""What a user would have seen of a transcript, turn by turn."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from markupsafe import Markup

from chatkit_harness import chart
from chatkit_harness.checks import reading
from chatkit_harness.comparison.measure import stage_times
from chatkit_harness.comparison.nouns import SideTurn, StageTime
from chatkit_harness.core.transcript import Transcript, Turn
from chatkit_harness.frontend import read
from chatkit_harness.frontend.reading import Reading
from chatkit_harness.reports.drawn import drawn
from chatkit_harness.reports.text import clean, clip, count, milliseconds

_LONGEST = 6000


@dataclass(frozen=True, slots=True, kw_only=True)
class Picture:
    """A widget as it may have looked, and what it is made of."""

    drawing: Markup
    source: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """One turn: the user's words, what came back in the order it came, and how it ended.

    `message` is a workflow's raw answer, `found` what a frontend makes of it, `stages` the steps to it.
    """

    words: str
    texts: tuple[str, ...]
    widgets: tuple[Picture, ...]
    others: tuple[str, ...]
    end: str
    commands: tuple[str, ...] = ()
    message: str | None = None
    found: str = ""
    stages: str = ""


def conversation(transcript: Transcript) -> list[Shown]:
    """The turns of a transcript as a person would tell them."""
    return [_shown(turn, saved=transcript.saved) for turn in transcript.turns]


def compared_turn(turn: SideTurn) -> Shown:
    """A turn of a comparison as it is shown beside the other path's."""
    return Shown(
        words=clean(turn.user),
        texts=(clean(turn.text),) if turn.text.strip() else (),
        widgets=tuple(picture(widget) for widget in turn.widgets),
        others=tuple(map(clean, turn.problems)),
        end="" if turn.answered or turn.problems else "nothing came of it",
        commands=tuple(map(clean, turn.commands)),
        message=_raw(turn.message),
        found=found_words(read(turn.message)) if turn.message is not None else "",
        stages=_stages(turn.stages),
    )


def picture(widget: Any) -> Picture:
    """A widget drawn, and as indented JSON."""
    return Picture(drawing=drawn(widget), source=indented(widget))


def found_words(found: Reading | None) -> str:
    """What a frontend made of an answer, in one sentence."""
    if found is None:
        return ""
    told = [
        count(len(found.documents), "JSON document"),
        count(len(found.widgets), "widget"),
        count(len(found.commands), "chart command"),
        count(len(found.text.strip()), "character") + " of text",
    ]
    told += [f"{each.verb} rejected: {each.reason}" for each in found.rejected[:3]]
    told += [
        f"JSON that does not parse at {each.line}:{each.column}: {each.reason}" for each in found.broken[:3]
    ]
    return clip("; ".join(told), 400)


def said_otherwise(transcript: Transcript) -> list[str]:
    """What each request to the model says otherwise than the one that answers it, without its mattering."""
    told = []
    for number, exchange in enumerate(transcript.exchanges, start=1):
        told += [clean(f"request {number}: {each}") for each in exchange.noted]
    return told


def cassette_label(transcript: Transcript) -> str:
    """Whose words the model's were: a recording's, or a script's, which no model ever said."""
    facts = transcript.cassette
    if transcript.saved:
        return "none: answers saved from a hosted workflow"
    if facts is None:
        return "no cassette"
    name = clean(facts.name)
    if facts.origin == "recording":
        of = f" of {clean(facts.model)}" if facts.model else ""
        when = f" on {clean(facts.recorded)}" if facts.recorded else ""
        return f"{name}: recorded{of}{when}{', expired' if facts.expired else ''}"
    return f"{name}: scripted, not a recording of the model"


def is_scripted(transcript: Transcript) -> bool:
    """Whether the model's words were written by somebody, so that nothing of them was ever recorded."""
    return transcript.cassette is not None and transcript.cassette.origin == "script"


def indented(document: Any) -> str:
    """A document as indented JSON, cut where it is endless."""
    try:
        text = clean(json.dumps(document, indent=2, ensure_ascii=False, default=repr))
    except RecursionError:
        return "(nested too deep to be shown)"
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST]}\n… ({len(text) - _LONGEST} more characters)"


def _shown(turn: Turn, *, saved: bool) -> Shown:
    commands = tuple(clean(chart.to_text(each.command)) for each in reading.commands(turn))
    took = milliseconds(turn.ended_at_ms - turn.sent_at_ms)
    if turn.message is None:
        end = f"{turn.end} after {took}, {count(len(turn.events), 'event')}"
        return _native(turn, commands, end)
    return Shown(
        words=clean(turn.user),
        texts=tuple(map(clean, reading.assistant_texts(turn))),
        widgets=tuple(picture(item.widget) for item in reading.widgets(turn)),
        others=tuple(_raised(turn)),
        end="saved, no times are known" if saved else f"{turn.end} after {took}",
        commands=commands,
        message=_raw(turn.message),
        found=found_words(reading.answer(turn)),
        stages=_stages(stage_times(turn)),
    )


def _native(turn: Turn, commands: tuple[str, ...], end: str) -> Shown:
    items: dict[str, Mapping[str, Any]] = {}
    others = []
    for n, data in enumerate(event.data for event in turn.events if event.data is not None):
        if data.get("type") in ("thread.item.done", "thread.item.replaced"):
            item = _mapping(data.get("item"))
            items[str(item.get("id") or n)] = item
        elif data.get("type") == "error":
            said = data.get("message") or data.get("code") or "no message"
            others.append(f"error event: {clean(said)}")
    if turn.response is not None:
        others.append(f"response: {indented(turn.response)}")
    return Shown(
        words=clean(turn.user),
        texts=tuple(text for item in items.values() for text in _texts(item)),
        widgets=tuple(picture(i.get("widget")) for i in items.values() if i.get("type") == "widget"),
        others=(*(line for item in items.values() for line in _other(item)), *others, *_raised(turn)),
        end=end,
        commands=commands,
        stages=_stages(stage_times(turn)),
    )


def _raised(turn: Turn) -> Iterator[str]:
    if turn.raised is not None:
        yield f"raised {clean(turn.raised.type)}: {clean(turn.raised.message)}"


def _raw(message: str | None) -> str | None:
    if message is None:
        return None
    text = clean(message)
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST]}\n… ({len(text) - _LONGEST} more characters)"


def _stages(stages: Iterable[StageTime]) -> str:
    """The steps to an answer in order, each with its time: `classify (Intent Classifier) 12 ms`."""
    told = [f"{s.name}{f' ({s.agent})' if s.agent else ''} {milliseconds(s.ms)}" for s in stages]
    return clean(" → ".join(told))


def _texts(item: Mapping[str, Any]) -> Iterator[str]:
    if item.get("type") == "assistant_message":
        content = item.get("content")
        for part in content if isinstance(content, list) else ():
            text = _mapping(part).get("text")
            if text:
                yield clean(text)


def _other(item: Mapping[str, Any]) -> Iterator[str]:
    if item.get("type") == "client_tool_call":
        arguments = json.dumps(item.get("arguments"), ensure_ascii=False, default=repr)
        yield clean(f"asks the client to run {item.get('name')}({arguments})")
    elif item.get("type") not in ("assistant_message", "user_message", "widget"):
        yield clean(f"item: {item.get('type')}")


def _mapping(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, Mapping) else {}
