"""Writes cassettes: from a scenario's script, or from a live model while the reference server answers."""

from __future__ import annotations

import dataclasses
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from chatkit_harness import __version__
from chatkit_harness.cells.payload import payload
from chatkit_harness.checks import run_checks
from chatkit_harness.core.data import data_folder
from chatkit_harness.core.errors import CassetteError, ScenarioError
from chatkit_harness.core.nouns import Finding
from chatkit_harness.core.redaction import REDACTED
from chatkit_harness.environments.environment import Environments
from chatkit_harness.index.index import Index
from chatkit_harness.machine.cache import Cache
from chatkit_harness.pins.resolve import Resolver
from chatkit_harness.upstream import (
    Cassette,
    RecordingProxy,
    SessionReport,
    read_cassette,
    render_script,
    write_cassette,
)

from .cases import PlannedCase, cassette_name, is_built_in, plan_cases
from .installed import require_none_stands
from .own import Own, find_own
from .pairs import AGENTS, CHATKIT
from .plan import plan_scenarios
from .plan_cells import make_cells
from .recorder import now
from .seat import Seat
from .settings import RunSettings

LIVE_LIMIT_S = 600.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Recorded:
    """One cassette written, or left as it was where nothing but its date would change.

    `on` is the path of the case, `path` the file. `troubles` are what went wrong in the conversation, in
    words; `surprises` what the scenario expects otherwise (the recording is good all the same); `hint` is
    what has to be done for it to be played.
    """

    scenario: str
    on: str
    path: Path
    origin: str
    interactions: int
    chunks: int
    troubles: tuple[str, ...] = ()
    surprises: tuple[str, ...] = ()
    unchanged: bool = False
    hint: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Recordings:
    """What `record` was asked to write; `own` is the user's server and workflow, if any."""

    cases: tuple[PlannedCase, ...]
    own: Own


def plan_recordings(settings: RunSettings, *, live: bool) -> Recordings:
    """The cases whose cassettes are to be written: with words of a script, or of a live model.

    A scenario's own script or cassette need not be there yet for a live recording.
    """
    own = find_own(settings)
    scenarios = [each for each in plan_scenarios(settings) if each.answer is None]
    cases = plan_cases(settings, scenarios, own.targets, cassettes=False)
    if not live:
        cases = [case for case in cases if case.scenario.script] or cases
    return Recordings(cases=tuple(cases), own=own)


def destination(case: PlannedCase, folder: Path | None) -> Path:
    """Where a case's cassette goes: the folder named, else where the scenario looks for it.

    What a built-in scenario asks of an installed package, or of the user's own server or workflow, goes to
    `cassettes/` of the working directory.
    """
    scenario, name = case.scenario, cassette_name(case.scenario, case.path)
    if folder is not None:
        path = folder / name
        if not path.resolve().is_relative_to(folder.resolve()):
            raise ScenarioError(
                scenario.source, f"Its id {scenario.id!r} leads out of {folder}.", "Give it a plain id."
            )
        return path
    if is_built_in(scenario) and case.target.is_own:
        return Path.cwd() / "cassettes" / name
    installed = is_built_in(scenario) and not _in_checkout()
    home = Path.cwd() if installed else Path(scenario.source).absolute().parent.parent
    return home / (scenario.model or f"cassettes/{name}")


def _in_checkout() -> bool:
    """Whether the harness runs from its own source tree, whose cassettes recording is meant to change."""
    return "site-packages" not in data_folder("scenarios").parts


def record_script(case: PlannedCase, path: Path, *, replace: bool = False) -> Recorded:
    """Render the script that a case's scenario has for its path, and write it.

    Raises CassetteError where it has none, and where a live recording would be lost unless `replace`.
    """
    scenario = case.scenario
    if not scenario.script:
        raise CassetteError(
            f"scenario {scenario.id!r}",
            "It has no script to render.",
            "Give it a `script`, or record a live model with --live.",
        )
    rendered = render_script(scenario, recorded=now())
    before = read_cassette(path) if path.is_file() else None
    scripted = before is not None and before.provenance.origin == "script"
    if before is not None and not scripted and not replace:
        raise CassetteError(
            str(path),
            "It holds a live recording, which a script's rendering would replace.",
            "Pass --replace if that is meant, or --out to write elsewhere.",
        )
    made_by = dataclasses.replace(rendered.provenance, versions={"chatkit-harness": __version__})
    cassette = dataclasses.replace(rendered, provenance=made_by)
    unchanged = scripted and before is not None and before.interactions == cassette.interactions
    if not unchanged:
        write_cassette(path, cassette)
    return _recorded(case, path, cassette, unchanged=unchanged)


def record_live(
    settings: RunSettings,
    case: PlannedCase,
    path: Path,
    *,
    own: Own,
    base_url: str,
    api_key: str | None,
    replace: bool = False,
) -> Recorded:
    """Drive the case in one cell against a live API and write what the API answered.

    The key stays on the host: the proxy puts it on each request, the cell never sees it, no file holds
    it. A conversation that went wrong is kept beside the cassette as `NAME.failed.yaml`, so that nothing
    good is overwritten. Raises CassetteError where the API gave nothing to record, and where an earlier
    live recording would be lost unless `replace`.
    """
    if not replace and path.is_file() and read_cassette(path).provenance.origin == "recording":
        raise CassetteError(
            str(path),
            "It holds a live recording already.",
            "Pass --replace to record it anew, or --out to write elsewhere.",
        )
    cache = Cache(settings.cache)
    index = Index(cache, settings.index)
    scenario = case.scenario
    planned = require_none_stands(make_cells(settings, index)[0])
    cell = dataclasses.replace(planned, extras=own.requirements)
    lock = Resolver(cache, index).lock(cell.requirements, cell.interpreter, cell.as_of)
    environment = Environments(cache, index).environment(lock.pins, cell.interpreter)
    with RecordingProxy(base_url, api_key=api_key) as proxy, tempfile.TemporaryDirectory() as logs:
        with Seat(
            environment,
            payload(cache),
            _Live(proxy),
            log=Path(logs) / "worker.log",
            time_limit_s=max(settings.time_limit_s, LIVE_LIMIT_S),
            memory_limit_mb=settings.memory_limit_mb,
            pacing=0.0,
            pins=lock.pins,
            targets=[case.target],
            environ=settings.env,
        ) as seat:
            transcript = seat.drive(scenario, None, case.target, case.path).transcript
        own_troubles = _told(run_checks(transcript, scenario, ["imports", "run"]))
        # An API may repeat the key that it refuses: it goes to no file, and to no terminal either.
        troubles = [without(each, api_key) for each in [*proxy.troubles, *own_troubles]]
        surprises = _told(run_checks(transcript, scenario, ["widgets", "expect", "text"]))
        cassette = proxy.to_cassette(scenario.id, scenario=scenario.id, versions=_versions(lock.pins))
    if not cassette.interactions:
        raise CassetteError(
            str(path),
            f"The live API gave nothing to record ({troubles[0] if troubles else 'it was never asked'}).",
            "Check OPENAI_BASE_URL and OPENAI_API_KEY."
            if proxy.troubles or not troubles
            else "Mend that, and record again.",
        )
    target = path.with_name(f"{path.stem}.failed{path.suffix}") if troubles else path
    write_cassette(target, cassette)
    return _recorded(case, target, cassette, troubles=tuple(troubles), surprises=tuple(surprises))


def without(text: str, key: str | None) -> str:
    """The text with the key struck out."""
    return text.replace(key, REDACTED) if key else text


class _Live:
    """A recording proxy in the place of the replay server."""

    def __init__(self, proxy: RecordingProxy) -> None:
        self._proxy = proxy

    def open_session(self) -> _LiveSession:
        """The one session of a recording."""
        return _LiveSession(self._proxy.base_url)


class _LiveSession:
    def __init__(self, base_url: str) -> None:
        self.base_url = base_url

    def begin(
        self, cassette: Cassette | None, words: Sequence[str], *, pacing: float, clock_start: float
    ) -> None:
        """Nothing is replayed while recording."""

    def end(self) -> SessionReport:
        """What was exchanged is in the cassette."""
        return SessionReport(exchanges=(), facts=None)

    def close(self) -> None:
        """The proxy outlives the session."""


def _told(findings: Sequence[Finding]) -> list[str]:
    # Which tools ran shows in the requests to the model, which went past the harness here.
    unseen = ("expect/tool-",)
    return [
        each.message for each in findings if each.severity == "error" and not each.rule.startswith(unseen)
    ]


def _versions(pins: Mapping[str, str]) -> dict[str, str]:
    return {name: pins[name] for name in (CHATKIT, AGENTS, "openai") if name in pins}


def _recorded(case: PlannedCase, path: Path, cassette: Cassette, **more: Any) -> Recorded:
    return Recorded(
        scenario=case.scenario.id,
        on=case.path,
        path=path,
        origin=cassette.provenance.origin,
        interactions=len(cassette.interactions),
        chunks=sum(len(each.chunks) for each in cassette.interactions),
        hint="" if more.get("troubles") else _hint(case, path),
        **more,
    )


def _hint(case: PlannedCase, path: Path) -> str:
    """What has to be done for this cassette to be played; empty where nothing has."""
    scenario = case.scenario
    played = Path(scenario.source).absolute().parent.parent / (scenario.model or "")
    usual = Path.cwd() / "cassettes" / cassette_name(scenario, case.path)
    if path.resolve() == played.resolve() or (case.target.is_own and path.resolve() == usual.resolve()):
        return ""
    if path.name == cassette_name(scenario, case.path):
        return f"To play it: --cassettes {path.parent}"
    return f"To play it, name it {cassette_name(scenario, case.path)} and its folder with --cassettes."
