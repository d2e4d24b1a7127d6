from __future__ import annotations

import ast
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.checks import build
from tests.checks.build import transcript, turn

from chatkit_harness.checks import run
from chatkit_harness.checks.incidents import failure_told
from chatkit_harness.core.nouns import Finding

ERROR = "An error occurred while"
SENTENCES = {
    f"{ERROR} running the tool. Please try again. Error: no price": "no price",
    f"{ERROR} running the tool. Please try again.": "",
    f"{ERROR} parsing tool arguments. Please try again with valid JSON. Error: No value": "No value",
    **{said: said for said in ("Tool 'a' timed out after 2.5 seconds.", "Tool 'ns.a' not found.")},
}


def found(output: str) -> list[Finding]:
    asked = build.exchange(build.asked(output=output))
    return list(run.check(transcript(turn(build.message("Sorry.")), exchanges=(asked,)), build.scenario()))


@pytest.mark.parametrize("output", SENTENCES)
def test_a_tool_whose_failure_the_model_is_told_is_a_finding(output: str) -> None:
    (finding,) = found(output)
    assert (finding.rule, finding.severity) == ("run/tool-error", "error")
    assert failure_told(output) == SENTENCES[output]


def test_a_failure_without_its_error_goes_by_the_tool() -> None:
    (finding,) = found(f"{ERROR} running the tool. Please try again.")
    assert finding.key == "run/tool-error show_stock_quote"
    assert "tells nobody why" in finding.message


@pytest.mark.parametrize(
    "output",
    ["", "{}", "Tool 'hammer' not found in the shop.", "News: An error occurred while running the tool"],
)
def test_a_tool_s_own_answer_is_no_failure(output: str) -> None:
    assert failure_told(output) is None
    assert found(output) == []


def told_by(source: Path) -> Iterator[str]:
    """What the functions that word a tool's failure return, with a stand-in for each inserted value."""
    for node in ast.walk(ast.parse(source.read_text("utf-8"))):
        if isinstance(node, ast.FunctionDef) and node.name.lstrip("_") in WORDED:
            yield from (_text(each.value) for each in ast.walk(node) if isinstance(each, ast.Return))


WORDED = {
    "default_tool_error_function",
    "default_tool_timeout_error_message",
    "default_tool_not_found_message",
}


BETWEEN = ("0.5.1", "0.9.1", "0.14.6", "0.17.1")


def _text(value: ast.expr | None) -> str:
    if isinstance(value, ast.JoinedStr):
        return "".join(map(_text, value.values))
    return str(value.value) if isinstance(value, ast.Constant) else "7"


@pytest.mark.cells
@pytest.mark.parametrize(
    "release",
    ["0.3.2", "0.24.0", *(pytest.param(each, marks=pytest.mark.slow) for each in BETWEEN)],
)
def test_the_sentences_of_real_releases_are_recognised(tmp_path: Path, release: str) -> None:
    install = [sys.executable, "-m", "uv", "--quiet", "pip", "install", "--no-deps"]
    subprocess.run([*install, "--target", str(tmp_path), f"openai-agents=={release}"], check=True)
    said = [text for source in (tmp_path / "agents").rglob("*.py") for text in told_by(source)]
    assert any(text.startswith(ERROR) for text in said)
    assert [text for text in said if failure_told(text) is None] == []
