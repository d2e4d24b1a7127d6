"""What is lacking is told, with its place."""

from __future__ import annotations

from pathlib import Path

from tests.statics.liars import AGENTS, OPENAI, found, package, told

from chatkit_harness.statics.lacks import StaticView, lacks


def test_an_imported_name_that_is_not_there(tmp_path: Path) -> None:
    assert told(tmp_path, "from agents import Item, Gone") == ["agents.Gone (chatkit/agents.py:1)"]


def test_a_private_name_that_is_not_there(tmp_path: Path) -> None:
    assert told(tmp_path, "from agents.run import _HEADERS") == ["agents.run._HEADERS (chatkit/agents.py:1)"]


def test_a_module_that_is_not_there_is_told_without_the_names_in_it(tmp_path: Path) -> None:
    source = "import agents.voice\nfrom agents.tools.web import search, find"
    assert told(tmp_path, source) == [
        "agents.tools.web (chatkit/agents.py:2)",
        "agents.voice (chatkit/agents.py:1)",
    ]


def test_an_attribute_of_a_module(tmp_path: Path) -> None:
    source = "import agents\nprint(agents.__name__, agents.run.Runner, agents.__version__)"
    assert told(tmp_path, source) == ["agents.__version__ (chatkit/agents.py:2)"]


def test_a_name_that_a_package_imports_from_where_it_is_not(tmp_path: Path) -> None:
    agents = {"__init__": "from .items import Item, Gone"}
    assert told(tmp_path, "from agents import Item, Gone", agents) == ["agents.Gone (chatkit/agents.py:1)"]


def test_several_places_of_one_lack_are_one_lack(tmp_path: Path) -> None:
    source = "def f():\n    from agents import Gone\ndef g():\n    from agents import Gone\n"
    (lack,) = found(tmp_path, source)
    assert [str(place) for place in lack.places] == ["chatkit/agents.py:2", "chatkit/agents.py:4"]
    assert str(lack) == "agents.Gone (chatkit/agents.py:2 and 1 more)"


def test_an_attribute_of_an_annotated_parameter(tmp_path: Path) -> None:
    source = (
        "from agents import ToolCall\ndef f(call: ToolCall):\n    return call.name, call.shown(), call.id"
    )
    assert told(tmp_path, source) == ["agents.items.ToolCall.id (chatkit/agents.py:3)"]


def test_an_attribute_behind_isinstance(tmp_path: Path) -> None:
    source = """
        from agents import Message, ToolCall
        def f(item):
            if isinstance(item, ToolCall):
                return item.id
            return item.id
        """
    assert told(tmp_path, source) == ["agents.items.ToolCall.id (chatkit/agents.py:5)"]


def test_an_attribute_behind_a_constant_that_tells_the_class(tmp_path: Path) -> None:
    source = """
        from agents import RunItem
        def f(item: RunItem):
            if item.type != "tool_call":
                return item.raw
            return item.name, item.id
        """
    assert told(tmp_path, source) == ["agents.items.ToolCall.id (chatkit/agents.py:6)"]


def test_an_attribute_in_a_case_of_a_match(tmp_path: Path) -> None:
    source = """
        from agents import Message, RunItem, ToolCall
        def f(item: RunItem):
            match item:
                case Message():
                    return item.name
                case _:
                    return item.name
        """
    assert told(tmp_path, source) == ["agents.items.Message.name (chatkit/agents.py:6)"]


def test_an_attribute_of_what_a_stream_gives_through_a_generic_function(tmp_path: Path) -> None:
    source = """
        from collections.abc import AsyncIterator
        from typing import TypeVar
        from agents import Result
        A = TypeVar("A")
        B = TypeVar("B")
        class Own: ...
        class Owns(AsyncIterator[Own]): ...
        async def both(a: AsyncIterator[A], b: AsyncIterator[B]) -> AsyncIterator[A | B]:
            yield a
        async def f(result: Result):
            async for event in both(result.stream(), Owns()):
                if isinstance(event, Own):
                    event = event.anything
                    continue
                if event.type == "message":
                    print(event.raw, event.id)
        """
    assert told(tmp_path, source) == ["agents.items.Message.id (chatkit/agents.py:17)"]


def test_an_argument_that_a_function_does_not_take(tmp_path: Path) -> None:
    source = "from agents import Runner\nRunner.run('hello', turns=1, tracing=True)"
    assert told(tmp_path, source) == ["agents.run.Runner.run takes no argument tracing (chatkit/agents.py:2)"]


def test_an_argument_that_a_dataclass_does_not_take(tmp_path: Path) -> None:
    source = "from agents import ToolCall\nToolCall(1, name='x', call_id='y')"
    assert told(tmp_path, source) == ["agents.items.ToolCall takes no argument call_id (chatkit/agents.py:2)"]


def test_an_argument_that_a_function_requires(tmp_path: Path) -> None:
    source = "from agents import Runner\nRunner.run(turns=1)"
    assert told(tmp_path, source) == [
        "agents.run.Runner.run is called without words, which it requires (chatkit/agents.py:2)"
    ]


def test_agents_leaves_out_a_field_that_openai_requires(tmp_path: Path) -> None:
    agents = {
        "usage": """
            from dataclasses import dataclass, field
            from openai.types.usage import Details
            @dataclass
            class Usage:
                details: Details = field(default_factory=lambda: Details(cached=0))
            """,
        "__init__": "from .usage import Usage",
    }
    assert told(tmp_path, None, agents) == [
        "openai.types.usage.Details is called without written, which it requires (agents/usage.py:6)"
    ]


def test_a_constant_that_a_field_does_not_take(tmp_path: Path) -> None:
    source = "from openai.types.usage import Details\nDetails(cached=0, written=0, effort='none')"
    assert told(tmp_path, source) == [
        "openai.types.usage.Details takes no effort='none' (chatkit/agents.py:2)"
    ]


def test_an_attribute_of_a_client_that_an_object_was_given(tmp_path: Path) -> None:
    source = """
        from agents import Result
        class Server:
            def __init__(self, result: Result):
                self._result = result
            def f(self):
                return self._result.first, self._result.last
        """
    assert told(tmp_path, source) == ["agents.run.Result.last (chatkit/agents.py:7)"]


def test_lacks_are_sorted_and_the_same_each_time(tmp_path: Path) -> None:
    source = "from agents import Z, A\nimport openai.gone"
    first, again = told(tmp_path, source), told(tmp_path, source)
    assert first == again == sorted(first)


def test_a_view_that_saw_other_releases_before_tells_the_same(tmp_path: Path) -> None:
    new = {"items": AGENTS["items"].replace('name: str = ""', 'name: str = ""; id: str = ""')}
    source = "from agents import ToolCall\ndef f(call: ToolCall):\n    return call.id"
    chatkit = package(tmp_path / "chatkit", "chatkit", {"__init__": source})
    openai = package(tmp_path / "openai", "openai", OPENAI)
    old = package(tmp_path / "old", "agents", AGENTS)
    young = package(tmp_path / "young", "agents", {**AGENTS, **new})
    view = StaticView()
    counts = [len(view.lacks(chatkit, agents, openai)) for agents in (old, young, old, young)]
    assert counts == [1, 0, 1, 0]


def test_notes_are_left_out_unless_asked_for(tmp_path: Path) -> None:
    source = "try:\n    from agents import Gone\nexcept ImportError:\n    Gone = None"
    (note,) = found(tmp_path, source)
    assert note.guarded
    assert lacks(tmp_path / "chatkit", tmp_path / "agents", tmp_path / "openai") == ()


def test_folders_without_the_packages_lack_nothing(tmp_path: Path) -> None:
    chatkit = package(tmp_path / "chatkit", "chatkit", {"__init__": "from agents import X"})
    assert lacks(chatkit, tmp_path / "nowhere", tmp_path) == ()


def test_a_file_that_is_no_python_may_hold_anything(tmp_path: Path) -> None:
    source = "from agents.items import Whatever\nfrom agents import Gone"
    assert told(tmp_path, source, {"items": "def broken(:"}) == ["agents.Gone (chatkit/agents.py:2)"]
