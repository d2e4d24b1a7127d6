"""What the reference server needs besides a pair cannot be had: cases that do not need it are driven."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from tests.engine.made_matrix import RELEASES, SCENARIO, UNHARMED, sweep
from tests.made_index import MadeIndex, made_index

ASKED = ("--pair", f"1.0.0:{UNHARMED}", "--scenario", "hello.yaml,other.yaml", "--isolation", "process",
         "--executor", "threads", "--store", "memory,postgres", "--env", "DATABASE_URL")  # fmt: skip


def lacking(index: MadeIndex) -> None:
    """The index has no psycopg, as it is."""


def ailing(index: MadeIndex) -> None:
    """The index cannot say whether it has psycopg."""
    index.ailing.update(psycopg=500)


@pytest.mark.parametrize("trouble", [lacking, ailing])
def test_extras_that_cannot_be_had_concern_the_cases_that_need_them(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, trouble: Callable[[MadeIndex], None]
) -> None:
    monkeypatch.setenv("UV_CACHE_DIR", str(tmp_path / "uv"))
    monkeypatch.setenv("UV_HTTP_RETRIES", "0")
    monkeypatch.setenv("DATABASE_URL", "postgresql://nobody@127.0.0.1:9/none")
    monkeypatch.chdir(tmp_path)
    (tmp_path / "other.yaml").write_text(SCENARIO.replace("hello", "other"))
    with made_index(RELEASES) as index:
        trouble(index)
        swept = sweep(index, tmp_path, *ASKED)
    outcomes = {(case.scenario, case.store): case.outcome for case in swept.results.cases}
    assert (swept.status, outcomes) == (3, {
        ("hello", "memory"): "pass", ("other", "memory"): "pass",
        ("hello", "postgres"): "error", ("other", "postgres"): "error",
    })  # fmt: skip
    assert "extra postgres:" in swept.reasons()
