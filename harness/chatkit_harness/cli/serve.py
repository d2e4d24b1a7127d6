"""`chatkit-harness serve`: the reference server over HTTP."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import click

from chatkit_harness.core.codec import to_document
from chatkit_harness.core.errors import ConfigurationError
from chatkit_harness.engine.serve import Keeping, ReferenceServer, Serving, prepare, require_free
from chatkit_harness.engine.targets import STORE_WORDS, is_loopback_host

from . import options
from .selection import run_settings
from .tell import follow_log

DATABASE = "chatkit.sqlite3"
NAMES = {"chatkit": "openai-chatkit", "agents": "openai-agents", "openai": "openai", "python": "Python"}


@click.command()
@options.CHATKIT
@options.AGENTS
@options.PAIR
@options.PYTHON
@options.RESOLUTION
@click.option("--port", type=click.IntRange(0, 65535), default=8765, show_default=True,
              help="0 takes any that is free.")  # fmt: skip
@click.option("--host", default="127.0.0.1", show_default=True, metavar="ADDRESS",
              help="Another address than this one lets others use the server, and the key.")  # fmt: skip
@click.option("--store", type=click.Choice(STORE_WORDS), default="sqlite", show_default=True,
              help="What threads are kept in; postgres is at DATABASE_URL.")  # fmt: skip
@click.option("--database", type=click.Path(path_type=Path, dir_okay=False), default=Path(DATABASE),
              show_default=True, help="The file of the store sqlite.")  # fmt: skip
@options.INDEX
@options.CACHE
@options.FORMAT
@options.VERBOSE
def command(**given: Any) -> int:
    """Run the reference server until Ctrl-C, in an environment of the versions named. Try it in a browser.

    By default the newest of each, resolved as of today; threads are kept in a SQLite file here, and uploads
    in a folder beside it (or UPLOAD_DIR). OPENAI_API_KEY and OPENAI_BASE_URL are passed on; LOG_LEVEL says
    how much the server logs; docs/serving.md has the other variables. With --format json, one line of JSON
    with its url is printed once it answers. Exit status 0 when it was ended with Ctrl-C.

    \b
    Example:
      chatkit-harness serve
      chatkit-harness serve --chatkit 1.6.5 --agents 0.24.0 --port 8765
      DATABASE_URL=postgresql://me@127.0.0.1/chat chatkit-harness serve --store postgres
      curl http://127.0.0.1:8765/health
      curl http://127.0.0.1:8765/api/chatkit/chart-action -d '{"query": "draw support for TSLA"}'
    """
    follow_log(given["verbose"])
    host, port = given["host"], given["port"]
    require_free(host, port)
    newest = {"chatkit": given["chatkit"] or "newest", "agents": given["agents"] or "newest"}
    versions = {} if given["pair"] else newest
    settings = run_settings({**given, **versions, "resolution": given["resolution"] or "today"})
    keeping = _keeping(given["store"], given["database"])
    extras = ["attachments", *(["postgres"] if keeping.store == "postgres" else [])]
    prepared = prepare(settings, extras)
    with ReferenceServer(prepared, keeping, host=host, port=port, log=_log) as server:
        serving = server.ready()
        try:
            _say(serving, host, given["style"])
            server.wait()
        except KeyboardInterrupt:
            server.stop()
            if given["style"] == "text":
                click.echo("Ended.")
    return 0


def _keeping(store: str, database: Path) -> Keeping:
    """Where things are kept. Raises ConfigurationError where a file cannot be made there."""
    address = os.environ.get("DATABASE_URL", "")
    if store == "postgres" and not address.startswith(("postgresql://", "postgres://")):
        cause = (
            "DATABASE_URL holds no address of a PostgreSQL database."
            if address
            else "DATABASE_URL is not set."
        )
        step = "Set it: DATABASE_URL=postgresql://USER@HOST/DATABASE."
        raise ConfigurationError("--store postgres", cause, step)
    if store == "sqlite" and not database.absolute().parent.is_dir():
        raise ConfigurationError(
            f"--database {database}", "There is no such folder.", "Make it, or name another."
        )
    uploads = os.environ.get("UPLOAD_DIR")
    beside = database.absolute().with_name(f"{database.stem}-uploads")
    return Keeping(store=store, database=database, uploads=Path(uploads).expanduser() if uploads else beside)


def _say(serving: Serving, host: str, style: str) -> None:
    """Where it is and what it runs on; for scripts, in one line."""
    if style == "json":
        click.echo(json.dumps(to_document(serving)))
        return
    versions = [f"{NAMES[name]} {version or '(none)'}" for name, version in serving.versions.items()]
    click.echo(f"The reference server answers at {serving.url}")
    click.echo(f"  {', '.join(versions)}; threads in {serving.store or 'no store'}")
    click.echo("  Open it in a browser to ask, see widgets and the chart.")
    if not os.environ.get("OPENAI_API_KEY"):
        click.echo("  OPENAI_API_KEY is not set: what needs the model will fail, the rest works.")
        click.echo("  A model without a key: `chatkit-harness upstream --port 9000`, then")
        click.echo("    OPENAI_BASE_URL=http://127.0.0.1:9000/v1 OPENAI_API_KEY=any chatkit-harness serve")
    if not is_loopback_host(host):
        click.echo("  Whoever reaches this machine can use it, and your key with it.")
    click.echo("  Ctrl-C ends it.")


def _log(line: str) -> None:
    click.echo(line, err=True)
