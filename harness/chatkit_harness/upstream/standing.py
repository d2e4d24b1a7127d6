"""The replaying model by itself, at an address that stays: for a server that runs elsewhere.

Its `/v1` is what the server takes for the model's provider. A run that drives that server says by `/harness`
which case begins and ends; while none does, whatever fits is answered from the pieces that it knows.
"""

from __future__ import annotations

import json
import time
from collections.abc import Sequence
from dataclasses import replace
from types import TracebackType
from typing import Any, Self

from starlette.types import Receive, Scope, Send

from chatkit_harness.core.codec import to_document
from chatkit_harness.core.errors import CassetteError
from chatkit_harness.upstream.cassette import Chunk, api_of
from chatkit_harness.upstream.cassette_reader import parse_cassette
from chatkit_harness.upstream.delivery import Progress, deliver
from chatkit_harness.upstream.free_play import FreePlay, Piece
from chatkit_harness.upstream.loopback import Loopback, taken_in
from chatkit_harness.upstream.nouns import Reply
from chatkit_harness.upstream.reply import error_reply
from chatkit_harness.upstream.server import body_of
from chatkit_harness.upstream.session import Session

CONTROL = "/harness"
FREE_AFTER_S = 120.0
"""A run that says nothing for so long was killed: its case is nobody's any more.

What the server asks of the model does not count: it may go on asking after the run that drove it is gone.
"""
VERSION = 2
"""Of what is said at CONTROL: the two sides may come from different installations."""


class StandingModel:
    """Answers at one port of 127.0.0.1 until it is left; a context manager.

    Raises ConfigurationError on entering where the port cannot be had.
    """

    def __init__(self, port: int, pieces: Sequence[Piece] = (), *, pacing: float = 0) -> None:
        self._loopback = Loopback(self._serve, port=port)
        self._pieces, self._pacing = len(pieces), pacing
        self._free = FreePlay(pieces)
        self._session = Session("", "", self._loopback.soon, lambda _token: None, lambda: None)
        self._in_case = False
        self._run, self._heard = "", 0.0

    def __enter__(self) -> Self:
        self._loopback.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._loopback.stop()

    @property
    def url(self) -> str:
        """Its address, which a run names with `--upstream`."""
        return f"http://127.0.0.1:{self._loopback.port}"

    @property
    def base_url(self) -> str:
        """What the server is to have as OPENAI_BASE_URL."""
        return f"{self.url}/v1"

    async def _serve(self, scope: Scope, receive: Receive, send: Send) -> None:
        arrived = time.monotonic()
        raw = await body_of(receive)
        if raw is None:
            return
        method, path = scope["method"], scope["path"]
        if path.startswith(CONTROL):
            await taken_in()  # what the server has sent before belongs to the case that ends
            reply, progress, pacing = self._controlled(method, path, raw), Progress(), 0.0
        elif self._in_case:
            answered = self._session.answer(method, path, raw, arrived)
            reply, progress, pacing = answered.reply, answered.progress, answered.pacing
        else:
            reply, progress, pacing = self._played(method, path, raw), Progress(), self._pacing
        await deliver(reply, progress, receive, send, pacing=pacing, began=arrived)

    def _controlled(self, method: str, path: str, raw: bytes) -> Reply:
        try:
            asked = json.loads(raw or b"{}")
            if method == "POST" and self._is_others(str(asked.get("run", ""))):
                return error_reply(409, "harness_in_use", "Another run is using this model.")
            if method == "GET" and path == CONTROL:
                return _told({"version": VERSION, "pieces": self._pieces})
            if method == "POST" and path == f"{CONTROL}/begin":
                return self._begun(asked)
            if method == "POST" and path == f"{CONTROL}/at-work":
                return _told({})
            if method == "POST" and path == f"{CONTROL}/end":
                self._in_case = False
                return _told(to_document(self._session.end()))
        except (ValueError, TypeError, KeyError, AttributeError, CassetteError) as error:
            return error_reply(400, "harness_bad_control", f"It cannot be understood: {error}")
        return error_reply(404, "harness_unsupported", f"There is no {method} {path}.")

    def _is_others(self, run: str) -> bool:
        """Whether a case of another run is open; else this run is the one that is heard of from now on."""
        now = time.monotonic()
        if self._in_case and run != self._run and now - self._heard < FREE_AFTER_S:
            return True
        self._run, self._heard = run, now
        return False

    def _begun(self, asked: dict[str, Any]) -> Reply:
        text, always = asked["cassette"], bool(asked["always"])
        cassette = parse_cassette(text, name=str(asked["name"])) if text is not None else None
        if cassette is not None and always:
            cassette = replace(cassette, always=True)
        self._session.begin(cassette, [str(each) for each in asked["words"]], pacing=float(asked["pacing"]))
        self._in_case = True
        return _told({"free_after_s": FREE_AFTER_S})

    def _played(self, method: str, path: str, raw: bytes) -> Reply:
        """What fits of the pieces, however often it was asked for: nobody counts outside a run."""
        api = api_of(path) if method == "POST" else None
        if api is None:
            return error_reply(404, "harness_unsupported", f"The replaying model serves no {method} {path}.")
        try:
            body = json.loads(raw)
        except (ValueError, RecursionError):
            body = None
        if not isinstance(body, dict):
            return error_reply(400, "harness_unmatched", "The request's body is no JSON object.")
        return self._free.answer(api, body)


def _told(document: dict[str, Any]) -> Reply:
    content = json.dumps(document).encode()
    return Reply(headers={"content-type": "application/json"}, chunks=(Chunk(data=content),))
