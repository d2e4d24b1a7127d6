"""What a probe server needs to play a cassette: taken from the cassette's own requests."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from chatkit_harness.upstream.answers import answer_of
from chatkit_harness.upstream.cassette import Api, Cassette, Interaction
from chatkit_harness.upstream.features import NO_WORDS, system_text, tool_name
from chatkit_harness.upstream.story import Step, Story, story_of

# How often the openai package asks again by itself.
_RETRIES = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class ProbeSpec:
    """Model, instructions and tools of a recording, what its user said and what its tools answered.

    `tools` are the requests' own tool objects, each name once; `outputs` maps call ids to texts; `said`
    are the model's own messages; `fails` means that what is played ends in an error of the API. Where
    `playable` is false, `reason` says why. `played` is how many interactions of the cassette are played,
    from the first: after an error of the API a server cannot go on as whoever recorded did. `noted` tells
    what the probe leaves out.
    """

    playable: bool
    reason: str = ""
    api: Api = "responses"
    model: str = ""
    instructions: str | None = None
    tools: tuple[Mapping[str, Any], ...] = ()
    turns: tuple[str, ...] = ()
    outputs: Mapping[str, str] = field(default_factory=dict)
    said: tuple[str, ...] = ()
    fails: bool = False
    played: int = 0
    noted: tuple[str, ...] = ()


def probe_spec(cassette: Cassette) -> ProbeSpec:
    """The probe for a cassette; never raises, whatever the recording holds."""
    story = story_of(cassette)
    if not story.steps:
        return _refused(cassette)
    first = story.steps[0].interaction
    alike = [step for step in story.steps if step.interaction.api == first.api]
    steps = _until_it_fails(alike)
    told = [step.interaction for step in steps]
    reason = _reason(told)
    whole = len(cassette.interactions)
    return ProbeSpec(
        playable=not reason,
        reason=reason,
        api=first.api or "responses",
        model=str(first.request.get("model") or ""),
        instructions=system_text(first.request),
        tools=_tools(steps),
        turns=_turns(steps) or (NO_WORDS,),
        outputs=_outputs(story, steps),
        said=tuple(_said(told)),
        fails=told[-1].status >= 400,
        played=steps[-1].number + 1 if len(steps) < len(alike) else whole,
        noted=_noted(cassette, alike, steps),
    )


def played(cassette: Cassette, spec: ProbeSpec) -> Cassette:
    """The cassette as far as its probe plays it; the very same one where that is all of it."""
    if not spec.playable or spec.played >= len(cassette.interactions):
        return cassette
    return replace(cassette, interactions=cassette.interactions[: spec.played])


def _until_it_fails(steps: Sequence[Step]) -> list[Step]:
    """The steps up to the first error that ends a turn: one that the client's library does not mend."""
    tries = 0
    for place, step in enumerate(steps):
        if step.interaction.status < 400:
            tries = 0
            continue
        again = steps[place + 1].interaction if place + 1 < len(steps) else None
        same = again is not None and again.request == step.interaction.request
        if not same or not _tried_again(step.interaction) or tries == _RETRIES:
            return list(steps[: place + 1])
        tries += 1
    return list(steps)


def _tried_again(failed: Interaction) -> bool:
    """Whether the openai package asks once more by itself after this answer."""
    wish = failed.headers.get("x-should-retry")
    if wish in ("true", "false"):
        return wish == "true"
    return failed.status in (408, 409, 429) or failed.status >= 500


def _refused(cassette: Cassette) -> ProbeSpec:
    asked = sorted({each.uri.split("?")[0] for each in cassette.interactions})
    held = f"it holds {', '.join(asked[:3])}" if asked else "it holds no interaction"
    return ProbeSpec(playable=False, reason=f"No request to /responses or /chat/completions: {held}.")


def _reason(told: Sequence[Interaction]) -> str:
    for number, each in enumerate(told):
        if not each.request:
            return f"The request of interaction {number + 1} is no JSON object."
        answer = answer_of(each) if each.status < 400 else {}
        if answer is None:
            return f"The answer of interaction {number + 1} is no stream and no JSON that can be read."
        if answer.get("status") in ("queued", "in_progress"):
            return f"The answer of interaction {number + 1} was still being made in the background."
    return ""


def _tools(steps: Sequence[Step]) -> tuple[Mapping[str, Any], ...]:
    found: dict[str, Mapping[str, Any]] = {}
    for step in steps:
        tools = step.interaction.request.get("tools")
        for tool in tools if isinstance(tools, list) else ():
            if isinstance(tool, Mapping):
                # Some chat APIs leave the type out.
                found.setdefault(tool_name(tool), {"type": "function", **tool})
    for step in steps:
        for call in step.calls:
            if call.tool:
                # Offered in a way that the request's tools do not show: anything goes as its arguments.
                found.setdefault(call.name, _any_tool(call.name, step.interaction.api))
    return tuple(found.values())


def _any_tool(name: str, api: Api | None) -> dict[str, Any]:
    tool = {"name": name, "description": "", "parameters": {"type": "object", "properties": {}}}
    return {"type": "function", **tool} if api == "responses" else {"type": "function", "function": tool}


def _said(told: Sequence[Interaction]) -> Iterator[str]:
    """The words of each message of the model, as its finished answers hold them."""
    for each in told:
        answer = answer_of(each) if each.status < 400 else None
        for message in _messages(answer or {}):
            content = message.get("content")
            if isinstance(content, str) and content.strip():
                yield content
            for part in content if isinstance(content, list) else ():
                if isinstance(part, Mapping) and isinstance(part.get("text"), str) and part["text"].strip():
                    yield part["text"]


def _messages(answer: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    output, choices = answer.get("output"), answer.get("choices")
    for item in output if isinstance(output, list) else ():
        if isinstance(item, Mapping) and item.get("type") == "message":
            yield item
    for choice in choices if isinstance(choices, list) else ():
        if isinstance(choice, Mapping) and isinstance(choice.get("message"), Mapping):
            yield choice["message"]


def _outputs(story: Story, steps: Sequence[Step]) -> dict[str, str]:
    outputs: dict[str, str] = {}
    for step in steps:
        outputs.update(step.asks(story.aliases).outputs)
    return outputs


def _turns(steps: Sequence[Step]) -> tuple[str, ...]:
    """The user's messages that are new, request by request; what the first one recalls is history."""
    turns: list[str] = []
    before: tuple[str, ...] = ()
    failed = False
    for step in steps:
        now = step.said
        if not turns:
            turns += now[-1:]
        elif len(now) > len(before) and now[: len(before)] == before:
            turns += now[len(before) :]
        elif now and (now != before or not (failed or _goes_on(step))):
            turns.append(now[-1])
        before = now or before
        failed = step.interaction.status >= 400
    return tuple(turns)


def _goes_on(step: Step) -> bool:
    """Whether a request brings outputs of tools rather than asking the same thing again."""
    return bool(step.asks().fresh)


def _noted(cassette: Cassette, alike: Sequence[Step], steps: Sequence[Step]) -> tuple[str, ...]:
    noted = []
    left = len(alike) - len(steps)
    if left:
        status = steps[-1].interaction.status
        noted.append(f"after an error of the API ({status}) nothing more is played: {left} left out")
    others = len(cassette.interactions) - len(alike)
    if others:
        noted.append(f"{others} interactions with other endpoints are not played")
    without = sum(step.asks().without_text for step in steps)
    if without:
        noted.append(f"{without} images, files or sounds in messages are left out")
    recalled = len(steps[0].said) - 1
    if recalled > 0:
        noted.append(f"{recalled} messages that the first request recalls are not said again")
    if not any(step.said for step in steps):
        noted.append(f"no request holds a message of a user: the probe says {NO_WORDS}")
    return tuple(noted)
