"""Nouns to documents and back: what does not fit is named by its place."""

from __future__ import annotations

from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any, Literal

import pytest

from chatkit_harness.core.codec import CodecError, from_document, to_document


@dataclass(frozen=True)
class Leaf:
    """A noun in another one."""

    colour: Literal["green", "red"]
    veins: int = 3


@dataclass(frozen=True)
class Branch:
    """A noun that holds nouns of its own kind."""

    length: float
    leaves: tuple[Leaf, ...] = ()
    branches: tuple[Branch, ...] = ()
    marks: Mapping[str, int | str] | None = None
    notes: Any = None


TREE = Branch(
    length=2.5,
    leaves=(Leaf(colour="green"), Leaf(colour="red", veins=5)),
    branches=(Branch(length=1.0, marks={"a": 1, "b": "two"}), Branch(length=0.5, notes=[{"c": None}])),
)


def test_a_noun_comes_back_as_it_was() -> None:
    assert from_document(Branch, to_document(TREE)) == TREE


def test_what_a_reader_does_not_know_is_left_out_and_what_is_missing_has_its_default() -> None:
    assert from_document(Leaf, {"colour": "red", "smell": "none"}) == Leaf(colour="red")


def test_a_whole_number_is_a_number() -> None:
    found = from_document(Branch, {"length": 2})
    assert (found.length, type(found.length)) == (2.0, float)


@pytest.mark.parametrize(
    ("document", "told"),
    [
        ([], "Branch: expected an object, got list"),
        ({}, "Branch: .*missing.*'length'"),
        ({"length": "2"}, r"Branch\.length: expected float, got str"),
        ({"length": True}, r"Branch\.length: expected float, got bool"),
        ({"length": 1, "leaves": {}}, r"Branch\.leaves: expected an array, got dict"),
        ({"length": 1, "leaves": [{"colour": "blue"}]}, r"Branch\.leaves\[0\]\.colour: 'blue' is not one of"),
        (
            {"length": 1, "branches": [{"length": 1, "leaves": [7]}]},
            r"Branch\.branches\[0\]\.leaves\[0\]: exp",
        ),
        ({"length": 1, "marks": {"x": []}}, r"Branch\.marks\.x: it fits none .*got list.*got list"),
        ({"length": 1, "marks": 1}, r"Branch\.marks: expected an object, got int"),
    ],
)
def test_what_does_not_fit_is_named_by_its_place(document: Any, told: str) -> None:
    with pytest.raises(CodecError, match=f"^{told}"):
        from_document(Branch, document)


def test_many_threads_may_read_the_first_of_a_kind_at_once() -> None:
    @dataclass(frozen=True)
    class Fresh:
        leaf: Leaf

    document = {"leaf": {"colour": "green"}}
    with ThreadPoolExecutor(8) as pool:
        found = list(pool.map(lambda _: from_document(Fresh, document), range(64)))
    assert set(found) == {Fresh(leaf=Leaf(colour="green"))}
