"""How exactly the model on loopback replays: chunks split as recorded, offsets at pacing 1.

    python -m benchmarks.replay [--rounds 5]

Plays generated cassettes, and the recorded streams that CHATKIT_HARNESS_DATA names (their events, at
generated offsets, since nobody measured theirs), to an HTTP client in a process of its own. Prints for
each how many chunks came split as recorded and how late each came, in milliseconds: what the client's
clock says since the request was sent, less the recorded offset. The goal is 5 ms.
"""

from __future__ import annotations

import argparse
import os
import random
import statistics
import time
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from multiprocessing import get_context
from pathlib import Path

import httpx

from chatkit_harness.upstream import Cassette, Chunk, Interaction, Provenance, ReplayServer, read_cassette

GOAL_MS = 5.0
WORDS = "How exact is this?"
HEADERS = {"content-type": "text/event-stream; charset=utf-8"}


@dataclass(frozen=True, slots=True)
class Measured:
    """One cassette played: how late each chunk was, and whether the splits were as recorded."""

    late_ms: list[float]
    split: bool


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--rounds", type=int, default=5, help="how often each cassette is played")
    rounds = parser.parse_args().rounds
    print(f"replay at pacing 1, {rounds} rounds; milliseconds late, goal {GOAL_MS:g}")
    print(f"{'cassette':<44}{'chunks':>7}{'median':>8}{'p95':>8}{'worst':>8}  splits as recorded")
    every: list[float] = []
    # The client is a process of its own, as a cell is.
    with ReplayServer() as server, ProcessPoolExecutor(1, mp_context=get_context("spawn")) as client:
        session = server.open_session()
        for name, chunks in cassettes():
            cassette = tape(name, chunks)
            measured = []
            for _ in range(rounds):
                session.begin(cassette, [WORDS], pacing=1)
                measured.append(client.submit(play, f"{session.base_url}/responses", chunks).result())
                session.end()
            late = [each for one in measured for each in one.late_ms]
            every += late
            split = sum(one.split for one in measured)
            print(f"{name[:43]:<44}{len(chunks):>7}{figures(late)}  {split} of {rounds}")
    print(f"{'all':<44}{len(every):>7}{figures(every)}")
    within = sum(abs(each) <= GOAL_MS for each in every)
    print(f"within {GOAL_MS:g} ms: {within} of {len(every)} ({100 * within / len(every):.2f}%)")


def cassettes() -> Iterator[tuple[str, tuple[Chunk, ...]]]:
    """Chunks to be played, by name: made from a fixed seed, and of recorded streams."""
    made = random.Random(20261120)  # noqa: S311  # offsets of a benchmark
    for name, count, gap in (
        ("fast (2 ms apart)", 300, 2),
        ("tokens (20 ms)", 60, 20),
        ("slow (150 ms)", 8, 150),
    ):
        yield name, spread([made.randbytes(made.randint(1, 900)) for _ in range(count)], gap, made)
    yield "bursts (5 at once, 50 ms)", bursts(made)
    folder = os.environ.get("CHATKIT_HARNESS_DATA")
    for file in sorted(Path(folder).rglob("real_streams/*.yaml")) if folder else ():
        for number, interaction in enumerate(read_cassette(file).interactions):
            parts = [chunk.data for chunk in interaction.chunks]
            yield f"{file.stem}[{number}]", spread(parts, 5, made)


def spread(parts: list[bytes], gap_ms: float, made: random.Random) -> tuple[Chunk, ...]:
    """Chunks about `gap_ms` apart."""
    at_ms, chunks = 10.0, []
    for part in parts:
        chunks.append(Chunk(at_ms=round(at_ms, 3), data=part))
        at_ms += made.uniform(0.2, 1.8) * gap_ms
    return tuple(chunks)


def bursts(made: random.Random) -> tuple[Chunk, ...]:
    """Five chunks at each instant, as a busy network delivers them."""
    return tuple(Chunk(at_ms=50.0 * (number // 5), data=made.randbytes(200)) for number in range(100))


def tape(name: str, chunks: tuple[Chunk, ...]) -> Cassette:
    """A cassette of one answer."""
    answer = Interaction(request={"input": WORDS}, headers=HEADERS, chunks=chunks)
    provenance = Provenance(origin="recording", recorded="2026-11-20T00:00:00+00:00")
    return Cassette(name=name, provenance=provenance, interactions=(answer,))


def play(address: str, chunks: tuple[Chunk, ...]) -> Measured:
    """Ask once, over a connection that stands, and time each chunk as it comes."""
    with httpx.Client(trust_env=False, timeout=120) as client:
        client.get(address)
        sent = time.perf_counter()
        with client.stream("POST", address, json={"input": WORDS, "stream": True}) as response:
            arrived = [((time.perf_counter() - sent) * 1000, data) for data in response.iter_raw()]
    split = [data for _, data in arrived] == [chunk.data for chunk in chunks]
    late = [at_ms - (chunk.at_ms or 0) for (at_ms, _), chunk in zip(arrived, chunks, strict=False)]
    return Measured(late, split)


def figures(late: list[float]) -> str:
    """Median, 95th percentile and worst, in columns."""
    ranked = sorted(late, key=abs)
    p95 = ranked[int(0.95 * (len(ranked) - 1))]
    return f"{statistics.median(late):>8.2f}{p95:>8.2f}{ranked[-1]:>8.2f}"


if __name__ == "__main__":
    main()
