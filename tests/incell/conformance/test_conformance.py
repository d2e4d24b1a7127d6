"""Each rule holds of a server that keeps it, and is broken by the one that does not."""

from __future__ import annotations

import ast
import asyncio
import fnmatch
import inspect
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from chatkit_harness.checks.rules import RULES
from chatkit_harness.incell import exams
from chatkit_harness.incell.conformance import EXAMS, client, errors, ownership, paging, protocol, storage
from chatkit_harness.scenarios.load import load_scenario

from . import liars_errors, liars_ownership, liars_paging, liars_protocol, liars_storage
from .catalogue import LIARS
from .honest import Honest

ROOMS = (liars_errors, liars_ownership, liars_paging, liars_protocol, liars_storage)
"""Importing them fills the catalogue."""

_made: dict[str, Any] = {"server": Honest, "context": dict}


def create_server() -> Any:
    return _made["server"]()


def create_context(values: Mapping[str, Any]) -> Any:
    return _made["context"](values)


def examined(exam: str, server: Any, context: Any = dict) -> dict[str, Any]:
    _made.update(server=server, context=context)
    target = {"kind": "server", "module": __name__, "attribute": "create_server", "context": None}
    case = {"exam": f"conformance/{exam}", "target": target, "options": {}, "context": {}, "limit_s": 5}
    return asyncio.run(exams.examine(case))


@pytest.mark.parametrize("exam", EXAMS)
def test_a_server_that_keeps_the_rule_is_told_to(exam: str) -> None:
    found = examined(exam, Honest)
    assert found["breaches"] == []
    lasting = "unsupported" if exam == "another-server" else "held"
    assert (found["outcome"], found["asked"] > 0) == (lasting, lasting == "held")


@pytest.mark.parametrize(("exam", "rule"), LIARS, ids=[each.__name__ for each in LIARS.values()])
def test_a_liar_is_found(exam: str, rule: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(client, "LIMIT_S", 0.4)
    found = examined(exam, LIARS[exam, rule])
    assert rule in {each["rule"] for each in found["breaches"]}
    assert found["outcome"] == "broken"


@pytest.mark.parametrize(
    ("liar", "rule", "kind"),
    [
        (liars_ownership.LetsEverybodyActBesideItems, "not-refused", "threads.custom_action"),
        (liars_ownership.ShowsAnybodysFeedback, "changed", "items.feedback"),
    ],
)
def test_it_is_told_which_request_a_stranger_may_make(liar: Any, rule: str, kind: str) -> None:
    breaches = examined("others-write", liar)["breaches"]
    assert [(each["rule"], each["evidence"]["kind"]) for each in breaches] == [(rule, kind)]


def test_feedback_that_changes_nothing_is_chatkits_own_way_and_no_breach() -> None:
    assert examined("others-write", liars_ownership.TakesAnybodysFeedback)["breaches"] == []


def rules_of(module: Any) -> set[str]:
    """The rules that a module's exams name; those put together from parts as patterns."""
    calls = [each for each in ast.walk(ast.parse(inspect.getsource(module))) if isinstance(each, ast.Call)]
    named = [each.args[1] for each in calls if getattr(each.func, "attr", "") in ("require", "advise")]
    parts = [each.values if isinstance(each, ast.JoinedStr) else [each] for each in named]
    return {"".join(getattr(part, "value", "") if isinstance(part, ast.Constant) else "*" for part in each)
            for each in parts}  # fmt: skip


def test_each_rule_that_can_be_broken_has_its_liar() -> None:
    told = {rule for _, rule in LIARS} | {rule for rule, _ in OVER_HTTP}
    for rule in set().union(*map(rules_of, (client, errors, ownership, paging, protocol, storage))):
        assert fnmatch.filter(told, rule), rule


def test_each_rule_is_known_to_the_checks() -> None:
    asked = set().union(*map(rules_of, (client, errors, ownership, paging, protocol, storage)))
    known = {rule.partition("/")[2] for rule in RULES["conformance"]}
    assert all(fnmatch.filter(known, rule) for rule in asked)
    assert all(any(fnmatch.fnmatchcase(rule, each) for each in asked) for rule in known - {"hung"})


async def plain_text(scope: Any, receive: Any, send: Any) -> None:
    """It streams, and says that it is text."""
    if scope["type"] == "http":
        await send(
            {"type": "http.response.start", "status": 200, "headers": [(b"content-type", b"text/plain")]}
        )
        await send({"type": "http.response.body", "body": b'data: {"type": "thread.created"}\n\n'})


async def at_fault(scope: Any, receive: Any, send: Any) -> None:
    """Whatever is wrong with a request, it is at fault itself."""
    if scope["type"] == "http":
        await send({"type": "http.response.start", "status": 500, "headers": []})
        await send({"type": "http.response.body", "body": b"oh"})


OVER_HTTP = {("no-stream", "first-turn"): plain_text, ("server-error", "bad-body"): at_fault}


@pytest.mark.parametrize(("rule", "exam"), OVER_HTTP)
def test_a_liar_is_found_over_http(rule: str, exam: str) -> None:
    app = OVER_HTTP[rule, exam].__name__
    target = {"kind": "asgi", "module": __name__, "attribute": app, "endpoint": "/chatkit",
              "headers": {}, "other_headers": {}}  # fmt: skip
    case = {"exam": f"conformance/{exam}", "target": target, "options": {}, "context": {}, "limit_s": 5}
    found = asyncio.run(exams.examine(case))
    assert rule in {each["rule"] for each in found["breaches"]}
    assert {each["advice"] for each in found["breaches"] if each["rule"] == "server-error"} <= {True}


class OverHttp:
    """An honest server as an application: `x-user` says who asks, and `shut` who is not let in."""

    def __init__(self, *, shut: str = "", busy: int = 0) -> None:
        self.server, self.shut, self.busy = Honest(), shut, busy

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] != "http":
            return
        user = dict(scope["headers"]).get(b"x-user", b"").decode()
        body = (await receive())["body"]
        self.busy -= 1
        if self.busy >= 0:
            await answered(send, 429, b"later", (b"retry-after", b"0"))
        elif user == self.shut:
            await answered(send, 401, b"who are you?")
        else:
            await self.answer(body, user, send)

    async def answer(self, body: bytes, user: str, send: Any) -> None:
        try:
            found = await self.server.process(body, {"user_id": user})
            streams = hasattr(found, "__aiter__")
            content = b"".join([chunk async for chunk in found]) if streams else found.json
        except (LookupError, ValueError, TypeError, AttributeError, RecursionError):
            await answered(send, 404, b"nothing")
            return
        kind = b"text/event-stream" if streams else b"application/json"
        await answered(send, 200, content, (b"content-type", kind))


async def answered(send: Any, status: int, body: bytes, *headers: tuple[bytes, bytes]) -> None:
    await send({"type": "http.response.start", "status": status, "headers": list(headers)})
    await send({"type": "http.response.body", "body": body})


application: Any = None


def over_http(exam: str, app: OverHttp, other: str = "ben") -> dict[str, Any]:
    globals()["application"] = app
    target = {"kind": "asgi", "module": __name__, "attribute": "application", "endpoint": "/chatkit",
              "headers": {"x-user": "ann"}, "other_headers": {"x-user": other}}  # fmt: skip
    case = {"exam": f"conformance/{exam}", "target": target, "options": {}, "context": {}, "limit_s": 5}
    return asyncio.run(exams.examine(case))


@pytest.mark.parametrize("exam", [name for name in EXAMS if name != "another-server"])
def test_over_http_the_rules_are_the_same(exam: str) -> None:
    found = over_http(exam, OverHttp())
    assert (found["outcome"], found["breaches"]) == ("held", [])


@pytest.mark.parametrize("exam", ["others-read", "others-list", "others-write", "others-delete"])
def test_who_is_shut_out_altogether_proves_nothing(exam: str) -> None:
    found = over_http(exam, OverHttp(shut="ben"))
    assert found["outcome"] == "unsupported"
    assert "the user of --other-header cannot list their own threads" in found["reason"]
    assert "401" in found["reason"]


def test_two_users_that_are_one_prove_nothing() -> None:
    found = over_http("others-read", OverHttp(), other="ann")
    assert found["outcome"] == "unsupported"
    assert "of two users" in found["reason"]


def test_a_server_that_is_asked_too_often_is_asked_again() -> None:
    assert over_http("words-as-said", OverHttp(busy=3))["outcome"] == "held"


def test_a_server_that_keeps_its_threads_elsewhere_has_them_when_it_is_made_anew() -> None:
    shared = Honest()

    class Lasting(Honest):
        def __init__(self) -> None:
            super().__init__()
            self.threads, self.items = shared.threads, shared.items
            self.numbers = shared.numbers

    class Forgetful(Lasting):
        made = 0

        def __init__(self) -> None:
            super().__init__()
            Forgetful.made += 1
            if Forgetful.made > 1:
                self.items = {name: [] for name in shared.items}

    assert examined("another-server", Lasting)["outcome"] == "held"
    assert [each["rule"] for each in examined("another-server", Forgetful)["breaches"]] == ["lost"]


def test_where_nobody_else_can_be_asked_for_ownership_is_left_out() -> None:
    found = examined("others-read", Honest, lambda _values: {"user_id": "the only one"})
    assert found["outcome"] == "unsupported"
    assert "nobody else can be asked for" in found["reason"]


def test_where_no_thread_can_be_made_that_is_the_reason() -> None:
    found = examined("rename", liars_protocol.KeepsTheThreadToItself)
    assert found["outcome"] == "unsupported"
    assert "no thread can be made" in found["reason"]


def test_each_exam_has_a_scenario_that_asks_for_it() -> None:
    folder = Path(__file__).resolve().parents[3] / "scenarios" / "conformance"
    scenarios = [load_scenario(each) for each in sorted(folder.glob("*.yaml"))]
    assert sorted(str(each.exam) for each in scenarios) == sorted(f"conformance/{name}" for name in EXAMS)
    assert all(each.id == f"conformance-{str(each.exam).partition('/')[2]}" for each in scenarios)
