"""`chatkit-harness schemas client`: what chatkit and its client understand of each other."""

from __future__ import annotations

from pathlib import Path

import click

from chatkit_harness.contracts.client_document import client_document
from chatkit_harness.core.errors import OutputError


@click.command("client")
@click.option("--out", type=click.Path(path_type=Path, dir_okay=False), metavar="FILE",
              help="Where the page goes; default: it is printed.")  # fmt: skip
def client_command(*, out: Path | None) -> int:
    """Say what chatkit and its client understand of each other, release by release (Markdown).

    It is made from the stored schemas of both; docs/client-contract.md is what it says.

    \b
    Example:
      chatkit-harness schemas client --out docs/client-contract.md
    """
    page = client_document()
    if out is None:
        click.echo(page, nl=False)
        return 0
    try:
        out.write_text(page, encoding="utf-8")
    except OSError as error:
        cause = f"The page cannot be written: {error.strerror or error}."
        raise OutputError(str(out), cause, "Name a file that can be written.") from None
    return 0
