"""How much of a project a command was asked to look at, against what its settings say."""

from __future__ import annotations

from pathlib import Path

import click

from chatkit_harness.engine.settings import RunSettings
from chatkit_harness.engine.targets import PATHS
from chatkit_harness.gate.compared import Scope, scope_of

from .named import words


def scope(settings: RunSettings) -> Scope:
    """What there is to look at: of paths those of the project's settings, by default all."""
    return scope_of(settings, paths=words(_set_up("path") or ()) or PATHS)


def as_set_up(settings: RunSettings) -> bool:
    """Whether it is the project itself that is driven, and nothing that was named in the place of it.

    What the settings do not say, each gate has to say itself: it is in the place of nothing.
    """
    asked = {
        "scenarios": settings.scenario_folder,
        "data": settings.data,
        "server": settings.server,
        "workflow": settings.workflow,
        "answers": settings.answers,
    }
    usual = {name: _set_up(name) for name in asked}
    folder, own = settings.scenario_folder, Path("scenarios")
    if usual["scenarios"] is None and folder is not None and own.is_dir():
        usual["scenarios"] = _text(folder if folder.resolve() == own.resolve() else own)
    return all(usual[name] in (None, _text(value)) for name, value in asked.items())


def _set_up(name: str) -> str | list[str] | None:
    """What the project's settings say of an option."""
    context = click.get_current_context(silent=True)
    found: str | list[str] | None = context.lookup_default(name) if context is not None else None
    return found


def _text(value: str | Path | None) -> str | None:
    return str(value) if value is not None else None
