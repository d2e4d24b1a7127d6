"""`chatkit-harness schemas gallery`: every component that a widget may have, drawn, on one page."""

from __future__ import annotations

from pathlib import Path

import click

from chatkit_harness.core.errors import UsageError
from chatkit_harness.reports.gallery import gallery_pieces, is_gallery

from .tell import tell_page


@click.command("gallery")
@click.option("--chatkit", metavar="VERSION", default="newest", show_default=True,
              help="The release whose components are drawn, beside those of the newest client.")  # fmt: skip
@click.option("--out", type=click.Path(path_type=Path, dir_okay=False), metavar="FILE", show_default=True,
              default="gallery.html",
              help="Where the page goes. It replaces another gallery, nothing else.")  # fmt: skip
def gallery_command(*, chatkit: str, out: Path) -> int:
    """Draw every component of a chatkit release with every prop and value that it declares, as one page.

    The page needs nothing but itself. It is approximate: the client's own renderer is not published.

    \b
    Example:
      chatkit-harness schemas gallery
      chatkit-harness schemas gallery --chatkit 1.4.0 --out /tmp/gallery.html
    """
    if out.exists() and not is_gallery(out):
        raise UsageError(
            str(out), "There is a file already, and it is no gallery.", "Name another one with --out."
        )
    tell_page("".join(gallery_pieces(chatkit)), out)
    click.echo(f"The gallery of chatkit's widgets is in {out}.")
    return 0
