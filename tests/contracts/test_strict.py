from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

import chatkit_harness
from chatkit_harness.contracts import catalogue
from chatkit_harness.contracts.normal import normal
from chatkit_harness.contracts.strict import KINDS, strict

PROGRAM = Path(chatkit_harness.__file__).parent / "incell" / "model_schemas.py"


def dumped(python: Path | str) -> dict[str, Any]:
    ended = subprocess.run([python, "-I", PROGRAM], capture_output=True, text=True, check=True, cwd="/")
    document: dict[str, Any] = json.loads(ended.stdout)
    return document


def test_the_stored_schemas_are_those_of_the_installed_release() -> None:
    raw = dumped(sys.executable)
    assert catalogue.known(raw["chatkit"]).exact
    for kind in KINDS:
        assert strict(raw, kind) == catalogue.schema(kind, raw["chatkit"])


def run_without(module: str) -> subprocess.CompletedProcess[str]:
    """Run the program where importing one module fails."""
    block = f"sys.modules[{module!r}] = None"
    program = f"import runpy, sys; {block}; runpy.run_path({str(PROGRAM)!r}, None, '__main__')"
    return subprocess.run([sys.executable, "-I", "-c", program], capture_output=True, text=True, check=False)


def test_the_dump_does_not_need_agents() -> None:
    ended = run_without("agents")
    assert ended.returncode == 0
    assert set(json.loads(ended.stdout)["schemas"]) == set(KINDS)


def test_a_missing_chatkit_is_told_in_the_document() -> None:
    ended = run_without("chatkit")
    assert ended.returncode == 1
    assert json.loads(ended.stdout)["error"].startswith("ModuleNotFoundError")


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ({"const": "x", "type": "string", "title": "T"}, {"enum": ["x"], "default": "x"}),
        ({"type": "object", "additionalProperties": True}, {"type": "object"}),
        (
            {"anyOf": [{"type": "string"}, {"type": "null"}], "default": None},
            {"anyOf": [{"type": "null"}, {"type": "string"}]},
        ),
        (
            {"anyOf": [{"enum": ["b", "a"], "type": "string"}, {"type": "null"}]},
            {"anyOf": [{"anyOf": [{"type": "null"}, {"enum": ["a", "b"]}]}]},
        ),
        (
            {"oneOf": [{"$ref": "#/$defs/A"}], "discriminator": {"propertyName": "type"}},
            {"$ref": "#/$defs/A", "description": "A union of one."},
        ),
    ],
)
def test_what_pydantic_releases_write_differently_is_the_same(
    one: dict[str, Any], other: dict[str, Any]
) -> None:
    assert normal(one) == normal(other)


@pytest.mark.parametrize("union", ["anyOf", "oneOf"])
def test_what_may_be_anything_stays_so_beside_null(union: str) -> None:
    assert normal({union: [{}, {"type": "null"}], "default": None, "title": "Output"}) == {}
    assert normal({union: [{"title": "Any"}, {"type": "string"}]}) == {}


def test_a_call_of_the_client_may_have_any_output_in_every_release() -> None:
    for release in catalogue.releases():
        output = catalogue.schema("event", release)["$defs"]["ClientToolCallItem"]["properties"]["output"]
        assert output == {}


def test_props_named_like_annotations_are_kept() -> None:
    props = {"title": {"type": "string", "title": "Title"}, "default": {"type": "string"}}
    assert set(normal({"properties": props})["properties"]) == {"title", "default"}


@pytest.mark.cells
@pytest.mark.parametrize("pydantic", ["2.10.6", pytest.param("2.12.5", marks=pytest.mark.slow)])
@pytest.mark.parametrize("release", [pytest.param("0.0.2", marks=pytest.mark.slow), "1.6.5"])
def test_the_schema_does_not_depend_on_pydantic(tmp_path: Path, release: str, pydantic: str) -> None:
    python = tmp_path / "env" / "bin" / "python"
    uv = [sys.executable, "-m", "uv", "--quiet"]
    install = [*uv, "pip", "install", "--python", str(python)]
    subprocess.run([*uv, "venv", "--python", sys.executable, str(tmp_path / "env")], check=True)
    subprocess.run([*install, "--no-deps", f"openai-chatkit=={release}"], check=True)
    subprocess.run([*install, f"pydantic=={pydantic}", "jinja2"], check=True)
    raw = dumped(python)
    assert raw["pydantic"] == pydantic
    for kind in KINDS:
        assert strict(raw, kind) == catalogue.schema(kind, release)
