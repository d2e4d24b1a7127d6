"""`compare` that drives both paths itself, in a real cell."""

from __future__ import annotations

import base64
import json
import os
import re
import zlib
from pathlib import Path
from typing import Any

import pytest
from tests.cli.command import call

ASSUMED = "600 ms to the first token, then 80 tokens a second"


def of_the_page(folder: Path) -> dict[str, Any]:
    """What report.html has of the comparison."""
    page = (folder / "report.html").read_text(encoding="utf-8")
    packed = re.search(r'id="data-comparison">([^<]+)<', page)
    assert packed
    told: dict[str, Any] = json.loads(zlib.decompress(base64.b64decode(packed[1]), -zlib.MAX_WBITS))
    return told


@pytest.mark.cells
@pytest.mark.slow
def test_what_is_assumed_stands_in_all_that_is_drawn_and_changes_no_verdict(tmp_path: Path) -> None:
    cached = os.environ.get("CHATKIT_HARNESS_CACHE") or tmp_path / "cache"
    pair = ("--pair", "1.6.5:0.24.0", "--resolution", "contemporary", "--scenario", "classifier-only")
    out = tmp_path / "out"
    assumed = call("compare", *pair, "--cache", cached, "--out", out, "--assume", "ttft=600ms,tps=80")
    assert assumed.status == 0, assumed.err
    assert f"the model takes {ASSUMED}" in " ".join(assumed.out.split())
    document = json.loads((out / "comparison.json").read_text())
    assert document["assumption"] == ASSUMED
    assert ASSUMED in of_the_page(out)["assumption"]
    assert f"the model takes {ASSUMED}" in (out / "comparison.md").read_text()
    call("compare", out, "--out", tmp_path / "plain")
    plain = json.loads((tmp_path / "plain/comparison.json").read_text())
    assert plain["assumption"] is None
    verdicts = [[each["verdict"] for each in told["scenarios"]] for told in (document, plain)]
    assert verdicts == [["native better"], ["native better"]]
