"""Requests to the model on loopback that it has no answer to, and how old its answers are."""

from __future__ import annotations

import re
from collections.abc import Iterator

from chatkit_harness.core.codec import to_document
from chatkit_harness.core.nouns import Finding
from chatkit_harness.core.transcript import Exchange, Transcript
from chatkit_harness.upstream.features import features

from . import exceptions, reading

_SCRIPT_CALLS = "tools: the script calls"
_HOSTED = "what runs at the API answers only where it was recorded, by `chatkit-harness record`"
_OWN_TOOLS = frozenset({"function", "custom"})
_IDENTITY = re.compile(r"\d+|(?=.*\d).{10,}")
_PATH = 120
"""So much of a path is told."""


def check(transcript: Transcript) -> Iterator[Finding]:
    """`upstream/unmatched`, `upstream/unsupported` and `upstream/expired`."""
    for exchange in transcript.exchanges:
        if exchange.outcome == "unmatched":
            yield _unmatched(transcript, exchange)
        elif exchange.outcome == "unsupported":
            path = exchange.path.partition("?")[0]
            yield Finding(
                rule="upstream/unsupported",
                severity="warning",
                key=f"upstream/unsupported {exchange.method} {_without_ids(path)}",
                message=f"the model on loopback was asked for {exchange.method} {path[:_PATH]}, "
                "which it does not know",
                evidence={"turn": reading.turn_at(transcript, exchange.at_ms), "status": exchange.status},
            )
    yield from _expired(transcript)


def _without_ids(path: str) -> str:
    """A path for a key: what names one thing among many is another in each run."""
    return "/".join("ID" if _IDENTITY.fullmatch(each) else each for each in path.split("/"))[:_PATH]


def _expired(transcript: Transcript) -> Iterator[Finding]:
    """An old recording is told, and never made again by itself."""
    cassette = transcript.cassette
    if cassette is not None and cassette.expired:
        yield Finding(
            rule="upstream/expired",
            severity="warning",
            key=f"upstream/expired {cassette.name}",
            message=f"the recording {cassette.name} of {cassette.recorded} is old: the model may answer"
            " otherwise today (record it again: chatkit-harness record"
            f" --scenario {transcript.scenario} --live)",
            evidence={"turn": None, "recorded": cassette.recorded, "model": cassette.model},
        )


def _unmatched(transcript: Transcript, exchange: Exchange) -> Finding:
    turn = reading.turn_at(transcript, exchange.at_ms)
    scripted = transcript.cassette is not None and transcript.cassette.origin == "script"
    where = f"turn {turn + 1}: " if turn is not None else ""
    # What a server offers differs between releases, and is no part of what is wrong.
    plain = [each.partition("; it offers ")[0] for each in exchange.difference]
    about = exceptions.normalised("; ".join(plain), 160) or "nothing like it"
    hosted = _hosted_tools(exchange) if transcript.path == reading.WORKFLOW else []
    told = f" (it offers {_and(hosted)}: {_HOSTED})" if hosted else ""
    return Finding(
        rule="upstream/unmatched",
        severity="error",
        key=f"upstream/unmatched {about}",
        message=where + (_not_in_script(exchange) if scripted else _not_recorded(exchange)) + told,
        evidence={
            "turn": turn,
            **({"hosted_tools": hosted} if hosted else {}),
            "nearest": exchange.nearest,
            "difference": list(exchange.difference),
            "request": to_document(exchange.request),
        },
    )


def _hosted_tools(exchange: Exchange) -> list[str]:
    """The tools of a request that the API carries out itself, such as web search."""
    tools = map(reading.mapping, reading.sequence(exchange.request.get("tools")))
    kinds = [reading.words(tool.get("type")) for tool in tools]
    return list(dict.fromkeys(kind for kind in kinds if kind and kind not in _OWN_TOOLS))


def _and(names: list[str]) -> str:
    return " and ".join(filter(None, (", ".join(names[:-1]), names[-1])))


def _not_recorded(exchange: Exchange) -> str:
    if exchange.nearest is None:
        near = "nothing in the cassette is like it"
    else:
        difference = "; ".join(exchange.difference) or "no difference could be named"
        near = f"the nearest is interaction {exchange.nearest}, from which it differs: {difference}"
    return f"a request to the model matches nothing that was recorded: {near}"


def _not_in_script(exchange: Exchange) -> str:
    """The same of a script, which somebody wrote and can mend: what the server asked, what the script has."""
    tools = [each for each in exchange.difference if each.startswith(_SCRIPT_CALLS)]
    others = [each for each in exchange.difference if each not in tools]
    if tools:
        told = "; ".join(each.removeprefix("tools: ") for each in tools)
        return f"{told}; besides: {'; '.join(others)}" if others else told
    lead = f"the server asked the model with {_asked(exchange)}, to which the script has no answer"
    if exchange.nearest is None:
        return f"{lead}: nothing in it is like that"
    difference = "; ".join(others) or "no difference could be named"
    return f"{lead}: its answer {exchange.nearest + 1} is the nearest, from which that differs: {difference}"


def _asked(exchange: Exchange) -> str:
    """The last words of the user in a request, and the tools whose outputs follow them."""
    asked = features(exchange.request)
    said = " ".join(asked.words[-1].split()) if asked.words else ""
    shown = said if len(said) <= 80 else f"{said[:79].rstrip()}…"
    names = dict.fromkeys(asked.calls.get(call, "a tool") for call in asked.outputs)
    told = [f'"{shown}"'] if shown else []
    told += [f"the output of {name}" for name in names]
    return " and ".join(told) or "no words of the user"
