"""What the load of `benchmarks.server` runs against: a model, a bare echo, and the reference server."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from types import TracebackType
from typing import Self

from chatkit_harness.engine.serve import Keeping, ReferenceServer, prepare
from chatkit_harness.engine.settings import RunSettings

ROOT = Path(__file__).resolve().parent.parent


class _Process:
    """A program of this folder that tells its address in its first line, ended by the id that was started."""

    def __init__(self, module: str, *arguments: str) -> None:
        self._command = [sys.executable, "-m", f"benchmarks.{module}", *arguments]
        self._process: subprocess.Popen[str] | None = None
        self.url = ""

    @property
    def pid(self) -> int:
        """Of the running program."""
        return self._running().pid

    def _running(self) -> subprocess.Popen[str]:
        if self._process is None:
            raise RuntimeError("it is asked before it was started")
        return self._process

    def __enter__(self) -> Self:
        self._process = subprocess.Popen(self._command, stdout=subprocess.PIPE, text=True, cwd=ROOT)
        self.url = json.loads(next(iter(self._process.stdout or ())))["url"]
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        with self._running() as process:
            process.terminate()


class Model(_Process):
    """A model that answers each question with a call of show_stock_quote, and its output with a sentence."""

    def __init__(self) -> None:
        super().__init__("server_model")


class Echo(_Process):
    """A bare Starlette application that streams what the reference server streams in one turn."""

    def __init__(self, model: Model, recorded: Path) -> None:
        super().__init__("server_echo", model.url, str(recorded))


class Server:
    """The reference server in a cell of the newest releases, without bounds on how often one user may ask."""

    def __init__(self, folder: Path, store: str, model: Model, cache: Path | None) -> None:
        os.environ["OPENAI_BASE_URL"] = f"{model.url}/v1"
        os.environ.update(OPENAI_API_KEY="none", LOG_LEVEL="ERROR", OPENAI_AGENTS_DISABLE_TRACING="1")
        os.environ.update(REQUESTS_PER_MINUTE="0", STREAMS_PER_USER="0")
        settings = RunSettings(
            out=folder,
            chatkit="newest",
            agents="newest",
            resolution="today",
            cache=cache,
            versions_named=True,
        )
        folder.mkdir(parents=True)
        prepared = prepare(settings, ["attachments", *(["postgres"] if store == "postgres" else [])])
        keeping = Keeping(store=store, database=folder / "load.sqlite3", uploads=folder / "uploads")
        self._server = ReferenceServer(
            prepared, keeping, host="127.0.0.1", port=0, log=lambda line: print(line, file=sys.stderr)
        )
        self.url = ""

    @property
    def pid(self) -> int:
        """Of the server's process."""
        return self._server.pid

    def __enter__(self) -> Self:
        self._server.__enter__()
        self.url = self._server.ready().url
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._server.__exit__(kind, error, trace)
