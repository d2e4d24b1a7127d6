"""A search's result as one JSON document, from which its words are drawn."""

from __future__ import annotations

import shlex
from collections.abc import Mapping
from typing import Any

from chatkit_harness.causes.needed import needed
from chatkit_harness.causes.words import python_words
from chatkit_harness.engine.outcomes import describe

from .hunt import Hunt
from .nouns import Change, Found, Turn

SCHEMA_VERSION = 1
STATUS = {"found": 0, "suspected": 3, "unknown": 3}


def document(hunt: Hunt, *, lock: str, options: tuple[str, ...]) -> dict[str, Any]:
    """What was searched for and found.

    `lock` is the file that holds the first bad set, `options` the words that the run needs besides.
    """
    found = hunt.found
    return {
        "schema_version": SCHEMA_VERSION,
        "verdict": found.certainty,
        "status": status(found),
        "good": {"named": hunt.wish.good, "pair": str(hunt.cells[0].pair), "pins": dict(hunt.pins[0])},
        "bad": {"named": hunt.wish.bad, "pair": str(hunt.cells[1].pair), "pins": dict(hunt.pins[1])},
        "python": hunt.cells[1].interpreter.version,
        "finding": {
            "title": hunt.ends.target.title,
            "case": hunt.ends.target.case,
            "keys": sorted(hunt.ends.target.roots),
        },
        "other_findings": list(hunt.ends.others),
        "differ": [_change(each) for each in hunt.changes],
        **culprit(found),
        "flaky": hunt.flaky,
        "literal": hunt.literal,
        "answers": found.asked,
        "driven": hunt.driven,
        "reproduce": reproduce(hunt, lock, options) if found.bad is not None else None,
    }


def status(found: Found) -> int:
    """0 found, with a constraint that was proven where one can be; 3 not certain."""
    unproven = found.constraint is not None and not found.constraint.verified
    return 3 if unproven else STATUS[found.certainty]


def culprit(found: Found) -> dict[str, Any]:
    """What is at fault and what avoids it."""
    constraint = found.constraint
    return {
        "changes": [_change(each) for each in found.changes],
        "turns": [_turn(each) for each in found.turns],
        "constraint": constraint.requirement if constraint else None,
        "verified": constraint.verified if constraint else False,
        "constraint_why": constraint.why if constraint and not constraint.verified else None,
        "why": found.why or None,
    }


def reproduce(hunt: Hunt, lock: str, options: tuple[str, ...]) -> str:
    """The command that shows the finding with the first bad set."""
    case = hunt.ends.case
    cell = describe(hunt.cells[1])
    words = ["chatkit-harness", "run", "--resolution", lock, "--python", python_words(cell)]
    return shlex.join([*words, "--scenario", case.scenario, "--path", case.path, *needed(options, case)])


def written(pins: Mapping[str, str]) -> str:
    """A set of pins as a requirements file."""
    return "".join(f"{name}=={version}\n" for name, version in sorted(pins.items()))


def _change(change: Change) -> dict[str, str | None]:
    return {"name": change.name, "good": change.good, "bad": change.bad}


def _turn(turn: Turn) -> dict[str, Any]:
    return {
        "axis": turn.axis,
        "last_good": turn.good,
        "first_bad": turn.bad,
        "between": list(turn.between),
    }
