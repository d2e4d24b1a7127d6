"""JSON Schema (draft 2020-12) errors told in words, with the nearest valid name."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from jsonschema import Draft202012Validator
from jsonschema.exceptions import ValidationError
from referencing import Registry
from referencing.jsonschema import DRAFT202012

from chatkit_harness.core.errors import HarnessError, did_you_mean, nearest
from chatkit_harness.documents.yaml_file import LocatedDocument

_NAMES = {
    "object": "a mapping",
    "array": "a list",
    "string": "text",
    "integer": "a whole number",
    "number": "a number",
    "boolean": "true or false",
    "null": "null",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """One thing wrong with a document: where, what in words, and the nearest valid name if there is one.

    `hint` is a sentence that offers valid names; `missing` are the keys one of which is needed,
    where that is what is wrong.
    """

    path: tuple[str | int, ...]
    what: str
    hint: str = ""
    nearest: str | None = None
    missing: tuple[str, ...] = ()

    @property
    def message(self) -> str:
        """What is wrong, with the hint, without a full stop."""
        return f"{self.what}. {self.hint}".rstrip(".") if self.hint else self.what

    @property
    def place(self) -> str:
        """The path as people write it: `turns[0].user`."""
        return place_of(self.path)


def problems(document: Any, schema: Mapping[str, Any], *, limit: int = 10) -> list[Problem]:
    """What is wrong with a document, first places first; empty where it is valid.

    A missing key is not told where an unknown one beside it is that key misspelt.
    """
    found: list[Problem] = []
    errors = _validator(schema).iter_errors(document)
    for error in sorted(errors, key=_order):
        for problem in _told(_relevant(error)):
            if problem not in found:
                found.append(problem)
        if len(found) >= limit:
            break
    meant = {(each.path[:-1], each.nearest) for each in found}
    told = [each for each in found if not any((each.path, key) in meant for key in each.missing)]
    return told[:limit]


_VALIDATORS: dict[int, tuple[Mapping[str, Any], Draft202012Validator]] = {}
"""By the identity of the schema, which is held so that no other can get it."""


def _validator(schema: Mapping[str, Any]) -> Draft202012Validator:
    """The schema's validator, kept: what the schema refers to is looked for once, not for each document."""
    if id(schema) not in _VALIDATORS:
        registry = Registry[Any]().with_resource("", DRAFT202012.create_resource(schema)).crawl()
        _VALIDATORS[id(schema)] = schema, Draft202012Validator(schema, registry=registry)
    return _VALIDATORS[id(schema)][1]


def _order(error: ValidationError) -> tuple[list[str], bool]:
    """By place; at one place unknown keys first, since they explain what is missing."""
    return [str(part).zfill(6) for part in error.absolute_path], error.validator not in _UNKNOWN


def require_valid(
    located: LocatedDocument, schema: Mapping[str, Any], *, error: type[HarnessError], limit: int = 10
) -> None:
    """Raise `error` with every problem of the document, each with its line; return where there is none.

    What has a line of its own comes first, what is missing last.
    """
    found = problems(located.data, schema, limit=limit)
    if not found:
        return
    found.sort(key=lambda each: (bool(each.missing), located.line(each.path)))
    first, rest = found[0], found[1:]
    if not rest:
        hint = first.hint or "Correct the file at that line."
        raise error(located.where(first.path), f"{_sentence(first)}.", hint)
    told = [_clause(first), *(f"line {located.line(each.path)}: {_clause(each)}" for each in rest)]
    raise error(located.where(first.path), "; ".join(told) + ".", "Correct the file at these lines.")


def place_of(path: Sequence[str | int]) -> str:
    """A path as people write it: `turns[0].user`, or `the document` for its root."""
    parts = "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in path)
    return parts.lstrip(".") or "the document"


def _sentence(problem: Problem) -> str:
    return f"{problem.place}: {problem.what}" if problem.path else problem.what


def _clause(problem: Problem) -> str:
    """A problem as one of several, its hint in brackets."""
    hint = problem.hint.rstrip(".")
    return _sentence(problem) + (f" ({hint[0].lower()}{hint[1:]})" if hint else "")


def _offering(path: Sequence[str | int], what: str, wrong: str, valid: Sequence[str]) -> Problem:
    """The problem of a wrong name, with the nearest valid one."""
    close = nearest(wrong, valid, limit=1)
    return Problem(
        path=tuple(path), what=what, hint=did_you_mean(wrong, valid), nearest=close[0] if close else None
    )


def _relevant(error: ValidationError) -> ValidationError:
    """The error that a person meant: of alternatives, the branch that came nearest."""
    while error.validator in ("anyOf", "oneOf") and error.context:
        branches: dict[Any, list[ValidationError]] = {}
        for inner in error.context:
            branches.setdefault(inner.schema_path[0], []).append(inner)
        near = [branch for branch in branches.values() if not any(_other_kind(each) for each in branch)]
        if not near or (len(near) > 1 and all(_top_required(branch) for branch in near)):
            return error
        best = min(near, key=_distance)
        error = max(best, key=lambda each: (_weight(each), len(each.path)))
    return error


def _other_kind(error: ValidationError) -> bool:
    """Whether the error says that another alternative was meant: a wrong type or constant near the top."""
    return (error.validator == "type" and not error.path) or (
        error.validator == "const" and len(error.path) <= 1
    )


def _top_required(branch: list[ValidationError]) -> bool:
    return all(error.validator == "required" and not error.path for error in branch)


def _distance(branch: list[ValidationError]) -> tuple[int, int]:
    """How far a branch is from fitting: missing keys at its top say most that it was not meant."""
    missing = sum(error.validator == "required" and not error.path for error in branch)
    return (missing, len(branch))


def _weight(error: ValidationError) -> int:
    order = {"additionalProperties": 3, "unevaluatedProperties": 3, "type": 2, "enum": 2}
    return order.get(str(error.validator), 1)


def _told(error: ValidationError) -> Iterable[Problem]:
    path = tuple(error.absolute_path)
    teller = _TELLERS.get(str(error.validator))
    if teller is not None:
        yield from teller(error, path)
        return
    yield Problem(path=path, what=_shortened(error.message))


def _rule(error: ValidationError) -> Any:
    """The value of the keyword that was broken (typed as possibly unset by jsonschema)."""
    return error.validator_value


def _unknown_key(error: ValidationError, path: tuple[str | int, ...]) -> Iterable[Problem]:
    schema: Any = error.schema
    valid = list(dict.fromkeys(_valid_keys(schema)))
    patterns = schema.get("patternProperties", {})
    instance: Any = error.instance
    for key in instance:
        if key in valid or any(re.search(pattern, key) for pattern in patterns):
            continue
        if error.validator == "unevaluatedProperties" and repr(key) not in error.message:
            continue
        yield _offering((*path, key), f"unknown key {key!r}", key, valid)


def _valid_keys(schema: Any) -> Iterable[str]:
    if isinstance(schema, Mapping):
        yield from schema.get("properties", {})
        for word in ("allOf", "anyOf", "oneOf"):
            for part in schema.get(word, ()):
                yield from _valid_keys(part)
        for word in ("then", "else"):
            yield from _valid_keys(schema.get(word))


def _missing_key(error: ValidationError, path: tuple[str | int, ...]) -> Iterable[Problem]:
    instance: Any = error.instance
    for key in _rule(error):
        if key not in instance and repr(key) in error.message:
            yield Problem(path=path, what=f"the key {key!r} is missing", missing=(key,))


def _wrong_type(error: ValidationError, path: tuple[str | int, ...]) -> Iterable[Problem]:
    if not path and error.instance is None:
        yield Problem(path=path, what="the file is empty", hint="Fill it, or remove it.")
        return
    yield Problem(path=path, what=f"expected {_kinds(_rule(error))}, got {_kind(error.instance)}")


def _wrong_value(error: ValidationError, path: tuple[str | int, ...]) -> Iterable[Problem]:
    valid = [str(each) for each in _rule(error)]
    what = f"{_shortened(repr(error.instance))} is not valid"
    yield _offering(path, what, str(error.instance), valid)


def _wrong_constant(error: ValidationError, path: tuple[str | int, ...]) -> Iterable[Problem]:
    what = f"expected {error.validator_value!r}, got {_shortened(repr(error.instance))}"
    yield Problem(path=path, what=what)


def _no_alternative(error: ValidationError, path: tuple[str | int, ...]) -> Iterable[Problem]:
    if not error.context:
        yield Problem(path=path, what="more than one of the forms that exclude each other is given")
        return
    keys = [key for inner in error.context if inner.validator == "required" for key in _rule(inner)]
    if keys and all(inner.validator == "required" and not inner.path for inner in error.context):
        needed = tuple(dict.fromkeys(keys))
        yield Problem(path=path, what=f"one of these keys is needed: {', '.join(needed)}", missing=needed)
        return
    kinds = [_rule(inner) for inner in error.context if inner.validator == "type"]
    if kinds:
        names = [name for kind in kinds for name in ([kind] if isinstance(kind, str) else kind)]
        what = f"expected {_kinds(list(dict.fromkeys(names)))}, got {_kind(error.instance)}"
        yield Problem(path=path, what=what)
        return
    values = [_rule(inner) for inner in error.context if inner.validator == "const"]
    if values:
        key = next((inner.path[-1] for inner in error.context if inner.path), None)
        held = error.instance.get(key) if isinstance(error.instance, Mapping) and key else error.instance
        valid = [str(value) for value in values]
        inside = path if key is None else (*path, key)
        yield _offering(inside, f"{_shortened(repr(held))} is not valid", str(held), valid)
        return
    yield Problem(path=path, what="it fits none of the valid forms")


def _forbidden(error: ValidationError, path: tuple[str | int, ...]) -> Iterable[Problem]:
    refused = _rule(error)
    if isinstance(refused, Mapping) and "required" in refused:
        together = " and ".join(repr(key) for key in refused["required"])
        yield Problem(path=path, what=f"{together} cannot stand here")
        return
    yield Problem(path=path, what="this combination cannot stand here")


def _bound(error: ValidationError, path: tuple[str | int, ...]) -> Iterable[Problem]:
    words = {
        "minItems": "at least {} entries are needed",
        "maxItems": "at most {} entries are allowed",
        "minLength": "at least {} characters are needed",
        "minimum": "it must be at least {}",
        "maximum": "it must be at most {}",
        "exclusiveMinimum": "it must be more than {}",
        "minProperties": "at least {} keys are needed",
        "pattern": "it must match {}",
    }
    message = words[str(error.validator)].format(error.validator_value)
    if error.validator == "pattern":
        said = (
            error.schema.get("x-pattern-in-words", message) if isinstance(error.schema, Mapping) else message
        )
        message = f"{_shortened(repr(error.instance))} does not fit: {said}"
    yield Problem(path=path, what=message)


_UNKNOWN = ("additionalProperties", "unevaluatedProperties")
_BOUNDS = ("minItems", "maxItems", "minLength", "minimum", "maximum", "exclusiveMinimum", "minProperties")
_TELLERS = {
    **dict.fromkeys(_UNKNOWN, _unknown_key),
    "required": _missing_key,
    "type": _wrong_type,
    "enum": _wrong_value,
    "const": _wrong_constant,
    "anyOf": _no_alternative,
    "oneOf": _no_alternative,
    "not": _forbidden,
    "pattern": _bound,
    **dict.fromkeys(_BOUNDS, _bound),
}


def _kinds(kinds: str | list[str]) -> str:
    names = [kinds] if isinstance(kinds, str) else kinds
    return " or ".join(_NAMES.get(name, name) for name in names)


def _kind(value: Any) -> str:
    if value is None:
        return "null"
    if isinstance(value, bool):
        return f"the truth value {str(value).lower()}"
    if isinstance(value, int | float):
        return f"the number {value}"
    if isinstance(value, str):
        return f"the text {_shortened(repr(value))}"
    return "a mapping" if isinstance(value, Mapping) else "a list"


def _shortened(text: str, limit: int = 80) -> str:
    return text if len(text) <= limit else f"{text[: limit - 1]}…"
