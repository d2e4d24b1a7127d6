"""What is there, or is prepared for, is not told as a lack: one trap a test."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.statics.liars import AGENTS, told


def notes(folder: Path, source: str) -> list[str]:
    """What is told of a source, all of it notes."""
    found = told(folder, source)
    assert all(each.startswith("note: ") for each in found), found
    return found


def test_an_import_that_may_fail(tmp_path: Path) -> None:
    source = "try:\n    from agents import Gone\nexcept ImportError:\n    Gone = None\nGone.x"
    assert len(notes(tmp_path, source)) == 1


def test_an_import_whose_failure_is_raised_again_is_a_lack(tmp_path: Path) -> None:
    source = "try:\n    from agents import Gone\nexcept ImportError as e:\n    raise RuntimeError from e"
    assert told(tmp_path, source) == ["agents.Gone (chatkit/agents.py:2)"]


def test_an_import_for_a_type_checker(tmp_path: Path) -> None:
    source = "from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    from agents import Gone"
    assert len(notes(tmp_path, source)) == 1


def test_a_branch_for_another_version(tmp_path: Path) -> None:
    source = "import agents\nif agents.run.version > (1,):\n    from agents import Gone"
    assert "note: agents.Gone (chatkit/agents.py:3)" in told(tmp_path, source, {"run": "version = (0,)"})


def test_an_attribute_whose_lack_is_caught(tmp_path: Path) -> None:
    source = """
        from agents import ToolCall
        def f(call: ToolCall):
            try:
                return call.id
            except AttributeError:
                return None
        """
    assert len(notes(tmp_path, source)) == 1


@pytest.mark.parametrize(
    "test", ["hasattr(call, 'id')", "known(call)", "not known(call)", "type(call) is Special"]
)
def test_a_test_that_may_say_anything_about_a_value(tmp_path: Path, test: str) -> None:
    source = f"from agents import ToolCall\ndef f(call: ToolCall):\n    if {test}:\n        return call.id"
    assert told(tmp_path, source) == []


def test_a_line_that_type_checkers_are_told_to_pass_over(tmp_path: Path) -> None:
    source = "from agents import Item\ndef f(item: Item):\n    return item.id  # type: ignore[attr-defined]"
    assert told(tmp_path, source) == []


def test_a_module_that_answers_for_any_name(tmp_path: Path) -> None:
    agents = {"__init__": "def __getattr__(name):\n    return load(name)"}
    assert told(tmp_path, "from agents import Anything", agents) == []


def test_a_lazy_module_answers_for_the_names_that_it_spells_out(tmp_path: Path) -> None:
    lazy = """
        _LAZY = {"Late": ".late"}
        def __getattr__(name):
            if name in _LAZY:
                return load(_LAZY[name])
            raise AttributeError(name)
        """
    source = "from agents import Late, Gone"
    assert told(tmp_path, source, {"__init__": lazy}) == ["agents.Gone (chatkit/agents.py:1)"]


def test_names_of_a_star_import(tmp_path: Path) -> None:
    agents = {
        "__init__": "from .public import *\nfrom .plain import *",
        "public": "__all__ = ['Shown', '_shown']\nShown = _shown = Hidden = 1",
        "plain": "Open = _private = 1",
    }
    source = "from agents import Shown, _shown, Open, Hidden, _private"
    assert told(tmp_path, source, agents) == [
        "agents.Hidden (chatkit/agents.py:1)",
        "agents._private (chatkit/agents.py:1)",
    ]


def test_names_that_are_bound_under_a_condition(tmp_path: Path) -> None:
    agents = {
        "__init__": "try:\n    from fast import X\nexcept ImportError:\n    X = None\nfor Y in (1, 2): ..."
    }
    assert told(tmp_path, "from agents import X, Y", agents) == []


def test_submodules(tmp_path: Path) -> None:
    assert told(tmp_path, "from agents import run, items\nimport agents.run\nagents.items.Item") == []


def test_attributes_from_bases_properties_slots_and_stores(tmp_path: Path) -> None:
    agents = {
        "items": """
            import functools
            class Base:
                __slots__ = ("slot",)
                def __init__(self, given):
                    self.given, self.other = given, 1
                    setattr(self, "named", 2)
                @property
                def shown(self) -> str: return ""
                @functools.cached_property
                def kept(self) -> str: return ""
            class Item(Base):
                class Inner: ...
                constant = 3
            """,
        "__init__": "from .items import Item",
    }
    source = """
        from agents import Item
        def f(i: Item):
            i.slot, i.given, i.other, i.named, i.shown, i.kept, i.Inner, i.constant, i.__dict__
        """
    assert told(tmp_path, source, agents) == []


@pytest.mark.parametrize(
    "body",
    [
        "class Item(unknown.Base): ...",
        "@decorated\nclass Item: ...",
        "class Item(metaclass=Meta): ...",
        "class Item:\n    def __getattr__(self, name): ...",
        "class Item:\n    def __init__(self, **k):\n        self.__dict__.update(k)",
        "class Item:\n    def __init__(self, **k):\n        for n in k:\n            setattr(self, n, k[n])",
        "class Item:\n    def __getattribute__(self, name):\n        return load(name)",
        "if x:\n    class Item: ...\nelse:\n    class Item:\n        id = 1",
    ],
)
def test_a_class_that_may_have_any_attribute(tmp_path: Path, body: str) -> None:
    source = "from agents import Item\ndef f(item: Item):\n    return item.id"
    agents = {"items": f"import unknown\n{body}", "__init__": "from .items import Item"}
    assert told(tmp_path, source, agents) == []


def test_a_getattribute_that_only_passes_on_hides_no_lack(tmp_path: Path) -> None:
    body = """
        class Item:
            def __getattribute__(self, name):
                if name == "agent":
                    return 1
                return super().__getattribute__(name)
        """
    source = "from agents import Item\ndef f(item: Item):\n    return item.id"
    agents = {"items": body, "__init__": "from .items import Item"}
    assert told(tmp_path, source, agents) == ["agents.items.Item.id (chatkit/agents.py:3)"]


def test_one_class_of_a_union_has_it(tmp_path: Path) -> None:
    assert told(tmp_path, "from agents import RunItem\ndef f(item: RunItem):\n    return item.name") == []


def test_a_variable_that_is_bound_again(tmp_path: Path) -> None:
    source = """
        from agents import ToolCall
        def f(call: ToolCall, others):
            for each in others:
                print(call.id if each else None)
                call = each
            call = others[0]
            return call.id
        """
    assert told(tmp_path, source) == []


def test_an_inner_function_sees_what_a_name_becomes_later(tmp_path: Path) -> None:
    source = """
        from agents import ToolCall
        def f(call: ToolCall):
            def later():
                return call.id
            call = other()
            return later
        """
    assert told(tmp_path, source) == []


def test_a_pydantic_field_with_a_default_an_alias_or_a_validator(tmp_path: Path) -> None:
    openai = {
        "types/usage": """
            from pydantic import Field, model_validator
            from .._models import BaseModel
            class Details(BaseModel):
                cached: int = 0
                written: int = Field(default_factory=int)
                from_: str = Field(alias="from")
            class Filled(BaseModel):
                cached: int
                @model_validator(mode="before")
                def fill(cls, values): return {"cached": 0}
            """,
    }
    source = "from openai.types.usage import Details, Filled\nDetails(**{'from': 'x'}); Details(); Filled()"
    assert told(tmp_path, source, None, openai) == []


def test_a_field_that_only_data_may_bring_is_a_note(tmp_path: Path) -> None:
    source = "from openai.types.usage import Details\ndef f(d: Details):\n    return d.fresh, d.model_dump()"
    assert notes(tmp_path, source) == ["note: openai.types.usage.Details.fresh (chatkit/agents.py:3)"]


@pytest.mark.parametrize(
    "call", ["run('x', **more)", "run(*words)", "run('x')", "run(words='x', turns=2)", "other('x', y=1)"]
)
def test_calls_that_may_be_right(tmp_path: Path, call: str) -> None:
    run = """
        class Runner:
            @staticmethod
            def run(words, /, *rest, turns=1, **more): ...
            @wrapped
            def other(self): ...
        """
    agents = {"run": run.replace("words, /,", "words,"), "__init__": "from .run import Runner"}
    assert told(tmp_path, f"from agents import Runner\nRunner.{call}", agents) == []


def test_dataclass_fields_by_place_by_name_and_not_in_the_call_at_all(tmp_path: Path) -> None:
    agents = {
        "items": """
            from dataclasses import KW_ONLY, dataclass, field
            from typing import ClassVar
            @dataclass
            class Base:
                first: int
                shared: ClassVar[int] = 3
            @dataclass
            class Item(Base):
                second: int = 1
                _: KW_ONLY
                third: int
                hidden: int = field(init=False)
            """,
        "__init__": "from .items import Item",
    }
    assert (
        told(tmp_path, "from agents import Item\nItem(1, 2, third=3); Item(first=1, third=3)", agents) == []
    )
    wrong = "from agents import Item\nItem(1, 2, 3, third=3, hidden=4)"
    assert told(tmp_path, wrong, agents) == [
        "agents.items.Item takes no argument hidden (chatkit/agents.py:2)",
        "agents.items.Item takes no argument in place 3 (chatkit/agents.py:2)",
    ]


def test_typed_dicts_take_what_they_are_given(tmp_path: Path) -> None:
    agents = {
        "items": "from typing import TypedDict\nclass Item(TypedDict):\n    name: str",
        "__init__": "from .items import Item",
    }
    source = "from agents import Item\nItem(other=1)\ndef f(item: Item):\n    return item.get('x')"
    assert told(tmp_path, source, agents) == []


def test_modules_that_importing_agents_does_not_bring_in(tmp_path: Path) -> None:
    agents = {**AGENTS, "extensions/__init__": "", "extensions/litellm": "from openai import Gone"}
    assert told(tmp_path, None, agents) == []
    brought = {**agents, "run": "from .extensions import litellm"}
    assert told(tmp_path, None, brought) == ["openai.Gone (agents/extensions/litellm.py:1)"]
