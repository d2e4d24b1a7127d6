"""What `--server` names: a factory in a checkout or a wheel, an application, or a server that runs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import SplitResult, urlsplit

from chatkit_harness.checkout.checkout import ServerReference, server_reference
from chatkit_harness.checkout.wheel import find_wheel, split_wheel, unpacked
from chatkit_harness.core.errors import SelectionError
from chatkit_harness.machine.cache import Cache

from .settings import RunSettings
from .targets import CHATKIT_MODULES, Target

ASGI = "asgi:"
ENDPOINT = "/chatkit"
_SCHEMES = ("http", "https")


def is_running(server: str | None) -> bool:
    """Whether a server is named that runs already."""
    return server is not None and server.partition("://")[0].lower() in _SCHEMES and "://" in server


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnServer:
    """The user's server: how it is driven, and where its code is (None for one that runs)."""

    target: Target
    reference: ServerReference | None = None


def own_server(settings: RunSettings, cwd: Path) -> OwnServer:
    """The server that the settings name.

    Raises SelectionError with the nearest name for what is not there, or is not of one of the forms.
    """
    text = settings.server or ""
    if is_running(text):
        _require_no_context(settings)
        if settings.endpoint:
            step = "Leave it out: the address of a server that runs has its path."
            raise SelectionError("--endpoint", f"It is for an application ({ASGI}).", step)
        if settings.upstream is not None:
            _require_address("--upstream", settings.upstream, ("http",), "http://127.0.0.1:9000")
        return OwnServer(target=_running(text, settings))
    plain = text.removeprefix(ASGI)
    _require_form(text, plain)
    wheel, name = split_wheel(plain)
    root = cwd
    if wheel is not None:
        root = unpacked(find_wheel(wheel, cwd), Cache(settings.cache).folder("wheels"))
    reference = server_reference(name, root)
    if plain != text:
        _require_no_context(settings)
        return OwnServer(target=_application(reference, settings), reference=reference)
    require_http(settings)
    return OwnServer(target=_server(reference, settings), reference=reference)


def require_http(settings: RunSettings) -> None:
    """Raise SelectionError where a header or an endpoint is named, and no server is asked over HTTP."""
    application = f"Name the application (--server {ASGI}package.module:app)"
    if settings.endpoint:
        raise SelectionError("--endpoint", f"It is for an application ({ASGI}).", f"{application}.")
    for option, given in (("--header", settings.headers), ("--other-header", settings.other_headers)):
        if given:
            cause = "It is for a server that is asked over HTTP."
            raise SelectionError(option, cause, f"{application}, or an http:// address.")


def _require_form(text: str, plain: str) -> None:
    """Raise for what comes near one of the forms, and in words of that form."""
    if "://" in plain:
        raise SelectionError(
            f"--server {text.partition('://')[0]}://…",
            "A server that runs is asked over http or https.",
            "Write --server http://127.0.0.1:8000/chatkit.",
        )
    if plain.lower().endswith(".whl"):
        step = f"Write --server {text}:package.module:{'app' if plain != text else 'create_server'}."
        raise SelectionError(f"--server {text}", "It names a wheel, and nothing in it.", step)
    if plain != text and ":" not in split_wheel(plain)[1]:
        step = f"Write --server {text if plain else ASGI + 'package.module'}:app."
        raise SelectionError(f"--server {text}", "It names no application in a module.", step)


def _require_no_context(settings: RunSettings) -> None:
    """A store may still need one."""
    if settings.server_context and not settings.stores:
        cause = "It has no use with a server that is asked over HTTP"
        raise SelectionError("--context", f"{cause} ({settings.server}).", "Leave it out; see --header.")


def _server(found: ServerReference, settings: RunSettings) -> Target:
    return Target(
        name=found.name,
        kind="server",
        module=found.module,
        attribute=found.attribute,
        context=settings.server_context,
        # Its own module is imported by the driver, which can say what the project lacks.
        imports=CHATKIT_MODULES,
        path=(found.import_root,),
    )


def _application(found: ServerReference, settings: RunSettings) -> Target:
    endpoint = settings.endpoint or ENDPOINT
    if not endpoint.startswith("/"):
        raise SelectionError(f"--endpoint {endpoint}", "It is no path.", f"Write --endpoint /{endpoint}.")
    return Target(
        name=f"{ASGI}{found.name}",
        kind="asgi",
        module=found.module,
        attribute=found.attribute,
        endpoint=endpoint,
        headers=settings.headers,
        other_headers=settings.other_headers,
        imports=CHATKIT_MODULES,
        path=(found.import_root,),
    )


def _running(text: str, settings: RunSettings) -> Target:
    parts = _require_address("--server", text, _SCHEMES, "http://127.0.0.1:8000/chatkit")
    # A query may hold a key: results get the address without it.
    name = f"{parts.scheme}://{parts.netloc}{parts.path}"
    headers: Mapping[str, str] = settings.headers
    return Target(name=name, kind="running", url=text, headers=headers, other_headers=settings.other_headers)


def _require_address(option: str, text: str, schemes: tuple[str, ...], example: str) -> SplitResult:
    """The parts of an address. Raises SelectionError for what is none, without a password that is in it."""
    parts = urlsplit("")
    try:
        parts = urlsplit(text)
        named = parts.scheme.lower() in schemes and bool(parts.hostname) and parts.port != 0
    except ValueError:
        named = False
    if "@" in parts.netloc:
        raise SelectionError(
            f"{option} {parts.scheme}://…@{parts.hostname}",
            "An address with a password in it ends up in logs.",
            "Give it as a header: --header 'Authorization: Basic ...'."
            if option == "--server"
            else "Leave it out: the replaying model asks nobody who they are.",
        )
    if not named:
        raise SelectionError(f"{option} {text}", "This is no address.", f"Write {option} {example}.")
    return parts
