"""Which run a command is about where none is named: never silently."""

from __future__ import annotations

from pathlib import Path

import click

from .folders import newest_run


def chosen_run(named: Path | None) -> Path:
    """The run that was named, else the newest one in reports/, which is told on standard error.

    That may be one that nobody has in mind: `recheck` leaves its own there, too. Raises ResultsError where
    there is none.
    """
    if named is not None:
        return named
    found = newest_run()
    click.echo(f"The newest run: {found}", err=True)
    return found
