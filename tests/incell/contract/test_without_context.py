"""A store that needs a context of its own, where none is named."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from typing import Any

import pytest
from tests.incell.contract import honest

from chatkit_harness.incell import exams
from chatkit_harness.incell.plain_context import HINT
from chatkit_harness.incell.user_server import UserServerError

HERE = __name__


class Shelf(honest.Honest):
    """A store for a context with attributes."""

    def __init__(self) -> None:
        super().__init__(":memory:")

    def own(self, thread_id: str, context: Any) -> str:
        return super().own(thread_id, {"user_id": context.user_id})

    async def save_thread(self, thread: Any, context: Any) -> None:
        await super().save_thread(thread, {"user_id": context.user_id})


class Context:
    def __init__(self, values: Mapping[str, Any]) -> None:
        self.user_id = values["user_id"]

    def __getitem__(self, name: str) -> Any:
        return getattr(self, name)


def examined(exam: str, context: str | None) -> dict[str, Any]:
    store = {"word": None, "module": HERE, "attribute": "Shelf", "context": context}
    return asyncio.run(exams.examine({"exam": f"contract/{exam}", "store": store}))


@pytest.mark.parametrize("exam", ["round-trip", "not-found", "order"])
def test_it_has_one_cause_whatever_the_rule(exam: str) -> None:
    with pytest.raises(UserServerError) as raised:
        examined(exam, None)
    assert str(raised.value) == HINT


def test_with_its_context_it_is_examined() -> None:
    assert examined("copies", f"{HERE}:Context")["outcome"] == "held"
