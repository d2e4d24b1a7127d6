from __future__ import annotations

import pytest

from chatkit_harness.causes.words import said
from chatkit_harness.core.transcript import Raised

MEMBERS = ("AnnotationFileCitation", "AnnotationURLCitation", "AnnotationFilePath")


def refusal(model: str, *errors: tuple[str, str, str]) -> str:
    lines = [f"{len(errors)} validation error{'s' if len(errors) > 1 else ''} for {model}"]
    for path, fault, details in errors:
        told = [f"  {fault} [{details}]", "    For further information visit the manual"]
        lines += [path, *told] if path else told
    return said(Raised(type="pydantic_core._pydantic_core.ValidationError", message="\n".join(lines)))


def no_instance(member: str, given: str) -> tuple[str, str, str]:
    fault = f"Input should be a valid dictionary or instance of {member}"
    return member, fault, f"type=model_type, input_value={given}(end...[0], type='x'), input_type={given}"


def missing(path: str) -> tuple[str, str, str]:
    return path, "Field required", "type=missing, input_value={'a': [1]}, input_type=dict"


def test_what_a_union_refused_is_named_and_not_its_first_member() -> None:
    model = f"union[{','.join(MEMBERS)}]"
    foreign = refusal(model, *(no_instance(member, "Comment") for member in MEMBERS))
    assert foreign == f"a Comment fits none of the union's 3 members ({', '.join(MEMBERS)})"
    namesake = refusal(model, *(no_instance(member, MEMBERS[1]) for member in MEMBERS))
    assert namesake == "an AnnotationURLCitation fits none of the union's 3 members, though one has its name"


def test_of_a_union_that_refused_fields_the_nearest_member_is_told() -> None:
    told = refusal("union[A[int,str],B]", missing("A[int,str].x"), missing("A[int,str].y"), missing("B.z"))
    assert told == "a dict fits none of the union's 2 members; nearest: B.z missing"


def test_of_a_union_the_one_member_that_was_tried_is_the_model() -> None:
    wrong = (
        "Card.children.0",
        "Input tag 'X' found",
        "type=union_tag_invalid, input_value={}, input_type=dict",
    )
    assert refusal("tagged-union[Card,ListView]", wrong) == "Card.children.0 refused (Input tag 'X' found)"


@pytest.mark.parametrize("model", ["Card", "tagged-union[Card,ListView]"])
def test_what_is_wrong_with_the_whole_has_no_field(model: str) -> None:
    whole = ("", "Value error, no", "type=value_error, input_value={}, input_type=dict")
    assert refusal(model, whole) == f"{model} refused (Value error, no)"


def test_several_fields_are_counted_after_the_first() -> None:
    assert refusal("Usage", missing("a"), missing("b"), missing("c")) == "Usage.a missing (and 2 more)"


NAMED = "cannot import name 'Runner' from 'agents'"
HALF = "cannot import name 'a' from partially initialized module 'b' (most likely due to a circular import)"


@pytest.mark.parametrize(
    ("message", "words"),
    [
        (f"{NAMED} (/opt/my (new) site-packages/agents/__init__.py)", NAMED),
        (f"{NAMED} (C:\\cells\\agents\\__init__.py)", NAMED),
        (f"{NAMED} (unknown location)", f"{NAMED} (unknown location)"),
        (f"{HALF} (/opt/b.py)", HALF),
        (HALF, HALF),
        (NAMED, NAMED),
    ],
)
def test_where_a_module_lies_is_left_out_of_a_failed_import(message: str, words: str) -> None:
    assert said(Raised(type="builtins.ImportError", message=message)) == words
