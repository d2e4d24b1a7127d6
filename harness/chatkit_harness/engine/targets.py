"""What is under test on each path: the reference server, somebody's own, a workflow, or saved answers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

from chatkit_harness.core.scenario import Scenario

NATIVE, AGENT_BUILDER = "native", "agent_builder"
PATHS = (NATIVE, AGENT_BUILDER)

AGENTS_MODULES = ("agents",)
CHATKIT_MODULES = (
    "chatkit.types",
    "chatkit.store",
    "chatkit.widgets",
    "chatkit.server",
    "chatkit.agents",
)
"""What every ChatKit server needs, the culprits of an import error before those who suffer from it."""

WITHOUT_SDK = ("chatkit_harness.reference.context", "chatkit_harness.reference.technical")
"""What the reference server brings that needs neither of the pair: imported once for many cells, too."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """One thing under test. `name` is what results call it; `kind` is how the cell gets hold of it.

    module: a module of the harness's own in the cell. server: `module:attribute` of a checkout, with
    `context` (`module:function`) for its request contexts. workflow: an exported `file`, its `function`,
    and `inputs` for further fields of its input. `imports` is what has to be importable besides agents,
    `path` what goes first on the cell's import path.
    """

    name: str
    kind: Literal["module", "server", "workflow"] = "module"
    module: str | None = None
    attribute: str | None = None
    context: str | None = None
    file: Path | None = None
    function: str | None = None
    inputs: Mapping[str, Any] = field(default_factory=dict)
    imports: tuple[str, ...] = ()
    path: tuple[Path, ...] = ()

    @property
    def is_own(self) -> bool:
        """Whether it is the user's, and not a part of the harness."""
        return self.kind != "module"

    def message(self) -> dict[str, Any]:
        """The target as a cell is told of it."""
        return {
            "kind": self.kind,
            "module": self.module,
            "attribute": self.attribute,
            "context": self.context,
            "file": str(self.file) if self.file is not None else None,
            "function": self.function,
            "inputs": dict(self.inputs),
        }


def built_in(name: str, module: str, *, chatkit: bool) -> Target:
    """A part of the harness that runs in the cell."""
    path = f"chatkit_harness.reference.{module}"
    return Target(name=name, module=path, imports=(*(CHATKIT_MODULES if chatkit else ()), path))


REFERENCE = built_in("reference", "server", chatkit=True)
PROBE = built_in("probe", "probe", chatkit=True)
WORKFLOW = built_in("workflow", "workflow", chatkit=False)
PROBE_WORKFLOW = built_in("probe-workflow", "probe_workflow", chatkit=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Targets:
    """What the run puts in the place of the reference server and of the built-in workflow, if anything."""

    server: Target | None = None
    workflow: Target | None = None

    def of(self, scenario: Scenario, path: str) -> Target:
        """What answers a scenario on a path. Probes play recordings and are never replaced."""
        if path == AGENT_BUILDER:
            return PROBE_WORKFLOW if scenario.answer else self.workflow or WORKFLOW
        return PROBE if scenario.server == PROBE.name else self.server or REFERENCE
