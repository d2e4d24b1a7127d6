"""The fence: an audit hook that lets nothing leave this machine, and tells every attempt.

It stands in every process that drives cases, and in the Python programs that they start, which read this
file by itself: it imports nothing that takes time.
"""

from __future__ import annotations

import sys

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Callable, Optional, Tuple

EAR = "CHATKIT_HARNESS_EAR"
"""The variable that tells a program which loopback port wants to hear of attempts."""
SAID = "ATTEMPT"
"""The first word of the line in which a program tells one."""
UNHELD = "UNHELD"
"""The first word where a program tells instead that Landlock does not hold it."""

_SENDS = frozenset(("socket.connect", "socket.sendto", "socket.sendmsg"))
_LOOKUPS = frozenset(("socket.getaddrinfo", "socket.gethostbyname"))
_REVERSE = frozenset(("socket.gethostbyaddr", "socket.getnameinfo"))
_WATCHED = _SENDS | _LOOKUPS | _REVERSE


class Fence:
    """Raises in the caller of what would leave; clients swallow that, so the attempt is told from here."""

    def __init__(self) -> None:
        self._tell: Optional[Callable[[str], None]] = None
        self._up = False

    def raise_up(self, tell: Callable[[str], None]) -> None:
        """Put the fence up; it cannot be taken down again in this process. `tell` is given `host:port`."""
        self._tell = tell
        if not self._up:
            self._up = True
            sys.addaudithook(self._hook())

    def _hook(self) -> Callable[[str, Tuple[Any, ...]], None]:
        watched, look = _WATCHED, self._look

        # Each `id()` and each import is an event, a hundred thousand a cell: this is all they may cost.
        def hook(event: str, arguments: Tuple[Any, ...]) -> None:
            if event in watched:
                look(event, arguments)

        return hook

    def _look(self, event: str, arguments: Tuple[Any, ...]) -> None:
        if event in _LOOKUPS:
            host = arguments[0]
            # An address needs no look-up: whether it may be reached is asked when somebody connects.
            if host not in (None, "", b"") and not is_here(host) and not _is_address(host):
                self._refuse(host, arguments[1] if len(arguments) > 1 else "?")
            return
        address = arguments[0] if event in _REVERSE else arguments[1] if len(arguments) > 1 else None
        if event == "socket.gethostbyaddr":
            address = (address, "?")
        if not isinstance(address, tuple) or not address or _is_of_the_kernel(arguments[0]):
            return
        if not is_here(address[0]):
            self._refuse(address[0], address[1] if len(address) > 1 else "?")

    def _refuse(self, host: Any, port: Any) -> None:
        where = f"{_text(host)}:{_text(port)}"
        if self._tell is not None:
            self._tell(where)
        raise PermissionError(f"the harness lets nothing leave this machine: {where}")


def is_here(host: Any) -> bool:
    """Whether a host's name or address is this machine's own loopback."""
    name = _text(host).rstrip(".").lower().split("%")[0]
    if name in ("localhost", "127.0.0.1", "::1", "") or name.endswith(".localhost"):
        return True
    import ipaddress  # only where it is needed: it takes a while

    try:
        address = ipaddress.ip_address(name)
    except ValueError:
        return False
    address = getattr(address, "ipv4_mapped", None) or address
    # To connect to the address that stands for all of one's own reaches this machine.
    return address.is_loopback or address.is_unspecified


def _is_address(host: Any) -> bool:
    import ipaddress

    try:
        ipaddress.ip_address(_text(host).split("%")[0])
    except ValueError:
        return False
    return True


def _is_of_the_kernel(sock: Any) -> bool:
    """Whether a socket only speaks with the kernel."""
    family = getattr(sock, "family", None)
    return getattr(family, "name", "") in ("AF_NETLINK", "AF_ALG")


def _text(value: Any) -> str:
    if isinstance(value, (bytes, bytearray)):
        return bytes(value).decode("ascii", "replace")
    return str(value)


def report(port: int, where: str, said: str = SAID) -> None:
    """Tell the cell of an attempt, and wait until it has heard."""
    import socket

    try:
        with socket.create_connection(("127.0.0.1", port), 5) as sock:
            sock.sendall(f"{said} {where}\n".encode("utf-8", "replace"))
            sock.recv(1)
    except OSError:  # the cell is gone, and with it whoever would want to know
        pass


def raise_up_for_a_cell() -> None:
    """Put the fence up in a process that a cell has started, where the cell has said that it listens."""
    import os

    port = os.environ.get(EAR, "")
    if port.isdecimal() and hasattr(sys, "addaudithook"):
        Fence().raise_up(lambda where: report(int(port), where))
