from __future__ import annotations

import json
import subprocess
import sys
import textwrap
from pathlib import Path
from typing import Any

import pytest

import chatkit_harness
from chatkit_harness.contracts import catalogue
from chatkit_harness.contracts.normal import normal
from chatkit_harness.contracts.strict import APART, KINDS, OPEN, strict

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


@pytest.mark.parametrize("release", catalogue.releases())
def test_what_a_server_always_sends_is_required_and_what_may_be_null_is_not(release: str) -> None:
    defs = catalogue.schema("event", release)["$defs"]
    assert defs["AssistantMessageContent"]["required"] == ["annotations", "text", "type"]
    assert defs["Page"]["required"] == ["data", "has_more"]  # not `after`
    assert defs["Thread"]["required"] == ["created_at", "id", "items", "metadata", "status"]  # not `title`
    assert defs["Workflow"]["required"] == ["expanded", "tasks", "type"]  # not `summary`
    assert "metadata" not in defs["FileAttachment"]["properties"]


@pytest.mark.parametrize("release", catalogue.releases())
def test_widgets_in_events_are_those_of_the_widgets_own_schema(release: str) -> None:
    widgets, events = (catalogue.schema(kind, release)["$defs"] for kind in ("widget", "event"))
    assert {name: events[name] for name in widgets} == widgets


PACKAGE = {
    "__init__.py": "",
    "types.py": """
        from typing import Any, Literal
        from pydantic import BaseModel, model_serializer
        class Said(BaseModel):
            text: str
        class Note(BaseModel):
            type: Literal["note"] = "note"
            text: str
            tags: list[str] = []
            mood: str | None = None
            own: str = ""
            @model_serializer(mode="wrap")
            def _write(self, write: Any, info: Any) -> Any:
                written = write(self)
                if (info.context or {}).get("without_own"):
                    written.pop("own", None)
                return written
        ThreadStreamEvent = ChatKitReq = Note
        """,
    "widgets.py": """
        from typing import Literal
        from pydantic import BaseModel, ConfigDict
        class Card(BaseModel):
            key: str | None = None
            id: str | None = None
            type: Literal["Card"] = "Card"
        class Apart(Card):
            type: Literal["Apart"] = "Apart"
        class DynamicCard(BaseModel):
            model_config = ConfigDict(extra="allow")
            type: Literal["Card"] = "Card"
        WidgetRoot = Card | DynamicCard
        """,
    "server.py": """
        import nothing_of_the_sort
        class ChatKitServer:
            async def hear(self) -> Said: ...
            def _own(self) -> Note: ...
            def _serialize(self, obj):
                return obj.model_dump_json({words}).encode()
        """,
}


def dump_of_a_made_package(folder: Path, words: str) -> dict[str, Any]:
    """What the program prints of a chatkit whose server writes its models so."""
    (folder / "chatkit").mkdir()
    for name, text in PACKAGE.items():
        (folder / "chatkit" / name).write_text(textwrap.dedent(text.replace("{words}", words)))
    run = f"sys.path.insert(0, {str(folder)!r}); runpy.run_path({str(PROGRAM)!r}, None, '__main__')"
    program = [sys.executable, "-I", "-c", f"import runpy, sys; {run}"]
    ended = subprocess.run(program, capture_output=True, text=True, check=False)
    document: dict[str, Any] = json.loads(ended.stdout)
    return document


@pytest.mark.parametrize(
    ("words", "sent", "required"),
    [
        ("exclude_none=True", {"mood", "own", "tags", "text", "type"}, ["own", "tags", "text", "type"]),
        ("by_alias=True", {"mood", "own", "tags", "text", "type"}, ["mood", "own", "tags", "text", "type"]),
        ("exclude_none=True, exclude_unset=True", {"mood", "own", "tags", "text", "type"}, ["text", "type"]),
        (
            "exclude_none=True, context={'without_own': True}",
            {"mood", "tags", "text", "type"},
            ["tags", "text", "type"],
        ),
    ],
)
def test_an_event_is_as_the_releases_server_writes_it(
    tmp_path: Path, words: str, sent: set[str], required: list[str]
) -> None:
    made = strict(dump_of_a_made_package(tmp_path, words), "event")
    note = made["$defs"]["Note"]
    assert set(note["properties"]) == sent
    assert note["required"] == required


def test_what_a_server_answers_with_is_defined_beside_its_events(tmp_path: Path) -> None:
    raw = dump_of_a_made_package(tmp_path, "exclude_none=True")
    assert strict(raw, "event")["$defs"]["Said"]["required"] == ["text"]
    assert "Said" not in strict(raw, "request")["$defs"]


def test_open_classes_and_those_that_no_widget_can_be_are_noted(tmp_path: Path) -> None:
    made = strict(dump_of_a_made_package(tmp_path, "exclude_none=True"), "widget")
    assert made[OPEN] == {"DynamicCard": {"may_be": ["WidgetRoot"], "names": ["type"], "type": ["Card"]}}
    assert made[APART] == ["Apart"]


@pytest.mark.parametrize("words", ["exclude_none=True) + obj.model_dump_json(", "**self.words"])
def test_a_server_that_writes_in_a_way_of_its_own_is_told(tmp_path: Path, words: str) -> None:
    assert dump_of_a_made_package(tmp_path, words)["error"].startswith("ValueError: ")


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
