"""Which names a source mentions, and which a module offers."""

from __future__ import annotations

from pathlib import Path

from tests.statics.liars import package

from chatkit_harness.statics.uses import provides, uses

SOURCE = """
import agents, openai.types as kinds
from agents.items import Item as I, _private
from typing import TYPE_CHECKING
if TYPE_CHECKING:
    from openai import Client
try:
    from agents import voice
except ImportError:
    voice = None
def f():
    return agents.run.Runner, kinds.Usage.total, I.shown
"""


def test_uses_are_told_with_place_and_guard(tmp_path: Path) -> None:
    folder = package(tmp_path, "chatkit", {"__init__": "", "agents": SOURCE})
    plain = [use.name for use in uses(folder) if not use.guarded]
    assert plain == [
        "agents",
        "agents.items.Item",
        "agents.items.Item.shown",
        "agents.items._private",
        "agents.run.Runner",
        "openai.types",
        "openai.types.Usage.total",
    ]
    assert {use.name for use in uses(folder) if use.guarded} == {"agents.voice", "openai.Client"}
    assert str(uses(folder)[0].place) == "chatkit/agents.py:2"


def test_a_module_provides_what_it_binds_imports_and_holds(tmp_path: Path) -> None:
    files = {
        "__init__": "from .a import *\nfrom os import sep\nx: int = 1",
        "a": "def f(): ...\n_g = 1",
        "b": "",
    }
    found = provides(package(tmp_path, "agents", files), "agents")
    assert found.names == {"f", "sep", "x", "a", "b"}
    assert found.there
    assert not found.open


def test_a_module_may_be_open_or_not_there(tmp_path: Path) -> None:
    folder = package(tmp_path, "agents", {"__init__": "def __getattr__(name): return 1"})
    assert provides(folder, "agents").open
    assert not provides(folder, "agents.gone").there
