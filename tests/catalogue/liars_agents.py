"""Liars of what the Agents SDK adds: tools, approvals, handovers, sessions, guardrails, the other API."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from tests.catalogue.breaking import (
    Break,
    Liar,
    answering_after_all,
    events,
    forgetting,
    liar,
    saying,
    silent,
    unheard,
    unlogged,
    without,
)
from tests.catalogue.liars_chatkit import untold

from chatkit_harness.core.transcript import Transcript

WIDGET, TEXT, PROGRESS = "expect/widget-content", "expect/text-content", "expect/progress-missing"
ITEMS, REMOVED = "expect/items", "thread.item.removed"


def _gone(old: str) -> Liar:
    """The words of the answer are others."""
    return liar(TEXT, saying(old, "Hm"))


def _other(old: str) -> Liar:
    """The widget shows something else."""
    return liar(WIDGET, saying(old, "Hm"))


def _quiet(old: str) -> Liar:
    """The progress that was told is another."""
    return liar(PROGRESS, saying(old, "Hm"))


def _asked(change: Mapping[str, Any]) -> Break:
    """The last request to the model had other settings."""

    def broken(held: Transcript) -> Transcript:
        *before, last = held.exchanges
        return replace(held, exchanges=(*before, replace(last, request={**last.request, **change})))

    return broken


def _unheard(tool: str) -> Liar:
    """What a tool gave went back to nobody."""
    return liar("expect/tool-missing", unheard(tool))


def _kept(data: Mapping[str, Any]) -> Mapping[str, Any] | None:
    """Nothing was taken back."""
    return None if data.get("type") == REMOVED else data


_NO_ERROR = liar("expect/error-missing", without("chatkit.event/error"))
_NOT_TOLD = liar("expect/model-not-told", untold("input_image", "picture"))
_NO_WORDS = liar(ITEMS, forgetting("assistant_message"))
_NO_WIDGET = liar(ITEMS, forgetting("widget"))
_OTHER_ERROR = liar("expect/error-missing", saying("stream.error", "custom"))
# These may end in an answer or in an error, and not in silence.
_SILENT = liar("run/silent-end", silent(), unlogged)
# Of these it is known which answer that is.
_WRONG_ANSWER = liar(TEXT, answering_after_all("It costs 99."))

TOOLS: Mapping[str, Liar] = {
    "tools-serial": _unheard("volume"),
    "tools-parallel": _unheard("facts"),
    "tools-parallel-one-fails": _gone("more I could not find out"),
    "tools-parallel-fatal": _OTHER_ERROR,
    "tools-parallel-widgets": _other("MSFT $213.55"),
    "tools-widgets-gathered": _other("MSFT $213.55"),
    "tools-widget-by-task": _other("$213.55"),
    "tools-widget-after-return": _other("The report on AAPL"),
    "tools-widget-after-run": _gone("will follow"),
    "tools-widget-by-thread": _quiet("Crunching AAPL"),
    "tools-progress-sync": _quiet("Reckoning AAPL"),
    "tool-output-empty-list": _unheard("alerts"),
    "tool-output-object": _unheard("facts"),
    "tool-output-image": _NOT_TOLD,
    "tool-output-file": liar("expect/model-not-told", untold("input_file", "file")),
    "tool-output-several": _NOT_TOLD,
    "tool-without-strict-schema": liar("expect/tool-arguments", untold('"two"', '"zwei"')),
    "tool-arguments-no-json": liar(TEXT, saying("213.55", "213")),
    "tool-arguments-wrong-shape": liar("expect/tool-arguments", untold("a couple", "a few")),
    "tool-arguments-empty": _unheard("nothing"),
    "tool-unknown": _OTHER_ERROR,
    "tool-unknown-told": _unheard("volume"),
    "tool-not-enabled": liar("expect/model-request", _asked({"tools": []})),
    "tool-call-id-null": _WRONG_ANSWER,
    "tool-call-id-missing": _WRONG_ANSWER,
    "tool-item-id-null": _SILENT,
    "tool-item-id-missing": _SILENT,
    "tool-raises": liar("expect/text-unexpected", saying("could not find out", "the exchange is closed")),
    "tool-raises-excused": _gone("no price today"),
    "tool-raises-fatal": _OTHER_ERROR,
    "tool-times-out": _unheard("slow"),
    "tool-times-out-excused": _unheard("excused"),
    "tool-times-out-fatal": _OTHER_ERROR,
    "tool-agent": _other("AAPL $213.55"),
    "tool-agent-last-word": _NO_WIDGET,
    "tool-agent-streams": _quiet("by the analyst"),
    "tool-mcp": _unheard("facts"),
    "tool-mcp-fails": _gone("The exchange is closed"),
    "tool-mcp-crashes": _unheard("crash"),
    "tool-mcp-slow": _gone("does not answer"),
}

APPROVALS: Mapping[str, Liar] = {
    "approval-asked": liar(WIDGET, saying("AAPL", "MSFT")),
    "approval-given": liar("expect/shown-missing", saying("Ordered 5 AAPL", "Hm")),
    "approval-refused": liar("expect/text-unexpected", saying("Nothing is ordered.", "Ordered 5.")),
    "approval-refused-worded": _unheard("order"),
    "approval-by-page": liar("expect/client-tool-missing", without("chatkit.item/client_tool_call")),
    "approval-written-down": liar("expect/shown-missing", saying("Ordered 5 AAPL", "Hm")),
    "approval-beside-a-tool": _unheard("price"),
    "approval-several": _other("MSFT"),
    "approval-always": _gone("Twelve"),
    "approval-when-large": liar(WIDGET, saying("1000", "10")),
    "approval-by-words": _gone("It is done"),
    "approval-nested": _NO_WIDGET,
}

HANDOFFS: Mapping[str, Liar] = {
    "handoff-plain": liar("expect/text-unexpected", saying("It costs", "I transfer. It costs")),
    "handoff-next-turn": _gone("No case"),
    "handoff-with-words": _gone("Let me ask"),
    "handoff-beside-a-tool": _unheard("price"),
    "handoff-to-two": _unheard("transfer_to_lawyer"),
    "handoff-typed": _quiet("urgently"),
    "handoff-typed-wrong": _NO_ERROR,
    "handoff-filtered": liar("expect/model-told", untold("How is AAPL", "213.55. How is AAPL")),
    "handoff-client-tool": liar("expect/client-tool-missing", without("chatkit.item/client_tool_call")),
    "handoff-back": _gone("the desk"),
    "handoff-nested": liar("expect/model-not-told", untold("CONVERSATION HISTORY", "EARLIER")),
    "handoff-instructions": liar("expect/model-told", untold("MSFT", "MSFT, and looks at AAPL")),
    "handoff-instructions-async": liar("expect/model-not-told", untold("You are Seer", "You are blind")),
}

RUNS: Mapping[str, Liar] = {
    "run-structured": liar("expect/text-unexpected", saying("The market is calm.", '{"symbols": []}')),
    "run-structured-wrong": _NO_ERROR,
    "run-not-streamed": _gone("It costs"),
    "run-twice": _gone("That was the other"),
    "run-stop-on-first-tool": _other("AAPL"),
    "run-tool-output-unshown": liar("expect/finding-missing", answering_after_all("213.55")),
    "run-stop-at-tools": _other("AAPL $213.55"),
    "run-decides-after-tools": _NO_WIDGET,
    "run-tool-required": liar("expect/model-request", _asked({"tool_choice": "auto"})),
    "run-tool-required-once": liar("expect/model-request", _asked({"tool_choice": "required"})),
    "run-tool-required-always": liar("expect/model-request", _asked({"tool_choice": None})),
    "run-tool-named": liar("expect/model-request", _asked({"tool_choice": "required"})),
    "run-settings": liar("expect/model-request", _asked({"temperature": 1})),
    "run-prompt": liar("expect/model-request", _asked({"prompt": {"id": "pmpt_1"}})),
    "run-input-filtered": liar("expect/not-hidden", saying("213.55", "213.55 at a quarter past nine")),
    "run-max-turns": _OTHER_ERROR,
    "run-max-turns-handled": liar("expect/finding-missing", answering_after_all("That took too long")),
    "run-hooks-tell": _quiet("Equipped said"),
    "run-hook-raises-at-tool": _NO_ERROR,
    "run-hook-raises-at-start": _NO_ERROR,
    "run-hook-raises-at-end": _NO_ERROR,
    "session-memory": liar("expect/model-request", _asked({"input": [{"role": "user"}, {"role": "user"}]})),
    "session-previous-response": liar("expect/model-told", untold("And in euros", "What does AAPL cost")),
    "session-conversation": liar("expect/model-request", _asked({"conversation": None})),
    "session-chained": _gone("It costs"),
}

GUARDRAILS: Mapping[str, Liar] = {
    "guardrail-before": _gone("I cannot help"),
    "guardrail-beside": liar("expect/event-missing", events(_kept)),
    "guardrail-beside-a-tool": liar("expect/widget-unexpected", events(_kept)),
    "guardrail-after": liar("expect/widget-unexpected", events(_kept)),
    "guardrail-after-uncaught": liar("expect/text-unexpected", events(_kept)),
    "guardrail-passes": _gone("It costs"),
    "guardrail-fails": _NO_ERROR,
    "guardrail-fails-after": _NO_ERROR,
    "guardrail-tool-allows": _unheard("price"),
    "guardrail-tool-call-refused": _gone("may not show"),
    "guardrail-tool-output-refused": liar(
        "expect/model-told", untold("Not for this user.", "Not for this user: 213.55")
    ),
    "guardrail-tool-stops": _NO_ERROR,
}

COMPLETIONS: Mapping[str, Liar] = {
    "completions-plain": _gone("Good morning to you"),
    "completions-tool": _other("AAPL $213.55"),
    "completions-parallel": _unheard("volume"),
    "completions-words-and-tool": _gone("It costs"),
    "completions-client-tool": liar("expect/client-tool-missing", without("chatkit.item/client_tool_call")),
    "completions-arguments-no-json": _unheard("price"),
    "completions-call-id-null": _WRONG_ANSWER,
    "completions-incomplete": _gone("In the beginning"),
    "completions-reasoning": liar(
        "expect/text-unexpected", saying("It is not cheap.", "I compare. It is not cheap.")
    ),
    "completions-usage": liar("expect/model-request", _asked({"stream_options": None})),
    "completions-handoff": _unheard("transfer_to_analyst"),
    "completions-not-streamed": _NO_WORDS,
}

LIARS: Mapping[str, Liar] = {**TOOLS, **APPROVALS, **HANDOFFS, **RUNS, **GUARDRAILS, **COMPLETIONS}
