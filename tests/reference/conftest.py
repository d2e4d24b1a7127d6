"""A model on loopback that says what a test tells it to, and ChatKit turns against the servers here."""

from __future__ import annotations

import json
import threading
import warnings
from collections.abc import Callable, Iterator, Mapping
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from tests.reference.loopback import Chat, LoopbackModel

with warnings.catch_warnings():
    # chatkit 1.4.0 and later warn of their own widget classes, already while they are imported.
    warnings.simplefilter("ignore", DeprecationWarning)
    import chatkit.agents
    import chatkit.server  # noqa: F401 - imported here, so that no test meets the warnings


HERE = Path(__file__).parent


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Building a widget warns of the same classes; it is chatkit that names them, not the reference."""
    for item in items:
        if HERE in item.path.parents:
            item.add_marker(pytest.mark.filterwarnings("ignore:Direct usage of named:DeprecationWarning"))


@pytest.fixture
def model(monkeypatch: pytest.MonkeyPatch) -> Iterator[LoopbackModel]:
    """A model that the default provider finds in the environment."""
    scripted = LoopbackModel()

    class Handler(BaseHTTPRequestHandler):
        # HTTP/1.0 closes each connection: agents shares one client between the event loops of all tests.
        def do_POST(self) -> None:
            request = json.loads(self.rfile.read(int(self.headers["content-length"])))
            status, body = scripted.next_answer(request)
            streams = status == 200 and request.get("stream")
            self.send_response(status)
            self.send_header("content-type", "text/event-stream" if streams else "application/json")
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
    scripted.url = f"http://127.0.0.1:{server.server_port}/v1"
    monkeypatch.setenv("OPENAI_BASE_URL", scripted.url)
    monkeypatch.setenv("OPENAI_API_KEY", "not-a-key")
    monkeypatch.setenv("OPENAI_AGENTS_DISABLE_TRACING", "1")
    yield scripted
    server.shutdown()
    server.server_close()


@pytest.fixture
def chat(model: LoopbackModel) -> Callable[..., Chat]:
    """Start a conversation with the reference server, with options and context as a scenario gives them."""
    del model
    from chatkit_harness.reference.server import create_context, create_server

    def start(options: Mapping[str, Any] | None = None, **context: Any) -> Chat:
        return Chat(create_server(options or {}), create_context(context))

    return start
