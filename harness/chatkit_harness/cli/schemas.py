"""`chatkit-harness schemas`: what each release of chatkit, and of its client, takes, and what changed."""

from __future__ import annotations

from pathlib import Path

import click

from chatkit_harness.contracts.catalogue import exactly
from chatkit_harness.contracts.client_sync import ClientSyncReport
from chatkit_harness.contracts.diff import Change, diff
from chatkit_harness.contracts.sync import SyncReport
from chatkit_harness.core.codec import to_document
from chatkit_harness.core.data import data_folder
from chatkit_harness.core.errors import HarnessError
from chatkit_harness.engine.client_schemas import sync_client_schemas
from chatkit_harness.engine.schemas import sync_schemas

from . import options
from .named import require_named
from .schemas_changes import changes_command
from .schemas_client import client_command
from .schemas_gallery import gallery_command
from .tell import follow_log, print_document


@click.group()
def command() -> None:
    """Keep and compare the JSON Schemas of each chatkit release, and of each release of its client.

    \b
    Example:
      chatkit-harness schemas diff 1.3.1 1.4.0
      chatkit-harness schemas client
      chatkit-harness schemas gallery
      chatkit-harness schemas sync
    """


@command.command("sync")
@click.option("--chatkit", metavar="VERSIONS", help="Only these releases; default: all that hold a module.")
@click.option("--client", metavar="VERSIONS",
              help="Only these releases of the client; default: all. With one of --chatkit and --client, "
              "the other's are left as they are.")  # fmt: skip
@click.option("--out", type=click.Path(path_type=Path), metavar="DIR",
              help="Where the schemas go, those of the client in its folder client; default: the folders "
              "that the checks read.")  # fmt: skip
@options.INDEX
@options.CACHE
@options.FORMAT
@options.VERBOSE
def sync_command(
    *,
    chatkit: str | None,
    client: str | None,
    out: Path | None,
    index: str | None,
    cache: Path | None,
    style: str,
    verbose: bool,
) -> int:
    """Write the strict widget, event and request schemas of every release from its own models.

    Likewise of every release of the client, the npm package @openai/chatkit, from its type declarations;
    that takes Node.js and npm. Equal schemas are stored once; `index.json` says which release has which.

    \b
    Example:
      chatkit-harness schemas sync --chatkit newest --out /tmp/schemas
      chatkit-harness schemas sync --client all
    """
    follow_log(verbose)
    require_named({"chatkit": chatkit, "client": client})
    reports: dict[str, tuple[Path, SyncReport | ClientSyncReport]] = {}
    trouble: HarnessError | None = None
    if chatkit or not client:
        folder = out or data_folder("schemas") / "chatkit"
        reports["chatkit"] = (
            folder,
            sync_schemas(folder, versions=chatkit, index_url=index, cache_folder=cache, tell=_say),
        )
    if client or not chatkit:
        folder = out / "client" if out else data_folder("schemas") / "client"
        try:
            reports["client"] = (
                folder,
                sync_client_schemas(folder, versions=client, cache_folder=cache, tell=_say),
            )
        except HarnessError as error:  # what was written of chatkit is told first
            trouble = error
    if style == "json":
        print_document({name: to_document(report) for name, (_, report) in reports.items()})
    else:
        for name, (folder, report) in reports.items():
            _told(name, folder, report)
    if trouble is not None:
        raise trouble
    return 3 if any(report.failed for _, report in reports.values()) else 0


def _say(text: str) -> None:
    click.echo(text, err=True)


def _told(name: str, folder: Path, report: SyncReport | ClientSyncReport) -> None:
    distinct = ", ".join(f"{number} {kind}" for kind, number in report.distinct.items())
    click.echo(f"Releases of {name} in {folder}: {len(report.releases)}, with {distinct} schemas.")
    click.echo(f"{len(report.written)} files written, {len(report.removed)} removed.")
    for version, why in report.failed:
        click.echo(f"{name} {version} failed: {why}", err=True)


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


command.add_command(changes_command)
command.add_command(client_command)
command.add_command(gallery_command)
