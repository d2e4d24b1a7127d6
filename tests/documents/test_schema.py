from __future__ import annotations

from typing import Any

import pytest

from chatkit_harness.core.errors import ScenarioError
from chatkit_harness.documents import load_yaml, problems, require_valid

STEP = {
    "type": "object",
    "properties": {"say": {"type": "string"}, "call": {"type": "string"}, "arguments": {"type": "object"}},
    "additionalProperties": False,
    "oneOf": [{"required": ["say"]}, {"required": ["call"]}],
}
SCHEMA: dict[str, Any] = {
    "type": "object",
    "properties": {
        "id": {"type": "string", "pattern": "^[a-z-]+$"},
        "path": {"enum": ["native", "agent_builder"]},
        "turns": {"type": "array", "minItems": 1, "items": {"$ref": "#/$defs/turn"}},
    },
    "required": ["id"],
    "additionalProperties": False,
    "if": {"properties": {"path": {"const": "native"}}, "required": ["path"]},
    "then": {"required": ["turns"]},
    "$defs": {
        "step": STEP,
        "turn": {"anyOf": [{"type": "string"}, {"type": "array", "items": {"$ref": "#/$defs/step"}}]},
    },
}


def said(document: Any) -> str:
    found = problems(document, SCHEMA)
    return "; ".join(f"{each.place}: {each.message}" for each in found)


@pytest.mark.parametrize(
    ("document", "words"),
    [
        ({"id": "a", "turn": []}, "turn: unknown key 'turn'. Did you mean 'turns'?"),
        ({"id": "a", "zzzz": 1}, "Valid: id, path, turns"),
        ({"id": 5}, "id: expected text, got the number 5"),
        ({"id": "A"}, "id: 'A' does not fit: it must match"),
        ({}, "the document: the key 'id' is missing"),
        (None, "the file is empty"),
        ({"id": "a", "path": "natve"}, "path: 'natve' is not valid. Did you mean 'native'?"),
        ({"id": "a", "path": "native"}, "the key 'turns' is missing"),
        ({"id": "a", "turns": []}, "turns: "),
        ({"id": "a", "turns": [5]}, "turns[0]: expected text or a list, got the number 5"),
        ({"id": "a", "turns": [[{"sya": "x"}]]}, "turns[0][0].sya: unknown key 'sya'. Did you mean 'say'?"),
        ({"id": "a", "turns": [[{"say": 1}]]}, "turns[0][0].say: expected text, got the number 1"),
        ({"id": "a", "turns": [[{"say": "a", "call": "b"}]]}, "more than one of the forms"),
        ([], "the document: expected a mapping, got a list"),
    ],
)
def test_an_error_is_told_in_words(document: Any, words: str) -> None:
    assert words in said(document)


def test_a_valid_document_has_no_problem() -> None:
    assert said({"id": "a", "path": "native", "turns": ["x", [{"say": "y"}]]}) == ""


def test_the_limit_holds() -> None:
    assert len(problems({f"k{n}": 1 for n in range(30)}, SCHEMA, limit=4)) == 4


def test_nearest_is_given_apart_from_the_words() -> None:
    (problem,) = problems({"id": "a", "turnss": 1}, SCHEMA)
    assert (problem.path, problem.nearest) == (("turnss",), "turns")


def test_a_misspelt_key_is_not_told_as_missing_too() -> None:
    assert said({"idd": "a"}) == "idd: unknown key 'idd'. Did you mean 'id'?"
    assert said({"id": "a", "turns": [[{"sya": "x"}]]}).count("turns") == 1


def test_a_key_that_is_missing_beside_another_wrong_one_is_told() -> None:
    assert "the key 'id' is missing" in said({"turn": []})


def test_all_problems_are_raised_with_their_lines() -> None:
    located = load_yaml("id: 7\npaht: native\n", name="s.yaml", error=ScenarioError)
    with pytest.raises(ScenarioError) as caught:
        require_valid(located, SCHEMA, error=ScenarioError)
    assert caught.value.culprit == "s.yaml:1"
    assert "line 2: paht: unknown key 'paht'" in caught.value.cause


def test_a_union_of_kinds_names_the_nearest_kind() -> None:
    kinds = [{"properties": {"type": {"const": name}}, "required": ["type"]} for name in ("Card", "ListView")]
    (problem,) = problems({"type": "Crad"}, {"oneOf": kinds})
    assert problem.nearest == "Card"


def test_of_alternatives_the_nearest_one_is_told() -> None:
    card = {"properties": {"type": {"const": "Card"}, "size": {"enum": ["sm", "md"]}}, "required": ["type"]}
    view = {"properties": {"type": {"const": "ListView"}}, "required": ["type"]}
    (problem,) = problems({"type": "Card", "size": "mdd"}, {"oneOf": [card, view]})
    assert (problem.path, problem.nearest) == (("size",), "md")
