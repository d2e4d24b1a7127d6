"""The noun that contracts speak in."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True, kw_only=True)
class Violation:
    """One thing in a widget or event that the release does not know, or that got lost on the way.

    `prop` is dotted, without positions in lists (`status.icon`); `path` leads there in the document
    (`$.children[0].status.icon`); `value` is what stands there; `reason` is a sentence for people.
    """

    component: str
    prop: str
    path: str
    value: Any
    reason: str
    rule: str
