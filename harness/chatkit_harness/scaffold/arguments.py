"""Arguments for a tool that nobody has called yet, made from its JSON Schema."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

VARIANTS = 3
"""How many guesses there are: as the schema says, by the names of the fields, and with plain words."""

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
_EXAMPLE = re.compile(
    r"(?:\be\.g\.,?|\bfor example,?|\bsuch as|\bfor instance,?|\blike)\s+"
    r"(?:an?\s+)?(?:[\"'`\u201c\u2018](?P<quoted>[^\"'`\u201d\u2019]+)[\"'`\u201d\u2019]|(?P<bare>[A-Z0-9][\w./:+-]*\w|[A-Z0-9]))"
)
_DEEPEST = 8


def made_arguments(tool: Mapping[str, Any], variant: int = 0) -> dict[str, Any]:
    """Arguments that the tool's schema admits; `variant` (from 0) chooses among guesses at words.

    `tool` is `{name, description, parameters}`. Optional fields are left out, unless the guess is by names.
    """
    schema = tool.get("parameters")
    if not isinstance(schema, Mapping):
        return {}
    maker = _Maker(schema, variant, hint=str(tool.get("description") or ""))
    made = maker.value(schema, "", 0)
    return made if isinstance(made, dict) else {}


def made_value(schema: Mapping[str, Any]) -> Any:
    """Some value that a schema admits: for answers that a model must give in a form."""
    return _Maker(schema, 0, hint="").value(schema, "", 0)


class _Maker:
    def __init__(self, whole: Mapping[str, Any], variant: int, *, hint: str) -> None:
        self._whole, self._variant = whole, variant
        self._hinted = _example_of(hint)

    def value(self, schema: Any, name: str, depth: int) -> Any:
        """A value for the field `name`."""
        schema = self._resolved(schema)
        given = _given(schema)
        if given:
            return given[0]
        kind = _type_of(schema)
        if depth > _DEEPEST:
            return None
        if kind == "object":
            return self._object(schema, depth)
        if kind == "array":
            one = self.value(schema.get("items", {}), name.removesuffix("s"), depth + 1)
            return [one] * int(schema.get("minItems", 1))
        if kind in ("integer", "number"):
            return _number(schema, whole=kind == "integer")
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
        if form is not None:
            return form
        own = _example_of(str(schema.get("description") or ""))
        guesses = [own, own or self._hint(), _named(name), "example", "1"]
        known = list(dict.fromkeys(each for each in guesses if each))
        fitting = [each for each in known if _fits(each, schema)] or known
        text = fitting[min(self._variant, len(fitting) - 1)]
        most = schema.get("maxLength")
        text = text.ljust(int(schema.get("minLength", 0)), "x")
        return text[:most] if isinstance(most, int) else text

    def _hint(self) -> str | None:
        """The tool's own example, which is for the first field that has none itself."""
        hint, self._hinted = self._hinted, None
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


def _example_of(description: str) -> str | None:
    """What a description itself gives as an example: `such as 'Lisbon'`."""
    found = _EXAMPLE.search(description)
    return (found["quoted"] or found["bare"]) if found else None


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
