"""What of a request the model would react to, read alike from /responses and /chat/completions."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any

from .handed_over import MARK, handed_over

NO_WORDS = "(no words)"
"""Stands for a user's message that holds only images, files or sound."""

_NOTHING: frozenset[str] = frozenset()
_NO_ALIASES: Mapping[str, str] = MappingProxyType({})


@dataclass(frozen=True, slots=True, kw_only=True)
class RequestFeatures:
    """What is compared of a request, and what is only noted.

    `words` are the user's own, oldest first. `calls` maps call ids to tool names and `outputs` call ids to
    texts, both after the last of the user's words or told in `nested`; `fresh` are the outputs that nothing
    of the model follows. `offered` are tool names, None where the request names no tools. `nested` is the
    text of a conversation that was handed over inside one message. `user_texts` are the user's messages as
    they are, whoever wrote them; `answers` counts the assistant's own before the last of the user's words.
    `seen` are the kinds of the parts of the user's messages that are no text: images, files.
    """

    words: tuple[str, ...]
    calls: Mapping[str, str]
    outputs: Mapping[str, str]
    fresh: frozenset[str]
    offered: tuple[str, ...] | None
    roles: tuple[str, ...]
    model: str | None = None
    continues: bool = False
    nested: str = ""
    user_texts: tuple[str, ...] = ()
    answers: int = 0
    without_text: int = 0
    seen: tuple[str, ...] = ()


@dataclass(slots=True)
class _Said:
    """One entry of the conversation, whichever API it came through."""

    role: str
    texts: list[str] = field(default_factory=list)
    calls: dict[str, str] = field(default_factory=dict)
    outputs: dict[str, str] = field(default_factory=dict)
    without_text: int = 0


def features(
    body: Mapping[str, Any],
    words: Collection[str] = _NOTHING,
    aliases: Mapping[str, str] = _NO_ALIASES,
) -> RequestFeatures:
    """The features of a request's body.

    `words` are all that the user says in the case: texts of the user's role that are not among them are
    descriptions that a chatkit release or the server put there, and are left out. Where `words` is
    empty, every run of user messages counts, as one. `aliases` are other names of call ids.
    """
    said = list(_entries(body, aliases))
    known = {normal(each) for each in words}
    heard: list[str] = []
    own: set[int] = set()
    for start, run in _user_runs(said):
        found = _own_words(run, known)
        if found:
            heard += found
            own.update(range(start, start + len(run)))
    last = max(own, default=-1)
    nested = "\n".join(text for entry in said for text in entry.texts if MARK in text)
    tail = said[last + 1 :]
    told = [*(_named_by(_entry(item), aliases) for item in handed_over(nested)), *tail]
    calls = {key: name for entry in told for key, name in entry.calls.items()}
    outputs = {key: text for entry in told for key, text in entry.outputs.items()}
    return RequestFeatures(
        words=tuple(heard),
        calls=calls,
        outputs=outputs,
        fresh=_fresh(tail),
        offered=offered_tools(body),
        roles=tuple(entry.role for entry in said),
        model=body.get("model") if isinstance(body.get("model"), str) else None,
        continues=bool(body.get("previous_response_id") or body.get("conversation")),
        nested=nested,
        user_texts=tuple(normal(" ".join(entry.texts)) for entry in said if entry.role == "user"),
        answers=sum(entry.role == "assistant" and bool(entry.texts) for entry in said[: max(last, 0)]),
        without_text=sum(entry.without_text for entry in said),
        seen=tuple(_seen(body)),
    )


def user_turns(body: Mapping[str, Any], made: Collection[str] = _NOTHING) -> list[str]:
    """Each run of the user's messages in a request as one text, oldest first.

    What comes right behind the output of a call in `made` belongs to that output: some clients send
    images of tools that way.
    """
    said = list(_entries(body))
    runs = _user_runs(said)
    return [_whole(run) for start, run in runs if not start or not set(said[start - 1].outputs) & set(made)]


def system_text(body: Mapping[str, Any]) -> str | None:
    """The instructions of a request: its field, or its system and developer messages."""
    if isinstance(body.get("instructions"), str) and body["instructions"]:
        return str(body["instructions"])
    entries = [each for each in _entries(body) if each.role in ("system", "developer")]
    texts = [text for entry in entries for text in entry.texts]
    return "\n".join(texts) or None


def offered_tools(body: Mapping[str, Any]) -> tuple[str, ...] | None:
    """The names of the tools that a request offers, hosted ones by their type."""
    tools = body.get("tools")
    if not isinstance(tools, list):
        return None
    return tuple(tool_name(tool) for tool in tools if isinstance(tool, Mapping))


def tool_name(tool: Mapping[str, Any]) -> str:
    """The name of one offered tool, of either API; a hosted tool's type."""
    inner = tool.get("function")
    if isinstance(inner, Mapping):
        return str(inner.get("name"))
    return str(tool.get("name") or tool.get("type"))


def normal(text: str) -> str:
    """A text as it is compared: white space is all alike."""
    return " ".join(text.split())


def _seen(body: Mapping[str, Any]) -> Iterable[str]:
    held = body.get("input", body.get("messages"))
    for item in held if isinstance(held, list) else ():
        content = item.get("content") if isinstance(item, Mapping) and item.get("role") == "user" else None
        for part in content if isinstance(content, list) else ():
            if isinstance(part, Mapping) and not isinstance(part.get("text"), str):
                yield str(part.get("type"))


def _entries(body: Mapping[str, Any], aliases: Mapping[str, str] = _NO_ALIASES) -> Iterable[_Said]:
    held = body.get("input", body.get("messages"))
    if isinstance(held, str):
        yield _Said("user", [held])
    for item in held if isinstance(held, list) else ():
        if isinstance(item, str):
            yield _Said("user", [item])
        elif isinstance(item, Mapping):
            yield _named_by(_entry(item), aliases)


def _named_by(entry: _Said, aliases: Mapping[str, str]) -> _Said:
    entry.calls = {aliases.get(key, key): name for key, name in entry.calls.items()}
    entry.outputs = {aliases.get(key, key): text for key, text in entry.outputs.items()}
    return entry


def _entry(item: Mapping[str, Any]) -> _Said:
    kind = str(item.get("type") or "message")
    call_id = item.get("call_id") or item.get("approval_request_id")
    if kind == "local_shell_call_output":  # its id is the call's, and only some releases say it twice
        call_id = call_id or item.get("id")
    if kind.endswith(("_output", "_response")) and call_id:
        return _Said("tool", outputs={str(call_id): _text_of(item.get("output", item.get("approve")))})
    if call_id:
        return _Said("assistant", calls={str(call_id): str(item.get("name") or kind)})
    if item.get("role") == "tool":
        return _Said("tool", outputs={_id(item.get("tool_call_id")): _text_of(item.get("content"))})
    if item.get("role") is None:
        return _Said("assistant")
    calls = {}
    for call in item.get("tool_calls") or ():
        calls[_id(call.get("id"))] = str((call.get("function") or call.get("custom") or {}).get("name"))
    texts, without = _texts_of(item.get("content"))
    return _Said(str(item["role"]), texts, calls, without_text=without)


def _id(given: Any) -> str:
    """A call's id; one that is null or missing is given back as empty."""
    return "" if given is None else str(given)


def _texts_of(content: Any) -> tuple[list[str], int]:
    if isinstance(content, str):
        return [content], 0
    parts = [part for part in content or () if isinstance(part, Mapping)] if isinstance(content, list) else []
    texts = [str(part["text"]) for part in parts if isinstance(part.get("text"), str)]
    return texts, len(parts) - len(texts)


def _text_of(output: Any) -> str:
    if isinstance(output, str):
        return _unwrapped(output)
    if output == []:  # a list of parts that has none tells the model nothing; an empty list in words is "[]"
        return ""
    texts, without = _texts_of(output)
    if texts and not without:
        return "\n".join(texts)
    return json.dumps(output, ensure_ascii=False, default=str)


def _unwrapped(output: str) -> str:
    """The text of a tool over MCP, which agents up to 0.6 hands on as its content block in JSON."""
    if not output.startswith('{"type":"text"'):
        return output
    try:
        block = json.loads(output)
    except (ValueError, RecursionError):
        return output
    text = block.get("text") if isinstance(block, dict) else None
    return text if isinstance(text, str) else output


def _user_runs(said: list[_Said]) -> Iterable[tuple[int, list[_Said]]]:
    """Each run of neighbouring user messages with the place of its first."""
    run: list[_Said] = []
    start = 0
    for place, entry in enumerate(said):
        if entry.role == "user":
            start = start if run else place
            run.append(entry)
        elif run:
            yield start, run
            run = []
    if run:
        yield start, run


def _whole(run: list[_Said]) -> str:
    texts = [text for entry in run for text in entry.texts if text.strip()]
    return "\n".join(texts) or NO_WORDS


def _own_words(run: list[_Said], known: set[str]) -> list[str]:
    """Of a run of user messages, what the user said: all of it at once, else message by message."""
    whole = normal(_whole(run))
    if not known or whole in known:
        return [whole]
    found = []
    for entry in run:
        message = normal(" ".join(entry.texts)) or NO_WORDS
        if message in known:
            found.append(message)
        else:
            found += [normal(text) for text in entry.texts if normal(text) in known]
    return found


def _fresh(tail: list[_Said]) -> frozenset[str]:
    outputs: set[str] = set()
    for entry in reversed(tail):
        if entry.role == "assistant" and outputs:
            break
        outputs.update(entry.outputs)
    return frozenset(outputs)
