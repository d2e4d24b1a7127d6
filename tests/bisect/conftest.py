"""What tests of searches share: a folder with a scenario, and an index of made releases."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from tests.engine.made_matrix import SCENARIO, UNHARMED, agents, chatkit, third
from tests.made_index import MadeIndex, MadeRelease, made_index


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with a scenario and a cache of its own."""
    (tmp_path / "scenarios").mkdir()
    (tmp_path / "scenarios/hello.yaml").write_text(SCENARIO)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("CHATKIT_HARNESS_CACHE", str(tmp_path / "cache"))
    monkeypatch.delenv("CHATKIT_HARNESS_DATA", raising=False)
    return tmp_path


@pytest.fixture
def serve(here: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    """Serves a pair whose agents release imports `dep`, and what else a test makes."""
    opened = []

    def start(*releases: MadeRelease, needs: str = "dep", source: str = "") -> MadeIndex:
        assert here.exists()
        base = (chatkit("1.0.0"), third("common"), agents(UNHARMED, needs, source))
        manager = made_index([*base, *releases])
        index = manager.__enter__()
        opened.append(manager)
        monkeypatch.setenv("CHATKIT_HARNESS_INDEX", index.url)
        return index

    yield start
    for manager in opened:
        manager.__exit__(None, None, None)
