"""Times and costs of one side, as far as they are known.

Overhead is always known where something was driven: wall time of a turn without the time for which the
model was answering, and without the time for which the machine gave the cell no processor. The model's time
is known from recordings alone: a script has none but what somebody assumes, and answers that were saved have
no times at all. What counts is the time on the critical path: of answers that overlapped the longest. A model
that answers at once may have answered one of two requests before the other one came: then both count.
"""

from __future__ import annotations

import json
from bisect import bisect_right
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from chatkit_harness.checks import reading
from chatkit_harness.comparison.assumption import Assumption
from chatkit_harness.comparison.nouns import Costs, Moment, StageTime, Times
from chatkit_harness.core.transcript import Exchange, Transcript, Turn

_CHARACTERS_A_TOKEN = 4


def times_of(transcript: Transcript, invalid: frozenset[str], assumption: Assumption | None = None) -> Times:
    """The times of the slowest turn; widgets whose item id is in `invalid` do not count."""
    if transcript.saved or not transcript.turns:
        return Times()
    moments = [_moments(transcript, turn, invalid, assumption) for turn in transcript.turns]
    cpu = [turn.cpu_ms for turn in transcript.turns if turn.cpu_ms is not None]
    firsts, contents, ends = zip(*moments, strict=True)
    return Times(
        first_event=_slowest(firsts),
        first_content=_slowest(contents),
        end=_slowest(ends),
        cpu_ms=round(sum(cpu), 3) if cpu else None,
    )


def stage_times(turn: Turn) -> tuple[StageTime, ...]:
    """The stages of a turn and how long each took."""
    return tuple(
        StageTime(name=stage.name, ms=round(stage.ended_at_ms - stage.at_ms, 3), agent=stage.agent)
        for stage in turn.stages
    )


def costs_of(transcript: Transcript) -> Costs:
    """What was asked of the model, and what that came to."""
    made = [each for each in transcript.exchanges if each.outcome != "unsupported"]
    if transcript.saved or not transcript.turns:
        return Costs()
    # What a script says of usage was counted by nobody.
    counts = is_recording(transcript)
    sent = _total(each.input_tokens for each in made) if counts else None
    told = _total(each.output_tokens for each in made) if counts else None
    texts = [_text(each.request) for each in made]
    estimated = sent is None or told is None
    return Costs(
        calls=len(made),
        in_a_row=in_a_row(made),
        request_bytes=sum(len(text.encode("utf-8", "surrogatepass")) for text in texts),
        response_bytes=sum(each.bytes for each in made),
        input_tokens=sum(map(len, texts)) // _CHARACTERS_A_TOKEN if sent is None else sent,
        output_tokens=_estimated_output(transcript, made) if told is None else told,
        tokens_estimated=estimated,
    )


def in_a_row(exchanges: Iterable[Exchange]) -> int:
    """How many requests had to wait for the one before: the longest chain of which no two overlap."""
    return round(_heaviest([(each, 1.0) for each in exchanges]))


def is_recording(transcript: Transcript) -> bool:
    """Whether the model's words were once said by a model."""
    return transcript.cassette is not None and transcript.cassette.origin == "recording"


def _heaviest(weighed: Sequence[tuple[Exchange, float]]) -> float:
    """The weight of the heaviest chain of requests of which no two overlap."""
    spans = sorted(
        (each.at_ms if each.ended_at_ms is None else each.ended_at_ms, each.at_ms, weight)
        for each, weight in weighed
    )
    ends = [ended for ended, _, _ in spans]
    best = [0.0]
    for n, (_, at, weight) in enumerate(spans):
        best.append(max(best[n], best[bisect_right(ends, at, hi=n)] + weight))
    return best[-1]


def _moments(
    transcript: Transcript, turn: Turn, invalid: frozenset[str], assumption: Assumption | None
) -> tuple[Moment | None, Moment | None, Moment | None]:
    """To the first event, to the first widget or command, and to the end of a turn that came to one."""
    end = turn.ended_at_ms
    if turn.end in ("hung", "cut"):
        return None, None, None
    first = turn.events[0].at_ms if turn.events else end
    return tuple(  # type: ignore[return-value]  # three moments in, three out
        None if at is None else _moment(transcript, turn, at, assumption)
        for at in (first, _first_content(turn, invalid), end)
    )


def _first_content(turn: Turn, invalid: frozenset[str]) -> float | None:
    """When the first widget that a client can draw, or the first chart command, was there."""
    shown = [item.first_ms for item in reading.widgets(turn) if item.widget and item.id not in invalid]
    effects = [at for at, event in reading.events(turn) if event.get("type") == "client_effect"]
    if not shown and not effects:
        # Commands in words are there when the words are: at the end.
        return turn.ended_at_ms if reading.commands(turn) else None
    return min([*shown, *effects])


def _moment(transcript: Transcript, turn: Turn, at_ms: float, assumption: Assumption | None) -> Moment:
    made = reading.turn_exchanges(transcript, turn)
    begun = [each for each in made if each.at_ms <= at_ms and each.outcome != "unsupported"]
    waited = reading.waited_ms(transcript, turn, at_ms)
    # When the machine gave no processor is not known: it is taken to have been so all along the turn.
    whole = turn.ended_at_ms - turn.sent_at_ms
    starved = (turn.starved_ms or 0.0) * ((at_ms - turn.sent_at_ms) / whole if whole > 0 else 0.0)
    overhead = max(0.0, at_ms - turn.sent_at_ms - waited - starved)
    model = _on_the_way(begun, lambda each: each.critical_ms) if is_recording(transcript) else None
    assumed = None if assumption is None or model is not None else _on_the_way(begun, assumption.model_ms)
    known = model is not None or assumed is not None
    return Moment(
        overhead_ms=round(overhead, 3),
        model_ms=model,
        at_most=known and any(each.ended_at_ms is None or each.ended_at_ms > at_ms for each in begun),
        assumed_ms=assumed,
    )


def _on_the_way(begun: Sequence[Exchange], ms_of: Callable[[Exchange], float | None]) -> float | None:
    """The model's time on the critical path, all of the answers that had begun; None where one has none."""
    weighed = [(each, ms_of(each)) for each in begun]
    known = [(each, ms) for each, ms in weighed if ms is not None]
    return None if len(known) < len(weighed) else round(_heaviest(known), 3)


def _slowest(moments: Iterable[Moment | None]) -> Moment:
    known = [each for each in moments if each is not None]
    # What is assumed chooses only where nothing is known: a verdict must not come to depend on it.
    assuming = all(each.whole_ms is None for each in known)

    def length(moment: Moment) -> float:
        whole = moment.assumed_whole_ms if assuming else moment.whole_ms
        return whole or moment.overhead_ms or 0.0

    return max(known, key=length, default=Moment())


def _total(counted: Iterable[int | None]) -> int | None:
    """Tokens as the model counted them; None where an answer does not say."""
    known = list(counted)
    return None if None in known else sum(each for each in known if each is not None)


def _estimated_output(transcript: Transcript, made: Iterable[Exchange]) -> int:
    """From what the model said and which calls it asked for: an answer's bytes are mostly its envelopes."""
    said = sum(len(turn.message or reading.user_text(turn)) for turn in transcript.turns)
    asked = {
        str(entry.get("call_id")): len(str(entry.get("name"))) + len(str(entry.get("arguments")))
        for each in made
        for entry in map(reading.mapping, reading.sequence(each.request.get("input")))
        if entry.get("type") == "function_call"
    }
    return (said + sum(asked.values())) // _CHARACTERS_A_TOKEN


def _text(request: Mapping[str, Any]) -> str:
    try:
        return json.dumps(request, ensure_ascii=False, separators=(",", ":"), default=repr)
    except RecursionError:
        return ""
