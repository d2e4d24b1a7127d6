"""The package index: what it says of a project's releases.

Both forms of the simple index are read, JSON and HTML, each with upload times where it gives them.
"""

from __future__ import annotations

import contextlib
import functools
import os
import ssl
import threading
import time
from dataclasses import dataclass
from pathlib import Path

import httpx

from chatkit_harness.core.errors import IndexUnreachableError, OutputError, SelectionError
from chatkit_harness.core.nouns import digest
from chatkit_harness.machine.cache import Cache, DisturbedError

from .configured import configured_index, normal
from .releases import NotAnIndexPageError, Release, parse_page

ACCEPT = "application/vnd.pypi.simple.v1+json, application/vnd.pypi.simple.v1+html;q=0.2, text/html;q=0.01"
FRESH_S = 600
"""How long a page is believed without asking again; uv believes its own for as long."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ProjectPage:
    """A project's releases, oldest first; `stale` says why they come from the cache, None if fresh."""

    project: str
    releases: tuple[Release, ...]
    stale: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class _Kept:
    releases: tuple[Release, ...]
    fetched: float


class Index:
    """The configured index, with the pages that it gave before kept for when it is out of reach."""

    def __init__(self, cache: Cache, url: str | None = None, *, timeout_s: float = 20) -> None:
        self.url = normal(url, "--index") if url else configured_index()
        self._cache = cache
        self._timeout_s = timeout_s
        self._parsed: dict[str, _Kept] = {}
        self._asking: dict[str, threading.Lock] = {}
        self._guard = threading.Lock()

    @property
    def key(self) -> str:
        """A short name of this index for use in the cache; credentials in the address do not show."""
        return digest(self.url)[:12]

    @property
    def title(self) -> str:
        """How it is named to a user: never with the credentials in its address."""
        return f"package index {_host(self.url)}"

    def project(self, name: str) -> ProjectPage:
        """The project's releases; threads that ask at the same time are answered by one request.

        Raises IndexUnreachableError where the index does not answer and nothing is cached, and
        SelectionError where it has no such project.
        """
        with self._guard:
            asking = self._asking.setdefault(name, threading.Lock())
        with asking:
            return self._project(name)

    def _project(self, name: str) -> ProjectPage:
        folder = self._cache.folder("index", self.key)
        body, meta = folder / f"{name}.page", folder / f"{name}.json"
        kept = self._kept(name, body, meta)
        if kept is not None and 0 <= time.time() - kept.fetched < FRESH_S:
            return ProjectPage(project=name, releases=kept.releases)
        try:
            content, kind = self._fetch(name)
            releases = self._read(name, content, kind)
        except IndexUnreachableError as error:
            if kept is not None:
                return ProjectPage(project=name, releases=kept.releases, stale=error.cause)
            raise
        fetched = time.time()
        # Where they cannot be written the page is there all the same, and the next run asks again.
        with contextlib.suppress(OutputError, DisturbedError):
            self._cache.write_bytes(body, content)
            self._cache.write_json(meta, {"fetched": fetched, "type": kind})
        self._parsed[name] = _Kept(releases=releases, fetched=fetched)
        return ProjectPage(project=name, releases=releases)

    def file(self, address: str) -> bytes | None:
        """A file that a page of the index names; None where there is none.

        Raises IndexUnreachableError where the index does not answer.
        """
        response = self._get(address, {})
        if response.status_code == 404:
            return None
        if response.status_code != 200:
            raise self._unreachable(f"it answers {response.status_code}")
        return response.content

    def _kept(self, name: str, body: Path, meta: Path) -> _Kept | None:
        """The page as it was last fetched; None where there is none, or none that can be read."""
        match self._cache.read_json(meta):
            case {"fetched": int() | float() as fetched, "type": str() as kind}:
                known = self._parsed.get(name)
                if known is not None and known.fetched == fetched:
                    return known
                with contextlib.suppress(OSError, NotAnIndexPageError):
                    releases = self._parse(name, body.read_bytes(), kind)
                    self._parsed[name] = _Kept(releases=releases, fetched=fetched)
                    return self._parsed[name]
        return None

    def _read(self, name: str, content: bytes, kind: str) -> tuple[Release, ...]:
        try:
            return self._parse(name, content, kind)
        except NotAnIndexPageError:
            raise self._unreachable("it answers something that is no index page") from None

    def _parse(self, name: str, content: bytes, kind: str) -> tuple[Release, ...]:
        return parse_page(name, content, kind, address=f"{self.url}{name}/")

    def _fetch(self, name: str) -> tuple[bytes, str]:
        response = self._get(f"{self.url}{name}/", {"Accept": ACCEPT})
        if response.status_code == 404:
            raise SelectionError(
                name, "The package index has no such project.", "Check the name and the configured index."
            )
        if response.status_code != 200:
            raise self._unreachable(f"it answers {response.status_code}")
        return response.content, response.headers.get("content-type", "text/html").split(";")[0]

    def _get(self, address: str, headers: dict[str, str]) -> httpx.Response:
        try:
            return httpx.get(
                address,
                headers=headers,
                follow_redirects=True,
                timeout=self._timeout_s,
                verify=_trust(),  # also for http: it may send us on to https
            )
        except (httpx.HTTPError, httpx.InvalidURL, OSError) as error:
            raise self._unreachable(f"{type(error).__name__}: {error}") from None

    def _unreachable(self, why: str) -> IndexUnreachableError:
        return IndexUnreachableError(
            self.title,
            f"The package index is out of reach ({why[:200]}).",
            "Check the network and the index that uv or pip is configured with, then run again.",
        )


def _host(url: str) -> str:
    """What may be shown of an address: never the credentials in it."""
    try:
        return httpx.URL(url).host or "without a host"
    except httpx.InvalidURL:
        return "with an address that is none"


@functools.cache
def _trust() -> ssl.SSLContext:
    """The system's certificates, and those that pip or requests were told to trust."""
    context = ssl.create_default_context()
    for variable in ("SSL_CERT_FILE", "PIP_CERT", "REQUESTS_CA_BUNDLE"):
        path = os.environ.get(variable)
        if path and Path(path).is_file():
            context.load_verify_locations(path)
    return context
