"""Writes the strict schemas of every chatkit release, each from its own models in its own environment."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from chatkit_harness.cells.payload import payload
from chatkit_harness.contracts.sync import SyncReport, sync
from chatkit_harness.core.errors import BuildError
from chatkit_harness.environments.environment import Environments
from chatkit_harness.index.index import Index
from chatkit_harness.index.releases import select
from chatkit_harness.machine.cache import Cache
from chatkit_harness.machine.interpreters import select_interpreters
from chatkit_harness.machine.printed import printed
from chatkit_harness.pins.resolve import Resolver

from .pairs import CHATKIT, FIRST_WITH_A_MODULE

PROGRAM = Path("chatkit_harness/incell/model_schemas.py")
NEEDED = ("pydantic", "jinja2")
"""What `chatkit.types` and `chatkit.widgets` import; agents is not among them."""
_LIMIT_S = 120


def sync_schemas(
    folder: Path,
    *,
    versions: str | None = None,
    index_url: str | None = None,
    cache_folder: Path | None = None,
    tell: Callable[[str], None] = lambda _text: None,
) -> SyncReport:
    """Generate the schemas of these releases (all by default) into `folder`.

    Raises OutputError where the folder cannot be written; a release whose models cannot be read is named
    in the report and does not stop the others.
    """
    cache = Cache(cache_folder)
    index = Index(cache, index_url)
    known = index.project(CHATKIT).releases
    wanted = select(known, versions or f">={FIRST_WITH_A_MODULE}", project=CHATKIT)
    interpreter = select_interpreters(None)[0]
    third_parties = Resolver(cache, index).lock(NEEDED, interpreter, None).pins
    environments = Environments(cache, index)
    program = payload(cache) / PROGRAM

    def dump(version: str) -> dict[str, Any]:
        tell(f"chatkit {version}")
        environment = environments.environment({**third_parties, CHATKIT: version}, interpreter)
        return _dump(environment.python, program, version)

    return sync(dump, [release.version for release in wanted], folder)


def _dump(python: Path, program: Path, version: str) -> dict[str, Any]:
    document = printed([str(python), "-I", str(program)], limit_s=_LIMIT_S)
    if "error" in document:
        raise BuildError(
            f"chatkit {version}",
            f"Its models cannot be read: {document['error']}.",
            "Look at that release by hand.",
        )
    return document
