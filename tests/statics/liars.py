"""Small packages, each with at most one stated defect, as they would lie in a site-packages folder."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from textwrap import dedent

from chatkit_harness.statics.lacks import StaticView
from chatkit_harness.statics.nouns import Lack

AGENTS = {
    "__init__": "from .items import Item, Message, RunItem, ToolCall\nfrom .run import Result, Runner",
    "items": """
        from dataclasses import dataclass
        from typing import Any, Generic, Literal, TypeAlias, TypeVar
        T = TypeVar("T")

        @dataclass
        class Item(Generic[T]):
            raw: T
            def shown(self) -> str: return str(self.raw)

        @dataclass
        class Message(Item[Any]):
            type: Literal["message"] = "message"

        @dataclass
        class ToolCall(Item[Any]):
            name: str = ""
            type: Literal["tool_call"] = "tool_call"

        RunItem: TypeAlias = Message | ToolCall
        """,
    "run": """
        from collections.abc import AsyncIterator
        from .items import RunItem

        class Result:
            def __init__(self, first: RunItem) -> None:
                self.first = first
            async def stream(self) -> AsyncIterator[RunItem]:
                yield self.first

        class Runner:
            @classmethod
            def run(cls, words: str, *, turns: int = 3) -> Result: ...
        """,
}
OPENAI = {
    "__init__": "from ._models import BaseModel",
    "_models": """
        import pydantic
        class BaseModel(pydantic.BaseModel):
            model_config = pydantic.ConfigDict(extra="allow")
        """,
    "types/__init__": "",
    "types/usage": """
        from typing import Literal, Optional
        from .._models import BaseModel
        class Details(BaseModel):
            cached: int
            written: int
            effort: Optional[Literal["low", "high"]] = None
        """,
}


def package(folder: Path, name: str, files: Mapping[str, str]) -> Path:
    """Write a package below `folder`; the text of a file may be indented."""
    for path, text in files.items():
        place = folder / name / f"{path}.py"
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_text(dedent(text), encoding="utf-8")
    return folder


def found(
    folder: Path,
    chatkit: str | None,
    agents: Mapping[str, str] | None = None,
    openai: Mapping[str, str] | None = None,
) -> list[Lack]:
    """All that a chatkit of one module lacks, notes too, beside these packages or the ones above."""
    beside = package(folder / "agents", "agents", {**AGENTS, **(agents or {})})
    models = package(folder / "openai", "openai", {**OPENAI, **(openai or {})})
    own = package(folder / "chatkit", "chatkit", {"__init__": "", "agents": chatkit}) if chatkit else None
    return list(StaticView().lacks(own, beside, models, notes=True))


def told(
    folder: Path,
    chatkit: str | None,
    agents: Mapping[str, str] | None = None,
    openai: Mapping[str, str] | None = None,
) -> list[str]:
    """The lacks in words; a note begins with `note: `."""
    return [f"{'note: ' * each.guarded}{each}" for each in found(folder, chatkit, agents, openai)]
