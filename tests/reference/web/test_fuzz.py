"""The ChatKit endpoint under requests that nobody would write: never a fault of the server, never a word of
somebody else's, never a change to what is theirs.
"""

from __future__ import annotations

import asyncio
import copy
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.reference.loopback import LoopbackModel, Talkative
from tests.reference.web.world import ON_NOBODYS, ON_WHAT_IS_ADAS, PRIVATE, World, a_world

from chatkit_harness.incell.asgi import Answer, call
from chatkit_harness.reference.web.limits import UNLIMITED

DEEP = "@deep@"
WORDS = [
    "", " ", "\x00", "\ud800", "\U0001f680" * 50, "x" * 70_000, DEEP, "../../etc/passwd", "%00", "' --",
    "thr_ada", "thr_bob", "msg_ada", "msg_bob", "wid_ada", "atc_ada", "hid_ada", "NaN", "-1", "9" * 400,
]  # fmt: skip
SCALARS = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.just(10**400),
    st.floats(),
    st.text(max_size=20),
    st.sampled_from(WORDS),
)
JUNK = st.recursive(
    SCALARS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(WORDS), inner, max_size=3),
    max_leaves=6,
)
REQUESTS = [{"type": kind, "params": params} for kind, params in {**ON_WHAT_IS_ADAS, **ON_NOBODYS}.items()]


@st.composite
def requests(draw: st.DrawFn) -> bytes:
    """A request with some of its parts, or its bytes, put out of joint."""
    request: Any = copy.deepcopy(draw(st.sampled_from(REQUESTS)))
    request["metadata"] = draw(st.just({}) | JUNK)
    for _ in range(draw(st.integers(0, 3))):
        places = list(_places(request))
        where, key = draw(st.sampled_from(places))
        if draw(st.booleans()) or isinstance(where, list):
            where[key] = draw(JUNK)
        else:
            del where[key]
    whose = draw(st.sampled_from(["_ada", "_bob", "_none"]))
    text = json.dumps(request).replace("_ada", whose)
    depth = draw(st.sampled_from([1, 190, 300, 1500, 60_000]))
    text = text.replace(json.dumps(DEEP), "[" * depth + "]" * depth)
    encoded = text.encode(draw(st.sampled_from(["utf-8"] * 8 + ["utf-8-sig", "utf-16", "utf-32"])))
    return draw(_torn(encoded)) if draw(st.integers(0, 4)) == 0 else encoded


@st.composite
def _torn(draw: st.DrawFn, body: bytes) -> bytes:
    at = draw(st.integers(0, len(body)))
    return body[:at] + draw(st.binary(max_size=6)) + body[at + draw(st.integers(0, 40)) :]


def _places(document: Any) -> Iterator[tuple[Any, Any]]:
    """Each container with each of its keys."""
    pairs: Any = document.items() if isinstance(document, dict) else enumerate(document)
    for key, value in list(pairs):
        yield document, key
        if isinstance(value, (dict, list)):
            yield from _places(value)


class Fuzzed:
    """A world on an event loop of its own, which lives as long as all its examples."""

    def __init__(self, store: str) -> None:
        self._loop = asyncio.new_event_loop()
        self._made = a_world(store, UNLIMITED)
        self.world: World = self._loop.run_until_complete(self._made.__aenter__())
        self.before = self._loop.run_until_complete(self.world.adas())

    def ask(self, body: bytes) -> Answer:
        """What Bob is answered."""
        headers = {"authorization": f"Bearer {self.world.bob.token}"}
        asked = call(self.world.bob.app, "POST", "/chatkit/sdk", body=body, headers=headers)
        return self._loop.run_until_complete(asyncio.wait_for(asked, 20))

    def adas(self) -> str:
        """All that Ada has now."""
        return self._loop.run_until_complete(self.world.adas())

    def close(self) -> None:
        """Let go of it."""
        self._loop.run_until_complete(self._made.__aexit__(None, None, None))
        self._loop.run_until_complete(self._loop.shutdown_asyncgens())
        self._loop.close()


@pytest.fixture
def fuzzed(model: LoopbackModel, request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Fuzzed]:
    model.__class__ = Talkative
    word = getattr(request, "param", "memory")
    made = Fuzzed(word if word == "memory" else f"sqlite:{tmp_path / 'fuzzed.sqlite3'}")
    yield made
    made.close()


def tried(fuzzed: Fuzzed, examples: int) -> set[int]:
    """Ask that often; the statuses that were given."""
    statuses = set()

    @settings(max_examples=examples, derandomize=True, database=None, deadline=None,
              suppress_health_check=list(HealthCheck))  # fmt: skip
    @given(requests())
    def holds(body: bytes) -> None:
        answer = fuzzed.ask(body)
        statuses.add(answer.status)
        require_decent(answer)
        assert fuzzed.adas() == fuzzed.before

    holds()
    return statuses


def require_decent(answer: Answer) -> None:
    """Raise unless an answer is one of the API's, and says nothing that it should not."""
    said = answer.body.decode()
    assert answer.status in (200, 400, 403, 404, 409, 413, 422, 501), said
    assert PRIVATE not in said
    assert "Traceback" not in said
    assert "/chatkit_harness/" not in said
    if answer.status != 200:
        error = json.loads(said)["error"]
        assert set(error) == {"code", "message", "details", "correlation_id"}
    elif answer.headers["content-type"].startswith("text/event-stream"):
        for event in said.split("\n\n")[:-1]:
            kind = json.loads(event.removeprefix("data: "))["type"]
            assert kind != "error", f"the model always answers, and still something failed: {said}"
    else:
        assert answer.headers["content-type"] == "application/json"
        json.loads(said)


def test_no_request_does_harm(fuzzed: Fuzzed) -> None:
    assert {200, 403, 404, 422} <= tried(fuzzed, 150), "and the requests are not all nonsense"


@pytest.mark.slow
@pytest.mark.parametrize("fuzzed", ["memory", "sqlite"], indirect=True)
def test_no_request_of_very_many_does_harm(fuzzed: Fuzzed) -> None:
    assert {200, 403, 404, 422} <= tried(fuzzed, 5_000)
