"""A script (what the model does, in the scenario's own words) rendered to a cassette.

A script is a list of answers, in the order in which the model gives them. Each belongs to the turn it
is under; `turn` starts at 1, is inherited from the entry above, and may group several answers:

    script:
      - call: show_stock_quote              # the model calls a tool
        arguments: {symbol: AAPL}
      - say: AAPL trades at 213.55 dollars. # and, given its output, answers
      - turn: 2
        model:
          - say: You are welcome.

An answer holds at least one of

    say: text                       words of the assistant, streamed word by word; an object or a list
                                    is said as JSON
    say_bytes: n                    the words of `say` over and over, until there are so many bytes of them;
                                    `{n}` among them is how often they came so far
    delta_bytes: n                  words are streamed in pieces of so many bytes
    call: tool, arguments: {...}    one function call; `id` where the call id matters (null: there is none);
                                    arguments may be text, to be sent as it stands (for such as are no JSON)
    calls: [{call, arguments, id}]  several calls at once
    refuse: text                    a refusal
    reasoning: text or [texts]      a reasoning summary, before all else; by Chat Completions the reasoning
                                    itself, in the field that many servers of that API have for it
    items: [{type: ...}]            output items of the Responses API as they stand (hosted tools); one
                                    without an id gets one, but for a function call: of that an `id` or a
                                    `call_id` that is not named is missing
    fault: {...}                    something goes wrong, see below

and may hold

    annotations: [{...}]            on the words of `say`
    phase: commentary               of the words of `say`
    incomplete: max_output_tokens   the answer ends as incomplete, for this reason
    failed: {code, message}         the answer ends as failed
    expect_output: {name: predicate}  the request must bring this output of the tool or call named
                                    (see `upstream.predicates`); others do not match
    expect_seen: [input_image]      the user's messages in the request must have parts of these kinds
    offered: false                  the called tool need not be offered by the request
    beside: true                    asked apart from the conversation, such as for a thread's title: the
                                    request holds the user's words only, and nothing follows from it
    forgotten: [call ids]           calls that later turns need not tell of: a thread keeps the client's only
    usage: {input: n, output: n}    tokens; counted from the words otherwise
    without: [event types]          events of the stream that are not sent
    events: [{after: type, event: {...}}]  events besides (see `upstream.placed_events`)

A fault is made of

    {status: 429, headers: {retry-after: "1"}, body: {...}, times: 3}   times: how often in a row
    {cut_after_chunks: n}        the connection is cut after n events
    {cut_inside_chunk: n}        the connection is cut in the middle of event n, counted from 1
    {end_after_chunks: n}        the stream ends in good order after n events, as behind some proxies
    {malformed_after_chunks: n}  an event that is no JSON is sent after n events
    {silence_after_chunks: n}    nothing comes after n events, until the client leaves
    {stall_after_chunks: n, stall_ms: 300}   nothing comes for a while after n events, then the rest
    {insert: [{after: n, event: {...}}]}     an event of any form is sent besides, after n events
    {repeat: [event types]}      events of these types are sent twice
    {swap_after_chunks: n}       the two events after the first n come in the wrong order
    {sequence: duplicate}        two events each have the same sequence number; `missing`: every third number
                                 is left out; `absent`: no event has one

A fault for which the answer is too short, or that is about events which it does not have, is refused. An
answer that is no stream is one chunk, and the last four are not about it. The form is published as
`schemas/script.schema.json`.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from chatkit_harness.core.codec import from_document
from chatkit_harness.core.errors import ScenarioError, did_you_mean
from chatkit_harness.core.nouns import digest
from chatkit_harness.core.scenario import Scenario
from chatkit_harness.upstream.answers import response_shell, streamed_answer, usage_of
from chatkit_harness.upstream.cassette import (
    ENDPOINTS,
    Api,
    Cassette,
    Chunk,
    Fault,
    Interaction,
    Provenance,
)
from chatkit_harness.upstream.faults import kinds_of, misplaced_in
from chatkit_harness.upstream.item_answers import given_back
from chatkit_harness.upstream.long_words import repeated

MODEL = "gpt-scripted"
_BASE = "https://api.openai.com/v1"
_STREAM = {"content-type": "text/event-stream; charset=utf-8"}
_JSON = {"content-type": "application/json"}


def render_script(scenario: Scenario, *, recorded: str | None = None) -> Cassette:
    """The cassette that a scenario's own script stands for; `options` may name `api` and `model`."""
    api: Api = "chat_completions" if scenario.options.get("api") == "chat_completions" else "responses"
    return render(
        scenario.script,
        scenario=scenario.id,
        words=[turn.said for turn in scenario.turns],
        api=api,
        model=str(scenario.options.get("model") or MODEL),
        recorded=recorded,
        remembers=scenario.paths != ("agent_builder",),
    )


def render(
    script: Sequence[Mapping[str, Any]],
    *,
    scenario: str,
    words: Sequence[str | None],
    api: Api = "responses",
    model: str = MODEL,
    recorded: str | None = None,
    versions: Mapping[str, str] | None = None,
    remembers: bool = True,
) -> Cassette:
    """The cassette that a valid script stands for.

    `words` are the user's words, turn by turn; None where the turn is no message (a client tool's
    output, an action). Without `remembers` each turn begins anew, as an exported workflow does. Ids are
    made from the scenario's id and the place, so that rendering twice gives equal cassettes; chunks carry
    no time, because a script has none.
    """
    provenance = Provenance(
        origin="script", recorded=recorded, model=model, scenario=scenario, versions=dict(versions or {})
    )
    tape = _Tape(scenario, words, api, model, remembers=remembers)
    interactions = [each for turn, answer in answers_by_turn(script) for each in tape.record(turn, answer)]
    return Cassette(name=scenario, provenance=provenance, interactions=tuple(interactions))


def answers_by_turn(script: Sequence[Mapping[str, Any]]) -> Iterator[tuple[int, Mapping[str, Any]]]:
    """Each answer of a script with the number of its turn, from 1."""
    turn = 1
    for entry in script:
        turn = int(entry.get("turn", turn))
        if "model" in entry:
            for answer in entry["model"]:
                yield turn, answer
        else:
            yield turn, entry


def turns_of_interactions(script: Sequence[Mapping[str, Any]]) -> tuple[int, ...]:
    """The turn, from 1, of each interaction that the script is rendered to."""
    return tuple(turn for turn, answer in answers_by_turn(script) for _ in range(_times(answer)))


def _times(answer: Mapping[str, Any]) -> int:
    return int((answer.get("fault") or {}).get("times", 1))


def fault_of(document: Mapping[str, Any] | None) -> Fault | None:
    """The fault that a script or a scenario describes, None where there is none."""
    if not document:
        return None
    known = dict(document)
    if "headers" in known:
        known["headers"] = {str(key).lower(): str(value) for key, value in known["headers"].items()}
    return from_document(Fault, known)


_SAID = ("say", "call", "calls", "refuse", "reasoning", "items", "failed")


class _Tape:
    """What has been said so far, and so what the next request will hold."""

    def __init__(
        self, scenario: str, words: Sequence[str | None], api: Api, model: str, *, remembers: bool
    ) -> None:
        self.scenario, self.words, self.api, self.model = scenario, words, api, model
        self.remembers = remembers
        self.turn = 0
        self.number = 0
        self.history: list[Any] = []
        self.forgotten: set[str] = set()

    def record(self, turn: int, answer: Mapping[str, Any]) -> list[Interaction]:
        self.listen(turn)
        self.number += 1
        beside = answer.get("beside") is True
        request = self.request(beside=beside)
        fault = fault_of(answer.get("fault"))
        self.require_alone(answer, fault)
        finished, calls = self.answer(answer)
        failing = fault is not None and fault.status is not None
        chunks = () if failing else self.streamed(answer, finished)
        interaction = Interaction(
            request=request,
            uri=_BASE + ENDPOINTS[self.api],
            status=fault.status if fault and fault.status else 200,
            message="" if failing else "OK",
            headers=_JSON if failing else _STREAM,
            chunks=tuple(Chunk(data=data) for data in chunks) or _error_body(fault),
            turn=turn,
            outputs=dict(answer.get("expect_output") or {}),
            unoffered=answer.get("offered") is False,
            sees=tuple(answer.get("expect_seen") or ()),
            without=tuple(answer.get("without") or ()),
            fault=fault,
        )
        if (fault is None or fault.is_survived) and not beside:
            self.remember(finished, calls)
        self.forgotten.update(answer.get("forgotten") or ())
        self.require_place(interaction)
        self.require_said(interaction)
        return [interaction] * _times(answer)

    def require_alone(self, answer: Mapping[str, Any], fault: Fault | None) -> None:
        """A status takes the answer's place, and nobody says what it has besides; other faults need one."""
        said = [name for name in _SAID if name in answer]
        if fault is not None and fault.status is None and not said:
            told = f"answer {self.number} of the script has a fault, and nothing that it could happen to."
            step = "Say what the model answers, or give the fault a status."
            raise ScenarioError(f"scenario {self.scenario!r}", told, step)
        if fault is not None and fault.status is not None and said:
            told = (
                f"answer {self.number} of the script is the status {fault.status}, and so never comes to "
                f"its {said[0]!r}."
            )
            step = "Write the fault as an answer of its own, before the one that is to follow it."
            raise ScenarioError(f"scenario {self.scenario!r}", told, step)

    def require_place(self, interaction: Interaction) -> None:
        """A fault for which the answer is too short would leave it whole, and prove nothing."""
        missed = misplaced_in(interaction)
        if missed is not None:
            told = f"the fault of answer {self.number} of the script has no place in that answer: {missed}."
            step = "Name a place that the answer has, or have the model say more."
            raise ScenarioError(f"scenario {self.scenario!r}", told, step)

    def require_said(self, interaction: Interaction) -> None:
        """What is left out has to be there without that: a name that nobody streams leaves out nothing."""
        said = {kind for chunk in interaction.chunks for kind in kinds_of(chunk.data)}
        for kind in interaction.without:
            if kind not in said:
                told = (
                    f"answer {self.number} of the script is to be without {kind}, which it does not stream."
                )
                raise ScenarioError(f"scenario {self.scenario!r}", told, did_you_mean(kind, sorted(said)))

    def streamed(self, answer: Mapping[str, Any], finished: Mapping[str, Any]) -> tuple[bytes, ...]:
        piece, placed = answer.get("delta_bytes"), answer.get("events") or ()
        try:
            return streamed_answer(self.api, finished, piece=piece, placed=placed)
        except ValueError as error:
            told = f"answer {self.number} of the script has an event for a place that is not there: {error}."
            step = "Name an event of that answer's stream, or how many come before."
            raise ScenarioError(self.scenario, told, step) from error

    def listen(self, turn: int) -> None:
        if turn > self.turn:
            self.history = [item for item in self.history if item.get("call_id") not in self.forgotten]
        if turn > self.turn and not self.remembers:
            self.history, self.turn = [], turn - 1
        for number in range(self.turn, turn):
            said = self.words[number] if number < len(self.words) else None
            if said is not None:
                self.history.append({"role": "user", "content": said})
        self.turn = max(self.turn, turn)

    def request(self, *, beside: bool) -> dict[str, Any]:
        key = "input" if self.api == "responses" else "messages"
        held = [dict(item) for item in self.history if not beside or item.get("role") == "user"]
        return {"model": self.model, "stream": True, key: held}

    def answer(self, answer: Mapping[str, Any]) -> tuple[dict[str, Any], list[dict[str, Any]]]:
        given = answer.get("calls") or ([answer] if "call" in answer else [])
        calls = [
            {"name": str(call["call"]), "id": self.call_id(call, place), "arguments": _arguments(call)}
            for place, call in enumerate(given)
        ]
        make = self.response if self.api == "responses" else self.completion
        return make(answer, calls), calls

    def remember(self, finished: Mapping[str, Any], calls: list[dict[str, Any]]) -> None:
        if self.api == "responses":
            self.history += [item for item in finished["output"] if item.get("type") != "reasoning"]
            self.history += given_back(finished["output"])
            return
        self.history.append(finished["choices"][0]["message"])
        self.history += [{"role": "tool", "tool_call_id": call["id"], "content": ""} for call in calls]

    def response(self, answer: Mapping[str, Any], calls: list[dict[str, Any]]) -> dict[str, Any]:
        output = [*self.reasoning(answer), *(dict(item) for item in answer.get("items") or ())]
        for item in output:
            if item.get("type") != "function_call":  # what a call lacks is lacking: some gateways send such
                item.setdefault("id", self.identity("item", output.index(item)))
        content = _content(answer)
        if content:
            item = {"id": self.identity("msg"), "type": "message", "status": "completed", "role": "assistant"}
            phase = {"phase": answer["phase"]} if "phase" in answer else {}
            output.append({**item, "content": content, **phase})
        for place, call in enumerate(calls):
            item = {"id": self.identity("fc", place), "type": "function_call", "status": "completed"}
            output.append(
                {**item, "arguments": call["arguments"], "call_id": call["id"], "name": call["name"]}
            )
        status = "incomplete" if "incomplete" in answer else "failed" if "failed" in answer else "completed"
        given, made = self.tokens(answer, calls)
        shell = response_shell(
            self.identity("resp"), self.model, output=output, usage=usage_of(given, made), status=status
        )
        if status == "incomplete":
            shell["incomplete_details"] = {"reason": answer["incomplete"]}
        if status == "failed":
            shell["error"] = {"code": "server_error", "message": "The model failed.", **answer["failed"]}
        return shell

    def completion(self, answer: Mapping[str, Any], calls: list[dict[str, Any]]) -> dict[str, Any]:
        message: dict[str, Any] = {
            "role": "assistant",
            "content": said(answer) if answer.get("say") is not None else None,
            "refusal": answer.get("refuse"),
        }
        if answer.get("reasoning"):
            message["reasoning_content"] = "\n".join(_thoughts(answer))
        if calls:
            message["tool_calls"] = [
                {
                    "id": call["id"],
                    "type": "function",
                    "function": {"name": call["name"], "arguments": call["arguments"]},
                }
                for call in calls
            ]
        finish = "length" if "incomplete" in answer else "tool_calls" if calls else "stop"
        given, made = self.tokens(answer, calls)
        return {
            "id": self.identity("chatcmpl"),
            "object": "chat.completion",
            "created": 1735689600,
            "model": self.model,
            "choices": [{"index": 0, "message": message, "logprobs": None, "finish_reason": finish}],
            "usage": {"prompt_tokens": given, "completion_tokens": made, "total_tokens": given + made},
        }

    def reasoning(self, answer: Mapping[str, Any]) -> list[dict[str, Any]]:
        summary = [{"type": "summary_text", "text": text} for text in _thoughts(answer)]
        if not summary:
            return []
        return [{"id": self.identity("rs"), "type": "reasoning", "summary": summary}]

    def tokens(self, answer: Mapping[str, Any], calls: list[dict[str, Any]]) -> tuple[int, int]:
        """Those heard and those said, a quarter of the characters where the script does not say otherwise."""
        usage = answer.get("usage") or {}
        heard = len(json.dumps(self.history)) // 4 + 1
        told = -(-sum(len(part) for part in _written(answer, calls)) // 4)
        return int(usage.get("input", heard)), int(usage.get("output", told))

    def call_id(self, call: Mapping[str, Any], place: int) -> str | None:
        given = call.get("id", self.identity("call", place))
        return None if given is None else str(given)

    def identity(self, kind: str, place: int = 0) -> str:
        return f"{kind}_{digest([self.scenario, self.number, kind, place])[:24]}"


def _written(answer: Mapping[str, Any], calls: list[dict[str, Any]]) -> Iterator[str]:
    """All that a model would have to write for an answer."""
    yield from map(str, _thoughts(answer))
    yield from (json.dumps(item, ensure_ascii=False) for item in answer.get("items") or ())
    if answer.get("say") is not None:
        yield said(answer)
    yield str(answer.get("refuse") or "")
    for call in calls:
        yield f"{call['name']}{call['arguments']}"


def _thoughts(answer: Mapping[str, Any]) -> list[str]:
    thoughts = answer.get("reasoning") or []
    return [thoughts] if isinstance(thoughts, str) else list(thoughts)


def _arguments(call: Mapping[str, Any]) -> str:
    arguments = call.get("arguments", {})
    if isinstance(arguments, str):
        return arguments
    return json.dumps(arguments, ensure_ascii=False, separators=(",", ":"))


def said(answer: Mapping[str, Any]) -> str:
    """The words of an answer: as they stand, or JSON; over and over where so many bytes are asked for."""
    words = answer["say"]
    text: str = words if isinstance(words, str) else json.dumps(words, ensure_ascii=False)
    size = answer.get("say_bytes")
    return text if size is None else repeated(text, int(size))


def _content(answer: Mapping[str, Any]) -> list[dict[str, Any]]:
    parts: list[dict[str, Any]] = []
    if answer.get("say") is not None:
        notes = [dict(note) for note in answer.get("annotations") or ()]
        parts.append({"type": "output_text", "annotations": notes, "logprobs": [], "text": said(answer)})
    if answer.get("refuse") is not None:
        parts.append({"type": "refusal", "refusal": str(answer["refuse"])})
    return parts


def _error_body(fault: Fault | None) -> tuple[Chunk, ...]:
    if fault is None or fault.status is None:
        return ()
    error = {"message": f"The scenario asked for status {fault.status}.", "type": "scripted", "code": None}
    body = fault.body if fault.body is not None else {"error": {**error, "param": None}}
    text = body if isinstance(body, str) else json.dumps(body, ensure_ascii=False)
    return (Chunk(data=text.encode()),)
