"""A package index made for a test: small wheels on a loopback server, in JSON or HTML, with upload times."""

from __future__ import annotations

import base64
import hashlib
import html
import io
import json
import re
import ssl
import threading
import uuid
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from packaging.utils import canonicalize_name


@dataclass(frozen=True, slots=True, kw_only=True)
class MadeRelease:
    """A release to serve; `files` maps paths in the wheel to their source.

    One that `lies` has a RECORD with checksums of other contents.
    """

    project: str
    version: str
    requires: Sequence[str] = ()
    files: Mapping[str, str] = field(default_factory=dict)
    uploaded: str | None = "2025-11-13T12:00:00Z"
    yanked: bool = False
    sdist_only: bool = False
    lies: bool = False
    requires_python: str | None = None

    @property
    def stem(self) -> str:
        """The project's name as the names of files spell it."""
        return re.sub(r"[-_.]+", "_", self.project)

    @property
    def filename(self) -> str:
        """The file's name in the index."""
        stem = f"{self.stem}-{self.version}"
        return f"{stem}.tar.gz" if self.sdist_only else f"{stem}-py3-none-any.whl"


def wheel(release: MadeRelease) -> bytes:
    """A valid wheel, with a true RECORD unless it lies."""
    info = f"{release.stem}-{release.version}.dist-info"
    metadata = f"Metadata-Version: 2.1\nName: {release.project}\nVersion: {release.version}\n"
    metadata += f"Requires-Python: {release.requires_python}\n" if release.requires_python else ""
    metadata += "".join(f"Requires-Dist: {name}\n" for name in release.requires)
    files = {
        **release.files,
        f"{info}/METADATA": metadata,
        f"{info}/WHEEL": "Wheel-Version: 1.0\nGenerator: made\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
    }
    record = ""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for path, source in files.items():
            content = source.encode()
            told = b"something else" if release.lies and path in release.files else content
            checksum = base64.urlsafe_b64encode(hashlib.sha256(told).digest()).rstrip(b"=").decode()
            record += f"{path},sha256={checksum},{len(content)}\n"
            archive.writestr(path, content)
        archive.writestr(f"{info}/RECORD", record + f"{info}/RECORD,,\n")
    return buffer.getvalue()


class MadeIndex:
    """The releases being served; `url` is the index, `status` what project pages answer with.

    `instead` is served in place of project pages (content type and body), `moved_to` sends askers elsewhere.
    `spoiled` maps a project, or a wheel, to what is answered: a status, or other bytes. The wheels of
    `stalling` projects stop halfway, those of `cut` ones end there. `ailing` maps a project to the status
    that its page is answered with, `mute` are projects whose page stops halfway, `told` maps a project to
    the sha256 that its page tells of its wheels. `asked` lists the paths asked for, `max_age_s` is how
    long askers may remember an answer.
    """

    def __init__(self, releases: Sequence[MadeRelease], *, form: str) -> None:
        self.releases = releases
        self.form = form
        self.status = 200
        self.instead: tuple[str, bytes] | None = None
        self.moved_to: str | None = None
        self.url = ""
        self.spoiled: dict[str, int | bytes] = {}
        self.stalling: set[str] = set()
        self.cut: set[str] = set()
        self.ailing: dict[str, int] = {}
        self.mute: set[str] = set()
        self.told: dict[str, str] = {}
        self.asked: list[str] = []
        self.max_age_s: int | None = None
        self.closing = threading.Event()

    def page(self, project: str) -> tuple[str, bytes] | None:
        """Content type and body of a project's page; None for no such project."""
        if self.instead is not None:
            return self.instead
        mine = [release for release in self.releases if canonicalize_name(release.project) == project]
        if not mine:
            return None
        if self.form == "json":
            return "application/vnd.pypi.simple.v1+json", json.dumps(self._json(project, mine)).encode()
        links = "".join(self._link(release) for release in mine)
        return "text/html", f"<!DOCTYPE html><html><body>{links}</body></html>".encode()

    def _json(self, project: str, releases: Sequence[MadeRelease]) -> dict[str, object]:
        files: list[dict[str, object]] = [
            {
                "filename": release.filename,
                "url": f"/files/{release.filename}",
                "hashes": {"sha256": self.told[project]} if project in self.told else {},
                "yanked": release.yanked,
                "upload-time": release.uploaded,
                "requires-python": release.requires_python,
            }
            for release in releases
        ]
        versions = [release.version for release in releases]
        return {"meta": {"api-version": "1.1"}, "name": project, "versions": versions, "files": files}

    def _link(self, release: MadeRelease) -> str:
        extra = f' data-upload-time="{html.escape(release.uploaded)}"' if release.uploaded else ""
        python = release.requires_python
        extra += f' data-requires-python="{html.escape(python)}"' if python else ""
        extra += ' data-yanked=""' if release.yanked else ""
        return f'<a href="/files/{release.filename}"{extra}>{release.filename}</a><br/>'


class QuietServer(ThreadingHTTPServer):
    """Askers that hang up, or do not trust the certificate, are no news."""

    request_queue_size = 128  # nobody is to wait a second because several ask at once

    def handle_error(self, request: object, client_address: object) -> None:
        """Say nothing."""


class _Handler(BaseHTTPRequestHandler):
    index: MadeIndex

    def do_GET(self) -> None:  # the base class wants this name
        self.index.asked.append(self.path)
        parts = self.path.strip("/").split("/")
        if parts[0] == "files":
            self._file(next(r for r in self.index.releases if r.filename == parts[-1]))
            return
        if self.index.moved_to is not None:
            self.send_response(302)
            self.send_header("Location", self.index.moved_to)
            self.end_headers()
            return
        page = self.index.page(parts[-1])
        status = self.index.ailing.get(parts[-1], self.index.status)
        if status != 200 or page is None:
            self._answer(status if status != 200 else 404, "text/plain", b"no")
        elif parts[-1] in self.index.mute:
            self._answer(200, *page, sent=len(page[1]) // 2)
            self.index.closing.wait(60)
        else:
            self._answer(200, *page)

    def _file(self, release: MadeRelease) -> None:
        spoiled = self.index.spoiled
        instead = spoiled.get(release.filename, spoiled.get(release.project, wheel(release)))
        kind = "application/octet-stream"
        if isinstance(instead, int):
            self._answer(instead, "text/plain", b"no")
        elif release.project in self.index.stalling | self.index.cut:
            self._answer(200, kind, instead, sent=len(instead) // 2)
            if release.project in self.index.stalling:
                self.index.closing.wait(60)
        else:
            self._answer(200, kind, instead)

    do_HEAD = do_GET  # noqa: N815 - likewise

    def _answer(self, status: int, kind: str, body: bytes, sent: int | None = None) -> None:
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        if self.index.max_age_s is not None:
            self.send_header("Cache-Control", f"max-age={self.index.max_age_s}")
        self.end_headers()
        if self.command == "GET":
            self.wfile.write(body[:sent])

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the base class's name
        """Say nothing."""


@contextmanager
def made_index(
    releases: Sequence[MadeRelease], *, form: str = "json", tls: ssl.SSLContext | None = None
) -> Iterator[MadeIndex]:
    """Serve the releases on loopback for as long as the block lasts, over https where `tls` is given."""
    index = MadeIndex(releases, form=form)
    handler = type("Handler", (_Handler,), {"index": index})
    server = QuietServer(("127.0.0.1", 0), handler)
    if tls is not None:
        server.socket = tls.wrap_socket(server.socket, server_side=True)
    # uv keeps wheels by the address of their index, and a port is given to another index before long.
    where = f"127.0.0.1:{server.server_address[1]}/{uuid.uuid4().hex}"
    index.url = f"{'http' if tls is None else 'https'}://{where}/simple/"
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    try:
        yield index
    finally:
        index.closing.set()
        server.shutdown()
        server.server_close()
        thread.join()
