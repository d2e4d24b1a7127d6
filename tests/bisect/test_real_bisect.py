"""Bisect over the real packages: from a pair that worked in its time and fails today to what broke it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from tests.cli.command import call


@pytest.mark.slow
@pytest.mark.cells
def test_it_finds_the_package_its_first_bad_release_and_what_avoids_it(tmp_path: Path) -> None:
    said = call(
        "bisect", "--pair", "1.2.0:0.5.1", "--good", "contemporary", "--bad", "today",
        "--scenario", "quote-aapl", "--path", "native", "--repeat", "1",
        "--out", tmp_path, "--format", "json",
    )  # fmt: skip
    told = json.loads(said.out)
    assert said.status == 0, said.err
    assert [each["name"] for each in told["changes"]] == ["openai"]
    assert told["turns"][0]["first_bad"] == "2.45.0"
    assert (told["constraint"], told["verified"]) == ("openai<2.45.0", True)
    assert "openai==2.45.0" in Path(tmp_path, "first-bad.txt").read_text()
