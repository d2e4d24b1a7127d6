"""What pydantic says of data that it refuses, in one line."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from chatkit_harness.contracts.words import article

_HEAD = re.compile(r"^(\d+) validation errors? for (.+)$")
_ANYWHERE = re.compile(r"^\d+ validation errors? for (\S.*)$", re.MULTILINE)
_TAIL = re.compile(r"\s*\[type=(\w+)\b.*?(?:input_type=([^\],]+)\])?$")
_UNION = re.compile(r"^(?:tagged-)?union\[(.*)\]$")


@dataclass(frozen=True, slots=True, kw_only=True)
class _Refusal:
    """One error of a validation: where, what is wrong, its kind, and the type of what was given."""

    path: tuple[str, ...]
    fault: str
    kind: str
    given: str | None


def refused(message: str) -> str | None:
    """The model, the field and the fault; of a union what fits none of it. None for another message."""
    lines = message.strip().splitlines()
    head = _HEAD.match(lines[0]) if lines else None
    refusals = _refusals(lines[1:]) if head else []
    if head is None or not refusals:
        return None
    model, first = head[2].strip(), refusals[0]
    union = _UNION.match(model)
    if union is None or not all(each.path for each in refusals):
        return _field(model, first.path, first, int(head[1]))
    tried = list(dict.fromkeys(each.path[0] for each in refusals))
    if len(tried) == 1:
        # Only one member was tried, so it is the model.
        return _field(tried[0], first.path[1:], first, int(head[1]))
    return _no_member(_members(union[1]), refusals)


def invalid_fields(message: str) -> tuple[str, tuple[str, ...]] | None:
    """The model that refused its data, and up to three of its fields, by their first step only.

    The rest of a field's path varies between releases, and so does the place in a list. Of a union, whose
    name lists its members, the member that was tried is the model (`one of A, …` where several were).
    None where the message is of another kind.
    """
    validation = _ANYWHERE.search(message)
    if validation is None:
        return None
    model = validation[1].strip()
    rest = message[validation.end() :].splitlines()
    paths = [line.strip().split(".") for line in rest if line.strip() and not line[0].isspace()]
    if _UNION.match(model) and paths:
        first = paths[0][0]
        model = first if all(path[0] == first for path in paths) else f"one of {first}, …"
        paths = [path[1:] for path in paths if path[0] == first]
    named = ([step for step in path if not step.isdecimal()] for path in paths)
    return model, tuple(sorted({steps[0] for steps in named if steps})[:3])


def _field(model: str, path: Sequence[str], refusal: _Refusal, errors: int) -> str:
    how = "missing" if refusal.fault == "Field required" else f"refused ({refusal.fault})"
    more = f" (and {errors - 1} more)" if errors > 1 else ""
    return f"{'.'.join((model, *path))} {how}{more}"


def _no_member(members: Sequence[str], refusals: Sequence[_Refusal]) -> str:
    """The value that fits none of a union's members, and why the nearest refuses it where that is told."""
    given = {each.given for each in refusals if _of_whole(each) and each.given}
    kind = given.pop() if len(given) == 1 else None
    told = f"{article(kind)} {kind}" if kind else "the value"
    told += f" fits none of the union's {len(members)} members"
    if kind in members:
        return f"{told}, though one has its name"
    inside = [each for each in refusals if len(each.path) > 1]
    if not inside:
        return f"{told} ({', '.join(members)})"
    faults = {each.path[0]: sum(other.path[0] == each.path[0] for other in inside) for each in inside}
    nearest = next(each for each in inside if faults[each.path[0]] == min(faults.values()))
    return f"{told}; nearest: {_field(nearest.path[0], nearest.path[1:], nearest, faults[nearest.path[0]])}"


def _of_whole(refusal: _Refusal) -> bool:
    """Whether the type that is told is that of the whole value: a missing field tells of who lacks it."""
    return len(refusal.path) == 1 or (len(refusal.path) == 2 and refusal.kind == "missing")


def _refusals(lines: Sequence[str]) -> list[_Refusal]:
    """What is wrong stands indented by two, below its path; what is wrong with the whole has no path."""
    found: list[_Refusal] = []
    path: tuple[str, ...] = ()
    for line in lines:
        if line[:1].strip():
            path = tuple(line.strip().split("."))
        elif line.startswith("  ") and line[2:3].strip():
            tail = _TAIL.search(line)
            kind, given = (tail[1], tail[2]) if tail else ("", None)
            found.append(_Refusal(path=path, fault=_TAIL.sub("", line.strip()), kind=kind, given=given))
            path = ()
    return found


def _members(text: str) -> list[str]:
    """The members of a union, of which some may have brackets of their own."""
    members, depth = [""], 0
    for letter in text:
        depth += (letter in "[(") - (letter in "])")
        if letter == "," and depth == 0:
            members.append("")
        else:
            members[-1] += letter
    return members
