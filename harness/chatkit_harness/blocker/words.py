"""What the blocker found, in words that the terminal and the page share, drawn from its document."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

Told = Mapping[str, Any]


def headline(told: Told) -> str:
    """The verdict first."""
    causes = told["causes"]
    good = [each for each in causes if each["verdict"] == "cured"]
    others = ", ".join(f"{each['id']} ({each['verdict']})" for each in causes if each not in good)
    words = f"{len(good)} of {len(causes)} causes reproduced, diagnosed and cured."
    words += f" Not so: {others}." if others else ""
    if good == causes and causes:
        number = "1 cause" if len(causes) == 1 else f"{len(causes)} causes"
        words = f"{number} reproduced, diagnosed and cured."
    return words + (" Interrupted: the others were not finished." if told["interrupted"] else "")


def control(told: Told) -> str:
    """What the pair does where nothing was done to it."""
    pair = " with ".join(each.replace("==", " ") for each in told["pair"])
    where = f"{pair}, Python {told['python']}, resolved as of {told['as_of'][:10]}"
    if told["control"]["works"]:
        return f"{where}: imports, and a message gets its widget. The two are compatible."
    return f"{where}: {trouble(told['control'])}."


def trouble(tried: Told) -> str:
    """Why a project does not work, in one line."""
    error = (tried["error"] or tried["talk"]["reason"] or "no widget came").splitlines()
    return f"fails on the {tried['on']}: {' '.join(line.strip() for line in error[:3])}"


def outcome(trial: Told) -> str:
    """What came of an option, in one line."""
    if trial["tried"] is None:
        return f"could not be tried: {trial['reason']}"
    return "works: the message gets its widget" if trial["tried"]["works"] else trouble(trial["tried"])


def evidence(trial: Told) -> str:
    """What an option was tried with."""
    versions = ", ".join(f"{name.removeprefix('openai-')} {v}" for name, v in trial["versions"].items())
    return "; ".join([*trial["made_by"], *([versions] if versions else [])])


def widget(tried: Told) -> str:
    """The words of the widget that came."""
    return " | ".join(tried["talk"]["widget"])


def by(cause: Told) -> str:
    """Who applied the cure."""
    who = {named["cure"]["by"] for named in cause["doctor"]["causes"]}
    return "by `doctor --fix`" if who == {"doctor"} else "by hand, as doctor leaves it to the user"
