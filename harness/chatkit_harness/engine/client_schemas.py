"""Writes what the releases of the client declare, each from the types in its npm package.

Node is needed here only, where the stored schemas are renewed; whoever uses them needs none.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import tarfile
import tempfile
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from packaging.version import InvalidVersion, Version

from chatkit_harness.contracts.client_sync import ClientSyncReport, sync_clients
from chatkit_harness.contracts.clients import CLIENT_ROOTS, PACKAGE
from chatkit_harness.core.errors import BuildError, UnavailableError
from chatkit_harness.machine.cache import Cache
from chatkit_harness.machine.printed import printed, telling_line

from .clients import select_clients

GENERATOR = "ts-json-schema-generator"
GENERATOR_VERSION = "2.4.0"
_FLAGS = ("--no-type-check", "--strict-tuples")
_TIMEOUT_S = 300

# What an effect carries is declared as an event of the page; the generator gets it under a name of its own.
_EFFECT = "chatkit.effect"
_EFFECT_FILE = f"""import type {{ ChatKitEvents }} from './index';
export type {CLIENT_ROOTS["effect"]} = ChatKitEvents['{_EFFECT}']['detail'];
"""


def sync_client_schemas(
    folder: Path,
    *,
    versions: str | None = None,
    cache_folder: Path | None = None,
    tell: Callable[[str], None] = lambda _text: None,
) -> ClientSyncReport:
    """Generate the schemas of these releases of the client (all by default) into `folder`.

    Raises UnavailableError where Node or npm is missing, BuildError where the generator cannot be had, and
    SelectionError for words that name no release.
    """
    npm = _Npm()
    known = json.loads(npm.call("view", PACKAGE, "versions", "--json"))
    released = [version for version in (known if isinstance(known, list) else [known]) if _readable(version)]
    wanted = select_clients(versions or "all", released)
    generator = _generator(npm, Cache(cache_folder).root / "client-schemas")

    def generate(version: str) -> Mapping[str, Mapping[str, Any] | None]:
        tell(f"{PACKAGE} {version}")
        with tempfile.TemporaryDirectory() as place:
            types = _unpacked(npm, version, Path(place))
            return {"widget": _widget(generator, types), "effect": _effect(generator, types)}

    return sync_clients(generate, wanted, folder, tool=f"{GENERATOR} {GENERATOR_VERSION}")


def _readable(version: str) -> bool:
    """Whether it is a version that Python orders too; some pre-releases of npm packages are not."""
    try:
        Version(version)
    except InvalidVersion:
        return False
    return True


class _Npm:
    """The package manager of Node, as this machine has it configured."""

    def __init__(self) -> None:
        for program in ("node", "npm"):
            if shutil.which(program) is None:
                raise UnavailableError(
                    program,
                    "It is not on this machine, and what the client declares is read with it.",
                    "Install Node.js, or sync on a machine that has it; the checks need only the stored "
                    "schemas. `schemas sync --chatkit VERSIONS` renews those of the server alone.",
                )
        self._program = str(shutil.which("npm"))

    def call(self, *words: str, where: Path | None = None) -> str:
        """What npm prints. Raises BuildError with its own last words."""
        try:
            done = subprocess.run(
                [self._program, *words],
                capture_output=True,
                text=True,
                timeout=_TIMEOUT_S,
                check=False,
                cwd=where,
                env={**os.environ, "NO_UPDATE_NOTIFIER": "1"},
            )
        except subprocess.TimeoutExpired:
            raise self._failed(words, f"it took longer than {_TIMEOUT_S} s") from None
        if done.returncode:
            raise self._failed(words, telling_line(done.stderr, f"exit status {done.returncode}"))
        return done.stdout

    def _failed(self, words: Sequence[str], why: str) -> BuildError:
        return BuildError(
            f"npm {' '.join(words[:2])}",
            f"It failed: {why}.",
            "Look at npm's configuration, and its registry.",
        )


def _generator(npm: _Npm, folder: Path) -> Path:
    """The generator's program, installed once into a folder of the cache."""
    place = folder / f"{GENERATOR}-{GENERATOR_VERSION}"
    program = place / "node_modules" / ".bin" / GENERATOR
    if not program.exists():
        place.mkdir(parents=True, exist_ok=True)
        wanted = f"{GENERATOR}@{GENERATOR_VERSION}"
        npm.call("install", "--prefix", str(place), "--no-audit", "--no-fund", wanted, where=place)
    return program


def _unpacked(npm: _Npm, version: str, place: Path) -> Path:
    """The folder of a release's declarations."""
    npm.call("pack", f"{PACKAGE}@{version}", "--silent", "--pack-destination", str(place), where=place)
    types = place / "types"
    types.mkdir()
    for archive in place.glob("*.tgz"):
        with tarfile.open(archive) as packed:
            for member in packed:
                content = packed.extractfile(member) if member.name.endswith(".d.ts") else None
                if content is not None and member.name.startswith("package/types/"):
                    (types / Path(member.name).name).write_bytes(content.read())
    if not (types / "widgets.d.ts").is_file():
        raise BuildError(
            f"{PACKAGE} {version}", "It has no types/widgets.d.ts.", "Look at that release by hand."
        )
    return types


def _widget(generator: Path, types: Path) -> Mapping[str, Any]:
    return _generated(generator, types / "widgets.d.ts", CLIENT_ROOTS["widget"])


def _effect(generator: Path, types: Path) -> Mapping[str, Any] | None:
    """What an effect carries; None where the release declares no such event."""
    if f"'{_EFFECT}'" not in (types / "index.d.ts").read_text("utf-8"):
        return None
    file = types / "effect.d.ts"
    file.write_text(_EFFECT_FILE, "utf-8")
    return _generated(generator, file, CLIENT_ROOTS["effect"])


def _generated(generator: Path, file: Path, name: str) -> Mapping[str, Any]:
    document = printed([str(generator), "--path", str(file), "--type", name, *_FLAGS], limit_s=_TIMEOUT_S)
    if "error" in document:
        raise BuildError(
            f"{file.name}: {name}",
            f"The generator cannot read it: {document['error']}.",
            "Look at that release by hand.",
        )
    return document
