"""What a terminal says of a search's result."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pytest

from chatkit_harness.bisect.words import headline


def found(names: Sequence[str], axis: str, first_bad: str) -> dict[str, Any]:
    """A search that came to these packages, and to a release of one of them."""
    turn = {"axis": axis, "last_good": "1.0", "first_bad": first_bad, "between": []}
    changes = [{"name": name, "good": "1.0", "bad": "9.0"} for name in names]
    return {"verdict": "found", "changes": changes, "turns": [turn]}


@pytest.mark.parametrize(
    ("names", "axis", "told"),
    [
        (["openai"], "openai", "openai 2.1"),
        (["openai", "openai-agents"], "openai", "openai 2.1 together with openai-agents"),
        (["openai", "openai-agents"], "openai-agents", "openai together with openai-agents 2.1"),
        (["pydantic", "pydantic-core"], "pydantic", "pydantic 2.1 together with pydantic-core"),
        (["openai-agents"], "openai", "openai 2.1"),
    ],
)
def test_the_release_is_told_of_its_own_package_alone(names: list[str], axis: str, told: str) -> None:
    assert headline(found(names, axis, "2.1")) == f"FOUND: {told} makes it fail."
