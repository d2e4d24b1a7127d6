"""The blocker on the command line, and what every cause has to come to."""

from __future__ import annotations

import json
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from tests.cli.command import Said, call

from chatkit_harness.core.data import data_folder

BLOCKER = "ImportError: cannot import name 'InputGuardrailTripwireTriggered' from 'agents' (unknown location)"
OLDER = (
    "ImportError: cannot import name 'HEADERS_OVERRIDE' from 'agents.models.chatcmpl_helpers' "
    "({place}/agents/models/chatcmpl_helpers.py)"
)
WIDGET = ["AAPL", "Apple Inc.", "$271.84", "+2.72 (+1.01%)", "Refresh"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """What a run of the blocker said and left; `temporary` is where its environments stood."""

    said: Said
    out: Path
    temporary: Path

    @property
    def document(self) -> dict[str, Any]:
        """What it printed, which is what it wrote."""
        document: dict[str, Any] = json.loads(self.said.out)
        assert document == json.loads((self.out / "blocker.json").read_text())
        return document

    def cause(self, name: str) -> dict[str, Any]:
        """One cause."""
        return next(each for each in self.document["causes"] if each["id"] == name)

    def left(self) -> list[Path]:
        """The throwaway environments that are still there."""
        return sorted(self.temporary.glob("chatkit-blocker-*"))


def blocker(folder: Path, causes: str, *more: str) -> Shown:
    """Show causes; nothing of what is made lies outside `folder`."""
    temporary = folder / "temporary"
    temporary.mkdir()
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(tempfile, "tempdir", str(temporary))
        patched.chdir(folder)
        patched.setenv("PYTHONPATH", "somewhere/else")
        said = call("blocker", "--cause", causes, "--out", folder / "out", "--cache", folder / "cache",
                    "--format", "json", "-j", 2, *more)  # fmt: skip
    return Shown(said=said, out=folder / "out", temporary=temporary)


def require_cured(cause: dict[str, Any], key: str, message: str) -> None:
    """The message to the letter, doctor's name for it, and a widget after the cure that doctor named."""
    assert cause["before"]["error"] == message
    assert cause["before"]["talk"]["outcome"] == "fail"
    assert [each["key"] for each in cause["doctor"]["causes"]] == [key]
    assert cause["doctor"]["causes"][0]["evidence"]
    assert cause["done"], "no command was run"
    assert (cause["verdict"], cause["why"], cause["doctor_after"]) == ("cured", "", "healthy")
    assert cause["after"]["works"]
    assert (cause["after"]["talk"]["outcome"], cause["after"]["talk"]["widget"]) == ("pass", WIDGET)


def require_valid(document: dict[str, Any]) -> None:
    """The document is of the form that is promised."""
    schema = json.loads((data_folder("schemas") / "blocker.schema.json").read_text(encoding="utf-8"))
    jsonschema.validate(document, schema)
