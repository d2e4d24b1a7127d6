"""Hears of what a cell's subprocesses try: a proxy that refuses, and a line that their fence may send."""

from __future__ import annotations

import contextlib
import os
import socket
import threading
from typing import Any, Callable, Dict, Mapping, Optional
from urllib.parse import urlsplit

from . import belonging, fence
from .attempts import HOOK_BELOW, HOOK_INSIDE, PROXY_BELOW

_PROXIED = ("http_proxy", "https_proxy", "all_proxy", "HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY")
_DIRECT = ("no_proxy", "NO_PROXY")
_HERE = "127.0.0.1,localhost,::1,127.0.0.0/8,.localhost"
_REFUSED = (
    b"HTTP/1.1 403 Forbidden\r\nContent-Length: 52\r\nConnection: close\r\n\r\n"
    b"the harness lets nothing leave this machine: sorry.\n"
)
_SAID = {fence.SAID: HOOK_BELOW, fence.INSIDE: HOOK_INSIDE}
_LIMIT_S = 5
Tell = Callable[[str, str, Optional[int]], None]
"""Told with `host:port`, by which means it was caught, and in which case what tried it was started."""
_LONGEST = 8192
OFFSPRING = os.path.join(os.path.dirname(os.path.abspath(__file__)), "offspring")


class Ear:
    """A loopback port that attempts are told to, from `open` on."""

    def __init__(self, tell: Tell, lapsed: Callable[[str], None] = lambda _why: None) -> None:
        self._tell, self._lapsed = tell, lapsed
        self._socket = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
        self._socket.bind(("127.0.0.1", 0))
        self._socket.listen(16)
        self.port: int = self._socket.getsockname()[1]
        self._lock = threading.Lock()
        self._open = False

    def open(self) -> None:
        """Listen, in a thread of its own, unless that is done already."""
        with self._lock:
            if not self._open:
                self._open = True
                threading.Thread(target=self._listen, name="ear", daemon=True).start()

    def environ(self, given: Optional[Mapping[Any, Any]], *, one_case: bool = True) -> Dict[Any, Any]:
        """The variables of a subprocess, and how it reaches this ear; what it sets itself is left to it.

        `one_case` is whether it works for the case that starts it, and for no later one.
        """
        environ = dict(os.environ if given is None else given)
        if any(isinstance(name, bytes) for name in environ):
            environ = {os.fsdecode(name): value for name, value in environ.items()}
        added = dict.fromkeys(_PROXIED, f"http://127.0.0.1:{self.port}")
        if not any(environ.get(name) for name in _PROXIED):
            direct = [environ[name] for name in _DIRECT if environ.get(name)]
            there = os.fsdecode(direct[0]) + "," if direct else ""
            environ.update(added, **dict.fromkeys(_DIRECT, there + _HERE))
        environ.update(self._of_python(environ.get("PYTHONPATH"), belonging.current() if one_case else None))
        return environ

    def hand_on(self) -> None:
        """Give Python programs their hook also where nobody here sees to it that they are started.

        What C code starts, or a function that somebody kept before it was watched, inherits the variables
        that C code sees. `os.environ` stays as it is: those here are to see what they would see at home.
        """
        self.open()
        for name, value in self._of_python(os.environ.get("PYTHONPATH"), None).items():
            os.putenv(name, value)

    def is_elsewhere(self) -> None:
        """This process is a fork of the one that listens."""
        self._lock = threading.Lock()  # another thread may have held it, which is not here
        self._open = True

    def _of_python(self, path: Any, case: Optional[int]) -> Dict[str, str]:
        """The variables that a Python program needs for a hook of its own, given its PYTHONPATH."""
        folders = os.fsdecode(path).split(os.pathsep) if path else []
        if OFFSPRING not in folders[:1]:
            folders.insert(0, OFFSPRING)
        return {"PYTHONPATH": os.pathsep.join(folders), fence.EAR: fence.said(str(self.port), case)}

    def _listen(self) -> None:
        while True:
            try:
                sock, _ = self._socket.accept()
            except OSError:
                return
            threading.Thread(target=self._hear, args=(sock,), name="ear", daemon=True).start()

    def _hear(self, sock: socket.socket) -> None:
        with contextlib.suppress(OSError, ValueError), sock:
            sock.settimeout(_LIMIT_S)
            with sock.makefile("rb") as lines:
                line = lines.readline(_LONGEST)
                words = line.decode("utf-8", "replace").split()
                word, _, case = words[0].partition("/") if words else ("", "", "")
                if len(words) == 2 and word in _SAID:
                    self._tell(words[1], _SAID[word], int(case) if case.isdecimal() else None)
                    sock.sendall(b"\n")
                elif len(words) == 2 and word == fence.UNHELD:
                    self._lapsed(words[1].replace("-", " "))
                    sock.sendall(b"\n")
                elif len(words) == 3:
                    where = _asked(words[0], words[1])
                    if where is not None:
                        self._tell(where, PROXY_BELOW, None)
                    while lines.readline(_LONGEST).strip():  # or the client would miss the answer
                        continue
                    sock.sendall(_REFUSED)


def _asked(method: str, target: str) -> Optional[str]:
    """The `host:port` that a proxy is asked for; None for one on this machine. Raises ValueError."""
    parts = urlsplit(f"//{target}" if method == "CONNECT" else target)
    if not parts.hostname or fence.is_here(parts.hostname):
        return None
    return f"{parts.hostname}:{parts.port or (443 if parts.scheme in ('https', '') else 80)}"
