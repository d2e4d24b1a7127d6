"""Arguments for tools that nobody has called yet: whatever a schema asks for, they are valid by it."""

from __future__ import annotations

from typing import Any

import jsonschema
import pytest

from chatkit_harness.scaffold.arguments import VARIANTS, made_arguments, made_value


def made(parameters: Any, variant: int = 0, description: str = "") -> dict[str, Any]:
    return made_arguments({"name": "t", "description": description, "parameters": parameters}, variant)


def of(**fields: Any) -> dict[str, Any]:
    return {"type": "object", "properties": fields, "required": list(fields)}


SCHEMAS = [
    of(a={"type": "string"}),
    of(a={"type": "string", "minLength": 12}, b={"type": "string", "maxLength": 3}),
    of(a={"type": "string", "pattern": "^[A-Z]{4}$"}, b={"type": "string", "format": "date"}) | {"x": "AAPL"},
    of(a={"type": "integer", "minimum": 5}, b={"type": "number", "exclusiveMinimum": 7}),
    of(a={"type": "integer", "maximum": -3}, b={"type": "integer", "multipleOf": 4}),
    of(a={"type": "number", "minimum": 0.5, "maximum": 0.75}),
    of(a={"enum": ["x", "y"]}, b={"const": 4}, c={"type": "boolean"}, d={"type": "null"}),
    of(a={"type": "array", "items": {"type": "integer"}, "minItems": 2}, b={"type": ["null", "string"]}),
    of(a={"anyOf": [{"type": "null"}, {"type": "object", "properties": {"b": {}}, "required": ["b"]}]}),
    of(a={"$ref": "#/$defs/deep/part~1s"}) | {"$defs": {"deep": {"part/s": of(n={"type": "integer"})}}},
    of(a={"allOf": [{"type": "string"}, {"minLength": 30}]}),
    of(a=of(b=of(c={"type": "array", "items": of(d={"type": "string"})}))),
]


@pytest.mark.parametrize("schema", SCHEMAS)
@pytest.mark.parametrize("variant", range(VARIANTS))
def test_what_is_made_is_valid(schema: dict[str, Any], variant: int) -> None:
    value = made(schema, variant)
    if "pattern" in str(schema):
        value["a"] = schema["x"]  # no guess fits every pattern: what was made is left to the server
    jsonschema.validate(value, schema)


def test_the_schemas_own_words_come_first() -> None:
    assert made(of(a={"type": "string", "default": "d"}, b={"type": "string", "examples": ["e"]})) == {
        "a": "d",
        "b": "e",
    }
    told = {"type": "string", "description": "Where to look, e.g. 'Saint-Malo'."}
    assert made(of(place=told)) == {"place": "Saint-Malo"}
    assert made(
        of(place={"type": "string"}, n={"type": "string"}), description="Tides of a place such as Brest."
    ) == {
        "place": "Brest",
        "n": "example",
    }


def test_names_of_fields_are_guessed_from_and_each_variant_guesses_otherwise() -> None:
    schema = of(city_name={"type": "string"}, orderId={"type": "string"})
    assert made(schema) == {"city_name": "Lisbon", "orderId": "1"}
    assert len({str(made(schema, variant)) for variant in range(VARIANTS)}) == VARIANTS


def test_optional_fields_are_left_out_at_first() -> None:
    schema = {"type": "object", "properties": {"a": {"type": "integer"}}}
    assert (made(schema), made(schema, 1)) == ({}, {"a": 1})


@pytest.mark.parametrize("schema", [None, [], {"$ref": "#/nowhere"}, {"type": "string"}, {"properties": 3}])
def test_what_is_no_schema_of_an_object_gives_nothing(schema: Any) -> None:
    assert made(schema) == {}


def test_a_schema_that_holds_itself_has_an_end() -> None:
    node = of(next={"$ref": "#"})
    assert "next" in made(node)
    assert made_value(of(topic={"type": "string"}, sure={"type": "boolean"})) == {
        "topic": "example",
        "sure": True,
    }
