"""What the host orders a node to do: JSON Lines on a Unix socket, descriptors beside them."""

from __future__ import annotations

import json
import os
import socket
from typing import Any, Dict, List, Mapping, Optional, Tuple

_AT_ONCE = 65536
_DESCRIPTORS = 8

Order = Tuple[Mapping[str, Any], List[int]]


class Orders:
    """One order at a time, each answered before the next one comes."""

    def __init__(self, fd: int) -> None:
        os.set_inheritable(fd, False)
        self._socket = socket.socket(fileno=fd)

    def next(self) -> Optional[Order]:
        """The next order with the descriptors that came with it; None when the host is gone."""
        data, fds = b"", []  # type: bytes, List[int]
        while not data.endswith(b"\n"):
            try:
                piece, came, _flags, _from = socket.recv_fds(self._socket, _AT_ONCE, _DESCRIPTORS)
            except OSError:
                return None
            for fd in came:
                os.set_inheritable(fd, False)
            fds.extend(came)
            if not piece:
                return None
            data += piece
        return json.loads(data), fds

    def answer(self, kind: str, **fields: Any) -> None:
        """Say what became of an order. A host that is gone shows at the next one."""
        document: Dict[str, Any] = {"type": kind, **fields}
        try:
            self._socket.sendall(json.dumps(document, ensure_ascii=True, default=repr).encode() + b"\n")
        except OSError:
            return

    def close(self) -> None:
        """Let go of it, in a child that it is not meant for."""
        self._socket.close()
