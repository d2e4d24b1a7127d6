"""One item of each kind, with every field filled that a store could lose."""

from __future__ import annotations

from typing import Any, Dict, List

from . import models
from .handle import Handle

TEXT = "Ärger & <b>株価</b> 🚀 e\u0301 \u202eabc\u202c \u2028 \"quoted\" \\n 'single' %s {0} \t\r\n end"
_TEXT_ROW = [
    {"type": "Text", "id": "symbol", "value": "AAPL 苹果", "weight": "semibold"},
    {"type": "Spacer"},
    {"type": "Badge", "label": "+1.27%", "color": "success"},
]
_CARD = {
    "type": "Card",
    "key": "quote",
    "id": "card",
    "size": "md",
    "status": {"text": "live", "icon": "sparkle"},
    "children": [
        {"type": "Row", "children": _TEXT_ROW},
        {
            "type": "Button",
            "label": "Refresh",
            "onClickAction": {"type": "refresh", "payload": {"n": [1, None]}},
        },
    ],
}
_SOURCE = {"type": "url", "title": "Wire", "url": "https://example.com/ä?b=c#d", "description": TEXT}
_TASKS: List[Dict[str, Any]] = [
    {"type": "custom", "title": "Looked", "icon": "sparkle", "content": TEXT, "status_indicator": "complete"},
    {"type": "web_search", "title": "Search", "queries": ["a", "b"], "sources": [_SOURCE]},
    {"type": "thought", "title": "Thought", "content": TEXT},
    {"type": "file", "title": "File", "sources": [{"type": "file", "title": "f", "filename": "ä.pdf"}]},
]
_ANNOTATIONS = [
    {"type": "annotation", "source": _SOURCE, "index": 3},
    {"type": "annotation", "source": {"type": "file", "title": "f", "filename": "a.pdf"}},
    {
        "type": "annotation",
        "source": {"type": "entity", "title": "e", "id": "e1", "icon": "sparkle"},
        "index": 0,
    },
]
_ATTACHMENT = {"type": "file", "id": "atc_kept", "name": "ä.pdf", "mime_type": "application/pdf"}

FIELDS: Dict[str, Dict[str, Any]] = {
    "user_message": {
        "content": [
            {"type": "input_text", "text": TEXT},
            {
                "type": "input_tag",
                "id": "tag",
                "text": "@AAPL",
                "data": {"symbol": "AAPL", "n": 1.5},
                "group": "g",
            },
        ],
        "attachments": [_ATTACHMENT],
        "quoted_text": TEXT,
        "inference_options": {"tool_choice": {"id": "chart"}, "model": "a-model"},
    },
    "assistant_message": {
        "content": [{"text": TEXT, "annotations": _ANNOTATIONS}, {"text": ""}],
    },
    "client_tool_call": {
        "status": "completed",
        "call_id": "call_1",
        "name": "get_selection",
        "arguments": {"nested": {"list": [1, 2.5, None, True, {"deep": TEXT}]}, "": "empty key"},
        "output": {"selected": ["AAPL"], "none": None},
    },
    "widget": {"widget": _CARD, "copy_text": TEXT},
    "task": {"task": _TASKS[0]},
    "workflow": {
        "workflow": {
            "type": "reasoning",
            "tasks": _TASKS,
            "summary": {"title": "Thought it over", "icon": "sparkle"},
            "expanded": True,
        }
    },
    "end_of_turn": {},
    "hidden_context_item": {"content": {"chart": {"symbol": "AAPL", "levels": [1.5, 2]}, "text": TEXT}},
    "sdk_hidden_context": {"content": TEXT},
    "generated_image": {"image": {"id": "img_1", "url": "https://example.com/a.png"}},
    "structured_input": {
        "status": "answered",
        "inputs": [
            {
                "type": "freeform",
                "id": "why",
                "question": TEXT,
                "answer": {"values": [TEXT], "skipped": False},
            },
            {
                "type": "multiple_choice",
                "id": "which",
                "question": "?",
                "options": [{"value": "ä"}],
                "multiple": True,
            },
        ],
    },
}
"""The fields of each kind, those of later releases among them."""

STATES: List[Dict[str, Any]] = [
    {"type": "active"},
    {"type": "locked", "reason": TEXT},
    {"type": "closed", "reason": "done"},
]
"""The states that a thread can be in."""


def samples(store: Handle, thread: Any) -> List[Any]:
    """An item of each kind that this release of chatkit has."""
    known = models.kinds()
    return [store.new_item(kind, thread, **fields) for kind, fields in FIELDS.items() if kind in known]
