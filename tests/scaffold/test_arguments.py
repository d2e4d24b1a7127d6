"""Arguments for tools that nobody has called yet: whatever a schema asks for, they are valid by it."""

from __future__ import annotations

from typing import Any

import jsonschema
import pytest

from chatkit_harness.scaffold.arguments import VARIANTS, guesses, made_arguments, made_value
from chatkit_harness.scaffold.examples import MOST, examples_in, gist


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
    found = [each.arguments for each in guesses({"name": "t", "parameters": schema})]
    assert [each["city_name"] for each in found] == ["Lisbon", "example", "1"]


@pytest.mark.parametrize(
    ("description", "examples"),
    [
        ("the bed's name, for example north", ["north"]),
        ("A bed (e.g. north)", ["north"]),
        ("A bed such as north or south, if it is dry", ["north", "south"]),
        ("A bed like north.", ["north"]),
        ("One of north, south, and east", ["north", "south", "east"]),
        ("e.g. north/south", ["north", "south"]),
        ("A zone, e.g. Europe/Lisbon", ["Europe/Lisbon"]),
        ("One of: 'the north', `south`. Never 'x'.", ["the north", "south", "x"]),
        ("Such as \u201cNorth Bed\u201d", ["North Bed"]),
        ("A city such as New York or Rome, which is old", ["New York", "Rome"]),
        ("A colour like sage green", ["sage", "sage green"]),
        ("Whatever you would like to see of one of the beds", []),
        ("such as north or\nsouth", ["north", "south"]),
        ("A town, e.g. St. Moritz or Davos. Never Rome.", ["St. Moritz", "Davos"]),
    ],
)
def test_examples_are_read_from_a_description(description: str, examples: list[str]) -> None:
    assert list(examples_in(description)) == examples


@pytest.mark.parametrize(
    ("description", "said"),
    [
        ("Water a bed, e.g. north or south.", "Water a bed"),
        ("Water a bed (E.g., north). It takes a while.", "Water a bed"),
        ("Water a bed, e. g. north.", "Water a bed"),
        ("Water a bed, eg. north.", "Water a bed"),
        ("Water a bed, i.e. give it five litres. It takes a while.", "Water a bed, i.e. give it five litres"),
        ("Compare north vs. south. It takes a while.", "Compare north vs. south"),
        ("Rate a stock of the U.S. market. Slow.", "Rate a stock of the U.S. market"),
        ("Find Dr. Rose's bed. Slow.", "Find Dr. Rose's bed"),
        ("Give a bed approx. 5 litres. Slow.", "Give a bed approx. 5 litres"),
        ("Water beds, pots etc. before noon. Slow.", "Water beds, pots etc. before noon"),
        ("Water beds, pots etc. It takes a while.", "Water beds, pots etc"),
        ("Say yes or no. Then wait.", "Say yes or no"),
        ("Show plan B. Then wait.", "Show plan B"),
        ("Give it z. B. water. Slow.", "Give it z. B. water"),
        ("Add version 1.2 to a bed.\nSlow.", "Add version 1.2 to a bed"),
        ("e.g. north", ""),
    ],
)
def test_the_first_sentence_ends_at_no_abbreviation(description: str, said: str) -> None:
    assert gist(description) == said


def test_each_example_is_a_guess_before_anything_is_made_up() -> None:
    told = {
        "name": "t",
        "description": "Show a bed.\n\nbed: its name, e.g. north or south\nn: 3 beds, e.g. 7",
    }
    schema = of(n={"type": "integer"}, bed={"type": "string"})
    found = guesses({**told, "parameters": schema})
    assert [each.arguments for each in found[:2]] == [{"n": 7, "bed": "north"}, {"n": 1, "bed": "south"}]
    assert [each.made_up for each in found[:3]] == [(), (1,), (1, "example")]
    assert len(examples_in("one of a1, a2, a3, a4, a5, a6")) == MOST


def test_each_value_of_an_enumeration_is_a_guess() -> None:
    found = guesses({"name": "t", "parameters": of(side={"enum": ["east", "north"]})})
    assert [(dict(each.arguments), each.certain) for each in found] == [
        ({"side": "east"}, True),
        ({"side": "north"}, True),
    ]


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
