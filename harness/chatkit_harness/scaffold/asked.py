"""What a server asks of the model: the tools that it offers, and what would be an answer."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from chatkit_harness.checks.shapes import mapping, sequence, words
from chatkit_harness.core.transcript import Exchange, Transcript
from chatkit_harness.upstream import features

from .arguments import made_value

SENTENCE = "Here is what I found."
HANDOFF = "transfer_to_"
"""How openai-agents names the tools by which one agent hands over to another."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Tool:
    """A function tool as a request offers it."""

    name: str
    description: str = ""
    parameters: Mapping[str, Any] = field(default_factory=dict)


def offered_tools(transcript: Transcript) -> tuple[Tool, ...]:
    """The function tools that the server offers in any request, each once; hand-overs come last."""
    found: dict[str, Tool] = {}
    for exchange in transcript.exchanges:
        for tool in _tools(exchange.request):
            found.setdefault(tool.name, tool)
    return tuple(sorted(found.values(), key=lambda each: each.name.startswith(HANDOFF)))


def _tools(request: Mapping[str, Any]) -> Iterator[Tool]:
    """In either of the model's two languages."""
    for entry in map(mapping, sequence(request.get("tools"))):
        held = mapping(entry.get("function")) or entry
        if entry.get("type") == "function" and words(held.get("name")):
            yield Tool(
                name=held["name"],
                description=words(held.get("description")),
                parameters=mapping(held.get("parameters")),
            )


def unanswered(transcript: Transcript) -> Exchange | None:
    """The first request to which the script had no answer."""
    return next((each for each in transcript.exchanges if each.outcome == "unmatched"), None)


def speaks_chat_completions(transcript: Transcript) -> bool:
    """Whether the server asks the model through Chat Completions instead of Responses."""
    return any(each.path.endswith("/chat/completions") for each in transcript.exchanges)


def likely_script(call: Mapping[str, Any] | None) -> list[dict[str, Any]]:
    """What most servers ask: one answer, or a call and an answer to its output, and beside that a title."""
    answers: list[dict[str, Any]] = [dict(call)] if call is not None else []
    return [*answers, {"say": SENTENCE}, {"beside": True, "say": SENTENCE}]


def used_part(script: Sequence[Mapping[str, Any]], transcript: Transcript) -> list[dict[str, Any]]:
    """The answers of the script that were given."""
    given = {exchange.interaction for exchange in transcript.exchanges}
    return [dict(answer) for number, answer in enumerate(script) if number in given]


def with_answer(
    script: Sequence[Mapping[str, Any]], asked: Exchange, call: Mapping[str, Any] | None
) -> list[dict[str, Any]]:
    """The script with an answer to a request that it had none to: the call where its tool is offered, a
    value where the request wants a form, else a sentence.

    The call stands first, and what is asked without its output is asked beside it: two requests that are made
    at once find each its own answer, whichever comes first.
    """
    told = [dict(each) for each in script]
    made = any("call" in each for each in told)
    if call is not None and not made and call["call"] in {each.name for each in _tools(asked.request)}:
        return [dict(call), *({"beside": True, **each} for each in told)]
    form = _form(asked.request)
    answer = {"say": SENTENCE if form is None else made_value(form)}
    if made and not features(asked.request).outputs:
        return [*told, {"beside": True, **answer}]
    return [*told, answer]


def _form(request: Mapping[str, Any]) -> Mapping[str, Any] | None:
    """The JSON Schema that the answer has to follow, if any."""
    of_responses = mapping(mapping(request.get("text")).get("format"))
    of_chat = mapping(mapping(request.get("response_format")).get("json_schema"))
    schema = mapping(of_responses.get("schema")) or mapping(of_chat.get("schema"))
    return schema or None
