"""A model that begins to answer and then waits, and notices when nobody reads it any more."""

from __future__ import annotations

import json
import select
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from tests.reference.loopback import plain

TEXT = "Apple is up"
REST = " today."
PATIENCE_S = 20


class HeldModel:
    """Says TEXT, waits for `go`, then says REST; `gone` is set when its reader goes away while it waits."""

    def __init__(self) -> None:
        self.url = ""
        self.begun = threading.Event()
        self.go = threading.Event()
        self.gone = threading.Event()

    def answer(self, write: Any, connection: socket.socket) -> None:
        """The events of one answer."""
        begin, end = events()
        write(begin)
        self.begun.set()
        for _ in range(PATIENCE_S * 20):
            if self.go.wait(0.05):
                write(end)
                return
            readable, _writable, _broken = select.select([connection], [], [], 0)
            if readable and not connection.recv(1, socket.MSG_PEEK):
                self.gone.set()
                return


def events() -> tuple[bytes, bytes]:
    """The events before and after the wait."""
    part = {"type": "output_text", "text": "", "annotations": [], "logprobs": []}
    item = {"id": "msg_held", "type": "message", "role": "assistant", "status": "completed"}
    whole = item | {"content": [part | {"text": TEXT + REST}]}
    where = {"output_index": 0, "content_index": 0, "item_id": "msg_held"}
    before: list[dict[str, Any]] = [
        {"type": "response.created", "response": plain([])},
        {"type": "response.output_item.added", "output_index": 0, "item": item | {"content": []}},
        {"type": "response.content_part.added", **where, "part": part},
        {"type": "response.output_text.delta", **where, "delta": TEXT, "logprobs": []},
    ]
    after: list[dict[str, Any]] = [
        {"type": "response.output_text.delta", **where, "delta": REST, "logprobs": []},
        {"type": "response.output_text.done", **where, "text": TEXT + REST, "logprobs": []},
        {"type": "response.output_item.done", "output_index": 0, "item": whole},
        {"type": "response.completed", "response": plain([whole])},
    ]
    return _lines(before, 0), _lines(after, len(before))


def _lines(said: list[dict[str, Any]], first: int) -> bytes:
    numbered = (event | {"sequence_number": n} for n, event in enumerate(said, first))
    return "".join(f"event: {each['type']}\ndata: {json.dumps(each)}\n\n" for each in numbered).encode()


@contextmanager
def held_model() -> Iterator[HeldModel]:
    """A running one."""
    model = HeldModel()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            self.rfile.read(int(self.headers["content-length"]))
            self.send_response(200)
            self.send_header("content-type", "text/event-stream")
            self.end_headers()
            model.answer(self.wfile.write, self.connection)

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
    model.url = f"http://127.0.0.1:{server.server_port}/v1"
    try:
        yield model
    finally:
        model.go.set()
        server.shutdown()
        server.server_close()
