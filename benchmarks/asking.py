"""The least that a team could do with nox for a pair: ask ten scenarios of the reference server in it.

`Model` stands outside the sessions and costs them nothing: it plays the model on loopback, and says case by
case what is to be asked. `asking_script.py` is what a session runs. Nothing is checked, compared or written.
"""

from __future__ import annotations

import http.server
import json
import threading
import time
from collections.abc import Sequence
from pathlib import Path
from types import TracebackType
from typing import Self

from chatkit_harness.cells.payload import payload
from chatkit_harness.core.data import data_folder
from chatkit_harness.core.scenario import on_path
from chatkit_harness.engine.case_message import case_message
from chatkit_harness.engine.cassettes import cassette_for
from chatkit_harness.engine.targets import NATIVE, REFERENCE
from chatkit_harness.machine.cache import Cache
from chatkit_harness.scenarios.catalogue import load_all, select
from chatkit_harness.upstream import ReplayServer, Session

SCRIPT = Path(__file__).with_name("asking_script.py")
LIMIT_S = 30.0


class Model:
    """The model on loopback for any number of sessions; a context manager."""

    def __init__(self, names: Sequence[str]) -> None:
        found = select(load_all([data_folder("scenarios")]), names)
        self._cases = [(on_path(each, NATIVE), cassette_for(on_path(each, NATIVE))) for each in found]
        self._replay = ReplayServer()
        self._sessions: dict[str, Session] = {}
        self._control = http.server.ThreadingHTTPServer(("127.0.0.1", 0), _answering(self))

    def __enter__(self) -> Self:
        self._replay.__enter__()
        threading.Thread(target=self._control.serve_forever, daemon=True).start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._control.shutdown()
        self._control.server_close()
        self._replay.__exit__(kind, error, trace)

    def arguments(self, folder: Path) -> list[str]:
        """What a session's Python is called with; the packages that it drives with are copied there."""
        address = f"http://127.0.0.1:{self._control.server_address[1]}"
        return [str(SCRIPT), str(payload(Cache(folder))), address]

    def answer(self, path: str) -> object:
        """What a session is told: its address of the model, or the next case; null after the last."""
        token, _, number = path.strip("/").partition("/")
        if not token:
            session = self._replay.open_session()
            self._sessions[session.token] = session
            return {"token": session.token, "base_url": session.base_url}
        session = self._sessions[token]
        session.end()
        if int(number) >= len(self._cases):
            session.close()
            return None
        scenario, cassette = self._cases[int(number)]
        session.begin(cassette, [turn.user for turn in scenario.turns if turn.user is not None])
        return case_message(scenario, REFERENCE, NATIVE, time.monotonic(), LIMIT_S)


def _answering(model: Model) -> type[http.server.BaseHTTPRequestHandler]:
    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            data = json.dumps(model.answer(self.path)).encode()
            self.send_response(200)
            self.send_header("content-length", str(len(data)))
            self.end_headers()
            self.wfile.write(data)

        def log_message(self, *words: object) -> None:
            """Say nothing."""

    return Handler
