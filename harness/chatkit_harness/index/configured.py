"""Which package index is meant: what the flag says, else what uv or pip are configured with.

No address is written here: last of all comes pypi-simple's constant.
"""

from __future__ import annotations

import configparser
import os
import re
import sys
import tomllib
from collections.abc import Iterator, Mapping
from pathlib import Path

import httpx
import platformdirs

from chatkit_harness.core.errors import ConfigurationError

_NAME = re.compile(r"[\w.-]+=(?=[a-z]+://)")
"""uv lets an index have a name before its address."""


def configured_index(environ: Mapping[str, str] = os.environ) -> str:
    """The default index that uv, else pip, is configured with, else the public one.

    Raises ConfigurationError where what is configured is no address of http, naming where it stands.
    """
    for where, value in _configured(environ):
        if value and value.strip():
            return normal(value, where)
    from pypi_simple import PYPI_SIMPLE_ENDPOINT  # imports much; only where nothing is configured

    return PYPI_SIMPLE_ENDPOINT


def normal(address: str, where: str) -> str:
    """One address, one spelling: project pages stand below it, so it ends with a slash.

    `where` is the option, variable or file that has it. Raises ConfigurationError where it is no address.
    """
    plain = _NAME.sub("", address.strip())
    try:
        url = httpx.URL(plain)
    except httpx.InvalidURL:
        url = httpx.URL("")
    if url.scheme not in ("http", "https") or not url.host:
        raise ConfigurationError(
            where,
            "What stands there is no address of a package index.",  # it may hold a password: not shown
            "Write it whole, such as https://index.example/simple, or take it away.",
        )
    return plain.rstrip("/") + "/"


def _configured(environ: Mapping[str, str]) -> Iterator[tuple[str, str | None]]:
    for variable in ("UV_DEFAULT_INDEX", "UV_INDEX_URL"):
        yield variable, environ.get(variable)
    for path in _uv_files(environ):
        yield str(path), _from_uv(path)
    yield "PIP_INDEX_URL", environ.get("PIP_INDEX_URL")
    for path in _pip_files(environ):
        yield str(path), _from_pip(path)


def _uv_files(environ: Mapping[str, str]) -> list[Path]:
    if environ.get("UV_CONFIG_FILE"):
        return [Path(environ["UV_CONFIG_FILE"])]
    if environ.get("UV_NO_CONFIG"):
        return []
    return [Path(platformdirs.user_config_dir("uv")) / "uv.toml", Path("/etc/uv/uv.toml")]


def _from_uv(path: Path) -> str | None:
    try:
        settings = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    indexes, pip = settings.get("index"), settings.get("pip")
    for index in indexes if isinstance(indexes, list) else []:
        if isinstance(index, dict) and index.get("default"):
            return str(index.get("url") or "")
    url = settings.get("index-url") or (pip.get("index-url") if isinstance(pip, dict) else None)
    return str(url) if url else None


def _pip_files(environ: Mapping[str, str]) -> list[Path]:
    if environ.get("PIP_CONFIG_FILE"):
        return [Path(environ["PIP_CONFIG_FILE"])]
    name = "pip.ini" if sys.platform == "win32" else "pip.conf"
    return [
        Path(sys.prefix) / name,
        Path(platformdirs.user_config_dir("pip")) / name,
        Path.home() / ".pip" / name,
        Path("/etc") / name,
    ]


def _from_pip(path: Path) -> str | None:
    parser = configparser.ConfigParser(interpolation=None)
    try:
        parser.read(path, encoding="utf-8")
    except (OSError, configparser.Error, UnicodeDecodeError):
        return None
    for section in ("install", "global"):
        if parser.has_option(section, "index-url"):
            return parser.get(section, "index-url").strip()
    return None
