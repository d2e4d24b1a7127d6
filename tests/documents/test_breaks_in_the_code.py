"""The page that tells of each known break where in the packages' code it lies."""

from __future__ import annotations

import re
from pathlib import Path

DOCS = Path(__file__).parents[2] / "docs"
LABELS = ("Where", "Since / until", "Seen", "What decides", "Without changing versions")


def test_each_known_break_is_told_with_its_place_and_its_proof() -> None:
    known = re.findall(r"^## Break (\d+)$", (DOCS / "known-breaks.md").read_text("utf-8"), re.MULTILINE)
    parts = re.split(
        r"^## Break (\d+): .+$", (DOCS / "breaks-in-the-code.md").read_text("utf-8"), flags=re.MULTILINE
    )
    assert parts[1::2] == known
    for number, section in zip(parts[1::2], parts[2::2], strict=True):
        assert [label for label in LABELS if f"- **{label}**: " not in section] == [], number
        assert re.search(r"`(?:agents|chatkit|openai)/[\w/]+\.py`|as in \d+", section), number
