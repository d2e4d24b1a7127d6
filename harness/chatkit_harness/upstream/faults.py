"""What a fault does to a reply that would have been good: cuts, odd events, pauses, wrong numbers."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from chatkit_harness.upstream.cassette import Chunk, Fault, Interaction
from chatkit_harness.upstream.nouns import Reply, Stall
from chatkit_harness.upstream.sse import DONE, read_events, write_event

_MALFORMED = b'data: {"type": "response.output_text.delta", "delta": "\n\n'
_NUMBER = "sequence_number"
_NO_STREAM = "the fault is one of streams, and this answer is none"
_Event = dict[str, Any]


def spoilt(reply: Reply, fault: Fault | None) -> Reply:
    """The reply as a fault leaves it: first other events, then an odd one, then how it ends.

    What of a fault this reply has no place for is noted; where nothing of it comes about, or not where it is
    asked for, it is `missed`. Counts of `repeat`, `swap` and `insert` are of the answer's own events; all
    others are of what is sent.
    """
    if fault is None:
        return reply
    made = _spoilt(reply, fault)
    if reply.streamed:
        missed = told = misplaced(reply.chunks, fault)
    else:
        missed = _NO_STREAM if _alike(reply, made) else None
        told = _NO_STREAM if missed or fault.changes_events else None
    return replace(made, noted=(*made.noted, *filter(None, (told,))), missed=missed)


def misplaced_in(interaction: Interaction) -> str | None:
    """What the fault of a streamed answer has no place for, in words; None where all of it comes about."""
    fault = interaction.fault
    if fault is None or fault.status is not None or not interaction.streamed:
        return None
    return misplaced(without_events(interaction.chunks, interaction.without), fault)


def misplaced(chunks: Sequence[Chunk], fault: Fault) -> str | None:
    """What a fault asks of a stream that has no place for it, in words; None where all of it comes about."""
    whole = len(_other_events(tuple(chunks), fault)) + (fault.malformed_after_chunks is not None)
    ends = {name: getattr(fault, name) for name in _ENDS if getattr(fault, name) is not None}
    if len(ends) > 1:
        return f"a stream has one end, and {' and '.join(ends)} are asked for"
    sent = min([whole, *ends.values()])
    lasts: list[tuple[str, int | None, int]] = [
        *(("insert.after", each.after, len(chunks)) for each in fault.insert),
        ("swap_after_chunks", fault.swap_after_chunks, len(chunks) - 2),
        ("malformed_after_chunks", fault.malformed_after_chunks, sent - 1),
        ("stall_after_chunks", fault.stall_after_chunks, sent - 1),
        # A stream that ends in good order after its last event is a whole one.
        *((name, place, whole - (name == "end_after_chunks")) for name, place in ends.items()),
    ]
    for name, place, last in lasts:
        if place is not None and place > last:
            most = f"at most {last} would come about" if last >= 0 else "that is too few for it"
            return f"{name} is {place}, and the stream has {whole} events ({most})"
    return _nowhere(chunks, fault) or _idle(chunks, fault)


_ENDS = ("cut_after_chunks", "cut_inside_chunk", "silence_after_chunks", "end_after_chunks")
"""After it nothing more is sent."""


def _nowhere(chunks: Sequence[Chunk], fault: Fault) -> str | None:
    """What a fault asks of events that there are not."""
    has = {kind for chunk in chunks for kind in kinds_of(chunk.data)} if fault.repeat else set()
    strange = next((kind for kind in fault.repeat if kind not in has), None)
    if strange is not None:
        return f"it repeats {strange}, and this stream has no such event"
    numbered = (_NUMBER in event for chunk in chunks for event in read_events(chunk.data))
    if fault.sequence is not None and not any(numbered):
        return "it changes sequence numbers, and the events of this stream have none"
    return None


def _idle(chunks: Sequence[Chunk], fault: Fault) -> str | None:
    """What of a fault could be left out, and a client would get the same: what lies behind the end, say."""
    reply = Reply(headers={"content-type": "text/event-stream"}, chunks=tuple(chunks))
    made = _spoilt(reply, fault)
    for name, less in _less(fault):
        if _alike(_spoilt(reply, less), made):
            return f"{name} changes nothing of what is sent"
    return None


def _less(fault: Fault) -> Iterator[tuple[str, Fault]]:
    """The fault without one of the changes that it makes to events, each in turn, with its name."""
    for place, each in enumerate(fault.insert):
        rest = (*fault.insert[:place], *fault.insert[place + 1 :])
        yield f"insert.after {each.after}", replace(fault, insert=rest)
    for kind in fault.repeat:
        others = tuple(each for each in fault.repeat if each != kind)
        yield f"the repeat of {kind}", replace(fault, repeat=others)
    if fault.swap_after_chunks is not None:
        yield f"swap_after_chunks {fault.swap_after_chunks}", replace(fault, swap_after_chunks=None)
    if fault.sequence is not None:
        yield f"sequence {fault.sequence}", replace(fault, sequence=None)


def _alike(reply: Reply, made: Reply) -> bool:
    """Whether a client gets the one as the other."""
    stalls = made.stall is not None and made.stall.after < len(made.chunks)
    return (reply.chunks, reply.ending) == (made.chunks, made.ending) and not stalls


def _spoilt(reply: Reply, fault: Fault) -> Reply:
    if reply.streamed:
        reply = replace(reply, chunks=_other_events(reply.chunks, fault))
    if fault.malformed_after_chunks is not None:
        odd = Chunk(data=_MALFORMED if reply.streamed else b"{")
        reply = replace(reply, chunks=_put(reply.chunks, {fault.malformed_after_chunks: [odd]}))
    if fault.stall_after_chunks is not None:
        reply = replace(reply, stall=Stall(after=fault.stall_after_chunks, ms=fault.stall_ms))
    return _ended(reply, fault)


def without_events(chunks: Sequence[Chunk], kinds: Iterable[str]) -> tuple[Chunk, ...]:
    """The chunks of a stream without the events of some kinds; see `kinds_of` for their names."""
    wanted = frozenset(kinds)
    return tuple(chunk for chunk in chunks if not wanted & set(kinds_of(chunk.data)))


def kinds_of(data: bytes) -> tuple[str, ...]:
    """What a chunk holds, by names: the event's type; of Chat Completions what its delta brings.

    Those are `delta.role`, `delta.content`, `delta.refusal`, `delta.tool_calls`, `finish_reason`, `usage` and
    `[DONE]`.
    """
    if data == DONE:
        return ("[DONE]",)
    return tuple(kind for event in read_events(data) for kind in _kinds(event))


def _kinds(event: Mapping[str, Any]) -> Iterable[str]:
    if "type" in event:
        return (str(event["type"]),)
    return ("usage",) if not event.get("choices") else _kinds_of_choice(event["choices"][0])


def _kinds_of_choice(choice: Mapping[str, Any]) -> Iterable[str]:
    if choice.get("finish_reason"):
        return ("finish_reason",)
    delta = choice.get("delta") or {}
    return ("delta.role",) if "role" in delta else tuple(f"delta.{key}" for key in delta)


def _other_events(chunks: tuple[Chunk, ...], fault: Fault) -> tuple[Chunk, ...]:
    if fault.sequence is not None:
        number = _NUMBERED[fault.sequence]
        chunks = tuple(_changed(chunk, place, number) for place, chunk in enumerate(chunks))
    extra: dict[int, list[Chunk]] = {}
    for each in fault.insert:
        made = Chunk(data=write_event(each.event, named="type" in each.event))
        extra.setdefault(each.after, []).append(made)
    if fault.swap_after_chunks is not None:
        at = fault.swap_after_chunks
        chunks = (*chunks[:at], *reversed(chunks[at : at + 2]), *chunks[at + 2 :])
    twice = frozenset(fault.repeat)
    again = {place: [chunk] for place, chunk in enumerate(chunks, 1) if twice & set(kinds_of(chunk.data))}
    places = again.keys() | extra.keys()
    return _put(chunks, {place: [*again.get(place, ()), *extra.get(place, ())] for place in places})


def _put(chunks: tuple[Chunk, ...], extra: Mapping[int, Sequence[Chunk]]) -> tuple[Chunk, ...]:
    """The chunks with others after so many of them."""
    made = list(extra.get(0, ()))
    for count, chunk in enumerate(chunks, 1):
        made += [chunk, *extra.get(count, ())]
    return tuple(made)


def _changed(chunk: Chunk, place: int, number: Callable[[_Event, int], None]) -> Chunk:
    for event in read_events(chunk.data):
        if _NUMBER in event:
            number(event, place)
            return replace(chunk, data=write_event(event, named=True))
    return chunk


def _duplicate(event: _Event, place: int) -> None:
    event[_NUMBER] = place // 2


def _missing(event: _Event, place: int) -> None:
    event[_NUMBER] = place + place // 2


def _absent(event: _Event, place: int) -> None:
    del place, event[_NUMBER]


_NUMBERED = {"duplicate": _duplicate, "missing": _missing, "absent": _absent}


def _ended(reply: Reply, fault: Fault) -> Reply:
    chunks = reply.chunks
    if fault.cut_inside_chunk is not None:
        *whole, torn = chunks[: fault.cut_inside_chunk] or (Chunk(data=b""),)
        half = Chunk(at_ms=torn.at_ms, data=torn.data[: len(torn.data) // 2])
        return replace(reply, chunks=(*whole, half), ending="cut")
    if fault.cut_after_chunks is not None:
        return replace(reply, chunks=chunks[: fault.cut_after_chunks], ending="cut")
    if fault.silence_after_chunks is not None:
        return replace(reply, chunks=chunks[: fault.silence_after_chunks], ending="silence")
    if fault.end_after_chunks is not None:
        return replace(reply, chunks=chunks[: fault.end_after_chunks])
    return reply
