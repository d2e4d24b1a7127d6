"""Landlock: the kernel refuses TCP connections of a thread, and of whatever it starts, but to some ports.

Linux has it from 5.13 on, for TCP from 6.7 on. It asks for no privilege, and cannot be undone. A rule names
a port and no address: a port that is allowed is allowed on every machine.
"""

from __future__ import annotations

import contextlib
import os
import socket
import struct
import sys
from typing import Any, Iterable, Optional, Set

_CREATE, _ADD_RULE, _RESTRICT = 444, 445, 446  # of every architecture but alpha
_VERSION = 1
_CONNECT_TCP = 1 << 1
_NET_PORT = 2
_NO_NEW_PRIVS = 38
_SOCK_DIAG, _BY_FAMILY, _DUMP, _DONE, _LISTEN = 4, 20, 0x301, 3, 10
FIRST_FOR_TCP = 4
"""The version of the kernel's interface that knows of TCP."""


class LandlockError(Exception):
    """It cannot be put up here; the message says why, in words for a user."""


def prepare() -> None:
    """Import what it takes, in a process that will be forked: no child has to do it again."""
    with contextlib.suppress(ImportError):
        import ctypes  # noqa: F401  # it stays


def require() -> None:
    """Raise LandlockError where this kernel has no Landlock for TCP."""
    if not sys.platform.startswith("linux"):
        raise LandlockError("only Linux has Landlock")
    try:
        version = _call(_CREATE, None, 0, _VERSION)
    except (ImportError, AttributeError, OSError) as error:
        raise LandlockError(f"the kernel has no Landlock: {_kernel()} ({_reason(error)})") from None
    if version < FIRST_FOR_TCP:
        raise LandlockError(f"the kernel's Landlock knows no TCP: {_kernel()}")


def restrict(ports: Iterable[int]) -> None:
    """Let this thread, and what it starts from now on, connect by TCP to these ports and to no others.

    Threads that there are already go on as they were. Raises LandlockError where nothing has been put up.
    """
    require()
    import ctypes

    # handled_access_fs, handled_access_net
    ruleset = (ctypes.c_uint64 * 2)(0, _CONNECT_TCP)
    try:
        file = _call(_CREATE, ruleset, ctypes.sizeof(ruleset), 0)
        try:
            for port in sorted(set(ports)):
                # allowed_access, port
                rule = (ctypes.c_uint64 * 2)(_CONNECT_TCP, port)
                _call(_ADD_RULE, file, _NET_PORT, rule, 0)
            _no_new_privileges()
            _call(_RESTRICT, file, 0)
        finally:
            os.close(file)
    except OSError as error:
        raise LandlockError(f"the kernel refuses Landlock: {_kernel()} ({_reason(error)})") from None


def listening() -> Set[int]:
    """The TCP ports that something on this machine listens on. Raises LandlockError where nobody tells."""
    try:
        return _told(socket.AF_INET) | _told(socket.AF_INET6)
    except (OSError, AttributeError, struct.error) as error:
        raise LandlockError(f"the kernel does not tell which ports are listened on ({error})") from None


def _told(family: int) -> Set[int]:
    """As the kernel's table of listeners says, in a tenth of a millisecond: /proc/net/tcp takes twenty."""
    ports: Set[int] = set()
    request = struct.pack("=BBBxI48x", family, socket.IPPROTO_TCP, 0, 1 << _LISTEN)
    header = struct.pack("=IHHII", 16 + len(request), _BY_FAMILY, _DUMP, 1, 0)
    with socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, _SOCK_DIAG) as asked:
        asked.settimeout(1)
        asked.send(header + request)
        while True:
            answer, at = asked.recv(65536), 0
            while at < len(answer):
                length, kind = struct.unpack_from("=IH", answer, at)
                if kind == _DONE:
                    return ports
                if kind != _BY_FAMILY:
                    raise OSError(-struct.unpack_from("=i", answer, at + 16)[0], "it is refused")
                ports.add(struct.unpack_from("!H", answer, at + 16 + 4)[0])
                at += (length + 3) & ~3


def _no_new_privileges() -> None:
    """What the kernel asks of everybody who is not root: a program with more rights gets none of them."""
    import ctypes

    library = ctypes.CDLL(None, use_errno=True)
    zero = ctypes.c_ulong(0)
    if library.prctl(_NO_NEW_PRIVS, ctypes.c_ulong(1), zero, zero, zero):
        number = ctypes.get_errno()
        raise OSError(number, os.strerror(number))


def _call(number: int, *arguments: Any) -> int:
    """A system call that C libraries have no name for. Raises OSError."""
    import ctypes  # where a cell can do without, it does

    library = ctypes.CDLL(None, use_errno=True)
    library.syscall.restype = ctypes.c_long
    words = [ctypes.c_long(each) if isinstance(each, int) else each for each in arguments]
    result = int(library.syscall(ctypes.c_long(number), *words))
    if result < 0:
        code = ctypes.get_errno()
        raise OSError(code, os.strerror(code))
    return result


def _kernel() -> str:
    return f"{os.uname().sysname} {os.uname().release}" if hasattr(os, "uname") else sys.platform


def _reason(error: Optional[BaseException]) -> str:
    return str(getattr(error, "strerror", None) or error)
