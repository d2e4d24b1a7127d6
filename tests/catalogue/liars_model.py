"""Liars of what the model streams: words, citations, refusals, reasoning, hosted tools, and mixtures."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from tests.catalogue.breaking import Break, Liar, events, forgetting, liar, saying, unheard, without

from chatkit_harness.core.transcript import Transcript

PASS_ELSEWHERE: Mapping[str, tuple[str, ...]] = {
    "1.5.3:0.10.0": (
        # From openai 3.1.0 on citations come as a class that chatkit does not take.
        "annotation-container-file",
        "annotation-file",
        "annotation-file-path",
        "annotation-second-part",
        "annotation-several",
        "annotation-url",
        "annotation-while-streaming",
        "hosted-web-search-cited",
        # From agents 0.15.0 on a refusal is raised before chatkit has sent its words.
        "refusal",
        "refusal-after-words",
        "completions-refusal",
        # From agents 0.19.0 on what a chat-completions model said before is not taken back.
        "completions-next-turn",
        # In chatkit 1.6.5 a hosted tool behind the client's takes the call's id away.
        "mixed-client-search",
    ),
    # From chatkit 1.2.0 on a citation of an unknown type ends the answer.
    "1.1.2:0.4.2": ("annotation-unknown",),
}
"""Scenarios that the newest releases fail for a reason of their own, by a pair that passes them."""


def _gone(old: str) -> Liar:
    """The words of the answer are others."""
    return liar("expect/text-content", saying(old, "Hm"))


def _unshown(old: str) -> Liar:
    """What the client holds is other than it should be."""
    return liar("expect/shown-missing", saying(old, "Hm"))


def _in_order(held: list[Any]) -> list[Any]:
    return sorted(held, key=lambda task: str(task.get("content")))


def _other_order(data: Mapping[str, Any]) -> Mapping[str, Any]:
    """The tasks of a workflow by their names."""
    item = data.get("item")
    if data.get("type") != "thread.item.done" or not isinstance(item, Mapping) or "workflow" not in item:
        return data
    workflow = {**item["workflow"], "tasks": _in_order(item["workflow"]["tasks"])}
    return {**data, "item": {**item, "workflow": workflow}}


def _left_open(data: Mapping[str, Any]) -> Mapping[str, Any] | None:
    """No end of an item: it stays as it began."""
    item = data.get("item")
    done = data.get("type") == "thread.item.done" and isinstance(item, Mapping)
    return None if done and item is not None and item["type"] == "generated_image" else data


def _told_nothing(held: Transcript) -> Transcript:
    """The last request to the model holds nothing but the user's words."""
    *before, last = held.exchanges
    request = {**last.request, "input": [{"role": "user", "content": "Hm"}]}
    return replace(held, exchanges=(*before, replace(last, request=request)))


def _index(old: int, new: int) -> Break:
    """An annotation stands elsewhere in the words."""

    def moved(value: Any) -> Any:
        if isinstance(value, Mapping):
            return {key: new if (key, each) == ("index", old) else moved(each) for key, each in value.items()}
        return [moved(each) for each in value] if isinstance(value, list) else value

    return events(moved)


_NO_ERROR = without("chatkit.event/error")
_UNTOLD = liar("expect/error-missing", _NO_ERROR)
_PICKED = "You picked the red one"

LIARS: Mapping[str, Liar] = {
    "completions-next-turn": _gone("Now it is noon"),
    "text-plain": _gone("open in an hour"),
    "text-two-parts": _unshown("Bonds are down."),
    "text-two-messages": liar("expect/items", forgetting("assistant_message")),
    "text-incomplete": _UNTOLD,
    "text-filtered": _UNTOLD,
    "text-failed": _UNTOLD,
    "text-failed-midway": _UNTOLD,
    "text-error-event": _UNTOLD,
    "text-queued": _gone("open in an hour"),
    "text-audio": _unshown("Good morning."),
    "text-unknown-event": _gone("open in an hour"),
    "text-unknown-item": _gone("open in an hour"),
    "text-unknown-part": liar("expect/finding-missing", _NO_ERROR),
    "annotation-url": _unshown("https://example.org/aapl"),
    "annotation-file": _unshown("apple.pdf"),
    "annotation-container-file": _unshown("apple.csv"),
    "annotation-file-path": _unshown("Apple is fine."),
    "annotation-several": liar("expect/shown-missing", _index(8, 9)),
    "annotation-while-streaming": liar("expect/event-missing", saying("apple.pdf", "Hm")),
    "annotation-second-part": _unshown("So is Tesla."),
    "annotation-unknown": _gone("Apple"),
    "annotation-by-hand": _unshown("apple.csv"),
    "refusal": _unshown("I will not help with that."),
    "completions-refusal": _gone("I will not help"),
    "refusal-after-words": _unshown("I will not help with the rest."),
    "refusal-by-hand": liar(
        "expect/event-missing", without("chatkit.update/assistant_message.content_part.text_delta")
    ),
    "reasoning-summary": _unshown("I compare the price with the earnings."),
    "reasoning-parts": liar("expect/shown-missing", events(_other_order)),
    "reasoning-twice": liar("expect/model-not-told", _told_nothing),
    "reasoning-alone": _gone("It is"),
    "reasoning-text": liar("expect/text-unexpected", saying("It is.", "The price is 213. It is.")),
    "hosted-web-search": _gone("the papers say"),
    "hosted-web-search-pages": _gone("the papers say"),
    "hosted-web-search-cited": _unshown("https://example.org/aapl"),
    "hosted-alone": liar("expect/model-request", _told_nothing),
    "hosted-file-search": _gone("Revenue grew"),
    "hosted-code": liar("expect/text-unexpected", saying("The ratio", "print: the ratio")),
    "hosted-image": liar("expect/event-missing", without("chatkit.update/generated_image.updated")),
    "hosted-image-alone": liar("expect/shown-missing", events(_left_open)),
    "hosted-images": liar("expect/items", forgetting("generated_image")),
    "hosted-image-failed": liar("expect/finding-missing", without("chatkit.item/generated_image")),
    "hosted-computer": _gone("The screen is empty"),
    "hosted-local-shell": _gone("There is nothing"),
    "hosted-shell": _gone("There is nothing"),
    "hosted-shell-container": _gone("There is nothing"),
    "hosted-patch": _gone("It is written down"),
    "hosted-custom": _gone("There are three"),
    "hosted-tool-search": _gone("213.55"),
    "hosted-program": _gone("213.55"),
    "hosted-compaction": _gone("Apple is fine"),
    "hosted-additional-tools": _gone("Apple is fine"),
    "hosted-outputs": _gone("Apple is fine"),
    "mcp-list-tools": _gone("Apple is fine"),
    "mcp-list-tools-failed": _gone("I could not look it up"),
    "mcp-call": _gone("Revenue grew"),
    "mcp-call-failed": _gone("There are no filings"),
    "mcp-approved": _gone("Revenue grew"),
    "mcp-approval-told": _gone("Revenue grew"),
    "mcp-asks-user": _gone("May I look it up"),
    "mcp-refused": liar("expect/model-not-told", _told_nothing),
    "mixed-search-function": _gone("213.55"),
    "mixed-function-search": _gone("Apple trades at 213.55"),
    "mixed-words-function": _gone("Let me see"),
    "mixed-function-words": liar("expect/items", forgetting("assistant_message")),
    "mixed-image-function": liar("expect/items", forgetting("generated_image")),
    "mixed-mcp-function": liar("expect/tool-missing", unheard("price")),
    "mixed-code-function": _gone("Apple trades at 213.55"),
    "mixed-patch-function": liar("expect/model-not-told", _told_nothing),
    "mixed-reasoning-search-function": _unshown("First the news."),
    "mixed-search-client": _gone(_PICKED),
    "mixed-client-search": _unshown("call_pick"),
    "mixed-function-client": _unshown("call_pick"),
    "mixed-client-function": liar("expect/client-tool-missing", without("chatkit.item/client_tool_call")),
    "mixed-words-client": _gone("Let me see"),
    "mixed-client-words": _unshown("call_pick"),
    "mixed-image-client": liar("expect/items", forgetting("generated_image")),
    "mixed-reasoning-client": liar("expect/items", forgetting("workflow")),
    "mixed-mcp-client": _gone(_PICKED),
}
