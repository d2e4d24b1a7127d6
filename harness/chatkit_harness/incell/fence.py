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
"""The variable that tells a program which loopback port wants to hear of attempts, and `/` and its case."""
SAID = "ATTEMPT"
"""The first word of the line in which a program tells one."""
INSIDE = "INSIDE"
"""The first word where another interpreter in the cell's own process tells one."""
UNHELD = "UNHELD"
"""The first word where a program tells instead that Landlock does not hold it."""

_SENDS = frozenset(("socket.connect", "socket.sendto", "socket.sendmsg"))
_LOOKUPS = frozenset(("socket.getaddrinfo", "socket.gethostbyname"))
_REVERSE = frozenset(("socket.gethostbyaddr", "socket.getnameinfo"))
_BIND = "socket.bind"
"""A packet socket that is bound to an interface sends frames there without another address."""
_WATCHED = _SENDS | _LOOKUPS | _REVERSE | {_BIND}


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
            if host not in (None, "", b"") and not is_here(host) and _address(host) is None:
                self._refuse(host, arguments[1] if len(arguments) > 1 else "?")
            return
        if event == _BIND and _family(arguments[0]) != "AF_PACKET":
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
    name = _text(host).rstrip(".").lower()
    if name in ("localhost", "127.0.0.1", "::1", "") or name.endswith(".localhost"):
        return True
    address = _address(host)
    if address is None:
        return False
    address = getattr(address, "ipv4_mapped", None) or address
    # To connect to the address that stands for all of one's own reaches this machine.
    return bool(address.is_loopback or address.is_unspecified)


def _address(host: Any) -> Any:
    """The address that a host is written as; None for a name, which somebody would have to look up."""
    import ipaddress  # only where it is needed: it takes a while

    text = _text(host).rstrip(".")
    if ":" in text:  # what follows is an interface's name; in any other name it is a part of that
        text = text.split("%")[0]
    try:
        return ipaddress.ip_address(text)
    except ValueError:
        pass
    # `127.1`, `0x7f.1` and `2130706433` are addresses, too; a number is one of another kind of network.
    if isinstance(host, int) or not text[:1].isdigit() or set(text.lower()) - set("0123456789abcdefx."):
        return None
    import socket

    try:
        return ipaddress.ip_address(socket.inet_aton(text))
    except OSError:
        return None


def _is_of_the_kernel(sock: Any) -> bool:
    """Whether a socket only speaks with the kernel."""
    return _family(sock) in ("AF_NETLINK", "AF_ALG")


def _family(sock: Any) -> str:
    return getattr(getattr(sock, "family", None), "name", "")


def _text(value: Any) -> str:
    if isinstance(value, (bytes, bytearray)):
        return bytes(value).decode("ascii", "replace")
    return str(value)


def said(word: str, case: Optional[int]) -> str:
    """The first word of a line, with the number of the case that it is about, where that is known."""
    return word if case is None else f"{word}/{case}"


def report(port: int, where: str, word: str = SAID) -> None:
    """Tell the cell of an attempt, and wait until it has heard."""
    import socket

    try:
        with socket.create_connection(("127.0.0.1", port), 5) as sock:
            sock.sendall(f"{word} {where}\n".encode("utf-8", "replace"))
            sock.recv(1)
    except OSError:  # the cell is gone, and with it whoever would want to know
        pass


def raise_up_for_a_cell() -> None:
    """Put the fence up in a process that a cell has started, where the cell has said that it listens."""
    import os

    port, _, case = os.environ.get(EAR, "").partition("/")
    if port.isdecimal() and hasattr(sys, "addaudithook"):
        raise_up_for(int(port), said(SAID, int(case) if case.isdecimal() else None))


def raise_up_for(port: int, word: str) -> None:
    """Put the fence up in an interpreter besides the cell's own; attempts are told at the cell's port."""
    Fence().raise_up(lambda where: report(port, where, word))
