"""`chatkit-harness init`: settings, a first scenario and a CI job for one's own server."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from chatkit_harness.core.errors import HarnessError, UnavailableError
from chatkit_harness.scaffold.prepare import Prepared, Wished, prepare, told
from chatkit_harness.scaffold.project import Project, read_project
from chatkit_harness.scaffold.write import write

from . import options
from .selection import NEWEST, run_settings
from .tell import follow_log, print_document

VERBS = {"write": "written", "append": "added to", "keep": "kept as it is"}


@click.command()
@click.option("--server", metavar="MODULE:NAME",
              help="Your ChatKitServer: the factory, class or instance NAME of package.module here; "
              "default: the only one that is found.")  # fmt: skip
@options.CONTEXT
@options.ENV
@options.WITH
@options.PYTHON
@click.option("--lock", metavar="FILE", help="What says which versions run; default: uv.lock, pylock.toml, a "
              "requirements file, or pyproject.toml, whichever is there.")  # fmt: skip
@click.option("--ci", type=click.Choice(["github", "gitlab", "none"]),
              help="Which CI gets a job; default: the one that the repository has, else github.")  # fmt: skip
@click.option("--scenarios", type=click.Path(path_type=Path), metavar="DIR",
              help="Where the scenario goes; default: ./scenarios.")  # fmt: skip
@click.option("--no-drive", is_flag=True,
              help="Drive nothing: the scenario then asks a question and expects nothing.")  # fmt: skip
@click.option("--dry-run", is_flag=True, help="Show what would be written, and write nothing.")
@options.INDEX
@options.CACHE
@options.FORMAT
@options.VERBOSE
def command(**given: Any) -> int:
    """Set up a project that has a ChatKit server: settings, a first scenario, a CI job.

    The server is found by reading the project's files. It is driven in an environment of its own, with the
    versions that the project locks; no model is asked. What it offers to the model shows which tools it has:
    one that works becomes the first scenario, with what it was seen to answer. Nothing that exists is
    changed; a pyproject.toml gets [tool.chatkit-harness] at its end.

    \b
    Exit status:
      0    written, or there already
      1    the server fails as it is; nothing was written
      2    wrong use: no server, or several
      3    the index is out of reach, no environment can be made, or a file cannot be written
      130  interrupted

    \b
    Example:
      chatkit-harness init
      chatkit-harness init --server shop.server:create_server --env SHOP_REGION=eu --dry-run
    """
    follow_log(given["verbose"])
    dry = given["dry_run"]
    project = read_project(Path.cwd(), lock=given["lock"], ci=given["ci"])
    prepared = _prepared(project, given)
    if not dry:
        write(prepared.pieces)
    if given["style"] == "json":
        print_document(told(prepared, below=project.folder, dry=dry))
    else:
        _say(prepared, project, dry=dry)
    return 1 if prepared.findings else 0


def _prepared(project: Project, given: dict[str, Any]) -> Prepared:
    if given["server_context"] and not given["server"]:
        raise click.UsageError("--context makes the context of a server: name that with --server.")
    asked = {**given, "resolution": project.lock or "today", "scenarios": None}
    settings = run_settings(asked, pairs=() if project.lock else NEWEST)
    wished = Wished(env=tuple(given["env"]), scenarios=given["scenarios"], drive=not given["no_drive"])
    try:
        return prepare(project, settings, wished, lambda words: click.echo(words, err=True))
    except UnavailableError as error:
        raise _unwritten(error) from None


def _unwritten(error: UnavailableError) -> HarnessError:
    if "othing was written" in error.cause:
        return error
    step = f"{error.next_step} Nothing was written; --no-drive does without driving."
    return type(error)(error.culprit, error.cause, step)


def _say(prepared: Prepared, project: Project, *, dry: bool) -> None:
    document = told(prepared, below=project.folder, dry=dry)
    versions = ", ".join(f"{name} {version}" for name, version in document["versions"].items())
    click.echo(f"server: {prepared.server} ({versions})")
    if prepared.findings:
        click.echo("It fails as it is, before anything is expected of it:", err=True)
        for finding in prepared.findings:
            click.echo(f"  {finding.message}", err=True)
        for step in prepared.notes:
            click.echo(step, err=True)
        return
    for entry in document["files"]:
        verb = VERBS[entry["action"]]
        verb = f"would be {verb}" if dry and entry["action"] != "keep" else verb
        why = f" ({entry['why']})" if "why" in entry else ""
        click.echo(f"{verb}: {entry['path']}, {entry['what']}{why}")
        if "text" in entry:
            click.echo("".join(f"    {line}\n" for line in entry["text"].splitlines()), nl=False)
    for note in prepared.notes:
        click.echo(f"note: {note}")
    if not dry:
        click.echo("Next: chatkit-harness run")
