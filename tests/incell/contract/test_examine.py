"""What an exam says of stores that do not do everything, and what it leaves behind."""

from __future__ import annotations

import functools
import json
import os
import sqlite3
from pathlib import Path
from typing import Any, ClassVar

import pytest
from tests.incell.contract import liars_processes
from tests.incell.contract.honest import Honest
from tests.incell.contract.liars_users import OneUser

from chatkit_harness.incell.contract import Bench, address, children, clockwork, examine
from chatkit_harness.incell.exam import UnsupportedError

MEMORY = liars_processes.LivesInMemory


class SaysSo(Honest):
    """It lives in its process, and says so."""

    durable: ClassVar[bool] = False

    def __init__(self) -> None:
        super().__init__(":memory:")


class NoAttachments(SaysSo):
    """What many stores are: the methods are there because they have to be."""

    async def save_attachment(self, attachment: Any, context: dict[str, Any]) -> None:
        raise NotImplementedError

    async def load_attachment(self, attachment_id: str, context: dict[str, Any]) -> Any:
        raise NotImplementedError

    async def delete_attachment(self, attachment_id: str, context: dict[str, Any]) -> None:
        raise NotImplementedError


class Lacking:
    """Somebody's object that is hardly a store."""

    def generate_thread_id(self, context: Any) -> str:
        return "thr_1"


class Closed(Honest):
    """Cannot be opened."""

    def __init__(self) -> None:
        raise ConnectionError("no route to the database")


def stored(path: Path) -> int:
    """Rows that are left in an honest store's file."""
    with sqlite3.connect(path) as db:
        found = db.execute("SELECT id FROM threads UNION ALL SELECT id FROM items").fetchall()
    db.close()
    return len(found)


@pytest.mark.parametrize("exam", ["two-processes", "crash", "forgets"])
async def test_a_store_that_says_so_need_not_last(exam: str) -> None:
    answer = await examine(exam, SaysSo)
    assert (answer["outcome"], answer["breaches"]) == ("unsupported", [])
    assert answer["reason"] == "the store says that it lives in one process only (durable = False)"


@pytest.mark.parametrize("exam", ["two-processes", "crash", "forgets"])
async def test_one_that_does_not_say_so_is_told_how(exam: str) -> None:
    answer = await examine(exam, functools.partial(MEMORY, ""))
    assert [breach["rule"] for breach in answer["breaches"]] == ["durable"]
    assert "set `durable = False` on its class" in answer["breaches"][0]["message"]


@pytest.mark.parametrize("exam", ["delete", "not-found", "owners", "copies", "attachments"])
async def test_without_attachments_only_their_exam_is_left_out(exam: str) -> None:
    answer = await examine(exam, NoAttachments)
    assert answer["outcome"] == ("unsupported" if exam == "attachments" else "held")
    assert ("save_attachment()" in answer["reason"]) == (exam == "attachments")


async def test_a_store_for_one_user_is_not_blamed_for_it(tmp_path: Path) -> None:
    answer = await examine("owners", functools.partial(OneUser, str(tmp_path / "store")))
    assert (answer["outcome"], answer["breaches"]) == ("unsupported", [])
    assert "separates nothing by user" in answer["reason"]


async def test_a_missing_method_is_named() -> None:
    answer = await examine("threads", Lacking)
    assert answer["outcome"] == "unsupported"
    assert answer["reason"] == "the store has no save_thread()"


async def test_a_store_that_cannot_be_opened_is_a_breach() -> None:
    (breach,) = (await examine("paging", Closed))["breaches"]
    assert breach["rule"] == "raised"
    assert breach["message"] == "opening the store raised ConnectionError: no route to the database"


async def test_a_context_that_cannot_be_made_is_a_breach() -> None:
    def context(values: dict[str, Any]) -> Any:
        raise KeyError("tenant")

    (breach,) = (await examine("paging", SaysSo, context))["breaches"]
    assert breach["message"] == "making a context raised KeyError: 'tenant'"


async def test_factories_may_be_coroutine_functions() -> None:
    async def opened() -> SaysSo:
        return SaysSo()

    async def context(values: dict[str, Any]) -> dict[str, Any]:
        return {**values, "tenant": "t"}

    assert (await examine("owners", opened, context))["outcome"] == "held"


async def test_what_another_process_cannot_find_is_said(tmp_path: Path) -> None:
    answer = await examine("two-processes", lambda: Honest(str(tmp_path / "store")))
    assert answer["outcome"] == "unsupported"
    assert "name a function at the top of a module" in answer["reason"]


async def test_names_tell_where_to_look(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "shop_store.py").write_text(
        "from tests.incell.contract.honest import Honest\n"
        f"def made(): return Honest({str(tmp_path / 'store')!r})\n"
    )
    monkeypatch.syspath_prepend(str(tmp_path))
    names = {"store": "shop_store:made"}
    answer = await examine("forgets", lambda: Honest(str(tmp_path / "store")), names=names)
    assert (answer["outcome"], answer["breaches"]) == ("held", [])


@pytest.mark.parametrize("exam", ["owners", "newer-rows", "crash"])
async def test_nothing_stays_in_the_store(exam: str, tmp_path: Path) -> None:
    answer = await examine(exam, functools.partial(Honest, str(tmp_path / "store")))
    assert answer["outcome"] == "held"
    assert stored(tmp_path / "store") == 0


async def test_an_answer_is_plain_json(tmp_path: Path) -> None:
    answer = await examine("order", functools.partial(Honest, str(tmp_path / "store")))
    assert json.loads(json.dumps(answer)) == answer
    assert set(answer) == {"outcome", "reason", "breaches", "asked"}


async def test_a_child_that_never_ends_is_ended(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(children, "LIMIT_S", 1.0)
    bench = Bench(functools.partial(Honest, str(tmp_path / "store")))
    await bench.begin()
    store = await bench.open()
    thread, _ = await bench.filled(store)
    child = bench.child("write", thread=thread.id, label="waits", count=1, steps=0)
    said = await child.lines()  # nobody lets it go
    assert said[-1]["ended"] == "it did not end within 1 seconds"
    await bench.close()


async def test_closing_the_bench_ends_its_children(tmp_path: Path) -> None:
    bench = Bench(functools.partial(Honest, str(tmp_path / "store")))
    await bench.begin()
    thread, _ = await bench.filled(await bench.open())
    child = bench.child("write", thread=thread.id, label="waits", count=1, steps=0)
    assert "ready" in await child.line()
    await bench.close()
    with pytest.raises(ProcessLookupError):
        os.kill(child.pid, 0)


def test_an_address_is_found_again() -> None:
    factory = functools.partial(Honest, "store")
    found = address.find(json.loads(json.dumps(address.address_of(factory))))
    assert isinstance(found, functools.partial)
    assert (found.func, found.args) == (Honest, ("store",))
    assert address.find(address.named("os.path:join")) is os.path.join


@pytest.mark.parametrize("factory", [lambda: None, functools.partial(Honest, object()), object()])  # type: ignore[arg-type]  # that is the point
def test_what_has_no_address(factory: Any) -> None:
    assert address.address_of(factory) is None


def test_every_method_is_hit_at_as_many_moments_mostly_after_something_went_out() -> None:
    chosen = clockwork.moments({"add one": (900, 40), "add two": (900, 40), "save": (500, 7)}, 20)
    assert len(chosen) == len(set(chosen)) == 20
    assert sum(1 for each in chosen if each.step == "save") == 10
    assert {each.number for each in chosen if each.step == "save" and each.outward} == set(range(1, 8))
    ones, twos = ({m.number for m in chosen if m.step == f"add {n}" and m.outward} for n in ("one", "two"))
    assert len(ones | twos) == len(ones) + len(twos) > 4
    assert len(clockwork.moments({"save": (1000, 0)}, 5)) == 5


def test_unsupported_is_no_error_of_a_store() -> None:
    assert not issubclass(UnsupportedError, NotImplementedError)
