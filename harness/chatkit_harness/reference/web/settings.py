"""What the environment says of a server, read once and told clearly where it is wrong."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

from .limits import Limits

LEVELS = ("DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL")
SHORTEST_SECRET = 32


class SettingsError(ValueError):
    """A variable has a value that cannot be used. The message names it and says what may stand there; the
    value itself is not repeated, as it may be a secret.
    """


@dataclass(frozen=True)
class Settings:
    """What a server is told by its environment.

    `base_url`: OPENAI_BASE_URL, None for the provider's own. `session_secret` signs client secrets, None for
    one that ends with the process. `origins` are the sites whose pages may call the server.
    """

    base_url: str | None = None
    upload_dir: Path | None = None
    log_level: str = "INFO"
    session_secret: bytes | None = field(default=None, repr=False)
    issuer_key: str | None = field(default=None, repr=False)
    origins: tuple[str, ...] = ()
    limits: Limits = field(default_factory=Limits)


def read_settings(environ: Mapping[str, str]) -> Settings:
    """The settings; an empty variable counts as none. Raises SettingsError."""
    given = {name: value.strip() for name, value in environ.items() if value.strip()}
    secret = _secret(given, "SESSION_SECRET")
    upload = given.get("UPLOAD_DIR")
    usual = Limits()
    return Settings(
        base_url=_url(given, "OPENAI_BASE_URL"),
        upload_dir=Path(upload).expanduser().absolute() if upload else None,
        log_level=_level(given),
        session_secret=None if secret is None else secret.encode(),
        issuer_key=_secret(given, "SESSION_ISSUER_KEY"),
        origins=_origins(given),
        limits=Limits(
            requests_per_minute=_number(given, "REQUESTS_PER_MINUTE", usual.requests_per_minute),
            burst=int(_number(given, "REQUEST_BURST", usual.burst, least=1)),
            streams=int(_number(given, "STREAMS_PER_USER", usual.streams)),
            turn_s=_number(given, "TURN_SECONDS", usual.turn_s, least=1),
        ),
    )


def _level(given: Mapping[str, str]) -> str:
    level = given.get("LOG_LEVEL", "INFO").upper()
    if level not in LEVELS:
        raise SettingsError(f"LOG_LEVEL is none of {', '.join(LEVELS)}.")
    return level


def _url(given: Mapping[str, str], name: str) -> str | None:
    value = given.get(name)
    if value is None:
        return None
    try:
        parts = urlsplit(value)
        usable = parts.scheme in ("http", "https") and (parts.port or 1) > 0
    except ValueError:
        usable = False
    if not usable or "://" not in value:
        raise SettingsError(f"{name} is no address that begins with http:// or https://.")
    return value


def _secret(given: Mapping[str, str], name: str) -> str | None:
    value = given.get(name)
    if value is not None and (len(value) < SHORTEST_SECRET or not value.isascii() or not value.isprintable()):
        raise SettingsError(
            f"{name} needs at least {SHORTEST_SECRET} characters, all of them printable ASCII."
        )
    return value


def _origins(given: Mapping[str, str]) -> tuple[str, ...]:
    origins = tuple(each.strip() for each in given.get("ALLOWED_ORIGINS", "").split(",") if each.strip())
    for origin in origins:
        scheme, _mark, host = origin.rstrip("/").partition("://")
        if scheme not in ("http", "https") or not host or "/" in host or "*" in host:
            raise SettingsError(
                "ALLOWED_ORIGINS is a list of origins with commas between them, each like "
                "https://app.example.com: scheme and host, no path, no wildcard."
            )
    return origins


def _number(given: Mapping[str, str], name: str, usual: float, *, least: int = 0) -> float:
    value = given.get(name)
    if value is None:
        return usual
    try:
        number = float(value)
    except ValueError:
        number = math.nan
    if not least <= number <= 1_000_000:
        raise SettingsError(f"{name} is no number from {least or '0 (no bound)'} to 1000000.")
    return number
