"""`chatkit-harness schemas client`: what chatkit and its client understand of each other."""

from __future__ import annotations

from pathlib import Path

import click

from chatkit_harness.contracts.client_document import client_document

from .tell import tell_page


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
    tell_page(client_document(), out)
    return 0
