"""Text of unknown origin made fit to be shown: what broken servers send must not break a report."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from itertools import groupby

from chatkit_harness.causes.words import python_words
from chatkit_harness.core.nouns import CaseResult, Cell

# Control characters but tab and newline, lone surrogates, and what XML 1.0 forbids besides.
_UNFIT = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")
# They reorder what a reader sees around them.
_BIDI = re.compile("[\u202a-\u202e\u2066-\u2069]")

_FEW = 3
_AS_RANGE = 3

SYMBOLS: Mapping[str, str] = {
    "pass": "✓",
    "fail": "✗",
    "error": "!",
    "unresolvable": "∅",
    "skipped": "»",
    "not run": "·",
}
ASCII_SYMBOLS: Mapping[str, str] = {
    "pass": "+",
    "fail": "x",
    "error": "!",
    "unresolvable": "0",
    "skipped": ">",
    "not run": ".",
}
WORDS: Mapping[str, str] = {
    "pass": "works",
    "fail": "fails",
    "error": "not judged",
    "unresolvable": "no pins",
    "skipped": "skipped",
    "not run": "not run",
}
"""What an outcome means for a cell, in words."""
COLOURS: Mapping[str, str] = {
    "pass": "green",
    "fail": "bold red",
    "error": "magenta",
    "unresolvable": "yellow",
    "skipped": "dim",
    "not run": "dim",
}
"""How a terminal shows an outcome."""

FINDING_NOT_MALFUNCTION = (
    "Red cells are the finding, not a malfunction: the harness ran, and that is what it saw in them."
)


def clean(text: object) -> str:
    """A text without what a terminal, a browser or an XML parser would trip over."""
    return _BIDI.sub(
        "\N{REPLACEMENT CHARACTER}", _UNFIT.sub("\N{REPLACEMENT CHARACTER}", _newlines(str(text)))
    )


def clip(text: object, limit: int) -> str:
    """A clean text in one line of at most `limit` characters."""
    flat = " ".join(clean(text).split())
    return flat if len(flat) <= limit else flat[: limit - 1].rstrip() + "…"


def count(number: int, one: str, many: str | None = None) -> str:
    """`1 cell`, `2 cells`, `2,070 cells`."""
    return f"{number:,} {one if number == 1 else many or one + 's'}"


def first_few(names: Sequence[str]) -> str:
    """Three names, and how many more there are."""
    rest = len(names) - _FEW
    return ", ".join(names[:_FEW]) + (f" and {rest} more" if rest > 0 else "")


def listed(names: Sequence[str]) -> str:
    """`a`, `a and b`, `a, b and c`."""
    return clean(" and ".join([", ".join(names[:-1]), names[-1]] if len(names) > 1 else names))


def shard_words(numbers: Sequence[int], of: int) -> str:
    """Shards of a plan in words: `shard 2/3`, `shards 1/9, 4/9 to 9/9`."""
    told = []
    for _, run in groupby(enumerate(numbers), lambda each: each[1] - each[0]):
        spelt = [f"{number}/{of}" for _, number in run]
        told += spelt if len(spelt) < _AS_RANGE else [f"{spelt[0]} to {spelt[-1]}"]
    return f"shard{'s' if len(numbers) > 1 else ''} {', '.join(told)}"


def runs_elsewhere(cell: Cell) -> bool:
    """Whether a cell stands for a server that runs already, whose versions nobody tells."""
    return cell.resolution == "running"


def shares_packages(cell: Cell) -> bool:
    """Whether it was driven on packages that other cells have too: a fresh environment may say otherwise."""
    return cell.isolation in ("fork", "process")


def cell_parts(cell: Cell) -> tuple[str, str, str, str]:
    """What a cell has in the columns chatkit, agents, Python and resolved."""
    if runs_elsewhere(cell):
        return "?", "?", "?", clean(cell.resolution)
    parts = cell.chatkit or "none", cell.agents, python_words(cell), cell.resolution
    return clean(parts[0]), clean(parts[1]), clean(parts[2]), clean(parts[3])


def cell_words(cell: Cell) -> str:
    """A cell in one line, as a person would name it."""
    if runs_elsewhere(cell):
        return "a server that runs"
    chatkit, agents, python, resolution = cell_parts(cell)
    return f"chatkit {chatkit} agents {agents} py{python} {resolution}"


def column_name(case: CaseResult) -> str:
    """The scenario of a case, with whatever of the path, the store and the client is not the usual."""
    usual = {"native", "memory", "none"}
    unusual = [word for word in (case.path, case.store, case.client) if word not in usual]
    return clean(f"{case.scenario} ({', '.join(unusual)})" if unusual else case.scenario)


PATH_NAMES: Mapping[str, str] = {"native": "native", "agent_builder": "Agent Builder"}
"""The two paths as people call them, in the usual order."""


def column_label(case: CaseResult) -> str:
    """A case's column within its path: the scenario, with its client; stores are told once, or down."""
    return clean(f"{case.scenario} ({case.client})" if case.client != "none" else case.scenario)


def milliseconds(value: float | None) -> str:
    """`12 ms`, `3.4 s`, or a dash for what is not known."""
    if value is None:
        return "-"
    return f"{value:.0f} ms" if value < 1000 else f"{value / 1000:.1f} s"


def _newlines(text: str) -> str:
    return text.replace("\r\n", "\n").replace("\r", "\n")
