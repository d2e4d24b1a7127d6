"""An exam over which a store of the reference server's own goes down: no rule was broken."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import pytest

from chatkit_harness.incell import exams
from chatkit_harness.incell.unjudged import UnjudgedError
from chatkit_harness.reference.stores import StoreUnavailableError

SQLITE = {
    "word": "sqlite",
    "module": "chatkit_harness.reference.stores",
    "attribute": "open_store",
    "context": "chatkit_harness.reference.context:create_context",
}


def broken(words: str) -> dict[str, Any]:
    return {"outcome": "broken", "reason": None, "breaches": [{"message": words}]}


def asked(told: dict[str, Any], store: dict[str, Any] | None = SQLITE) -> None:
    asyncio.run(exams.require_store({"store": store}, told))


@pytest.fixture(autouse=True)
def _folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def test_a_store_that_cannot_be_opened_ends_the_exam() -> None:
    Path("chatkit.sqlite3").write_bytes(b"this is no database" * 50)
    with pytest.raises(StoreUnavailableError, match="file is not a database"):
        asyncio.run(exams.examine({"exam": "contract/paging", "store": SQLITE}))


def test_a_store_that_is_back_by_now_was_down_all_the_same() -> None:
    with pytest.raises(UnjudgedError, match="the store sqlite was out of reach for a while"):
        asked(broken("save_item() raised StoreUnavailableError: the store cannot be used: locked"))


def test_a_rule_that_a_store_breaks_while_it_is_up_is_a_breach() -> None:
    asked(broken("the second page has an item of the first one"))


@pytest.mark.parametrize("store", [None, {**SQLITE, "word": None}])
def test_what_a_store_of_the_users_raises_is_a_breach(store: dict[str, Any] | None) -> None:
    asked(broken("save_item() raised StoreUnavailableError: no"), store)
