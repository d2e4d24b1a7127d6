"""What a release declares, read from the metadata that an index serves beside its wheels, or from one."""

from __future__ import annotations

import contextlib
import io
import zipfile
import zlib
from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeAlias

from packaging.metadata import parse_email
from packaging.version import Version

from chatkit_harness.core.errors import BuildError, IndexUnreachableError
from chatkit_harness.core.nouns import digest
from chatkit_harness.machine.cache import Cache

from .index import Index


@dataclass(frozen=True, slots=True, kw_only=True)
class ReleaseFacts:
    """`Requires-Dist` and `Requires-Python` of a release, as its metadata words them."""

    requires: tuple[str, ...] = ()
    requires_python: str | None = None


FactsOf: TypeAlias = Callable[[str, str], ReleaseFacts]
"""Gives what a release (name, version) declares; raises a HarnessError where that cannot be found out."""


class PublishedFacts:
    """What releases declare, by the index's word.

    Where the index serves no metadata beside a wheel, `otherwise` is asked; without that, the wheel itself
    is read.
    """

    def __init__(self, cache: Cache, index: Index, otherwise: FactsOf | None = None) -> None:
        self._cache = cache
        self._index = index
        self._otherwise = otherwise

    def __call__(self, name: str, version: str) -> ReleaseFacts:
        """What the release declares.

        Raises BuildError where nothing says it, and IndexUnreachableError where the index does not answer.
        """
        address = self._address(name, version)
        # A file never changes: its address holds its checksum, and what it declares is kept for good.
        path = self._cache.folder("metadata", self._index.key) / f"{digest(address)[:24]}.json"
        match self._cache.read_json(path):
            case {"requires": list() as requires, "requires_python": str() | None as python}:
                return ReleaseFacts(requires=tuple(map(str, requires)), requires_python=python)
        found = _facts(self._beside(address))
        if found is None and self._otherwise is not None:
            found = self._otherwise(name, version)
        found = found or _facts(_metadata_in(self._index.file(address)))
        if found is None:
            raise BuildError(f"{name} {version}", "Its wheel holds no metadata.", "Choose another version.")
        document = {"requires": list(found.requires), "requires_python": found.requires_python}
        self._cache.remember(path, document)
        return found

    def _beside(self, address: str) -> bytes | None:
        # Many an index serves these without saying so, and not for every wheel. Where it fails over them,
        # the wheel will show whether it is out of reach.
        with contextlib.suppress(IndexUnreachableError):
            return self._index.file(f"{address}.metadata")
        return None

    def _address(self, name: str, version: str) -> str:
        wanted = Version(version)
        for release in self._index.project(name).releases:
            if release.wheel and (release.version == version or Version(release.version) == wanted):
                return release.wheel.partition("#")[0]
        raise BuildError(f"{name} {version}", "The index has no wheel of it.", "Choose another version.")


def _facts(content: bytes | None) -> ReleaseFacts | None:
    """What metadata declare; None for none, or what is none, such as a login page."""
    raw = parse_email(content)[0] if content else {}
    if "name" not in raw:
        return None
    requires = tuple(raw.get("requires_dist", ()))
    return ReleaseFacts(requires=requires, requires_python=raw.get("requires_python"))


def _metadata_in(wheel: bytes | None) -> bytes | None:
    """The METADATA of a wheel; None for what is none."""
    try:
        with zipfile.ZipFile(io.BytesIO(wheel or b"")) as archive:
            named = [each for each in archive.namelist() if each.endswith(".dist-info/METADATA")]
            return archive.read(named[0]) if named else None
    except (zipfile.BadZipFile, OSError, NotImplementedError, zlib.error):
        return None
