"""`chatkit-harness merge`: joins shards, or runs."""

from __future__ import annotations

from pathlib import Path

import click

from chatkit_harness.engine.merge import merge

from . import options
from .folders import output_folder, require_new
from .run import show


@click.command()
@click.argument("results", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option("--out", type=click.Path(path_type=Path), metavar="DIR",
              help="Where the merged run goes; default: reports/TIME.")  # fmt: skip
@click.option("--prefer", type=click.Path(path_type=Path), metavar="RUN",
              help="Which of the runs counts where two of them differ.")  # fmt: skip
@options.FORMAT
def command(*, results: tuple[Path, ...], out: Path | None, prefer: Path | None, style: str) -> int:
    """Join shards of one plan, or several runs, into the run that one machine would have given.

    RESULTS are runs' folders or their results.jsonl. They have to be of one version of chatkit-harness and
    judged by the same checks. What two runs have alike is kept once; where they differ nothing is written
    until --prefer says which one counts. Of a cell that has other pins in each, and of a scenario that was
    changed in between, that one's cases are kept.

    Where shards are missing, the rest is merged and told as an interrupted run. The exit status is the merged
    run's own: 1 where something failed in it, 3 where nothing did but something is missing or unjudged.

    \b
    Example:
      chatkit-harness merge shard-1 shard-2 shard-3 --out whole
      chatkit-harness merge reports/20261120-120000 reports/20261121-090000 --prefer reports/20261121-090000
    """
    require_new(out)
    with output_folder(out) as folder:
        merged = merge(results, folder, prefer=prefer)
    for note in merged.notes:
        click.echo(note, err=True)
    return show(merged.results, style)
