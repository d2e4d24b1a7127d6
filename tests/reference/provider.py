"""A provider of market data on loopback that answers what a test tells it to."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


@dataclass
class Answer:
    """One answer: a status, a body (bytes as they are, anything else as JSON), headers.

    `held` is waited for before the answer is given, for a provider that is late.
    """

    body: Any = None
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    held: threading.Event | None = None


@dataclass
class Provider:
    """Where it is, what it answers in turn (the last answer again and again), and what it was asked."""

    url: str = ""
    answers: list[Answer] = field(default_factory=list)
    asked: list[str] = field(default_factory=list)
    keys: list[str | None] = field(default_factory=list)

    def says(self, body: Any, status: int = 200, **headers: str) -> None:
        """The next answer."""
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        self.answers.append(Answer(body, status, named))


@contextmanager
def provider() -> Iterator[Provider]:
    """A provider that is there while the block runs."""
    told = Provider()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            answer = told.answers[min(len(told.asked), len(told.answers) - 1)]
            told.asked.append(self.path)
            told.keys.append(self.headers.get("authorization"))
            if answer.held is not None:
                answer.held.wait(10)
            body = answer.body if isinstance(answer.body, bytes) else json.dumps(answer.body).encode()
            self.send_response(answer.status)
            for name, value in answer.headers.items():
                self.send_header(name, value)
            self.send_header("content-length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
    told.url = f"http://127.0.0.1:{server.server_port}/market"
    try:
        yield told
    finally:
        for answer in told.answers:
            if answer.held is not None:
                answer.held.set()
        server.shutdown()
        server.server_close()
