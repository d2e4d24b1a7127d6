"""What is under test on each path: the reference server, somebody's own, a workflow, or saved answers."""

from __future__ import annotations

import ipaddress
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Literal
from urllib.parse import urlsplit

from chatkit_harness.core.redaction import ALLOWED_HEADERS
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


SECRET_LENGTH = 8
"""A header's value of so many characters may be a secret; a shorter one is somebody's name."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """One thing under test. `name` is what results call it; `kind` is how the cell gets hold of it.

    module: a module of the harness's own in the cell. server: `module:attribute` of a checkout, with
    `context` (`module:function`) for its request contexts. workflow: an exported `file`, its `function`,
    and `inputs` for further fields of its input. asgi: an application, `module:attribute` of a checkout,
    and the path of its ChatKit `endpoint`. running: a server at `url`, of which nothing runs in the cell.
    `headers` tell the last two who asks, `other_headers` that somebody else does. `imports` is what has to be
    importable besides agents, `path` what goes first on the cell's import path.
    """

    name: str
    kind: Literal["module", "server", "workflow", "asgi", "running"] = "module"
    module: str | None = None
    attribute: str | None = None
    context: str | None = None
    file: Path | None = None
    function: str | None = None
    inputs: Mapping[str, Any] = field(default_factory=dict)
    endpoint: str | None = None
    url: str | None = None
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)
    other_headers: Mapping[str, str] = field(default_factory=dict, repr=False)
    imports: tuple[str, ...] = ()
    path: tuple[Path, ...] = ()

    @property
    def is_own(self) -> bool:
        """Whether it is the user's, and not a part of the harness."""
        return self.kind != "module" or bool(self.path)

    @property
    def secrets(self) -> tuple[str, ...]:
        """What of the headers must not be written: values of some length, whole and without their scheme."""
        given = [*self.headers.items(), *self.other_headers.items()]
        values = [value for name, value in given if name.lower() not in ALLOWED_HEADERS]
        words = {each for value in values for each in (value, value.rpartition(" ")[2])}
        return tuple(sorted((each for each in words if len(each) >= SECRET_LENGTH), key=len, reverse=True))

    @property
    def needs(self) -> tuple[str, ...]:
        """What of the SDK has to be importable for any of it."""
        return () if self.kind == "running" else AGENTS_MODULES

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
            "endpoint": self.endpoint,
            "url": self.url,
            "headers": dict(self.headers),
            "other_headers": dict(self.other_headers),
        }


def is_loopback(url: str) -> bool:
    """Whether an address is this machine's, as it is written."""
    return is_loopback_host(urlsplit(url).hostname or "")


def is_loopback_host(host: str) -> bool:
    """Whether a host is this machine by that name."""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def port_of(url: str) -> int:
    """The port of an address, as it is written or as its scheme has it."""
    parts = urlsplit(url)
    return parts.port or (443 if parts.scheme == "https" else 80)


def built_in(name: str, module: str, *, chatkit: bool) -> Target:
    """A part of the harness that runs in the cell."""
    path = f"chatkit_harness.reference.{module}"
    return Target(name=name, module=path, imports=(*(CHATKIT_MODULES if chatkit else ()), path))


REFERENCE = built_in("reference", "server", chatkit=True)
CATALOGUE = built_in("catalogue", "catalogue.server", chatkit=True)
PROBE = built_in("probe", "probe", chatkit=True)
WORKFLOW = built_in("workflow", "workflow", chatkit=False)
PROBE_WORKFLOW = built_in("probe-workflow", "probe_workflow", chatkit=False)


_NEVER_REPLACED = {each.name: each for each in (PROBE, CATALOGUE)}


@dataclass(frozen=True, slots=True, kw_only=True)
class StoreChoice:
    """Where the server under test keeps its threads.

    `word` is what the reference server calls a store of its own; None for `module:attribute` of a checkout,
    with `context` (`module:function`) for its request contexts.
    """

    name: str
    module: str
    attribute: str
    context: str | None = None
    word: str | None = None
    path: tuple[Path, ...] = ()
    extras: tuple[str, ...] = ()

    def message(self) -> dict[str, Any]:
        """The store as a cell is told of it."""
        return {
            "name": self.name,
            "module": self.module,
            "attribute": self.attribute,
            "context": self.context,
            "word": self.word,
        }


def of_case(store: StoreChoice | None, case: str) -> StoreChoice | None:
    """The store as one case has it: of SQLite a file of its own, so that no case sees another's threads."""
    if store is None or store.word != "sqlite":
        return store
    name = "".join(each if each.isalnum() or each in "-_" else "-" for each in case)
    return replace(store, word=f"sqlite:{name}.sqlite3")


MEMORY = "memory"
"""The store that the reference server has where none is named."""
STORE_WORDS = (MEMORY, "sqlite", "postgres")


def own_store(word: str) -> StoreChoice:
    """A store of the reference server's."""
    return StoreChoice(
        name=word,
        module="chatkit_harness.reference.stores",
        attribute="open_store",
        context="chatkit_harness.reference.context:create_context",
        word=word,
        extras=("postgres",) if word == "postgres" else (),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Targets:
    """What the run puts in the place of the reference server and of the built-in workflow, if anything."""

    server: Target | None = None
    workflow: Target | None = None
    stores: tuple[StoreChoice, ...] = ()
    read_elsewhere: bool = False
    """Whether other processes read what is stored, so that the catalogue server needs those stores, too."""

    def stores_of(self, scenario: Scenario, path: str) -> tuple[StoreChoice | None, ...]:
        """The stores that a scenario is driven on; None where that is the server's own affair."""
        reference = self.of(scenario, path) is REFERENCE or scenario.is_of_store
        if self.read_elsewhere and self.of(scenario, path) is CATALOGUE:
            return self.stores
        return (self.stores or (own_store(MEMORY),)) if reference and path == NATIVE else (None,)

    def of(self, scenario: Scenario, path: str) -> Target:
        """What answers a scenario on a path.

        Probes play recordings, and the catalogue server shows one thing at a time: they are never replaced.
        """
        if path == AGENT_BUILDER:
            return PROBE_WORKFLOW if scenario.answer else self.workflow or WORKFLOW
        if scenario.is_of_store:
            return REFERENCE
        if scenario.server in _NEVER_REPLACED:
            return _NEVER_REPLACED[scenario.server]
        return self.server or REFERENCE
