"""What is told where a server is asked in a way that it does not know: which option may be wrong."""

from __future__ import annotations

import asyncio
import copy
import json
import pickle
from collections.abc import Mapping
from typing import Any

import pytest
from tests.incell.conformance.honest import Honest

from chatkit_harness.incell import exams, tracebacks
from chatkit_harness.incell.plain_context import HINT, hinted, plain_context
from chatkit_harness.incell.unjudged import UnjudgedError
from chatkit_harness.incell.user_server import UserServerError, load, load_app

HERE = __name__
ENDPOINT = "/guide"
KEY = "ann-4711"


async def refused(send: Any, status: int, body: bytes) -> None:
    await send({"type": "http.response.start", "status": status, "headers": []})
    await send({"type": "http.response.body", "body": body})


async def guide(scope: Any, receive: Any, send: Any) -> None:
    """It listens at one path, to one user, and has nothing to say to either."""
    if scope["type"] == "http" and scope["path"] != ENDPOINT:
        await refused(send, 404, b"Not Found")
    elif scope["type"] == "http":
        known = dict(scope["headers"]).get(b"x-user") == KEY.encode()
        await refused(send, 501 if known else 401, b"" if known else b"who are you?")


class ByAttribute(Honest):
    """A server for a context with attributes."""

    async def process(self, body: bytes, context: Any) -> Any:
        return await super().process(body, {"user_id": context.user_id})


class Context:
    def __init__(self, values: Mapping[str, Any]) -> None:
        self.user_id = values["user_id"]


def application() -> Any:
    return guide


def over_http(exam: str, endpoint: str, user: str = "") -> dict[str, Any]:
    target = {"kind": "asgi", "module": HERE, "attribute": "guide", "endpoint": endpoint,
              "headers": {"x-user": user}, "other_headers": {}}  # fmt: skip
    case = {"exam": f"conformance/{exam}", "target": target, "options": {}, "context": {}, "limit_s": 5}
    return asyncio.run(exams.examine(case))


def test_a_first_turn_that_is_refused_says_which_option_it_may_be() -> None:
    said = "the server answered 401: who are you? (say who asks: --header)"
    (breach,) = over_http("first-turn", ENDPOINT)["breaches"]
    assert breach["message"] == f"a new thread's answer is no event stream: {said}"
    assert said in over_http("rename", ENDPOINT)["reason"]


@pytest.mark.parametrize("exam", ["first-turn", "rename", "unknown-thread", "bad-body"])
def test_where_nobody_listens_no_rule_is_put_to_the_test(exam: str) -> None:
    with pytest.raises(UnjudgedError, match="--endpoint /chatkit: The application answers 404 to a ChatKit"):
        over_http(exam, "/chatkit")


@pytest.mark.parametrize("exam", ["unknown-thread", "bad-body"])
def test_who_refuses_everything_keeps_no_rule(exam: str) -> None:
    found = over_http(exam, ENDPOINT)
    assert (found["outcome"], found["breaches"]) == ("unsupported", [])
    assert "--header" in found["reason"]


def test_a_refusal_that_is_neither_is_told_as_it_is() -> None:
    (breach,) = over_http("first-turn", ENDPOINT, KEY)["breaches"]
    assert breach["message"].endswith(": the server answered 501")


def test_a_plain_context_is_a_dict_that_says_what_it_lacks() -> None:
    context = plain_context({"user_id": "ann"})
    assert (context, json.dumps(context)) == ({"user_id": "ann"}, '{"user_id": "ann"}')
    assert (copy.deepcopy(context), getattr(context, "name", None)) == (context, None)
    with pytest.raises(AttributeError) as raised:
        _ = context.user_id
    told = tracebacks.describe(raised.value)
    assert told["message"] == f"'dict' object has no attribute 'user_id': {HINT}"
    assert (told["subject"], told["frames"]) == (None, []), "how it is told is no news to anybody"
    assert pickle.loads(pickle.dumps(context)) == context  # noqa: S301 - our own bytes


def test_a_type_error_about_a_dict_has_the_hint_where_it_may_be_the_context() -> None:
    raised = {"type": "builtins.TypeError", "message": "'dict' object is not callable"}
    assert hinted(raised, plain_context({}))["message"] == f"'dict' object is not callable; {HINT}"
    assert hinted(raised, {}) == raised, "somebody has made it so"
    with pytest.raises(TypeError, match="--context MODULE:NAME"):
        _ = {plain_context({}): 1}


def conformance(exam: str, context: str | None) -> dict[str, Any]:
    target = {"kind": "server", "module": HERE, "attribute": "ByAttribute", "context": context}
    case = {"exam": f"conformance/{exam}", "target": target, "options": {}, "context": {}, "limit_s": 5}
    return asyncio.run(exams.examine(case))


@pytest.mark.parametrize("exam", ["first-turn", "rename", "others-read", "unknown-thread"])
def test_a_server_that_lacks_its_context_has_one_cause_whatever_the_rule(exam: str) -> None:
    with pytest.raises(UserServerError) as raised:
        conformance(exam, None)
    assert str(raised.value) == HINT
    assert conformance(exam, f"{HERE}:Context")["outcome"] == "held"


@pytest.mark.parametrize("name", ["guide", "application"])
def test_an_application_that_is_named_as_a_server_is_told_how_to_name_it(name: str) -> None:
    with pytest.raises(UserServerError) as raised:
        load(HERE, name).create_server({})
    assert f", or write --server asgi:{HERE}:{name} --endpoint PATH" in str(raised.value)


async def later() -> Any:
    return ByAttribute()


def factory() -> Any:
    return ByAttribute()


instance = ByAttribute()


@pytest.mark.parametrize("name", ["ByAttribute", "factory", "instance"])
def test_a_server_that_is_named_as_an_application_is_told_how_to_name_it(name: str) -> None:
    with pytest.raises(UserServerError) as raised:
        load_app(HERE, name)
    assert f"leave out asgi: (--server {HERE}:{name})" in str(raised.value)


def test_so_is_one_that_is_made_later() -> None:
    target = {"kind": "asgi", "module": HERE, "attribute": "later", "endpoint": "/x", "headers": {}}
    case = {"exam": "conformance/rename", "target": target, "options": {}, "context": {}, "limit_s": 5}
    with pytest.raises(UserServerError, match="leave out asgi:"):
        asyncio.run(exams.examine(case))
