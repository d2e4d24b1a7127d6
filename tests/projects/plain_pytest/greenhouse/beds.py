"""The beds, as their file has them."""

from __future__ import annotations

from pathlib import Path

import yaml

FILE = Path(__file__).parent.parent / "beds.yaml"


def moisture(name: str) -> int | None:
    """How much water the soil of a bed holds, in percent; None for a bed that there is not."""
    beds = yaml.safe_load(FILE.read_text(encoding="utf-8"))
    return next((int(bed["moisture"]) for bed in beds if bed["name"] == name), None)
