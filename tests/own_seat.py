"""The environment of these tests as a cell, beside a model on loopback."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

from chatkit_harness.cells.payload import payload
from chatkit_harness.engine.seat import Seat
from chatkit_harness.engine.targets import Target
from chatkit_harness.environments.environment import Environment
from chatkit_harness.machine.cache import Cache
from chatkit_harness.upstream import ReplayServer


@contextmanager
def own_seat(
    home: Path,
    targets: Sequence[Target],
    *,
    limit_s: float,
    environ: Mapping[str, str] | None = None,
) -> Iterator[Seat]:
    """A seat whose model answers at once; all that it writes is in `home`."""
    with (
        ReplayServer() as model,
        Seat(
            Environment(folder=home, python=Path(sys.executable), reused=True),
            payload(Cache(home)),
            model,
            log=home / "worker.log",
            time_limit_s=limit_s,
            memory_limit_mb=0,
            pacing=0,
            targets=targets,
            environ=environ,
        ) as made,
    ):
        yield made
