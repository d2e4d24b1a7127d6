from __future__ import annotations

import pytest

from chatkit_harness.cli.tell import console


def test_without_a_terminal_lines_are_as_wide_as_a_table_needs(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("COLUMNS", raising=False)
    assert console().width == 120
    monkeypatch.setenv("COLUMNS", "72")
    assert console().width == 72
    assert console(width=500).width == 500
