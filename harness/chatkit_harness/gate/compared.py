"""What a gate judges: what its two sides gave, and how much of the project that is."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from chatkit_harness.core.scenario import Scenario
from chatkit_harness.engine.plan import known_scenarios, plan_scenarios
from chatkit_harness.engine.settings import RunSettings
from chatkit_harness.engine.targets import AGENT_BUILDER

from .changes import CaseChange
from .latency import Latency
from .wire import WireChanges

Place = tuple[str, str]
"""A scenario's id and a path."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Scope:
    """What there is to look at.

    `places` are those of the whole project, `known` all that could be named, built-in ones too; `recorded`
    is whether recordings (`--data`) are among them. `checks` are those that judged (None: all).
    """

    places: frozenset[Place]
    known: frozenset[Place]
    recorded: bool = False
    checks: tuple[str, ...] | None = None

    def lacks(self, scenario: str) -> bool:
        """Whether there is no such scenario; of a recording that is known only where there are some."""
        is_recording = "/" in scenario
        return all(scenario != name for name, _ in self.known) and (self.recorded or not is_recording)


@dataclass(frozen=True, slots=True, kw_only=True)
class Compared:
    """Everything that the two sides gave. `whole` is whether the project was driven as it is set up.

    `times` are what the latency rests on: processor time of each turn with the base and with the candidate,
    in milliseconds. `doubts` are sentences on what could not be had, such as an index out of reach. Without
    a `scope` what was driven is all that is known of.
    """

    changes: tuple[CaseChange, ...]
    wire: tuple[WireChanges, ...]
    latency: Latency
    doubts: tuple[str, ...] = ()
    whole: bool = True
    times: tuple[tuple[float, float], ...] = ()
    scope: Scope | None = None


def scope_of(settings: RunSettings, *, paths: Sequence[str]) -> Scope:
    """What a gate with these settings would look at if it took every scenario, on these paths."""
    known = known_scenarios(settings)
    whole = plan_scenarios(replace(settings, scenarios=()), known)
    return Scope(
        places=frozenset((each.id, path) for each in whole for path in each.paths if path in paths),
        known=frozenset((each.id, path) for each in known.values() for path in _paths(each, settings)),
        recorded=settings.data is not None,
        checks=settings.checks,
    )


def _paths(scenario: Scenario, settings: RunSettings) -> set[str]:
    """Answers may be saved for scenarios that no workflow is asked."""
    return {*scenario.paths, *([AGENT_BUILDER] if settings.answers is not None else [])}
