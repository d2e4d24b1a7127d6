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
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from packaging.utils import canonicalize_name


@dataclass(frozen=True, slots=True, kw_only=True)
class MadeRelease:
    """A release to serve; `files` maps paths in the wheel to their source."""

    project: str
    version: str
    requires: Sequence[str] = ()
    files: Mapping[str, str] = field(default_factory=dict)
    uploaded: str | None = "2025-11-13T12:00:00Z"
    yanked: bool = False
    sdist_only: bool = False

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
    """A valid wheel with a true RECORD."""
    info = f"{release.stem}-{release.version}.dist-info"
    metadata = f"Metadata-Version: 2.1\nName: {release.project}\nVersion: {release.version}\n"
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
            checksum = base64.urlsafe_b64encode(hashlib.sha256(content).digest()).rstrip(b"=").decode()
            record += f"{path},sha256={checksum},{len(content)}\n"
            archive.writestr(path, content)
        archive.writestr(f"{info}/RECORD", record + f"{info}/RECORD,,\n")
    return buffer.getvalue()


class MadeIndex:
    """The releases being served; `url` is the index, `status` what project pages answer with.

    `instead` is served in place of project pages (content type and body), `moved_to` sends askers elsewhere.
    """

    def __init__(self, releases: Sequence[MadeRelease], *, form: str) -> None:
        self.releases = releases
        self.form = form
        self.status = 200
        self.instead: tuple[str, bytes] | None = None
        self.moved_to: str | None = None
        self.url = ""

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
                "hashes": {},
                "yanked": release.yanked,
                "upload-time": release.uploaded,
            }
            for release in releases
        ]
        versions = [release.version for release in releases]
        return {"meta": {"api-version": "1.1"}, "name": project, "versions": versions, "files": files}

    def _link(self, release: MadeRelease) -> str:
        extra = f' data-upload-time="{html.escape(release.uploaded)}"' if release.uploaded else ""
        extra += ' data-yanked=""' if release.yanked else ""
        return f'<a href="/files/{release.filename}"{extra}>{release.filename}</a><br/>'


class QuietServer(ThreadingHTTPServer):
    """Askers that hang up, or do not trust the certificate, are no news."""

    def handle_error(self, request: object, client_address: object) -> None:
        """Say nothing."""


@contextmanager
def made_index(
    releases: Sequence[MadeRelease], *, form: str = "json", tls: ssl.SSLContext | None = None
) -> Iterator[MadeIndex]:
    """Serve the releases on loopback for as long as the block lasts, over https where `tls` is given."""
    index = MadeIndex(releases, form=form)

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:  # the base class wants this name
            parts = self.path.strip("/").split("/")
            if parts[0] == "files":
                found = [r for r in index.releases if r.filename == parts[-1]]
                self._answer(200, "application/octet-stream", wheel(found[0]))
                return
            if index.moved_to is not None:
                self.send_response(302)
                self.send_header("Location", index.moved_to)
                self.end_headers()
                return
            page = index.page(parts[-1])
            if index.status != 200 or page is None:
                self._answer(index.status if index.status != 200 else 404, "text/plain", b"no")
            else:
                self._answer(200, *page)

        do_HEAD = do_GET  # noqa: N815 - likewise

        def _answer(self, status: int, kind: str, body: bytes) -> None:
            self.send_response(status)
            self.send_header("Content-Type", kind)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            if self.command == "GET":
                self.wfile.write(body)

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the base class's name
            """Say nothing."""

    server = QuietServer(("127.0.0.1", 0), Handler)
    if tls is not None:
        server.socket = tls.wrap_socket(server.socket, server_side=True)
    index.url = f"{'http' if tls is None else 'https'}://127.0.0.1:{server.server_address[1]}/simple/"
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    try:
        yield index
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
