"""`chatkit-harness schemas changes`: what changed on the wire from each release of chatkit to the next."""

from __future__ import annotations

from pathlib import Path

import click

from chatkit_harness.contracts.wire_document import wire_document, wire_steps
from chatkit_harness.contracts.wire_history import history

from . import options
from .tell import print_document, tell_page


@click.command("changes")
@click.option("--out", type=click.Path(path_type=Path, dir_okay=False), metavar="FILE",
              help="Where the page goes; default: it is printed.")  # fmt: skip
@options.FORMAT
def changes_command(*, out: Path | None, style: str) -> int:
    """Say what changed on the wire from each chatkit release to the next, as tables (Markdown).

    \b
    Example:
      chatkit-harness schemas changes --out docs/wire-changes.md
      chatkit-harness schemas changes --format json
    """
    steps = list(history())
    if style == "json":
        print_document(wire_steps(steps))
        return 0
    tell_page(wire_document(steps), out)
    return 0
