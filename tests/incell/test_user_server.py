"""The user's own server and workflow in the cell: what is taken, and what is told where it cannot be."""

from __future__ import annotations

import asyncio
import dataclasses
import enum
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from pydantic import BaseModel

from chatkit_harness.incell import tracebacks
from chatkit_harness.incell.requests import body
from chatkit_harness.incell.user_files import leave_no_traces
from chatkit_harness.incell.user_server import (
    UserServer,
    UserServerError,
    Workflow,
    answer,
    inputs,
    load,
    load_workflow,
    run,
)

pytestmark = pytest.mark.filterwarnings("ignore:Direct usage of named widget classes:DeprecationWarning")

QUOTES = Path(__file__).parent.parent / "engine/projects/quotes/src"
REQUEST = {
    "type": "threads.create",
    "params": {
        "input": {
            "content": [{"type": "input_text", "text": "hello"}],
            "attachments": [],
            "inference_options": {},
        }
    },
}


@pytest.fixture(autouse=True)
def afresh(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """The path, and what is imported below these tests' folders, as they were."""
    monkeypatch.setattr(sys, "path", [str(QUOTES), *sys.path])
    before = set(sys.modules)
    leave_no_traces([str(QUOTES)])
    yield
    for name in set(sys.modules) - before:
        file = getattr(sys.modules[name], "__file__", None) or ""
        if "pytest-" in file or str(QUOTES) in file:
            del sys.modules[name]


async def asked(server: Any, context: Any) -> str:
    result = await server.process(body(REQUEST), context)
    return b"".join([bytes(chunk) async for chunk in result]).decode()


async def made(attribute: str) -> Any:
    server = load("quotes.server", attribute).create_server({"widgets": "valid"})
    return await server if asyncio.iscoroutine(server) else server


@pytest.mark.parametrize("attribute", ["create_server", "create_later", "shared"])
async def test_a_server_answers_whatever_names_it(attribute: str) -> None:
    context = load("quotes.server", attribute).create_context({"user_id": "u1"})
    assert "u1 said: hello" in await asked(await made(attribute), context)


def test_nothing_appears_in_the_checkout(tmp_path: Path) -> None:
    (tmp_path / "deep").mkdir()
    (tmp_path / "deep/__init__.py").write_text("from deep import below\n")
    (tmp_path / "deep/below.py").touch()
    sys.path.insert(0, str(tmp_path))
    leave_no_traces([str(tmp_path)])
    load_workflow(str(written(tmp_path, "import deep\nasync def run_workflow(text): ...\n")))
    assert not list(tmp_path.rglob("*.pyc"))


@pytest.mark.parametrize(
    ("attribute", "said"),
    [
        ("Echo", "quotes.server:Echo needs store: write a function without arguments"),
        ("needs_more", "needs store and settings"),
        ("forgets", "returned nothing"),
        ("number", "is an int"),
        ("create_context", "returned a dict"),
        ("Shelf", "a class without process"),
        ("create_sever", "did you mean create_server?"),
    ],
)
def test_what_gives_no_server_is_told_in_words(attribute: str, said: str) -> None:
    with pytest.raises(UserServerError) as raised:
        load("quotes.server", attribute).create_server({})
    assert said in str(raised.value)


@pytest.mark.parametrize(
    ("attribute", "said"), [("app", "a web application (Starlette)"), ("wrong_kind", "returned a str")]
)
def test_a_web_application_is_no_server(attribute: str, said: str) -> None:
    with pytest.raises(UserServerError) as raised:
        load("quotes.web", attribute).create_server({})
    assert said in str(raised.value)


async def test_an_async_factory_is_looked_at_when_it_is_done() -> None:
    async def later() -> None: ...

    with pytest.raises(UserServerError, match="returned nothing"):
        await UserServer("m:later", later, None).create_server({})


def test_the_context_comes_from_where_it_is_named() -> None:
    assert load("quotes.web", "app").create_context({"symbol": "TSLA"}) == {"symbol": "TSLA"}
    named = load("quotes.web", "app", "quotes.server:create_context")
    assert named.create_context({}) == {"who": "somebody"}
    with pytest.raises(UserServerError, match="needs user: it is called with"):
        load("quotes.web", "app", "quotes.web:needs_a_request")
    with pytest.raises(UserServerError, match="of the form"):
        load("quotes.web", "app", "quotes.web")


def test_a_server_without_an_http_side_says_so() -> None:
    with pytest.raises(UserServerError, match="HTTP"):
        load("quotes.server", "shared").create_app(None, {})


def written(folder: Path, source: str, name: str = "wf.py") -> Path:
    (folder / name).write_text(source)
    return folder / name


@pytest.mark.parametrize(
    ("source", "said"),
    [
        ("import yaml_of_nobody", "needs the module yaml_of_nobody, which is not in the cell: add --with"),
        ("import google.of_nobody", "add --with NAME"),
        ("import sys; sys.exit(3)", "ends the process when it is imported"),
        ("from .tools import x", "imports relatively"),
    ],
)
def test_a_file_that_cannot_be_imported_says_what_it_needs(tmp_path: Path, source: str, said: str) -> None:
    with pytest.raises(UserServerError) as raised:
        load_workflow(str(written(tmp_path, source)))
    assert said in str(raised.value)
    with pytest.raises(UserServerError):
        load_workflow(str(tmp_path / "gone.py"))


def test_a_gap_of_the_cells_packages_keeps_its_own_traceback(tmp_path: Path) -> None:
    for source in ("from agents import NoSuchName", "import agents.nowhere", "1 / 0"):
        with pytest.raises((ImportError, ZeroDivisionError)) as raised:
            load_workflow(str(written(tmp_path, source)))
        assert "wf.py" in [frame["file"] for frame in tracebacks.describe(raised.value)["frames"]]


def test_what_a_module_prints_does_not_stop_it(capsys: pytest.CaptureFixture[str]) -> None:
    load("quotes.server", "shared")
    assert "the server is imported" in capsys.readouterr().out


EXPORT = """
from __future__ import annotations
from pydantic import BaseModel, Field
import beside
class Ask(BaseModel):
    input_as_text: str
    customer_id: int
    tier: str = "free"
    account: str = Field(default="a", alias="accountId")
async def run_workflow(given: Ask) -> Unknown:
    return {"output_text": f"{given.customer_id} {given.tier} {given.account}: {given.input_as_text}"}
"""


@pytest.fixture
def export(tmp_path: Path) -> Workflow:
    written(tmp_path, "", "beside.py")
    return load_workflow(str(written(tmp_path, EXPORT)))


async def test_an_export_runs_as_it_stands(export: Workflow) -> None:
    values = {"customer_id": "7", "accountId": "b", "symbol": "TSLA"}
    given = inputs(export.input_model, "hello", values)
    assert answer(await run(export.function, given))[1] == "7 free b: hello"


def test_fields_without_a_value_are_told_with_the_way_to_give_them(export: Workflow) -> None:
    with pytest.raises(UserServerError) as raised:
        inputs(export.input_model, "hello", {})
    way = "give it in the scenario's context, or with --input customer_id=..."
    assert str(raised.value) == f"Ask needs customer_id: {way}"
    with pytest.raises(UserServerError, match=r"Ask refuses its input: customer_id: .*integer.*'x'"):
        inputs(export.input_model, "hello", {"customer_id": "x"})


LISTS = """
from pydantic import BaseModel
class Ask(BaseModel):
    input_as_text: str
    tags: list[str]
    note: str
async def run_workflow(given: Ask): ...
"""


def test_a_list_may_be_given_as_json(tmp_path: Path) -> None:
    workflow = load_workflow(str(written(tmp_path, LISTS)))
    given = inputs(workflow.input_model, "[hello]", {"tags": '["a", "b"]', "note": "[no JSON"})
    assert (given.input_as_text, given.tags, given.note) == ("[hello]", ["a", "b"], "[no JSON")
    with pytest.raises(UserServerError, match="refuses its input: tags"):
        inputs(workflow.input_model, "hello", {"tags": "a, b", "note": ""})


def test_a_file_that_takes_the_place_of_a_package_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "agents").mkdir()
    own = ModuleType("agents")
    own.__file__ = str(written(tmp_path / "agents", "", "__init__.py"))
    monkeypatch.setitem(sys.modules, "agents", own)
    with pytest.raises(UserServerError, match=r"wf\.py would import agents/__init__\.py of its own project"):
        load_workflow(str(written(tmp_path, "from agents import Agent")))


TYPED = "import typing\nclass Ask(typing.TypedDict):\n  input_as_text: str\n  tier: str\n"


@pytest.mark.parametrize(
    ("source", "given"),
    [
        ("async def run_workflow(text): ...", "hi"),
        ("async def run_workflow(x: 'str'): ...", "hi"),
        ("async def run_workflow(x): ...", {"input_as_text": "hi", "tier": "gold"}),
        ("async def run_workflow(x: dict[str, str]): ...", {"input_as_text": "hi", "tier": "gold"}),
        (
            TYPED + "async def run_workflow(x: 'Ask | None' = None): ...",
            {"input_as_text": "hi", "tier": "gold"},
        ),
    ],
)
def test_the_input_is_what_the_function_takes(tmp_path: Path, source: str, given: Any) -> None:
    workflow = load_workflow(str(written(tmp_path, source)))
    assert inputs(workflow.input_model, "hi", {"tier": "gold"}) == given


def test_a_class_of_any_kind_may_be_the_input(tmp_path: Path) -> None:
    source = "import dataclasses\n@dataclasses.dataclass\nclass WorkflowInput:\n  words: str\n"
    source += "  tier: str = 'free'\ndef run_workflow(given): ...\n"
    workflow = load_workflow(str(written(tmp_path, source)))
    made = inputs(workflow.input_model, "hi", {"tier": "gold", "symbol": "TSLA"})
    assert (made.words, made.tier) == ("hi", "gold")
    with pytest.raises(UserServerError, match="no field input_as_text"):
        inputs(dataclasses.make_dataclass("Deaf", [("tier", str, "free")]), "hi", {})


@pytest.mark.parametrize(
    ("source", "said"),
    [
        ("async def other(x): ...", r"has no run_workflow \(it has other\)"),
        ("run_workflow = 3", "of type int, not a function"),
        ("async def run_workflow(x):\n  yield 1", "yields its answer in pieces"),
        ("async def run_workflow(): ...", "takes no input"),
        ("async def run_workflow(x, user, *, key): ...", "needs user and key besides its input"),
        ("async def run_workflow(x: int): ...", "type int"),
    ],
)
def test_a_function_that_cannot_be_asked_says_why(tmp_path: Path, source: str, said: str) -> None:
    with pytest.raises(UserServerError, match=said):
        load_workflow(str(written(tmp_path, source)))


def test_a_file_in_a_package_may_import_relatively(tmp_path: Path) -> None:
    (tmp_path / "flows").mkdir()
    for name in ("__init__.py", "tools.py"):
        written(tmp_path / "flows", "", name)
    file = written(tmp_path / "flows", "from . import tools\nasync def run_workflow(text): ...\n")
    assert load_workflow(str(file)).module.__name__ == "flows.wf"


def test_each_load_runs_the_file_again(tmp_path: Path) -> None:
    file = str(written(tmp_path, "state = []\nasync def run_workflow(text): ...\n"))
    load_workflow(file).module.state.append(1)
    assert load_workflow(file).module.state == []


async def test_a_plain_function_has_a_thread_with_a_loop_of_its_own() -> None:
    def plain(text: str) -> Any:
        return threading.current_thread().name, asyncio.get_event_loop_policy().get_event_loop()

    first, second = await run(plain, "a"), await run(plain, "b")
    assert first[0] == "workflow"
    assert first == second
    assert first[1] is not asyncio.get_running_loop()


async def test_a_plain_function_that_never_ends_does_not_stop_the_next() -> None:
    held = threading.Event()
    with pytest.raises(asyncio.TimeoutError):
        await asyncio.wait_for(run(lambda _text: held.wait(30), "a"), 0.05)
    assert await run(lambda text: text, "b") == "b"
    held.set()


def pieces(_text: str) -> Iterator[int]:
    yield 1


def leaves(_text: str) -> None:
    sys.exit(2)


async def leaves_later(_text: str) -> None:
    sys.exit(2)


@pytest.mark.parametrize(
    ("function", "said"), [(pieces, "pieces"), (leaves, "end the process"), (leaves_later, "end the process")]
)
async def test_a_function_that_gives_no_answer_says_why(function: Callable[..., Any], said: str) -> None:
    with pytest.raises(UserServerError, match=said):
        await run(function, "x")


class Intent(BaseModel):
    name: str
    seen: set[int] = {2, 1}


@dataclasses.dataclass
class Result:
    final_output: Any


class Colour(enum.Enum):
    RED = "red"


class Rude:
    def __repr__(self) -> str:
        raise ValueError


@pytest.mark.parametrize(
    ("result", "document", "message"),
    [
        (None, None, None),
        ("hi", "hi", "hi"),
        ("", "", ""),
        (
            {"output_text": "hi", "output_parsed": {"a": 1}},
            {"output_text": "hi", "output_parsed": {"a": 1}},
            "hi",
        ),
        ({"output_text": None}, {"output_text": None}, None),
        ({"output_parsed": Intent(name="x")}, {"output_parsed": {"name": "x", "seen": [1, 2]}}, None),
        (Intent(name="x"), {"name": "x", "seen": [1, 2]}, '{"name": "x", "seen": [1, 2]}'),
        (Result("done"), {"output_text": "done"}, "done"),
        (Result(None), None, None),
        ([1, Colour.RED], [1, "red"], '[1, "red"]'),
    ],
)
def test_an_answer_has_its_message(result: Any, document: Any, message: str | None) -> None:
    if message is None and isinstance(result, dict) and result.get("output_parsed"):
        message = '{"name": "x", "seen": [1, 2]}'
    assert answer(result) == (document, message)


def test_what_is_no_json_is_marked() -> None:
    itself: dict[Any, Any] = {"output_text": "hi", b"key": b"\xff", "nan": float("nan"), "big": 10**5000}
    itself.update(self=itself, rude=Rude(), kind=Rude, text="\ud800\0")
    document, message = answer(itself)
    assert message == "hi"
    assert document["self"]["not_json"] == "circular"
    assert document["b'key'"] == {"not_json": "builtins.bytes", "repr": "b'\\xff'"}
    assert document["nan"]["repr"] == "nan"
    assert document["big"]["not_json"] == "int"
    assert document["rude"]["repr"] == "its repr() failed"
    assert document["text"] == "\ud800\0"


def test_what_is_nested_without_end_is_cut() -> None:
    deep: list[Any] = []
    for _level in range(10_000):
        deep = [deep]
    assert "too deep" in (answer(deep)[1] or "")
