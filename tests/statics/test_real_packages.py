"""The view on releases as they were published."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from chatkit_harness.statics.lacks import lacks
from chatkit_harness.statics.uses import uses

pytestmark = pytest.mark.cells
CALL_ID = "agents.items.ToolCallItem.call_id (chatkit/agents.py:560 and 1 more)"
USAGE = "openai.types.responses.response_usage.InputTokensDetails is called without cache_write_tokens"


def installed(folder: Path, chatkit: str, agents: str, openai: str) -> Path:
    """The three releases alone, in one folder."""
    install = [sys.executable, "-m", "uv", "--quiet", "pip", "install", "--no-deps", "--target", str(folder)]
    pins = [f"openai-chatkit=={chatkit}", f"openai-agents=={agents}", f"openai=={openai}"]
    subprocess.run([*install, *pins], check=True)
    return folder


@pytest.mark.parametrize(
    ("releases", "lacking"),
    [
        pytest.param(("1.6.4", "0.14.2", "2.33.0"), [CALL_ID], marks=pytest.mark.slow),
        pytest.param(("1.6.4", "0.14.8", "2.38.0"), [], marks=pytest.mark.slow),
        (("1.2.0", "0.5.1", "2.54.0"), [USAGE]),
        pytest.param(("1.2.0", "0.5.1", "2.8.0"), [], marks=pytest.mark.slow),
        pytest.param(("0.0.2", "0.3.2", "1.109.1"), [], marks=pytest.mark.slow),
        (("1.6.5", "0.24.0", "3.31.0"), []),
    ],
)
def test_what_real_releases_lack(tmp_path: Path, releases: tuple[str, str, str], lacking: list[str]) -> None:
    folder = installed(tmp_path, *releases)
    told = [str(each) for each in lacks(folder, folder, folder)]
    assert len(told) == len(lacking), told
    assert all(each.startswith(start) for each, start in zip(told, lacking, strict=True)), told


def test_the_private_names_that_chatkit_uses(tmp_path: Path) -> None:
    folder = installed(tmp_path, "1.6.5", "0.24.0", "3.31.0")
    names = {use.name for use in uses(folder)}
    assert {"agents.models.openai_responses._HEADERS_OVERRIDE", "agents.__version__"} <= names
