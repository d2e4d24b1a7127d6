"""One header for several runs: whether they belong together, which shards are missing, the plan's order."""

from __future__ import annotations

import math
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from packaging.version import InvalidVersion, Version

from chatkit_harness.core.errors import ResultsError
from chatkit_harness.core.nouns import digest
from chatkit_harness.reports.text import shard_words
from chatkit_harness.results import RunHeader

from .joined import Part


@dataclass(frozen=True, slots=True, kw_only=True)
class Shards:
    """How many shards the plan has (0: it was not parted), and which of them are missing."""

    of: int = 0
    missing: tuple[int, ...] = ()

    def complaint(self) -> dict[str, str]:
        """What is to be said of the missing ones."""
        named = shard_words(self.missing, self.of)
        error = ResultsError(
            named,
            f"There are no results of {named}: what was merged is not the whole plan.",
            f"Run what is missing (--shard {self.missing[0]}/{self.of}), and merge again with its folder.",
        )
        return error.as_document()


def require_alike(parts: Sequence[Part], preferred: Part | None = None) -> None:
    """Raises ResultsError where two runs cannot be told as one: it names both and says why not.

    A scenario that was changed meanwhile is the preferred run's, where that has it.
    """
    first = parts[0]
    for part in parts[1:]:
        one, other = first.results.header, part.results.header
        told = _difference(one, other)
        if told:
            raise ResultsError(
                f"{first.name} and {part.name}",
                told,
                "Merge runs of one kind; `chatkit-harness recheck` judges an older run as today.",
            )
    _require_one_of_each(parts, preferred.results.header.scenarios if preferred is not None else ())


def _require_one_of_each(parts: Sequence[Part], settled: Collection[str]) -> None:
    known: dict[str, tuple[str, Part]] = {}
    for part in parts:
        for name, scenario in part.results.header.scenarios.items():
            if name in settled:
                continue
            substance = _substance(scenario)
            first, holder = known.setdefault(name, (substance, part))
            if first != substance:
                raise ResultsError(
                    f"{holder.name} and {part.name}",
                    f"The scenario {name!r} is not the same in both.",
                    "Run the older one again, or say with --prefer which one has it as it is meant.",
                )


def changed(one: RunHeader, other: RunHeader) -> frozenset[str]:
    """The scenarios that are there in both runs, and are not the same."""
    both = one.scenarios.keys() & other.scenarios.keys()
    return frozenset(n for n in both if _substance(one.scenarios[n]) != _substance(other.scenarios[n]))


def _substance(scenario: Mapping[str, Any]) -> str:
    """A digest of what a scenario asks: another machine has it in another folder."""
    return digest({**scenario, "source": "", "replaces": ""})


def _difference(one: RunHeader, other: RunHeader) -> str | None:
    versions = one.harness_version, other.harness_version
    if versions[0] != versions[1]:
        return f"They were made by different versions of chatkit-harness, {versions[0]} and {versions[1]}."
    if set(one.checks) != set(other.checks):
        checks = ", ".join(sorted(set(one.checks) ^ set(other.checks)))
        return f"They were judged by different checks: only one of them has {checks}."
    if one.pacing != other.pacing:
        return f"The model answered at pacing {one.pacing:g} in one and {other.pacing:g} in the other."
    return None


def shards_of(parts: Sequence[Part], preferred: Part | None = None) -> Shards:
    """The shards of the plan that the runs are of. Raises ResultsError where they are of several plans.

    Where a run is preferred, plans of as many shards may differ: a scenario came to it between two of them.
    """
    sharded = [part for part in parts if _parted(part.results.header)]
    if not sharded:
        return Shards()
    first = sharded[0]
    whole, (of, _) = first.results.header.matrix.get("whole"), _parted(first.results.header) or (0, ())
    there: set[int] = set()
    for part in sharded:
        matrix = part.results.header.matrix
        count, numbers = _parted(part.results.header) or (0, ())
        if count != of or (preferred is None and matrix.get("whole") != whole):
            raise ResultsError(
                f"{first.name} and {part.name}",
                f"They are not shards of one plan: one is of {of}, the other of {count}."
                if count != of
                else "They are not shards of one plan: their selections, or the releases there were, differ.",
                "Merge shards that were run with the same selection and the same --shard N/COUNT."
                if count != of
                else "Merge shards of one selection; or say with --prefer which run has it as it is meant.",
            )
        there.update(numbers)
    if any(part.results.header.matrix.get("whole") == whole for part in parts if part not in sharded):
        there.update(range(1, of + 1))  # a run of the whole plan
    return Shards(of=of, missing=tuple(n for n in range(1, of + 1) if n not in there))


def _parted(header: RunHeader) -> tuple[int, tuple[int, ...]] | None:
    """How many shards a run's plan has, and which ones it holds; None where it was not parted."""
    shard, merged = header.matrix.get("shard"), header.matrix.get("merged")
    if shard:
        return int(shard["of"]), (int(shard["index"]),)
    if merged:
        of, missing = int(merged["of"]), merged["missing"]
        return of, tuple(number for number in range(1, of + 1) if number not in missing)
    return None


def shards_before(part: Part) -> Shards:
    """What was missing where a part was merged itself."""
    merged = part.results.header.matrix.get("merged") or {}
    return Shards(of=int(merged.get("of", 0)), missing=tuple(merged.get("missing", ())))


def ended_early(part: Part) -> bool:
    """Whether a part lacks more of its own plan than the shards that were missing when it was merged."""
    merged = part.results.header.matrix.get("merged")
    if merged and part.results.footer is not None:
        return bool(merged.get("interrupted", True))
    return part.results.interrupted


def joined_header(parts: Sequence[Part], shards: Shards, preferred: Part | None = None) -> RunHeader:
    """The header that one machine would have written, as far as the runs are of one selection.

    A scenario that differs is told as the `preferred` run has it.
    """
    headers = [part.results.header for part in parts]
    first = headers[0]
    hosts = list({digest(header.host): header.host for header in headers}.values())
    scenarios: dict[str, Any] = {}
    for header in headers:
        scenarios |= header.scenarios
    if preferred is not None:
        scenarios |= preferred.results.header.scenarios
    selection = _selection(headers)
    return replace(
        first,
        started=min(header.started for header in headers),
        command=_without_shard(first.command),
        selection=selection,
        matrix=_matrix(headers, shards, selection, interrupted=any(map(ended_early, parts))),
        enforcement="; ".join(dict.fromkeys(header.enforcement for header in headers)),
        scenarios=scenarios,
        host={**hosts[0], "others": hosts[1:]} if hosts[1:] else hosts[0],
        index="stale" if any(header.index == "stale" for header in headers) else first.index,
    )


def _matrix(
    headers: Sequence[RunHeader], shards: Shards, selection: Mapping[str, Any], *, interrupted: bool
) -> dict[str, Any]:
    cells = list(dict.fromkeys(str(cell) for header in headers for cell in header.matrix.get("cells", ())))
    wholes = list(dict.fromkeys(header.matrix.get("whole") for header in headers))
    matrix: dict[str, Any] = {
        "cells": sorted(cells, key=lambda cell: _place(cell, selection)) if shards.of else cells,
        "shard": None,
        "whole": wholes[0] if len(wholes) == 1 else None,
    }
    if shards.missing:
        matrix["merged"] = {"of": shards.of, "missing": list(shards.missing), "interrupted": interrupted}
    return matrix


def _place(cell: str, selection: Mapping[str, Any]) -> tuple[Any, ...]:
    """Where a cell stands in a plan: by Python, chatkit and agents, oldest first, and resolution."""
    parts = cell.split("+")
    if len(parts) != 4:
        return (math.inf, cell)
    chatkit, agents, python, resolution = parts
    return (
        _asked(selection.get("python"), python.removeprefix("py")),
        python,
        _version(chatkit.removeprefix("chatkit-")),
        _version(agents.removeprefix("agents-")),
        _asked(selection.get("resolution"), resolution),
        resolution,
    )


def _asked(words: Any, word: str) -> float:
    """Which of comma-separated words it is."""
    named = [each.strip() for each in str(words or "").split(",")]
    return named.index(word) if word in named else math.inf


def _version(text: str) -> Version:
    try:
        return Version(text)
    except InvalidVersion:  # a cell without chatkit comes first
        return Version("0.dev0")


def _selection(headers: Sequence[RunHeader]) -> dict[str, Any]:
    """What was asked for in all of them: texts are lists of words, and lists are joined."""
    joined: dict[str, Any] = {}
    for name in dict.fromkeys(name for header in headers for name in header.selection):
        values = list({digest(value): value for value in (h.selection.get(name) for h in headers)}.values())
        texts = [value for value in values if isinstance(value, str)]
        lists = [value for value in values if isinstance(value, list)]
        if len(values) == 1:
            joined[name] = values[0]
        elif len(texts) == len(values):
            joined[name] = ",".join(texts)
        elif len(lists) == len(values):
            joined[name] = list({digest(each): each for value in lists for each in value}.values())
        else:
            joined[name] = values[0]
    return {**joined, **{name: None for name in ("shard", "costs") if name in joined}}


def _without_shard(command: Sequence[str]) -> tuple[str, ...]:
    """The command line as it would be for the whole plan, and without a part's own folder."""
    kept = [word for word in command if not word.startswith(("--shard=", "--out="))]
    for option in ("--shard", "--out"):
        while option in kept:
            place = kept.index(option)
            del kept[place : place + 2]
    return tuple(kept)
