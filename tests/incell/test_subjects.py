from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import click
import jinja2
import pytest
from openai.types.responses.response_usage import InputTokensDetails
from pydantic import TypeAdapter

from chatkit_harness.incell import tracebacks

MODEL = "openai.types.responses.response_usage.InputTokensDetails"


def subject(raising: Callable[[], Any]) -> dict[str, Any] | None:
    try:
        raising()
    except Exception as error:  # noqa: BLE001 - whatever it raises is described
        found: dict[str, Any] | None = tracebacks.describe(error)["subject"]
        return found
    raise AssertionError("it should have raised")


def who(raising: Callable[[], Any]) -> tuple[str, str] | None:
    found = subject(raising)
    return (found["name"], found["distribution"]) if found else None


def missing(name: str) -> Callable[[], Any]:
    return lambda: exec(f"import {name}")  # noqa: S102 - the statement is the test's own


def test_a_model_that_refuses_is_the_subject_and_not_pydantic() -> None:
    wrong: Any = {"cached_tokens": "many"}
    assert who(lambda: InputTokensDetails(**wrong)) == (MODEL, "openai")
    assert who(lambda: InputTokensDetails.model_validate(wrong)) == (MODEL, "openai")


def test_a_model_is_found_by_its_name_where_no_frame_holds_it() -> None:
    name, distribution = who(lambda: TypeAdapter(InputTokensDetails).validate_python("no")) or ("", "")
    assert (name.rpartition(".")[2], distribution) == ("InputTokensDetails", "openai")


def test_the_object_that_lacks_an_attribute_is_the_subject() -> None:
    loader: Any = jinja2.DictLoader({})
    module: Any = click
    assert who(lambda: loader.nope) == ("jinja2.loaders.DictLoader", "jinja2")
    assert who(lambda: module.nope) == ("click", "click")


def test_the_class_that_refuses_an_argument_is_the_subject() -> None:
    wrong: Any = jinja2.FileSystemBytecodeCache
    assert who(lambda: wrong(nope=1)) == ("jinja2.bccache.FileSystemBytecodeCache", "jinja2")


def test_the_module_that_lacks_a_name_or_a_submodule_is_the_subject() -> None:
    assert who(lambda: exec("from click import nope")) == ("click", "click")  # noqa: S102
    assert who(missing("click.nope")) == ("click.nope", "click")


@pytest.mark.parametrize(
    "statement", ["nope", "''.nope", "from json import nope", "import not_there", "int(x=1)"]
)
def test_what_no_distribution_defines_has_no_subject(statement: str) -> None:
    assert subject(lambda: exec(statement)) is None  # noqa: S102 - the statements stand above


def test_a_folder_that_stands_before_a_package_is_not_the_packages(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shadow = tmp_path / "jinja2" / "__init__.py"
    shadow.parent.mkdir()
    shadow.touch()
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.delitem(sys.modules, "jinja2")
    assert subject(lambda: exec("from jinja2 import Environment")) is None  # noqa: S102


def test_a_class_that_cannot_be_looked_at_costs_only_the_subject() -> None:
    class LyingError(AttributeError):
        def __getattribute__(self, name: str) -> Any:
            if name == "obj":
                raise RuntimeError("no")
            return super().__getattribute__(name)

    def lie() -> None:
        raise LyingError("nope")

    assert subject(lie) is None
