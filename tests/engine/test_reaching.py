"""A server elsewhere is reached by its cell as by the first look at it: same certificates, same proxy."""

from __future__ import annotations

import http.server
import json
import ssl
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any, ClassVar

import pytest
import trustme
from tests.cli.command import Said, call

from chatkit_harness.engine.reaching import variables

KNOWN = ("http_proxy", "https_proxy", "no_proxy", "all_proxy", "ssl_cert_file", "ssl_cert_dir")


class _Refuses(http.server.BaseHTTPRequestHandler):
    """Takes nothing that is asked, and keeps where it was asked for it."""

    asked: ClassVar[list[str]] = []

    def do_POST(self) -> None:
        self.asked.append(self.path)
        self.rfile.read(int(self.headers.get("content-length", 0)))
        self.send_response(400)
        self.send_header("content-length", "0")
        self.end_headers()

    def log_message(self, *_given: object) -> None:
        """Say nothing."""


class _Server(http.server.ThreadingHTTPServer):
    daemon_threads = True
    tls: ssl.SSLContext | None = None

    def get_request(self) -> tuple[Any, Any]:
        connection, address = super().get_request()
        if self.tls is not None:
            connection = self.tls.wrap_socket(connection, server_side=True, do_handshake_on_connect=False)
        return connection, address

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Who does not trust it goes away in the middle."""


@pytest.fixture(scope="module")
def server() -> Iterator[_Server]:
    with _Server(("127.0.0.1", 0), _Refuses) as serving:
        threading.Thread(target=serving.serve_forever, daemon=True).start()
        yield serving
        serving.shutdown()


@pytest.fixture(autouse=True)
def _as_it_is_without(monkeypatch: pytest.MonkeyPatch, server: _Server, tmp_path: Path) -> None:
    """No proxies, and a certificate authority of the tests' own, which nobody knows yet."""
    for name in KNOWN:
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.upper(), raising=False)
    monkeypatch.chdir(tmp_path)
    _Refuses.asked.clear()
    server.tls = None


@pytest.fixture
def trusted(server: _Server, tmp_path: Path) -> str:
    """Makes the server one of https, and says in which file its authority is."""
    authority = trustme.CA()
    tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("127.0.0.1").configure_cert(tls)
    server.tls = tls
    authority.cert_pem.write_to_path(str(tmp_path / "own.pem"))
    return "own.pem"


def run(address: str, cache: Path) -> Said:
    words = ("--scenario", "conformance-bad-body", "--cache", cache, "--out", cache / "out")
    return call("run", "--server", address, *words, "--format", "json")


def test_the_cell_trusts_whom_the_first_look_trusts(
    server: _Server, trusted: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", trusted)  # from the folder in which the user is
    said = run(f"https://127.0.0.1:{server.server_port}/chatkit", tmp_path)
    assert "CERTIFICATE" not in said.out
    assert len(_Refuses.asked) > 1, json.loads(said.out)["cases"]


@pytest.mark.usefixtures("trusted")
def test_a_certificate_that_nobody_trusts_ends_the_run_before_it_begins(
    server: _Server, tmp_path: Path
) -> None:
    said = run(f"https://127.0.0.1:{server.server_port}/chatkit", tmp_path)
    assert said.status == 3
    assert "Have this machine trust its certificate" in said.out
    assert not (tmp_path / "out").exists()


def test_the_cell_asks_through_the_proxy_of_the_first_look(
    server: _Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HTTP_PROXY", f"http://127.0.0.1:{server.server_port}")
    run("http://guide.test/chatkit", tmp_path)
    assert len(_Refuses.asked) > 1
    assert set(_Refuses.asked) == {"http://guide.test/chatkit"}


def test_what_needs_no_proxy_gets_none(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTPS_PROXY", "http://proxy.test:3128")
    monkeypatch.setenv("NO_PROXY", "inside.test,other.test:8443")
    given = {"https_proxy": "http://proxy.test:3128"}
    assert variables("https://guide.test/chatkit") == given
    for address in (
        "https://inside.test/",
        "https://other.test:8443/",
        "https://127.0.0.1/",
        "http://guide.test/",
    ):
        assert variables(address) == {}
