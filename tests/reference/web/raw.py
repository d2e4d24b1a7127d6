"""A client of one socket: sends what it likes, reads as much as it likes, goes when it likes."""

from __future__ import annotations

import json
import socket
from typing import Any
from urllib.parse import urlsplit


class Raw:
    """One connection to a server."""

    def __init__(self, url: str) -> None:
        parts = urlsplit(url)
        self._host = parts.netloc
        self._socket = socket.create_connection((parts.hostname or "", parts.port or 0), timeout=20)
        self.received = b""

    def send(self, path: str, body: Any, **headers: str) -> None:
        """A POST of a document."""
        content = json.dumps(body).encode()
        named = {"host": self._host, "content-length": str(len(content)), "connection": "close", **headers}
        head = "".join(f"{name}: {value}\r\n" for name, value in named.items())
        self._socket.sendall(f"POST {path} HTTP/1.1\r\n{head}\r\n".encode() + content)

    def until(self, words: str) -> str:
        """What came, once these words are in it. Raises AssertionError where they never come."""
        while words.encode() not in self.received:
            more = self._socket.recv(65536)
            assert more, f"the server ended without {words!r}: {self.received!r}"
            self.received += more
        return self.received.decode()

    def rest(self) -> str:
        """What came, once the server has closed the connection."""
        while more := self._socket.recv(65536):
            self.received += more
        return self.received.decode()

    def close(self) -> None:
        """Go away."""
        self._socket.close()
