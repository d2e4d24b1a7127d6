"""Where a JSON document ends, or where it breaks: one pass with a stack, whatever the text.

The grammar is RFC 8259, as a browser's `JSON.parse` has it. Python's own parser only ever sees what
passed here, so that its recursion and its wording (which differs between releases) never matter.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from chatkit_harness.frontend.faults import SPACE, STRING_START, Fault, in_array, in_object

MAX_DEPTH = 200
"""How many brackets deep a document is read."""

STRING = STRING_START + '"'
_NUMBER = r"-?(?:0|[1-9][0-9]*+)(?:\.[0-9]++)?(?:[eE][+-]?[0-9]++)?"
# An empty bracket pair opens nothing, so it counts as a plain value: one step instead of three.
_PLAIN = rf"(?:{STRING}|{_NUMBER}|true|false|null|\[{SPACE}\]|\{{{SPACE}\}})"

# All plain values up to the next bracket are taken in one match; the group tells whether there were any.
_MEMBERS = re.compile(rf"(?:{SPACE}{STRING}{SPACE}:{SPACE}{_PLAIN}{SPACE}(,))*{SPACE}")
_ITEMS = re.compile(rf"(?:{SPACE}{_PLAIN}{SPACE}(,))*{SPACE}")
_MEMBER = re.compile(rf"{STRING}{SPACE}:{SPACE}(?:{_PLAIN}{SPACE}|([\[{{]))")
_ITEM = re.compile(rf"(?:{_PLAIN}{SPACE}|([\[{{]))")
_SPACE = re.compile(SPACE)
_CLOSER = {"[": "]", "{": "}"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Extent:
    """What a pass found: where the document ends, or its fault and the brackets that were open there."""

    end: int
    fault: Fault | None = None
    open: tuple[str, ...] = ()


def extent(text: str, start: int) -> Extent:
    """Follow the object or array that begins at `start`, to its closing bracket or its first fault."""
    stack, at, fresh = [text[start]], start + 1, True
    while True:
        kind = stack[-1]
        run = (_MEMBERS if kind == "{" else _ITEMS).match(text, at)
        at, fresh = (run.end(), fresh and run.lastindex is None) if run else (at, fresh)
        step = (_MEMBER if kind == "{" else _ITEM).match(text, at)
        if step is None and not (fresh and text.startswith(_CLOSER[kind], at)):
            fault = (in_object if kind == "{" else in_array)(text, at, fresh=fresh)
            return Extent(end=fault.position, fault=fault, open=tuple(stack))
        if step is not None:
            at, fresh = step.end(), True
            if step.lastindex:
                if len(stack) == MAX_DEPTH:
                    return _too_deep(at - 1, stack)
                stack.append(step.group(1))
                continue
        at = _close(text, at, stack)
        if not stack:
            return Extent(end=at)
        if not text.startswith(",", at):
            fault = Fault.missing_comma(text, at, stack[-1])
            return Extent(end=at, fault=fault, open=tuple(stack))
        at, fresh = at + 1, False


def _close(text: str, at: int, stack: list[str]) -> int:
    """Past every closing bracket that follows, and the space between them."""
    while text.startswith(_CLOSER[stack[-1]], at):
        stack.pop()
        at += 1
        if not stack:
            return at
        if text[at : at + 1] in " \t\n\r":
            space = _SPACE.match(text, at)
            at = space.end() if space else at
    return at


def _too_deep(at: int, stack: list[str]) -> Extent:
    fault = Fault(position=at, resume=at, reason=f"brackets are nested more than {MAX_DEPTH} deep", deep=True)
    return Extent(end=at, fault=fault, open=tuple(stack))


_LOOSE = re.compile(r'["\[\]{}]|\n[ \t\r]*\n|\n[ \t]*(?:```|~~~)')
_LOOSE_STRING = re.compile(r'"[^"\\]*+(?:\\.[^"\\]*+)*"', re.DOTALL)


def loose_end(text: str, at: int, still_open: tuple[str, ...], limit: int) -> tuple[int, bool]:
    """Where a broken document probably ends: after the bracket that balances it.

    Beyond its fault only brackets and strings are followed. Also tells whether it was balanced; if not, the
    place where following it ended: a blank line, a code fence, an unclosed string or `limit`.
    """
    depth = {"{": still_open.count("{"), "[": still_open.count("[")}
    stack = list(still_open)
    while found := _LOOSE.search(text, at, limit):
        mark, at = found.group(), found.end()
        if mark == '"':
            string = _LOOSE_STRING.match(text, found.start(), limit)
            if string is None:
                return limit, False
            at = string.end()
        elif mark in depth:
            stack.append(mark)
            depth[mark] += 1
        elif mark in "]}":
            opener = "[" if mark == "]" else "{"
            while depth[opener]:  # one that closes what stands further out closes all within
                depth[stack[-1]] -= 1
                if stack.pop() == opener:
                    break
            if not stack:
                return at, True
        else:
            return found.start(), False
    return limit, False
