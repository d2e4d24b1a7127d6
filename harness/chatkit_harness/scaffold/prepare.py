"""From a project's folder to the files that it gets: found, driven, written down; nothing is written here."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from packaging.specifiers import InvalidSpecifier, SpecifierSet

from chatkit_harness.checkout.checkout import server_reference
from chatkit_harness.core import events
from chatkit_harness.core.errors import SelectionError
from chatkit_harness.core.nouns import Finding
from chatkit_harness.engine.run import run
from chatkit_harness.engine.settings import RunSettings
from chatkit_harness.machine.interpreters import installed, select_interpreters
from chatkit_harness.results import read_results
from chatkit_harness.scenarios.catalogue import load_folder

from .asked import SENTENCE
from .project import GITLAB_FILE, PYPROJECT, Project
from .record import GREETING, FirstScenario, record_first
from .secrets import env_words, open_requirements
from .seen import bare
from .servers import Found, FoundServer, find_servers
from .steps import next_steps
from .texts import ci_files, gitlab_include, scenario_text, settings_text, unrecorded
from .write import Piece, new_file, require_writable, table

FIRST, CI_JOB = "first.yaml", "the CI job"
OLDEST_HOST = (3, 11)
REPORTS = "Each run leaves a report in reports/, which git shows as untracked: add reports/ to .gitignore."
UNRELEASED = (
    "chatkit-harness is in no public index yet: until it is released, have the CI job install it from its "
    "repository or a wheel of your own."
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Wished:
    """What the command line says beside the settings of a run; `env` as it is worded there."""

    env: tuple[str, ...] = ()
    scenarios: Path | None = None
    drive: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Prepared:
    """What a project gets. Where `findings` says what is wrong with the server, there is nothing to write,
    and `notes` say what to do next.

    `pins` are the versions that it was driven with, empty where it was not driven.
    """

    server: str
    pieces: tuple[Piece, ...]
    pins: Mapping[str, str]
    python: str
    findings: tuple[Finding, ...] = ()
    notes: tuple[str, ...] = ()


def prepare(
    project: Project, settings: RunSettings, wished: Wished, say: Callable[[str], object] = str
) -> Prepared:
    """Find the server, drive it, and say what is to be written; `say` hears what takes its time.

    Raises SelectionError where no server, or several, can be meant, and all that a run raises.
    """
    server = settings.server or _only(find_servers(project.folder))
    server_reference(server, project.folder)  # told at once where there is none of that name
    python = settings.python or _fitting(project)
    interpreter = select_interpreters(python)[0]
    settings = replace(settings, server=server, python=python)
    where = wished.scenarios or Path("scenarios")
    folder = project.folder / where
    if folder.is_dir():
        load_folder(folder)  # another tool's files of that name would stop every run: better told now
    first = new_file(folder / FIRST, "the first scenario", "")
    rest, notes = _rest(project, settings, wished, interpreter.minor)
    require_writable([first, *rest])
    told: dict[str, Any] = {"server": server, "python": interpreter.version}
    if first.action == "keep" or not wished.drive:
        text = scenario_text(unrecorded(GREETING, SENTENCE), server=server, pins={})
        pieces = (replace(first, text=text), *rest)
        return Prepared(**told, pieces=pieces, pins={}, notes=(*project.notes, *notes))
    say(f"Driving {server}; the first time this fetches packages.")
    recorded, text = _proven(replace(settings, python=interpreter.path), where / FIRST)
    if recorded.document is None:
        steps = next_steps(project, server, recorded.findings, recorded.pins, settings.python)
        return Prepared(**told, pieces=(), pins=recorded.pins, findings=recorded.findings, notes=steps)
    pieces = (replace(first, text=text), *rest)
    return Prepared(
        **told, pieces=pieces, pins=recorded.pins, notes=(*project.notes, *notes, *recorded.notes)
    )


def _rest(
    project: Project, settings: RunSettings, wished: Wished, minor: str
) -> tuple[list[Piece], list[str]]:
    """The settings and the CI job."""
    words, hidden = env_words(wished.env)
    extras, secret = open_requirements(settings.extras)
    values = {
        "server": settings.server,
        "context": settings.server_context,
        "resolution": project.lock,
        "python": minor if settings.python else None,  # a gate wants one, and no path of this machine
        "scenarios": wished.scenarios.as_posix() if wished.scenarios else None,
        "with": extras,
        "env": words,
    }
    there = project.settings is not None
    pieces = [table(project.folder / PYPROJECT, "the settings", settings_text(values), there=there)]
    top = project.top or project.folder
    host = minor if tuple(map(int, minor.split("."))) >= OLDEST_HOST else "3.12"
    job = ci_files(project, python=host)
    pieces += [new_file(top / path, CI_JOB, text) for path, text in job.items()]
    notes = [f"The value of {name} may be secret and was left out: set it in the CI." for name in hidden]
    notes += [f"{each} is for no file and was left out: name it by --with each time." for each in secret]
    notes += [
        REPORTS,
        *([UNRELEASED] if any(each.what == CI_JOB and each.action != "keep" for each in pieces) else []),
    ]
    if project.ci == "gitlab" and job:
        include = gitlab_include(next(iter(job)))
        file = new_file(top / GITLAB_FILE, "the pipeline", include)
        if file.action == "keep":
            notes.append(f"Add to {GITLAB_FILE}: {' '.join(include.split())}")
        else:
            pieces.append(file)
    if there and project.settings and project.settings.get("server") not in (None, settings.server):
        notes.append(f"[tool.chatkit-harness] names another server: {project.settings['server']}.")
    return pieces, notes


def _proven(settings: RunSettings, file: Path) -> tuple[FirstScenario, str]:
    """The first scenario and its file's text, with which a run passes; without words that do not last."""
    recorded = record_first(settings, file.as_posix())
    if recorded.document is None:
        return recorded, ""
    found: tuple[Finding, ...] = ()
    whole = recorded.document
    for document in (whole, {**whole, "expect": bare(whole["expect"])}):
        text = scenario_text(document, server=str(settings.server), pins=recorded.pins)
        found = _driven(settings, text)
        if not found:
            return recorded, text
    return replace(recorded, document=None, findings=found), ""


def _driven(settings: RunSettings, text: str) -> tuple[Finding, ...]:
    """What is wrong with the scenario as a user's run drives it; nothing where it passes."""
    with tempfile.TemporaryDirectory(prefix="chatkit-harness-init-") as made:
        folder = Path(made) / "scenarios"
        folder.mkdir()
        (folder / FIRST).write_text(text, encoding="utf-8")
        out = Path(made) / "out"
        run(
            replace(
                settings,
                out=out,
                scenario_folder=folder,
                scenarios=("first",),
                paths=("native",),
                confirm="none",
            ),
            _silent,
        )
        (case,) = read_results(out).cases
    if case.outcome == "pass":
        return ()
    errors = tuple(each for each in case.findings if each.severity == "error")
    why = case.reason or case.outcome
    return errors or (Finding(rule="run/not-driven", severity="error", key="run/not-driven", message=why),)


def _silent(event: events.Event) -> None:
    """A run of one case that nobody has to watch."""


def _only(found: Found) -> str:
    """The one server of a project. Raises SelectionError where there is none, or where there are several."""
    if len(found.servers) == 1:
        return found.servers[0].name
    if found.servers:
        raise SelectionError(
            "init",
            f"This project has several servers: {_listed(found.servers)}.",
            f"Name one: --server {found.servers[0].name}",
        )
    if found.unmade:
        module, _, name = found.unmade[0].name.partition(":")
        raise SelectionError(
            found.unmade[0].where,
            f"{name} is a ChatKitServer, and nothing here makes one without being told more.",
            "Write a function without arguments that returns one, and name it: "
            f"--server {module}:create_server",
        )
    unread = f" These files could not be read: {', '.join(found.unreadable)}." if found.unreadable else ""
    raise SelectionError(
        "init",
        f"No ChatKitServer was found below this folder.{unread}",
        "Run it in the folder from which Python imports yours, or name it: --server package.module:factory",
    )


def _listed(servers: tuple[FoundServer, ...]) -> str:
    return ", ".join(f"{each.name} ({each.where})" for each in servers)


def _fitting(project: Project) -> str | None:
    """A Python that the project is for, where the one that runs the harness is none of them."""
    try:
        wanted = SpecifierSet(project.requires_python)
    except InvalidSpecifier:
        return None
    own = select_interpreters(None)[0]
    if wanted.contains(own.version, prereleases=True):
        return None
    fitting = [each for each in installed() if wanted.contains(each.version, prereleases=True)]
    if not fitting:
        raise SelectionError(
            "--python",
            f"The project is for Python {project.requires_python}, and none of those is on this machine.",
            f"Install one, or name its path. Found here: {', '.join(each.version for each in installed())}.",
        )
    return fitting[0].minor


def told(prepared: Prepared, *, below: Path, dry: bool) -> dict[str, Any]:
    """What was done, as a document."""
    files = []
    for piece in prepared.pieces:
        path = Path(os.path.relpath(piece.path, below)).as_posix()
        entry = {"path": path, "what": piece.what, "action": piece.action}
        entry |= {"why": piece.why} if piece.why else {}
        entry |= {"text": piece.text} if dry and piece.action != "keep" else {}
        files.append(entry)
    pins = {
        name: prepared.pins[name] for name in ("openai-chatkit", "openai-agents") if name in prepared.pins
    }
    return {
        "schema_version": 1,
        "server": prepared.server,
        "versions": {**pins, "python": prepared.python},
        "dry_run": dry,
        "files": files,
        "findings": [
            {"rule": each.rule, "key": each.key, "message": each.message} for each in prepared.findings
        ],
        "notes": list(prepared.notes),
    }
