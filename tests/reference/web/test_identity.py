"""Who gets to be whom."""

from __future__ import annotations

from typing import Any

import pytest
from tests.reference.web.conftest import Page, strict

from chatkit_harness.reference.market import FixtureMarketData
from chatkit_harness.reference.web import create_app
from chatkit_harness.reference.web.backend import Clock
from chatkit_harness.reference.web.tokens import LIFETIME_S, RENEWABLE_S, Claims, sign

KEY = "issuer-" * 6
ISSUER = f"Bearer {KEY}"
SESSION = "/api/chatkit/session"
OTHERS: dict[str, dict[str, Any]] = {
    "/api/chatkit/update-context": {"symbol": "TSLA", "timeframe": "1D"},
    "/api/chatkit/chart-action": {"query": "draw support"},
    "/api/chatkit/proxy": {"messages": [{"role": "user", "content": "Hi"}]},
}


@pytest.fixture
def door() -> Page:
    """A server that nobody is known to, and that has no issuer."""
    return strict(None)


@pytest.fixture
def issued() -> Page:
    """A server whose sessions an operator's backend opens."""
    return strict(None, issuer_key=KEY)


async def test_a_claimed_user_or_device_is_nobody(door: Page) -> None:
    for claim in ({"user_id": "ada"}, {"device_id": "phone"}, {"user_id": "ada", "device_id": "phone"}):
        first, second = await door.session(**claim), await door.session(**claim)
        assert first["user"].startswith("anonymous-")
        assert first["user"] != second["user"]


async def test_an_earlier_secret_proves_who_it_is(door: Page) -> None:
    first = await door.session()
    again = await door.session(existing_session=first["client_secret"], user_id="bob")
    assert (again["user"], again["session_id"]) == (first["user"], first["session_id"])


async def test_the_id_of_a_session_proves_nothing(door: Page) -> None:
    first = await door.session()
    assert (await door.session(existing_session=first["session_id"]))["user"] != first["user"]


async def test_a_secret_outlives_its_session_but_not_its_key() -> None:
    one = Page(create_app(None, market=FixtureMarketData(), secret=b"k" * 32))
    first = await one.session()
    anew = Page(create_app(None, market=FixtureMarketData(), secret=b"k" * 32))
    assert (await anew.session(existing_session=first["client_secret"]))["user"] == first["user"]
    other = Page(create_app(None, market=FixtureMarketData(), secret=b"o" * 32))
    assert (await other.session(existing_session=first["client_secret"]))["user"] != first["user"]


@pytest.mark.parametrize(
    ("late", "good", "renewable"),
    [(0.0, True, True), (LIFETIME_S, False, True), (LIFETIME_S + RENEWABLE_S, False, False)],
)
async def test_a_secret_is_good_for_a_while_and_renewable_for_longer(
    late: float, good: bool, renewable: bool
) -> None:
    now = 1_000_000.0
    door = strict(None, clock=Clock(lambda: now))
    first = await door.session()
    now += late
    said = await Page(door.app, first["client_secret"]).post("/api/chatkit/chart-action", {"query": "x"})
    assert said.status == (200 if good else 401)
    again = await door.session(existing_session=first["client_secret"])
    assert (again["user"] == first["user"]) is renewable


async def test_the_issuer_names_users(issued: Page) -> None:
    said = await issued.post(SESSION, {"user_id": "ada"}, authorization=ISSUER)
    assert (said.status, said.body["user"]) == (200, "ada")
    nobody = await issued.post(SESSION, {}, authorization=ISSUER)
    assert nobody.body["user"].startswith("anonymous-")


@pytest.mark.parametrize("letter", ["\N{CHART WITH UPWARDS TREND}", "é", '"'])
async def test_a_secret_can_be_renewed_whatever_the_user_is_called(issued: Page, letter: str) -> None:
    named = {"user_id": letter * 200}
    first = (await issued.post(SESSION, named, authorization=ISSUER)).body
    again = {**named, "existing_session": first["client_secret"]}
    said = await issued.post(SESSION, again, authorization=ISSUER)
    assert (said.status, said.body["session_id"]) == (200, first["session_id"])


async def test_nobody_else_does(issued: Page) -> None:
    said = await issued.post(SESSION, {"user_id": "ada"})
    assert (said.status, said.error["code"]) == (403, "user_unproven")
    said = await issued.post(SESSION, {"user_id": "ada"}, authorization="Bearer guessed")
    assert (said.status, said.error["code"]) == (401, "issuer_key_invalid")
    assert (await issued.session())["user"].startswith("anonymous-")


async def test_only_the_issuer_renews_what_it_vouched_for(issued: Page) -> None:
    opened = (await issued.post(SESSION, {"user_id": "ada"}, authorization=ISSUER)).body
    again = {"existing_session": opened["client_secret"]}
    said = await issued.post(SESSION, again)
    assert (said.status, said.error["code"]) == (403, "user_unproven")
    said = await issued.post(SESSION, {**again, "user_id": "ada"}, authorization=ISSUER)
    assert said.body["session_id"] == opened["session_id"]
    said = await issued.post(SESSION, {**again, "user_id": "bob"}, authorization=ISSUER)
    assert said.body["session_id"] != opened["session_id"]


@pytest.mark.parametrize("path", [*OTHERS, "/chatkit/sdk"])
async def test_without_a_token_nothing_is_answered(path: str) -> None:
    said = await strict_with_chatkit().post(path, {**OTHERS.get(path, {}), "session_id": "sess_1"})
    assert (said.status, said.error["code"]) == (401, "token_missing")
    assert said.headers["www-authenticate"] == 'Bearer realm="chatkit"'


@pytest.mark.parametrize("path", OTHERS)
async def test_on_loopback_the_id_of_a_session_proves_nothing_either(path: str) -> None:
    page = strict_with_chatkit(anonymous=True)
    adas = await page.session("TSLA")
    said = await page.post(path, {**OTHERS[path], "session_id": adas["session_id"]})
    assert (said.status, said.error["code"]) == (401, "token_missing")


async def test_on_loopback_a_token_is_asked_for_before_what_is_kept_is_read() -> None:
    said = await strict_with_chatkit(anonymous=True).post("/api/chatkit/update-context", raw=b"no JSON")
    assert said.status == 401


async def test_on_loopback_only_what_keeps_nothing_is_answered_without_one() -> None:
    page = strict_with_chatkit(anonymous=True)
    said = await page.post("/api/chatkit/chart-action", {"query": "draw support for TSLA"})
    assert said.status == 200
    said = await page.post("/chatkit/sdk", {"type": "threads.list", "params": {}})
    assert said.status == 401


@pytest.mark.parametrize("path", OTHERS)
async def test_a_session_in_the_body_has_to_be_ones_own(path: str) -> None:
    page = strict_with_chatkit()
    bob, adas = await page.somebody(), await page.session("TSLA")
    said = await bob.post(path, {**OTHERS[path], "session_id": adas["session_id"]})
    assert (said.status, said.error["code"]) == (403, "not_yours")


@pytest.mark.parametrize(
    "authorization",
    ["Basic YWRhOng=", "Bearer", "Bearer ", "Bearer a.b", "Bearer \xe9.\xe9", "bearer " + "x" * 9000],
)
async def test_what_is_no_token_is_refused(door: Page, authorization: str) -> None:
    said = await door.post("/api/chatkit/chart-action", {"query": "x"}, authorization=authorization)
    assert said.status == 401
    assert "error=" in said.headers["www-authenticate"] or authorization.startswith("Basic")


async def test_a_token_that_says_too_much_is_refused(door: Page) -> None:
    claims = Claims("sess_1", "ada", 9e9)
    forged = sign(b"another server's secret, as it seems", claims)
    said = await Page(door.app, forged).post("/api/chatkit/chart-action", {"query": "x"})
    assert (said.status, said.error["code"]) == (401, "token_invalid")


def strict_with_chatkit(**options: bool) -> Page:
    from chatkit_harness.reference.server import create_server

    return strict(create_server({}), **options)
