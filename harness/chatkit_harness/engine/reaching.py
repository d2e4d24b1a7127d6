"""How a server that runs elsewhere is reached: through which proxy, and trusting which certificates.

It is decided once, here, so that the first look at it and the cell that asks it the questions do the same.
"""

from __future__ import annotations

import os
import urllib.request
from pathlib import Path
from urllib.parse import urlsplit

from .targets import is_loopback

_TRUSTED = ("SSL_CERT_FILE", "SSL_CERT_DIR")


class _NoRedirect(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *_given: object) -> None:
        """Follow none: where headers go is the user's to say."""


def opener(address: str) -> urllib.request.OpenerDirector:
    """What asks the server from the harness itself. It follows no redirect."""
    return urllib.request.build_opener(_NoRedirect, urllib.request.ProxyHandler(_proxies(address)))


def variables(address: str) -> dict[str, str]:
    """What the process that asks it needs of the environment to reach it in the same way.

    Other cells reach this machine alone, over plain HTTP: what the host trusts would only make them differ.
    """
    kept = {name: _from_anywhere(os.environ[name]) for name in _TRUSTED if os.environ.get(name)}
    return {**kept, **{f"{scheme}_proxy": proxy for scheme, proxy in _proxies(address).items()}}


def _from_anywhere(paths: str) -> str:
    """Paths (SSL_CERT_DIR may name several) that hold in another working folder, too."""
    return os.pathsep.join(str(Path(each).absolute()) if each else "" for each in paths.split(os.pathsep))


def _proxies(address: str) -> dict[str, str]:
    """The proxy of the address by its scheme, if there is one; none leads to this machine itself."""
    parts = urlsplit(address)
    if is_loopback(address) or urllib.request.proxy_bypass(parts.netloc):
        return {}
    proxy = urllib.request.getproxies().get(parts.scheme)
    return {parts.scheme: proxy} if proxy else {}
