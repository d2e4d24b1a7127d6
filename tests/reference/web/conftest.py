"""The application as a page calls it, in this process."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import pytest

from chatkit_harness.incell.asgi import call
from chatkit_harness.reference import web
from chatkit_harness.reference.market import FixtureMarketData
from chatkit_harness.reference.server import create_app, create_server


@dataclass
class Said:
    """What the application answered; `events` of a stream."""

    status: int
    headers: Mapping[str, str]
    body: Any
    events: list[Any] = field(default_factory=list)

    @property
    def error(self) -> Any:
        """The envelope's inside."""
        assert set(self.body) == {"error"}
        assert set(self.body["error"]) == {"code", "message", "details", "correlation_id"}
        assert self.body["error"]["correlation_id"] == self.headers["x-correlation-id"]
        return self.body["error"]


@dataclass
class Page:
    """A page that calls one application, with a client secret where it has one."""

    app: Any
    token: str = ""

    async def get(self, path: str, method: str = "GET") -> Said:
        """A request without a body."""
        return await self._call(method, path, None, {})

    async def post(self, path: str, body: Any = None, /, *, raw: bytes | None = None, **headers: Any) -> Said:
        """A request with a JSON body, or the bytes given; a header's value may be a document."""
        sent = json.dumps(body).encode() if raw is None else raw
        named = {name.replace("_", "-"): _header(value) for name, value in headers.items()}
        return await self._call("POST", path, sent, named)

    async def session(self, symbol: str | None = None, **given: Any) -> dict[str, Any]:
        """A new session, with a chart where one is named."""
        opened: dict[str, Any] = (await self.post("/api/chatkit/session", given)).body
        if symbol is not None:
            shown = {"session_id": opened["session_id"], "symbol": symbol, "timeframe": "1D"}
            own = f"Bearer {opened['client_secret']}"
            assert (await self.post("/api/chatkit/update-context", shown, authorization=own)).status == 200
        return opened

    async def somebody(self, symbol: str | None = None) -> Page:
        """The page of a new user, who sends the secret of their session along."""
        return Page(self.app, (await self.session(symbol))["client_secret"])

    async def sdk(self, kind: str, /, *, token: str = "", metadata: Any = None, **params: Any) -> Said:
        """A ChatKit request."""
        body = {"type": kind, "params": params} | ({"metadata": metadata} if metadata else {})
        headers: dict[str, Any] = {"authorization": f"Bearer {token}"} if token else {}
        return await self.post("/chatkit/sdk", body, **headers)

    async def _call(self, method: str, path: str, body: bytes | None, headers: Mapping[str, str]) -> Said:
        events: list[bytes] = []
        own = {"authorization": f"Bearer {self.token}"} if self.token else {}
        answer = await call(
            self.app, method, path, body=body, headers={**own, **headers}, on_event=events.append
        )
        document = json.loads(answer.body) if answer.body else None
        return Said(answer.status, answer.headers, document, [json.loads(event) for event in events])


def _header(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value)


def message(text: str) -> dict[str, Any]:
    """What a user types."""
    return {"content": [{"type": "input_text", "text": text}], "attachments": [], "inference_options": {}}


def strict(server: Any, **options: Any) -> Page:
    """A page in front of a server as strangers have it: nobody's word is believed."""
    return Page(web.create_app(server, market=options.pop("market", FixtureMarketData()), **options))


@pytest.fixture
def page() -> Page:
    """A page in front of the reference server, as a scenario has it."""
    return Page(create_app(create_server({}), {}))
