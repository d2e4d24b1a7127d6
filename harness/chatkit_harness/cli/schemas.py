"""`chatkit-harness schemas`: the strict schemas of each chatkit release, and what changed between two."""

from __future__ import annotations

from pathlib import Path

import click

from chatkit_harness.contracts.catalogue import exactly
from chatkit_harness.contracts.diff import Change, diff
from chatkit_harness.core.codec import to_document
from chatkit_harness.core.data import data_folder
from chatkit_harness.engine.schemas import sync_schemas

from . import options
from .tell import follow_log, print_document


@click.group()
def command() -> None:
    """Keep and compare the JSON Schemas of each chatkit release.

    \b
    Example:
      chatkit-harness schemas diff 1.3.1 1.4.0
      chatkit-harness schemas sync
    """


@command.command("sync")
@click.option("--chatkit", metavar="VERSIONS", help="Only these releases; default: all that hold a module.")
@click.option("--out", type=click.Path(path_type=Path), metavar="DIR",
              help="Where the schemas go; default: the folder that the checks read.")  # fmt: skip
@options.INDEX
@options.CACHE
@options.FORMAT
@options.VERBOSE
def sync_command(
    *,
    chatkit: str | None,
    out: Path | None,
    index: str | None,
    cache: Path | None,
    style: str,
    verbose: bool,
) -> int:
    """Write the strict widget, event and request schemas of every release from its own models.

    Equal schemas are stored once; `index.json` says which release has which.

    \b
    Example:
      chatkit-harness schemas sync --chatkit newest --out /tmp/schemas
    """
    follow_log(verbose)
    folder = out or data_folder("schemas") / "chatkit"
    report = sync_schemas(
        folder,
        versions=chatkit,
        index_url=index,
        cache_folder=cache,
        tell=lambda text: click.echo(text, err=True),
    )
    if style == "json":
        print_document(to_document(report))
    else:
        distinct = ", ".join(f"{number} {kind}" for kind, number in report.distinct.items())
        click.echo(f"Releases in {folder}: {len(report.releases)}, with {distinct} schemas.")
        click.echo(f"{len(report.written)} files written, {len(report.removed)} removed.")
        for version, why in report.failed:
            click.echo(f"chatkit {version} failed: {why}", err=True)
    return 3 if report.failed else 0


@command.command("diff")
@click.argument("a")
@click.argument("b")
@options.FORMAT
def diff_command(a: str, b: str, style: str) -> int:
    """Say in words what changed in widgets, events and requests from chatkit release A to B (or `newest`).

    \b
    Example:
      chatkit-harness schemas diff 1.3.1 1.4.0
    """
    a, b = exactly(a), exactly(b)
    changes = diff(a, b)
    if style == "json":
        print_document({"from": a, "to": b, "changes": [to_document(change) for change in changes]})
        return 0
    if not changes:
        click.echo(f"Nothing changed from chatkit {a} to {b}.")
    for kind in dict.fromkeys(change.schema for change in changes):
        click.echo(click.style(f"{kind}s", bold=True))
        for change in changes:
            if change.schema == kind:
                click.echo(_line(change))
    return 0


def _line(change: Change) -> str:
    mark = {"added": "+", "removed": "-"}.get(change.kind, "~")
    return f"  {mark} {change.text}{'  (breaking)' if change.breaking else ''}"
