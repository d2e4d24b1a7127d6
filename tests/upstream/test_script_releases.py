"""What scripts are rendered to, read by the types of several openai releases, each in an environment."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from tests.upstream.kit import scripted
from tests.upstream.test_script import RICH, events

from chatkit_harness.upstream.answers import answer_of

READER = """\
import json, sys
from openai.types.chat import ChatCompletion, ChatCompletionChunk
from openai.types.responses import Response, ResponseStreamEvent
from pydantic import TypeAdapter

told = json.load(sys.stdin)
event = TypeAdapter(ResponseStreamEvent)
for each in told["events"]:
    assert event.validate_python(each).type == each["type"], each
for each in told["responses"]:
    Response.model_validate(each)
for each in told["chunks"]:
    ChatCompletionChunk.model_validate(each)
for each in told["completions"]:
    ChatCompletion.model_validate(each)
print({name: len(each) for name, each in told.items()})
"""


def rendered() -> dict[str, list[Any]]:
    """All that the scripts come to, by the type that has to read it."""
    responses = scripted(RICH)
    chats = scripted(
        [each for each in RICH if "items" not in each and "failed" not in each], api="chat_completions"
    )
    return {
        "events": [event for number in range(len(RICH)) for event in events(responses, number)],
        "responses": [answer_of(each) for each in responses.interactions],
        "chunks": [event for number in range(len(chats.interactions)) for event in events(chats, number)],
        "completions": [answer_of(each) for each in chats.interactions],
    }


@pytest.mark.cells
@pytest.mark.index
@pytest.mark.parametrize(
    "release", [*(pytest.param(each, marks=pytest.mark.slow) for each in ("2.14.0", "2.36.0")), "3.54.0"]
)
def test_every_event_and_answer_is_one_that_the_release_knows(tmp_path: Path, release: str) -> None:
    python = tmp_path / "env" / "bin" / "python"
    uv = [sys.executable, "-m", "uv", "--quiet"]
    subprocess.run([*uv, "venv", "--python", sys.executable, str(tmp_path / "env")], check=True)
    subprocess.run([*uv, "pip", "install", "--python", str(python), f"openai=={release}"], check=True)
    told = rendered()
    done = read_by(python, told)
    assert done.returncode == 0, done.stderr
    assert done.stdout.strip() == str({name: len(each) for name, each in told.items()})


@pytest.mark.parametrize("kind", ["events", "responses", "chunks", "completions"])
def test_what_is_of_another_shape_would_be_seen(kind: str) -> None:
    told = rendered()
    told[kind][-1] = {"type": "response.completed", "object": "of another shape"}
    assert "ValidationError" in read_by(Path(sys.executable), told).stderr


def read_by(python: Path, told: dict[str, list[Any]]) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [str(python), "-c", READER], input=json.dumps(told), capture_output=True, text=True, check=False
    )
