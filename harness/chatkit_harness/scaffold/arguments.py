"""Arguments for a tool that nobody has called yet, made from its JSON Schema."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from .examples import examples_in, part_about

VARIANTS = 6
"""So many guesses there are at most: as the schema says, with each example of the descriptions, by the names
of the fields, and with plain words."""

_BY_NAME = {
    "symbol": "AAPL", "ticker": "AAPL", "city": "Lisbon", "location": "Lisbon", "place": "Lisbon",
    "country": "Portugal", "address": "1 Main Street", "currency": "EUR", "language": "en", "lang": "en",
    "email": "ann@example.com", "url": "https://example.com/", "phone": "+1 555 0100", "date": "2026-01-15",
    "time": "12:00", "name": "Ann", "user": "Ann", "id": "1", "unit": "metric", "units": "metric",
    "color": "blue", "colour": "blue", "timeframe": "1D", "period": "1D",
}  # fmt: skip
_BY_FORMAT = {
    "date": "2026-01-15", "date-time": "2026-01-15T12:00:00Z", "time": "12:00:00Z", "duration": "PT1H",
    "email": "ann@example.com", "uri": "https://example.com/", "uuid": "00000000-0000-4000-8000-000000000001",
    "ipv4": "192.0.2.1", "hostname": "example.com",
}  # fmt: skip
_DEEPEST = 8


@dataclass(frozen=True, slots=True, kw_only=True)
class Guess:
    """Arguments, and where they come from.

    `made_up` are the words and numbers that neither the schema nor a description gives, `read` those that a
    description does.
    """

    arguments: Mapping[str, Any]
    made_up: tuple[Any, ...] = ()
    read: tuple[str, ...] = ()

    @property
    def certain(self) -> bool:
        """Whether the schema itself names all of them."""
        return not (self.made_up or self.read)


def guesses(tool: Mapping[str, Any]) -> tuple[Guess, ...]:
    """All guesses at a tool's arguments, likeliest first, each once."""
    found: list[Guess] = []
    for variant in range(VARIANTS):
        guess = _guessed(tool, variant)
        if all(guess.arguments != each.arguments for each in found):
            found.append(guess)
    return tuple(found)


def made_arguments(tool: Mapping[str, Any], variant: int = 0) -> dict[str, Any]:
    """Arguments that the tool's schema admits; `variant` (from 0) chooses among guesses at words.

    `tool` is `{name, description, parameters}`. Optional fields are left out, but for the second guess.
    """
    return dict(_guessed(tool, variant).arguments)


def _guessed(tool: Mapping[str, Any], variant: int) -> Guess:
    schema = tool.get("parameters")
    if not isinstance(schema, Mapping):
        return Guess(arguments={})
    maker = _Maker(schema, variant, hint=str(tool.get("description") or ""))
    made = maker.value(schema, "", 0)
    arguments = made if isinstance(made, dict) else {}
    return Guess(arguments=arguments, made_up=tuple(maker.made_up), read=tuple(maker.read))


def made_value(schema: Mapping[str, Any]) -> Any:
    """Some value that a schema admits: for answers that a model must give in a form."""
    return _Maker(schema, 0, hint="").value(schema, "", 0)


class _Maker:
    def __init__(self, whole: Mapping[str, Any], variant: int, *, hint: str) -> None:
        self._whole, self._variant = whole, variant
        self._told, self._hinted = hint, examples_in(hint)
        self.made_up: list[Any] = []
        self.read: list[str] = []

    def value(self, schema: Any, name: str, depth: int) -> Any:
        """A value for the field `name`."""
        schema = self._resolved(schema)
        given = _given(schema)
        if given:
            return given[self._variant % len(given)]
        kind = _type_of(schema)
        if depth > _DEEPEST:
            return None
        if kind == "object":
            return self._object(schema, depth)
        if kind == "array":
            one = self.value(schema.get("items", {}), name.removesuffix("s"), depth + 1)
            return [one] * int(schema.get("minItems", 1))
        if kind in ("integer", "number"):
            return self._number(schema, name, whole=kind == "integer")
        return (
            {"boolean": True, "null": None}[kind] if kind in ("boolean", "null") else self._text(schema, name)
        )

    def _object(self, schema: Mapping[str, Any], depth: int) -> dict[str, Any]:
        fields = schema.get("properties")
        fields = fields if isinstance(fields, Mapping) else {}
        required = [each for each in schema.get("required") or () if each in fields]
        wanted = list(fields) if self._variant == 1 else required
        return {name: self.value(fields[name], name, depth + 1) for name in wanted}

    def _text(self, schema: Mapping[str, Any], name: str) -> str:
        form = _BY_FORMAT.get(str(schema.get("format")))
        examples = self._examples(schema, name) or (() if form else self._hint())
        known = [*examples, form] if form else [*examples, _named(name), "example", "1"]
        words = list(dict.fromkeys(each for each in known if each))
        fitting = [each for each in words if _fits(each, schema)] or words
        text = fitting[min(self._variant, len(fitting) - 1)]
        (self.read if text in examples else self.made_up).append(text)
        most = schema.get("maxLength")
        text = text.ljust(int(schema.get("minLength", 0)), "x")
        return text[:most] if isinstance(most, int) else text

    def _number(self, schema: Mapping[str, Any], name: str, *, whole: bool) -> float:
        """One that the description gives, else the smallest from 1 on."""
        given = [
            each
            for each in self._examples(schema, name)
            if re.fullmatch(r"\d+" if whole else r"\d+(\.\d+)?", each)
        ]
        fitting = [each for each in given if _admits(schema, float(each))]
        if self._variant < len(fitting):
            self.read.append(fitting[self._variant])
            return int(fitting[self._variant]) if whole else float(fitting[self._variant])
        number = _number(schema, whole=whole)
        self.made_up.append(number)
        return number

    def _examples(self, schema: Mapping[str, Any], name: str) -> tuple[str, ...]:
        """What the field's own description gives, or the tool's where it tells of the field."""
        own = examples_in(str(schema.get("description") or ""))
        return own or (examples_in(part_about(name, self._told)) if name else ())

    def _hint(self) -> tuple[str, ...]:
        """The tool's own examples, which are for the first field that has none itself."""
        hint, self._hinted = self._hinted, ()
        return hint

    def _resolved(self, schema: Any, depth: int = 0) -> Mapping[str, Any]:
        """The schema with its reference followed, and the first alternative that is something."""
        if not isinstance(schema, Mapping) or depth > _DEEPEST:
            return {}
        if isinstance(schema.get("$ref"), str):
            return {**self._resolved(self._at(schema["$ref"]), depth + 1), **_besides(schema, "$ref")}
        for key in ("anyOf", "oneOf"):
            choices = [each for each in schema.get(key) or () if isinstance(each, Mapping)]
            if choices:
                real = [each for each in choices if each.get("type") != "null"] or choices
                return {**self._resolved(real[0], depth + 1), **_besides(schema, key)}
        merged: dict[str, Any] = {}
        for part in schema.get("allOf") or ():
            merged.update(self._resolved(part, depth + 1))
        return {**merged, **_besides(schema, "allOf")}

    def _at(self, reference: str) -> Any:
        found: Any = self._whole
        for part in reference.removeprefix("#").strip("/").split("/"):
            key = part.replace("~1", "/").replace("~0", "~")
            found = found.get(key) if isinstance(found, Mapping) else None
        return found


def _given(schema: Mapping[str, Any]) -> list[Any]:
    """The values that a schema itself names."""
    listed = [schema.get("const"), schema.get("default")]
    for key in ("enum", "examples"):
        listed += schema[key] if isinstance(schema.get(key), list) else []
    return [each for each in listed if each is not None]


def _besides(schema: Mapping[str, Any], key: str) -> dict[str, Any]:
    """The rest of a schema; a default of null beside alternatives says nothing."""
    return {name: value for name, value in schema.items() if name != key and value is not None}


def _type_of(schema: Mapping[str, Any]) -> str:
    kind = schema.get("type")
    if isinstance(kind, list):
        kind = next((each for each in kind if each != "null"), "null")
    if isinstance(kind, str):
        return kind
    return "object" if "properties" in schema else "string"


def _number(schema: Mapping[str, Any], *, whole: bool) -> float:
    """The smallest number from 1 on that the bounds admit."""
    least = schema.get("minimum", schema.get("exclusiveMinimum"))
    most = schema.get("maximum", schema.get("exclusiveMaximum"))
    value = 1 if least is None else max(1, least)
    if least is not None and "minimum" not in schema and value <= least:
        value = least + 1
    if most is not None and (value > most or (value == most and "maximum" not in schema)):
        value = least if least is not None else most if "maximum" in schema else most - 1
    step = schema.get("multipleOf")
    if isinstance(step, int | float) and step > 0 and value % step:
        value = (value // step + 1) * step
    return int(value) if whole or value == int(value) else float(value)


def _admits(schema: Mapping[str, Any], value: float) -> bool:
    """Whether a number is within the schema's bounds."""
    step = schema.get("multipleOf")
    return (
        value >= schema.get("minimum", value)
        and value <= schema.get("maximum", value)
        and value > schema.get("exclusiveMinimum", value - 1)
        and value < schema.get("exclusiveMaximum", value + 1)
        and not (isinstance(step, int | float) and step > 0 and value % step)
    )


def _fits(text: str, schema: Mapping[str, Any]) -> bool:
    try:
        return re.search(str(schema.get("pattern", "")), text) is not None
    except re.error:  # JSON Schema's patterns are JavaScript's
        return True


def _named(name: str) -> str | None:
    """A likely word for a field of this name: `city_name` is a city, `order_id` an id."""
    parts = [part for part in re.split(r"[^a-z]+", re.sub(r"(?<=[a-z])(?=[A-Z])", "_", name).lower()) if part]
    if parts and parts[-1] == "id":
        return _BY_NAME["id"]
    return next((_BY_NAME[part] for part in parts if part in _BY_NAME), None)
