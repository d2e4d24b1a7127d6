"""What a probe server needs to play a cassette: taken from the cassette's own requests."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from chatkit_harness.upstream.answers import answer_of, called_tools
from chatkit_harness.upstream.cassette import Api, Cassette, Interaction
from chatkit_harness.upstream.features import NO_WORDS, features, system_text, tool_name, user_turns


@dataclass(frozen=True, slots=True, kw_only=True)
class ProbeSpec:
    """Model, instructions and tools of a recording, what its user said and what its tools answered.

    `tools` are the requests' own tool objects, each name once; `outputs` maps call ids to texts. Where
    `playable` is false, `reason` says why. `noted` tells what the probe leaves out.
    """

    playable: bool
    reason: str = ""
    api: Api = "responses"
    model: str = ""
    instructions: str | None = None
    tools: tuple[Mapping[str, Any], ...] = ()
    turns: tuple[str, ...] = ()
    outputs: Mapping[str, str] = field(default_factory=dict)
    noted: tuple[str, ...] = ()


def probe_spec(cassette: Cassette) -> ProbeSpec:
    """The probe for a cassette; never raises, whatever the recording holds."""
    served = [each for each in cassette.interactions if each.api is not None]
    if not served:
        return _refused(cassette)
    first = served[0]
    played = [each for each in served if each.api == first.api]
    reason = _reason(played)
    return ProbeSpec(
        playable=not reason,
        reason=reason,
        api=first.api or "responses",
        model=str(first.request.get("model") or ""),
        instructions=system_text(first.request),
        tools=_tools(played),
        turns=_turns(played) or (NO_WORDS,),
        outputs=_outputs(played),
        noted=_noted(cassette, played),
    )


def _refused(cassette: Cassette) -> ProbeSpec:
    asked = sorted({each.uri.split("?")[0] for each in cassette.interactions})
    held = f"it holds {', '.join(asked[:3])}" if asked else "it holds no interaction"
    return ProbeSpec(playable=False, reason=f"No request to /responses or /chat/completions: {held}.")


def _reason(played: Sequence[Interaction]) -> str:
    for number, each in enumerate(played):
        if not each.request:
            return f"The request of interaction {number + 1} is no JSON object."
        answer = answer_of(each) if each.status < 400 else {}
        if answer is None:
            return f"The answer of interaction {number + 1} is no stream and no JSON that can be read."
        if answer.get("status") in ("queued", "in_progress"):
            return f"The answer of interaction {number + 1} was still being made in the background."
    return ""


def _tools(played: Sequence[Interaction]) -> tuple[Mapping[str, Any], ...]:
    found: dict[str, Mapping[str, Any]] = {}
    for each in played:
        tools = each.request.get("tools")
        for tool in tools if isinstance(tools, list) else ():
            if isinstance(tool, Mapping):
                # Some chat APIs leave the type out.
                found.setdefault(tool_name(tool), {"type": "function", **tool})
    for each in played:
        for name in called_tools(each):
            # Offered in a way that the request's tools do not show: anything goes as its arguments.
            found.setdefault(name, _any_tool(name, each.api))
    return tuple(found.values())


def _any_tool(name: str, api: Api | None) -> dict[str, Any]:
    tool = {"name": name, "description": "", "parameters": {"type": "object", "properties": {}}}
    return {"type": "function", **tool} if api == "responses" else {"type": "function", "function": tool}


def _outputs(played: Sequence[Interaction]) -> dict[str, str]:
    outputs: dict[str, str] = {}
    for each in played:
        outputs.update(features(each.request).outputs)
    return outputs


def _turns(played: Sequence[Interaction]) -> tuple[str, ...]:
    """The user's messages that are new, request by request; what the first one recalls is history."""
    turns: list[str] = []
    before: list[str] = []
    failed = False
    for each in played:
        now = user_turns(each.request)
        if not turns:
            turns += now[-1:]
        elif len(now) > len(before) and now[: len(before)] == before:
            turns += now[len(before) :]
        elif now and (now != before or not (failed or features(each.request).fresh)):
            turns.append(now[-1])
        before = now or before
        failed = each.status >= 400
    return tuple(turns)


def _noted(cassette: Cassette, played: Sequence[Interaction]) -> tuple[str, ...]:
    noted = []
    others = len(cassette.interactions) - len(played)
    if others:
        noted.append(f"{others} interactions with other endpoints are not played")
    without = sum(features(each.request).without_text for each in played)
    if without:
        noted.append(f"{without} images, files or sounds in messages are left out")
    recalled = len(user_turns(played[0].request)) - 1
    if recalled > 0:
        noted.append(f"{recalled} messages that the first request recalls are not said again")
    return tuple(noted)
