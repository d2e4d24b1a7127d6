"""`chatkit-harness serve`: the reference server over HTTP."""

from __future__ import annotations

import ipaddress
import json
import os
from typing import Any

import click

from chatkit_harness.core.codec import to_document
from chatkit_harness.engine.serve import ReferenceServer, Serving, prepare, require_free

from . import options
from .selection import run_settings
from .tell import follow_log

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
@options.INDEX
@options.CACHE
@options.FORMAT
@options.VERBOSE
def command(**given: Any) -> int:
    """Run the reference server until Ctrl-C, in an environment of the versions named.

    By default the newest of each, resolved as of today. OPENAI_API_KEY and OPENAI_BASE_URL are passed on;
    LOG_LEVEL says how much the server logs. With --format json, one line of JSON with its url is printed
    once it answers. Exit status 0 when it was ended with Ctrl-C.

    \b
    Example:
      chatkit-harness serve
      chatkit-harness serve --chatkit 1.6.5 --agents 0.24.0 --port 8765
      curl http://127.0.0.1:8765/health
      curl http://127.0.0.1:8765/api/chatkit/chart-action -d '{"query": "draw support for TSLA"}'
    """
    follow_log(given["verbose"])
    host, port = given["host"], given["port"]
    require_free(host, port)
    newest = {"chatkit": given["chatkit"] or "newest", "agents": given["agents"] or "newest"}
    versions = {} if given["pair"] else newest
    settings = run_settings({**given, **versions, "resolution": given["resolution"] or "today"})
    prepared = prepare(settings)
    with ReferenceServer(prepared, host=host, port=port, log=_log) as server:
        serving = server.ready()
        try:
            _say(serving, host, given["style"])
            server.wait()
        except KeyboardInterrupt:
            server.stop()
            if given["style"] == "text":
                click.echo("Ended.")
    return 0


def _say(serving: Serving, host: str, style: str) -> None:
    """Where it is and what it runs on; for scripts, in one line."""
    if style == "json":
        click.echo(json.dumps(to_document(serving)))
        return
    versions = [f"{NAMES[name]} {version or '(none)'}" for name, version in serving.versions.items()]
    click.echo(f"The reference server answers at {serving.url}")
    click.echo(f"  {', '.join(versions)}")
    if not os.environ.get("OPENAI_API_KEY"):
        click.echo("  OPENAI_API_KEY is not set: what needs the model will fail, the rest works.")
    if not _is_loopback(host):
        click.echo("  Whoever reaches this machine can use it, and your key with it.")
    click.echo("  Ctrl-C ends it.")


def _log(line: str) -> None:
    click.echo(line, err=True)


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
